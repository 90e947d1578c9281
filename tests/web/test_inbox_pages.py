"""A person's own letters and wishes: nobody else's, nothing in them acts, and looking marks nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import person, unit_id
from tests.client import Client
from tests.conftest import Queries
from tests.factories import AT, make_endpoint, make_message, make_preference
from tests.web.conftest import CLERK, follow, same_page, token
from tracker.db import db, transaction
from tracker.outbox.models import Endpoint, Message, MessageState
from tracker.reminders import preferences
from tracker.reminders.models import Preference
from tracker.web.inbox.words import linked

Visitor = Callable[[str], Client]
Counting = Callable[[], AbstractContextManager[Queries]]

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'
SETTINGS = "/settings/reminders"
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def clerk(visitor: Visitor) -> Client:
    """Songjiang's clerk at the browser."""
    return visitor(CLERK)


def letter(**fields: object) -> int:
    """Send the clerk a letter; return its number."""
    sent = {"recipient": CLERK, "state": MessageState.SENT, "sent_at": AT}
    with transaction():
        return make_message(**{**sent, **fields}).id


# ---- the list


def test_the_newest_letter_stands_first(clerk: Client) -> None:
    first, second = letter(subject="第一封"), letter(subject="第二封")
    page = clerk.get("/inbox").text
    assert page.index(f'href="/inbox/{second}"') < page.index(f'href="/inbox/{first}"')


def test_nobody_sees_the_letters_of_others(visitor: Visitor) -> None:
    letter(subject="给松江的信")
    assert "给松江的信" not in visitor("huangpu-clerk").get("/inbox").text


def test_a_copy_on_another_channel_is_not_shown_twice(clerk: Client) -> None:
    letter(subject="只显示一次", channel="wecom", copy=True)
    assert "只显示一次" not in clerk.get("/inbox").text


def test_an_unread_letter_says_so_in_a_word_and_in_weight(clerk: Client) -> None:
    letter(subject="没看过")
    page = clerk.get("/inbox").text
    assert "<strong>没看过</strong>" in page
    assert ">未读</span>" in page


def test_an_empty_inbox_says_so(clerk: Client) -> None:
    assert "收件箱是空的" in clerk.get("/inbox").text


def test_the_menu_counts_what_is_unread(clerk: Client) -> None:
    assert "封未读" not in clerk.get("/help").text
    for _ in range(3):
        letter()
    assert '3<span class="visually-hidden"> 封未读</span>' in clerk.get("/help").text


@pytest.mark.parametrize("address", ["/inbox", "/help"])
def test_a_page_asks_as_often_whatever_the_number_of_letters(
    seeded: Flask, clerk: Client, query_count: Counting, address: str
) -> None:
    asked = []
    for number in (10, 990):
        with transaction():
            for _ in range(number):
                make_message(recipient=CLERK)
        with query_count() as queries:
            assert clerk.get(address).status_code == 200
        asked.append(queries.statements)
    assert asked[0] == asked[1]
    assert asked[0] == [statement for statement in asked[0] if statement.startswith("SELECT")]


# ---- one letter


def test_a_letter_is_shown_as_text_and_nothing_in_it_acts(clerk: Client) -> None:
    id_ = letter(subject=EVIL, body_text=f"{EVIL}\n第二行", body_html=EVIL)
    for address in ("/inbox", f"/inbox/{id_}"):
        page = clerk.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "第二行" in page


@pytest.mark.parametrize("account", ["huangpu-clerk", "admin", "supervisor"])
def test_a_foreign_letter_answers_exactly_as_a_missing_one(visitor: Visitor, account: str) -> None:
    id_, browser = letter(), visitor(account)
    for method, address in (("GET", "/inbox/{}"), ("POST", "/inbox/{}/read")):
        data = {"csrf_token": token(browser)} if method == "POST" else None
        found, missing = (
            same_page(browser.open(address.format(number), method=method, data=data)) for number in (id_, 2_000_000)
        )
        assert found == missing
        assert found[0] == 404
    assert unread() == 1


def unread() -> int:
    """Return how many letters nobody has read."""
    return db.session.scalar(select(func.count()).select_from(Message).where(Message.read_at.is_(None))) or 0


def test_looking_at_a_letter_marks_nothing(clerk: Client, query_count: Counting) -> None:
    id_ = letter()
    with query_count() as queries:
        assert "标为已读" in clerk.get(f"/inbox/{id_}").text
    assert queries.statements == queries.selects
    assert unread() == 1


def test_a_letter_is_marked_by_its_button_once(clerk: Client) -> None:
    id_ = letter()
    form = clerk.form(f"/inbox/{id_}", action="/read")
    follow(clerk, clerk.submit(form))
    first = db.session.get_one(Message, id_).read_at
    assert first is not None
    assert clerk.submit(form).status_code == 303
    assert db.session.get_one(Message, id_, populate_existing=True).read_at == first
    assert "标为已读" not in clerk.get(f"/inbox/{id_}").text


def test_all_letters_are_marked_at_once_and_only_ones_own(clerk: Client) -> None:
    letter(), letter(), letter(recipient="huangpu-clerk")
    page = follow(clerk, clerk.submit(clerk.form("/inbox", action="/read")))
    assert "已将 2 封信标为已读" in page
    assert unread() == 1


