"""Says what stands in the way of an import's publication, and where each of it is mended."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select

from tracker.db import db
from tracker.plans import creation, desk_loose, desk_settings, desk_units
from tracker.plans.desk_queries import Restored, plan_with_number
from tracker.plans.desk_settings import Wanted
from tracker.plans.desk_units import Chosen, Units
from tracker.plans.models import Plan, PlanImport, SourceDocument
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import PlanDraft
from tracker.rules.plans import ImportState
from tracker.rules.words import say

SHOWN = 12
"""How many numbers or names one sentence holds."""


class Where(StrEnum):
    """The page on which something is mended."""

    CHECK = "check"
    UNITS = "units"
    REHEARSAL = "rehearsal"
    PLAN = "plan"
    UNDATED = "undated"


@dataclass(frozen=True)
class Blocker:
    """One thing that stands in the way; `hard` lets not even a rehearsal run. `plan_id` where it is another plan.

    `key` where it is one task.
    """

    words: str
    where: Where
    hard: bool = False
    plan_id: int | None = None
    key: str = ""


@dataclass(frozen=True)
class Desk:
    """An import with everything that decides whether it can be published."""

    id: int
    version: int
    state: ImportState
    filename: str
    plan_id: int | None
    draft: PlanDraft
    chosen: Chosen
    wanted: Wanted
    units: Units
    seen_units: str
    seen_settings: str
    blockers: tuple[Blocker, ...]

    @property
    def open(self) -> bool:
        """Tell whether it may still be changed."""
        return self.state is ImportState.OPEN

    @property
    def rehearsable(self) -> bool:
        """Tell whether a plan could be made of it to look at."""
        return not any(blocker.hard for blocker in self.blockers)


def desk(actor: Actor, import_id: int, today: date) -> Desk | None:
    """Return an import with what it needs before publication; None where there is none. A fixed number of queries."""
    require(actor, Action.EDIT_PLAN)
    row = db.session.get(PlanImport, import_id)
    return None if row is None else of(row, today)


def of(row: PlanImport, today: date) -> Desk:
    """Return what stands in the way of one import."""
    draft, chosen = Restored.of(row.draft), desk_units.restored(row.units)
    wanted = desk_settings.restored(row.settings, draft)
    units = desk_units.units(draft, chosen, today)
    is_open = row.state == ImportState.OPEN
    return Desk(
        row.id,
        row.version,
        ImportState(row.state),
        row.filename,
        row.plan_id,
        draft,
        chosen,
        wanted,
        units,
        desk_units.stamp(row.units),
        desk_units.stamp(row.settings),
        tuple(_blockers(row, draft, wanted, units)) if is_open else (),
    )


def _blockers(row: PlanImport, draft: PlanDraft, wanted: Wanted, units: Units) -> Iterator[Blocker]:
    yield from _of_head(row, draft)
    yield from _of_tasks(draft)
    yield from _of_units(units)
    if early := desk_settings.undecided(wanted, draft):
        numbers = [task.number for task in early[:SHOWN]]
        yield Blocker(
            say("{n} 项任务的完成时限早于印发日期，还没有选定怎样处理：第{numbers}项。", n=len(early), numbers=numbers),
            Where.REHEARSAL,
        )


def _of_head(row: PlanImport, draft: PlanDraft) -> Iterator[Blocker]:
    head = draft.head
    if not head.doc_number or not head.issued_on:
        yield Blocker(say("文号或印发日期还没有填写。"), Where.CHECK, hard=True)
    elif plan_id := plan_with_number(head.doc_number):
        words = say("{number} 已有方案，不能重复发布。", number=head.doc_number)
        yield Blocker(words, Where.PLAN, hard=True, plan_id=plan_id)
    elif plan_id := _plan_of_text(row.text):
        yield Blocker(say("同一份文件的内容已有方案，不能重复发布。"), Where.PLAN, hard=True, plan_id=plan_id)
    if not head.title:
        yield Blocker(say("文件标题还没有填写。"), Where.CHECK, hard=True)


def _plan_of_text(text: str) -> int | None:
    same = select(Plan.id).join(SourceDocument, SourceDocument.id == Plan.source_id)
    return db.session.scalar(same.where(SourceDocument.sha256 == sha256(text.encode()).hexdigest()))


def _of_tasks(draft: PlanDraft) -> Iterator[Blocker]:
    if doubtful := list(editing.doubts(draft)):
        numbers = list(dict.fromkeys(doubt.number for doubt in doubtful))[:SHOWN]
        words = say("还有 {n} 处存疑没有确认：第{numbers}项。", n=len(doubtful), numbers=numbers)
        yield Blocker(words, Where.CHECK)
    repeated = [number for number, times in Counter(task.number for task in draft.tasks).items() if times > 1]
    if repeated:
        words = say("序号重复：{numbers}。每项任务要有自己的序号。", numbers=repeated[:SHOWN])
        yield Blocker(words, Where.CHECK, hard=True)
    yield from _of_deadlines(draft)
    if not any(True for _ in creation.binding(draft)):
        yield Blocker(say("清单里没有任务。"), Where.CHECK, hard=True)


def _of_deadlines(draft: PlanDraft) -> Iterator[Blocker]:
    for task in creation.unread_deadlines(draft)[:SHOWN]:
        words = say(
            "第{number}项的完成时间“{raw}”读不懂，请在核对页改写时限。", number=task.number, raw=task.deadline.raw[:60]
        )
        yield Blocker(words, Where.CHECK, hard=True, key=creation.key_of(task))
    if undated := desk_loose.undated(draft):
        numbers = [task.number for task in undated[:SHOWN]]
        words = (
            say("共 {n} 项没有时限，第{numbers}项等：请确认没有时限，或者补填。", n=len(undated), numbers=numbers)
            if len(undated) > SHOWN
            else say("第{numbers}项没有时限：请确认没有时限，或者补填。", numbers=numbers)
        )
        yield Blocker(words, Where.UNDATED)


def _of_units(units: Units) -> Iterator[Blocker]:
    if units.issuer is None:
        yield Blocker(say("还没有选定发文单位。"), Where.UNITS, hard=True)
        return
    if unknown := units.unknown:
        names = [named.name for named in unknown[:SHOWN]]
        yield Blocker(
            say("{n} 个名称在单位库中没有，还没有选定指谁：{names}。", n=len(unknown), names=names), Where.UNITS
        )
    if not any(task.parties for named in units.names for task in named.tasks):
        yield Blocker(say("没有一项任务写明责任单位。"), Where.UNITS, hard=True)
