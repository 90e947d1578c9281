"""One process holds the scheduler's duty, by the database's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.conftest import on_postgresql
from tracker import clock
from tracker.db import db, transaction
from tracker.reminders import lease
from tracker.reminders.lease import Duty
from tracker.reminders.models import Lease
from tracker.reminders.queries import heartbeat

pytestmark = pytest.mark.usefixtures("app")


def hold(holder: str) -> Duty:
    with transaction():
        return lease.hold(holder)


def run_out(seconds: float = -1) -> None:
    """Let the duty end so many seconds from now."""
    with transaction():
        db.session.execute(update(Lease).values(until=datetime.now(UTC) + timedelta(seconds=seconds)))


def test_one_holder_keeps_the_duty_from_all_others() -> None:
    assert [hold("first"), hold("second"), hold("first")] == [Duty.TAKEN, Duty.ANOTHERS, Duty.KEPT]


def test_the_duty_of_a_silent_holder_passes_on() -> None:
    hold("first")
    run_out()
    assert hold("second") is Duty.TAKEN
    assert hold("first") is Duty.ANOTHERS


def test_who_slept_longer_than_the_duty_lasts_takes_it_anew() -> None:
    hold("first")
    run_out()
    assert hold("first") is Duty.TAKEN


def test_a_duty_given_back_is_free_at_once_and_only_its_holder_gives_it_back() -> None:
    hold("first")
    with transaction():
        lease.release("second")
    assert hold("second") is Duty.ANOTHERS
    with transaction():
        lease.release("first")
    assert hold("second") is Duty.TAKEN


def test_a_wrong_clock_on_the_host_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    hold("first")
    monkeypatch.setattr(clock, "utc", lambda: datetime(2100, 1, 1, tzinfo=UTC))
    assert hold("second") is Duty.ANOTHERS


def test_a_duty_from_before_the_databases_clock_was_set_back_is_free() -> None:
    hold("first")
    run_out(seconds=3 * 24 * 3600)
    assert lease.is_free("second")
    assert hold("second") is Duty.TAKEN


def test_those_who_stand_by_only_read_until_it_is_free() -> None:
    assert lease.is_free("first")
    hold("first")
    assert lease.is_free("first")
    assert not lease.is_free("second")
    run_out()
    assert lease.is_free("second")


@pytest.mark.skipif(not on_postgresql(), reason="SQLite has no server that could end a frozen process's transaction")
def test_who_freezes_amid_asking_for_the_duty_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    hold("first")
    monkeypatch.setattr(lease, "FROZEN_MS", 200)
    lease.hold("first")
    with db.engine.begin() as another:
        assert another.execute(update(Lease).values(holder="second")).rowcount == 1
    db.session().invalidate()


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
