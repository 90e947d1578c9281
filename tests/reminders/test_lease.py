"""One process holds the scheduler's duty, by the database's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tracker import clock
from tracker.db import db, transaction
from tracker.reminders import lease
from tracker.reminders.models import Lease
from tracker.reminders.queries import heartbeat

pytestmark = pytest.mark.usefixtures("app")


def hold(holder: str) -> bool:
    with transaction():
        return lease.hold(holder)


def test_one_holder_keeps_the_duty_from_all_others() -> None:
    assert hold("first")
    assert not hold("second")
    assert hold("first")


def test_the_duty_of_a_silent_holder_passes_on() -> None:
    hold("first")
    with transaction():
        db.session.execute(update(Lease).values(until=datetime.now(UTC) - timedelta(seconds=1)))
    assert hold("second")
    assert not hold("first")


def test_a_duty_given_back_is_free_at_once_and_only_its_holder_gives_it_back() -> None:
    hold("first")
    with transaction():
        lease.release("second")
    assert not hold("second")
    with transaction():
        lease.release("first")
    assert hold("second")


def test_a_wrong_clock_on_the_host_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    hold("first")
    monkeypatch.setattr(clock, "utc", lambda: datetime(2100, 1, 1, tzinfo=UTC))
    assert not hold("second")


def test_the_heartbeat_is_the_holders() -> None:
    assert heartbeat() is None
    hold("first")
    hold("second")
    beat = heartbeat()
    assert beat
    assert beat.holder == "first"
    assert abs(beat.beat_at - datetime.now(UTC)) < timedelta(seconds=30)
    kept = db.session.get_one(Lease, "scheduler").until - beat.beat_at
    assert abs(kept.total_seconds() - lease.SECONDS) < 1
