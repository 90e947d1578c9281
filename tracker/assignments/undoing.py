"""Takes the publication of an import back, as long as nobody has done anything on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, and_, delete, func, or_, select, update

from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans import desk_making, desk_record, desk_units
from tracker.plans.models import Anomaly, Plan, PlanImport, SourceDocument, Task, TaskChange, TaskTarget
from tracker.plans.references import referring
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plans import Early, ImportState
from tracker.rules.status import MOVE_TEXT, Move
from tracker.rules.words import say

MADE_WITH_A_PLAN: Mapping[str, frozenset[str]] = {
    "plan": frozenset({"section", "task", "milestone", "anomaly", "plan_year", "plan_import", "assignment"}),
    "task": frozenset({"responsibility", "task_target", "task_reviewer", "task_change", "assignment"}),
    "assignment": frozenset({"status_change", "notice"}),
    "task_target": frozenset(),
}
"""The tables that publication itself, and the letters that follow it, write about a plan, by what they speak of."""

PUBLISHED_VERSION = 2
"""The version of a plan that was stored and published, and not changed since."""

WORDS: Mapping[str, str] = {
    "report": say("填报"),
    "extension": say("延期申请"),
    "comment": say("评论"),
    "urge": say("催办"),
    "reminder_pause": say("暂停提醒"),
    "reminder_policy": say("提醒规则的修改"),
    "due_change": say("时限调整"),
    "district_change": say("划转"),
    "evidence": say("佐证材料"),
    "deduction": say("扣分"),
    "appeal": say("异议"),
    "score_rule": say("评分规则的修改"),
    "score_freeze": say("定稿的得分"),
    "evaluation": say("考评"),
    "evaluation_result": say("考评结果"),
    "self_evaluation": say("自评"),
    "year_review": say("年度评价"),
    "target_value": say("指标数值"),
    "task_descent": say("任务拆分或合并"),
    "approval_pin": say("审批要点"),
}


class UndoRefused(ValueError):
    """A publication that can no longer be taken back; the message says who did what, and when."""


@dataclass(frozen=True)
class Undone:
    """A publication that was taken back: the import is open again; `stay` are made units that others use already."""

    import_id: int
    doc_number: str
    stay: tuple[str, ...] = ()


def hold(actor: Actor, import_id: int) -> PlanImport:
    """Keep everybody from a published import and its assignments until the transaction ends; raise UndoRefused.

    The assignments are locked first, as a person who signs for one does: who is first wins, the other hears of it.
    """
    require(actor, Action.EDIT_PLAN)
    found = db.session.get_one(PlanImport, import_id, with_for_update=True)
    if found.state != ImportState.PUBLISHED or found.plan_id is None:
        raise UndoRefused(say("这份导入没有发布，不用撤回。"))
    plan_id = found.plan_id
    db.session.execute(
        select(Assignment.id).where(Assignment.plan_id == plan_id).order_by(Assignment.id).with_for_update()
    )
    db.session.execute(select(Plan.id).where(Plan.id == plan_id).with_for_update())
    if why := problem(plan_id):
        raise UndoRefused(why)
    return found


def problem(plan_id: int) -> str:
    """Return why the publication of a plan cannot be taken back, or nothing; each table that could say so is asked."""
    return _moved(plan_id) or _done(plan_id) or _changed(plan_id)


def _moved(plan_id: int) -> str:
    """Tell of the first step that anybody took; those taken by publication itself are not held against it."""
    first = db.session.execute(
        select(StatusChange.actor_name, StatusChange.move, StatusChange.day, Task.number, Organization.name)
        .join(Assignment, Assignment.id == StatusChange.assignment_id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(
            Assignment.plan_id == plan_id,
            StatusChange.move != Move.DISPATCH,
            or_(StatusChange.move != Move.RECORD, StatusChange.at > _published_at(plan_id)),
        )
        .order_by(StatusChange.id)
        .limit(1)
    ).first()
    if first is None:
        return ""
    return say(
        "不能撤回：{who}已于 {day:long} 对{unit}的第{number}项“{move}”。个别事项可以单独撤销。",
        unit=first.name,
        who=first.actor_name,
        day=first.day,
        number=first.number,
        move=MOVE_TEXT[Move(first.move)],
    )


def _done(plan_id: int) -> str:
    """Tell what else speaks of the plan, its tasks or its assignments, whatever room it belongs to."""
    for target, ids in _own(plan_id).items():
        for table in referring(target, ids, MADE_WITH_A_PLAN[target]):
            return say("不能撤回：发布以后已有{what}。", what=WORDS.get(table, say("其他记录")))
    return ""


def _own(plan_id: int) -> dict[str, Select[int]]:
    tasks = select(Task.id).where(Task.plan_id == plan_id)
    return {
        "plan": select(Plan.id).where(Plan.id == plan_id),
        "task": tasks,
        "assignment": select(Assignment.id).where(Assignment.plan_id == plan_id),
        "task_target": select(TaskTarget.id).where(TaskTarget.task_id.in_(tasks)),
    }


def _changed(plan_id: int) -> str:
    """Tell whether the plan or a task was changed since: whoever did so would lose it."""
    if db.session.scalar(select(Plan.version).where(Plan.id == plan_id)) != PUBLISHED_VERSION:
        return say("不能撤回：发布以后方案设定被修改。")
    plain = and_(Task.early == Early.NONE, Task.withdrawn_on.is_(None), Task.version > 1)
    later = select(TaskChange.id).where(TaskChange.task_id == Task.id, TaskChange.at > _published_at(plan_id))
    edited = select(Task.number).where(Task.plan_id == plan_id, or_(plain, later.exists())).order_by(Task.position)
    number = db.session.scalar(edited.limit(1))
    return say("不能撤回：发布以后第{number}项任务被修改。", number=number) if number is not None else ""


def _published_at(plan_id: int) -> ScalarSelect[datetime]:
    """Return the moment of publication: that of the first dispatch."""
    own = select(func.min(StatusChange.at)).join(Assignment, Assignment.id == StatusChange.assignment_id)
    return own.where(Assignment.plan_id == plan_id).scalar_subquery()


def take_back(actor: Actor, at: datetime, found: PlanImport, reason: str) -> Undone:
    """Remove the plan of an import that is held, with all that publication made; the import is open again.

    Letters that speak of its assignments must be gone.
    """
    plan = db.session.get_one(Plan, found.plan_id)
    doc_number, source_id = plan.doc_number, plan.source_id
    chosen = desk_units.restored(found.units)
    found.state, found.plan_id, found.step = ImportState.OPEN, None, "rehearsal"
    found.units = desk_units.kept(replace(chosen, made=desk_units.Made()))
    desk_record.note(actor, at, found, "undo", before=doc_number, reason=reason)
    db.session.flush()  # the import must have let go of the plan before that is removed
    _remove(plan.id, source_id, found.id)
    stay = desk_making.take_back(actor, at, chosen.made)
    audit.record(actor, at, "undo_publication", "plan_import", found.id, f"{doc_number}：{reason}")
    return Undone(found.id, doc_number, tuple(stay))


def _remove(plan_id: int, source_id: int, import_id: int) -> None:
    """Remove a plan from below upward; what hangs on its tasks goes with them."""
    own = select(Assignment.id).where(Assignment.plan_id == plan_id)
    kept = update(Anomaly).where(Anomaly.import_id == import_id).values(plan_id=None)
    gone = (
        delete(StatusChange).where(StatusChange.assignment_id.in_(own)),
        delete(TaskReviewer).where(TaskReviewer.task_id.in_(select(Task.id).where(Task.plan_id == plan_id))),
        delete(Assignment).where(Assignment.plan_id == plan_id),
        delete(Task).where(Task.plan_id == plan_id),
        delete(Plan).where(Plan.id == plan_id),
        delete(SourceDocument).where(SourceDocument.id == source_id),
    )
    for statement in (kept, *gone):
        db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.expire_all()
