"""Sends a 催办: one letter per person about all that was ticked, once, whoever else sends at the same moment."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from tracker import i18n
from tracker.assignments.models import Assignment
from tracker.assignments.queries import visible
from tracker.audit import operations as audit
from tracker.db import db
from tracker.outbox import operations as outbox
from tracker.outbox.operations import Attached, Letter
from tracker.people.models import Organization, User
from tracker.reminders import urge_words
from tracker.reminders.addressing import by_every_way
from tracker.reminders.models import Notice, Urge
from tracker.reminders.urge_words import Line, Sender
from tracker.reminders.urges import Item, Recipient, checked, preview, step_of
from tracker.rules.notices import NoticeKind
from tracker.rules.permissions import Action, Actor, require

KIND = "urge"


@dataclass(frozen=True)
class Urged:
    """What was sent: letters (one per person), assignments, and what was left out."""

    letters: int
    items: int
    left_out: tuple[Item, ...]


class Wording(NamedTuple):
    """What the sender wrote, and where the letter's links lead."""

    subject: str
    text: str
    base_url: str


def urge(
    actor: Actor,
    at: datetime,
    ids: Collection[int],
    text: str,
    base_url: str,
    attachments: Sequence[Attached] = (),
    subject: str = "",
    since: datetime | None = None,
) -> Urged:
    """Queue one letter per person about the assignments that may be urged now, and put the 催办 on record.

    Without a `subject` of the sender's own the letter says what it is about. Of two who send at once the second finds
    the assignments locked, and then urged. Raise as `preview` does, and UrgeRefused for a text that is empty or too
    long, or a subject that is no line.
    """
    text, subject = urge_words.clean(text), urge_words.clean_subject(subject)
    require(actor, Action.URGE)
    _lock(actor, checked(ids))
    ids = set(ids) - (urged_since(actor, ids, since) if since else set())
    if not ids:
        return Urged(0, 0, ())
    found = preview(actor, at, ids)
    if found.going:
        urge_ids = _record(actor, at, found.going, text)
        _queue(actor, at, found.recipients, urge_ids, Wording(subject, text, base_url), attachments)
    return Urged(len(found.recipients), len(found.going), found.left_out)


def urged_since(actor: Actor, ids: Collection[int], since: datetime) -> set[int]:
    """Return which of the assignments the person urged since a moment."""
    own = select(Urge.assignment_id).where(
        Urge.assignment_id.in_(sorted(ids)), Urge.actor_id == actor.id, Urge.at >= since
    )
    return set(db.session.scalars(own))


def _lock(actor: Actor, ids: list[int]) -> None:
    """Lock in one order, so that two senders wait for each other instead of both failing."""
    chosen = select(Assignment.id).where(Assignment.id.in_(ids), visible(actor)).order_by(Assignment.id)
    db.session.execute(chosen.with_for_update(of=Assignment)).all()


def _record(actor: Actor, at: datetime, going: Sequence[Item], text: str) -> dict[int, int]:
    """Put the 催办 of each assignment on record; return their ids by assignment."""
    day = at.date()
    rows = [
        {"assignment_id": item.id, "day": day, "at": at, "actor_id": actor.id, "actor_name": actor.name, "text": text}
        for item in going
    ]
    found = db.session.execute(insert(Urge).returning(Urge.assignment_id, Urge.id), rows).all()
    concerned = select(Assignment.id, Assignment.task_id).where(Assignment.id.in_(found_id for found_id, _ in found))
    tasks = dict(db.session.execute(concerned).all())
    for item in going:
        names = "、".join(person.name for person in item.recipients)
        detail, task_id = f"{names}：{text}", tasks[item.id]
        audit.record(actor, at, "urge", "assignment", item.id, detail, about_unit=item.unit_id, about_task=task_id)
    return dict(found)


def _queue(
    actor: Actor,
    at: datetime,
    recipients: Sequence[Recipient],
    urge_ids: dict[int, int],
    wording: Wording,
    attachments: Sequence[Attached],
) -> None:
    """Queue the letters and put on record which assignments each speaks of."""
    sender, day, first = _sender(actor), at.date(), min(urge_ids.values())
    keys = {recipient.person.id: f"{KIND}:{first}:{recipient.person.account}" for recipient in recipients}
    letters = [
        letter
        for recipient in recipients
        for letter in _letters(recipient, keys[recipient.person.id], sender, wording, day, tuple(attachments))
    ]
    message_ids = outbox.enqueue_all(letters, at)
    notices = [
        {
            "kind": NoticeKind.URGE,
            "user_id": recipient.person.id,
            "assignment_id": item.id,
            "due_on": item.due_on or day,
            "step": step_of(urge_ids[item.id]),
            "day": day,
            "message_id": message_ids[keys[recipient.person.id]],
        }
        for recipient in recipients
        for item in recipient.items
    ]
    db.session.execute(insert(Notice), notices)


def _letters(
    recipient: Recipient, key: str, sender: Sender, wording: Wording, day: date, files: tuple[Attached, ...]
) -> Iterator[Letter]:
    """Word a letter once and return it for every way."""
    lines = [Line(item.id, item.number, item.doc_number, item.text, item.due_on) for item in recipient.items]
    with i18n.speaking(recipient.person.language):
        body = urge_words.body(sender, wording.text, lines, day, wording.base_url, [file.name for file in files])
        subject = wording.subject or urge_words.subject(lines, day)
    letter = Letter(
        key=key,
        kind=KIND,
        channel="",
        recipient=recipient.person.account,
        unit_id=recipient.person.unit_id,
        subject=subject,
        text=body.text,
        html=body.html,
        reason=f"{sender.name}催办 {len(lines)}项",
        day=day,
        attachments=files,
    )
    return by_every_way(letter, recipient.ways)


def _sender(actor: Actor) -> Sender:
    """Return who signs the letter, with their own telephone or else the unit's."""
    row = db.session.execute(
        select(User.phone, Organization.phone, Organization.name)
        .join(Organization, Organization.id == User.unit_id)
        .where(User.id == actor.id)
    ).one_or_none()
    return Sender(row[2], actor.name, row[0] or row[1]) if row else Sender("", actor.name, "")