# ---- addresses in a letter


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"见 {BASE}/todo。", f'见 <a href="{BASE}/todo">{BASE}/todo</a>。'),
        (f"{BASE}", f'<a href="{BASE}">{BASE}</a>'),
        (f"（{BASE}/a?b=1&c=2）", f'（<a href="{BASE}/a?b=1&amp;c=2">{BASE}/a?b=1&amp;c=2</a>）'),
        (f"{BASE}@evil.example/", f"{BASE}@evil.example/"),
        (f"{BASE}1/", f"{BASE}1/"),
        ("https://evil.example/", "https://evil.example/"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("http://[::1/", "http://[::1/"),
        (f'{BASE}/"onclick="x', f'<a href="{BASE}/">{BASE}/</a>&#34;onclick=&#34;x'),
    ],
)
def test_only_addresses_of_this_service_become_links(text: str, shown: str) -> None:
    assert str(linked(text, BASE)) == shown


def test_an_address_above_the_services_own_path_is_no_link() -> None:
    assert "<a" not in linked("http://host/other http://host/trackers", "http://host/tracker")
    assert linked("http://host/tracker/todo", "http://host/tracker").count("<a") == 1


# ---- how one is reminded


@pytest.fixture
def robot(seeded: Flask) -> int:
    """A chat robot that Songjiang's people may choose."""
    with transaction():
        return make_endpoint(kind="wecom", name="松江督办群", unit_id=unit_id("songjiang"), secret="不能出现").id


def stored() -> preferences.Choice:
    """Return what the clerk chose."""
    return preferences.choice(person(CLERK))


def test_a_choice_is_saved_and_shown_again(clerk: Client, robot: int) -> None:
    form = clerk.form(SETTINGS)
    answer = clerk.submit(form, ways=["email", "in_app", str(robot)], hour="8", before_due=None)
    page = follow(clerk, answer)
    assert "提醒方式已保存" in page
    assert stored() == preferences.Choice(True, True, (robot,), 8, False, 1)
    assert page.count(" checked") >= 3
    assert "企业微信" in page


def test_the_page_says_where_mail_goes_and_what_cannot_be_refused(clerk: Client) -> None:
    page = clerk.get(SETTINGS).text
    assert "由管理员维护" in page
    assert "不能退订" in page
    assert "生成订阅地址" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ways": None}, "至少保留一种"),
        ({"ways": ["nothing"]}, "至少保留一种"),
        ({"ways": ["email", "2000000"]}, "不供本单位使用"),
        ({"ways": ["email", "9" * 5000]}, "不供本单位使用"),
        ({"ways": ["email"], "hour": "3"}, "7 点到 20 点"),
        ({"ways": ["email"], "hour": "九点"}, "7 点到 20 点"),
        ({"ways": ["email"], "hour": None}, "7 点到 20 点"),
        ({"ways": ["email"], "version": "x"}, "版本"),
    ],
)
def test_a_wrong_choice_is_refused_in_words_and_stores_nothing(
    clerk: Client, fields: dict[str, object], words: str
) -> None:
    answer = clerk.submit(clerk.form(SETTINGS), **fields)
    assert answer.status_code == 422
    assert "内容尚未提交" in answer.text
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(Preference)) == 0


def test_another_units_robot_is_neither_offered_nor_taken(visitor: Visitor, robot: int) -> None:
    browser = visitor("huangpu-clerk")
    assert "松江督办群" not in browser.get(SETTINGS).text
    assert browser.submit(browser.form(SETTINGS), ways=["email", str(robot)]).status_code == 422


def test_a_choice_on_an_old_page_shows_both_and_can_be_repeated(clerk: Client) -> None:
    old = clerk.form(SETTINGS)
    clerk.submit(clerk.form(SETTINGS), ways=["email"], hour="8")
    answer = clerk.submit(old, ways=["in_app"], hour="9")
    assert answer.status_code == 409
    assert "8 点以后" in answer.text
    assert "9 点以后" in answer.text
    assert stored().hour == 8
    again = {"csrf_token": token(clerk), "ways": ["in_app"], "hour": "9", "version": "1"}
    assert clerk.post(SETTINGS, data=again).status_code == 303
    assert stored().hour == 9


def test_one_persons_choice_is_not_anothers(visitor: Visitor) -> None:
    with transaction():
        make_preference(user_id=person("huangpu-clerk").id, in_app=True)
    clerk = visitor(CLERK)
    clerk.submit(clerk.form(SETTINGS), ways=["in_app"], user_id=str(person("huangpu-clerk").id))
    assert preferences.choice(person("huangpu-clerk")).email
    assert not stored().email


@pytest.mark.parametrize("name", [EVIL, "a\r\nBcc: x@example.invalid"])
def test_a_robots_name_cannot_act(clerk: Client, robot: int, name: str) -> None:
    with transaction():
        db.session.get_one(Endpoint, robot).name = name[:60]
    page = clerk.get(SETTINGS).text
    assert "<script>alert" not in page
    assert "不能出现" not in page
