"""A person's calendar feed: their own due days and nobody else's, behind an address that can be taken back at once."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.assignments.acts import complete, moment, owed, person, take, unit_id
from tests.client import Client
from tests.conftest import Queries
from tests.factories import make_assignment, make_marker, make_plan, make_task
from tests.web.conftest import same_page
from tracker import i18n
from tracker.assignments.models import Assignment
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.people.operations import disable
from tracker.people.queries import user_by_account
from tracker.plans.models import Plan, Task
from tracker.reminders import feed
from tracker.reminders.models import CalendarFeed
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import Move

CLERK = "songjiang-clerk"
Counting = Callable[[], AbstractContextManager[Queries]]


def open_feed(account: str = CLERK) -> str:
    """Make a person's feed and return its address."""
    with transaction():
        return f"/calendar/{feed.create_feed(person(account), moment('2021-06-24'))}.ics"


def events(response: TestResponse) -> dict[str, Any]:
    """The events of a feed, by their title up to the task's number."""
    assert response.status_code == 200
    found = Calendar.from_ical(response.data).events
    return {str(event["summary"]).split(" ")[0].removeprefix("【督办】"): event for event in found}


def user(account: str = CLERK) -> User:
    """Return an account."""
    found = user_by_account(account)
    assert found
    return found


def test_a_feed_is_a_calendar_that_every_program_reads(seeded: Flask, client: Client) -> None:
    response = client.get(open_feed())
    assert response.mimetype == "text/calendar"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "private" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    calendar = Calendar.from_ical(response.data)
    assert calendar["version"] == "2.0"
    assert calendar["x-wr-calname"] == "督办台账 · 松江区司法局"
    assert calendar.refresh_interval == timedelta(hours=12)
    assert {b"REFRESH-INTERVAL;VALUE=DURATION:PT12H", b"X-PUBLISHED-TTL:PT12H"} <= set(response.data.split(b"\r\n"))
    assert max(map(len, response.data.split(b"\r\n"))) <= 75


def test_an_event_says_what_is_due_and_leads_to_it(seeded: Flask, client: Client) -> None:
    response = client.get(open_feed())
    event = events(response)["第7项"]
    seven = db.session.get_one(Assignment, owed("7", "songjiang"))
    assert seven.due_on
    text = db.session.get_one(Task, seven.task_id).text
    link = f"http://127.0.0.1:8000/assignments/{seven.id}"
    assert event["uid"] == f"assignment-{seven.id}-{seven.due_on:%Y%m%d}@127.0.0.1"
    assert event["summary"] == f"【督办】第7项 {text}（截至2月28日）"
    assert event.start == seven.due_on
    assert event.stamp == datetime.combine(seven.issued_on, datetime.min.time(), UTC)
    assert f"DTSTART;VALUE=DATE:{seven.due_on:%Y%m%d}".encode() in response.data
    assert text in event["description"]
    assert "沪司发〔2021〕11号" in event["description"]
    assert link in event["description"]
    assert event["url"] == link
    [alarm] = event.walk("VALARM")
    rings = datetime.combine(seven.due_on, datetime.min.time()) + alarm["trigger"].dt
    assert rings == datetime.combine(seven.due_on - timedelta(days=7), datetime.min.time()) + timedelta(hours=9)


def test_a_long_text_is_cut_in_the_title_and_whole_in_the_description(app: Flask) -> None:
    text = "一二三四五六七八九十" * 5
    due = feed.DueDay("task", 1, "（三）4", f"{text}\n第二行; a,b\\c", date(2021, 6, 30), date(2021, 1, 29), "测司发")
    [event] = Calendar.from_ical(feed.ics("测试", [due], "http://localhost")).events
    assert event["summary"] == f"【督办】第（三）4项 {text[:40]}…（截至6月30日）"
    assert str(event["description"]).splitlines()[0] == f"{text} 第二行; a,b\\c"


