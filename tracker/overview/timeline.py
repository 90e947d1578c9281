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
from tracker.reports.queries import FILED_BY, Filed
from tracker.rules.notices import NoticeKind
from tracker.rules.permissions import SYSTEM
from tracker.rules.reports import SITUATION_TEXT, STATE_TEXT, ReportKind, ReportState, Situation
from tracker.rules.status import MOVE_TEXT, Move, RequestState
from tracker.rules.words import say

KINDS: dict[Move, str] = {
    Move.DISPATCH: "created",
    Move.ACKNOWLEDGE: "receipt",
    Move.SUBMIT: "report",
    Move.RECALL: "note",
    Move.ACCEPT: "approved",
    Move.RETURN: "returned",
    Move.CORRECT: "report",
    Move.RECHECK: "note",
    Move.REOPEN: "note",
    Move.EXEMPT: "exempt",
    Move.WITHDRAW: "withdrawn",
    Move.RECORD: "approved",
}

WORDS: dict[str, tuple[str, str]] = {
    closing.SIGN_OFF: (say("区局审签，报市局审核"), "approved"),
    closing.CLOSE: (say("销号"), "approved"),
}
"""What is told of acts that are no steps of the loop: the words and the kind."""

LETTER_STATE: dict[str, str] = {
    MessageState.PENDING: say("待发送"),
    MessageState.SENDING: say("发送中"),
    MessageState.SENT: say("已发送"),
    MessageState.DEAD: say("未送达"),
    MessageState.VOID: say("不再需要"),
}

LETTER_TEXT: dict[str, str] = {
    NoticeKind.DUE: say("提醒信"),
    NoticeKind.PERIODIC: say("报送提醒"),
    NoticeKind.ESCALATION: say("升级提醒"),
    NoticeKind.URGE: say("催办信"),
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
        if self.again:
            return say("重发{channel}{state}", channel=self.channel, state=self.state)
        return say("{channel}{state}", channel=self.channel, state=self.state)


@dataclass(frozen=True)
class Event:
    """One entry of the timeline; `mark` is its address on the page."""

    at: datetime
    who: str
    what: str
    kind: str
    reason: str = ""
    files: list[Evidence] = field(default_factory=list)
    letters: list[Sent] = field(default_factory=list)
    comment_id: int = 0
    hidden: bool = False
    mark: str = ""


SHOWN: dict[str, tuple[str, frozenset[str]]] = {
    "all": (say("全部"), frozenset()),
    "reports": (say("填报"), frozenset({"report"})),
    "reminders": (say("提醒和催办"), frozenset({"reminder", "urged"})),
    "reviews": (say("审核"), frozenset({"approved", "returned"})),
}
"""What the timeline can be narrowed to: its word, and the kinds of entries; none means every one."""


def of_kind(found: Sequence[Event], shown: str) -> list[Event]:
    """Return the entries of a choice of SHOWN."""
    kinds = SHOWN[shown][1]
    return [event for event in found if not kinds or event.kind in kinds]


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
    # The report that asks for closure, or corrects another, stands for its step.
    found = [_step(change) for change in assignments.changes(assignment_id) if change.move not in FILED_BY]
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
    what = say("由方案立项，交办到承办单位") if move is Move.DISPATCH else MOVE_TEXT[move]
    who = say("系统") if change.actor_name == SYSTEM.name else change.actor_name
    return Event(change.at, who, what, KINDS[move], change.reason, mark=f"step-{change.id}")


def _report(entry: Filed) -> Event:
    report = entry.report
    state, situation = STATE_TEXT[ReportState(report.state)], SITUATION_TEXT[Situation(report.situation)]
    if entry.correction:
        what = say("报送更正报告，等待重新审核")
    elif report.kind == ReportKind.COMPLETION:
        what = say("申请办结")
    else:
        what = say(
            "填报进展：进度 {progress}%，{situation}（{state}）",
            progress=report.progress,
            situation=situation,
            state=state,
        )
    at = report.filed_at or report.saved_at
    return Event(at, report.author_name, what, "report", "", entry.files, mark=f"report-{report.id}")


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
    what = say("向{name}发出{letter}（{fate}）", name=letter.name, letter=LETTER_TEXT[row.kind], fate=letter.words)
    # The line itself tells what became of a letter, unless there is more to say.
    letters = [letter, *more] if letter.failed or more else []
    why = notice_words(row.kind, row.step)
    return Event(row.queued_at, say("系统"), what, "reminder", why, [], letters, mark=f"notice-{row.id}")


def _urge(urge: Urge, letters: Sequence[Row[*tuple[Any, ...]]], others: Mapping[int, Sequence[Any]]) -> Event:
    mine = [row for row in letters if row.step == urges.step_of(urge.id)]
    sent = [_sent(row, letter) for row in mine for letter in (None, *others.get(row.id, ()))]
    what = say("催办，发出催办信 {n} 封", n=len(mine))
    return Event(urge.at, urge.actor_name, what, "urged", urge.text, [], sent, mark=f"urge-{urge.id}")


def _pause(pause: Pause) -> Event:
    later = pause.until_day > pause.first_day
    what = say("暂停提醒，{day} 恢复", day=pause.until_day) if later else say("暂停提醒，当日恢复")
    return Event(pause.at, pause.by, what, "note", pause.reason, mark=f"pause-{pause.at:%Y%m%d%H%M%S}")


def _words(assignment_id: int) -> list[Event]:
    """Return who signed off and who closed, as recorded: the assignment itself forgets it when it comes back."""
    entries = db.session.execute(
        select(AuditEntry.number, AuditEntry.at, AuditEntry.name, AuditEntry.act, AuditEntry.detail)
        .where(
            AuditEntry.object_type == "assignment",
            AuditEntry.object_id == assignment_id,
            AuditEntry.act.in_(list(WORDS)),
            AuditEntry.outcome == Outcome.DONE,
        )
        .order_by(AuditEntry.number)
    )
    return [
        Event(entry.at, entry.name, *WORDS[entry.act], entry.detail, mark=f"entry-{entry.number}") for entry in entries
    ]


def _extension(extension: Extension) -> list[Event]:
    days = {"old": extension.old_due_on, "new": extension.new_due_on}
    asked = say("申请延期：由 {old} 延至 {new}", **days)
    mark, reason = f"extension-{extension.id}", extension.reason
    if extension.progress:
        reason = say("{reason}（现有进展：{progress}）", reason=reason, progress=extension.progress)
    found = [Event(extension.asked_at, extension.asked_by, asked, "extension", reason, mark=mark)]
    if extension.decided_at is not None:
        granted = extension.state == RequestState.GRANTED
        what = say("批准延期：由 {old} 延至 {new}", **days) if granted else say("驳回延期：由 {old} 延至 {new}", **days)
        answer, by = extension.answer, extension.decided_by
        found.append(Event(extension.decided_at, by, what, "extension", answer, mark=f"{mark}-decided"))
    return found


def _comment(comment: Comment, sees_hidden: bool) -> Event:
    who, mark = comment.author_name, f"comment-{comment.id}"
    if comment.author_unit:
        who = say("{name}（{unit}）", name=comment.author_name, unit=comment.author_unit)
    if comment.hidden_at is None:
        return Event(comment.at, who, say("留言"), "note", comment.body, comment_id=comment.id, mark=mark)
    what = say("的留言已由{by}隐藏：{reason}", by=comment.hidden_by, reason=comment.hide_reason)
    body = comment.body if sees_hidden else ""
    return Event(comment.at, who, what, "note", body, comment_id=comment.id, hidden=True, mark=mark)
