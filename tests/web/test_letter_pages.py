"""The administrator's letters: failures in words with the number to call, as sent, and sent again by hand."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy import select

from tests.client import Client
from tests.conftest import Queries
from tests.factories import AT, make_attachment, make_message
from tests.web.conftest import CLERK, token
from tests.web.test_exports import csv_rows, workbook
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox.models import Message, MessageState
from tracker.people.models import User
from tracker.web.outbox.words import STATE_TEXT

Visitor = Callable[[str], Client]
Counting = Callable[[], AbstractContextManager[Queries]]

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'
LETTERS = "/admin/letters"
SENT = {"state": MessageState.SENT, "sent_at": AT}


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


def letter(**fields: object) -> int:
    """Queue a letter for the clerk of 松江; return its number."""
    with transaction():
        return make_message(**{"recipient": CLERK, **fields}).id


def message(id_: int) -> Message:
    """Return a letter as it stands now."""
    return db.session.get_one(Message, id_, populate_existing=True)


def acts() -> list[str]:
    """Return what is on record of letters."""
    return list(db.session.scalars(select(AuditEntry.act).where(AuditEntry.object_type == "message")))


# ---- the list


def test_every_state_has_its_word() -> None:
    assert set(STATE_TEXT) == set(MessageState)


def test_a_failed_letter_says_why_and_whom_to_call(admin: Client) -> None:
    with transaction():
        db.session.execute(select(User).where(User.account == CLERK)).scalar_one().phone = "021-5555 0001"
    id_ = letter(state=MessageState.DEAD, error="收件人没有登记电子邮箱")
    for address in (LETTERS, f"{LETTERS}/{id_}"):
        page = admin.get(address).text
        assert "收件人没有登记电子邮箱" in page
        assert "021-5555 0001" in page
        assert f"/admin/letters/{id_}/resend" in page


def test_a_failed_letter_to_somebody_without_a_number_says_so(admin: Client) -> None:
    letter(state=MessageState.DEAD, error="收件人账号已不存在", recipient="gone")
    assert "电话未登记" in admin.get(LETTERS).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"甲", "乙", "丙"}),
        ("state=dead", {"乙"}),
        ("kind=test", {"丙"}),
        ("channel=wecom", {"乙"}),
        ("recipient=HUANGPU-clerk", {"丙"}),
        ("on=2021-03-02", {"甲"}),
        ("on=2021-03-02&state=dead", set()),
        ("state=nothing&kind=nothing&channel=nothing", {"甲", "乙", "丙"}),
    ],
)
def test_the_address_filters_the_list_and_its_files(admin: Client, query: str, found: set[str]) -> None:
    letter(subject="甲", day=date(2021, 3, 2))
    letter(subject="乙", state=MessageState.DEAD, channel="wecom", error="机器人已移除")
    letter(subject="丙", kind="test", recipient="huangpu-clerk")
    page = admin.get(f"{LETTERS}?{query}").text
    assert {subject for subject in "甲乙丙" if f">{subject}</a>" in page} == found
    assert f"共 {len(found)} 封" in page
    if found:
        rows = csv_rows(admin, f"{LETTERS}?{query}&format=csv")
        assert {row[8] for row in rows} == found
        assert [row[1:] for row in workbook(admin, f"{LETTERS}?{query}&format=xlsx")[0]] == [row[1:] for row in rows]


def test_the_numbers_of_the_states_are_links_that_keep_the_other_filters(admin: Client) -> None:
    letter(state=MessageState.DEAD, error="x"), letter(), letter(recipient="huangpu-clerk")
    page = admin.get(f"{LETTERS}?recipient={CLERK}").text
    tab = re.search(r'href="([^"]*state=dead[^"]*)"[^>]*>未送达<span[^>]*>(\d+)<', page)
    assert tab
    assert tab[2] == "1"
    assert f"recipient={CLERK}" in tab[1]


@pytest.mark.parametrize("query", ["on=someday", "page=x", "format=pdf"])
def test_an_unreadable_address_is_refused_in_words(admin: Client, query: str) -> None:
    assert admin.get(f"{LETTERS}?{query}").status_code == 400


@pytest.mark.parametrize("address", [LETTERS, f"{LETTERS}?state=pending&page=3", f"{LETTERS}?recipient={CLERK}"])
def test_the_list_asks_as_often_whatever_the_number_of_letters(
    admin: Client, query_count: Counting, address: str
) -> None:
    asked = []
    for number in (10, 990):
        with transaction():
            for _ in range(number):
                make_message(recipient=CLERK)
        with query_count() as queries:
            assert admin.get(address).status_code == 200
        asked.append(len(queries.statements))
    assert asked[0] == asked[1]


# ---- one letter


def test_a_letter_is_shown_as_sent_and_its_html_only_as_source(admin: Client) -> None:
    id_ = letter(subject=EVIL, body_text=EVIL, body_html=EVIL, salutation=EVIL, reason=EVIL, error=EVIL, **SENT)
    with transaction():
        make_attachment(message_id=id_, name=EVIL)
        db.session.execute(select(User).where(User.account == CLERK)).scalar_one().name = EVIL[:60]
    for address in (LETTERS, f"{LETTERS}/{id_}"):
        page = admin.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6
    assert "HTML 源码" in page


def test_a_missing_letter_is_not_found(admin: Client) -> None:
    assert admin.get(f"{LETTERS}/2000000").status_code == 404
    assert admin.post(f"{LETTERS}/2000000/resend", data={"csrf_token": token(admin)}).status_code == 404


@pytest.mark.parametrize("state", [MessageState.DEAD, MessageState.VOID, MessageState.PENDING])
def test_a_letter_that_did_not_arrive_waits_anew_under_its_own_key(admin: Client, state: MessageState) -> None:
    id_ = letter(state=state, attempts=14, error="试了14次仍未发出")
    answer = admin.submit(admin.form(f"{LETTERS}/{id_}", action="/resend"))
    assert answer.status_code == 303
    assert answer.location == f"{LETTERS}/{id_}"
    again = message(id_)
    assert (again.state, again.attempts, again.error) == (MessageState.PENDING, 0, "")
    assert "已安排重发" in admin.get(answer.location).text
    assert acts() == ["resend"]


def test_a_letter_that_arrived_is_sent_once_more_as_another(admin: Client) -> None:
    id_ = letter(**SENT)
    answer = admin.submit(admin.form(f"{LETTERS}/{id_}", action="/resend"))
    assert answer.status_code == 303
    assert answer.location != f"{LETTERS}/{id_}"
    assert message(id_).state == MessageState.SENT
    refused = admin.submit(admin.form(f"{LETTERS}/{id_}", action="/resend"))
    assert refused.status_code == 409
    assert "已经重发" in refused.text


def test_a_letter_that_is_being_sent_is_not_sent_twice(admin: Client) -> None:
    id_ = letter(state=MessageState.SENDING, attempts=1)
    assert f"/admin/letters/{id_}/resend" not in admin.get(f"{LETTERS}/{id_}").text
    answer = admin.post(f"{LETTERS}/{id_}/resend", data={"csrf_token": token(admin)})
    assert answer.status_code == 409
    assert "正在发送" in answer.text
    assert message(id_).attempts == 1
    assert acts() == []
