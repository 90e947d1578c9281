"""The words of the report form and of reviews."""

from enum import StrEnum


class ReportKind(StrEnum):
    """A report of progress, or one that asks for the assignment to be closed."""

    PROGRESS = "progress"
    COMPLETION = "completion"


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


KIND_TEXT: dict[ReportKind, str] = {ReportKind.PROGRESS: "进展填报", ReportKind.COMPLETION: "申请办结"}

STATE_TEXT: dict[ReportState, str] = {
    ReportState.DRAFT: "草稿",
    ReportState.FILED: "已报送",
    ReportState.RECALLED: "已撤回",
    ReportState.ACCEPTED: "审核通过",
    ReportState.RETURNED: "已退回",
}

SITUATION_TEXT: dict[Situation, str] = {
    Situation.SMOOTH: "进展顺利",
    Situation.DIFFICULT: "有困难",
    Situation.NEEDS_CITY: "需市局协调",
}
