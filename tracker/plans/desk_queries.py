"""Imports on their way: the lists, one with its draft, its lines as corrected, and what was done to it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import groupby

from sqlalchemy import RowMapping, exists, func, select

from tracker.db import db
from tracker.plans.models import Anomaly, ImportChange, Plan, PlanImport
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import DocumentHead, PlanDraft, Role, TaskDraft
from tracker.rules.plan_text.editing import Doubt
from tracker.rules.plan_text.keeping import DraftDamaged, restore
from tracker.rules.plan_text.patches import Patch, apply_patches
from tracker.rules.plans import AnomalyState, ImportState
from tracker.rules.words import say

MOST_OPEN = 50
RECENT = 10
SIGNS = 16
LONGEST_WHOLE = 4


class AlreadyOpen(ValueError):
    """A file that is on its way already; `import_id` is where."""

    def __init__(self, import_id: int) -> None:
        """Keep which import it is."""
        super().__init__(say("同一份文件已经在导入中，请继续那一次，不必重新上传。"))
        self.import_id = import_id


class AlreadyPublished(ValueError):
    """A document whose number a plan bears already; `plan_id` is which."""

    def __init__(self, plan_id: int, doc_number: str) -> None:
        """Keep the plan."""
        super().__init__(
            say("{doc_number} 已经导入过，不能重复导入。要调整任务，请到方案页变更。", doc_number=doc_number)
        )
        self.plan_id = plan_id


class Restored:
    """Drafts as they were kept; those looked at last are at hand, so that walking through one costs nothing."""

    @staticmethod
    @lru_cache(maxsize=8)
    def of(text: str) -> PlanDraft:
        """Return a draft; nobody changes what is returned. Raise DraftDamaged."""
        return restore(text)


@dataclass(frozen=True)
class OpenRow:
    """A line of the list of open imports; `tasks` counts those that are not withdrawn."""

    id: int
    version: int
    filename: str
    step: str
    doc_number: str
    title: str
    tasks: int
    doubts: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class PublishedRow:
    """A line of the list of imports that became plans."""

    id: int
    filename: str
    plan_id: int
    doc_number: str
    title: str
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class Line:
    """A line of the document: as it stands, corrected where it was, and where it stands in the file."""

    number: int
    text: str
    place: str
    corrected: bool


class Import:
    """An import with everything that its pages show of it."""

    def __init__(self, row: PlanImport) -> None:
        """Take the row."""
        self.id, self.version, self.state, self.step = row.id, row.version, row.state, row.step
        self.filename, self.kind, self.plan_id = row.filename, row.kind, row.plan_id
        self.created_by, self.created_at = row.created_by, row.created_at
        self.changed_by, self.changed_at = row.changed_by, row.changed_at
        self._text, self._places, self._patches = row.text, row.places, row.patches
        self.draft = Restored.of(row.draft)

    @property
    def open(self) -> bool:
        """Tell whether it may still be changed."""
        return self.state == ImportState.OPEN

    @cached_property
    def patches(self) -> list[Patch]:
        """The corrections of the source, in their order."""
        return patches_of(self._patches)

    @cached_property
    def lines(self) -> list[str]:
        """The document's lines with all corrections."""
        return apply_patches(self._text.split("\n"), self.patches)

    @cached_property
    def doubts(self) -> list[Doubt]:
        """Each field that only a person can decide, in the order of the document."""
        return list(editing.doubts(self.draft))

    @cached_property
    def binding(self) -> list[TaskDraft]:
        """The tasks that were not withdrawn."""
        return [task for task in self.draft.tasks if not task.withdrawn]

    def window(self, first: int, last: int) -> list[Line]:
        """Return the lines from first to last, as far as there are any."""
        places, corrected = json.loads(self._places), {patch.line for patch in self.patches}
        return [
            Line(
                number, self.lines[number - 1], places[number - 1] if number <= len(places) else "", number in corrected
            )
            for number in range(max(1, first), min(len(self.lines), last) + 1)
        ]


def patches_of(text: str) -> list[Patch]:
    """Return corrections as an import keeps them."""
    return [Patch(**entry) for entry in json.loads(text)]


def get(actor: Actor, import_id: int) -> Import | None:
    """Return an import with its draft. One query."""
    require(actor, Action.EDIT_PLAN)
    found = db.session.get(PlanImport, import_id)
    return None if found is None else Import(found)


_LISTED = (
    PlanImport.id, PlanImport.version, PlanImport.filename, PlanImport.step, PlanImport.draft,
    PlanImport.created_by, PlanImport.created_at, PlanImport.changed_by, PlanImport.changed_at,
)  # fmt: skip


def open_rows(actor: Actor) -> list[OpenRow]:
    """Return the open imports, the one touched last on top. One query."""
    require(actor, Action.EDIT_PLAN)
    settled = exists().where(ImportChange.import_id == PlanImport.id, ImportChange.what.in_(("settings", "early")))
    wanted = select(*_LISTED, settled.label("settled")).where(PlanImport.state == ImportState.OPEN)
    wanted = wanted.order_by(PlanImport.changed_at.desc())
    return [_open_row(row._mapping) for row in db.session.execute(wanted.limit(MOST_OPEN))]


