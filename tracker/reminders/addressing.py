"""Where a letter goes, and whom it greets, at the moment of sending: never to somebody it is not for any more."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, bindparam, exists, or_, select

from tracker import i18n, letters
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.outbox.channels import Addressee, NotNeeded, PermanentError
from tracker.outbox.claims import Claimed
from tracker.outbox.models import Message
from tracker.outbox.operations import Letter
from tracker.people.models import Organization, User
from tracker.reminders.models import Notice
from tracker.reminders.pauses import is_paused
from tracker.reminders.preferences import Way
from tracker.reminders.queries import HEARD, REMINDED
from tracker.reports.models import Report
from tracker.rules.escalation import Trigger
from tracker.rules.notices import NoticeKind
from tracker.rules.status import Status
from tracker.rules.words import say

COPY = "#"
"""Between the key of a letter and the channel of its copy."""


def by_every_way(letter: Letter, ways: Iterable[Way]) -> Iterator[Letter]:
    """Yield a worded letter for every way; the first one is the letter, the others are copies with own keys."""
    for place, way in enumerate(ways):
        key = f"{letter.key}{COPY}{way.channel}{way.endpoint_id or ''}" if place else letter.key
        yield replace(letter, key=key, channel=way.channel, endpoint_id=way.endpoint_id, copy=place > 0)


_named = select(Notice.id).join(Message, Message.id == Notice.message_id).where(Message.key == bindparam("key"))
_unsigned = Notice.step.startswith(f"{Trigger.UNSIGNED}_")
_heard = exists().where(
    Report.assignment_id == Notice.assignment_id, Report.state.in_(HEARD), Report.filed_on > Notice.due_on
)
_still_open = _named.join(Assignment, Assignment.id == Notice.assignment_id).where(
    Assignment.status.in_(sorted(REMINDED)),
    ~is_paused(bindparam("day", type_=Date)),
    or_(
        Notice.kind != NoticeKind.ESCALATION,
        and_(_unsigned, Assignment.status == Status.PENDING),
        and_(~_unsigned, ~_heard),
    ),
)
"""What a letter speaks of and would still say today: owed, not paused, for a rung neither signed nor reported."""

_PERSON = (
    select(
        User.account,
        User.name,
        User.email,
        User.phone,
        User.active,
        User.valid_until,
        User.unit_id,
        User.language,
        Organization.name.label("unit"),
        Organization.valid_until.label("unit_until"),
        exists(_named).label("speaks"),
        exists(_still_open).label("needed"),
    )
    .join(Organization, Organization.id == User.unit_id)
    .where(User.account == bindparam("account"))
)
"""Asked for every letter, therefore made once: the person, their unit, and whether anything it speaks of is open."""


def addressees(day: date) -> Callable[[Claimed], Addressee]:
    """Return what tells the addressee of a letter that is sent on `day`."""
    return lambda letter: addressee(letter, day)


def addressee(letter: Claimed, day: date) -> Addressee:
    """Return where a letter goes now and how it begins; raise PermanentError or NotNeeded where it must not go.

    A letter that speaks of no assignment is always needed. One query.
    """
    asked = {"account": letter.recipient, "key": letter.key.partition(COPY)[0], "day": day}
    person = db.session.execute(_PERSON, asked).one_or_none()
    why_not = _why_not(person, letter, day)
    if person is None or why_not:
        raise PermanentError(why_not)
    if person.speaks and not person.needed:
        raise NotNeeded(say("发送前所列事项已全部办结、提交、签收或暂停，不再需要"))
    with i18n.speaking(person.language):
        return Addressee(_address(letter, person), letters.salutation(person.unit, person.name))


def _why_not(person: Any, letter: Claimed, day: date) -> str:
    """Say why a person must not get the letter; an empty string where they may."""
    if person is None:
        return say("收件人账号已不存在")
    if not person.active:
        return say("收件人已停用")
    if person.valid_until <= day:
        return say("收件人账号已于 {valid_until} 到期", valid_until=person.valid_until)
    if letter.unit_id is not None and person.unit_id != letter.unit_id:
        return say("收件人已调到{unit}，此信是写给其原单位的，不再发出", unit=person.unit)
    if person.unit_until <= day:
        return say("{unit}已于 {unit_until} 撤销", unit=person.unit, unit_until=person.unit_until)
    return ""


def _address(letter: Claimed, person: Any) -> str:
    """Return the address for the letter's channel; what an empty one means is the channel's to say."""
    addresses = {"email": person.email, "in_app": person.account}
    return str(addresses.get(letter.channel, person.phone))
