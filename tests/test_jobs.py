"""What runs by itself: twice without a second effect, by one process of many, whatever fails."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import settings
from tracker import clock, jobs
from tracker.db import db, transaction
from tracker.jobs import JOBS, Job, Scheduler, run_scheduler
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.people.queries import actor_of
from tracker.reminders import lease, runs
from tracker.reminders.models import Lease
from tracker.reminders.operations import plan_reminders
from tracker.reminders.queries import heartbeat


def letters(app: Flask) -> list[Path]:
    return list((app.config["TRACKER_DATA_DIR"] / "outbox").glob("*.eml"))


@pytest.fixture
def owed(seeded: Flask, on_day: Callable[[str], object]) -> int:
    """The business day is one on which letters are due; how many."""
    on_day("2021-03-01")
    number = len(plan_reminders(clock.today()))
    assert number > 30
    return number


def until(true: Callable[[], Any], seconds: float = 20) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
        db.session.rollback()


@contextmanager
def scheduler(app: Flask) -> Iterator[threading.Event]:
    """Run a scheduler in a thread while the block lasts."""
    stop = threading.Event()
    thread = threading.Thread(target=run_scheduler, args=(app, stop))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=30)
        assert not thread.is_alive()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hearts beat five times a second."""
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(jobs, "WATCH_SECONDS", 0.05)


def test_every_job_runs_twice_without_a_second_effect(seeded: Flask, owed: int) -> None:
    assert list(JOBS) == ["remind", "deliver", "work", "audit"]
    for _ in range(2):
        for job in JOBS.values():
            job.run(seeded.config, lambda: False)
        assert dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()) == {
            "sent": owed
        }
        assert len(letters(seeded)) == owed


def test_every_job_says_what_it_is_for() -> None:
    assert all(job.meaning and job.run.__doc__ for job in JOBS.values())
    assert list(JOBS) == list(runs.JOB_TEXT)


@pytest.mark.parametrize(("hour", "made"), [(0, False), (7, False), (8, True), (23, True)])
def test_who_takes_the_duty_at_night_makes_no_letters_before_their_hour(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch, hour: int, made: bool
) -> None:
    monday = datetime(2021, 3, 1, hour, 59, tzinfo=seeded.config["TRACKER_TIMEZONE"])
    seeded.config["TRACKER_TODAY"] = None
    monkeypatch.setattr(clock, "now", lambda: monday)
    monkeypatch.setattr(clock, "today", lambda: monday.date())
    JOBS["remind"].run(seeded.config, lambda: False)
    assert bool(db.session.scalar(select(func.count()).select_from(Message))) is made


@pytest.mark.usefixtures("quick")
def test_a_scheduler_sends_the_days_letters_at_its_start_and_ends_cleanly(seeded: Flask, owed: int) -> None:
    with scheduler(seeded):
        until(lambda: db.session.scalar(select(func.count()).select_from(Message)) == owed)
    beat = heartbeat()
    assert beat
    assert datetime.now(UTC) - beat.beat_at < timedelta(seconds=30)


@pytest.mark.usefixtures("quick")
def test_of_two_schedulers_one_works_and_the_other_takes_over(seeded: Flask, owed: int) -> None:
    with scheduler(seeded) as first:
        until(heartbeat)
        holder = heartbeat()
        assert holder
        with scheduler(seeded):
            time.sleep(1)
            beat = heartbeat()
            assert beat
            assert beat.holder == holder.holder
            first.set()
            until(lambda: (beat := heartbeat()) and beat.holder != holder.holder)
    assert db.session.scalar(select(func.count()).select_from(Message)) == owed


def noting(ran: list[str]) -> Callable[..., str]:
    """A job that only notes that it ran."""

    def run(*_: object) -> str:
        ran.append("ran")
        return "试过"

    return run