def _open_row(row: RowMapping) -> OpenRow:
    named = {name: value for name, value in row.items() if name not in ("draft", "settled")}
    try:
        draft = Restored.of(row["draft"])
    except DraftDamaged:  # It must still be possible to drop it.
        return OpenRow(doc_number="", title="", tasks=0, doubts=0, **named)
    binding = sum(not task.withdrawn for task in draft.tasks)
    doubtful = sum(1 for _ in editing.doubts(draft))
    if named["step"] != "rehearsal" or doubtful:  # What publication was taken back from stands at its rehearsal.
        named["step"] = "check" if doubtful else "rehearsal" if row["settled"] else "units"
    return OpenRow(doc_number=draft.head.doc_number, title=draft.head.title, tasks=binding, doubts=doubtful, **named)


def published_rows(actor: Actor) -> list[PublishedRow]:
    """Return the imports that became plans last. One query."""
    require(actor, Action.EDIT_PLAN)
    wanted = (
        select(
            PlanImport.id,
            PlanImport.filename,
            Plan.id.label("plan_id"),
            Plan.doc_number,
            Plan.title,
            PlanImport.changed_by,
            PlanImport.changed_at,
        )
        .join(Plan, Plan.id == PlanImport.plan_id)
        .where(PlanImport.state == ImportState.PUBLISHED)
        .order_by(PlanImport.changed_at.desc(), PlanImport.id.desc())
        .limit(RECENT)
    )
    return [PublishedRow(**row._mapping) for row in db.session.execute(wanted)]


def open_with_file(file_sha256: str) -> int | None:
    """Return the open import of a file."""
    same = PlanImport.file_sha256 == file_sha256
    return db.session.scalar(select(PlanImport.id).where(same, PlanImport.state == ImportState.OPEN).limit(1))


def plan_with_number(doc_number: str) -> int | None:
    """Return the plan that bears a document's number."""
    return db.session.scalar(select(Plan.id).where(Plan.doc_number == doc_number))


def anomalies(import_id: int) -> list[Anomaly]:
    """Return what is odd about the source of an import, in its order."""
    wanted = select(Anomaly).where(Anomaly.import_id == import_id).order_by(Anomaly.line_from, Anomaly.id)
    return list(db.session.scalars(wanted))


def is_undecided(anomaly: Anomaly) -> bool:
    """Tell whether somebody still has to say what becomes of it; what the reader dealt with needs nobody."""
    return anomaly.state == AnomalyState.OPEN and anomaly.severity == "warning"


def changes(import_id: int, limit: int, offset: int) -> tuple[int, list[tuple[ImportChange, str | None]]]:
    """Return how many steps were taken on an import, and a page of them, the newest first. Two queries.

    Beside each stands what the step of the same kind before it left behind.
    """
    own = ImportChange.import_id == import_id
    total = db.session.scalar(select(func.count()).select_from(ImportChange).where(own)) or 0
    earlier = func.lag(ImportChange.after).over(partition_by=ImportChange.what, order_by=ImportChange.id)
    page = select(ImportChange, earlier).where(own).order_by(ImportChange.id.desc()).limit(limit).offset(offset)
    return total, [(row, before) for row, before in db.session.execute(page)]


def heirs(found: Import, key: str, number: str) -> list[TaskDraft]:
    """Return the tasks that came of one that is gone: its pieces, or the one it was merged into. At most one query."""
    tasks = found.draft.tasks
    if any(task.key == key for task in tasks):
        return []
    if pieces := [task for task in tasks if task.key.startswith(f"{key}.")]:
        return pieces
    merges = select(ImportChange.before, ImportChange.after).where(
        ImportChange.import_id == found.id, ImportChange.what == "merge"
    )
    for before, after in db.session.execute(merges.order_by(ImportChange.id.desc()).limit(RECENT)):
        if any(part.startswith(f"{number} ") for part in before.split("\n\n")):
            return [task for task in tasks if task.number == after]
    return []


def party_words(task: TaskDraft, role: Role) -> str:
    """Return the units of one role as a document would print them: "，" between groups, "、" inside them."""
    groups = groupby(task.of_role(role), key=lambda party: party.group_index)
    return "，".join("、".join(party.printed for party in parties) for _, parties in groups)


def stamp(task: TaskDraft) -> str:
    """Return a few signs that change with whatever a person sees of a task."""
    seen = (task.number, task.kind, task.text, task.parties, task.proposed, task.deadline, task.withdrawn)
    return _digest((*seen, sorted((field, str(evidence.rule)) for field, evidence in task.evidence.items())))


def stamp_of_head(head: DocumentHead) -> str:
    """Return a few signs that change with what a person sees of a head."""
    return _digest((head.doc_number, head.title, head.issuer, head.issued_on))


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()[:SIGNS]


def whole_number(task: TaskDraft) -> int | None:
    """Return the number that a task, or what it was split from, bears in the document; None for "2.1" and the like."""
    number = task.number.split("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= LONGEST_WHOLE else None


def gaps(tasks: list[TaskDraft]) -> Iterator[int]:
    """Yield the whole numbers that are missing between the smallest and the largest of the tasks."""
    numbers = {number for task in tasks if (number := whole_number(task)) is not None}
    yield from (number for number in range(min(numbers, default=0), max(numbers, default=0)) if number not in numbers)
