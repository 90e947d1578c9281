"""Keeps what somebody sends after the session ran out: the cookie still says whose it was."""

import logging

from flask import request, url_for
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException
from wtforms import ValidationError

from tracker import clock
from tracker.db import db, transaction
from tracker.people import held
from tracker.people.held import CannotHold
from tracker.web import gate
from tracker.web.gate import BadText
from tracker.web.paging import BadAddress

log = logging.getLogger("tracker.web")

CSRF = "csrf_token"
UNTYPED = frozenset({CSRF, "token", "version", "intent", "correcting", "next", "back", "decision", "move", "take"})
"""Fields that nobody types; a form of nothing else is a mere button."""

UNKEPT = frozenset({"auth", "resets", "me", "displays", "channels", "security", "appraisal_ballots"})
"""Areas whose forms hold passwords, codes, keys and secret votes, or nothing worth keeping."""

SHOWN_AT = {
    "reports.file": "reports.new",
    "report_drafts.autosave": "reports.new",
    "report_drafts.preview": "reports.new",
    "self_evaluations.submit": "self_evaluations.page",
    "appraisal_years.begin": "appraisal_years.index",
    "appraisal_sheets.answer": "appraisal_sheets.entry",
    "appraisal_sheets.reverse": "appraisal_sheets.entry",
    "appraisal_sheets.withdraw_file": "appraisal_sheets.entry",
    "appraisal_lines.attribute": "appraisal_sheets.sheet",
    "appraisal_special.judge": "appraisal_special.view",
    "appraisal_special.record": "appraisal_special.view",
    "appraisal_special.withdraw": "appraisal_special.view",
    "appraisal_special.withdraw_file": "appraisal_special.view",
    "appraisal_own.submit": "appraisal_own.page",
    "appraisal_own.withdraw_file": "appraisal_own.page",
    "appraisal_results.compile_year": "appraisal_results.index",
    "appraisal_results.return_year": "appraisal_results.index",
    "appraisal_results.grade": "appraisal_results.index",
    "appraisal_results.reopen": "appraisal_results.index",
    "indicator_filling.cover": "indicator_filling.sheet",
    "indicator_filling.explain": "indicator_filling.sheet",
    "indicator_exchange.merge": "indicator_exchange.page",
    "indicator_figures.confirm": "indicator_figures.district",
    "indicator_figures.withdraw": "indicator_figures.district",
    "indicator_files.take": "indicator_files.page",
    "indicator_files.remove": "indicator_files.page",
    "indicator_questions.answer": "indicator_questions.page",
}
"""Where a form can be seen that is sent somewhere else."""

SEEN = "seen-"
"""How the names of fields begin in which a page notes what its reader saw."""

OLDEST_TOKEN = int(held.KEPT_FOR.total_seconds())


def keep(user_id: object) -> bool:
    """Keep this request's form for whom the cookie names; tell whether it could be.

    The form must bear the secret of this very browser, whatever its age: no other site can fill anybody's list.
    """
    if not isinstance(user_id, int) or request.blueprint in UNKEPT:
        return False
    try:
        gate.check_text()
        validate_csrf(request.form.get(CSRF, ""), time_limit=OLDEST_TOKEN)
        _hold(user_id)
    except (HTTPException, ValidationError, BadText, BadAddress, CannotHold):
        return False
    except DatabaseError:  # The answer is the same: sign in again.
        db.session.rollback()
        log.exception("a form could not be kept")
        return False
    return True


def is_typed(name: str) -> bool:
    """Tell whether a person filled in the field of this name."""
    return name not in UNTYPED and not name.startswith(SEEN)


def _hold(user_id: int) -> None:
    fields = {name: value for name, value in request.form.items() if name != CSRF}
    if not any(value.strip() for name, value in fields.items() if is_typed(name)):
        raise CannotHold
    endpoint = SHOWN_AT.get(request.endpoint or "")
    page = url_for(endpoint, **(request.view_args or {})) if endpoint else request.path
    with transaction():
        held.hold(user_id, page, fields, clock.utc())
