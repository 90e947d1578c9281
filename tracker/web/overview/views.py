"""To-do, overdue list and matrix."""

from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock
from tracker.assignments import extensions, operations, queries
from tracker.assignments.queries import SORTS, Filter, Row
from tracker.db import transaction
from tracker.overview import queries as overviews
from tracker.overview.tables import Table
from tracker.people import queries as people
from tracker.people.queries import Contact
from tracker.plans import queries as plans
from tracker.reminders import urges
from tracker.reminders.urges import Count
from tracker.rules.calendar import days_overdue
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, may
from tracker.rules.status import LIGHT_TEXT, STATUS_TEXT, Light, Move, RequestState, light, status_text
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import SIZE, BadAddress, Page, address, choice, day, number, page_number, whole, words
from tracker.web.session import actor

overview = Blueprint("overview", __name__)

LEVELS = {
    "": "全部单位",
    OrganizationKind.DISTRICT_BUREAU.value: "区局",
    OrganizationKind.CITY_OFFICE.value: "市局处室",
    OrganizationKind.JUSTICE_OFFICE.value: "司法所",
}
EXPORT_LIMIT = 50_000
HEADS = (
    "序号",
    "任务",
    "单位",
    "区",
    "完成时限",
    "逾期天数",
    "状态",
    "催办次数",
    "上次催办",
    "联系人",
    "电话",
    "原定时限",
    "延期次数",
)
LONGEST_CHOICE = 100
LONGEST_SEARCH = 50
LEGEND = [(shown.value, LIGHT_TEXT[shown]) for shown in Light if shown is not Light.EXCLUDED]


def _wanted() -> Filter:
    return Filter(
        plan_id=number("plan"),
        unit_id=number("unit"),
        district_id=_district(),
        task_id=number("task"),
        level=choice("level", set(LEVELS)),
        overdue=True,
        text=words("q", LONGEST_SEARCH),
    )


def _district() -> int | None:
    """Return the district asked for: by its number, or by its name where the page has no list of all."""
    name = request.args.get("district", "").strip()
    if not name or name.isascii():
        return number("district")
    try:
        return people.find_unit(name).id
    except people.UnknownUnit as unknown:
        raise BadAddress(str(unknown)) from unknown


@overview.get("/overdue")
@allowed(Action.VIEW_ASSIGNMENTS)
def overdue() -> str | Response:
    """List what is overdue, with how long and whom to call."""
    asked, wanted, person = day(), _wanted(), actor()
    state = queries.state_at(asked)
    sort = choice("sort", set(SORTS), "due")
    kind = file_kind()
    if kind:
        rows = queries.rows(person, state, asked, wanted, sort, EXPORT_LIMIT)
        return table_file(_table(rows, asked, _contacts(rows), _urged(rows, asked)), kind)
    page = Page(page_number(), queries.count(person, state, asked, wanted))
    rows = queries.rows(person, state, asked, wanted, sort, SIZE, (page.number - 1) * SIZE)
    return render_template(
        "overview/overdue.html",
        rows=rows,
        contacts=_contacts(rows),
        urged=_urged(rows, asked),
        may_urge=_ticked(rows, asked),
        page=page,
        day=asked,
        late={due_on: days_overdue(due_on, asked) for due_on in {row.due_on for row in rows}},
        status_text=STATUS_TEXT,
        levels=list(LEVELS.items()),
        districts=_districts(),
        sort=sort,
        address=address,
    )


def _districts() -> list[tuple[int | str, str]]:
    """Return the choices of the drop-down list; none where there are more than anyone would look through."""
    found = people.district_choices(LONGEST_CHOICE + 1)
    return [("", "全部区"), *found] if len(found) <= LONGEST_CHOICE else []


def _contacts(rows: list[Row]) -> dict[int, Contact]:
    return people.contacts(row.unit_id for row in rows)


def _urged(rows: list[Row], asked: date) -> dict[int, Count]:
    return urges.counts([row.id for row in rows], asked)


def _ticked(rows: list[Row], asked: date) -> set[int]:
    """Return the rows that the person may urge; none on a list of the past, which nothing sent today belongs to."""
    return {row.id for row in rows if asked == clock.today() and urges.may_urge(actor(), row.unit_id)}


