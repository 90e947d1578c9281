"""What moves a score by hand: deductions, appeals and their answers."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import usual_plans
from tracker.db import transaction
from tracker.reminders import appeal_letters
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.scoring import operations, queries
from tracker.scoring.operations import EntryRefused, StaleEntries
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.scoring.forms import AnswerForm, AppealForm, DeductionForm
from tracker.web.scoring.page import page_of
from tracker.web.session import actor

score_acts = Blueprint("score_acts", __name__, url_prefix="/scores")

Answer = Response | tuple[str, int]
ANSWERS = {"grant": True, "refuse": False}


def _plan() -> Any:
    return usual_plans.scored(actor(), whole(request.form.get("plan", "")))


def _back(unit_id: int) -> Response:
    return redirect(url_for("scoring.explanation", unit_id=unit_id), 303)


@score_acts.post("/<id:unit_id>/deductions")
@allowed(Action.DEDUCT)
def deduct(unit_id: int) -> Answer:
    """Take points off a district, with a reason; the same form sent again asks first."""
    plan, form = _plan(), DeductionForm()
    queries.standing(plan, clock.today(), unit_id)
    valid, points = form.validate(), form.read
    if not valid or points is None:
        return page_of(plan, unit_id, clock.today(), deduction=form), 422
    try:
        with transaction():
            operations.deduct(actor(), clock.now(), plan, unit_id, points, form.reason.data or "", form.seen_id)
    except EntryRefused as refused:
        form[refused.field].errors = [str(refused)]
        return page_of(plan, unit_id, clock.today(), deduction=form), 422
    except StaleEntries as stale:
        form.ask_again(stale)
        return page_of(plan, unit_id, clock.today(), deduction=form), 409
    flash(say("已登记扣 {points} 分，明细中可见理由。", points=f"{points.normalize():f}"), "success")
    return _back(unit_id)


@score_acts.post("/<id:unit_id>/appeals")
@allowed(Action.APPEAL)
def appeal(unit_id: int) -> Answer:
    """Object to a line of one's own district's score."""
    plan, form = _plan(), AppealForm()
    queries.require_district(actor(), unit_id, Action.APPEAL)
    if not form.validate():
        return page_of(plan, unit_id, clock.today(), appeal=form), 422
    try:
        with transaction():
            reason, base_url = form.reason.data or "", current_app.config["TRACKER_BASE_URL"]
            filed = appeal_letters.file(actor(), clock.now(), plan, unit_id, form.key, reason, base_url)
            answerable = appeal_letters.can_be_answered(filed, clock.today())
    except EntryRefused as refused:
        form[refused.field].errors = [str(refused)]
        return page_of(plan, unit_id, clock.today(), appeal=form), 422
    if answerable:
        flash(say("异议已提交，已通知市局督办人员裁定，结果在本页可见。"), "success")
    else:
        flash(say("异议已提交。现有的督办人员都经办过这一行，不能裁定；已请系统管理员增设督办人员账号。"), "warning")
    return _back(unit_id)


@score_acts.post("/<id:unit_id>/appeals/<id:appeal_id>/decide")
@allowed(Action.DECIDE_APPEAL)
def decide(unit_id: int, appeal_id: int) -> Answer:
    """Uphold or refuse an appeal, with a reason."""
    plan, form = _plan(), AnswerForm()
    queries.appeal_of(unit_id, appeal_id) or abort(404)
    choice = request.form.get("decision", "")
    valid = form.validate()
    if choice not in ANSWERS:
        form.answer.errors = [*form.answer.errors, say("请选择成立或不成立。")]
        valid = False
    if not valid:
        return page_of(plan, unit_id, clock.today(), answers={appeal_id: form}), 422
    with transaction():
        words, base_url = form.answer.data or "", current_app.config["TRACKER_BASE_URL"]
        outcome = appeal_letters.answer(actor(), clock.now(), unit_id, appeal_id, ANSWERS[choice], words, base_url)
    flash(say("已裁定：{outcome}。", outcome=outcome), "success")
    return _back(unit_id)
