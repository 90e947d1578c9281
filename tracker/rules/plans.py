"""The words for what a plan leaves open, and for how far a document is on its way to one."""

from enum import StrEnum


class Closing(StrEnum):
    """Whose completion finishes a task that names no lead; where one is named, the lead's does (R3-02)."""

    ALL = "all"
    ANY = "any"
    FIRST = "first"


class Early(StrEnum):
    """What a supervisor decided about a task that was due before its document was issued (X3-01)."""

    NONE = ""
    UNDECIDED = "undecided"
    """Handed out without a due day: neither overdue nor reminded of."""
    KEPT = "kept"
    MOVED = "moved"
    RECORDED = "recorded"


class ReportEvery(StrEnum):
    """How often units report on a task that has no day of its own; empty: as the reminder rules say."""

    RULES = ""
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class ImportState(StrEnum):
    """How far a document is on its way to a running plan."""

    OPEN = "open"
    PUBLISHED = "published"
    DROPPED = "dropped"


class AnomalyState(StrEnum):
    """What a person decided about something odd in the source."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PATCHED = "patched"
    ASKED = "asked"


class Descent(StrEnum):
    """How one task came out of another after publication."""

    SPLIT = "split"
    MERGED = "merged"
