"""The table of a round: every unit beside every blank, one indicator from near, the files, the form on paper."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from tracker import clock
from tracker.indicators import excel, papers, queries, tables, word
from tracker.indicators.queries import Sheet
from tracker.indicators.tables import ANSWER_HEADS, STATES, TABLE_HEADS, BlankTotal, City
from tracker.overview.tables import exact_csv
from tracker.rules.indicators import comparing, outliers
from tracker.rules.indicators.form import Indicator
from tracker.rules.indicators.reading import HEADS
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.downloads import made_file
from tracker.web.paging import number
from tracker.web.session import actor

indicator_tables = Blueprint("indicator_tables", __name__)

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Row = dict[str, Any]


@indicator_tables.get("/indicators/<id:round_id>/table")
@allowed(Action.VIEW_INDICATORS)
def table(round_id: int) -> str:
    """Show one part of the form beside the units: all of them, or for a district its own column."""
    found = tables.city(actor(), round_id)
    parts = [part.title for part in found.now.known.form.parts]
    chosen = min(max(number("part") or 1, 1), len(parts))
    return render_template(
        "indicators/table.html",
        found=found,
        now=found.now,
        round=found.now.round,
        parts=parts,
        chosen=chosen,
        groups=[*_groups(found, parts[chosen - 1])],
        states=STATES,
        day=clock.today(),
        own_only=not found.now.is_whole,
    )


def _groups(found: City, part: str) -> Iterator[tuple[Any, list[Row]]]:
    """Yield the contents of a part with the rows of their blanks."""
    form = found.now.known.form
    wanted = [each for each in found.now.totals.values() if each.indicator.part == part]
    for place, group in groupby(wanted, lambda each: each.indicator.content):
        yield form.contents[place - 1], [_row(found, each) for each in group]


def _row(found: City, each: BlankTotal) -> Row:
    """Return what the pages show of a blank."""
    form, terms = found.now.known.form, found.now.known.terms
    sub_task = next((task for task in form.sub_tasks if task.number == each.indicator.sub_task), None)
    before = found.before.totals[each.key] if found.before else None
    return {
        "each": each,
        "indicator": each.indicator,
        "sub_task": sub_task,
        "first": each.indicator.blanks[0] is each.blank,
        "values": tables.values_of(found, each),
        "before": before,
        "change": found.change(each.key),
        "like": before is None or comparing.is_like(each.total, before.total),
        "bad_if_yes": each.indicator.number in terms.bad_if_yes,
        "survey_only": each.indicator.number in terms.survey_only,
        "basis": tables.basis(found.now, each),
    }


@indicator_tables.get("/indicators/<id:round_id>/indicator/<int:place>")
@allowed(Action.VIEW_INDICATORS)
def indicator(round_id: int, place: int) -> str:
    """Show one indicator: what each unit gave, who wrote it, how the total is made, what stands out."""
    found = tables.city(actor(), round_id)
    chosen = tables.indicator_of(found.now, place)
    form = found.now.known.form
    return render_template(
        "indicators/indicator.html",
        found=found,
        now=found.now,
        round=found.now.round,
        indicator=chosen,
        content=form.contents[chosen.content - 1],
        part=[each.title for each in form.parts].index(chosen.part) + 1,
        rows=[_row(found, each) for each in found.now.totals.values() if each.indicator is chosen],
        labels=_labels(found),
        states=STATES,
        neighbours=[_number_of(form.indicators, chosen.number + step) for step in (-1, 1)],
        bounds={"least": outliers.LEAST, "far": outliers.FAR, "times": outliers.CHANGE_TIMES},
        own_only=not found.now.is_whole,
        remarks=[each for each in found.now.known.terms.remarks if each.concerns == chosen.code],
    )


def _number_of(indicators: tuple[Indicator, ...], wanted: int) -> int | None:
    return next((each.number for each in indicators if each.number == wanted), None)


def _labels(found: City) -> dict[str, str]:
    """Return what each blank asks, by its name: totals are told from one another by it."""
    return {
        key: f"{each.indicator.question}（{each.name}）" if len(each.indicator.blanks) > 1 else each.indicator.question
        for key, each in found.now.totals.items()
    }


# ---- files


@indicator_tables.get("/indicators/<id:round_id>/answers.csv")
@allowed(Action.VIEW_INDICATORS)
def answers(round_id: int) -> Response:
    """Send every unit's every blank."""
    now = tables.city(actor(), round_id).now
    return made_file(exact_csv(ANSWER_HEADS, tables.answer_rows(now)), CSV, _name(now.round, say("填报数据"), "csv"))


@indicator_tables.get("/indicators/<id:round_id>/table.csv")
@allowed(Action.VIEW_INDICATORS)
def table_csv(round_id: int) -> Response:
    """Send the totals."""
    found = tables.whole(actor(), round_id)
    content = exact_csv(TABLE_HEADS, tables.total_rows(found))
    return made_file(content, CSV, _name(found.now.round, say("汇总表"), "csv"))


@indicator_tables.get("/indicators/<id:round_id>/table.xlsx")
@allowed(Action.VIEW_INDICATORS)
def table_xlsx(round_id: int) -> Response:
    """Send the table in the layout of the form, with every unit, the missing list and the corrections."""
    found = tables.whole(actor(), round_id)
    content = excel.table_xlsx(found, queries.corrections(round_id))
    return made_file(content, XLSX, _name(found.now.round, say("汇总表"), "xlsx"))


@indicator_tables.get("/indicators/<id:round_id>/table.docx")
@allowed(Action.VIEW_INDICATORS)
def table_docx(round_id: int) -> Response:
    """Send the form with the totals in its blanks."""
    found = tables.whole(actor(), round_id)
    content = word.docx(papers.of_city(found, clock.today()))
    return made_file(content, DOCX, _name(found.now.round, say("汇总表"), "docx"))


def _name(found: Any, what: str, ending: str) -> str:
    return f"{found.title}{what}.{ending}"


# ---- the form of one unit


def _sheet(round_id: int, unit_id: int) -> Sheet:
    """Return a unit's answers, within what the person may see."""
    return queries.sheet(actor(), round_id, unit_id)


@indicator_tables.get("/indicators/<id:round_id>/<id:unit_id>/paper.docx")
@allowed(Action.VIEW_INDICATORS)
def paper_docx(round_id: int, unit_id: int) -> Response:
    """Send a unit's form as a Word file."""
    sheet = _sheet(round_id, unit_id)
    return made_file(word.docx(papers.of_sheet(sheet)), DOCX, _name(sheet.round, sheet.unit, "docx"))


@indicator_tables.get("/indicators/<id:round_id>/<id:unit_id>/paper.xlsx")
@allowed(Action.VIEW_INDICATORS)
def paper_xlsx(round_id: int, unit_id: int) -> Response:
    """Send a unit's form as a workbook."""
    sheet = _sheet(round_id, unit_id)
    return made_file(excel.xlsx(papers.of_sheet(sheet)), XLSX, _name(sheet.round, sheet.unit, "xlsx"))


@indicator_tables.get("/indicators/<id:round_id>/<id:unit_id>/paper")
@allowed(Action.VIEW_INDICATORS)
def paper(round_id: int, unit_id: int) -> str:
    """Show a unit's form as a page to print."""
    sheet = _sheet(round_id, unit_id)
    made = papers.of_sheet(sheet)
    return render_template(
        "indicators/paper.html",
        sheet=sheet,
        made=made,
        heads=HEADS,
        print_title=made.title,
        print_note=made.term,
        paper="a4-across",
        printed_at=clock.utc(),
        back=f"/indicators/{round_id}/{unit_id}",
    )
