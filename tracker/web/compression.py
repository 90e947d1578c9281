"""Sends style sheets, scripts and symbols compressed; pages are not: they hold secrets beside what others typed.

A page whose length tells how much of it repeats gives the forms' token away to whoever can make it repeat (BREACH).
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.security import safe_join

TYPES = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}
SMALL = 500
"""Bytes below which it is not worth it."""


@lru_cache(maxsize=64)
def _packed(path: Path, _changed: float) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def _compress(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code != 200 or response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    path = safe_join(_folder(), (request.view_args or {}).get("filename", ""))
    if path is None or not request.accept_encodings["gzip"] or (response.content_length or 0) < SMALL:
        return response
    file = Path(path)
    response.direct_passthrough = False
    response.close()
    response.data = _packed(file, file.stat().st_mtime)
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _folder() -> str:
    return str(Path(__file__).parent.parent / "static")


def init_app(app: Flask) -> None:
    """Compress what is sent of static files."""
    app.after_request(_compress)
