"""Say how far a round of a statistical form is, and each unit's answers in it; days are arguments."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.rules.words import say


class Stage(StrEnum):
    """How far a round is."""

    PLANNED = "planned"
    OPEN = "open"
    ENDED = "ended"
    CLOSED = "closed"


STAGE_TEXT: dict[Stage, str] = {
    Stage.PLANNED: say("未开始"),
    Stage.OPEN: say("填报中"),
    Stage.ENDED: say("已到截止日"),
    Stage.CLOSED: say("已结束"),
}


class Source(StrEnum):
    """How an answer came to stand where it does."""

    FORM = "form"
    SHEET = "sheet"
    OFFICES = "offices"
    CARRIED = "carried"
    COMMAND = "command"
    CORRECTION = "correction"


SOURCE_TEXT: dict[Source, str] = {
    Source.FORM: say("页面填写"),
    Source.SHEET: say("Excel 上传"),
    Source.OFFICES: say("司法所数据合计"),
    Source.CARRIED: say("沿用同期已报数据"),
    Source.COMMAND: say("命令行填写"),
    Source.CORRECTION: say("结束后更正"),
}


class Progress(StrEnum):
    """How far a unit is in a round."""

    NOT_BEGUN = "not_begun"
    FILLING = "filling"
    SUBMITTED = "submitted"
    SUBMITTED_LATE = "submitted_late"


PROGRESS_TEXT: dict[Progress, str] = {
    Progress.NOT_BEGUN: say("未填写"),
    Progress.FILLING: say("填写中"),
    Progress.SUBMITTED: say("已上报"),
    Progress.SUBMITTED_LATE: say("逾期上报"),
}


@dataclass(frozen=True)
class Term:
    """When a round runs; `closed_on` is the day on which a person ended it."""

    opens_on: date
    closes_on: date
    closed_on: date | None = None

    def stage(self, day: date) -> Stage:
        """Return how far it is on a day; the closing day itself still counts, and late answers are taken until it ends.

        Past its closing day a round stays ended until a person closes it: only a person knows whom to wait for.
        """
        if self.closed_on is not None:
            return Stage.CLOSED
        if day < self.opens_on:
            return Stage.PLANNED
        return Stage.OPEN if day <= self.closes_on else Stage.ENDED


def due_on(term: Term, extended_to: date | None) -> date:
    """Return a unit's last day: that of the round, or a later one that it was granted."""
    return max(term.closes_on, extended_to) if extended_to else term.closes_on


def progress(answered: int, submitted_on: date | None, due: date) -> Progress:
    """Return how far a unit is; what was submitted on the last day is in time."""
    if submitted_on is None:
        return Progress.FILLING if answered else Progress.NOT_BEGUN
    return Progress.SUBMITTED if submitted_on <= due else Progress.SUBMITTED_LATE


def is_late(submitted_on: date | None, due: date, day: date) -> bool:
    """Tell whether a unit owes its answers past its last day."""
    return submitted_on is None and day > due


REMIND_BEFORE = (7, 3, 1)
"""Days before its last day on which a unit that has not submitted is reminded."""

REMIND_AFTER = (1, 3, 7)
"""Days after its last day on which it is; from then on every seventh."""


def reminder_step(due: date, day: date) -> str:
    """Name the reminder that a day owes a unit which has not submitted: "-3", "+1"; empty where it owes none."""
    days = (day - due).days
    if -days in REMIND_BEFORE or days in REMIND_AFTER or (days > REMIND_AFTER[-1] and days % 7 == 0):
        return f"{days:+}"
    return ""
