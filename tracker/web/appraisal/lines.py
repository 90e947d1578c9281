"""The form at a task for which the city took points: which of the bureau's sections answers for it (R2-08)."""

from dataclasses import dataclass, field

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import attribution
from tracker.appraisal.decisions import DecisionRefused, Overtaken
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.common import wanted_sheet
from tracker.web.appraisal.sheets import UNIT, sheet_page
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.session import actor

appraisal_lines = Blueprint("appraisal_lines", __name__)


@dataclass(frozen=True)
class Typed:
    """What was sent about one task and why it was not kept."""

    assignment_id: int
    section: str
    reason: str
    problems: dict[str, str] = field(default_factory=dict)
    overtaken: Overtaken | None = None
    refused: str = ""


@appraisal_lines.post(f"{UNIT}/lines/<id:assignment_id>")
@allowed(Action.APPRAISE)
def attribute(appraisal_id: int, unit_id: int, assignment_id: int) -> Response | tuple[str, int]:
    """Name the section that answers for a task; earlier names stay."""
    found, sent = wanted_sheet(appraisal_id, unit_id), request.form
    section, reason = sent.get("section", ""), sent.get("reason", "")
    about = assignment_id, section, reason
    try:
        with transaction():
            attribution.attribute(actor(), clock.now(), appraisal_id, *about, whole(sent.get("seen", "")) or 0)
    except DecisionRefused as refused:
        return sheet_page(found, typed=Typed(*about, refused.problems)), 422
    except Overtaken as first:
        return sheet_page(wanted_sheet(appraisal_id, unit_id), typed=Typed(*about, overtaken=first)), 409
    except MoveRefused as refused:
        return sheet_page(found, typed=Typed(*about, refused=str(refused))), 409
    except UnknownAppraisal:
        abort(404)
    flash(say("责任科室已记下，得分不变。以前指明的仍可查看。"), "success")
    anchor = f"task-{assignment_id}"
    return redirect(url_for("appraisal_sheets.sheet", appraisal_id=appraisal_id, unit_id=unit_id, _anchor=anchor), 303)
