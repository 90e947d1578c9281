"""Two levels of review: the district's lead signs off before the city decides."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, owed, person, take
from tests.assignments.two_levels import (
    CLERK,
    LEAD,
    REVIEWER,
    ask_for_closure,
    ask_for_two_levels,
    conclude,
    now,
    sign,
)
from tracker.assignments import operations, reviewing
from tracker.assignments.models import Assignment
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.overview import queries as overviews
from tracker.overview.timeline import events
from tracker.people.queries import user_by_account
from tracker.reports import queries as reports
from tracker.reports.operations import recall
from tracker.rules.permissions import Forbidden, Role
from tracker.rules.reports import Decision, ReportState
from tracker.rules.status import Move, MoveRefused, Status

EVERYBODY = (
    "admin",
    "supervisor",
    "leader",
    "auditor",
    "songjiang-lead",
    "songjiang-clerk",
    "songjiang-office1",
    "huangpu-lead",
    "reviewer-xingfazhixing",
    "reviewer-mishu",
    "reviewer-cujinfazhi",
)


@pytest.fixture
def waiting(seeded: Flask) -> int:
    """What Songjiang owes of task 7, asked to be closed, in a plan of two levels."""
    ask_for_two_levels()
    seven = owed("7", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    ask_for_closure(seven)
    return seven


def waits_for(assignment_id: int) -> set[str]:
    """Return whose list holds the assignment; the list, its count and the check must agree."""
    found, filed = set(), now(assignment_id).status == Status.UNDER_REVIEW
    for account in EVERYBODY:
        actor = person(account)
        listed = [row.id for row in overviews.review_queue(actor, 100, 0)]
        assert len(listed) == overviews.review_count(actor)
        assert (filed and reviewing.is_turn(actor, assignment_id)) == (assignment_id in listed)
        if assignment_id in listed:
            found.add(account)
    return found


def test_a_report_waits_for_the_lead_and_then_for_the_city(waiting: int) -> None:
    assert waits_for(waiting) == {LEAD}
    report = sign(waiting, why="情况属实")
    assert waits_for(waiting) == {"supervisor", REVIEWER}
    signed = now(waiting)
    assert (signed.status, signed.signed_off_on, signed.signed_off_by) == (
        Status.UNDER_REVIEW,
        date(2021, 2, 23),
        person(LEAD).name,
    )
    assert report.state == ReportState.FILED
    conclude(waiting)
    assert (now(waiting).status, now(waiting).completed_on) == (Status.COMPLETED, date(2021, 2, 24))
    assert now(waiting).signed_off_by == person(LEAD).name


def test_with_one_level_a_report_waits_for_the_city_at_once(waiting: int) -> None:
    ask_for_two_levels(1)
    assert waits_for(waiting) == {"supervisor", REVIEWER}
    with pytest.raises(Forbidden):
        sign(waiting)
    conclude(waiting)
    assert now(waiting).status == Status.COMPLETED


@pytest.mark.parametrize("account", [REVIEWER, "supervisor"])
@pytest.mark.parametrize("decision", list(Decision))
def test_the_city_decides_nothing_before_the_lead_signed_off(waiting: int, account: str, decision: Decision) -> None:
    with pytest.raises(MoveRefused, match="区局负责人尚未审签"):
        conclude(waiting, account, decision, why="缺附件")
    assert now(waiting).status == Status.UNDER_REVIEW


@pytest.mark.parametrize("decision", list(Decision))
def test_the_lead_has_no_second_word(waiting: int, decision: Decision) -> None:
    sign(waiting)
    with pytest.raises(MoveRefused, match="已经审签"):
        sign(waiting, decision=decision, why="反悔")
    assert now(waiting).signed_off_on == date(2021, 2, 23)


def test_what_the_lead_returns_never_reaches_the_city(waiting: int) -> None:
    sign(waiting, decision=Decision.RETURN, why="缺附件")
    assert now(waiting).status == Status.RETURNED
    assert waits_for(waiting) == set()
    (filed,) = reports.filed(waiting)
    assert filed.review
    assert (filed.report.state, filed.review.reviewer_name, filed.review.reason) == (
        ReportState.RETURNED,
        person(LEAD).name,
        "缺附件",
    )


@pytest.mark.parametrize(
    "account", ["huangpu-lead", "songjiang-clerk", "songjiang-office1", "leader", "admin", REVIEWER]
)
def test_only_the_districts_own_lead_signs_off(waiting: int, account: str) -> None:
    with pytest.raises(Forbidden):
        sign(waiting, account)
    assert now(waiting).signed_off_on is None


def test_the_lead_cannot_accept_the_districts_own_report_for_good(waiting: int) -> None:
    with pytest.raises(Forbidden), transaction():
        operations.change_status(person(LEAD), moment("2021-02-24"), waiting, Move.ACCEPT)
    assert now(waiting).status == Status.UNDER_REVIEW


def test_a_district_cannot_recall_what_its_lead_signed_off(waiting: int) -> None:
    sign(waiting)
    with pytest.raises(MoveRefused, match="已经审签"), transaction():
        recall(person(CLERK), moment("2021-02-24"), waiting)
    assert now(waiting).signed_off_on


def recalled(waiting: int) -> None:
    """The clerk takes the report back before anyone decided."""
    with transaction():
        recall(person(CLERK), moment("2021-02-23"), waiting)


def returned(waiting: int) -> None:
    """The city returns what the lead signed off."""
    sign(waiting)
    conclude(waiting, decision=Decision.RETURN, why="缺附件")


@pytest.mark.parametrize("come_back", [recalled, returned])
def test_a_new_report_needs_a_new_word_of_the_lead(waiting: int, come_back: Callable[[int], None]) -> None:
    come_back(waiting)
    assert (now(waiting).signed_off_on, now(waiting).signed_off_by) == (None, "")
    with pytest.raises(MoveRefused, match="没有等待审签"):
        sign(waiting, day="2021-02-24")
    ask_for_closure(waiting, day="2021-02-25", done="补充后再报。")
    assert waits_for(waiting) == {LEAD}


@pytest.mark.parametrize("status", [Status.PENDING, Status.IN_PROGRESS])
def test_there_is_nothing_to_sign_before_a_report(seeded: Flask, status: Status) -> None:
    ask_for_two_levels()
    seven = owed("7", "songjiang")
    if status is Status.IN_PROGRESS:
        take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    with pytest.raises(MoveRefused, match="没有等待审签"):
        sign(seven)


def test_whoever_filed_a_report_does_not_sign_it_off(waiting: int) -> None:
    clerk = user_by_account(CLERK)
    assert clerk
    with transaction():
        clerk.role = Role.LEAD
        db.session.add(clerk)
    with pytest.raises(Forbidden, match="您本人报送"):
        sign(waiting, CLERK)
    assert now(waiting).signed_off_on is None
    sign(waiting)
    assert now(waiting).signed_off_by == person(LEAD).name


def test_a_consent_dated_before_the_report_is_refused(waiting: int) -> None:
    with pytest.raises(MoveRefused, match="业务日期 2021-02-21 早于"):
        sign(waiting, day="2021-02-21")


def test_the_reports_of_justice_offices_are_concluded_by_the_lead_as_before(waiting: int) -> None:
    office = owed("7", "songjiang-yueyang")
    take("songjiang-office1", Move.ACKNOWLEDGE, "2021-02-20", office)
    ask_for_closure(office, "songjiang-office1")
    assert waits_for(office) == {LEAD, "supervisor"}
    sign(office)
    assert now(office).status == Status.COMPLETED


def test_the_city_offices_own_reports_need_no_lead(waiting: int) -> None:
    office = owed("7", "xingfazhixing")
    take(REVIEWER, Move.ACKNOWLEDGE, "2021-02-20", office)
    ask_for_closure(office, REVIEWER)
    assert waits_for(office) == {"supervisor", "reviewer-cujinfazhi"}


def test_the_course_tells_every_word_of_the_lead_with_the_reason(waiting: int) -> None:
    sign(waiting, why="情况属实")
    conclude(waiting, decision=Decision.RETURN, why="缺附件")
    ask_for_closure(waiting, day="2021-02-25")
    sign(waiting, day="2021-02-26")
    told = [(event.who, event.what, event.reason) for event in events(waiting, reports.filed(waiting))]
    lead = person(LEAD).name
    assert [line for line in told if "审签" in line[1]] == [
        (lead, "区局审签，报市局审核", ""),
        (lead, "区局审签，报市局审核", "情况属实"),
    ]


def test_a_refused_word_leaves_nothing_behind(waiting: int) -> None:
    before = (now(waiting).version, db.session.scalar(select(func.count()).select_from(AuditEntry)))
    for account in ("huangpu-lead", CLERK):
        with pytest.raises(Forbidden):
            sign(waiting, account)
    assert (now(waiting).version, db.session.scalar(select(func.count()).select_from(AuditEntry))) == before


def test_what_was_under_review_waits_for_the_lead_once_the_plan_asks_for_two_levels(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    ask_for_closure(seven)
    assert waits_for(seven) == {"supervisor", REVIEWER}
    ask_for_two_levels()
    assert waits_for(seven) == {LEAD}


def test_nothing_is_signed_off_that_no_longer_waits(waiting: int) -> None:
    with transaction():
        operations.change_status(person("supervisor"), moment("2021-02-23"), waiting, Move.EXEMPT, "不适用")
    with pytest.raises(MoveRefused, match="没有等待审签"):
        sign(waiting)
    assert db.session.scalars(select(Assignment.signed_off_on).where(Assignment.id == waiting)).one() is None
