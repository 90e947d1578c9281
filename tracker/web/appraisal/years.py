"""Pages of years of appraisal: the list, beginning one, its units."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import decisions, frozen, opening, queries, schemes, versions
from tracker.appraisal.altered import ADVICE
from tracker.appraisal.queries import UnitSheet
from tracker.appraisal.schemes import SchemeAltered
from tracker.db import transaction
from tracker.rules.appraisal.steps import STAGE_TEXT, Part, Stage
from tracker.rules.permissions import Action, may
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.common import all_shown, shown, taken_off, wanted_appraisal
from tracker.web.appraisal.sheet_views import minus
from tracker.web.language import flash
from tracker.web.session import actor

appraisal_years = Blueprint("appraisal_years", __name__)

Answer = str | Response | tuple[str, int]

BADGE = {
    Stage.OPEN: "in_progress",
    Stage.COMPILED: "under_review",
    Stage.APPROVED: "pending",
    Stage.PUBLISHED: "completed",
}

# ---- the list


@appraisal_years.get("/appraisal")
@allowed(Action.VIEW_APPRAISAL)
def index() -> str:
    """List the years that the person sees, with the form that begins one for whoever decides."""
    return _index()


def _index(problem: str = "", chosen: str = "") -> str:
    found = sorted(
        [*queries.appraisals(actor()), *versions.taken_off(actor())], key=lambda pair: pair[0].ends_on, reverse=True
    )
    may_begin = may(actor(), Action.DECIDE_APPRAISAL)
    own = [year for year, _ in found if year.issuer_id == actor().district_id]
    return render_template(
        "appraisal/index.html",
        years=[(each, *pair) for each, pair in zip(all_shown([year for year, _ in found]), found, strict=True)],
        badges=BADGE,
        offers=opening.offers(actor(), clock.today(), own) if may_begin else [],
        altered=schemes.altered_schemes() if may_begin else [],
        may_begin=may_begin,
        problem=problem,
        chosen=chosen,
    )


@appraisal_years.post("/appraisal/begin")
@allowed(Action.DECIDE_APPRAISAL)
def begin() -> Answer:
    """Begin the year of a scheme for the person's bureau."""
    chosen = request.form.get("scheme", "")
    if chosen not in schemes.scheme_names():
        return _index(say("请选择一份考评方案。"), chosen), 422
    try:
        with transaction():
            found = opening.open_appraisal(actor(), clock.now(), chosen).id
    except (MoveRefused, SchemeAltered) as refused:
        return _index(str(refused), chosen), 409
    flash(say("考评已经开始。各科室现在能看到本科室的考评表；负责汇总的科室可以登记。"), "success")
    return redirect(url_for("appraisal_years.overview", appraisal_id=found), 303)


# ---- one year


@dataclass(frozen=True)
class UnitRow:
    """A unit's year in a line."""

    sheet: UnitSheet
    entries: int
    contested: int
    bottom_line: str
    total: str


@appraisal_years.get("/appraisal/<id:appraisal_id>")
@allowed(Action.VIEW_APPRAISAL)
def overview(appraisal_id: int) -> Answer:
    """Show the units of a year; a unit is led to its own sheet, whoever only reads to the result."""
    to_result = redirect(f"/appraisal/{appraisal_id}/result")
    if taken_off(appraisal_id):
        return to_result
    found = wanted_appraisal(appraisal_id)
    year = shown(found)
    if year.part is Part.READER:
        return to_result
    if not year.works_on_all:
        own = queries.own_unit(actor(), found) or abort(404)
        return redirect(url_for("appraisal_sheets.sheet", appraisal_id=appraisal_id, unit_id=own.id))
    rows = list(map(_unit_row, queries.sheets(actor(), appraisal_id, clock.today())))
    return render_template(
        "appraisal/year.html",
        shown=year,
        year=found,
        rows=rows,
        advice=ADVICE,
        steps=_steps(year.stage),
        number=frozen.number_of(found),
        own_unit=actor().unit_id,
        compiler=next((row.sheet.unit.name for row in rows if row.sheet.unit.unit_id == found.compiler_id), ""),
        undecided=len(decisions.open_matters(found, decisions.of_subjects(found, ""))),
    )


def _unit_row(sheet: UnitSheet) -> UnitRow:
    standing = [each for each in sheet.recorded if each.reversal is None]
    return UnitRow(
        sheet=sheet,
        entries=len(standing),
        contested=sum(each.is_contested for each in standing),
        bottom_line=minus(sheet.year.bottom_line_points) if sheet.is_known else "",
        total=minus(sheet.year.total) if sheet.is_known else "",
    )


def _steps(stage: Stage) -> list[dict[str, str]]:
    """Return how far a year is, as steps."""
    order = list(Stage)
    reached = order.index(stage)
    state = ["done" if place < reached or stage is Stage.PUBLISHED else "todo" for place in range(len(order))]
    if stage is not Stage.PUBLISHED:
        state[reached] = "current"
    return [{"label": STAGE_TEXT[each], "state": word} for each, word in zip(order, state, strict=True)]
