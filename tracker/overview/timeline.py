"""The course of one assignment: steps, reports, requests, remarks, letters, pauses, the newest first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import aliased

from tracker.assignments import closing
from tracker.assignments import queries as assignments
from tracker.assignments.models import Comment, Extension, StatusChange
from tracker.audit.models import AuditEntry, Outcome
from tracker.db import db
from tracker.outbox.models import Message, MessageState
from tracker.people.models import Organization, User
from tracker.reminders import urges
from tracker.reminders.addressing import COPY
from tracker.reminders.digest import notice_words
from tracker.reminders.models import Notice, Urge
from tracker.reminders.pauses import Pause
from tracker.reports.models import Evidence
from tracker.reports.queries import Filed
from tracker.rules.notices import NoticeKind
from tracker.rules.reports import SITUATION_TEXT, STATE_TEXT, ReportKind, ReportState, Situation
from tracker.rules.status import MOVE_TEXT, REQUEST_TEXT, Move, RequestState

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

WORDS: dict[str, tuple[str, str]] = {
    closing.SIGN_OFF: ("区局审签，报市局审核", "approved"),
    closing.CLOSE: ("销号", "approved"),
}
"""What is told of acts that are no steps of the loop: the words and the kind."""

LETTER_STATE: dict[str, str] = {
    MessageState.PENDING: "待发送",
    MessageState.SENDING: "发送中",
    MessageState.SENT: "已发送",
    MessageState.DEAD: "未送达",
    MessageState.VOID: "不再需要",
}

LETTER_TEXT: dict[str, str] = {
    NoticeKind.DUE: "提醒信",
    NoticeKind.PERIODIC: "报送提醒",
    NoticeKind.ESCALATION: "升级提醒",
    NoticeKind.URGE: "催办信",
}


AGAIN = "~"
"""Before the number of a letter that was sent once more, in its key."""


class Sent(NamedTuple):
    """One letter to one person: how, what became of it, and whom to call where it did not arrive."""

    name: str
    channel: str
    state: str
    failed: bool
    error: str
    phone: str
    again: bool = False

    @property
    def words(self) -> str:
        """The letter's fate in a few words."""
        return f"{'重发' if self.again else ''}{self.channel}{self.state}"


@dataclass(frozen=True)
class Event:
    """One entry of the timeline."""

    at: datetime
    who: str
    what: str
    kind: str
    reason: str = ""
    files: list[Evidence] = field(default_factory=list)
    letters: list[Sent] = field(default_factory=list)
    comment_id: int = 0
    hidden: bool = False


@dataclass(frozen=True)
class Talk:
    """What was asked for and remarked, and whether the reader also sees what was hidden."""

    extensions: Sequence[Extension] = ()
    comments: Sequence[Comment] = ()
    sees_hidden: bool = False


def events(
    assignment_id: int, filed: list[Filed], paused: Iterable[Pause] = (), talk: Talk | None = None
) -> list[Event]:
    """Return everything that happened, the newest first. Five queries."""
    # The report that asks for closure stands for its step.
    found = [_step(change) for change in assignments.changes(assignment_id) if change.move != Move.SUBMIT]
    found += [_report(entry) for entry in filed]
    letters, others = _letters(assignment_id), _others(assignment_id)
    found += [_urge(urge, letters, others) for urge in urges.of(assignment_id)]
    found += [_reminder(row, others[row.id]) for row in letters if row.kind != NoticeKind.URGE]
    found += [_pause(pause) for pause in paused]
    found += _words(assignment_id)
    if talk is not None:
        found += [event for extension in talk.extensions for event in _extension(extension)]
        found += [_comment(comment, talk.sees_hidden) for comment in talk.comments]
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


