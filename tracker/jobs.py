"""Everything that runs by itself, and when; of any number of processes on one database, one works."""

import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Event, Lock, Thread, current_thread, main_thread
from time import monotonic
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from tracker import clock, works
from tracker.audit import heads, origin
from tracker.audit import queries as audit
from tracker.db import db, transaction
from tracker.outbox import delivery
from tracker.reminders import appeal_letters, lease, operations, round_letters, runs
from tracker.reminders.addressing import addressees
from tracker.reminders.lease import Duty
from tracker.reminders.operations import Planned
from tracker.work import queries as work

log = logging.getLogger(__name__)

BEAT = "beat"
BEAT_SECONDS = 2
"""Between two heartbeats of the process on duty, and between two looks of those that stand by."""

STALLED_SECONDS = 60
"""Without a heartbeat for so long the wall clock was set back, and every job is started anew."""

WATCH_SECONDS = 5
RETRY = timedelta(minutes=1)
REMIND_HOUR = 8
"""From this hour of the business zone on the letters of a day are made."""

Settings = Mapping[str, Any]
Stopped = Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """One thing that runs by itself: when, what, what it is for, and which job has work right after it.

    Running it twice has no second effect. It returns what it came to, in the reader's words, and ends early where it
    is told that it is stopped: the process ends, or the duty is another's by now.
    """

    trigger: dict[str, Any]
    run: Callable[[Settings, Stopped], str]
    meaning: str
    then: str = ""


def run_day(day: date, base_url: str) -> Iterator[list[Planned]]:
    """Queue the letters that a day owes, some people at a time, each batch in its own transaction; yield each batch.

    Who was killed in between leaves whole batches behind, and the next run does the rest.
    """
    run, count = operations.prepare(day), 0
    for people in run.batches:
        with transaction():
            queued = operations.queue_reminders(run, clock.now(), base_url, people)
        count += len(queued)
        yield queued
    with transaction():
        count += round_letters.remind(day, clock.now(), base_url)
    with transaction():
        count += appeal_letters.remind(day, clock.now(), base_url)
        operations.note_run(clock.now(), day, count)


def remind(settings: Settings, stopped: Stopped) -> str:
    """Queue the letters that the business day owes, not before its hour: whoever takes the duty at night waits.

    A fixed business day has no hours.
    """
    if not settings["TRACKER_TODAY"] and clock.now().hour < REMIND_HOUR:
        return f"未到 {REMIND_HOUR}:00，到时生成"
    day, queued = clock.today(), 0
    for batch in run_day(day, settings["TRACKER_BASE_URL"]):
        queued += len(batch)
        if stopped():
            log.warning("stopped after %d letters for %s", queued, day)
            return f"{day}：生成 {queued} 封后停止，由接手的进程补齐"
    log.info("queued %d letters for %s", queued, day)
    return f"{day}：生成 {queued} 封"


def deliver(settings: Settings, stopped: Stopped) -> str:
    """Send what waits in the outbox."""
    done = delivery.deliver(settings, addressees(clock.today()), stopped=stopped)
    if not (done.sent or done.postponed or done.dead):
        return "没有要发的信件"
    log.info("letters sent %d, put off %d, given up %d", done.sent, done.postponed, done.dead)
    return f"发出 {done.sent} 封，推迟重试 {done.postponed} 封，未送达 {done.dead} 封"


def keep_head(settings: Settings, stopped: Stopped) -> str:
    """Keep the day's head of the audit chain outside the database, in a file and in the log."""
    head = audit.head()
    db.session.rollback()
    if head is None or not head.hash:
        return "还没有审计记录"
    if heads.note_day(clock.today(), head):
        log.info("audit head %s: entry %d, %s", clock.today(), head.number, head.hash)
    return f"第 {head.number} 条，{head.hash[:16]}…"


def work_off(settings: Settings, stopped: Stopped) -> str:
    """Do the long work that people asked for."""
    begun = works.work_off(settings, f"{socket.gethostname()[:40]}:{secrets.token_hex(8)}", stopped)
    return f"办理 {begun} 件" if begun else "没有后台任务"


