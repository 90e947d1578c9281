"""Changes of a published plan's tasks: added, corrected, put off, handed to one more unit, taken off."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import amendments, changes
from tracker.db import transaction
from tracker.plans import queries
from tracker.plans.changes import ChangeRefused, usual_group
from tracker.plans.imports import split_units
from tracker.plans.operations import StaleText
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.forms import Form
from tracker.web.language import flash
from tracker.web.paging import SIZE, BadAddress, Page, number, page_number, whole
from tracker.web.plans.change_forms import DueForm, MergeForm, SplitForm, TaskForm, TextForm, UnitForm, WithdrawForm
from tracker.web.plans.task_page import task_page
from tracker.web.session import actor

tasks = Blueprint("tasks", __name__)

Answer = Response | tuple[str, int]

SORTS = (("number", say("按方案和序号")), ("due", say("时限近的在前")))
SIZES = range(1, 201)
LONGEST_QUERY = 100


@tasks.get("/tasks")
@allowed(Action.VIEW_PLANS)
def index() -> str | tuple[str, int]:
    """List the tasks of every published plan."""
    sort, size = request.args.get("sort", "number"), number("size") if "size" in request.args else SIZE
    if sort not in queries.TASK_SORTS:
        raise BadAddress(say("地址中的 sort 只能是 number 或 due。"))
    if size is None or size not in SIZES:
        raise BadAddress(say("地址中的 size 应在 {sizes} 到 {sizes2} 之间。", sizes=SIZES[0], sizes2=SIZES[-1]))
    text, plan_id, asked = request.args.get("q", "").strip(), number("plan"), page_number()
    too_long = len(text) > LONGEST_QUERY
    total, rows = (0, []) if too_long else _found(text, plan_id, sort, size, asked)
    shown = render_template(
        "plans/tasks.html",
        rows=rows,
        page=Page(asked, total, size),
        plans=[("", say("全部方案")), *queries.published_choices()],
        plan_id=plan_id or "",
        sort=sort,
        sorts=SORTS,
        q=text[:LONGEST_QUERY],
        too_long=too_long,
        longest=LONGEST_QUERY,
        today=clock.today(),
    )
    return (shown, 422) if too_long else shown


def _found(text: str, plan_id: int | None, sort: str, size: int, asked: int) -> tuple[int, list[Any]]:
    """Return the page asked for, or the last there is."""
    total, rows = queries.listed_tasks(actor(), text, plan_id, sort, size, (asked - 1) * size)
    last = Page(asked, total, size).number
    return (
        (total, rows) if last == asked else queries.listed_tasks(actor(), text, plan_id, sort, size, (last - 1) * size)
    )


@tasks.get("/plans/<id:plan_id>/tasks/new")
@allowed(Action.EDIT_PLAN)
def new(plan_id: int) -> str:
    """Show the form of a task to be added."""
    plan = queries.get(actor(), plan_id) or abort(404)
    return _new_page(plan, TaskForm(formdata=None, units=usual_group(plan_id)))


def _new_page(plan: Any, form: TaskForm, refused: str = "") -> str:
    return render_template("plans/new_task.html", plan=plan, form=form, refused=refused)


@tasks.post("/plans/<id:plan_id>/tasks")
@allowed(Action.EDIT_PLAN)
def create(plan_id: int) -> Answer:
    """Add a task to a published plan and hand it out."""
    plan, form = queries.get(actor(), plan_id) or abort(404), TaskForm()
    if not form.validate():
        return _new_page(plan, form), 422
    try:
        with transaction():
            task = changes.create(actor(), clock.now(), plan_id, form.task, form.reason.data or "")
    except ChangeRefused as refused:
        form[refused.field].errors = [str(refused)]
        return _new_page(queries.get(actor(), plan_id), form), 422
    except MoveRefused as refused:
        return _new_page(queries.get(actor(), plan_id), form, str(refused)), 409
    flash(say("第{number}项已增补，并已交办到责任单位。", number=task.number), "success")
    return redirect(url_for("plans.task", task_id=task.id), 303)


@tasks.post("/tasks/<id:task_id>/edit")
@allowed(Action.EDIT_PLAN)
def edit(task_id: int) -> Answer:
    """Correct a task's text; the document's own words stay on record."""
    form, version = TextForm(), _version()

    def act() -> str:
        changes.edit(actor(), clock.now(), task_id, version, form.text.data or "", form.reason.data or "")
        return say("任务内容已更正，原文留存在本页。")

    return _change(task_id, "edit", form, act)


@tasks.post("/tasks/<id:task_id>/due")
@allowed(Action.EDIT_PLAN)
def move_due(task_id: int) -> Answer:
    """Move the day by which a task is due."""
    form, version = DueForm(), _version()

    def act() -> str:
        moved = changes.move_due(actor(), clock.now(), task_id, version, form.spec, form.reason.data or "")
        return say(
            "完成时限已改为 {due_on}，涉及 {moved} 个责任事项；提醒按新的时限重新安排。",
            due_on=form.spec.due_on,
            moved=moved,
        )

    return _change(task_id, "due", form, act)


@tasks.post("/tasks/<id:task_id>/assign")
@allowed(Action.EDIT_PLAN)
def assign(task_id: int) -> Answer:
    """Hand a task to one more unit."""
    form = UnitForm()

    def act() -> str:
        unit = changes.assign(actor(), clock.now(), task_id, form.unit.data or "", form.reason.data or "")
        return say("已交办到{name}，等待签收。", name=unit.name)

    return _change(task_id, "assign", form, act)


@tasks.post("/tasks/<id:task_id>/split")
@allowed(Action.EDIT_PLAN)
def split(task_id: int) -> Answer:
    """Make several tasks of one."""
    form, version = SplitForm(), _version()

    def act() -> str:
        parts, reason = form.parts.data or "", form.reason.data or ""
        made = amendments.split(actor(), clock.now(), task_id, version, parts, reason)
        return say("任务已拆分为第 {numbers} 项，原任务撤下留存。", numbers=[task.number for task in made])

    return _change(task_id, "split", form, act)


@tasks.post("/tasks/<id:task_id>/merge")
@allowed(Action.EDIT_PLAN)
def merge(task_id: int) -> Answer:
    """Make one task of this one and others."""
    form, version = MergeForm(), _version()

    def act() -> str:
        others, number = split_units(form.others.data or ""), form.number.data or ""
        text, reason = form.text.data or "", form.reason.data or ""
        made = amendments.merge(actor(), clock.now(), task_id, version, others, number, text, reason)
        return say("任务已合并为第{number}项，原任务撤下留存。", number=made.number)

    return _change(task_id, "merge", form, act)


@tasks.post("/tasks/<id:task_id>/archive")
@allowed(Action.EDIT_PLAN)
def archive(task_id: int) -> Answer:
    """Take a task off the plan."""
    form, version = WithdrawForm(), _version()

    def act() -> str:
        withdrawn = changes.archive(actor(), clock.now(), task_id, version, form.reason.data or "")
        return say("任务已撤下，{withdrawn} 个未办结的责任事项随之撤销；已办结的保留。", withdrawn=withdrawn)

    return _change(task_id, "archive", form, act)


def _version() -> int:
    """Return the version of the task that the form was opened with."""
    version = whole(request.form.get("version", ""))
    if version is None:
        abort(400)
    return version


def _change(task_id: int, opened: str, form: Form, act: Callable[[], str]) -> Answer:
    """Do what a form of the task's page asks for; what is refused comes back with what was typed."""
    queries.task(actor(), task_id) or abort(404)
    if not form.validate():
        return task_page(task_id, opened=opened, form=form), 422
    try:
        with transaction():
            done = act()
    except StaleText as stale:
        return task_page(task_id, clash=stale, opened=opened, form=form), 409
    except ChangeRefused as refused:
        form[refused.field].errors = [str(refused)]
        return task_page(task_id, opened=opened, form=form), 422
    except MoveRefused as refused:
        return task_page(task_id, refused=str(refused), opened=opened, form=form), 409
    flash(done, "success")
    return redirect(url_for("plans.task", task_id=task_id), 303)
