"""Hold what the reader finds in a plan document, before anyone has confirmed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tracker.rules.calendar import DeadlineSpec, Window


class Role(StrEnum):
    """The part a document gives to a unit; only what is printed, never a guess."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATING = "cooperating"


class Severity(StrEnum):
    """How much of a person's attention a problem needs."""

    INFO = "info"
    """The reader dealt with it; worth a glance."""
    NOTICE = "notice"
    """Nothing is wrong, but someone should know before publishing."""
    WARNING = "warning"
    """A person must look, and decide."""


@dataclass(frozen=True)
class Problem:
    """Something in the source that a person should know; spans are 1-based line numbers of the source."""

    code: str
    severity: Severity
    line_from: int
    line_to: int
    message: str
    found: str
    handled: str
    tasks: tuple[str, ...] = ()


class Certainty(StrEnum):
    """How far a field that was read may be trusted."""

    CERTAIN = "certain"
    """Printed with its label, in its column, in its bracket."""
    LIKELY = "likely"
    """Follows from the layout: inherited from a heading, a merged cell, a list's shared prefix."""
    DOUBTFUL = "doubtful"
    """One of several readings, or proposed from a sentence: a person has to confirm it."""


@dataclass(frozen=True)
class Span:
    """A stretch of the source: lines count from 1, columns from 0 in the line as it stands; column_to is behind it."""

    line_from: int
    column_from: int
    line_to: int
    column_to: int


@dataclass(frozen=True)
class Evidence:
    """Where a field was read, by which rule, and how far it may be trusted; why is empty unless a doubt needs words."""

    rule: str
    certainty: Certainty
    spans: tuple[Span, ...] = ()
    why: str = ""


class TaskKind(StrEnum):
    """What an item of a plan asks for."""

    TASK = "task"
    """Something to be finished, or kept up, and struck off."""
    REQUIREMENT = "requirement"
    """How the work is to be done (工作要求, 组织领导): reported on, never overdue (seed 004, 16-18)."""


@dataclass(frozen=True)
class TargetDraft:
    """A quantity inside a task's text: "组织2次" is 2 次, "每季度" a frequency; raw is its wording."""

    raw: str
    amount: Decimal | None
    unit: str
    per: str = ""


@dataclass(frozen=True)
class PartyDraft:
    """One unit named by a task.

    name carries the prefix that the document writes once for a group (市局甲处、乙处: 市局乙处);
    printed does not.
    group_index and position count from 1; raw is the wording of the group.
    """

    name: str
    printed: str
    role: Role
    group_index: int
    position: int
    raw: str

    @property
    def collective(self) -> bool:
        """Tell whether this stands for many units (各…)."""
        return self.name.startswith("各")

    @property
    def distributed(self) -> bool:
        """Tell whether the name borrows its prefix from the first of its group."""
        return self.name != self.printed


@dataclass(frozen=True)
class TaskDraft:
    """One numbered task: exact text, units in the order of the document, deadline.

    line_from..line_to covers everything about it; parties_line and deadline_line are 0 where there is no such line.
    proposed are units that only the sentence names as acting; they bind nobody until a person confirms them.
    evidence is kept by field name: "text", "lead", "responsible", "cooperating", "deadline", "proposed".
    key names the task while a person works on the draft, whatever becomes of its number; withdrawn is the reason why
    it is not to bind anybody, and empty as long as it does.
    """

    number: str
    section: str
    text: str
    parties: tuple[PartyDraft, ...]
    deadline: DeadlineSpec
    line_from: int
    line_to: int
    parties_line: int = 0
    deadline_line: int = 0
    kind: TaskKind = TaskKind.TASK
    proposed: tuple[PartyDraft, ...] = ()
    targets: tuple[TargetDraft, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    key: str = ""
    withdrawn: str = ""

    def of_role(self, role: Role) -> tuple[PartyDraft, ...]:
        """Give the parties of one role, in order."""
        return tuple(party for party in self.parties if party.role is role)


@dataclass(frozen=True)
class SectionDraft:
    """A part of the task list; number and title are empty where the document has no parts."""

    number: str
    title: str
    line_from: int
    tasks: tuple[TaskDraft, ...]


@dataclass(frozen=True)
class MilestoneDraft:
    """A step of the plan itself: a meeting, a training, the evaluation.

    phase is the period printed in the heading that the step stands under, where that is not the step's own wording.
    owner and participants are as printed, and empty where the document names none.
    """

    kind: str
    title: str
    text: str
    window: Window
    owner: str
    line_from: int
    line_to: int
    participants: str = ""
    sessions: int = 0
    days_per_session: int = 0
    phase: Window | None = None

    @property
    def outside_phase(self) -> bool:
        """Tell whether the step ends after, or begins before, the period of its own heading."""
        if self.phase is None:
            return False
        starts_on = self.window.starts_on or self.window.ends_on
        early = self.phase.starts_on is not None and starts_on < self.phase.starts_on
        return early or self.window.ends_on > self.phase.ends_on


@dataclass(frozen=True)
class YearGoalDraft:
    """What a plan of several years wants in one of them (seed 004, 一(四): 2022 推进年)."""

    year: int
    name: str
    text: str
    line_from: int
    line_to: int


@dataclass(frozen=True)
class ReferenceDraft:
    """Another document that this one names with its number."""

    title: str
    doc_number: str
    short_name: str
    issued_on: date | None
    line: int


@dataclass(frozen=True)
class DocumentHead:
    """Who issued what to whom, and when; empty where the document does not say."""

    doc_number: str = ""
    title: str = ""
    notice_title: str = ""
    issuer: str = ""
    issued_on: date | None = None
    printed_on: date | None = None
    printed_by: str = ""
    openness: str = ""
    addressees: tuple[str, ...] = ()
    copied_to: tuple[str, ...] = ()
    parent: ReferenceDraft | None = None
    references: tuple[ReferenceDraft, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)
    """The source line of each thing found, by field name."""

    @property
    def published_on(self) -> date | None:
        """Give the day the document went out: its printing, otherwise its date."""
        return self.printed_on or self.issued_on


@dataclass(frozen=True)
class PlanDraft:
    """Everything the reader found; dialect names the reader that found the tasks."""

    dialect: str
    head: DocumentHead
    sections: tuple[SectionDraft, ...]
    milestones: tuple[MilestoneDraft, ...]
    problems: tuple[Problem, ...] = ()
    years: tuple[YearGoalDraft, ...] = ()

    @property
    def tasks(self) -> tuple[TaskDraft, ...]:
        """Give the tasks of all sections in the order of the document."""
        return tuple(task for section in self.sections for task in section.tasks)


class PlanUnreadable(ValueError):
    """A text without a task; the message is Chinese and says what to do."""
