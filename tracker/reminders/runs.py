"""The scheduler's runs on record, and how it is: on duty or dead, what waits, what was given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tracker.audit import operations as audit
from tracker.db import db
from tracker.letters import one_line
from tracker.outbox.models import Message, MessageState
from tracker.reminders import lease
from tracker.reminders.models import JobRun, Lease
from tracker.reminders.queries import DUTY
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

DEAD_AFTER = timedelta(seconds=120)
"""A heartbeat older than this is that of a dead scheduler (promise P11)."""

JOB_TEXT: dict[str, tuple[str, str]] = {
    "remind": (say("生成提醒信"), say("每天 8:00 生成当天的提醒信；接手值班时补一次")),
    "deliver": (say("发送信件"), say("每分钟发出待发的信件")),
    "work": (say("办理后台任务"), say("有人交办时立即开始；每小时清理七天前的结果")),
    "audit": (say("留存审计链头"), say("每天 0:05 把审计链头写到数据库之外的 audit.heads 和日志")),
}
"""What each job is called, and what it is for and when."""

OUTCOME_LENGTH = 300
MAIL = "email"
WAITING = (MessageState.PENDING, MessageState.SENDING)


# ---- writing


def begin(name: str, holder: str, at: datetime) -> None:
    """Put on record that a job began; what the run before came to stands until this one is finished."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    began = {"holder": holder, "started_at": at, "finished_at": None}
    statement = insert(JobRun).values(name=name, outcome="", failed=False, **began)
    db.session.execute(statement.on_conflict_do_update(index_elements=[JobRun.name], set_=began))


def finish(name: str, holder: str, at: datetime, next_at: datetime | None, outcome: str, failed: bool = False) -> None:
    """Put on record what a run came to, unless another process has begun the job meanwhile."""
    done = {"finished_at": at, "next_at": next_at, "outcome": one_line(outcome, OUTCOME_LENGTH), "failed": failed}
    statement = update(JobRun).where(JobRun.name == name, JobRun.holder == holder).values(**done)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def ask(actor: Actor, at: datetime, name: str) -> bool:
    """Ask that a job run now; whoever is on duty sees it with the next heartbeat. Tell whether one is to be started.

    A job that is running, or that never ran, is left alone: the one is at work, the other is started with the first
    scheduler. What is asked for is known by its planned run lying no later than the last one's end, so that no two
    machines' clocks are compared.
    """
    require(actor, Action.RUN_JOBS)
    statement = (
        update(JobRun).where(JobRun.name == name, JobRun.finished_at.is_not(None)).values(next_at=JobRun.finished_at)
    )
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    audit.record(actor, at, "run_job", "job", None, name)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


# ---- reading


def asked() -> list[str]:
    """Return the jobs that were asked to run now, and did not begin yet. One query."""
    return list(db.session.scalars(select(JobRun.name).where(JobRun.next_at <= JobRun.finished_at)))


@dataclass(frozen=True)
class Pulse:
    """The heartbeat of the scheduler that is or was on duty; ages are by the database's clock."""

    holder: str
    beat_at: datetime
    age: timedelta
    remaining: timedelta
    """Until when the duty is held; negative where it ran out."""

    @property
    def dead(self) -> bool:
        """Whether nobody can be at work; a heartbeat from the future is from before the clock was set back."""
        return abs(self.age) > DEAD_AFTER

    @property
    def on_duty(self) -> bool:
        """Whether somebody holds the duty at this moment."""
        return timedelta() < self.remaining <= timedelta(seconds=lease.SECONDS + 1)


def pulse() -> Pulse | None:
    """Return the last heartbeat with its age; None where no scheduler has ever worked. One query."""
    statement = select(Lease.holder, Lease.until, Lease.beat_at, lease.moment().label("now")).where(Lease.name == DUTY)
    row = db.session.execute(statement).one_or_none()
    return None if row is None else Pulse(row.holder, row.beat_at, row.now - row.beat_at, row.until - row.now)


@dataclass(frozen=True)
class Run:
    """The last run of a job; moments are UTC, `finished_at` is None while it runs or where its process died."""

    name: str
    holder: str
    started_at: datetime
    finished_at: datetime | None
    next_at: datetime | None
    outcome: str
    failed: bool


def latest() -> dict[str, Run]:
    """Return the last run of every job that ever ran, by its name. One query."""
    statement = select(
        JobRun.name,
        JobRun.holder,
        JobRun.started_at,
        JobRun.finished_at,
        JobRun.next_at,
        JobRun.outcome,
        JobRun.failed,
    )
    return {row.name: Run(**row._mapping) for row in db.session.execute(statement)}


@dataclass(frozen=True)
class Backlog:
    """What waits in the outbox: how many letters, since when the oldest, and how late the most overdue one is."""

    waiting: int
    oldest: timedelta
    lag: timedelta
    dead: int


def backlog(now: datetime, at: datetime) -> Backlog:
    """Return what waits at the business moment `now`; `at` is the real one, by which letters are sent. One query."""
    waits = Message.state.in_(WAITING)
    statement = select(
        func.count().filter(waits).label("waiting"),
        func.count().filter(Message.state == MessageState.DEAD).label("dead"),
        func.min(Message.queued_at).filter(waits).label("queued"),
        func.min(Message.next_try_at).filter(waits).label("due"),
    ).where(Message.state.in_((*WAITING, MessageState.DEAD)))
    row = db.session.execute(statement).one()
    return Backlog(row.waiting, _since(row.queued, now), _since(row.due, at), row.dead)


def _since(moment: datetime | None, now: datetime) -> timedelta:
    return max(now - moment, timedelta()) if moment else timedelta()


def letters_by_channel() -> dict[tuple[str, str], int]:
    """Return how many letters of each channel are in each state, none included; there is always mail. One query."""
    statement = select(Message.channel, Message.state, func.count()).group_by(Message.channel, Message.state)
    found = {(channel, state): number for channel, state, number in db.session.execute(statement)}
    channels = sorted({MAIL, *(channel for channel, _ in found)})
    return {(channel, state.value): found.get((channel, state), 0) for channel in channels for state in MessageState}
