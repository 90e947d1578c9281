"""Reads from the address which entries are asked for; names of units and numbers of tasks become ids."""

from dataclasses import dataclass
from datetime import date

from tracker.audit.queries import Wanted
from tracker.people import queries as people
from tracker.people.queries import UnknownUnit
from tracker.plans import queries as plans
from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.words import say
from tracker.web.audit.words import ACT_TEXT, OBJECT_TEXT, OUTCOME_TEXT
from tracker.web.paging import BadAddress, choice, number, words

LONGEST = 60


@dataclass(frozen=True)
class Asked:
    """What the address asks for, and what of it nothing is known of."""

    wanted: Wanted
    unknown: str = ""


def asked() -> Asked:
    """Return what the address asks for; refuse what cannot be read."""
    units, unknown = _units(_text("unit"))
    task = _text("task")
    first, last = _day("from", say("开始日期")), _day("to", say("结束日期"))
    if first and last and first > last:
        raise BadAddress(say("开始日期 {first} 晚于结束日期 {last}，请对调后重试。", first=first, last=last))
    wanted = Wanted(
        person=_text("person") or None,
        units=units,
        tasks=plans.task_ids(task) if task else None,
        act=choice("act", set(ACT_TEXT)) or None,
        outcome=choice("outcome", set(OUTCOME_TEXT)) or None,
        object_type=choice("object", set(OBJECT_TEXT)) or None,
        object_id=number("id"),
        first=first,
        last=last,
    )
    return Asked(wanted, unknown)


def _text(name: str) -> str:
    return words(name, LONGEST)


def _units(name: str) -> tuple[list[int] | None, str]:
    if not name:
        return None, ""
    try:
        return [people.find_unit(name).id], ""
    except UnknownUnit as unknown:
        return [], str(unknown)


def _day(name: str, label: str) -> date | None:
    value = _text(name)
    try:
        return asked_day(value) if value else None
    except DayRefused as refused:
        raise BadAddress(say("{label}：{refused}", label=label, refused=str(refused))) from None
