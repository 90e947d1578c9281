"""Puts on record what signed-in people tried and were refused: no right to it, or nothing there that they may see."""

import logging
from datetime import datetime, timedelta

from flask import Flask, Response, request
from sqlalchemy.exc import DatabaseError

from tracker import clock
from tracker.audit import operations as audit
from tracker.audit import queries
from tracker.audit.operations import Outcome
from tracker.db import db, transaction
from tracker.rules.permissions import Actor
from tracker.web.places import shown_path
from tracker.web.session import signed_in

log = logging.getLogger("tracker.web")

ACTS = {403: "access_refused", 404: "not_found"}
"""A foreign record answers like a missing one, so both are on record alike."""

WINDOW = timedelta(minutes=1)
MOST = 60
"""Refusals of one person within the window; what goes beyond is in the log alone: nobody can flood the record."""

PATH_LENGTH = 200


def init_app(app: Flask) -> None:
    """Look at every answer."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    if response.status_code == 401:
        log.info("anonymous %s to %s refused", request.method, request.url_rule or "no page")
    elif response.status_code in ACTS and request.url_rule and request.endpoint != "static":
        try:
            _record(ACTS[response.status_code])
        except DatabaseError:  # What was refused stays refused.
            db.session.rollback()
            log.exception("a refusal could not be put on record")
    return response


def _record(act: str) -> None:
    actor = signed_in()
    if actor is None:
        return
    kind, id_ = _object()
    detail, now = f"{request.method} {shown_path()}"[:PATH_LENGTH], clock.now()
    if _is_known(actor, act, detail, now):
        return
    with transaction():
        audit.record(actor, now, act, kind, id_, detail, outcome=Outcome.REFUSED)


def _object() -> tuple[str, int | None]:
    """Return what the address asks for; the first number in it names the record."""
    numbers = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
    for name, value in numbers.items():
        return name.removesuffix("_id"), value
    return "page", None


def _is_known(actor: Actor, act: str, detail: str, now: datetime) -> bool:
    """Tell whether just this was recorded a moment ago, or so much that the log must do."""
    lately = [entry for entry in queries.latest_of(actor.account, MOST) if now - WINDOW < entry.at <= now]
    refused = [entry for entry in lately if entry.outcome == queries.REFUSED]
    if len(refused) == MOST:
        log.warning("%s was refused %d times within a minute; now: %s", actor.account, MOST, detail)
    return len(refused) == MOST or any((entry.act, entry.detail) == (act, detail) for entry in refused)
