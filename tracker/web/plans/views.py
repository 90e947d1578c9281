"""Plans with their source, tasks with where they stand in every district."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.plans import operations, queries
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.scoring import terms as score_terms
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.plans.forms import TermsForm, told
from tracker.web.plans.task_page import task_page
from tracker.web.plans.words import SEVERITY_TEXT
from tracker.web.session import actor

plans = Blueprint("plans", __name__)

MAX_SENTENCE = 500
STATE_TEXT = {"draft": say("未发布"), "published": say("已发布")}


@plans.get("/plans")
@allowed(Action.VIEW_PLANS)
def index() -> str:
    """List the plans."""
    return render_template("plans/index.html", plans=queries.plan_rows(), state_text=STATE_TEXT)


@plans.get("/plans/<id:plan_id>")
@allowed(Action.VIEW_PLANS)
def plan(plan_id: int) -> str:
    """Show a plan: its head, tasks by section, milestones, and what to know about its source."""
    found = queries.get(actor(), plan_id) or abort(404)
    return render_template(
        "plans/plan.html",
        plan=found,
        owner=queries.owner_name(found),
        rule=score_terms.rule_at(found, clock.today()),
        tasks=queries.tasks(plan_id),
        milestones=queries.milestones(plan_id),
        anomalies=queries.anomalies(plan_id),
        severity_text=SEVERITY_TEXT,
        may_edit=may(actor(), Action.EDIT_PLAN),
    )


@plans.get("/plans/<id:plan_id>/settings")
@allowed(Action.EDIT_PLAN)
def settings(plan_id: int) -> str:
    """Show what may be changed on a running plan."""
    found = queries.get(actor(), plan_id) or abort(404)
    return _settings_page(found, TermsForm(obj=found, formdata=None, published=_is_published(found)))


def _is_published(plan: Any) -> bool:
    return bool(plan.state == "published")


def _settings_page(plan: Any, form: TermsForm, conflict: operations.StaleText | None = None) -> str:
    # A refused form keeps the version it was opened with; after a conflict the person has seen the newer one.
    form.version.data = str(conflict.version) if conflict else form.version.data
    sides = {"mine": told(form.terms), "theirs": told(operations.terms_of(plan))} if conflict else None
    return render_template("plans/settings.html", plan=plan, form=form, conflict=sides)


@plans.post("/plans/<id:plan_id>/settings")
@allowed(Action.EDIT_PLAN)
def edit_settings(plan_id: int) -> Response | tuple[str, int]:
    """Change when a task is near, who reports and who reviews, unless someone else was faster."""
    found = queries.get(actor(), plan_id) or abort(404)
    form = TermsForm(published=_is_published(found))
    if not form.validate() or not _suits_the_rule(found, form):
        return _settings_page(found, form), 422
    try:
        with transaction():
            operations.edit_terms(actor(), clock.now(), plan_id, form.version_number, form.terms)
    except operations.StaleText as stale:
        return _settings_page(queries.get(actor(), plan_id) or abort(404), form, stale), 409
    flash(say("方案设定已保存，亮灯和填报即按新设定办理。"), "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def _suits_the_rule(plan: Any, form: TermsForm) -> bool:
    """Refuse to let 司法所 off reporting while the score asks what they have done; the field then says so."""
    if form.offices_report.data or not score_terms.rule_at(plan, clock.today()).needed:
        return True
    form.offices_report.errors = [
        say("现行评分规则以司法所办结为完成条件，不能改为不填报。请先在评分规则中取消这个条件。")
    ]
    return False


def _too_long(sentence: str) -> str:
    return say(
        "办结标准最多 {max_sentence} 字，现有 {n} 字，请精简后重新保存。", max_sentence=MAX_SENTENCE, n=len(sentence)
    )


@plans.get("/tasks/<id:task_id>")
@allowed(Action.VIEW_PLANS)
def task(task_id: int) -> str:
    """Show a task: its lines in the source, its standard, and how each unit stands."""
    return task_page(task_id)


@plans.post("/tasks/<id:task_id>/acceptance")
@allowed(Action.EDIT_PLAN)
def edit_acceptance(task_id: int) -> Response | tuple[str, int]:
    """Change the standard by which the task counts as done, unless someone else was faster."""
    version = whole(request.form.get("version", ""))
    sentence = request.form.get("acceptance", "").replace("\r\n", "\n").strip()
    if version is None:
        abort(400)
    if len(sentence) > MAX_SENTENCE:
        return task_page(task_id, sentence=sentence, refused=_too_long(sentence)), 422
    try:
        with transaction():
            operations.edit_acceptance(actor(), clock.now(), task_id, version, sentence)
    except operations.StaleText as stale:
        return task_page(task_id, stale), 409
    flash(say("办结标准已保存。"), "success")
    return redirect(url_for("plans.task", task_id=task_id), 303)
