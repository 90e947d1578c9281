"""The course of one assignment: steps, reports with files and reviews, letters, the newest first."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from tracker.assignments import queries as assignments
from tracker.assignments.models import StatusChange
from tracker.db import db
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.reminders.models import Notice
from tracker.reports.models import Evidence
from tracker.reports.queries import Filed
from tracker.rules.reports import SITUATION_TEXT, STATE_TEXT, ReportKind, ReportState, Situation
from tracker.rules.status import MOVE_TEXT, Move

KINDS: dict[Move, str] = {
    Move.DISPATCH: "created",
    Move.ACKNOWLEDGE: "receipt",
    Move.SUBMIT: "report",
    Move.RECALL: "note",
    Move.ACCEPT: "approved",
    Move.RETURN: "returned",
    Move.REOPEN: "note",
    Move.EXEMPT: "exempt",
    Move.WITHDRAW: "withdrawn",
}

LETTER_STATE = {"pending": "待发送", "sending": "发送中", "sent": "已发送", "dead": "未送达"}


@dataclass(frozen=True)
class Event:
    """One entry of the timeline."""

    at: datetime
    who: str
    what: str
    kind: str
    reason: str = ""
    files: list[Evidence] = field(default_factory=list)


def events(assignment_id: int, filed: list[Filed]) -> list[Event]:
    """Return everything that happened, the newest first. Two queries."""
    # The report that asks for closure stands for its step.
    found = [_step(change) for change in assignments.changes(assignment_id) if change.move != Move.SUBMIT]
    found += [_report(entry) for entry in filed]
    found += _letters(assignment_id)
    return sorted(found, key=lambda event: event.at, reverse=True)


def _step(change: StatusChange) -> Event:
    move = Move(change.move)
    what = "由方案立项，交办到承办单位" if move is Move.DISPATCH else MOVE_TEXT[move]
    return Event(change.at, change.actor_name, what, KINDS[move], change.reason)


def _report(entry: Filed) -> Event:
    report = entry.report
    state, situation = STATE_TEXT[ReportState(report.state)], SITUATION_TEXT[Situation(report.situation)]
    if report.kind == ReportKind.COMPLETION:
        what = "申请办结"
    else:
        what = f"填报进展：进度 {report.progress}%，{situation}（{state}）"
    return Event(report.filed_at or report.saved_at, report.author_name, what, "report", "", entry.files)


def _letters(assignment_id: int) -> list[Event]:
    rows = db.session.execute(
        select(Message.queued_at, Message.reason, Message.state, User.name)
        .join(Notice, Notice.message_id == Message.id)
        .join(User, User.id == Notice.user_id)
        .where(Notice.assignment_id == assignment_id)
    )
    return [
        Event(row.queued_at, "系统", f"向{row.name}发出提醒信（{LETTER_STATE[row.state]}）", "reminder", row.reason)
        for row in rows
    ]
