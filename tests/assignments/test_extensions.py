"""Requests for a later due day: who asks, who decides, until when, and what stays as it was."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, owed, person, take, the_plan, unit_id
from tests.assignments.two_levels import completed, now
from tracker.assignments import extensions
from tracker.assignments.extensions import ExtensionRefused
from tracker.assignments.models import Extension
from tracker.assignments.queries import Filter, rows, state_at
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.overview.timeline import Talk, events
from tracker.reminders import operations as reminders
from tracker.reminders.models import Notice
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.status import Move, MoveRefused, RequestState, Status
from tracker.scoring import queries as scoring
from tracker.scoring.operations import freeze

DUE, LATER = date(2021, 2, 28), date(2021, 4, 30)


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7, due at the end of February."""
    return owed("7", "songjiang")


def ask(
    assignment_id: int,
    due_on: date = LATER,
    day: str = "2021-02-20",
    account: str = "songjiang-lead",
    reason: str = "人员调整",
    progress: str = "四个所已完成",
) -> int:
    """Ask for a later due day; return the request."""
    with transaction():
        return extensions.ask(person(account), moment(day), assignment_id, due_on, reason, progress).id


def decide(
    extension_id: int,
    decision: RequestState = RequestState.GRANTED,
    day: str = "2021-02-22",
    answer: str = "",
    account: str = "supervisor",
) -> None:
    """Decide on a request."""
    with transaction():
        extensions.decide(person(account), moment(day), extension_id, decision, answer)


def number() -> int:
    """How many requests there are."""
    return db.session.scalar(select(func.count()).select_from(Extension)) or 0


def test_a_granted_request_moves_the_due_day_and_keeps_the_first_one(seven: int) -> None:
    decide(ask(seven))
    assert (now(seven).due_on, now(seven).original_due_on) == (LATER, DUE)
    decide(ask(seven, date(2021, 6, 30), "2021-04-30"), day="2021-04-30")
    assert (now(seven).due_on, now(seven).original_due_on) == (date(2021, 6, 30), DUE)
    (row,) = [
        row for row in rows(SYSTEM, state_at(LATER), LATER, Filter(unit_id=unit_id("songjiang"))) if row.id == seven
    ]
    assert (row.extensions, row.original_due_on, row.due_on) == (2, DUE, date(2021, 6, 30))


def test_a_refused_request_moves_nothing_and_says_why(seven: int) -> None:
    decide(ask(seven), RequestState.REFUSED, answer="理由不充分")
    assert (now(seven).due_on, now(seven).original_due_on) == (DUE, None)
    (extension,) = extensions.of(seven)
    assert (extension.state, extension.answer, extension.decided_by) == (
        RequestState.REFUSED,
        "理由不充分",
        person("supervisor").name,
    )
    assert ask(seven)


def test_the_lead_asks_for_the_justice_offices_too(seeded: Flask) -> None:
    office = owed("7", "songjiang-yueyang")
    decide(ask(office))
    assert now(office).due_on == LATER


@pytest.mark.parametrize(
    "account",
    [
        "admin",
        "supervisor",
        "leader",
        "auditor",
        "songjiang-clerk",
        "songjiang-office1",
        "huangpu-lead",
        "reviewer-mishu",
    ],
)
def test_nobody_but_the_districts_lead_asks(seven: int, account: str) -> None:
    with pytest.raises(Forbidden):
        ask(seven, account=account)
    assert number() == 0


@pytest.mark.parametrize(
    "account", ["admin", "leader", "auditor", "songjiang-lead", "songjiang-clerk", "reviewer-xingfazhixing"]
)
def test_nobody_but_a_supervisor_decides(seven: int, account: str) -> None:
    extension = ask(seven)
    with pytest.raises(Forbidden):
        decide(extension, account=account)
    assert now(seven).due_on == DUE


@pytest.mark.parametrize("due_on", [DUE, date(2021, 2, 27), date(2020, 12, 31)])
def test_the_new_day_lies_after_the_present_one(seven: int, due_on: date) -> None:
    with pytest.raises(ExtensionRefused, match="应晚于现在的完成时限 2021-02-28"):
        ask(seven, due_on)
    assert number() == 0


def test_the_new_day_lies_within_the_years_that_pages_take(seven: int) -> None:
    with pytest.raises(ExtensionRefused, match="年份应在 2000 到 2100 之间"):
        ask(seven, date(2101, 1, 1))
    assert number() == 0


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501], ids=["nothing", "blanks", "too long"])
def test_a_request_gives_its_reason(seven: int, reason: str) -> None:
    with pytest.raises(ExtensionRefused):
        ask(seven, reason=reason)
    assert number() == 0


def test_one_may_ask_on_the_due_day_but_not_after_it(seven: int) -> None:
    with pytest.raises(MoveRefused, match="已过，不能再申请延期"):
        ask(seven, day="2021-03-01")
    assert ask(seven, day="2021-02-28")


def test_only_one_request_is_open_at_a_time(seven: int) -> None:
    ask(seven)
    with pytest.raises(MoveRefused, match="等待裁定"):
        ask(seven, date(2021, 5, 31))
    assert number() == 1


def test_what_is_no_longer_owed_or_has_no_due_day_needs_none(seven: int) -> None:
    take("supervisor", Move.EXEMPT, "2021-02-11", seven, "不适用")
    with pytest.raises(MoveRefused, match="不在办理中"):
        ask(seven)
    other = owed("1", "songjiang")
    with transaction():
        now(other).due_on = None
    with pytest.raises(MoveRefused, match="没有截止日"):
        ask(other)


