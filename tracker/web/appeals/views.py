"""The list of objections: what waits for an answer and until when, and what was answered."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template

from tracker import clock
from tracker.assignments import districts
from tracker.overview.tables import Table
from tracker.plans import queries as plans
from tracker.rules.appeals import Clock
from tracker.rules.permissions import Action, Scope, may
from tracker.rules.status import RequestState
from tracker.rules.words import say
from tracker.scoring import appeals as filed
from tracker.scoring.appeals import Row
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import Page, address, choice, number, page_number
from tracker.web.scoring.objections import APPEAL_TEXT
from tracker.web.session import actor

appeals = Blueprint("appeals", __name__)

DISTRICTS = 100
"""The districts that a drop-down list holds."""


MOST = 50
"""Objections on a page: each says which line it is against, why, and until when it is answered."""


@dataclass(frozen=True)
class Asked:
    """Which objections the address asks for; without a state those that wait, or, where none do, the answered."""

    state: RequestState
    plan_id: int | None
    district_id: int | None
    counts: dict[RequestState, int]

    def rows(self, limit: int | None = None, offset: int = 0) -> list[tuple[Row, Clock | None]]:
        """Return the objections in their order."""
        return filed.listed(actor(), self.state, self.plan_id, self.district_id, clock.today(), limit, offset)


@appeals.get("/appeals")
@allowed(Action.VIEW_SCORE)
def index() -> str | Response:
    """List the objections of the person's scope: open ones by the day of their answer, answered ones newest first."""
    asked, person, kind = _asked(), actor(), file_kind()
    if kind and may(person, Action.EXPORT_SCORE):
        return table_file(_table(asked), kind)
    if printing.is_wanted():
        return printing.print_table(_table(asked), UNPRINTED)
    whole = person.reach(Action.VIEW_SCORE) is Scope.ALL
    page = Page(page_number(), asked.counts[asked.state], MOST)
    rows, known = asked.rows(MOST, (page.number - 1) * MOST), plans.published_choices()
    decides = may(person, Action.DECIDE_APPEAL)
    return render_template(
        "appeals/index.html",
        tabs=_tabs(asked),
        asked=asked,
        rows=rows,
        own=filed.refusals(person, [row for row, _ in rows], clock.today()) if decides else {},
        page=page,
        plans=[("", say("全部方案")), *known] if len(known) > 1 else [],
        districts=[("", say("全部区")), *districts.choices(DISTRICTS, asked.plan_id, person.unit_id)] if whole else [],
        texts=APPEAL_TEXT,
        may_decide=decides,
        may_export=may(person, Action.EXPORT_SCORE),
        own_district=None if whole else person.district_id,
        address=address,
        print_address=printing.print_address(),
    )


def _asked() -> Asked:
    plan_id, district_id = number("plan"), number("district")
    counts = filed.counts(actor(), plan_id, district_id)
    given = choice("state", {state.value for state in RequestState})
    there = next((state for state in RequestState if counts[state]), RequestState.ASKED)
    return Asked(RequestState(given) if given else there, plan_id, district_id, counts)


def _tabs(asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "label": APPEAL_TEXT[state],
            "href": address(state=state.value, page=None),
            "active": state is asked.state,
            "count": asked.counts[state],
        }
        for state in RequestState
    ]


UNPRINTED = (say("方案"),)


def _table(asked: Asked) -> Table:
    """Return the list as a file, in the order of the page."""
    heads = (
        *(say("区局"), say("方案"), say("对哪一行"), say("内容"), say("分值"), say("提出日期"), say("提出人")),
        *(say("理由"), say("答复期限"), say("结果"), say("裁定理由"), say("裁定人")),
    )
    note = say(
        "{state}，截至 {day}，导出于 {at}",
        state=APPEAL_TEXT[asked.state],
        day=clock.today(),
        at=f"{clock.now():%Y-%m-%d %H:%M}",
    )
    return Table(say("异议"), note, heads, [_cells(row, ticking) for row, ticking in asked.rows()])


def _cells(row: Row, ticking: Clock | None) -> tuple[Any, ...]:
    line = say("第{number}项", number=row.number) if row.assignment_id else say("登记的扣分")
    by = ticking.answer_by if ticking else None
    return (
        *(row.district, row.doc_number, line, row.text, row.points, row.day, row.asked_by),
        *(row.reason, by, APPEAL_TEXT[row.state], row.answer, row.decided_by),
    )
