"""Tells the record where a request comes from."""

from flask import Flask, g, request

from tracker.audit import origin


def init_app(app: Flask) -> None:
    """Note address and number of every request."""
    app.before_request(_note)


def _note() -> None:
    origin.come_from(request.remote_addr or "", g.get("request_id", ""))
