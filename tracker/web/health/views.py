"""/healthz: the process is alive; /readyz: database and scheduler are there; /metrics: figures for monitoring."""

import hmac

from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy.exc import DatabaseError

from tracker.installation import missing_migrations
from tracker.reminders import runs
from tracker.web.health import metrics as figures

health = Blueprint("health", __name__)

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
LOOPBACK = ("127.0.0.1", "::1")


@health.get("/healthz")
def healthz() -> Response:
    """Answer while the process lives."""
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 while requests can be served and letters go out; where no scheduler ever worked, none is missed."""
    try:
        if missing_migrations():
            return jsonify(status="migrations missing"), 503
        pulse = runs.pulse()
    except DatabaseError:
        return jsonify(status="database unreachable"), 503
    if pulse is None:
        return jsonify(status="ready", scheduler="never started"), 200
    age = round(pulse.age.total_seconds(), 1)
    if pulse.dead:
        return jsonify(status="scheduler dead", scheduler="dead", heartbeat_age_seconds=age), 503
    return jsonify(status="ready", scheduler="working", heartbeat_age_seconds=age), 200


@health.get("/metrics")
def metrics() -> Response:
    """Give the figures to a monitor on this machine, or to one that knows the token; nobody else learns of them."""
    if not (_from_here() or _knows_token()):
        abort(404)
    content, kind = figures.page()
    return Response(content, content_type=kind)


def _from_here() -> bool:
    """Tell whether the asker is on this machine; a proxy on it, which names the true asker, speaks for others."""
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in FORWARDED)


def _knows_token() -> bool:
    token: str = current_app.config["TRACKER_METRICS_TOKEN"]
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