def test_a_request_is_granted_on_the_due_day_but_not_after_it(seven: int) -> None:
    extension = ask(seven)
    with pytest.raises(MoveRefused, match=r"已过，不能再批准延期.*异议"):
        decide(extension, day="2021-03-01")
    assert now(seven).due_on == DUE
    decide(extension, day="2021-02-28")
    assert now(seven).due_on == LATER


def test_a_request_that_waited_too_long_can_still_be_refused(seven: int) -> None:
    decide(ask(seven), RequestState.REFUSED, "2021-03-05", "时限已过")
    assert extensions.counts() == {RequestState.ASKED: 0, RequestState.GRANTED: 0, RequestState.REFUSED: 1}


@pytest.mark.parametrize("decision", [RequestState.GRANTED, RequestState.REFUSED])
def test_a_request_is_decided_once(seven: int, decision: RequestState) -> None:
    extension = ask(seven)
    decide(extension, decision, answer="知悉")
    with pytest.raises(MoveRefused, match="裁定"):
        decide(extension, RequestState.GRANTED, answer="再次")
    assert number() == 1


def test_a_refusal_gives_its_reason(seven: int) -> None:
    extension = ask(seven)
    with pytest.raises(ExtensionRefused, match="驳回必须写明理由"):
        decide(extension, RequestState.REFUSED, answer="  ")
    assert extensions.counts()[RequestState.ASKED] == 1


def test_nothing_is_granted_for_what_was_done_meanwhile_or_got_another_day(seven: int) -> None:
    extension = ask(seven, day="2021-02-11")
    completed(seven)
    with pytest.raises(MoveRefused, match="可以驳回"):
        decide(extension, day="2021-02-25")
    other = owed("7", "huangpu")
    second = ask(other, day="2021-02-11", account="huangpu-lead")
    with transaction():
        now(other).due_on = date(2021, 3, 15)
    with pytest.raises(MoveRefused, match="完成时限已改为 2021-03-15"):
        decide(second)


def test_past_days_keep_their_lists_and_their_scores(seven: int) -> None:
    def record(day: date) -> tuple[object, ...]:
        overdue = [row.id for row in rows(SYSTEM, state_at(day), day, Filter(overdue=True))]
        return overdue, scoring.scoreboard(the_plan(), day)

    days = [date(2021, 2, 20), date(2021, 2, 27), date(2021, 2, 28)]
    before = [record(day) for day in days]
    decide(ask(seven), day="2021-02-28")
    assert [record(day) for day in days] == before
    assert seven not in [row.id for row in rows(SYSTEM, state_at(LATER), LATER, Filter(overdue=True))]


def test_reminders_follow_the_new_day(seven: int) -> None:
    def remind(day: str) -> set[date]:
        run = reminders.prepare(date.fromisoformat(day))
        for people in run.batches:
            with transaction():
                reminders.queue_reminders(run, moment(day, 8), "http://tracker.example.invalid", people)
        told = select(Notice.due_on).where(Notice.assignment_id == seven, Notice.day == date.fromisoformat(day))
        return set(db.session.scalars(told))

    assert DUE in remind("2021-02-19")
    decide(ask(seven, day="2021-02-22"), day="2021-02-22")
    assert DUE not in remind("2021-03-01")
    assert {due_on for due_on in remind("2021-04-23") if due_on >= DUE} == {LATER}


def test_a_request_and_its_decision_are_told_and_on_record(seven: int) -> None:
    decide(ask(seven), answer="同意")
    told = [(event.what, event.reason) for event in events(seven, [], talk=Talk(extensions.of(seven)))]
    assert told[:2] == [
        ("批准延期：由 2021-02-28 延至 2021-04-30", "同意"),
        ("申请延期：由 2021-02-28 延至 2021-04-30", "人员调整（现有进展：四个所已完成）"),
    ]
    acts = db.session.execute(
        select(AuditEntry.act, AuditEntry.detail).where(AuditEntry.object_type == "extension").order_by(AuditEntry.id)
    ).all()
    assert [tuple(act) for act in acts] == [
        ("ask_extension", "2021-02-28 → 2021-04-30：人员调整；现有进展：四个所已完成"),
        ("grant_extension", "2021-02-28 → 2021-04-30：同意"),
    ]


def test_open_requests_are_listed_by_the_day_they_must_be_decided_by(seeded: Flask) -> None:
    late, early = ask(owed("4", "songjiang"), date(2021, 9, 30)), ask(owed("7", "songjiang"))
    dues = {row.id: row.old_due_on for row in extensions.rows(RequestState.ASKED, 10, 0)}
    assert list(dues.values()) == sorted(dues.values())
    assert set(dues) == {late, early}
    assert len(extensions.rows(RequestState.ASKED, 1, 1)) == 1
    assert now(owed("7", "songjiang")).status == Status.PENDING


def test_nothing_is_granted_once_the_scores_are_final(seven: int) -> None:
    extension = ask(seven)
    with transaction():
        freeze(person("supervisor"), moment("2021-02-21"), the_plan(), "演练")
    with pytest.raises(MoveRefused, match="定稿封存"):
        decide(extension)
    decide(extension, RequestState.REFUSED, answer="已定稿")
