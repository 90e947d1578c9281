"""What no document says and someone must decide before a plan can run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tracker.rules.plans import Closing, Early, ReportEvery


@dataclass(frozen=True)
class Means:
    """What a printed name stands for: one unit or a group; neither, where a person decided that it binds nobody."""

    organization_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True)
class EarlyChoice:
    """What is to become of a task that was due before its document was issued (X3-01); `due_on` where it is moved."""

    choice: Early
    reason: str
    due_on: date | None = None


@dataclass(frozen=True)
class PlanSettings:
    """What no document says and someone must decide; the defaults are those of requirements, part 5.

    What belongs to one task is kept by its key, or its number where the draft has no keys.
    """

    owner: str = ""
    counter_reviewer: str = ""
    base_points: Decimal = Decimal(20)
    points_per_miss: Decimal = Decimal(1)
    late_counts: bool = False
    near_days: int = 7
    offices_report: bool = True
    scored: bool = True
    closing: Closing = Closing.ALL
    period_from: date | None = None
    period_to: date | None = None
    rule_quote: str = ""
    rule_source: str = ""
    acceptance: Mapping[str, str] = field(default_factory=dict)
    """The acceptance sentence of each task."""
    early: Mapping[str, EarlyChoice] = field(default_factory=dict)
    report_every: Mapping[str, ReportEvery] = field(default_factory=dict)
    units: Mapping[str, Means] = field(default_factory=dict)
    """What names mean that the directory does not know, or that a person reads otherwise."""


@dataclass(frozen=True)
class Source:
    """A document as its plan keeps it; see `plans.models.SourceDocument`."""

    filename: str
    text: str
    places: Sequence[str] = ()
    kind: str = "txt"
    file_sha256: str = ""
