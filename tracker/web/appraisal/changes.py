"""Two days of a unit's year side by side, with everything that happened in between."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template

from tracker import clock
from tracker.appraisal import history
from tracker.appraisal.history import CAUSE_TEXT, Cause, Course, Movement
from tracker.appraisal.queries import UnitSheet
from tracker.overview.tables import Table, Value
from tracker.rules.calendar import foreseen_on
from tracker.rules.permissions import Action
from tracker.rules.words import Words, say
from tracker.web.access import allowed
from tracker.web.appraisal.common import shown, wanted_sheet
from tracker.web.appraisal.sheet_views import Totals, minus, signed, totals_of
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import address, day_of

appraisal_changes = Blueprint("appraisal_changes", __name__)


@dataclass(frozen=True)
class Row:
    """An event as a page shows it: under which words of the document, where its own page is, what it moved."""

    movement: Movement
    what: Words
    quote: str
    link: str
    change: str
    total: str


@dataclass(frozen=True)
class Side:
    """A unit's year at the end of a day."""

    day: date
    totals: Totals
    waiting: int


@appraisal_changes.get("/appraisal/<id:appraisal_id>/units/<id:unit_id>/changes")
@allowed(Action.VIEW_APPRAISAL)
def changes(appraisal_id: int, unit_id: int) -> str | Response:
    """Say why a unit's points differ between two days."""
    sheet, kind = wanted_sheet(appraisal_id, unit_id), file_kind()
    last = day_of("to") or clock.today()
    first = day_of("from") or min(sheet.appraisal.starts_on, last) - timedelta(days=1)
    found = history.course(sheet, first, last, clock.today())
    rows = [_row(sheet, each) for each in found.movements]
    if kind:
        return table_file(_table(found, rows), kind)
    return render_template(
        "appraisal/changes.html",
        shown=shown(sheet.appraisal),
        sheet=sheet,
        found=found,
        headline=_headline(found),
        sides=[_side(found.before, found.first), _side(found.after, found.last)],
        rows=rows,
        moved=sum(1 for each in found.movements if each.change),
        change=signed(found.change),
        to_come=foreseen_on(found.last, clock.today()),
        address=address,
        today=clock.today(),
    )


def _headline(found: Course) -> Words:
    """Return the answer in one line."""
    return say(
        "{unit}：{before} → {after} 分，{change}",
        unit=found.after.unit.name,
        before=minus(found.before.year.total),
        after=minus(found.after.year.total),
        change=signed(found.change) if found.change else say("没有变化"),
    )


def _side(sheet: UnitSheet, day: date) -> Side:
    return Side(day, totals_of(sheet), len(sheet.year.awaits))


def _row(sheet: UnitSheet, movement: Movement) -> Row:
    place = f"/appraisal/{sheet.appraisal.id}"
    links: dict[Cause, Any] = {
        Cause.RECORDED: f"{place}/entries/{movement.about}",
        Cause.TAKEN_BACK: f"{place}/entries/{movement.about}",
        Cause.JUDGED: f"{place}/special/{movement.about}",
        Cause.CORRECTED: f"{place}/special/{movement.about}",
        Cause.DECIDED: f"{place}/decisions",
        Cause.CITY: f"/scores/{sheet.appraisal.issuer_id}/compare?plan={movement.about}",
    }
    clause = sheet.clause(movement.code)
    return Row(
        movement,
        CAUSE_TEXT[movement.cause],
        clause.quote if clause else "",
        links[movement.cause],
        signed(movement.change),
        minus(movement.total),
    )


def _table(found: Course, rows: list[Row]) -> Table:
    heads = (
        *(say("登记日期"), say("事由"), say("条款"), say("原文"), say("发生日期"), say("说明")),
        *(say("办理人"), say("合计变动"), say("合计")),
    )
    note = say(
        "从 {first} 到 {last}，导出于 {at}", first=found.first, last=found.last, at=f"{clock.now():%Y-%m-%d %H:%M}"
    )
    title = say("{unit}考评得分变动", unit=found.after.unit.name)
    return Table(title, note, heads, [_cells(row) for row in rows])


def _cells(row: Row) -> tuple[Value, ...]:
    one = row.movement
    return (one.day, row.what, one.code, row.quote, one.happened, one.note, one.by, one.change, one.total)
