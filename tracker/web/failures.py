"""Error pages: every failure in the reader's words, with what to do and the request's number; no traceback."""

import logging
from collections.abc import Sequence

from flask import Flask, g, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError, NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from tracker import clock
from tracker.appraisal.altered import Altered
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import db
from tracker.indicators.queries import UnknownRound
from tracker.people.helpers import helpers
from tracker.people.passwords import TooManyLogins
from tracker.plans.queries import NoPlan, UnknownPlan, UnscoredPlan
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused, Outdated
from tracker.rules.words import say
from tracker.scoring.queries import UnknownDistrict
from tracker.storage import FULL, StorageFull, TooLarge
from tracker.uploads import FileRefused
from tracker.web.gate import BadText
from tracker.web.paging import BadAddress
from tracker.web.places import shown_path
from tracker.web.typed import Typed, typed

log = logging.getLogger("tracker.web")

PAGES = {400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429, 500, 503, 507}

STATUS: dict[type[Exception], int] = {
    BadAddress: 400,
    BadText: 422,
    CSRFError: 400,
    FileRefused: 422,
    Forbidden: 403,
    UnknownDistrict: 404,
    UnknownPlan: 404,
    UnknownAppraisal: 404,
    UnknownRound: 404,
    NoResultFound: 404,
    MoveRefused: 409,
    Altered: 409,
    StaleDataError: 409,
    TooLarge: 413,
    StorageFull: 507,
    TooManyLogins: 503,
}
"""What each refusal answers; those raised by our own rules carry a message for the reader."""

SILENT = (NoResultFound, StaleDataError, TooLarge, StorageFull, UnknownPlan)
"""Whose own message says nothing to the reader."""

HELPED = {400, 403, 404, 405, 409, 422}
"""Pages that name people to ask: the others come when the database may be out of reach, or asked too often."""
NAMED = 2

KEPT = (Altered, BadText, CSRFError, FileRefused, Forbidden, MoveRefused, StaleDataError, StorageFull)
"""Refusals after which the page of the form cannot be drawn again: what was typed is shown with them."""


NOT_NOW = "not_now"
"""The page of a step that the state of things does not allow; it answers 409 like what is out of date."""

ALTERED = "altered"
"""The page of a year of which somebody altered the record outside the service."""


def page(code: int, detail: str = "", kept: Sequence[Typed] = (), name: str = "") -> tuple[str, int]:
    """Return the error page of a status, or of a `name` where one status has two reasons."""
    request_id = g.get("request_id", "")
    asked = _asked() if code in HELPED else []
    template = f"errors/{name or code}.html"
    return render_template(template, detail=detail, request_id=request_id, kept=kept, asked=asked), code


def _asked() -> list[str]:
    """Name those whom a signed-in person may call, the nearest first."""
    try:
        near = helpers(current_user.standing.actor, clock.today())[:NAMED] if current_user.is_authenticated else []
    except DatabaseError:
        db.session.rollback()
        return []
    return [say("{role} {name} {phone}", role=each.role_text, name=each.name, phone=each.phone) for each in near]


def _no_plan(_: Exception) -> str:
    """Say what comes next where no plan is published yet: the menu leads to pages that are about one."""
    return render_template("plans/none.html")


def _unscored(error: UnscoredPlan) -> tuple[str, int]:
    """Lead from the pages of scores to what a plan without scores has instead."""
    db.session.rollback()
    shown = render_template("plans/progress/unscored.html", plan_id=error.plan_id, number=error.doc_number)
    return shown, 200 if request.method == "GET" else 409


def _refused(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    code = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    kept = typed() if isinstance(error, KEPT) else ()
    if isinstance(error, CSRFError):
        return page(code, say("页面停留太久，或没有从本系统的表单提交。请返回上一页，刷新后重新提交。"), kept)
    # What the record does not allow is nobody else's doing: only what is out of date was overtaken by somebody.
    forbidden = isinstance(error, MoveRefused) and not isinstance(error, Outdated)
    detail = "" if isinstance(error, SILENT) else str(error)
    return page(code, detail, kept, NOT_NOW if forbidden else ALTERED if isinstance(error, Altered) else "")


def _http(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    return page(code if code in PAGES else 400 if code < 500 else 500)


def _database(error: DatabaseError) -> tuple[str, int]:
    db.session.rollback()
    log.exception("database failed on %s", shown_path())
    full = "full" in str(error.orig) or "No space left" in str(error.orig)
    return page(507 if full else 503)


def _system(error: OSError) -> tuple[str, int]:
    db.session.rollback()
    log.exception("system call failed on %s", shown_path())
    return page(507 if error.errno in FULL else 500)


def _unexpected(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    log.exception("request %s failed on %s", g.get("request_id", ""), shown_path())
    return page(500)


def init_app(app: Flask) -> None:
    """Answer every failure with a page."""
    for kind in STATUS:
        app.register_error_handler(kind, _refused)
    app.register_error_handler(NoPlan, _no_plan)
    app.register_error_handler(UnscoredPlan, _unscored)
    app.register_error_handler(RequestEntityTooLarge, lambda _: page(413))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DatabaseError, _database)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(Exception, _unexpected)
