"""The matrix of tasks and districts: on the page, on paper, as a file; and one of its cells looked at closely."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template

from tracker import clock
from tracker.overview import matrix as matrices
from tracker.overview import queries
from tracker.overview.queries import Cell, Matrix
from tracker.overview.tables import Table, Value
from tracker.plans import queries as plans
from tracker.rules.calendar import days_overdue
from tracker.rules.permissions import Action
from tracker.rules.reports import KIND_TEXT, SITUATION_TEXT, ReportKind, Situation
from tracker.rules.status import LIGHT_TEXT, STATUS_TEXT, Light, light
from tracker.rules.words import say
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.months import month_name
from tracker.web.overview.links import ledger
from tracker.web.paging import Page, address, choice, day, number, page_number
from tracker.web.printing import Column
from tracker.web.session import actor

matrix_pages = Blueprint("matrix", __name__)

LEGEND = [(shown.value, LIGHT_TEXT[shown]) for shown in Light if shown is not Light.EXCLUDED]
EXCERPT = 240
"""How much of the last report is told beside the matrix; the rest stands on the assignment's page."""


@dataclass(frozen=True)
class SheetRow:
    """A task with its cells, its deadline in a word, and how many of it have the light that is counted."""

    task_id: int
    number: str
    text: str
    due: str
    due_on: date | None
    cells: list[Cell | None]
    total: int
    href: str


@dataclass(frozen=True)
class SheetSection:
    """A chapter of the plan with its tasks."""

    title: str
    rows: list[SheetRow]


@dataclass(frozen=True)
class SheetDistrict:
    """A column, and how many of it have the light that is counted."""

    id: int
    name: str
    short_name: str
    total: int
    href: str


@dataclass(frozen=True)
class Sheet:
    """The matrix with totals of one light on both edges: the one asked for, or what is overdue."""

    light: Light | None
    counted: Light
    total_label: str
    sections: list[SheetSection]
    districts: list[SheetDistrict]
    total: int
    href: str
    legend: list[dict[str, Any]]

    @property
    def rows(self) -> list[SheetRow]:
        """Every task, without the chapters."""
        return [row for section in self.sections for row in section.rows]


@matrix_pages.get("/plans/<id:plan_id>/matrix")
@matrix_pages.get("/matrix")
@allowed(Action.VIEW_ASSIGNMENTS)
def matrix(plan_id: int | None = None) -> str | Response:
    """Show tasks × districts, or one district's tasks."""
    plan, asked, number_ = plans.published(plan_id or number("plan")), day(), page_number()
    found = queries.matrix(actor(), plan, asked, number_)
    sheet = _sheet(plan, asked, found)
    single = _single(sheet)
    kind = file_kind()
    if kind:
        return table_file(_table(plan, asked, sheet, single), kind)
    if printing.is_wanted():
        return _on_paper(plan, asked, sheet, single)
    return render_template(
        "overview/matrix.html",
        plan=plan,
        plans=plans.published_choices(),
        sheet=sheet,
        single=single,
        chooses=found.district_total > 1,
        day=asked,
        page=Page(number_, found.district_total, queries.MATRIX_COLUMNS),
        light_text=LIGHT_TEXT,
        address=address,
        print_address=printing.print_address(),
    )


def _sheet(plan: Any, asked: date, found: Matrix) -> Sheet:
    chosen = choice("light", {shown.value for shown in Light})
    light_ = Light(chosen) if chosen else None
    counted = light_ or Light.OVERDUE
    tasks = matrices.task_lights(actor(), plan, asked)
    sections: dict[str, list[SheetRow]] = {}
    for row in found.rows:
        due = month_name(row.due_on, plan.issued_on.year) if row.due_on else say("持续")
        href = ledger(plan.id, asked, (counted,), task=row.task_id)
        total = tasks.get(row.task_id, Counter())[counted]
        shown = SheetRow(row.task_id, row.number, row.text, due, row.due_on, row.cells, total, href)
        sections.setdefault(row.section, []).append(shown)
    districts = [
        SheetDistrict(
            unit.id,
            unit.name,
            unit.short_name,
            sum(1 for row in found.rows if (cell := row.cells[place]) and cell.light is counted),
            ledger(plan.id, asked, (counted,), district=unit.id),
        )
        for place, unit in enumerate(found.districts)
    ]
    sums = sum(tasks.values(), Counter[Light]())
    return Sheet(
        light_,
        counted,
        LIGHT_TEXT[counted],
        [SheetSection(title, rows) for title, rows in sections.items()],
        districts,
        sums[counted],
        ledger(plan.id, asked, (counted,)),
        _legend(light_, sums),
    )


