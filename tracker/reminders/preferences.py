"""How each person wants to be reminded: which ways, from which hour, and whether before the due day at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update

from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.outbox.models import Endpoint
from tracker.people.models import Organization, User
from tracker.reminders.models import Preference, PreferredEndpoint
from tracker.rules.organizations import BELOW_A_DISTRICT
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

EMAIL, IN_APP = "email", "in_app"
"""The two channels that need no endpoint; a person keeps at least one of them."""

AT_ONCE = 0
HOURS = (AT_ONCE, *range(7, 21))
"""From which hour letters may go out; AT_ONCE: as soon as they are planned."""


class Way(NamedTuple):
    """A channel that a person's letters take, with the endpoint where the channel needs one."""

    channel: str
    endpoint_id: int | None = None


@dataclass(frozen=True)
class Wish:
    """One person's wish: the ways in the order mail, inbox, endpoints."""

    ways: tuple[Way, ...]
    hour: int
    before_due: bool


DEFAULT_WISH = Wish((Way(EMAIL),), AT_ONCE, True)
"""What holds for whoever never said anything."""


@dataclass(frozen=True)
class Choice:
    """What a person chose; `version` 0 says that nothing was stored yet."""

    email: bool = True
    in_app: bool = False
    endpoint_ids: tuple[int, ...] = ()
    hour: int = AT_ONCE
    before_due: bool = True
    version: int = 0


class PreferenceRefused(ValueError):
    """A choice that cannot be stored; the message says what to correct in which field."""

    def __init__(self, message: str, field: str) -> None:
        """Keep the field of the form beside the words."""
        super().__init__(message)
        self.field = field


class StalePreference(ValueError):
    """The choice was changed since the page was opened; `now` is what stands."""

    def __init__(self, now: Choice) -> None:
        """Keep what stands."""
        super().__init__(say("提醒方式刚在别处修改过，您这次的修改没有保存。"))
        self.now = now


def channels_of(user_ids: Collection[int]) -> dict[int, list[Way]]:
    """Return each person's ways, mail first, then the inbox, then endpoints. Two queries, whatever the number."""
    return {user_id: list(wish.ways) for user_id, wish in wishes(user_ids).items()}


def wishes(user_ids: Collection[int]) -> dict[int, Wish]:
    """Return each person's wish. Two queries, whatever the number."""
    if not user_ids:
        return {}
    wanted, first, last = set(user_ids), min(user_ids), max(user_ids)
    # A range instead of a list of numbers: drivers limit how many values a statement may carry.
    rows = db.session.execute(
        select(Preference.user_id, Preference.email, Preference.in_app, Preference.hour, Preference.before_due).where(
            Preference.user_id.between(first, last)
        )
    ).all()
    endpoints = _endpoints(first, last) if rows else {}
    found = dict.fromkeys(wanted, DEFAULT_WISH)
    for user_id, email, in_app, hour, before_due in rows:
        if user_id in wanted:
            ways = [Way(channel) for channel, chosen in ((EMAIL, email), (IN_APP, in_app)) if chosen]
            found[user_id] = Wish((*ways, *endpoints.get(user_id, [])), hour, before_due)
    return found


def _endpoints(first: int, last: int) -> dict[int, list[Way]]:
    """Return the endpoints that people chose and may still use: who moved leaves the old unit's group behind."""
    rows = db.session.execute(
        select(PreferredEndpoint.user_id, Endpoint.kind, Endpoint.id)
        .join(Endpoint, Endpoint.id == PreferredEndpoint.endpoint_id)
        .join(User, User.id == PreferredEndpoint.user_id)
        .join(Organization, Organization.id == User.unit_id)
        .where(PreferredEndpoint.user_id.between(first, last), Endpoint.active, _of_ones_own())
        .order_by(PreferredEndpoint.user_id, Endpoint.id)
    )
    found: dict[int, list[Way]] = {}
    for user_id, kind, endpoint_id in rows:
        found.setdefault(user_id, []).append(Way(kind, endpoint_id))
    return found


def _of_ones_own() -> ColumnElement[bool]:
    """The endpoint is everybody's, the person's unit's, or that of the district which the unit belongs to."""
    of_the_district = and_(Organization.kind.in_(BELOW_A_DISTRICT), Endpoint.unit_id == Organization.parent_id)
    return or_(Endpoint.unit_id.is_(None), Endpoint.unit_id == User.unit_id, of_the_district)


