"""Makes a plan's scores final in two steps: first what would be sealed and what is still open, then the seal."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from tracker import clock
from tracker.assignments import usual_plans
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.scoring import operations, previews, readiness, sheets
from tracker.scoring.operations import MAX_REASON
from tracker.scoring.previews import PreviewChanged
from tracker.web.access import allowed
from tracker.web.forms import Form
from tracker.web.language import flash
from tracker.web.paging import number, whole
from tracker.web.session import actor

finalizing = Blueprint("finalizing", __name__, url_prefix="/scores")


class FreezeForm(Form):
    """What is asked only where the results of the plan's evaluation are missing."""

    confirmed = BooleanField(say("评估结果还没有公布，仍要按办理记录定稿"))
    unevaluated = TextAreaField(
        say("未经评估定稿的理由"),
        [Length(max=MAX_REASON, message=say("理由最多 {most} 个字，请精简。", most=MAX_REASON))],
    )

    @property
    def reason(self) -> str:
        """Why the scores are made final without an evaluation."""
        return (self.unevaluated.data or "").strip()

    def owes(self) -> bool:
        """Tell whether the tick or the reason is missing, and say so at the fields."""
        if not self.confirmed.data:
            self.confirmed.errors = [say("评估结果还没有公布，请勾选确认。")]
        if not self.reason:
            self.unevaluated.errors = [say("请写明为什么不等评估结果就定稿。")]
        return not (self.confirmed.data and self.reason)


@finalizing.get("/freeze")
@allowed(Action.FREEZE_SCORES)
def review() -> str:
    """Show what would be sealed today, and what is still open."""
    return _page(usual_plans.scored(actor(), number("plan")), FreezeForm(formdata=None))


@finalizing.post("/freeze")
@allowed(Action.FREEZE_SCORES)
def freeze() -> Response | tuple[str, int]:
    """Make the plan's scores of today final."""
    plan_id = whole(request.form.get("plan", ""))
    plan, form = usual_plans.scored(actor(), plan_id), FreezeForm()
    owed = not sheets.frozen(plan.id) and readiness.evaluation_missing(plan, clock.today())
    if not form.validate() or (owed and form.owes()):
        return _page(plan, form), 422
    try:
        with transaction():
            operations.freeze(actor(), clock.now(), plan, form.reason, request.form.get("seen", ""))
    except PreviewChanged as changed:
        return _page(usual_plans.scored(actor(), plan_id), form, changed), 409
    flash(say("{number} 的得分已定稿封存，此后不再接受会改变得分的办理。", number=plan.doc_number), "success")
    return redirect(url_for("scoring.board", plan=plan.id), 303)


def _page(plan: Any, form: FreezeForm, changed: PreviewChanged | None = None) -> str:
    today = clock.today()
    shown = previews.preview(plan, today)
    return render_template(
        "scoring/freeze.html",
        plan=plan,
        form=form,
        standings=shown.standings,
        tasks=sum(standing.tally.total for standing in shown.standings),
        pending=shown.pending,
        sealed=sheets.frozen(plan.id),
        rule=shown.rule,
        seen=shown.seen,
        changed=changed,
        day=today,
        most=MAX_REASON,
    )
