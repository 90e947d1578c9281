"""Pauses: who may, until when, why; and what they silence."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, owed, person, take
from tracker.assignments.models import Assignment
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.overview import timeline
from tracker.reminders import pauses
from tracker.reminders.pauses import PauseRefused
from tracker.rules.permissions import Forbidden
from tracker.rules.status import Move

DAY = "2021-03-05"


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7."""
    return owed("7", "songjiang")


def pause(assignment_id: int, until: str, reason: str = "涉疫管控", account: str = "supervisor", on: str = DAY) -> None:
    """Pause and commit."""
    with transaction():
        pauses.pause(person(account), moment(on), assignment_id, date.fromisoformat(until), reason)


def paused(day: str) -> list[int]:
    """Return the assignments that are silent on a day."""
    return list(db.session.scalars(select(Assignment.id).where(pauses.is_paused(date.fromisoformat(day)))))


def test_a_pause_begins_today_and_ends_on_the_day_that_reminders_begin_again(seven: int) -> None:
    pause(seven, "2021-03-10")
    days = ["2021-03-04", "2021-03-05", "2021-03-09", "2021-03-10"]
    assert [paused(day) for day in days] == [[], [seven], [seven], []]
    (kept,) = pauses.of(seven)
    assert (kept.by, kept.reason) == (person("supervisor").name, "涉疫管控")
    assert pauses.standing([kept], date(2021, 3, 9)) == kept
    assert pauses.standing([kept], date(2021, 3, 10)) is None
    assert pauses.standing_of([seven, seven + 1], date(2021, 3, 9)) == {seven: kept}


def test_a_second_pause_takes_the_place_of_the_first(seven: int) -> None:
    pause(seven, "2021-05-10")
    pause(seven, "2021-03-12", "改期", on="2021-03-08")
    assert [(str(kept.first_day), str(kept.until_day)) for kept in pauses.of(seven)] == [
        ("2021-03-08", "2021-03-12"),
        ("2021-03-05", "2021-03-08"),
    ]
    assert paused("2021-03-12") == []


def test_reminders_begin_again_at_once_when_the_pause_is_ended(seven: int) -> None:
    pause(seven, "2021-03-10")
    with transaction():
        assert pauses.resume(person("supervisor"), moment(DAY), seven)
    assert paused(DAY) == []
    with transaction():
        assert not pauses.resume(person("supervisor"), moment(DAY), seven)
    acts = select(AuditEntry.act).where(AuditEntry.act.in_(["pause_reminders", "resume_reminders"]))
    assert db.session.scalars(acts.order_by(AuditEntry.id)).all() == ["pause_reminders", "resume_reminders"]


@pytest.mark.parametrize(
    ("until", "reason", "words", "field"),
    [
        ("2021-03-05", "x", "明天到 2021-09-01", "until"),
        ("2021-03-04", "x", "明天到", "until"),
        ("2021-09-02", "x", "最多暂停 180 天", "until"),
        ("2021-03-10", "  ", "写明暂停的理由", "why"),
        ("2021-03-10", "字" * 501, "最多 500 字", "why"),
    ],
)
def test_a_pause_needs_a_near_day_and_a_reason(seven: int, until: str, reason: str, words: str, field: str) -> None:
    with pytest.raises(PauseRefused, match=words) as refused:
        pause(seven, until, reason)
    assert refused.value.field == field
    assert pauses.of(seven) == []


def test_a_pause_of_180_days_is_taken(seven: int) -> None:
    pause(seven, "2021-09-01")
    assert paused("2021-08-31") == [seven]


def test_what_is_not_reminded_of_anyway_cannot_be_paused(seven: int) -> None:
    take("supervisor", Move.EXEMPT, "2021-03-01", seven, "不涉及")
    with pytest.raises(PauseRefused, match="本来就不再提醒"):
        pause(seven, "2021-03-10")


@pytest.mark.parametrize(
    "account", ["admin", "leader", "auditor", "reviewer-xingfazhixing", "songjiang-lead", "songjiang-clerk"]
)
def test_only_supervisors_pause_and_resume(seven: int, account: str) -> None:
    with pytest.raises(Forbidden):
        pause(seven, "2021-03-10", account=account)
    with pytest.raises(Forbidden), transaction():
        pauses.resume(person(account), moment(DAY), seven)


def test_the_course_of_an_assignment_tells_of_its_pauses(seven: int) -> None:
    pause(seven, "2021-03-10")
    event = timeline.events(seven, [], pauses.of(seven))[0]
    assert (event.who, event.what, event.reason) == (person("supervisor").name, "暂停提醒，2021-03-10 恢复", "涉疫管控")
