"""Letters of the simplest form: some sentences and a link, to the people of units; worded once for all of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker.db import db
from tracker.people import queries as people
from tracker.people.models import User
from tracker.people.queries import Person, serving
from tracker.reminders.telling import Telling, tell
from tracker.rules.permissions import Role


@dataclass(frozen=True)
class Note:
    """One letter before it is addressed: its subject, its sentences, its link; `reason` is for the record."""

    subject: str
    intro: str
    lines: tuple[str, ...]
    link_text: str
    link: str
    reason: str
    day: date


def readers(unit_ids: Iterable[int], roles: Collection[Role], day: date) -> list[Person]:
    """Return the people of units who serve on a day in one of the roles."""
    wanted = select(User.account).where(
        User.unit_id.in_(sorted(set(unit_ids))), User.role.in_(sorted(roles)), serving(day)
    )
    return list(people.persons(db.session.scalars(wanted)).values())


def queue(kind: str, key: str, note: Note, to: Iterable[Person], at: datetime) -> int:
    """Queue a letter of a kind to each reader, once for its key; return how many were new."""
    return tell(key, Telling(kind, {"note": note}, note.reason, note.day), to, at)
