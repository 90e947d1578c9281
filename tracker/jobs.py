"""Everything that runs by itself, and when; of any number of processes on one database, one works."""

import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread, current_thread, main_thread
from time import monotonic
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from tracker import clock
from tracker.db import transaction
from tracker.outbox import delivery
from tracker.reminders import lease
from tracker.reminders.operations import queue_reminders
from tracker.reminders.queries import address_of

log = logging.getLogger(__name__)

BEAT = "beat"
BEAT_SECONDS = 15
STALLED_SECONDS = 60
"""Without a heartbeat for so long the wall clock was set back, and every job is started anew."""

WATCH_SECONDS = 5
RETRY = timedelta(minutes=1)

Settings = Mapping[str, Any]
Stopped = Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """One thing that runs by itself: when, what, what it is for, and which job has work right after it.

    Running it twice has no second effect.
    """

    trigger: dict[str, Any]
    run: Callable[[Settings, Stopped], None]
    meaning: str
    then: str = ""


def remind(settings: Settings, _stopped: Stopped) -> None:
    """Queue the letters that the business day owes."""
    with transaction():
        queued = queue_reminders(clock.now(), clock.today(), settings["TRACKER_BASE_URL"])
    log.info("queued %d letters for %s", len(queued), clock.today())


def deliver(settings: Settings, stopped: Stopped) -> None:
    """Send what waits in the outbox."""
    done = delivery.deliver(settings, address_of, stopped=stopped)
    if done.sent or done.postponed or done.dead:
        log.info("letters sent %d, put off %d, given up %d", done.sent, done.postponed, done.dead)


JOBS: dict[str, Job] = {
    "remind": Job(
        {"trigger": "cron", "hour": 8, "minute": 0},
        remind,
        "每天 8:00 生成当天的提醒信；接手值班时补一次",
        then="deliver",
    ),
    "deliver": Job({"trigger": "interval", "minutes": 1}, deliver, "每分钟发出待发的信件"),
}
"""What is due is computed from tables, so a lost, late or repeated run changes nothing."""


def run_scheduler(app: Flask, stop_event: Event | None = None) -> None:
    """Run the jobs until `stop_event` is set or the process is told to end; finish the letter in hand, then return."""
    stop = stop_event or Event()
    with _stopping_on_signals(stop):
        Scheduler(app, stop).run()


class Scheduler:
    """One process that offers to work; it works while it holds the duty."""

    def __init__(self, app: Flask, stop: Event) -> None:
        """Arrange the jobs; nothing runs yet."""
        self.app, self.stop = app, stop
        self.holder = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.on_duty, self.beaten = False, monotonic()
        self.pool = ThreadPoolExecutor(len(JOBS) + 1)
        self.clockwork = BackgroundScheduler(
            executors={"default": self.pool},
            timezone=app.config["TRACKER_TIMEZONE"],
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for name, job in JOBS.items():
            self.clockwork.add_job(self.work, id=name, args=[name], **job.trigger)
        self.clockwork.add_job(self.beat, id=BEAT, trigger="interval", seconds=BEAT_SECONDS, next_run_time=clock.utc())

    def run(self) -> None:
        """Work until told to stop; then give the duty back."""
        self.clockwork.start()
        try:
            while not self.stop.wait(WATCH_SECONDS):
                self.watch()
        finally:
            self.stop.set()
            # Waiting for jobs within shutdown() would hold the lock that a running job needs to start another.
            self.clockwork.shutdown(wait=False)
            self.pool.shutdown(wait=True)
            self._give_back()

    def beat(self) -> None:
        """Take or keep the duty; whoever takes it starts every job, so that no run is lost with the one before."""
        self.beaten = monotonic()
        before, self.on_duty = self.on_duty, self._hold()
        if self.on_duty and not before:
            log.info("scheduler %s is on duty", self.holder)
            self._start(*JOBS)

    def work(self, name: str) -> None:
        """Run a job and what follows it if the duty is ours; after an error try it again soon."""
        try:
            with self.app.app_context():
                if not self._hold():
                    return
                JOBS[name].run(self.app.config, self.stop.is_set)
        except Exception:
            log.exception("job %s failed; it runs again in %s", name, RETRY)
            self._start(name, after=RETRY)
            return
        if JOBS[name].then:
            self.work(JOBS[name].then)

    def watch(self) -> None:
        """Start everything anew when the clockwork stands still: it waits by the wall clock, which can be set back."""
        if monotonic() - self.beaten > STALLED_SECONDS:
            log.warning("no heartbeat for %d seconds; starting every job anew", STALLED_SECONDS)
            self.beaten = monotonic()
            self._start(BEAT, *JOBS)

    def _start(self, *names: str, after: timedelta = timedelta()) -> None:
        moment = clock.utc() + after
        for name in names:
            with suppress(JobLookupError):  # At the end the clockwork has forgotten its jobs.
                self.clockwork.modify_job(name, next_run_time=moment)

    def _hold(self) -> bool:
        try:
            with self.app.app_context(), transaction():
                return lease.hold(self.holder)
        except Exception:
            log.exception("the duty could not be taken")
            return False

    def _give_back(self) -> None:
        try:
            with self.app.app_context(), transaction():
                lease.release(self.holder)
        except Exception:
            log.exception("the duty could not be given back")


@contextmanager
def _stopping_on_signals(stop: Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT set `stop`, where this is the main thread, which alone may listen to them."""
    if current_thread() is not main_thread():
        yield
        return

    def handle(*_: object) -> None:
        # The signal may have interrupted this thread inside the event's own lock; another thread can wait for it.
        Thread(target=stop.set).start()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
