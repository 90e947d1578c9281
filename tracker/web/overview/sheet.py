"""The matrix as it is shown, printed and exported: which part of it the address asks for, with totals of one light."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.overview import matrix as matrices
from tracker.overview.matrix import Cell, Extent, Matrix, MatrixUnit, Part
from tracker.people import queries as people
from tracker.rules.status import LIGHT_TEXT, Light
from tracker.rules.words import say
from tracker.web.months import month_name
from tracker.web.overview.links import ledger
from tracker.web.paging import Page, address, choice, number, page_number
from tracker.web.session import actor

MOST = 1_000
"""Tasks, and units, of a file; more than that no table holds for a reader."""


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
class SheetUnit:
    """A column, and how many of it have the light that is counted; `opens` leads to the 司法所 of a district."""

    id: int
    name: str
    short_name: str
    total: int
    href: str
    opens: str


@dataclass(frozen=True)
class ColumnPage(Page):
    """One page of the columns; the rows stay where they are."""

    def url(self, number: int) -> str:
        """Return the address of other columns of the same rows."""
        return address(columns=number)


@dataclass(frozen=True)
class Sheet:
    """A part of the matrix with totals of one light on both edges: the one asked for, or what is overdue.

    The totals are those of all tasks and units of the part, not of the page alone. `opened` names the district whose
    司法所 are shown beside it; `house` says that the district's bureau issued the plan itself, to its own units.
    """

    part: Part
    light: Light | None
    counted: Light
    total_label: str
    sections: list[SheetSection]
    units: list[SheetUnit]
    total: int
    href: str
    legend: list[dict[str, Any]]
    page: Page
    columns: ColumnPage
    opened: str
    house: bool

    @property
    def rows(self) -> list[SheetRow]:
        """Every task of the page, without the chapters."""
        return [row for section in self.sections for row in section.rows]

    @property
    def single(self) -> SheetUnit | None:
        """The one district that is shown as a list."""
        return self.units[0] if self.columns.total == 1 and not self.opened else None

    @property
    def paged(self) -> bool:
        """Tell whether there is more of the part than is shown."""
        return self.page.pages > 1 or self.columns.pages > 1

    @property
    def title(self) -> str:
        """What is shown, in a line."""
        tasks, units = self.page.total, self.columns.total
        if self.single:
            return say("{unit}：{n} 项任务", unit=self.single.name, n=tasks)
        if self.house:
            return say("{unit}：{n} 项任务 × {units} 个单位", unit=self.opened, n=tasks, units=units)
        if self.opened:
            return say("{unit}及司法所：{n} 项任务 × {units} 个单位", unit=self.opened, n=tasks, units=units)
        return say("{n} 项任务 × {districts} 区", n=tasks, districts=units)


def asked_part(whole_rows: bool, whole_columns: bool) -> Part:
    """Return the part that the address asks for; a file has all tasks and units, paper all tasks."""
    opened, one = number("open"), number("district")
    extent = Extent.OPENED if opened else Extent.ONE if one else Extent.ALL
    return Part(
        extent,
        opened or one,
        1 if whole_rows else page_number(),
        1 if whole_columns else max(1, number("columns") or 1),
        MOST if whole_rows else matrices.ROWS,
        MOST if whole_columns else matrices.COLUMNS,
    )


def sheet(plan: Any, asked: date, part: Part) -> Sheet:
    """Return the part of a plan's matrix on a day; a bureau's own plan shows the bureau's units."""
    found = matrices.matrix(actor(), plan, asked, part)
    if not found.units and part.extent is Extent.ALL:
        part = replace(part, extent=Extent.OPENED, district_id=plan.issuer_id)
        found = matrices.matrix(actor(), plan, asked, part)
    chosen = choice("light", {shown.value for shown in Light})
    light_ = Light(chosen) if chosen else None
    counted = light_ or Light.OVERDUE
    within: dict[str, object] = {} if part.district_id is None else {"district": part.district_id}
    if part.extent is Extent.OPENED:
        within["level"] = ""
    sums = sum(found.by_task.values(), Counter[Light]())
    return Sheet(
        part,
        light_,
        counted,
        LIGHT_TEXT[counted],
        _sections(plan, asked, found, counted, within),
        [_column(plan, asked, unit, found, counted, part) for unit in found.units],
        sums[counted],
        ledger(plan.id, asked, (counted,), **within),
        _legend(light_, sums),
        Page(part.page, found.row_total, part.rows_each),
        ColumnPage(part.columns, found.unit_total, part.columns_each),
        _name(part.district_id) if part.extent is Extent.OPENED else "",
        part.extent is Extent.OPENED and part.district_id == plan.issuer_id,
    )


def _name(district_id: int | None) -> str:
    return people.unit_names({district_id}).get(district_id, "") if district_id else ""


def _sections(plan: Any, asked: date, found: Matrix, counted: Light, within: dict[str, object]) -> list[SheetSection]:
    sections: dict[str, list[SheetRow]] = {}
    for row in found.rows:
        due = month_name(row.due_on, plan.issued_on.year) if row.due_on else say("持续")
        href = ledger(plan.id, asked, (counted,), task=row.task_id, **within)
        total = found.by_task[row.task_id][counted]
        shown = SheetRow(row.task_id, row.number, row.text, due, row.due_on, row.cells, total, href)
        sections.setdefault(row.section, []).append(shown)
    return [SheetSection(title, rows) for title, rows in sections.items()]


def _column(plan: Any, asked: date, unit: MatrixUnit, found: Matrix, counted: Light, part: Part) -> SheetUnit:
    if part.extent is Extent.OPENED:
        href, opens = ledger(plan.id, asked, (counted,), unit=unit.id, level=""), ""
    else:
        href = ledger(plan.id, asked, (counted,), district=unit.id)
        opens = address(open=unit.id, district=None, page=None, columns=None) if plan.offices_report else ""
    total = found.by_unit.get(unit.id, Counter())[counted]
    return SheetUnit(unit.id, unit.name, unit.short_name, total, href, opens)


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
