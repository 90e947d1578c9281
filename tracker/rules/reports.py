"""The words of the report form and of reviews."""

from collections.abc import Iterable
from enum import StrEnum
from itertools import takewhile

from tracker.rules.words import say


class ReportKind(StrEnum):
    """A report of progress, or one that asks for the assignment to be closed."""

    PROGRESS = "progress"
    COMPLETION = "completion"


class PinStep(StrEnum):
    """Whose word a pinned content belongs to: the district's lead signed it off, or it was accepted for good."""

    SIGNED = "signed"
    ACCEPTED = "accepted"


class ReportState(StrEnum):
    """What became of a report."""

    DRAFT = "draft"
    FILED = "filed"
    RECALLED = "recalled"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Situation(StrEnum):
    """How the unit itself sees its progress."""

    SMOOTH = "smooth"
    DIFFICULT = "difficult"
    NEEDS_CITY = "needs_city"


class Decision(StrEnum):
    """What a reviewer decided."""

    ACCEPT = "accept"
    RETURN = "return"


KIND_TEXT: dict[ReportKind, str] = {ReportKind.PROGRESS: say("进展填报"), ReportKind.COMPLETION: say("申请办结")}

STATE_TEXT: dict[ReportState, str] = {
    ReportState.DRAFT: say("草稿"),
    ReportState.FILED: say("已报送"),
    ReportState.RECALLED: say("已撤回"),
    ReportState.ACCEPTED: say("已审核通过"),
    ReportState.RETURNED: say("已退回"),
}

SITUATION_TEXT: dict[Situation, str] = {
    Situation.SMOOTH: say("进展顺利"),
    Situation.DIFFICULT: say("有困难"),
    Situation.NEEDS_CITY: say("需市局协调"),
}

AGAIN_AND_AGAIN = 2
"""So many returns in a row are no slip any more: somebody should look at what goes wrong."""


def returned_in_a_row(decisions: Iterable[Decision]) -> int:
    """Count how often an assignment was returned since it was last accepted, if ever; the newest decision first."""
    return sum(1 for _ in takewhile(lambda decision: decision is Decision.RETURN, decisions))