JOBS: dict[str, Job] = {
    "remind": Job(
        {"trigger": "cron", "hour": REMIND_HOUR, "minute": 0}, remind, runs.JOB_TEXT["remind"][1], then="deliver"
    ),
    "deliver": Job({"trigger": "interval", "minutes": 1}, deliver, runs.JOB_TEXT["deliver"][1]),
    "work": Job({"trigger": "interval", "hours": 1}, work_off, runs.JOB_TEXT["work"][1]),
    "audit": Job({"trigger": "cron", "hour": 0, "minute": 5}, keep_head, runs.JOB_TEXT["audit"][1]),
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
        self.beaten = self.asked = monotonic()
        self.on_duty, self.failing = False, False
        self.turns = {name: Lock() for name in JOBS}
        # Who comes while a job runs waits for its turn: a run that is skipped might be the one that was needed.
        self.pool = ThreadPoolExecutor(2 * len(JOBS) + 1)
        self.clockwork = BackgroundScheduler(
            executors={"default": self.pool},
            timezone=app.config["TRACKER_TIMEZONE"],
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
        )
        for name, job in JOBS.items():
            self.clockwork.add_job(self.work, id=name, args=[name], **job.trigger)
        self.clockwork.add_job(
            self.beat,
            id=BEAT,
            trigger="interval",
            seconds=BEAT_SECONDS,
            max_instances=1,
            next_run_time=clock.utc(),
        )

    def run(self) -> None:
        """Work until told to stop; then give the duty back."""
        self.clockwork.start()
        try:
            while not self.stop.wait(WATCH_SECONDS):
                self.watch()
        finally:
            self.stop.set()
            self.rest()
            self._give_back()

    def rest(self) -> None:
        """Start nothing more, and wait for what is running."""
        # Waiting for jobs within shutdown() would hold the lock that a running job needs to start another.
        self.clockwork.shutdown(wait=False)
        self.pool.shutdown(wait=True)

    def beat(self) -> None:
        """Keep the duty, or take it where it is free; on duty, start what somebody asked to run now."""
        self.beaten = monotonic()
        if self._hold():
            self._start(*self._asked())

    def work(self, name: str) -> None:
        """Run a job and what follows it if the duty is ours; after an error try it again soon."""
        with self.turns[name]:
            if self.stop.is_set() or not self._hold() or not self._run(name):
                return
        if JOBS[name].then:
            self.work(JOBS[name].then)

    def relieved(self) -> bool:
        """Tell whether to stop: told to, or the duty lost, or unheard of for so long that it may be another's."""
        return self.stop.is_set() or not self.on_duty or monotonic() - self.asked > lease.SECONDS

    def watch(self) -> None:
        """Start everything anew when the clockwork stands still: it waits by the wall clock, which can be set back."""
        if monotonic() - self.beaten > STALLED_SECONDS:
            log.warning("no heartbeat for %d seconds; starting every job anew", STALLED_SECONDS)
            self.beaten = monotonic()
            self._start(BEAT, *JOBS)

    def _run(self, name: str) -> bool:
        """Run a job with its beginning and its end on record; tell whether it went well."""
        origin.come_from(origin.SCHEDULER)
        try:
            with self.app.app_context():
                with transaction():
                    runs.begin(name, self.holder, clock.utc())
                outcome, failed = JOBS[name].run(self.app.config, self.relieved), False
        except Exception as error:
            log.exception("job %s failed; it runs again in %s", name, RETRY)
            # The error's own words may hold an address or a password, and belong into the log alone.
            outcome, failed = f"出错（{type(error).__name__}），详见日志；{RETRY.seconds} 秒后重试", True
            self._start(name, after=RETRY)
        self._finish(name, outcome, failed)
        return not failed

    def _finish(self, name: str, outcome: str, failed: bool) -> None:
        job = self.clockwork.get_job(name)
        try:
            with self.app.app_context(), transaction():
                runs.finish(name, self.holder, clock.utc(), job and job.next_run_time, outcome, failed)
        except Exception:
            log.exception("the run of %s could not be put on record", name)

    def _start(self, *names: str, after: timedelta = timedelta()) -> None:
        moment = clock.utc() + after
        for name in names:
            with suppress(JobLookupError):  # At the end the clockwork has forgotten its jobs.
                self.clockwork.modify_job(name, next_run_time=moment)

    def _hold(self) -> bool:
        """Tell whether the duty is ours; who takes it, also after a sleep, starts every job, so that no run is lost.

        Nothing is certain while the database does not answer, so the duty is not ours then.
        """
        try:
            with self.app.app_context():
                duty = self._asked_for()
            self.failing = False
        except Exception:
            duty = Duty.ANOTHERS
            if not self.failing:  # Once is enough: it is asked for every few seconds.
                log.exception("the duty could not be asked for; trying again every %g seconds", BEAT_SECONDS)
            self.failing = True
        self.on_duty = duty is not Duty.ANOTHERS
        if duty is Duty.TAKEN:
            log.info("scheduler %s is on duty", self.holder)
            self._start(*JOBS)
        return self.on_duty

    def _asked_for(self) -> Duty:
        if not lease.is_free(self.holder):
            return Duty.ANOTHERS
        with transaction():
            self.asked = monotonic()  # Here the writers' queue is behind us.
            return lease.hold(self.holder)

    def _asked(self) -> list[str]:
        try:
            with self.app.app_context():
                asked = [name for name in runs.asked() if name in JOBS]
                return [*asked, "work"] if work.any_waiting(clock.utc()) else asked
        except Exception:  # The next heartbeat asks again.
            log.exception("what was asked to run now could not be looked up")
            return []

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