def _legend(chosen: Light | None, sums: Counter[Light]) -> list[dict[str, Any]]:
    """Return what the shapes mean, how many there are of each, and the address that leaves only these bright."""
    return [
        {
            "value": shown.value,
            "label": LIGHT_TEXT[shown],
            "count": sums[shown],
            "active": shown is chosen,
            "href": address(light=None if shown is chosen else shown.value),
        }
        for shown in Light
        if shown is not Light.EXCLUDED or sums[shown]
    ]


def _single(sheet: Sheet) -> tuple[int, SheetDistrict] | None:
    """Return the one district that is shown with its place: the one asked for, or the only one there is."""
    asked = number("district")
    if asked is None:
        return (0, sheet.districts[0]) if len(sheet.districts) == 1 else None
    found = next(((place, unit) for place, unit in enumerate(sheet.districts) if unit.id == asked), None)
    return found or abort(404)


def _title(sheet: Sheet, single: tuple[int, SheetDistrict] | None) -> str:
    if single:
        return say("{unit}：{n} 项任务", unit=single[1].name, n=len(sheet.rows))
    return say("{n} 项任务 × {districts} 区", n=len(sheet.rows), districts=len(sheet.districts))


def _note(plan: Any, asked: date, sheet: Sheet) -> str:
    if sheet.light:
        return say(
            "{number}，截至 {day:long}，只列“{light}”，共 {n} 项",
            number=plan.doc_number,
            day=asked,
            light=sheet.total_label,
            n=sheet.total,
        )
    return say("{number}，截至 {day:long}，逾期 {n} 项", number=plan.doc_number, day=asked, n=sheet.total)


def _shown(cell: Cell | None, sheet: Sheet) -> bool:
    return cell is not None and (sheet.light is None or cell.light is sheet.light)


def _one_district(sheet: Sheet, place: int) -> list[tuple[Value, ...]]:
    return [
        (row.number, row.text, row.due_on.isoformat() if row.due_on else say("持续推进"), LIGHT_TEXT[cell.light])
        for row in sheet.rows
        if (cell := row.cells[place]) and _shown(cell, sheet)
    ]


def _on_paper(plan: Any, asked: date, sheet: Sheet, single: tuple[int, SheetDistrict] | None) -> str:
    title, note = _title(sheet, single), _note(plan, asked, sheet)
    if single:
        heads = (
            Column(say("序号"), "number"),
            Column(say("任务")),
            Column(say("完成时限"), "fixed"),
            Column(say("亮灯"), "fixed"),
        )
        return printing.print_list(title, note, heads, _one_district(sheet, single[0]))
    return printing.print_page(
        "matrix", title, note, printing.A3_LANDSCAPE, sheet=sheet, light_text=LIGHT_TEXT, legend=LEGEND
    )


def _table(plan: Any, asked: date, sheet: Sheet, single: tuple[int, SheetDistrict] | None) -> Table:
    note = say("{note}，导出于 {at}", note=_note(plan, asked, sheet), at=f"{clock.now():%Y-%m-%d %H:%M}")
    if single:
        heads: tuple[str, ...] = (say("序号"), say("任务"), say("完成时限"), say("亮灯"))
        return Table(_title(sheet, single), note, heads, _one_district(sheet, single[0]))
    heads = (
        *(say("章"), say("序号"), say("任务"), say("完成时限")),
        *(unit.short_name for unit in sheet.districts),
        sheet.total_label,
    )
    rows: list[tuple[Value, ...]] = [
        (
            section.title,
            row.number,
            row.text,
            row.due_on,
            *(LIGHT_TEXT[cell.light] if cell and _shown(cell, sheet) else "" for cell in row.cells),
            row.total,
        )
        for section in sheet.sections
        for row in section.rows
    ]
    rows.append(("", "", say("合计"), None, *(unit.total for unit in sheet.districts), sheet.total))
    return Table(say("任务×区"), note, heads, rows)


@matrix_pages.get("/assignments/<id:assignment_id>/glance")
@allowed(Action.VIEW_ASSIGNMENTS)
def glance(assignment_id: int) -> str:
    """Tell one cell's light, deadline and last report: a part of a page, for a script to put beside the matrix."""
    asked = day()
    found = matrices.glance(actor(), assignment_id, asked) or abort(404)
    shown = light(found.status, found.due_on, found.completed_on, asked, found.near_days)
    report = found.report
    return render_template(
        "macros/glance.html",
        item=found,
        day=asked,
        light=(shown.value, LIGHT_TEXT[shown]),
        status_text=STATUS_TEXT[found.status],
        late_days=days_overdue(found.due_on, asked) if shown is Light.OVERDUE else 0,
        days_left=(found.due_on - asked).days if found.due_on and found.due_on >= asked else None,
        kind=KIND_TEXT[ReportKind(report.kind)] if report else "",
        situation=SITUATION_TEXT[Situation(report.situation)] if report else "",
        excerpt=f"{report.done[:EXCERPT]}…" if report and len(report.done) > EXCERPT else report.done if report else "",
    )
