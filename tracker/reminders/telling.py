"""Words one letter for each of its readers, in the reader's language, and queues it once by every way they chose."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tracker import i18n, letters
from tracker.outbox import operations as outbox
from tracker.outbox.operations import Letter
from tracker.people.queries import Person
from tracker.reminders import preferences
from tracker.reminders.addressing import by_every_way
from tracker.reminders.preferences import Way


@dataclass(frozen=True)
class Telling:
    """What is told: the kind of letter, what its templates need, why it is sent, for the record, and on which day."""

    kind: str
    context: Mapping[str, object]
    reason: str
    day: date


def tell(key: str, what: Telling, readers: Iterable[Person], at: datetime) -> int:
    """Queue a letter to each reader, once for each key and account; return how many were new."""
    persons = sorted(readers, key=lambda person: person.id)
    ways = preferences.channels_of([person.id for person in persons])
    worded = [letter for person in persons for letter in worded_for(person, ways[person.id], key, what)]
    queued = outbox.enqueue_all(worded, at)
    return sum(not letter.copy for letter in worded if letter.key in queued)


def worded_for(person: Person, ways: Iterable[Way], key: str, what: Telling) -> Iterator[Letter]:
    """Word a letter once and return it for every way."""
    with i18n.speaking(person.language):
        context = dict(what.context)
        subject, body = letters.subject(what.kind, context), letters.body(what.kind, context)
    letter = Letter(
        key=f"{key}:{person.account}",
        kind=what.kind,
        channel="",
        recipient=person.account,
        unit_id=person.unit_id,
        subject=subject,
        text=body.text,
        html=body.html,
        reason=what.reason,
        day=what.day,
    )
    return by_every_way(letter, ways)
