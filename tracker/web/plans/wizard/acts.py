"""What a person does on the check page: each form is one step on the draft, and leads on to the next place."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.plans import desk, desk_heads, desk_patches, desk_queries
from tracker.plans.desk_patches import TasksLost
from tracker.plans.desk_queries import AlreadyPublished, Import
from tracker.plans.desk_record import ImportClosed, StaleTask
from tracker.plans.rereading import Reread
from tracker.rules.permissions import Action
from tracker.rules.plan_text.drafts import PlanUnreadable, TaskDraft
from tracker.rules.plan_text.editing import EditRefused
from tracker.rules.plan_text.patches import PatchRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.forms import Form
from tracker.web.language import flash
from tracker.web.plans.wizard import forms
from tracker.web.plans.wizard.page import Asked, Left, asked_for, check_page, loaded, next_doubt, typed_fields
from tracker.web.plans.words import FIELD_TEXT
from tracker.web.session import actor

import_checks = Blueprint("import_checks", __name__, url_prefix="/plans/import/<id:import_id>")

Answer = Response | str | tuple[str, int]

SAVE, NEXT, ONE, DISMISS = "save", "next", "confirm-", "dismiss"
"""What the buttons of a task's form ask for: its change alone, all its doubts, one of them, no proposed units."""


@import_checks.get("/check")
@allowed(Action.EDIT_PLAN)
def check(import_id: int) -> str:
    """Show a task beside its lines."""
    found = loaded(import_id)
    return check_page(found, asked_for(found))


@import_checks.post("/tasks/<key>")
@allowed(Action.EDIT_PLAN)
def edit(import_id: int, key: str) -> Answer:
    """Change a task, and take what is doubtful about it as it is where the button says so."""
    form, intent = forms.TaskForm(), request.form.get("intent", SAVE)

    def act() -> str:
        changed = desk.edit_task(actor(), clock.now(), import_id, key, _seen(form), form.wanted)
        if intent == DISMISS:
            desk.dismiss(actor(), clock.now(), import_id, key, None)
            return say("已记下：不采用句子中提出的单位。")
        confirmed = 0
        if intent == NEXT or intent.startswith(ONE):
            field = intent.removeprefix(ONE) if intent.startswith(ONE) else ""
            confirmed = desk.confirm(actor(), clock.now(), import_id, key, None, [field] if field else [])
        return _told(changed, confirmed)

    return _act(import_id, key, "task", form, act, onward=intent == NEXT)


def _told(changed: list[str], confirmed: int) -> str:
    names = [FIELD_TEXT[field] for field in changed]
    if names and confirmed:
        return say("已保存：{names}；已确认 {confirmed} 处。", names=names, confirmed=confirmed)
    if confirmed:
        return say("已确认 {confirmed} 处。", confirmed=confirmed)
    return say("已保存：{names}。", names=names) if names else say("没有改动。")


@import_checks.post("/tasks/<key>/split")
@allowed(Action.EDIT_PLAN)
def split(import_id: int, key: str) -> Answer:
    """Make several tasks of one, or show what would come of it."""
    form = forms.SplitForm()
    if request.form.get("intent") == "preview":
        return _preview(import_id, key, form)

    def act() -> str:
        made = desk.split(actor(), clock.now(), import_id, key, _seen(form), form.texts)
        return say("已拆分为：{numbers}。", numbers=[piece.number for piece in made])

    return _act(import_id, key, "split", form, act, to=f"{key}.1")


def _preview(import_id: int, key: str, form: Any) -> Answer:
    found = loaded(import_id)
    asked = asked_for(found, key)
    if asked.task.key != key or _is_hidden(found, asked.task, "split"):
        return _shown(import_id, key, "split", form), 409
    numbered = [(f"{asked.task.number}-{place}", text) for place, text in enumerate(form.texts, 1)]
    return check_page(found, asked, opened="split", form=form, preview=numbered)