def _table(rows: list[Row], asked: date, contacts: dict[int, Contact], urged: dict[int, Count]) -> Table:
    nobody = Contact("", "")
    return Table(
        "逾期清单",
        f"截至 {asked}，导出于 {clock.now():%Y-%m-%d %H:%M}，共 {len(rows)} 项",
        HEADS,
        [
            (
                row.number,
                row.text,
                row.unit,
                row.district or "",
                row.due_on,
                days_overdue(row.due_on, asked),
                STATUS_TEXT[row.status],
                urged[row.id].number if row.id in urged else 0,
                f"{clock.local(urged[row.id].last_at):%Y-%m-%d %H:%M} {urged[row.id].last_by}"
                if row.id in urged
                else "",
                contacts.get(row.unit_id, nobody).name,
                contacts.get(row.unit_id, nobody).phone,
                row.original_due_on,
                row.extensions,
            )
            for row in rows
        ],
    )


@overview.get("/plans/<id:plan_id>/matrix")
@overview.get("/matrix")
@allowed(Action.VIEW_ASSIGNMENTS)
def matrix(plan_id: int | None = None) -> str:
    """Show tasks × districts."""
    plan, asked, number_ = plans.published(plan_id), day(), page_number()
    found = overviews.matrix(actor(), plan, asked, number_)
    page = Page(number_, found.district_total, overviews.MATRIX_COLUMNS)
    return render_template(
        "overview/matrix.html", plan=plan, matrix=found, day=asked, legend=LEGEND, page=page, light_text=LIGHT_TEXT
    )


@overview.get("/todo")
@allowed(Action.VIEW_ASSIGNMENTS)
def todo() -> str:
    """Show what the person has to do: to file, to mend, to review, done."""
    person, today = actor(), clock.today()
    handles, reviews = may(person, Action.HANDLE), may(person, Action.REVIEW) or may(person, Action.SIGN_OFF)
    counts = overviews.todo_counts(person) if handles else {}
    tabs = [(word, label) for word, (label, _) in overviews.TODO_TABS.items()] if handles else []
    if handles:
        counts[overviews.URGED_TAB] = overviews.urged_count(person)
        tabs.insert(-1, (overviews.URGED_TAB, "催办"))  # What is done stands last.
    if reviews:
        counts["review"] = overviews.review_count(person)
        tabs.append(("review", "待我审核"))
    default = next((word for word, _ in tabs if counts[word]), tabs[0][0] if tabs else "")
    tab = choice("tab", {word for word, _ in tabs}, default)
    page = Page(page_number(), counts.get(tab, 0))
    return render_template(
        "overview/todo.html",
        tabs=[
            {
                "label": label,
                "href": f"/todo?tab={word}",
                "active": word == tab,
                "count": counts[word],
                "urgent": word in ("returned", overviews.URGED_TAB),
            }
            for word, label in tabs
        ]
        + _requests(),
        tab=tab,
        rows=_todo_rows(tab, (page.number - 1) * SIZE),
        page=page,
        day=today,
        show=lambda row: _shown(row, today),
        days=lambda due_on: days_overdue(due_on, today),
        status_text=lambda row: status_text(row.status, row.closed_on, today),
    )


def _requests() -> list[dict[str, object]]:
    """Return the tab that leads a supervisor to the requests for a later due day."""
    if not may(actor(), Action.DECIDE_EXTENSION):
        return []
    return [{"label": "延期申请", "href": "/extensions", "count": extensions.counts()[RequestState.ASKED]}]


def _todo_rows(tab: str, offset: int) -> list[overviews.TodoRow]:
    if tab == "review":
        return overviews.review_queue(actor(), SIZE, offset)
    return overviews.todo(actor(), tab, SIZE, offset) if tab else []


def _shown(row: overviews.TodoRow, today: date) -> tuple[str, str]:
    shown = light(row.status, row.due_on, row.completed_on, today, row.near_days)
    return shown.value, LIGHT_TEXT[shown]


@overview.post("/todo/acknowledge")
@allowed(Action.HANDLE)
def acknowledge() -> AnyResponse:
    """Sign for the ticked assignments, all or none."""
    ids = {id_ for id_ in map(whole, request.form.getlist("id")) if id_ is not None}
    if not ids:
        flash("请先勾选要签收的事项。", "warning")
        return redirect(url_for("overview.todo"), 303)
    with transaction():
        for id_ in sorted(ids):
            # A foreign one answers like a missing one.
            queries.get(actor(), id_) or abort(404)
            operations.change_status(actor(), clock.now(), id_, Move.ACKNOWLEDGE)
    flash(f"已签收 {len(ids)} 项。", "success")
    return redirect(url_for("overview.todo"), 303)
