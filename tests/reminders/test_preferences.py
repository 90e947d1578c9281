"""Everyone is reminded as they chose, by ways that are theirs; nobody can choose silence."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from tests.conftest import Queries
from tests.factories import (
    AT,
    make_endpoint,
    make_organization,
    make_preference,
    make_preferred_endpoint,
    make_user,
)
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox.models import Endpoint
from tracker.people.models import User
from tracker.people.queries import actor_of
from tracker.reminders import preferences
from tracker.reminders.models import Preference, PreferredEndpoint
from tracker.reminders.preferences import (
    DEFAULT_WISH,
    HOURS,
    Choice,
    PreferenceRefused,
    StalePreference,
    Way,
    channels_of,
    not_before,
    wishes,
)
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Role

Counting = Callable[[], AbstractContextManager[Queries]]

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2021, 3, 1)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def person() -> User:
    """A clerk who never said anything about reminders."""
    with transaction():
        return make_user()


@pytest.fixture
def actor(person: User) -> Actor:
    """The clerk, acting."""
    return actor_of(person)


def save(actor: Actor, **fields: object) -> Choice:
    """Store a choice as the web door would, and return what stands afterwards."""
    with transaction():
        preferences.save(actor, AT, Choice(**fields))  # type: ignore[arg-type]
    return preferences.choice(actor)


# ---- what others ask


def test_who_said_nothing_gets_mail_at_once_and_everything(person: User) -> None:
    assert channels_of([person.id]) == {person.id: [("email", None)]}
    assert wishes([person.id]) == {person.id: DEFAULT_WISH}


def test_ways_stand_in_the_order_mail_inbox_endpoints(person: User) -> None:
    with transaction():
        make_preference(user_id=person.id, in_app=True, hour=9, before_due=False)
        robots = [make_endpoint(kind=kind) for kind in ("wecom", "dingtalk")]
        for robot in reversed(robots):
            make_preferred_endpoint(user_id=person.id, endpoint_id=robot.id)
    wish = wishes([person.id])[person.id]
    assert wish.ways == (Way("email"), Way("in_app"), Way("wecom", robots[0].id), Way("dingtalk", robots[1].id))
    assert (wish.hour, wish.before_due) == (9, False)


def test_nobody_is_asked_of_nobody(query_count: Counting) -> None:
    with query_count() as queries:
        assert wishes([]) == {}
    assert queries.statements == []


def test_people_between_those_asked_for_are_left_out() -> None:
    with transaction():
        first, between, last = (make_preference(in_app=True).user_id for _ in range(3))
    assert set(wishes([last, first])) == {first, last} != {between}


@pytest.mark.parametrize("people", [1, 40])
def test_the_wishes_of_any_number_of_people_are_two_queries(query_count: Counting, people: int) -> None:
    with transaction():
        ids = [make_preference().user_id for _ in range(people)]
        for id_ in ids:
            make_preferred_endpoint(user_id=id_)
    with query_count() as queries:
        assert all(len(wish.ways) == 2 for wish in wishes(ids).values())
    assert len(queries.statements) == 2


def test_an_endpoint_that_was_disabled_gets_nothing_more(person: User) -> None:
    with transaction():
        make_preference(user_id=person.id)
        robot = make_endpoint(active=False)
        make_preferred_endpoint(user_id=person.id, endpoint_id=robot.id)
    assert channels_of([person.id])[person.id] == [("email", None)]


@pytest.mark.parametrize(
    ("whose", "used"), [("everybody", True), ("own", True), ("district", True), ("city", False), ("other", False)]
)
def test_an_endpoint_is_offered_and_used_only_where_it_belongs(whose: str, used: bool) -> None:
    with transaction():
        city = make_organization(kind=OrganizationKind.CITY_BUREAU)
        district = make_organization(parent_id=city.id)
        office = make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=district.id)
        units = {"own": office, "district": district, "city": city, "other": make_organization()}
        clerk = make_user(unit_id=office.id, role=Role.OFFICE)
        robot = make_endpoint(unit_id=units[whose].id if whose in units else None)
        make_preference(user_id=clerk.id)
        make_preferred_endpoint(user_id=clerk.id, endpoint_id=robot.id)
    assert (Way("webhook", robot.id) in wishes([clerk.id])[clerk.id].ways) is used
    assert [offer.id for offer in preferences.offers(actor_of(clerk))] == ([robot.id] if used else [])


def test_who_moves_leaves_the_old_units_endpoint_behind(person: User, actor: Actor) -> None:
    with transaction():
        robot = make_endpoint(unit_id=person.unit_id)
    save(actor, endpoint_ids=(robot.id,))
    assert channels_of([person.id])[person.id] == [("email", None), ("webhook", robot.id)]
    with transaction():
        db.session.get_one(User, person.id).unit_id = make_organization().id
    assert channels_of([person.id])[person.id] == [("email", None)]


# ---- from which moment


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(0, "2021-03-01T07:30"), (7, "2021-03-01T07:30"), (9, "2021-03-01T09:00"), (20, "2021-03-01T20:00")],
)
def test_a_letter_waits_for_the_hour_of_its_day(hour: int, expected: str) -> None:
    now = datetime(2021, 3, 1, 7, 30, tzinfo=SHANGHAI)
    found = not_before(DAY, hour, now)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=SHANGHAI)
    assert found.utcoffset() == timedelta(hours=8)


def test_a_letter_that_is_made_up_later_waits_no_more() -> None:
    now = datetime(2021, 3, 2, 7, 30, tzinfo=SHANGHAI)
    assert not_before(DAY, 9, now) == now


# ---- choosing


def test_a_choice_is_kept_and_its_version_rises(actor: Actor) -> None:
    with transaction():
        robot = make_endpoint()
    first = save(actor, in_app=True, hour=8)
    assert first == Choice(True, True, (), 8, True, 1)
    # Only the endpoints differ, and even so another page that is open is now out of date.
    second = save(actor, in_app=True, hour=8, endpoint_ids=(robot.id, robot.id), version=1)
    assert second == Choice(True, True, (robot.id,), 8, True, 2)


def test_a_choice_is_on_record(actor: Actor) -> None:
    save(actor, email=False, in_app=True, hour=9, before_due=False)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.account, entry.act, entry.object_id) == (actor.account, "edit_preference", actor.id)
    assert entry.detail == "站内信；9 点以后；到期前提醒不接收"


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_choice_made_on_an_old_page_changes_nothing(actor: Actor, version: int) -> None:
    save(actor, hour=8)
    stands = save(actor, hour=9, version=1)
    with pytest.raises(StalePreference) as stale:
        save(actor, hour=10, version=version)
    assert stale.value.now == stands == preferences.choice(actor)


def test_a_version_of_a_choice_that_was_never_made_is_stale(actor: Actor) -> None:
    with pytest.raises(StalePreference):
        save(actor, version=7)
    assert db.session.get(Preference, actor.id) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": False, "in_app": False}, "至少保留一种"),
        ({"hour": 3}, "7 点到 20 点"),
        ({"hour": 21}, "7 点到 20 点"),
        ({"hour": -1}, "7 点到 20 点"),
        ({"endpoint_ids": (2_000_000,)}, "不供本单位使用"),
    ],
)
def test_an_impossible_choice_is_refused_in_words(actor: Actor, wrong: dict[str, object], words: str) -> None:
    with pytest.raises(PreferenceRefused, match=words):
        save(actor, **wrong)
    assert db.session.scalar(select(func.count()).select_from(Preference)) == 0


@pytest.mark.parametrize("foreign", [True, False])
def test_a_foreign_or_disabled_endpoint_cannot_be_chosen(actor: Actor, foreign: bool) -> None:
    with transaction():
        robot = make_endpoint(unit_id=make_organization().id) if foreign else make_endpoint(active=False)
    with pytest.raises(PreferenceRefused, match="不供本单位使用"):
        save(actor, in_app=True, endpoint_ids=(robot.id,))
    assert db.session.scalar(select(func.count()).select_from(PreferredEndpoint)) == 0


def test_an_endpoint_that_was_disabled_leaves_the_choice_when_it_is_next_made(actor: Actor) -> None:
    with transaction():
        robot = make_endpoint()
    save(actor, endpoint_ids=(robot.id,))
    with transaction():
        db.session.get_one(Endpoint, robot.id).active = False
    assert save(actor, hour=9, version=1).endpoint_ids == ()


@pytest.mark.parametrize("hour", HOURS)
def test_every_hour_that_is_offered_can_be_kept(actor: Actor, hour: int) -> None:
    assert save(actor, hour=hour).hour == hour