def not_before(day: date, hour: int, now: datetime) -> datetime:
    """Return the business moment before which a letter of `day` must not go out; never one that is past.

    `now` is `clock.now()`. The outbox counts real moments: add what the result lies after `now` to `clock.utc()`.
    """
    if hour == AT_ONCE:
        return now
    return max(now, datetime.combine(day, time(hour), now.tzinfo))


# ---- one's own


@dataclass(frozen=True)
class Offer:
    """An endpoint that a person may choose."""

    id: int
    kind: str
    name: str


def choice(actor: Actor) -> Choice:
    """Return what the person chose, or the default."""
    row = db.session.get(Preference, actor.id)
    if row is None:
        return Choice()
    chosen = (
        select(PreferredEndpoint.endpoint_id)
        .where(PreferredEndpoint.user_id == actor.id)
        .order_by(PreferredEndpoint.endpoint_id)
    )
    ids = tuple(db.session.scalars(chosen))
    return Choice(row.email, row.in_app, ids, row.hour, row.before_due, row.version)


def offers(actor: Actor) -> list[Offer]:
    """Return the active endpoints of the person's unit, of its district and of everybody, by name."""
    own = {unit_id for unit_id in (actor.unit_id, actor.district_id) if unit_id is not None}
    rows = db.session.execute(
        select(Endpoint.id, Endpoint.kind, Endpoint.name)
        .where(Endpoint.active, or_(Endpoint.unit_id.is_(None), Endpoint.unit_id.in_(sorted(own))))
        .order_by(Endpoint.name)
    )
    return [Offer(**row._mapping) for row in rows]


def save(actor: Actor, at: datetime, new: Choice) -> None:
    """Store the person's own choice, made on `new.version`; raise PreferenceRefused or StalePreference."""
    require(actor, Action.OWN_LETTERS)
    _refuse(actor, new)
    values = {"email": new.email, "in_app": new.in_app, "hour": new.hour, "before_due": new.before_due}
    if not _store(actor, new.version, values):
        db.session.expire_all()
        raise StalePreference(choice(actor))
    db.session.execute(delete(PreferredEndpoint).where(PreferredEndpoint.user_id == actor.id))
    chosen = [{"user_id": actor.id, "endpoint_id": endpoint_id} for endpoint_id in sorted(set(new.endpoint_ids))]
    if chosen:
        db.session.execute(insert(PreferredEndpoint), chosen)
    audit.record(actor, at, "edit_preference", "user_account", actor.id, _in_words(new))


def _refuse(actor: Actor, new: Choice) -> None:
    if not (new.email or new.in_app):
        raise PreferenceRefused(say("电子邮件和站内信至少保留一种：逾期提醒和升级提醒不能退订。"), "ways")
    if new.hour not in HOURS:
        raise PreferenceRefused(say("接收时间请选“生成后即发”，或 7 点到 20 点之间的整点。"), "hour")
    if not set(new.endpoint_ids) <= {offer.id for offer in offers(actor)}:
        raise PreferenceRefused(say("所选的群机器人已停用，或不供本单位使用。请按页面上现有的选项重新勾选。"), "ways")


def _store(actor: Actor, version: int, values: dict[str, bool | int]) -> bool:
    """Write the row on the version it was read at; tell whether that version still stood."""
    if not version:
        return insert_once(Preference, {"user_id": actor.id, "version": 1, **values})
    mine = (Preference.user_id == actor.id, Preference.version == version)
    raised = update(Preference).where(*mine).values(version=version + 1, **values).returning(Preference.user_id)
    # The endpoints belong to the choice: its version rises also where only they changed.
    return db.session.scalar(raised.execution_options(synchronize_session=False)) is not None


def _in_words(new: Choice) -> str:
    ways = [word for word, chosen in (("电子邮件", new.email), ("站内信", new.in_app)) if chosen]
    ways += [f"群机器人{endpoint_id}" for endpoint_id in sorted(set(new.endpoint_ids))]
    return f"{'、'.join(ways)}；{hour_text(new.hour)}；到期前提醒{'接收' if new.before_due else '不接收'}"


def hour_text(hour: int) -> str:
    """Return an hour of HOURS in the reader's words."""
    return say("生成后即发") if hour == AT_ONCE else say("{hour} 点以后", hour=hour)
