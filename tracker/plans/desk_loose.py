"""Names units for the tasks of an import that the document left without any, and takes them as undated, at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tracker.plans.creation import binding
from tracker.plans.desk_record import StaleTask, Step, draft_of, held, keep_steps
from tracker.plans.desk_repairs import is_settled
from tracker.rules.calendar import DeadlineKind
from tracker.rules.permissions import Actor
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import Certainty, Evidence, PlanDraft, Role, TaskDraft, TaskKind
from tracker.rules.plan_text.editing import CONFIRMED, EditRefused
from tracker.rules.plan_text.units import read_parties
from tracker.rules.words import say


def name(actor: Actor, at: datetime, import_id: int, keys: Sequence[str], role: Role, text: str) -> int:
    """Give tasks the same units, written as in a document; return how many. Raise StaleTask or EditRefused."""
    if not read_parties(text.strip(), role):
        raise EditRefused(say("请填写单位名称，几个之间用顿号隔开。"), "parties")
    found = held(actor, import_id)
    draft, steps = draft_of(found), []
    for key in _chosen(keys):
        task = editing.task_of(draft, key)
        if task.parties:
            raise StaleTask
        draft = editing.edit_parties(draft, key, role, text)
        steps.append(Step("edit", task.number, role.value, "", text.strip()))
    keep_steps(actor, at, found, draft, steps)
    return len(steps)


def adopt(actor: Actor, at: datetime, import_id: int, keys: Sequence[str]) -> int:
    """Let the units that only their sentences name answer for tasks; return for how many there are such."""
    found = held(actor, import_id)
    draft, steps = draft_of(found), []
    for key in _chosen(keys):
        task = editing.task_of(draft, key)
        if task.proposed:
            named = "、".join(party.name for party in task.proposed)
            draft = editing.confirm(draft, key, "proposed")
            steps.append(Step("confirm", task.number, "proposed", "", named))
    if not steps:
        raise EditRefused(say("勾选的任务中没有从原文推定的单位，请直接填写。"), "parties")
    keep_steps(actor, at, found, draft, steps)
    return len(steps)


def undated(draft: PlanDraft) -> list[TaskDraft]:
    """Return the tasks without a deadline about which nobody said so, in a document where others have one."""
    tasks = [task for task in binding(draft) if task.kind is TaskKind.TASK]
    without = [task for task in tasks if task.deadline.kind is DeadlineKind.NONE and not task.deadline.raw]
    doubtful = {doubt.key for doubt in editing.doubts(draft) if doubt.field == "deadline"}
    if len(without) == len(tasks):
        return []
    return [task for task in without if not is_settled(task) and task.key not in doubtful]


def confirm_undated(actor: Actor, at: datetime, import_id: int, keys: Sequence[str]) -> int:
    """Put on record that tasks have no deadline; return how many. Raise EditRefused."""
    found = held(actor, import_id)
    draft, steps = draft_of(found), []
    wanted = set(_chosen(keys))
    for task in undated(draft):
        if task.key in wanted:
            seen = Evidence(CONFIRMED, Certainty.CERTAIN)
            draft = editing.put(draft, replace(task, evidence={**task.evidence, "deadline": seen}))
            steps.append(Step("confirm", task.number, "deadline", "", "没有时限"))
    keep_steps(actor, at, found, draft, steps)
    return len(steps)


def _chosen(keys: Sequence[str]) -> list[str]:
    if not keys:
        raise EditRefused(say("请先勾选任务。"), "keys")
    return list(dict.fromkeys(keys))
