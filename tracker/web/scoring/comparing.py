"""Two days of a district's score side by side, with everything that happened in between."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template

from tracker import clock
from tracker.assignments import usual_plans
from tracker.overview.tables import Table, Value
from tracker.rules.calendar import foreseen_on
from tracker.rules.permissions import Action, may
from tracker.rules.words import Words, say
from tracker.scoring import comparison, queries
from tracker.scoring.comparison import Comparison, Movement
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.overview.links import COUNTED, opens_tasks
from tracker.web.paging import SIZE, Page, address, choice, day_of, number, page_number
from tracker.web.printing import Column
from tracker.web.scoring.leads import leads
from tracker.web.session import actor

comparing = Blueprint("comparing", __name__, url_prefix="/scores")

ALL = "all"
"""The word by which the address asks for what moved nothing as well."""


@comparing.get("/<id:unit_id>/compare")
@allowed(Action.VIEW_SCORE)
def compare(unit_id: int) -> str | Response:
    """Say why a district's score differs between two days."""
    plan, last = usual_plans.scored(actor(), number("plan")), day_of("to") or clock.today()
    first = day_of("from") or last.replace(day=1) - timedelta(days=1)
    person, kind = actor(), file_kind()
    if kind:
        queries.require_district(person, unit_id, Action.EXPORT_SCORE)
    found = comparison.compare(person, plan, unit_id, first, last)
    rows = found.movements if choice("show", {ALL}) else found.moving
    if kind:
        return table_file(_table(found, rows), kind)
    if printing.is_wanted():
        return _on_paper(plan, found, rows)
    page = Page(page_number(), len(rows))
    return render_template(
        "scoring/compare.html",
        opens=opens_tasks(actor()),
        plan=plan,
        found=found,
        headline=headline(found),
        sides=[side for side in ((found.first, found.before), (found.last, found.after)) if side[1]],
        rows=rows[(page.number - 1) * SIZE : page.number * SIZE],
        page=page,
        show_all=choice("show", {ALL}) == ALL,
        to_come=foreseen_on(found.last, clock.today()),
        may_export=may(person, Action.EXPORT_SCORE),
        print_address=printing.print_address(),
        address=address,
        signed=signed,
        due_link=lambda day: leads(plan.id, queries.rule_of(plan, day), day)(
            unit_id, COUNTED, due_by=day - timedelta(days=1)
        ),
    )


def signed(points: Decimal) -> str:
    """Return by how much something changed: with its sign, and 0 without one."""
    return f"{points.normalize():+f}".replace("-", "−") if points else "0"


def headline(found: Comparison) -> Words:
    """Return the answer in one line."""
    return say(
        "{district}：{before} → {after} 分，{change}",
        district=found.after.district,
        before=_plain(found.start),
        after=_plain(found.after.points.score),
        change=signed(found.change) if found.change else say("没有变化"),
    )


def _plain(points: Decimal) -> str:
    return f"{points.normalize():f}"


def _table(found: Comparison, rows: Sequence[Movement]) -> Table:
    heads = (
        *(say("日期"), say("事由"), say("理由"), say("序号"), say("任务"), say("办理人")),
        *(say("该行变动"), say("得分变动"), say("得分")),
    )
    note = say(
        "从 {first} 到 {last}，导出于 {at}", first=found.first, last=found.last, at=f"{clock.now():%Y-%m-%d %H:%M}"
    )
    return Table(say("{district}得分变动", district=found.after.short_name), note, heads, [_cells(row) for row in rows])


def _cells(row: Movement) -> tuple[Value, ...]:
    return (row.day, row.what, row.reason, row.number, row.text, row.by, row.line, row.points, row.score)


def _on_paper(plan: Any, found: Comparison, rows: Sequence[Movement]) -> str:
    note = say("{number}，从 {first:long} 到 {last:long}", number=plan.doc_number, first=found.first, last=found.last)
    columns = (
        Column(say("日期"), "fixed"),
        Column(say("事由")),
        Column(say("任务"), "clip"),
        Column(say("办理人")),
        Column(say("变动"), "number"),
        Column(say("得分"), "number"),
    )
    cells = [
        (
            row.day,
            say("{what}：{reason}", what=row.what, reason=row.reason) if row.reason else row.what,
            say("第{number}项 {text}", number=row.number, text=row.text) if row.number else "",
            row.by,
            signed(row.points),
            _plain(row.score),
        )
        for row in rows[: printing.MOST]
    ]
    return printing.print_list(headline(found), note, columns, cells)