@import_checks.post("/tasks/<key>/merge")
@allowed(Action.EDIT_PLAN)
def merge(import_id: int, key: str) -> Answer:
    """Make one task of several."""
    form, kept = forms.MergeForm(), [key]

    def act() -> str:
        merged = desk.merge(actor(), clock.now(), import_id, key, _seen(form), form.numbers)
        kept[0] = merged.key
        return say("已合并到第{number}项。", number=merged.number)

    return _act(import_id, key, "merge", form, act, to=kept)


@import_checks.post("/tasks/<key>/withdraw")
@allowed(Action.EDIT_PLAN)
def withdraw(import_id: int, key: str) -> Answer:
    """Take a task off the list."""
    form = forms.WithdrawForm()

    def act() -> str:
        desk.withdraw(actor(), clock.now(), import_id, key, _seen(form), form.reason.data or "")
        return say("已撤下这项任务：仍可查看，不再约束任何单位。")

    return _act(import_id, key, "withdraw", form, act)


@import_checks.post("/tasks/<key>/restore")
@allowed(Action.EDIT_PLAN)
def restore(import_id: int, key: str) -> Answer:
    """Put a withdrawn task on the list again."""
    form = forms.PlainForm()

    def act() -> str:
        desk.take_back(actor(), clock.now(), import_id, key, _seen(form))
        return say("已恢复这项任务。")

    return _act(import_id, key, "plain", form, act)


@import_checks.post("/tasks/<key>/add")
@allowed(Action.EDIT_PLAN)
def add(import_id: int, key: str) -> Answer:
    """Add a task behind another."""
    form, made = forms.AddForm(), [key]

    def act() -> str:
        task = desk.add(actor(), clock.now(), import_id, key, form.number.data or "", form.text.data or "", form.lines)
        made[0] = task.key
        return say("已补录第{number}项，请填写责任单位和时限。", number=task.number)

    return _act(import_id, key, "add", form, act, to=made)


@import_checks.post("/head")
@allowed(Action.EDIT_PLAN)
def head(import_id: int) -> Answer:
    """Write anew what the document says about itself."""
    form = forms.HeadForm()

    def act() -> str:
        moved = desk_heads.edit_head(actor(), clock.now(), import_id, _seen(form), form.wanted)
        if moved:
            return say("文件信息已保存；{moved} 项没有写年份的时限已按新的年份重算。", moved=moved)
        return say("文件信息已保存。")

    return _act(import_id, request.args.get("task", ""), "head", form, act)


@import_checks.post("/confirm")
@allowed(Action.EDIT_PLAN)
def confirm(import_id: int) -> Answer:
    """Take everything that one rule left doubtful as it is."""
    rule = request.form.get("rule", "")

    def act() -> str:
        confirmed = desk.confirm_rule(actor(), clock.now(), import_id, rule)
        return say("已确认 {confirmed} 处。", confirmed=confirmed) if confirmed else say("没有需要确认的了。")

    return _act(import_id, request.args.get("task", ""), "", None, act)


@import_checks.post("/lines")
@allowed(Action.EDIT_PLAN)
def patch(import_id: int) -> Answer:
    """Correct a line of the source and read the document again."""
    form, key = forms.PatchForm(), request.args.get("task", "")

    def act() -> str:
        new, old = (form.new.data or "").strip("\r\n"), form.old.data or ""
        line, reason, sure = form.line.data or 0, form.reason.data or "", form.sure.data or ""
        try:
            return _brought(line, desk_patches.patch(actor(), clock.now(), import_id, line, old, new, reason, sure))
        except TasksLost as lost:
            form.sure.data = lost.token
            raise

    return _act(import_id, key, "patch", form, act)


def _brought(line: int, found: Reread) -> str:
    none = [say("无")]
    return say(
        "第 {line} 行已更正并重新识别。人工处理过而保留：{kept}；读出变化：{changed}；"
        "新读出：{added}；不再读出：{gone}。",
        line=line,
        kept=list(found.kept) or none,
        changed=list(found.changed) or none,
        added=list(found.added) or none,
        gone=list(found.gone) or none,
    )