def _letters(assignment_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the letters that speak of the assignment, with their people."""
    return db.session.execute(
        select(
            Notice.id,
            Notice.kind,
            Notice.step,
            Message.queued_at,
            Message.channel,
            Message.state,
            Message.error,
            User.name,
            User.phone,
            Organization.phone.label("unit_phone"),
        )
        .join(Message, Message.id == Notice.message_id)
        .join(User, User.id == Notice.user_id)
        .join(Organization, Organization.id == User.unit_id)
        .where(Notice.assignment_id == assignment_id)
        .order_by(Notice.id)
    ).all()


def _others(assignment_id: int) -> defaultdict[int, list[Row[*tuple[Any, ...]]]]:
    """Return by notice what else went out of its letter: copies on other channels, and what was sent again by hand."""
    other = aliased(Message)
    length = func.length(Message.key)
    family = and_(
        other.recipient == Message.recipient,
        func.substr(other.key, 1, length) == Message.key,
        func.substr(other.key, length + 1, 1).in_([COPY, AGAIN]),
    )
    rows = db.session.execute(
        select(Notice.id, other.key, other.channel, other.state, other.error)
        .join(Message, Message.id == Notice.message_id)
        .join(other, family)
        .where(Notice.assignment_id == assignment_id)
        .order_by(other.id)
    )
    found = defaultdict(list)
    for row in rows:
        found[row.id].append(row)
    return found


def _sent(row: Row[*tuple[Any, ...]], letter: Row[*tuple[Any, ...]] | None = None) -> Sent:
    """Word a notice's own letter, or another one that went out of it."""
    fate = letter or row
    again = letter is not None and AGAIN in letter.key
    failed, channel = fate.state == MessageState.DEAD, urges.channel_text(fate.channel)
    return Sent(row.name, channel, LETTER_STATE[fate.state], failed, fate.error, row.phone or row.unit_phone, again)


def _reminder(row: Row[*tuple[Any, ...]], others: Sequence[Row[*tuple[Any, ...]]]) -> Event:
    letter, more = _sent(row), [_sent(row, other) for other in others]
    what = f"向{letter.name}发出{LETTER_TEXT[row.kind]}（{letter.words}）"
    # The line itself tells what became of a letter, unless there is more to say.
    letters = [letter, *more] if letter.failed or more else []
    return Event(row.queued_at, "系统", what, "reminder", notice_words(row.kind, row.step), [], letters)


def _urge(urge: Urge, letters: Sequence[Row[*tuple[Any, ...]]], others: Mapping[int, Sequence[Any]]) -> Event:
    mine = [row for row in letters if row.step == urges.step_of(urge.id)]
    sent = [_sent(row, letter) for row in mine for letter in (None, *others.get(row.id, ()))]
    return Event(urge.at, urge.actor_name, f"催办，发出催办信 {len(mine)} 封", "urged", urge.text, [], sent)


def _pause(pause: Pause) -> Event:
    what = f"暂停提醒，{pause.until_day} 恢复" if pause.until_day > pause.first_day else "暂停提醒，当日恢复"
    return Event(pause.at, pause.by, what, "note", pause.reason)


def _words(assignment_id: int) -> list[Event]:
    """Return who signed off and who closed, as recorded: the assignment itself forgets it when it comes back."""
    entries = db.session.execute(
        select(AuditEntry.at, AuditEntry.name, AuditEntry.act, AuditEntry.detail)
        .where(
            AuditEntry.object_type == "assignment",
            AuditEntry.object_id == assignment_id,
            AuditEntry.act.in_(list(WORDS)),
            AuditEntry.outcome == Outcome.DONE,
        )
        .order_by(AuditEntry.number)
    )
    return [Event(entry.at, entry.name, *WORDS[entry.act], entry.detail) for entry in entries]


def _extension(extension: Extension) -> list[Event]:
    days = f"由 {extension.old_due_on} 延至 {extension.new_due_on}"
    found = [Event(extension.asked_at, extension.asked_by, f"申请延期：{days}", "extension", extension.reason)]
    if extension.decided_at is not None:
        state = RequestState(extension.state)
        what = f"{REQUEST_TEXT[state].removeprefix('已')}延期：{days}"
        found.append(Event(extension.decided_at, extension.decided_by, what, "extension", extension.answer))
    return found


def _comment(comment: Comment, sees_hidden: bool) -> Event:
    who = f"{comment.author_name}（{comment.author_unit}）" if comment.author_unit else comment.author_name
    if comment.hidden_at is None:
        return Event(comment.at, who, "留言", "note", comment.body, comment_id=comment.id)
    what = f"的留言已由{comment.hidden_by}隐藏：{comment.hide_reason}"
    body = comment.body if sees_hidden else ""
    return Event(comment.at, who, what, "note", body, comment_id=comment.id, hidden=True)
