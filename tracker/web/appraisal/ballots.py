"""Pages of the meeting at which units are voted on, and the ballot itself."""

import logging
from collections.abc import Callable
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from typing import Any

import segno
from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask_login import AnonymousUserMixin
from markupsafe import Markup
from sqlalchemy.exc import DatabaseError
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.widgets import DateInput, TimeInput

from tracker import clock
from tracker.appraisal import ballot_papers, ballots, heads, queries
from tracker.appraisal.ballot_papers import Slip, UnknownPaper, Wanted
from tracker.appraisal.ballots import Meeting, Opening
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import db, transaction
from tracker.rules.appraisal.ballots import BENCH_TEXT, LEADERS, SHOWN, UNITS, Bench
from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.permissions import Action, may
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.common import wanted_year
from tracker.web.failures import page as failure
from tracker.web.forms import Form
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.session import actor

log = logging.getLogger("tracker.web")

appraisal_ballots = Blueprint("appraisal_ballots", __name__)

Answer = str | BaseResponse | tuple[str, int]

WEIGHTS = {Bench.LEADERS: int(LEADERS * 100), Bench.UNITS: int(UNITS * 100)}
"""Per cent."""

CLOSING_TIME, LATEST_TIME = "17:00", "23:59"
FIELD = "unit-"
"""How the names of a ballot's fields begin; the unit's number in the year follows."""

CASTING = frozenset({"appraisal_ballots.vote", "appraisal_ballots.cast", "appraisal_ballots.done"})
"""The pages that a voter sees, who is nobody to them."""


# ---- who votes is not asked


@appraisal_ballots.before_request
def _ask_for_nobody() -> None:
    """Let a ballot's page know nobody, though somebody be signed in here: no name on it, nothing on record of it."""
    if request.endpoint in CASTING:
        g._login_user = AnonymousUserMixin()  # where Flask-Login looks before it reads the session