def _seen(form: Any) -> str:
    return str(form.version.data or "")


def _act(
    import_id: int,
    key: str,
    opened: str,
    form: Form | None,
    act: Callable[[], str],
    *,
    to: str | list[str] = "",
    onward: bool = False,
) -> Answer:
    """Do what a form asks for and lead on; what is refused comes back with what was typed.

    `to` is the task to show next, known only afterwards where it is a list; `onward` goes to the next doubtful place.
    """
    loaded(import_id)
    if form is not None and not form.validate():
        return _shown(import_id, key, opened, form), 422
    try:
        with transaction():
            done = act()
    except ImportClosed as closed:
        return _shown(import_id, key, opened, form, refused=str(closed)), 409
    except StaleTask:
        return _shown(import_id, key, opened, form, clash=True), 409
    except AlreadyPublished as known:
        return _shown(import_id, key, opened, form, refused=str(known)), 409
    except (PatchRefused, PlanUnreadable) as refused:
        return _shown(import_id, key, opened, form, refused=str(refused)), 422
    except EditRefused as refused:
        return _refused(import_id, key, opened, form, refused)
    flash(done, "success")
    return redirect(_onward(import_id, key, to[0] if isinstance(to, list) else to, onward), 303)


def _refused(import_id: int, key: str, opened: str, form: Form | None, refused: EditRefused) -> Answer:
    """Show a refusal at its field; a task that is gone is nobody's field, but somebody else's doing."""
    if form is not None and refused.field in form:
        form[refused.field].errors = [str(refused)]
        return _shown(import_id, key, opened, form), 422
    return _shown(import_id, key, opened, form, refused=str(refused)), 409 if refused.field == "key" else 422


def _shown(import_id: int, key: str, opened: str, form: Form | None, **how: Any) -> str:
    found = loaded(import_id)
    heirs = _heirs(found, key, form)
    asked: Asked = asked_for(found, heirs[0].key if heirs else key)
    if key and asked.task.key != key and form is not None and opened not in ("head", "patch"):
        return check_page(found, asked, left=_left(form, heirs), **how)
    if form is not None and not how.get("clash") and _is_hidden(found, asked.task, opened):
        return check_page(found, asked, opened=opened, form=form, left=_left(form, []), **how)
    return check_page(found, asked, opened=opened if form else "", form=form, **how)


TASKS_OWN = ("task", "split", "merge", "withdraw")
"""The forms that a withdrawn task does not have."""


def _is_hidden(found: Import, task: TaskDraft, opened: str) -> bool:
    """Tell whether the page offers a form no more, so that what was typed into it would be nowhere."""
    return not found.open or (bool(task.withdrawn) and opened in TASKS_OWN)


def _left(form: Form, heirs: list[TaskDraft]) -> Left | None:
    typed = typed_fields(form)
    errors = [str(error) for field in form for error in field.errors]
    return Left(typed, heirs, errors) if any(content for _, content in typed) else None


def _heirs(found: Import, key: str, form: Form | None) -> list[TaskDraft]:
    """Return the tasks that came of one that is no longer there."""
    number = form["number"].data if isinstance(form, forms.TaskForm) else ""
    return desk_queries.heirs(found, key, number or key.replace(".", "-")) if key else []


def _onward(import_id: int, key: str, to: str, onward: bool) -> str:
    """Return where to go: the next doubtful place, the task that came of it, or the same task again."""
    found: Import = loaded(import_id)
    tasks: dict[str, TaskDraft] = {task.key: task for task in found.draft.tasks}
    following = next_doubt(found, key) if onward else ""
    wanted = following or (to if to in tasks else key)
    listed = asked_for(found, wanted).suffix
    address = f"/plans/import/{import_id}/check"
    return f"{address}?task={wanted}{listed}#task" if wanted in tasks else address
