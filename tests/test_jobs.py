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
from sqlalchemy import func, select

from tests.conftest import settings
from tracker import jobs
from tracker.db import db
from tracker.jobs import JOBS, Job, Scheduler, run_scheduler
from tracker.outbox.models import Message
from tracker.reminders.queries import heartbeat

LETTERS = 32
"""16 districts, 14 city offices and 2 司法所 have someone to write to on 2021-03-01."""


def letters(app: Flask) -> list[Path]:
    return list((app.config["TRACKER_DATA_DIR"] / "outbox").glob("*.eml"))


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


def test_every_job_runs_twice_without_a_second_effect(seeded: Flask, on_day: Callable[[str], object]) -> None:
    on_day("2021-03-01")
    assert list(JOBS) == ["remind", "deliver"]
    for _ in range(2):
        for job in JOBS.values():
            job.run(seeded.config, lambda: False)
        assert dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()) == {
            "sent": LETTERS
        }
        assert len(letters(seeded)) == LETTERS


def test_every_job_says_what_it_is_for() -> None:
    assert all(job.meaning and job.run.__doc__ for job in JOBS.values())


@pytest.mark.usefixtures("quick")
def test_a_scheduler_sends_the_days_letters_at_its_start_and_ends_cleanly(
    seeded: Flask, on_day: Callable[[str], object]
) -> None:
    on_day("2021-03-01")
    with scheduler(seeded):
        until(lambda: db.session.scalar(select(func.count()).select_from(Message)) == LETTERS)
    beat = heartbeat()
    assert beat
    assert datetime.now(UTC) - beat.beat_at < timedelta(seconds=30)


@pytest.mark.usefixtures("quick")
def test_of_two_schedulers_one_works_and_the_other_takes_over(seeded: Flask, on_day: Callable[[str], object]) -> None:
    on_day("2021-03-01")
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
    assert db.session.scalar(select(func.count()).select_from(Message)) == LETTERS


def test_a_process_without_the_duty_does_nothing(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setitem(JOBS, "remind", Job({"trigger": "cron", "hour": 8}, lambda *_: ran.append("ran"), "试"))
    first, second = (Scheduler(seeded, threading.Event()) for _ in range(2))
    first.work("remind")
    second.work("remind")
    assert len(ran) == 1


def test_a_job_that_fails_is_logged_and_runs_again_soon(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(JOBS, "remind", Job({"trigger": "cron", "day": 1, "month": 1}, fail, "试"))
    with paused(seeded) as process:
        process.work("remind")
        again = process.clockwork.get_job("remind").next_run_time - datetime.now(UTC)
    assert "job remind failed" in caplog.text
    assert timedelta(0) < again <= jobs.RETRY


def test_who_takes_the_duty_starts_every_job(seeded: Flask) -> None:
    with paused(seeded) as process:
        process.beat()
        assert all(process.clockwork.get_job(name).next_run_time <= datetime.now(UTC) for name in JOBS)


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
        process.clockwork.shutdown()


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