def test_two_downloads_are_equal_and_the_second_need_not_travel(seeded: Flask, client: Client) -> None:
    address = open_feed()
    first, second = client.get(address), client.get(address)
    assert first.data == second.data
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("account", "unit"),
    [
        (CLERK, "songjiang"),
        ("songjiang-lead", "songjiang"),
        ("songjiang-office1", "songjiang-yueyang"),
        ("reviewer-mishu", "mishu"),
    ],
)
def test_a_feed_holds_what_the_persons_own_unit_owes(seeded: Flask, client: Client, account: str, unit: str) -> None:
    dated = select(Assignment.id).where(Assignment.unit_id == unit_id(unit), Assignment.due_on.is_not(None))
    found = Calendar.from_ical(client.get(open_feed(account)).data).events
    expected = {f"assignment-{id_}" for id_ in db.session.scalars(dated)}
    assert expected
    assert {str(event["uid"]).rpartition("-")[0] for event in found} == expected


@pytest.mark.parametrize("account", ["supervisor", "leader", "admin"])
def test_whoever_oversees_has_each_dated_task_once(seeded: Flask, client: Client, account: str) -> None:
    draft = make_task(plan_id=make_plan(state="draft").id)
    make_assignment(task_id=draft.id)
    db.session.commit()
    tasks = select(Task.id).where(Task.due_on.is_not(None), Task.id != draft.id)
    found = Calendar.from_ical(client.get(open_feed(account)).data).events
    assert sorted(str(event["uid"]).split("-")[1] for event in found) == sorted(map(str, db.session.scalars(tasks)))
    assert all("/tasks/" in event["url"] for event in found)


def test_an_auditor_sees_no_business(seeded: Flask, client: Client) -> None:
    assert events(client.get(open_feed("auditor"))) == {}


def test_what_is_done_or_no_longer_owed_disappears(seeded: Flask, client: Client) -> None:
    address = open_feed()
    before = set(events(client.get(address)))
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-06-24")
    take("supervisor", Move.EXEMPT, "2021-06-24", owed("8", "songjiang"), "本区没有此项业务")
    take(CLERK, Move.ACKNOWLEDGE, "2021-06-24", owed("9", "songjiang"))
    take(CLERK, Move.SUBMIT, "2021-06-24", owed("9", "songjiang"))
    assert before - set(events(client.get(address))) == {"第7项", "第8项"}


def test_a_task_disappears_from_the_overseers_when_nobody_owes_it(seeded: Flask, client: Client) -> None:
    address = open_feed("supervisor")
    seven = select(Task.id).where(Task.number == "7").scalar_subquery()
    db.session.execute(update(Assignment).where(Assignment.task_id == seven).values(status="exempt"))
    db.session.commit()
    before = events(client.get(address))
    assert "第7项" not in before
    one = owed("7", "songjiang")
    db.session.execute(update(Assignment).where(Assignment.id == one).values(status="in_progress"))
    db.session.commit()
    assert set(events(client.get(address))) - set(before) == {"第7项"}


def test_offices_that_need_not_report_owe_nothing(seeded: Flask, client: Client) -> None:
    address = open_feed("songjiang-office1")
    assert events(client.get(address))
    db.session.execute(update(Plan).values(offices_report=False))
    db.session.commit()
    assert events(client.get(address)) == {}


def test_a_task_is_due_on_the_leap_day(app: Flask, client: Client) -> None:
    task = make_task(due_on=date(2024, 2, 29), text="闰日到期", number="29")
    with transaction():
        found = feed.DueDay("task", task.id, task.number, task.text, date(2024, 2, 29), date(2024, 1, 1), "测司发")
    content = feed.ics("测试", [found], "https://duban.example:8443")
    assert b"DTSTART;VALUE=DATE:20240229\r\n" in content
    [event] = Calendar.from_ical(content).events
    assert event.start == date(2024, 2, 29)
    assert event["summary"] == "【督办】第29项 闰日到期（截至2月29日）"
    assert event["uid"] == f"task-{task.id}-20240229@duban.example"


