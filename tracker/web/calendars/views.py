"""The working calendar: a year at a glance, single days, and holiday files with a preview before they count."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from tracker import clock
from tracker.db import transaction
from tracker.rules.calendar import YEARS, DayRefused, asked_day
from tracker.rules.permissions import Action
from tracker.rules.sentences import MONTH_TEXT
from tracker.rules.words import say
from tracker.uploads import FileRefused, clean_name
from tracker.web.access import allowed
from tracker.web.calendars.forms import DayForm
from tracker.web.language import flash
from tracker.web.paging import BadAddress, number, whole
from tracker.web.session import actor
from tracker.workdays import operations, queries
from tracker.workdays.entries import CalendarRefused
from tracker.workdays.holiday_files import MAX_BYTES, ImportRefused, write
from tracker.workdays.imports import Comparison, compare
from tracker.workdays.year import months

calendars = Blueprint("calendars", __name__)

MAX_SOURCE = 200


@calendars.get("/admin/calendar")
@allowed(Action.EDIT_CALENDAR)
def index() -> str:
    """Show a year, the days that were set, and the forms that set them."""
    return _year_page(_asked_year(), DayForm(formdata=None))


def _asked_year() -> int:
    year = number("year")
    if year is None:
        return clock.today().year
    if year not in YEARS:
        raise BadAddress(say("年份应在 {years} 到 {years2} 之间。", years=YEARS[0], years2=YEARS[-1]))
    return year


def _posted_year() -> int:
    """Return the year whose page a form came from; a form that does not say is shown on this year's."""
    year = whole(request.form.get("year", ""))
    return year if year is not None and year in YEARS else clock.today().year


def _year_page(year: int, form: DayForm, problems: Sequence[str] = ()) -> str:
    calendar, overridden = queries.calendar(), queries.overrides([year])
    sheet = months(calendar, year, overridden)
    return render_template(
        "calendars/index.html",
        year=year,
        years=YEARS,
        months=sheet,
        month_text=MONTH_TEXT,
        working_days=sum(month.working for month in sheet),
        overridden=overridden,
        known=calendar.is_known(year),
        imported=queries.imported(year),
        missing=queries.missing_year(clock.today()),
        form=form,
        problems=problems,
    )


@calendars.post("/admin/calendar/days")
@allowed(Action.EDIT_CALENDAR)
def set_day() -> Redirect | tuple[str, int]:
    """Let one day be a working day or a day off."""
    form = DayForm()
    day = form.day.data
    if not form.validate() or day is None:
        return _year_page(_posted_year(), form), 422
    try:
        with transaction():
            operations.set_day(actor(), clock.now(), day, form.working, form.note.data or "")
    except CalendarRefused as refused:
        form.day.errors = [str(refused)]
        return _year_page(_posted_year(), form), 422
    flash(say("{day} 已设为{x}。", day=day, x=say("上班") if form.working else say("放假")), "success")
    return redirect(url_for("calendars.index", year=day.year), 303)


@calendars.post("/admin/calendar/days/remove")
@allowed(Action.EDIT_CALENDAR)
def remove_day() -> Redirect | tuple[str, int]:
    """Let the arrangement decide about a day again."""
    try:
        day = asked_day(request.form.get("day", ""))
    except DayRefused as refused:
        raise BadAddress(str(refused)) from None
    try:
        with transaction():
            operations.remove_day(actor(), clock.now(), day)
    except CalendarRefused as refused:
        return _year_page(day.year, DayForm(formdata=None), [str(refused)]), 422
    flash(say("{day} 的设定已删除。", day=day), "success")
    return redirect(url_for("calendars.index", year=day.year), 303)


@calendars.post("/admin/calendar/import")
@allowed(Action.EDIT_CALENDAR)
def preview() -> str | tuple[str, int]:
    """Show what a file would change, before anything does."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _year_page(_posted_year(), DayForm(formdata=None), [say("请先选择放假安排的 CSV 文件。")]), 422
    try:
        source, found = clean_name(file.filename), compare(file.stream.read(MAX_BYTES + 1))
    except FileRefused as refused:
        return _year_page(_posted_year(), DayForm(formdata=None), [str(refused)]), 422
    except ImportRefused as refused:
        return _year_page(_posted_year(), DayForm(formdata=None), refused.problems), 422
    return _preview_page(found, source)


def _preview_page(found: Comparison, source: str, changed_meanwhile: str = "") -> str:
    # The days themselves travel through the page, so that nothing is kept of a file that nobody confirms.
    return render_template(
        "calendars/preview.html",
        found=found,
        text=write(found.entries),
        source=source,
        changed_meanwhile=changed_meanwhile,
    )


@calendars.post("/admin/calendar/import/confirm")
@allowed(Action.EDIT_CALENDAR)
def confirm() -> Redirect | tuple[str, int]:
    """Import what was previewed, unless the calendar changed since."""
    source, seen = request.form.get("source", ""), request.form.get("seen", "")
    if len(source) > MAX_SOURCE:
        abort(400)
    try:
        with transaction():
            found = operations.import_csv(actor(), clock.now(), request.form.get("text", ""), source, seen)
    except operations.CalendarChanged as changed:
        return _preview_page(changed.comparison, source, str(changed)), 409
    except ImportRefused as refused:
        return _year_page(_posted_year(), DayForm(formdata=None), refused.problems), 422
    flash(say("{years} 年放假安排已导入，提醒即按新的工作日历推算。", years=list(found.years)), "success")
    return redirect(url_for("calendars.index", year=found.years[0]), 303)


@calendars.get("/admin/calendar/arrangement.csv")
@allowed(Action.EDIT_CALENDAR)
def download() -> Response:
    """Send a year's arrangement as a file that can be edited and imported again."""
    year = _asked_year()
    found = queries.arrangement(queries.calendar(), year, queries.overrides([year]))
    return _csv(write(found), f"{year}年工作日历.csv")


@calendars.get("/admin/calendar/template.csv")
@allowed(Action.EDIT_CALENDAR)
def template() -> Response:
    """Send a file with nothing but its head."""
    return _csv(write([]), "放假安排模板.csv")


def _csv(text: str, name: str) -> Response:
    # With the mark in front, spreadsheets read the Chinese as UTF-8.
    response = Response(text.encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
