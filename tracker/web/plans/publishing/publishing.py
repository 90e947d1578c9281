"""Publishes an import, at once or by the worker, and takes its publication back."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import publication, undoing
from tracker.assignments.publication import PublicationRefused, StaleImport
from tracker.assignments.undoing import UndoRefused
from tracker.db import transaction
from tracker.plans import desk_queries
from tracker.plans import queries as plan_queries
from tracker.plans.desk_blockers import Desk
from tracker.plans.desk_record import ImportClosed
from tracker.plans.operations import PlanRefused
from tracker.reminders import runs, withdrawing
from tracker.reminders.withdrawing import ReasonMissing
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.plans.publishing.rehearsing import asides, links, rehearse
from tracker.web.plans.publishing.units import desk_of
from tracker.web.plans.wizard import steps
from tracker.web.session import actor
from tracker.work import operations as work
from tracker.work import queries as works

import_publication = Blueprint("import_publication", __name__)

Answer = Response | str | tuple[str, int]

KIND = "publish"
UNREVIEWED = say("还没有发布：有任务办结后无人审核，请先勾选“我知道这些任务办结后暂无人审核”，或设定主办处室。")


@import_publication.get("/plans/import/<id:import_id>/publish")
@allowed(Action.EDIT_PLAN)
def page(import_id: int) -> str:
    """Ask once more before publishing; afterwards show what came of it."""
    return _page(desk_of(import_id))


def _page(found: Desk, refused: str = "", reason: str = "", problem: str = "") -> str:
    plan_id, told = found.plan_id, None
    asked = whole(request.args.get("job", ""))
    if found.open and not asked:
        told = rehearse(found)
    return render_template(
        "plans/publishing/publish.html",
        desk=found,
        bar=steps.bar("publish", desk_queries.get(actor(), found.id), found.units, blocked=bool(found.blockers)),
        links=links(found),
        told=told,
        untold=refused == UNREVIEWED,
        **asides(found),
        job=works.own(actor(), asked) if found.open and asked else None,
        plan=plan_queries.known(plan_id) if plan_id else None,
        letters=withdrawing.letters(plan_id) if plan_id else None,
        stays=undoing.problem(plan_id) if plan_id else "",
        refused=refused,
        reason=reason,
        problem=problem,
    )


@import_publication.post("/plans/import/<id:import_id>/publish")
@allowed(Action.EDIT_PLAN)
def publish(import_id: int) -> Answer:
    """Publish: once, however often it is asked for."""
    found, version = desk_of(import_id), whole(request.form.get("version", ""))
    if not found.open:
        return _led_on(import_id)
    if found.blockers:
        return _page(found, say("还不能发布，请先处理下列各处。")), 422
    if version != found.version:
        return _page(found, str(StaleImport())), 409
    if request.form.get("unreviewed") != "y" and _nobody_reviews(found):
        return _page(found, UNREVIEWED), 422
    if not _nobody_works():
        return _ask(found)
    try:
        with transaction():
            done = publication.publish(actor(), clock.now(), import_id, found.version)
    except (StaleImport, ImportClosed) as late:
        now = desk_of(import_id)
        return (_page(now, str(late)), 409) if now.open else _led_on(import_id)
    except (PublicationRefused, PlanRefused) as refused:
        return _page(desk_of(import_id), str(refused)), 422
    flash(say("{number} 已发布，交办 {n} 个责任事项。", number=done.doc_number, n=done.number), "success")
    return redirect(_address(import_id), 303)


def _led_on(import_id: int) -> Answer:
    """Lead whoever comes second to what came of the import."""
    flash(say("这份导入已经发布或放弃，没有再发布一次。"), "info")
    return redirect(_address(import_id), 303)


def _nobody_reviews(found: Desk) -> bool:
    """Tell whether something would be handed out that no office reviews."""
    facts = rehearse(found).facts
    return facts is not None and bool(facts.unreviewed)


def _address(import_id: int) -> str:
    return f"/plans/import/{import_id}/publish"


def _nobody_works() -> bool:
    """Tell whether no process takes long work up, so that it is done at once."""
    pulse = runs.pulse()
    return pulse is None or pulse.dead


def _ask(found: Desk) -> Answer:
    """Let the worker publish; the same version is asked for once only, and once more after each failure."""
    failed = whole(request.form.get("failed", "")) or 0
    title = say("发布 {number}", number=found.draft.head.doc_number)
    arguments = {"import_id": found.id, "version": found.version}
    with transaction():
        asked = work.ask(actor(), clock.utc(), KIND, title, arguments, f"{KIND}:{found.id}:{found.version}:{failed}")
    return redirect(f"{_address(found.id)}?job={asked}", 303)


@import_publication.post("/plans/import/<id:import_id>/undo")
@allowed(Action.EDIT_PLAN)
def undo(import_id: int) -> Answer:
    """Take the publication back, as long as nobody has done anything on it."""
    found, reason = desk_of(import_id), request.form.get("reason", "")
    try:
        with transaction():
            done = withdrawing.undo(actor(), clock.now(), import_id, reason)
    except ReasonMissing as missing:
        return _page(found, reason=reason, problem=str(missing)), 422
    except UndoRefused as refused:
        return _page(desk_of(import_id), str(refused), reason), 409
    flash(say("{number} 已撤回发布，导入恢复到发布以前，可以修改后重新发布。", number=done.doc_number), "success")
    if done.letters.sent:
        flash(say("已发出 {n} 封提醒，请另行告知收信人。", n=done.letters.sent), "warning")
    if done.stay:
        flash(say("新建的单位已有账号或其他记录，予以保留：{names}。", names=list(done.stay)), "warning")
    return redirect(f"/plans/import/{import_id}/rehearsal", 303)
