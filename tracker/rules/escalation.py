"""The escalation ladder: who hears of a task that nobody signs for or reports on, and on which working day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from tracker.rules.calendar import IsWorking, next_working_day
from tracker.rules.words import say


class Trigger(StrEnum):
    """What the working days of a rung are counted from: dispatch without receipt, or the due day without report."""

    UNSIGNED = "unsigned"
    OVERDUE = "overdue"


class Target(StrEnum):
    """Whom a rung tells, from the person who acts upward (沪司发〔2021〕11号, 三(一))."""

    HANDLER = "handler"
    SECTION_HEAD = "section_head"
    DEPUTY_HEAD = "deputy_head"
    UNIT_HEAD = "unit_head"
    SUPERVISOR = "supervisor"


TRIGGER_TEXT: dict[Trigger, str] = {Trigger.UNSIGNED: say("交办后未签收"), Trigger.OVERDUE: say("逾期未报")}
TARGET_TEXT: dict[Target, str] = {
    Target.HANDLER: say("承办人"),
    Target.SECTION_HEAD: say("科室负责人"),
    Target.DEPUTY_HEAD: say("分管领导"),
    Target.UNIT_HEAD: say("主要领导"),
    Target.SUPERVISOR: say("市局督办人员"),
}


@dataclass(frozen=True)
class Rung:
    """One rung: so many working days after its trigger, one target."""

    trigger: Trigger
    workdays: int
    target: Target

    @staticmethod
    @lru_cache
    def named(name: str) -> "Rung":
        """Read a rung back from the word by which the record knows it."""
        trigger, workdays, target = name.split("_", 2)
        return Rung(Trigger(trigger), int(workdays), Target(target))

    @property
    def name(self) -> str:
        """The word by which the record knows the rung."""
        return f"{self.trigger}_{self.workdays}_{self.target}"

    @property
    def text(self) -> str:
        """The rung in the reader's words."""
        return say("{trigger}满{workdays}个工作日", trigger=TRIGGER_TEXT[self.trigger], workdays=self.workdays)


DEFAULT_LADDER = (
    Rung(Trigger.UNSIGNED, 3, Target.HANDLER),
    Rung(Trigger.UNSIGNED, 5, Target.SECTION_HEAD),
    Rung(Trigger.UNSIGNED, 10, Target.DEPUTY_HEAD),
    Rung(Trigger.OVERDUE, 3, Target.SECTION_HEAD),
    Rung(Trigger.OVERDUE, 5, Target.DEPUTY_HEAD),
    Rung(Trigger.OVERDUE, 10, Target.UNIT_HEAD),
    Rung(Trigger.OVERDUE, 15, Target.SUPERVISOR),
)
"""Requirements, features 9 and 21."""


@dataclass(frozen=True)
class Step:
    """A rung and the working day on which it is reached."""

    rung: Rung
    day: date


def rung_day(rung: Rung, anchor: date, is_working: IsWorking) -> date:
    """Give the working day on which a rung is reached, counted from the day of dispatch or the due day."""
    day = anchor
    for _ in range(rung.workdays):
        day = next_working_day(day + timedelta(days=1), is_working)
    return day


def schedule(ladder: Iterable[Rung], trigger: Trigger, anchor: date, is_working: IsWorking, until: date) -> list[Step]:
    """List the rungs of one trigger that are reached by a day, in the order in which they are reached."""
    steps = [Step(rung, rung_day(rung, anchor, is_working)) for rung in ladder if rung.trigger is trigger]
    return sorted((step for step in steps if step.day <= until), key=lambda step: step.day)
