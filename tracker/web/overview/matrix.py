"""The matrix of tasks and districts: on the page, on paper, as a file; and one of its cells looked at closely."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template

from tracker import clock
from tracker.assignments import usual_plans
from tracker.overview import matrix as matrices
from tracker.overview.matrix import Cell
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
from tracker.web.overview.filters import district_choices
from tracker.web.overview.sheet import Sheet, asked_part, sheet
from tracker.web.paging import address, day, number
from tracker.web.printing import Column
from tracker.web.session import actor

matrix_pages = Blueprint("matrix", __name__)

LEGEND = [(shown.value, LIGHT_TEXT[shown]) for shown in Light if shown is not Light.EXCLUDED]
EXCERPT = 240
"""How much of the last report is told beside the matrix; the rest stands on the assignment's page."""


@matrix_pages.get("/plans/<id:plan_id>/matrix")
@matrix_pages.get("/matrix")
@allowed(Action.VIEW_ASSIGNMENTS)
def matrix(plan_id: int | None = None) -> str | Response:
    """Show tasks × districts, one district's tasks, or those of its 司法所 beside it."""
    plan, asked, kind = usual_plans.published(actor(), plan_id or number("plan")), day(), file_kind()
    part = asked_part(bool(kind) or printing.is_wanted(), bool(kind))
    found = sheet(plan, asked, part)
    if part.district_id is not None and not found.units:
        abort(404)
    if kind:
        return table_file(_table(plan, asked, found), kind)
    if printing.is_wanted():
        return _on_paper(plan, asked, found)
    return render_template(
        "overview/matrix.html",
        plan=plan,
        plans=plans.published_choices(),
        sheet=found,
        districts=district_choices(plan.id)
        if not found.opened and (part.district_id or found.columns.total > 1)
        else [],
        day=asked,
        light_text=LIGHT_TEXT,
        address=address,
        print_address=printing.print_address(),
    )


def _note(plan: Any, asked: date, sheet: Sheet) -> str:
    note = say("{number}，截至 {day:long}，逾期 {n} 项", number=plan.doc_number, day=asked, n=sheet.total)
    if sheet.light:
        note = say(
            "{number}，截至 {day:long}，只列“{light}”，共 {n} 项",
            number=plan.doc_number,
            day=asked,
            light=sheet.total_label,
            n=sheet.total,
        )
    if sheet.columns.pages == 1:
        return note
    return say(
        "{note}；本页为第 {first}–{last} 个单位，共 {total} 个",
        note=note,
        first=sheet.columns.first,
        last=sheet.columns.last,
        total=sheet.columns.total,
    )


def _shown(cell: Cell | None, sheet: Sheet) -> bool:
    return cell is not None and (sheet.light is None or cell.light is sheet.light)


def _one_district(sheet: Sheet) -> list[tuple[Value, ...]]:
    return [
        (row.number, row.text, row.due_on.isoformat() if row.due_on else say("持续推进"), LIGHT_TEXT[cell.light])
        for row in sheet.rows
        if (cell := row.cells[0]) and _shown(cell, sheet)
    ]


def _on_paper(plan: Any, asked: date, sheet: Sheet) -> str:
    note = _note(plan, asked, sheet)
    if sheet.single:
        heads = (
            Column(say("序号"), "number"),
            Column(say("任务")),
            Column(say("完成时限"), "fixed"),
            Column(say("亮灯"), "fixed"),
        )
        return printing.print_list(sheet.title, note, heads, _one_district(sheet))
    return printing.print_page(
        "matrix", sheet.title, note, printing.A3_LANDSCAPE, sheet=sheet, light_text=LIGHT_TEXT, legend=LEGEND
    )


def _table(plan: Any, asked: date, sheet: Sheet) -> Table:
    note = say("{note}，导出于 {at}", note=_note(plan, asked, sheet), at=f"{clock.now():%Y-%m-%d %H:%M}")
    if sheet.single:
        heads: tuple[str, ...] = (say("序号"), say("任务"), say("完成时限"), say("亮灯"))
        return Table(sheet.title, note, heads, _one_district(sheet))
    heads = (
        *(say("章"), say("序号"), say("任务"), say("完成时限")),
        *(unit.short_name for unit in sheet.units),
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
    rows.append(("", "", say("合计"), None, *(unit.total for unit in sheet.units), sheet.total))
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
