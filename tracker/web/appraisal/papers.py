"""A unit's sheet and the year's entries as files: Word, Excel, CSV, print."""

from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import excel, export, heads, papers, results, word
from tracker.appraisal.papers import ResultPaper
from tracker.appraisal.queries import UnitSheet, UnknownAppraisal
from tracker.overview.tables import Table, exact_csv, marked, xlsx
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.common import wanted_sheet
from tracker.web.downloads import made_file
from tracker.web.session import actor

appraisal_papers = Blueprint("appraisal_papers", __name__)

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Rows = list[list[export.Value]]


# ---- everything on record


@appraisal_papers.get("/appraisal/<id:appraisal_id>/entries.csv")
@allowed(Action.VIEW_APPRAISAL)
def entries_csv(appraisal_id: int) -> Response:
    """Send every row on which points rest, for programs."""
    sheets, rows = _rows(appraisal_id)
    return made_file(exact_csv(export.HEADS, rows), CSV, f"{_year_of(sheets)}{say('考评登记')}.csv")


@appraisal_papers.get("/appraisal/<id:appraisal_id>/entries.xlsx")
@allowed(Action.VIEW_APPRAISAL)
def entries_xlsx(appraisal_id: int) -> Response:
    """Send the same for people, in words."""
    sheets, rows = _rows(appraisal_id)
    whose = heads.head_of(sheets[0].appraisal)
    note = say(
        "{bureau}，{title}，考评周期 {first:long} 至 {last:long}，截至 {day:long}",
        bureau=whose.bureau,
        title=whose.title,
        first=whose.starts_on,
        last=whose.ends_on,
        day=clock.today(),
    )
    table = Table(say("考评登记"), note, [head for _, head in export.COLUMNS], export.in_words(rows))
    return made_file(xlsx(marked(table)), XLSX, f"{_year_of(sheets)}{say('考评登记')}.xlsx")


def _rows(appraisal_id: int) -> tuple[list[UnitSheet], Rows]:
    try:
        sheets = export.seen(actor(), appraisal_id, clock.today())
    except UnknownAppraisal:
        abort(404)
    whole = export.sees_every_decision(actor(), sheets[0].appraisal)
    return sheets, export.rows(sheets, export.decisions_in_force(sheets[0].appraisal, whole))


def _year_of(sheets: list[UnitSheet]) -> str:
    """Name a file by the year, and by the unit where it is of one alone."""
    unit = sheets[0].unit.name if len(sheets) == 1 else ""
    return f"{sheets[0].appraisal.ends_on.year}{unit}"


# ---- a unit's sheet


@appraisal_papers.get("/appraisal/<id:appraisal_id>/units/<id:unit_id>/sheet.docx")
@allowed(Action.VIEW_APPRAISAL)
def sheet_docx(appraisal_id: int, unit_id: int) -> Response:
    """Send a unit's sheet as a Word file."""
    sheet = wanted_sheet(appraisal_id, unit_id)
    content = word.docx(papers.of_sheet(actor(), sheet), papers.printed_on(clock.today()))
    return made_file(content, DOCX, _name(sheet, "docx"))


@appraisal_papers.get("/appraisal/<id:appraisal_id>/units/<id:unit_id>/sheet.xlsx")
@allowed(Action.VIEW_APPRAISAL)
def sheet_xlsx(appraisal_id: int, unit_id: int) -> Response:
    """Send a unit's sheet as a workbook."""
    sheet = wanted_sheet(appraisal_id, unit_id)
    content = excel.xlsx(papers.of_sheet(actor(), sheet), papers.printed_on(clock.today()))
    return made_file(content, XLSX, _name(sheet, "xlsx"))


def _name(sheet: UnitSheet, ending: str) -> str:
    return f"{sheet.appraisal.ends_on.year}{sheet.unit.name}{say('考评表')}.{ending}"


@appraisal_papers.get("/appraisal/<id:appraisal_id>/units/<id:unit_id>/print")
@allowed(Action.VIEW_APPRAISAL)
def print_sheet(appraisal_id: int, unit_id: int) -> str:
    """Show a unit's sheet as a page to print."""
    sheet = wanted_sheet(appraisal_id, unit_id)
    made = papers.of_sheet(actor(), sheet)
    return render_template(
        "appraisal/print.html",
        made=made,
        heads=papers.HEADS,
        print_title=made.title,
        print_head=made.head.bureau,
        print_note="　".join(made.head.lines),
        paper="a4-across",
        printed_at=clock.utc(),
        back=url_for("appraisal_sheets.sheet", appraisal_id=appraisal_id, unit_id=unit_id),
    )


# ---- the result


@appraisal_papers.get("/appraisal/<id:appraisal_id>/result.docx")
@allowed(Action.VIEW_APPRAISAL)
def result_docx(appraisal_id: int) -> Response:
    """Send the result of a year as a Word file."""
    paper, name = _result(appraisal_id)
    return made_file(word.result_docx(paper, papers.printed_on(clock.today())), DOCX, f"{name}.docx")


@appraisal_papers.get("/appraisal/<id:appraisal_id>/result.xlsx")
@allowed(Action.VIEW_APPRAISAL)
def result_xlsx(appraisal_id: int) -> Response:
    """Send the result of a year as a workbook."""
    paper, name = _result(appraisal_id)
    return made_file(excel.result_xlsx(paper, papers.printed_on(clock.today())), XLSX, f"{name}.xlsx")


def _result(appraisal_id: int) -> tuple[ResultPaper, str]:
    try:
        shown = results.result(actor(), appraisal_id, clock.today())
    except UnknownAppraisal:
        abort(404)
    return papers.of_result(actor(), appraisal_id, shown), f"{shown.day.year}{say('考评结果')}"
