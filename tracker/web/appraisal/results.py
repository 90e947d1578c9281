"""Pages of a year's result: places, candidates, grades, approval, publication."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import freezing, results, versions
from tracker.appraisal.decisions import LONGEST_REASON, DecisionRefused, Overtaken
from tracker.appraisal.missing import Lack, Missing, NotReady
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import transaction
from tracker.reminders import year_letters
from tracker.rules.appraisal.grades import GRADE_TEXT, SEATS, Grade
from tracker.rules.appraisal.steps import Part, Stage
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.common import Shown, base_url, taken_off, wanted_year
from tracker.web.appraisal.sheet_views import minus
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.session import actor

appraisal_results = Blueprint("appraisal_results", __name__)

PLACE = "/appraisal/<id:appraisal_id>/result"
Answer = str | Response | tuple[str, int]

MOST_SHOWN = 50
"""Of what verification finds, so many are listed."""


@dataclass(frozen=True)
class Typed:
    """What was sent with a step and why the step was not taken."""

    step: str = ""
    unit_id: int = 0
    grade: str = ""
    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    overtaken: Overtaken | None = None
    refused: str = ""


@appraisal_results.get(PLACE)
@allowed(Action.VIEW_APPRAISAL)
def index(appraisal_id: int) -> str:
    """Show who stands where, who may be 优秀 in each reading, the grades, and what comes next."""
    return _page(taken_off(appraisal_id) or wanted_year(appraisal_id))


@appraisal_results.post(f"{PLACE}/compile")
@allowed(Action.APPRAISE)
def compile_year(appraisal_id: int) -> Answer:
    """Compile the year for the leading group."""
    confirmed = request.form.get("confirmed") == "1"
    return _step(
        appraisal_id,
        Typed("compile"),
        lambda: year_letters.compile_(actor(), clock.now(), appraisal_id, base_url(), confirmed=confirmed),
        say("已汇总，等领导小组评定等次、审定。"),
    )


@appraisal_results.post(f"{PLACE}/return")
@allowed(Action.DECIDE_APPRAISAL)
def return_year(appraisal_id: int) -> Answer:
    """Return a compiled year with a reason."""
    reason = request.form.get("reason", "")
    return _step(
        appraisal_id,
        Typed("return", reason=reason),
        lambda: year_letters.return_(actor(), clock.now(), appraisal_id, reason, base_url()),
        say("已退回。登记可以继续，已评的等次要在重新汇总后再评。"),
    )


@appraisal_results.post(f"{PLACE}/grade")
@allowed(Action.DECIDE_APPRAISAL)
def grade(appraisal_id: int) -> Answer:
    """Decide a unit's grade with a reason."""
    sent = request.form
    unit_id, seen = (whole(sent.get(name, "")) or 0 for name in ("unit", "seen"))
    value, reason = sent.get("grade", ""), sent.get("reason", "")
    return _step(
        appraisal_id,
        Typed("grade", unit_id, value, reason),
        lambda: results.grade(actor(), clock.now(), appraisal_id, unit_id, value, reason, seen),
        say("等次已记下。审定之前可以改，改过的都有记录。"),
        f"unit-{unit_id}",
    )


@appraisal_results.post(f"{PLACE}/approve")
@allowed(Action.DECIDE_APPRAISAL)
def approve(appraisal_id: int) -> Answer:
    """Approve the year, which freezes it."""
    confirmed = request.form.get("confirmed") == "1"
    return _step(
        appraisal_id,
        Typed("approve"),
        lambda: year_letters.approve(actor(), clock.now(), appraisal_id, base_url(), confirmed=confirmed),
        say("结果已审定并封存。公布之前，其他科室看不到。"),
    )


@appraisal_results.post(f"{PLACE}/publish")
@allowed(Action.DECIDE_APPRAISAL)
def publish(appraisal_id: int) -> Answer:
    """Publish an approved year."""
    return _step(
        appraisal_id,
        Typed("publish"),
        lambda: year_letters.publish(actor(), clock.now(), appraisal_id, base_url()),
        say("结果已公布，各科室和市局都能看到名次、得分、述职测评和等次。"),
    )


@appraisal_results.post(f"{PLACE}/reopen")
@allowed(Action.DECIDE_APPRAISAL)
def reopen(appraisal_id: int) -> Answer:
    """Open an approved or published year again, with a reason."""
    reason, confirmed = request.form.get("reason", ""), request.form.get("confirmed") == "1"
    return _step(
        appraisal_id,
        Typed("reopen", reason=reason),
        lambda: year_letters.reopen(actor(), clock.now(), appraisal_id, reason, base_url(), confirmed=confirmed),
        say("已重新打开。登记、异议可以继续；改好之后重新汇总、评定等次、审定。"),
    )


