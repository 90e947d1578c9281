"""The ledger, and the list of what is overdue: the same page with the light fixed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, render_template, request

from tracker import clock
from tracker.assignments import queries
from tracker.assignments.queries import Row
from tracker.assignments.state import State
from tracker.overview import ledger as lists
from tracker.overview.ledger import Line, Wanted
from tracker.overview.tables import Table, Value
from tracker.people import queries as people
from tracker.people import views
from tracker.people.queries import Contact
from tracker.reminders import urges
from tracker.reminders.urges import Count
from tracker.rules.calendar import days_overdue
from tracker.rules.permissions import Action, Scope, may
from tracker.rules.status import LIGHT_TEXT, LIVE, STATUS_TEXT, Light, Status, light, status_text
from tracker.rules.words import say
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.overview import filters
from tracker.web.paging import Page, address, day, page_number
from tracker.web.session import actor

PAGES = ("/ledger", "/overdue")
EXPORT_LIMIT = 50_000

TABS: tuple[tuple[str, str, tuple[Light, ...]], ...] = (
    ("", say("全部"), tuple(Light)),
    ("overdue", say("逾期"), (Light.OVERDUE,)),
    ("near", say("临期"), (Light.NEAR,)),
    ("normal", say("正常"), (Light.NORMAL,)),
    ("not_started", say("未开始"), (Light.NOT_STARTED,)),
    ("done,done_late", say("已办结"), (Light.DONE, Light.DONE_LATE)),
    ("excluded", say("不计"), (Light.EXCLUDED,)),
)
"""The word in the address, the label, and the lights that are counted."""

TITLES = {Scope.ALL: say("督办台账"), Scope.OFFICE: say("本处室台账")}
GROUP_HEADS = {"district": say("区"), "office": say("牵头处室"), "month": say("到期月份")}
NO_GROUP = {"district": say("市局处室"), "office": say("未列牵头处室"), "month": say("持续推进，没有时限")}

HEADS = (
    (say("序号"), "task"),
    (say("任务"), ""),
    (say("单位"), "unit"),
    (say("完成时限"), "due"),
    (say("亮灯"), ""),
    (say("状态"), ""),
    (say("催办次数"), ""),
    (say("上次催办"), "urged"),
    (say("联系人和电话"), ""),
)
NOBODY = Contact("", "")


@dataclass(frozen=True)
class Group:
    """Rows that stand together: their name, how many there are on all pages, and the list of them alone."""

    name: str
    count: int
    href: str
    rows: list[Row]


@dataclass(frozen=True)
class Shown:
    """The rows of a page or a file with what is told beside them."""

    lines: list[Line]
    day: date
    contacts: dict[int, Contact]
    urged: dict[int, Count]

    @property
    def rows(self) -> list[Row]:
        """The rows without their groups."""
        return [line.row for line in self.lines]

    def mark(self, row: Row) -> tuple[str, int]:
        """Return the light of a row and how many days late it is."""
        shown = light(row.status, row.due_on, row.completed_on, self.day, row.near_days)
        return shown.value, days_overdue(row.due_on, self.day) if shown is Light.OVERDUE else 0


@allowed(Action.VIEW_ASSIGNMENTS)
def overdue() -> str | Response:
    """List what is overdue, with how long and whom to call."""
    return _list("/overdue", say("逾期清单"), (Light.OVERDUE,))


@allowed(Action.VIEW_ASSIGNMENTS)
def ledger() -> str | Response:
    """List every assignment that the person may see, by light."""
    title = TITLES.get(actor().reach(Action.VIEW_ASSIGNMENTS), say("本单位台账"))
    return _list("/ledger", title, filters.lights_asked())


def _list(path: str, title: str, lights: tuple[Light, ...]) -> str | Response:
    asked, wanted = day(), filters.wanted(lights)
    state = queries.state_at(asked)
    sort, group, kind = filters.sort_asked(), filters.group_asked(), file_kind()
    if kind or printing.is_wanted():
        lines = lists.rows(actor(), state, asked, wanted, sort, group, EXPORT_LIMIT)
        table = _table(title, _shown(lines, asked), group, path == "/ledger")
        return table_file(table, kind) if kind else printing.print_table(table, UNPRINTED)
    counts = _counts(path, state, asked, wanted)
    page = Page(page_number(), _total(counts, lights), filters.size_asked())
    skipped = (page.number - 1) * page.size
    shown = _shown(lists.rows(actor(), state, asked, wanted, sort, group, page.size, skipped), asked)
    return render_template(
        "overview/ledger.html",
        path=path,
        title=title,
        page=page,
        day=asked,
        groups=_groups(shown, group, state, wanted),
        shown=shown,
        marks={row.id: shown.mark(row) for row in shown.rows},
        light_text=LIGHT_TEXT,
        statuses={row.id: status_text(row.status, row.closed_on, asked) for row in shown.rows},
        may_urge=_ticked(shown.rows, asked),
        tabs=_tabs(path, lights, counts),
        heads=_heads(sort),
        sort=sort,
        group=group,
        bar=filters.bar(),
        filters=filters,
        views=_views(path),
        query=filters.query(request.args),
        may_share=may(actor(), Action.SUPERVISE),
        address=address,
        print_address=printing.print_address(),
    )


def _counts(path: str, state: State, asked: date, wanted: Wanted) -> dict[Light, int]:
    """Return how many rows each light has; the list of what is overdue counts nothing else, so that it stays quick."""
    if path == "/overdue":
        return {Light.OVERDUE: lists.overdue_count(actor(), state, asked, wanted)}
    return lists.light_counts(actor(), state, asked, wanted)


def _total(counts: dict[Light, int], lights: tuple[Light, ...]) -> int:
    return sum(number for shown, number in counts.items() if not lights or shown in lights)


def _shown(lines: list[Line], asked: date) -> Shown:
    contacts = people.contacts(line.row.unit_id for line in lines)
    return Shown(lines, asked, contacts, urges.counts([line.row.id for line in lines], asked))


def _ticked(rows: list[Row], asked: date) -> set[int]:
    """Return the rows that the person may urge; none on a list of the past, which nothing sent today belongs to."""
    person = actor()
    live = (row for row in rows if row.status in LIVE)
    return {row.id for row in live if asked == clock.today() and urges.may_urge(person, row.unit_id)}


def _tabs(path: str, lights: tuple[Light, ...], counts: dict[Light, int]) -> list[dict[str, object]]:
    """Return the lights as tabs; a count stands only where it was counted, and 不计 only where there is any."""
    return [
        {
            "label": label,
            "href": filters.to("/ledger", light=word),
            "active": set(lights or Light) == set(among),
            "count": _total(counts, among) if path == "/ledger" or word == "overdue" else None,
            "urgent": word == "overdue",
        }
        for word, label, among in TABS
        if word != "excluded" or counts.get(Light.EXCLUDED) or Light.EXCLUDED in lights
    ]


def _heads(sort: str) -> list[dict[str, str]]:
    """Return the heads of the columns; a second click turns an order round."""
    return [{"label": label, **(_sortable(word, sort) if word else {})} for label, word in HEADS]


def _sortable(word: str, sort: str) -> dict[str, str]:
    turned = f"-{word}" if sort == word else word
    order = {word: "ascending", f"-{word}": "descending"}.get(sort, "")
    return {"href": address(sort=turned, page=None), "order": order}


def _groups(shown: Shown, group: str, state: State, wanted: Wanted) -> list[Group]:
    if not group:
        return [Group("", 0, "", shown.rows)]
    counts = lists.group_counts(actor(), state, shown.day, wanted, group, {line.key for line in shown.lines})
    return [
        Group(_group_name(group, key, name), counts.get(key, 0), _group_link(group, key), [line.row for line in found])
        for (key, name), found in groupby(shown.lines, lambda line: (line.key, line.name))
    ]


def _group_name(group: str, key: int | None, name: str | None) -> str:
    if key is None:
        return NO_GROUP[group]
    return name or say("{day:month}", day=date(key // 100, key % 100, 1))


def _group_link(group: str, key: int | None) -> str:
    """Return the address of a group's own rows; those without a group have none, but for the city's offices."""
    if key is None:
        return address(group=None, page=None, level="city_office") if group == "district" else ""
    if group == "month":
        return address(group=None, page=None, due=f"{key // 100}-{key % 100:02}")
    return address(group=None, page=None, **{group: key})


def _views(path: str) -> list[dict[str, Any]]:
    here = filters.to(path)
    return [{"view": view, "active": view.address == here} for view in views.saved(actor(), PAGES)]


# ---- files

Cell = Callable[[Row, Shown], Value]

COLUMNS: tuple[tuple[str, Cell], ...] = (
    (say("序号"), lambda row, shown: row.number),
    (say("任务"), lambda row, shown: row.text),
    (say("单位"), lambda row, shown: row.unit),
    (say("区"), lambda row, shown: row.district or ""),
    (say("完成时限"), lambda row, shown: row.due_on),
    (say("逾期天数"), lambda row, shown: shown.mark(row)[1]),
    (say("状态"), lambda row, shown: status_text(row.status, row.closed_on, shown.day)),
    (say("催办次数"), lambda row, shown: shown.urged[row.id].number if row.id in shown.urged else 0),
    (say("上次催办"), lambda row, shown: _last_urged(shown.urged.get(row.id))),
    (say("联系人"), lambda row, shown: shown.contacts.get(row.unit_id, NOBODY).name),
    (say("电话"), lambda row, shown: shown.contacts.get(row.unit_id, NOBODY).phone),
    (say("原定时限"), lambda row, shown: row.original_due_on),
    (say("延期次数"), lambda row, shown: row.extensions),
)
UNPRINTED = (say("区"), say("状态"), say("上次催办"), say("原定时限"), say("延期次数"))
"""Columns of the file for which there is no room on A4."""

LIGHT_COLUMN: tuple[str, Cell] = (say("亮灯"), lambda row, shown: LIGHT_TEXT[Light(shown.mark(row)[0])])


def _last_urged(last: Count | None) -> str:
    return f"{clock.local(last.last_at):%Y-%m-%d %H:%M} {last.last_by}" if last else ""


def _table(title: str, shown: Shown, group: str, lit: bool) -> Table:
    """Return the list as a file: the rows of the page in its order, the group beside each."""
    columns = (*COLUMNS, LIGHT_COLUMN) if lit else COLUMNS
    heads = [head for head, _ in columns]
    rows = [[cell(line.row, shown) for _, cell in columns] for line in shown.lines]
    if group:
        heads = [GROUP_HEADS[group], *heads]
        rows = [[_group_name(group, line.key, line.name), *row] for line, row in zip(shown.lines, rows, strict=True)]
    note = say(
        "截至 {day}，导出于 {at}，共 {n} 项{conditions}",
        day=shown.day,
        at=f"{clock.now():%Y-%m-%d %H:%M}",
        n=len(rows),
        conditions=_told(_conditions(shown.lines)),
    )
    return Table(title, note, heads, rows)


def _told(conditions: Sequence[object]) -> str:
    return say("；条件：{conditions}", conditions=conditions) if conditions else ""


def _conditions(lines: list[Line]) -> list[object]:
    """Say the filters of the address in words; what is a number there goes by the name it has in the rows."""
    given, row = request.args, lines[0].row if lines else None
    named = {"plan": row and row.plan, "unit": row and row.unit, "district": row and row.district}
    told = [
        *(LIGHT_TEXT[shown] for shown in filters.lights_asked()),
        filters.LEVELS[given["level"]] if given.get("level") in filters.LEVELS else "",
        STATUS_TEXT[Status(given["status"])] if given.get("status") in set(Status) else "",
        *(name for word, name in named.items() if given.get(word)),
        given.get("due", ""),
        given.get("q", "").strip(),
    ]
    return [words for words in told if words]
