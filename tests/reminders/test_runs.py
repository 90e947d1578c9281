"""The runs on record, and what is said of the scheduler and the outbox."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests import factories as make
from tracker import clock
from tracker.db import db, transaction
from tracker.reminders import lease, runs
from tracker.reminders.models import Lease

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("app")


def begin(holder: str = "first", at: datetime = AT) -> None:
    with transaction():
        runs.begin("remind", holder, at)


def finish(outcome: str, holder: str = "first", failed: bool = False) -> None:
    with transaction():
        runs.finish("remind", holder, AT + HOUR, AT + 24 * HOUR, outcome, failed)


def beat(seconds_ago: float = 0) -> None:
    """Let somebody hold the duty, whose heart last beat so many seconds ago."""
    with transaction():
        lease.hold("host:1:abc")
        moment = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        if seconds_ago:
            db.session.execute(update(Lease).values(beat_at=moment, until=moment + timedelta(seconds=lease.SECONDS)))


def test_a_run_is_on_record_with_its_end_its_outcome_and_the_next() -> None:
    begin()
    assert runs.latest()["remind"].finished_at is None
    finish("生成 32 封")
    run = runs.latest()["remind"]
    assert (run.started_at, run.finished_at, run.next_at) == (AT, AT + HOUR, AT + 24 * HOUR)
    assert (run.outcome, run.failed) == ("生成 32 封", False)


def test_the_next_run_takes_the_place_of_the_last_whose_outcome_stands_until_it_ends() -> None:
    begin()
    finish("出错", failed=True)
    begin(at=AT + HOUR)
    run = runs.latest()["remind"]
    assert (run.started_at, run.finished_at, run.outcome, run.failed) == (AT + HOUR, None, "出错", True)
    finish("生成 0 封")
    assert not runs.latest()["remind"].failed


def test_who_was_replaced_meanwhile_does_not_end_the_run_of_another() -> None:
    begin("first")
    begin("second")
    finish("生成 1 封", "first")
    assert runs.latest()["remind"].finished_at is None


def test_a_long_outcome_is_cut_to_one_line() -> None:
    begin()
    finish("一行\n" * 400)
    assert len(runs.latest()["remind"].outcome) <= runs.OUTCOME_LENGTH


def test_nobody_ever_worked_on_a_new_database() -> None:
    assert runs.pulse() is None
    assert runs.latest() == {}


@pytest.mark.parametrize(
    ("seconds_ago", "on_duty", "dead"),
    [(0, True, False), (60, False, False), (110, False, False), (130, False, True), (-3 * 24 * 3600, False, True)],
)
def test_a_heartbeat_older_than_two_minutes_is_that_of_a_dead_one(seconds_ago: int, on_duty: bool, dead: bool) -> None:
    beat(seconds_ago)
    pulse = runs.pulse()
    assert pulse
    assert (pulse.on_duty, pulse.dead) == (on_duty, dead)
    assert abs(pulse.age.total_seconds() - seconds_ago) < 5


def test_the_age_of_a_heartbeat_is_told_by_the_clock_that_it_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    beat()
    monkeypatch.setattr(clock, "utc", lambda: datetime(2100, 1, 1, tzinfo=UTC))
    pulse = runs.pulse()
    assert pulse
    assert not pulse.dead


def test_the_backlog_counts_what_waits_and_how_long() -> None:
    assert runs.backlog(AT, AT) == runs.Backlog(0, timedelta(), timedelta(), 0)
    with transaction():
        make.make_message(queued_at=AT - 5 * HOUR, next_try_at=AT + HOUR)
        make.make_message(state="sending", queued_at=AT - 2 * HOUR, next_try_at=AT - HOUR)
        make.make_message(state="dead", queued_at=AT - 99 * HOUR, next_try_at=AT - 99 * HOUR)
        make.make_message(state="sent", sent_at=AT, queued_at=AT - 99 * HOUR, next_try_at=AT)
    assert runs.backlog(AT, AT) == runs.Backlog(2, 5 * HOUR, HOUR, 1)


def test_letters_are_counted_by_channel_and_state_with_nothing_left_out() -> None:
    with transaction():
        make.make_message()
        make.make_message(channel="in_app", state="dead")
    counts = runs.letters_by_channel()
    assert counts["email", "pending"] == counts["in_app", "dead"] == 1
    assert counts["email", "dead"] == counts["in_app", "sent"] == 0