@appraisal_results.get(f"{PLACE}/versions")
@allowed(Action.VIEW_APPRAISAL)
def compare(appraisal_id: int) -> str:
    """Show what changed from one approval of the year to the next."""
    year = wanted_year(appraisal_id)
    try:
        steps = versions.steps(actor(), year.id)
    except UnknownAppraisal:
        abort(404)
    return render_template("appraisal/versions.html", year=year, steps=steps, grades=GRADE_TEXT, minus=minus)


@appraisal_results.get(f"{PLACE}/verify")
@allowed(Action.VIEW_APPRAISAL)
def verify(appraisal_id: int) -> str:
    """Hold what was frozen against its hash, the audit trail, and the record."""
    year = wanted_year(appraisal_id)
    try:
        verified = freezing.verify(actor(), year.id, current_app.config["TRACKER_DATA_DIR"])
    except UnknownAppraisal:
        abort(404)
    return render_template("appraisal/verify.html", year=year, verified=verified, most=MOST_SHOWN)


def _step(appraisal_id: int, typed: Typed, act: Callable[[], object], done: str, anchor: str = "") -> Answer:
    """Take a step, or show the page again with what was sent and why it was refused."""
    year = wanted_year(appraisal_id)
    try:
        with transaction():
            act()
    except NotReady as refused:
        return _page(year, _with(typed, refused=str(refused))), 409
    except DecisionRefused as refused:
        return _page(year, _with(typed, problems=refused.problems)), 422
    except Overtaken as first:
        return _page(year, _with(typed, overtaken=first)), 409
    except UnknownAppraisal:
        abort(404)
    flash(done, "success")
    return redirect(url_for("appraisal_results.index", appraisal_id=year.id, _anchor=anchor or None), 303)


def _with(
    typed: Typed, problems: dict[str, str] | None = None, overtaken: Overtaken | None = None, refused: str = ""
) -> Typed:
    return Typed(typed.step, typed.unit_id, typed.grade, typed.reason, problems or {}, overtaken, refused)


def _page(year: Shown, typed: Typed | None = None) -> str:
    try:
        found = results.result(actor(), year.id, clock.today())
    except UnknownAppraisal:
        if year.reopened:
            return render_template("appraisal/reopened.html", year=year)
        abort(404)
    grading = year.leads and year.stage is Stage.COMPILED
    return render_template(
        "appraisal/result.html",
        year=year,
        appraisal=found.appraisal,
        found=found,
        rows=found.rows,
        grades=GRADE_TEXT,
        seats=SEATS,
        lacks=[(each, _address(year.id, each)) for each in found.missing if not each.is_warning],
        warnings=[(each, _address(year.id, each)) for each in found.missing if each.is_warning],
        excellent=sum(row.grade is Grade.EXCELLENT for row in found.rows),
        passed_over=_passed_over(found) if grading else [],
        grading=grading,
        may_compile=year.works_on_all and year.stage is Stage.OPEN,
        may_publish=year.leads and year.stage is Stage.APPROVED,
        may_reopen=year.leads and year.is_approved,
        own_unit=actor().unit_id if year.part is Part.UNIT else 0,
        typed=typed or Typed(),
        most=LONGEST_REASON,
        minus=minus,
    )


def _passed_over(found: results.Found) -> list[str]:
    """Name whoever is among the first in either reading and was given another grade: that has to be meant."""
    others = {row.unit for row in found.rows if row.grade not in (None, Grade.EXCELLENT)}
    return [unit for unit in found.candidates.certain if unit in others]


def _address(appraisal_id: int, missing: Missing) -> str:
    """Return where what is missing can be done."""
    place = f"/appraisal/{appraisal_id}"
    return {
        Lack.OBJECTION: f"{place}/appeals",
        Lack.ALTERED: f"{place}/entries/{missing.about}",
        Lack.APPLICATION: f"{place}/special/{missing.about}",
        Lack.POINTS: f"{place}/units/{missing.unit_id}",
        Lack.MEETING: f"{place}/ballots",
        Lack.OWN: f"{place}/units/{missing.unit_id}/own",
        Lack.PERIOD: f"{place}/scheme",
        Lack.PLACES: f"{place}/units/{missing.unit_id}",
        Lack.BALLOTS: f"{place}/ballots",
        Lack.MATTERS: f"{place}/decisions?show=open",
        Lack.GRADE: f"#unit-{missing.unit_id}",
        Lack.CONFIRMATION: f"{place}/decisions?show=open",
    }[missing.lack]
