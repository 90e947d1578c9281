"""The ledger, and the list of what is overdue: the same page with the light fixed."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock
from tracker.assignments import queries
from tracker.assignments.queries import Row
from tracker.assignments.state import State
from tracker.overview import ledger as lists
from tracker.overview import ledger_sheet
from tracker.overview.ledger import Wanted
from tracker.overview.ledger_sheet import UNPRINTED, Asked, Shown, group_name
from tracker.people import views
from tracker.reminders import urges
from tracker.rules.permissions import Action, Scope, may
from tracker.rules.status import LIGHT_TEXT, LIVE, Light, status_text
from tracker.rules.words import say
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.downloads import file_kind
from tracker.web.overview import exports, filters
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


@dataclass(frozen=True)
class Group:
    """Rows that stand together: their name, how many there are on all pages, and the list of them alone."""

    name: str
    count: int
    href: str
    rows: list[Row]


@allowed(Action.VIEW_ASSIGNMENTS)
def overdue() -> str | Response:
    """List what is overdue, with how long and whom to call."""
    return _list("/overdue")


@allowed(Action.VIEW_ASSIGNMENTS)
def ledger() -> str | Response:
    """List every assignment that the person may see, by light."""
    return _list("/ledger")


@allowed(Action.VIEW_ASSIGNMENTS)
def export_overdue() -> AnyResponse:
    """Ask for a long file of what is overdue."""
    return exports.ask("/overdue", _asked("/overdue"))


@allowed(Action.VIEW_ASSIGNMENTS)
def export_ledger() -> AnyResponse:
    """Ask for a long file of the ledger."""
    return exports.ask("/ledger", _asked("/ledger"))


def _asked(path: str) -> Asked:
    """Return the list that the address asks for."""
    lights = (Light.OVERDUE,) if path == "/overdue" else filters.lights_asked()
    title = TITLES.get(actor().reach(Action.VIEW_ASSIGNMENTS), say("本单位台账"))
    return Asked(
        say("逾期清单") if path == "/overdue" else title,
        path == "/ledger",
        day(),
        filters.wanted(lights),
        filters.sort_asked(),
        filters.group_asked(),
        request.args.to_dict(),
    )


def _list(path: str) -> str | Response:
    list_, kind = _asked(path), file_kind()
    if kind or printing.is_wanted():
        return exports.file(path, list_, kind) if kind else _on_paper(list_)
    asked, wanted, sort, group = list_.day, list_.wanted, list_.sort, list_.group
    lights, state = wanted.lights, queries.state_at(asked)
    counts = _counts(path, state, asked, wanted)
    page = Page(page_number(), _total(counts, lights), filters.size_asked())
    skipped = (page.number - 1) * page.size
    shown = ledger_sheet.shown(lists.rows(actor(), state, asked, wanted, sort, group, page.size, skipped), asked)
    return render_template(
        "overview/ledger.html",
        path=path,
        title=list_.title,
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


def _on_paper(asked: Asked) -> str:
    found = ledger_sheet.shown(ledger_sheet.lines(actor(), asked, EXPORT_LIMIT), asked.day)
    return printing.print_table(ledger_sheet.table(asked, found, clock.now()), UNPRINTED)


def _counts(path: str, state: State, asked: date, wanted: Wanted) -> dict[Light, int]:
    """Return how many rows each light has; the list of what is overdue counts nothing else, so that it stays quick."""
    if path == "/overdue":
        return {Light.OVERDUE: lists.overdue_count(actor(), state, asked, wanted)}
    return lists.light_counts(actor(), state, asked, wanted)


def _total(counts: dict[Light, int], lights: tuple[Light, ...]) -> int:
    return sum(number for shown, number in counts.items() if not lights or shown in lights)


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
        Group(group_name(group, key, name), counts.get(key, 0), _group_link(group, key), [line.row for line in found])
        for (key, name), found in groupby(shown.lines, lambda line: (line.key, line.name))
    ]


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
