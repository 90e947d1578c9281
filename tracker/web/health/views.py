"""/healthz: the process is alive; /readyz: the database is there and its structure is the newest."""

from flask import Blueprint, jsonify
from sqlalchemy.exc import DatabaseError
from werkzeug.wrappers import Response

from tracker.installation import missing_migrations

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """Answer while the process lives."""
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 while requests can be served."""
    try:
        missing = missing_migrations()
    except DatabaseError:
        return jsonify(status="database unreachable"), 503
    return (jsonify(status="migrations missing"), 503) if missing else (jsonify(status="ready"), 200)