def test_a_feed_is_in_the_language_of_its_owner_whoever_fetches_it(
    seeded: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda language: lambda source: f"{language}: {source}")
    address = open_feed()
    with transaction():
        user().language = "en"
    found = Calendar.from_ical(client.get(address).data)
    assert found["x-wr-calname"] == "en: 督办台账 · 松江区司法局"
    summaries = {str(event["summary"]) for event in found.events}
    assert all(summary.startswith("en: 【督办】第") for summary in summaries)
    assert any("（截至30 June）" in summary for summary in summaries)


# ---- the address


def test_only_the_hash_of_the_secret_is_stored(seeded: Flask) -> None:
    address = open_feed()
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) >= 43
    stored = db.session.scalars(select(CalendarFeed)).one()
    assert stored.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in "".join(db.session.scalars(select(AuditEntry.detail)))


def test_a_new_address_makes_the_old_one_worthless(seeded: Flask, client: Client) -> None:
    first, second = open_feed(), open_feed()
    assert first != second
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.object_id == user().id))
    assert list(acts)[-2:] == ["create_feed", "create_feed"]


def test_revoking_takes_the_feed_away_at_once(seeded: Flask, client: Client) -> None:
    address = open_feed()
    assert feed.has_feed(user().id)
    with transaction():
        assert feed.revoke_feed(person(CLERK), moment("2021-06-24"))
    assert not feed.has_feed(user().id)
    assert client.get(address).status_code == 404
    with transaction():
        assert not feed.revoke_feed(person(CLERK), moment("2021-06-24"))
    assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "revoke_feed")).all() == ["revoke_feed"]


def test_unknown_revoked_disabled_and_expired_answer_alike(seeded: Flask, client: Client) -> None:
    revoked, disabled, expired = (open_feed(name) for name in (CLERK, "huangpu-clerk", "putuo-clerk"))
    with transaction():
        feed.revoke_feed(person(CLERK), moment("2021-06-24"))
        disable(SYSTEM, moment("2021-06-24"), user("huangpu-clerk"))
        user("putuo-clerk").valid_until = date(2021, 6, 24)
    addresses = ["/calendar/unknown.ics", "/calendar/%00%ff.ics", f"/calendar/{'x' * 2000}.ics"]
    answers = [same_page(client.get(address)) for address in [*addresses, revoked, disabled, expired]]
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert ("Referrer-Policy", "no-referrer") in answers[0][2]


def test_a_person_who_moves_gets_the_new_units_due_days(seeded: Flask, client: Client) -> None:
    address = open_feed()
    with transaction():
        user().unit_id = unit_id("huangpu")
    assert Calendar.from_ical(client.get(address).data)["x-wr-calname"] == "督办台账 · 黄浦区司法局"


def test_invented_history_says_so(seeded: Flask, client: Client) -> None:
    make_marker(name="demo_history", value="2021-06-24")
    db.session.commit()
    calendar = Calendar.from_ical(client.get(open_feed()).data)
    assert calendar["x-wr-calname"] == "督办台账（演示） · 松江区司法局"


@pytest.mark.parametrize("account", [CLERK, "supervisor"])
def test_a_feed_asks_the_database_four_times_and_once_for_the_banner(
    seeded: Flask, client: Client, query_count: Counting, account: str
) -> None:
    address = open_feed(account)
    client.get(address)
    with query_count() as queries:
        client.get(address)
    assert len(queries.statements) == 5, "\n".join(queries.statements)
    assert queries.statements == queries.selects


# ---- the forms


def test_the_address_is_shown_once_and_taken_back_by_a_button(seeded: Flask, client: Client) -> None:
    client.login(CLERK)
    form = client.form("/help", "logout")
    page = client.post("/settings/reminders/feed", data=form.fields)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    address = page.text.split('value="http://127.0.0.1:8000')[1].split('"')[0]
    assert client.get(address).status_code == 200
    assert "Outlook" in page.text
    response = client.post("/settings/reminders/feed/revoke", data=form.fields)
    assert (response.status_code, response.location) == (303, "/settings/reminders")
    assert client.get(address).status_code == 404