@appraisal_ballots.after_request
def _keep_the_address(response: Response) -> Response:
    """Send the link of a ballot along to no other page, nor to the files of its own; a form needs the origin."""
    if request.endpoint in CASTING:
        response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _quietly(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Keep what the database says of a failure, which quotes what it was told, out of the log."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Answer:
        try:
            return view(*args, **kwargs)
        except DatabaseError as error:
            db.session.rollback()
            log.error("a ballot's page failed on the database: %s", type(error.orig).__name__)
            return failure(503)

    return guarded


# ---- the meeting


class OpeningForm(Form):
    """A meeting to be opened or corrected."""

    held_on = StringField(say("测评日期"), widget=DateInput())
    closes_on = StringField(say("投票截止日"), widget=DateInput())
    closes_time = StringField(say("截止时间"), widget=TimeInput())
    least = StringField(say("每类最少投票人数"))
    most = StringField(say("满分"))

    @property
    def opening(self) -> Opening | None:
        """The meeting as an operation takes it; None where a field cannot be read, which then says so."""
        held_on, closes_on = _day_of(self.held_on), _day_of(self.closes_on)
        try:
            at = time.fromisoformat((self.closes_time.data or "").strip())
        except ValueError:
            self.closes_time.errors = [say("请填写时间，例如 17:00。")]
            return None
        if held_on is None or closes_on is None:
            return None
        closes_at = datetime.combine(closes_on, at.replace(tzinfo=None), clock.now().tzinfo)
        return Opening(held_on, closes_at, _number_of(self.least), _number_of(self.most))


class PapersForm(Form):
    """Papers to be made."""

    leaders = StringField(say("局领导（张）"))
    each_unit = BooleanField(say("每个被考评科室一张（票上没有本科室）"))
    others = TextAreaField(say("局属其他部门、单位（每行一个，各一张）"))
    seen = HiddenField(name="seen-papers")

    @property
    def wanted(self) -> Wanted:
        """The papers as an operation takes them."""
        leaders = (self.leaders.data or "").strip()
        return Wanted(
            leaders=_number_of(self.leaders) if leaders else 0,
            each_unit=bool(self.each_unit.data),
            others=(self.others.data or "").splitlines(),
            seen=_number_of(self.seen),
        )


def _day_of(field: StringField) -> Any:
    typed = (field.data or "").strip()
    try:
        return asked_day(typed)
    except DayRefused as refused:
        field.errors = [str(refused) if typed else say("请填写日期。")]
        return None


def _number_of(field: StringField | HiddenField) -> int:
    """Read a number; what is none becomes one that no operation takes."""
    found = whole((field.data or "").strip())
    return -1 if found is None else found


def _refuse(form: Form, refused: EntryRefused) -> None:
    for name, why in refused.problems.items():
        form[name].errors = [why]


@appraisal_ballots.get("/appraisal/<id:appraisal_id>/ballots")
@allowed(Action.VIEW_APPRAISAL)
def page(appraisal_id: int) -> str:
    """Show a year's meeting: how it stands, who has voted, and after its close what it came to."""
    return _page(appraisal_id)


def _page(
    appraisal_id: int, opening: OpeningForm | None = None, papers: PapersForm | None = None, refused: str = ""
) -> str:
    year = wanted_year(appraisal_id)
    found = ballots.meeting_of(actor(), year.id)
    units = queries.units(queries.appraisal_of(actor(), year.id)) if found else []
    holds = year.works_on_all and may(actor(), Action.APPRAISE) and year.stage in ballots.STAGES
    is_open = found is not None and found.row.closed_at is None
    return render_template(
        "appraisal/ballots.html",
        year=year,
        meeting=found,
        holds=holds,
        takes_votes=found is not None and found.takes_votes(clock.now()),
        units={unit.id: unit.name for unit in units},
        results=[(unit.name, _told(found, unit.id)) for unit in units if found and unit.id in found.outcomes],
        weights=WEIGHTS,
        benches=BENCH_TEXT,
        label_text=ballot_papers.label_text,
        opening=opening or _opening(found) if holds and (found is None or is_open) else None,
        papers_form=papers or _papers(found) if holds and found and is_open else None,
        refused=refused,
        summary=opening or papers,
    )


def _told(found: Meeting, unit_id: int) -> dict[str, Any]:
    """Return a unit's outcome as a page writes it; what is not published is empty."""
    outcome = found.outcomes[unit_id]
    return {
        Bench.LEADERS: (_two_places(outcome.leaders), outcome.leaders_voted),
        Bench.UNITS: (_two_places(outcome.units), outcome.units_voted),
        "weighted": _two_places(outcome.shown),
    }


def _two_places(value: Decimal | None) -> str:
    return "" if value is None else f"{value.quantize(SHOWN, ROUND_HALF_UP):f}"


def _opening(found: Meeting | None) -> OpeningForm:
    day = clock.today().isoformat()
    late = f"{clock.now():%H:%M}" >= CLOSING_TIME
    stands = {"held_on": day, "closes_on": day, "closes_time": LATEST_TIME if late else CLOSING_TIME}
    stands |= {"least": str(ballots.LEAST), "most": str(ballots.MOST)}
    if found:
        closes = clock.local(found.row.closes_at)
        stands = {"held_on": found.row.held_on.isoformat(), "closes_on": closes.date().isoformat()}
        stands |= {"closes_time": f"{closes:%H:%M}", "least": str(found.row.least), "most": str(found.row.most)}
    return OpeningForm(formdata=None, data=stands)


def _papers(found: Meeting) -> PapersForm:
    given = {paper.appraisal_unit_id for paper in found.papers}
    return PapersForm(formdata=None, data={"each_unit": given <= {None}, "seen": str(len(found.papers))})


@appraisal_ballots.post("/appraisal/<id:appraisal_id>/ballots/open")
@allowed(Action.APPRAISE)
def begin(appraisal_id: int) -> Answer:
    """Open the meeting, or correct it while nobody has voted."""
    year, form = wanted_year(appraisal_id), OpeningForm()
    wanted = form.opening
    if wanted is None:
        return _page(year.id, form), 422
    try:
        with transaction():
            ballots.open_meeting(actor(), clock.now(), year.id, wanted)
    except EntryRefused as refused:
        _refuse(form, refused)
        return _page(year.id, form), 422
    except MoveRefused as refused:
        return _page(year.id, refused=str(refused)), 409
    flash(say("述职测评已设定。下一步：生成票，打印后裁开分发。"), "success")
    return redirect(url_for("appraisal_ballots.page", appraisal_id=year.id), 303)


@appraisal_ballots.post("/appraisal/<id:appraisal_id>/ballots/close")
@allowed(Action.APPRAISE)
def close(appraisal_id: int) -> Answer:
    """Close the meeting for good."""
    year = wanted_year(appraisal_id)
    try:
        with transaction():
            ballots.convened(actor(), year.id)
            if request.form.get("confirmed") != "1":
                raise MoveRefused(say("结束后不能恢复：请先勾选“看过以上提醒，现在结束”。"))
            ballots.close(actor(), clock.now(), year.id)
    except MoveRefused as refused:
        return _page(year.id, refused=str(refused)), 409
    ballot_papers.forget_former_boxes()
    flash(say("述职测评已结束，结果列在下面；票箱已清空。"), "success")
    return redirect(url_for("appraisal_ballots.page", appraisal_id=year.id), 303)


# ---- papers


@appraisal_ballots.post("/appraisal/<id:appraisal_id>/ballots/papers")
@allowed(Action.APPRAISE)
def issue(appraisal_id: int) -> Answer:
    """Make papers, and show their links; this page is the only one that ever does."""
    year, form = wanted_year(appraisal_id), PapersForm()
    try:
        with transaction():
            slips = ballot_papers.issue(actor(), clock.now(), year.id, form.wanted)
    except EntryRefused as refused:
        _refuse(form, refused)
        return _page(year.id, papers=form), 422
    except MoveRefused as refused:
        return _page(year.id, refused=str(refused)), 409
    return _slips(year.id, slips)


@appraisal_ballots.post("/appraisal/<id:appraisal_id>/ballots/papers/<id:paper_id>/renew")
@allowed(Action.APPRAISE)
def renew(appraisal_id: int, paper_id: int) -> Answer:
    """Give another paper for a lost one, which is void from now on."""
    year = wanted_year(appraisal_id)
    try:
        with transaction():
            slip = ballot_papers.renew(actor(), clock.now(), year.id, paper_id)
    except UnknownAppraisal as unknown:
        return failure(404, str(unknown))
    except MoveRefused as refused:
        return _page(year.id, refused=str(refused)), 409
    return _slips(year.id, [slip])


def _slips(appraisal_id: int, slips: list[Slip]) -> str:
    year, found = wanted_year(appraisal_id), ballots.meeting_of(actor(), appraisal_id)
    base = current_app.config["TRACKER_BASE_URL"]
    links = [(slip, base + url_for("appraisal_ballots.vote", token=slip.token)) for slip in slips]
    return render_template(
        "appraisal/papers.html",
        year=year,
        meeting=found,
        whose=heads.head_of(queries.appraisal_of(actor(), appraisal_id)),
        slips=[(slip, link, _square(link)) for slip, link in links],
    )


def _square(link: str) -> Markup:
    """Return a link as a square that telephones read."""
    drawn = segno.make(link, error="m", micro=False).svg_inline(border=3, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # nosec B704 # drawn by the library from our own address


# ---- the ballot


@appraisal_ballots.get("/ballot/<token>")
@_quietly
def vote(token: str) -> Answer:
    """Show the ballot of a paper to whoever holds its link."""
    return _ballot(token, {}, {})


@appraisal_ballots.post("/ballot/<token>")
@_quietly
def cast(token: str) -> Answer:
    """Count a ballot; nothing of it is kept but the sums."""
    typed = {name.removeprefix(FIELD): value for name, value in request.form.items() if name.startswith(FIELD)}
    try:
        with transaction():
            ballot_papers.cast(token, clock.now(), {whole(unit) or 0: points for unit, points in typed.items()})
    except EntryRefused as refused:
        return _ballot(token, typed, refused.problems)
    except (UnknownPaper, MoveRefused) as refused:
        return _no_ballot(refused)
    ballot_papers.forget_former_boxes()
    return redirect(url_for("appraisal_ballots.done"), 303)


def _ballot(token: str, typed: dict[str, str], problems: dict[str, str]) -> Answer:
    try:
        found = ballot_papers.ballot(token, clock.now())
    except (UnknownPaper, MoveRefused) as refused:
        return _no_ballot(refused)
    shown = render_template(
        "appraisal/ballot.html",
        ballot=found,
        bench=BENCH_TEXT[found.bench],
        here=request.path,
        typed=typed,
        problems=problems,
        field=FIELD,
    )
    return shown, 422 if problems else 200


def _no_ballot(refused: UnknownPaper | MoveRefused) -> tuple[str, int]:
    db.session.rollback()
    status = 404 if isinstance(refused, UnknownPaper) else 409
    return render_template("appraisal/ballot_done.html", refused=str(refused)), status


@appraisal_ballots.get("/ballot/done")
def done() -> str:
    """Say that a ballot was counted, at an address that is everybody's."""
    return render_template("appraisal/ballot_done.html", refused="")
