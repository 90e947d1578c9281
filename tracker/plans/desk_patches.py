"""Corrects a line of an import's source and reads the document again; what people did to the reading stays."""

import json
from dataclasses import asdict, replace
from datetime import datetime

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import anomalies, desk_heads, rows
from tracker.plans.desk_queries import Restored, patches_of
from tracker.plans.desk_record import LONGEST_REASON, StaleTask, held, is_by_person, note
from tracker.plans.models import PlanImport
from tracker.plans.noting import NOTED
from tracker.plans.rereading import Reread, join
from tracker.rules.permissions import Actor
from tracker.rules.plan_text.drafts import PlanDraft
from tracker.rules.plan_text.editing import EditRefused
from tracker.rules.plan_text.keeping import keep
from tracker.rules.plan_text.patches import Patch, PatchRefused, apply_patches
from tracker.rules.plan_text.reader import read_plan
from tracker.rules.plans import AnomalyState
from tracker.rules.words import say

LONGEST_LINE = 20_000
SHOWN = 12
SNIPPET = 20


class TasksLost(EditRefused):
    """A correction that would take tasks off the list; `token` sent back with it says that a person wants just that."""

    def __init__(self, message: str, token: str) -> None:
        """Keep what to send back."""
        super().__init__(message, "sure")
        self.token = token


def patch(
    actor: Actor, at: datetime, import_id: int, line: int, old: str, new: str, reason: str, sure: str = ""
) -> Reread:
    """Correct a line that says `old`, read again and return what that brought.

    Raise EditRefused where it says nothing new, StaleTask where the line says something else by now, PatchRefused or
    PlanUnreadable where the correction leaves nothing to read, TasksLost where tasks go and `sure` is not its token.
    """
    found = held(actor, import_id)
    known = patches_of(found.patches)
    lines = apply_patches(found.text.split("\n"), known)
    _check(lines, line, old, new, reason)
    wanted = [*known, Patch(line, lines[line - 1], new, reason.strip(), actor.name)]
    fresh = read_plan("\n".join(apply_patches(found.text.split("\n"), wanted)))
    before = Restored.of(found.draft)
    joined = join(before, fresh, is_by_person)
    _refuse_loss(before, joined, wanted[-1], sure)
    draft = _with_head_kept(before, joined.draft) if desk_heads.was_edited(found.id) else joined.draft
    noted = tuple(problem for problem in before.problems if problem.code == NOTED)
    draft = replace(draft, problems=(*noted, *draft.problems))
    found.draft = keep(draft)
    found.patches = json.dumps([asdict(each) for each in wanted], ensure_ascii=False)
    _find_anew(actor, at, found, draft, wanted[-1])
    note(actor, at, found, "patch", field=f"{line}", before=old, after=new, reason=reason.strip())
    audit.record(actor, at, "edit_import", "plan_import", found.id, f"patch {line}")
    return replace(joined, draft=draft)


def _check(lines: list[str], line: int, old: str, new: str, reason: str) -> None:
    if not 1 <= line <= len(lines):
        raise EditRefused(say("文件共 {n} 行，没有第 {line} 行。", n=len(lines), line=line), "line")
    if lines[line - 1] != old:
        raise StaleTask
    if new == old:
        raise EditRefused(say("更正后的文字与原文相同，没有什么可改。"), "new")
    if len(new) > LONGEST_LINE:
        raise EditRefused(say("一行最多 {most} 字，请精简。", most=LONGEST_LINE), "new")
    if not reason.strip():
        raise EditRefused(say("请写明更正的理由和依据，日后可查。"), "reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise EditRefused(say("理由最多 {most} 字，请精简。", most=LONGEST_REASON), "reason")
    if "\n" in new or "\r" in new:
        raise PatchRefused(say("更正后的文字不能换行：一行改成一行，行号才对得上。"))


def _refuse_loss(before: PlanDraft, joined: Reread, made: Patch, sure: str) -> None:
    """Ask before a correction takes tasks off the list that nobody worked on, or empties a line of a task."""
    left = {task.key for task in joined.draft.tasks}
    gone = [task for task in before.tasks if task.key not in left]
    within = [task for task in before.tasks if task.line_from <= made.line <= task.line_to]
    token = "、".join([f"{made.line}", *(task.key for task in gone)])
    if sure == token or not (gone or (within and not made.new.strip())):
        return
    if gone:
        named = [say("第{number}项“{text}”", number=task.number, text=task.text[:SNIPPET]) for task in gone[:SHOWN]]
        words = say("还没有更正：照这样改，清单会少 {n} 项任务：{tasks}。", n=len(gone), tasks=named)
    else:
        numbers = [task.number for task in within[:SHOWN]]
        words = say("还没有更正：第 {line} 行属于第{numbers}项，改后是空行。", line=made.line, numbers=numbers)
    raise TasksLost(words, token)


def _with_head_kept(before: PlanDraft, draft: PlanDraft) -> PlanDraft:
    """Keep what a person wrote about the document itself."""
    old = before.head
    named = {"doc_number": old.doc_number, "title": old.title, "issuer": old.issuer, "issued_on": old.issued_on}
    return replace(draft, head=replace(draft.head, **named))  # type: ignore[arg-type]


def _find_anew(actor: Actor, at: datetime, found: PlanImport, draft: PlanDraft, made: Patch) -> None:
    """Put what is odd about the corrected document in place of what nobody decided yet, beside the correction."""
    anomalies.refresh(found.id, draft.problems)
    row = rows.patched(made, import_id=found.id)
    row.state, row.decision, row.decided_by, row.decided_at = AnomalyState.PATCHED, made.reason, actor.name, at
    db.session.add(row)