def test_a_process_without_the_duty_does_nothing(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setitem(JOBS, "remind", Job({"trigger": "cron", "hour": 8}, noting(ran), "试"))
    first, second = (Scheduler(seeded, threading.Event()) for _ in range(2))
    first.work("remind")
    second.work("remind")
    assert len(ran) == 1


def test_a_job_that_fails_is_logged_and_runs_again_soon(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> str:
        raise ZeroDivisionError("smtp://user:password@host")

    monkeypatch.setitem(JOBS, "remind", Job({"trigger": "cron", "day": 1, "month": 1}, fail, "试"))
    with paused(seeded) as process:
        process.work("remind")
        again = process.clockwork.get_job("remind").next_run_time
    assert "job remind failed" in caplog.text
    assert timedelta(0) < again - datetime.now(UTC) <= jobs.RETRY
    run = runs.latest()["remind"]
    assert (run.failed, run.next_at, run.holder) == (True, again, process.holder)
    assert "ZeroDivisionError" in run.outcome
    assert "password" not in run.outcome


def test_a_run_is_on_record_with_what_it_came_to_and_the_next(seeded: Flask, owed: int) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with paused(seeded) as process:
        process.beat()
        for name in JOBS:
            process.clockwork.modify_job(name, next_run_time=tomorrow)
        process.work("remind")
    db.session.rollback()
    remind, deliver = (runs.latest()[name] for name in ("remind", "deliver"))
    assert remind.outcome == f"2021-03-01：生成 {owed} 封"
    assert deliver.outcome == f"发出 {owed} 封，推迟重试 0 封，未送达 0 封"
    for run in (remind, deliver):
        assert run.finished_at
        assert run.started_at <= run.finished_at
        assert run.next_at == tomorrow


def test_who_takes_the_duty_starts_every_job(seeded: Flask) -> None:
    with paused(seeded) as process:
        process.beat()
        assert all(process.clockwork.get_job(name).next_run_time <= datetime.now(UTC) for name in JOBS)


def test_who_slept_starts_every_job_again(seeded: Flask) -> None:
    with paused(seeded) as process:
        process.beat()
        later = datetime.now(UTC) + timedelta(days=1)
        for name in JOBS:
            process.clockwork.modify_job(name, next_run_time=later)
        process.beat()
        assert all(process.clockwork.get_job(name).next_run_time == later for name in JOBS)
        with transaction():
            db.session.execute(update(Lease).values(until=datetime.now(UTC) - timedelta(days=3)))
        process.beat()
        assert all(process.clockwork.get_job(name).next_run_time <= datetime.now(UTC) for name in JOBS)


def test_runs_that_were_slept_through_are_made_up_once(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    ran: list[str] = []
    monkeypatch.setitem(JOBS, "remind", Job({"trigger": "cron", "hour": 8}, noting(ran), "试"))
    process = Scheduler(seeded, threading.Event())
    assert process._hold()
    process.clockwork.modify_job("remind", next_run_time=datetime.now(UTC) - timedelta(days=3))
    process.clockwork.start()
    until(lambda: ran)
    time.sleep(0.2)
    process.rest()
    assert ran == ["ran"]


def test_a_run_in_hand_comes_to_its_end_while_the_process_rests(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    ran, began, free = list[str](), threading.Event(), threading.Event()

    def slow(*_: object) -> str:
        began.set()
        assert free.wait(10)
        ran.append("ended")
        return "试"

    monkeypatch.setitem(JOBS, "remind", Job({"trigger": "cron", "hour": 8}, slow, "试"))
    process = Scheduler(seeded, threading.Event())
    process.clockwork.start()
    assert began.wait(10)
    threading.Timer(0.2, free.set).start()
    process.rest()
    assert ran == ["ended"]


def test_who_lost_the_duty_stops_between_two_letters_or_batches(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (Scheduler(seeded, threading.Event()) for _ in range(2))
    first.beat()
    assert not first.relieved()
    first.asked -= lease.SECONDS + 1
    assert first.relieved()
    with transaction():
        db.session.execute(update(Lease).values(until=datetime.now(UTC) - timedelta(seconds=1)))
    second.beat()
    first.beat()
    assert first.relieved()
    assert not second.relieved()
    monkeypatch.setattr(jobs, "run_day", lambda *_: iter([[1, 2], [3]]))
    assert "生成 2 封后停止" in jobs.remind(seeded.config, first.relieved)
    assert "生成 3 封" in jobs.remind(seeded.config, second.relieved)


def test_a_run_that_is_asked_for_during_another_comes_after_it(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ran, free = list[str](), threading.Event()

    def slow(*_: object) -> str:
        ran.append("began")
        assert free.wait(10)
        ran.append("ended")
        return "试过"

    monkeypatch.setitem(JOBS, "deliver", Job({"trigger": "interval", "days": 9}, slow, "试"))
    process = Scheduler(seeded, threading.Event())
    threads = [threading.Thread(target=process.work, args=["deliver"]) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: ran)
    time.sleep(0.1)
    assert ran == ["began"]
    free.set()
    for thread in threads:
        thread.join()
    assert ran == ["began", "ended"] * 2


def test_a_database_that_does_not_answer_is_logged_once_and_nobodys_duty(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    process = Scheduler(seeded, threading.Event())
    process.beat()
    with monkeypatch.context() as patch:
        patch.setattr(lease, "is_free", lambda _: 1 / 0)
        for _ in range(3):
            process.beat()
            assert process.relieved()
    assert caplog.text.count("the duty could not be asked for") == 1
    process.beat()
    assert not process.relieved()


def test_a_clock_set_back_does_not_stop_the_work(seeded: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with paused(seeded) as process:
        process.clockwork.modify_job("beat", next_run_time=datetime.now(UTC) + timedelta(days=3))
        process.watch()
        assert process.clockwork.get_job("beat").next_run_time > datetime.now(UTC)
        process.beaten -= jobs.STALLED_SECONDS + 1
        process.watch()
        assert process.clockwork.get_job("beat").next_run_time <= datetime.now(UTC)


@contextmanager
def paused(app: Flask) -> Iterator[Scheduler]:
    """Make a scheduler that knows its jobs but runs none."""
    process = Scheduler(app, threading.Event())
    process.clockwork.start(paused=True)
    try:
        yield process
    finally:
        process.rest()


def test_the_process_sends_and_ends_on_sigterm(seeded: Flask, database_url: str) -> None:
    folder = seeded.config["TRACKER_DATA_DIR"]
    environment = {**os.environ, **settings(database_url, folder), "TRACKER_TODAY": "2021-03-01"}
    command = "from tracker.app import create_app; from tracker.jobs import run_scheduler; run_scheduler(create_app())"
    with subprocess.Popen([sys.executable, "-c", command], env=environment) as process:
        try:
            until(lambda: letters(seeded))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=40) == 0
        finally:
            process.kill()
    sent = select(func.count()).where(Message.state == "sent")
    assert db.session.scalar(sent) == len(letters(seeded))


@pytest.mark.usefixtures("quick")
def test_a_job_that_is_asked_for_runs_within_a_heartbeat_and_once(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setitem(JOBS, "remind", Job({"trigger": "cron", "day": 1, "month": 1}, noting(ran), "试"))
    admin = actor_of(db.session.scalars(select(User).where(User.account == "admin")).one())
    with scheduler(seeded):
        until(lambda: (run := runs.latest().get("remind")) and run.finished_at)
        assert ran == ["ran"]
        with transaction():
            assert runs.ask(admin, clock.now(), "remind")
        until(lambda: len(ran) == 2)
        until(lambda: (run := runs.latest()["remind"]).next_at and run.finished_at and run.next_at > run.finished_at)
        time.sleep(0.5)
    assert ran == ["ran"] * 2


def test_what_never_ran_or_is_running_is_not_asked_for(seeded: Flask) -> None:
    admin = actor_of(db.session.scalars(select(User).where(User.account == "admin")).one())
    with transaction():
        assert not runs.ask(admin, clock.now(), "remind")
        runs.begin("deliver", "host:1:abc", clock.utc())
        assert not runs.ask(admin, clock.now(), "deliver")
    assert runs.asked() == []
