"""What a list of the ledger is restricted to, as its address says it, and as its filter bar offers it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import request

from tracker import clock
from tracker.assignments import districts
from tracker.overview import ledger
from tracker.overview.ledger import GROUPS, SORTS, Wanted
from tracker.overview.ledger_sheet import DAYS, LEVELS
from tracker.overview.terms import TERM_TEXT, Term
from tracker.people import queries as people
from tracker.rules.status import STATUS_TEXT, Light, Status
from tracker.rules.words import say
from tracker.web.paging import BadAddress, choice, day_of, number, words
from tracker.web.session import actor

GROUPINGS = {"": say("不分组"), "district": say("按区"), "office": say("按牵头处室"), "month": say("按到期月份")}
ORDERS = {
    "due": say("时限早的在前"),
    "-due": say("时限晚的在前"),
    "unit": say("按单位"),
    "task": say("按任务"),
    "-urged": say("最近催办的在前"),
    "urged": say("最久未催的在前"),
}
"""The orders of the drop-down list; a head of a column also turns the others round."""

SIZES = (20, 50, 100)
TERMS = (("", say("不限")), *TERM_TEXT.items())
LONGEST_CHOICE = 100
LONGEST_SEARCH = 50
YEARS = range(2000, 2101)

KEPT = (
    *("on", "plan", "light", "status", "district", "unit", "task", "level", "office", "section", "due"),
    *("due_from", "due_by", "done_by", "term", "q"),
    *("sort", "group", "size", "more"),
)
"""Everything of an address that a view keeps: all but the page and the kind of file."""

SELDOM = ("plan", "section", "office", "due", "status", "term", *DAYS)
"""Filters that are shown on request, or where one of them is in use."""


def wanted(lights: tuple[Light, ...]) -> Wanted:
    """Return the filters of the address, with the lights of the page."""
    status = choice("status", set(Status))
    return Wanted(
        plan_id=number("plan"),
        unit_id=number("unit"),
        district_id=_district(),
        task_id=number("task"),
        office_id=number("office"),
        section_id=number("section"),
        level=choice("level", set(LEVELS)),
        lights=lights,
        status=Status(status) if status else None,
        month=_month(),
        **{name: day_of(name) for name in DAYS},
        term=choice("term", set(Term)),
        text=words("q", LONGEST_SEARCH),
    )


def lights_asked() -> tuple[Light, ...]:
    """Return the lights of the address, one or several with commas; unknown words are passed over."""
    asked = request.args.get("light", "").split(",")
    return tuple(shown for shown in Light if shown in asked)


def _district() -> int | None:
    """Return the district asked for: by its number, or by its name where the page has no list of all."""
    name = request.args.get("district", "").strip()
    if not name or name.isascii():
        return number("district")
    try:
        return people.find_unit(name).id
    except people.UnknownUnit as unknown:
        raise BadAddress(str(unknown)) from unknown


def _month() -> date | None:
    """Return the first day of the due month asked for."""
    typed = request.args.get("due", "").strip()
    if not typed:
        return None
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", typed)
    if not found or int(found[1]) not in YEARS:
        raise BadAddress(say("到期月份应写作 2021-06，年份在 2000 到 2100 之间。"))
    return date(int(found[1]), int(found[2]), 1)


def sort_asked() -> str:
    """Return the order asked for, by default the earliest due first."""
    return choice("sort", set(SORTS), "due")


def group_asked() -> str:
    """Return the grouping asked for, by default none."""
    return choice("group", set(GROUPS))


def size_asked() -> int:
    """Return how many rows a page has."""
    return int(choice("size", set(map(str, SIZES)), str(SIZES[-1])))


def query(given: Mapping[str, str], **changes: object) -> str:
    """Return the part of an address that a view keeps, in one order, with some of it changed."""
    asked = {**given, **changes}
    if str(asked.get("on")) == clock.today().isoformat():
        del asked["on"]  # The form always sends a day; a view saved today is to show tomorrow how it stands then.
    return urlencode([(name, asked[name]) for name in KEPT if asked.get(name) not in (None, "")], safe=",")


def to(path: str, **changes: object) -> str:
    """Return the address of a list with the present filters, some of them changed."""
    found = query(request.args, **changes)
    return f"{path}?{found}" if found else path


@dataclass(frozen=True)
class Bar:
    """What the filter bar offers; the seldom ones are there only where `more` is true."""

    hidden: list[tuple[str, str]]
    districts: list[tuple[int | str, str]]
    more: bool
    plans: list[tuple[int | str, str]]
    sections: list[tuple[str, list[tuple[int, str]]]]
    offices: list[tuple[int | str, str]]
    statuses: list[tuple[str, str]]


def bar() -> Bar:
    """Return the choices of the filter bar. One query, or three with the seldom filters."""
    more = any(request.args.get(name) for name in (*SELDOM, "more"))
    carried = ("unit", "task", "light", "size", *(("more",) if more else ()))
    hidden = [(name, request.args[name]) for name in carried if request.args.get(name)]
    if not more:
        return Bar(hidden, district_choices(number("plan")), more, [], [], [], [])
    plans: dict[int, str] = {}
    sections: dict[int, list[tuple[int, str]]] = {}
    for chapter in ledger.chapters():
        plans[chapter.plan_id] = chapter.plan
        if chapter.section_id is not None:
            sections.setdefault(chapter.plan_id, []).append((chapter.section_id, chapter.title or ""))
    return Bar(
        hidden,
        district_choices(number("plan")),
        more,
        [("", say("全部方案")), *plans.items()],
        [(plans[plan_id], found) for plan_id, found in sections.items()],
        [("", say("全部处室")), *ledger.office_choices(number("plan"))],
        [("", say("全部状态")), *((status.value, label) for status, label in STATUS_TEXT.items())],
    )


def district_choices(plan_id: int | None = None) -> list[tuple[int | str, str]]:
    """Return the choices of the drop-down list; none where there are more than anyone would look through."""
    found = districts.choices(LONGEST_CHOICE + 1, plan_id, actor().unit_id)
    return [("", say("全部区")), *found] if len(found) <= LONGEST_CHOICE else []
