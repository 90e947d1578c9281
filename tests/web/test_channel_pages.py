"""The administrator's channels: added, changed, disabled and tested, with secrets that never come back."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import person, unit_id
from tests.client import Client
from tests.conftest import Queries
from tests.factories import AT, make_endpoint, make_message, make_organization
from tests.web.conftest import CLERK, follow, same_page, token
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.outbox.models import Endpoint, Message, MessageState
from tracker.people.models import User
from tracker.sealing import unseal

Visitor = Callable[[str], Client]
Counting = Callable[[], AbstractContextManager[Queries]]

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'
LETTERS, CHANNELS = "/admin/letters", "/admin/channels"
KEY = "key-of-the-robot-0815"
SECRET = "SEC-never-to-be-seen"
ROBOT = {"kind": "wecom", "name": "松江督办群", "url": f"https://robot.invalid/send?key={KEY}", "secret": SECRET}
SENT = {"state": MessageState.SENT, "sent_at": AT}


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


@pytest.fixture
def robot(seeded: Flask) -> int:
    """A chat robot of 松江, with everything nobody may see."""
    with transaction():
        return make_endpoint(**ROBOT, unit_id=unit_id("songjiang")).id


def letter(**fields: object) -> int:
    """Queue a letter for the clerk of 松江; return its number."""
    with transaction():
        return make_message(**{"recipient": CLERK, **fields}).id


def endpoint(id_: int) -> Endpoint:
    """Return an endpoint as it stands now."""
    return db.session.get_one(Endpoint, id_, populate_existing=True)


def acts() -> list[str]:
    """Return what is on record of letters and channels."""
    kinds = ("message", "endpoint")
    return list(db.session.scalars(select(AuditEntry.act).where(AuditEntry.object_type.in_(kinds))))


def filled(browser: Client, address: str = f"{CHANNELS}/new", **fields: object) -> TestResponse:
    """Fill in the form of a channel."""
    return browser.submit(browser.form(address, action=CHANNELS), **fields)


def test_chat_channels_are_off_until_one_is_added(admin: Client, visitor: Visitor) -> None:
    assert "还没有群机器人" in admin.get(CHANNELS).text
    assert "企业微信" not in visitor(CLERK).get("/settings/reminders").text


def test_a_channel_is_added_and_from_then_on_offered(admin: Client, visitor: Visitor) -> None:
    page = follow(admin, filled(admin, **ROBOT, unit="松江"))
    assert "已添加“松江督办群”" in page
    assert "松江区司法局" in page
    stored = db.session.scalars(select(Endpoint)).one()
    assert (stored.url, unseal(stored.secret), stored.unit_id) == (ROBOT["url"], SECRET, unit_id("songjiang"))
    assert "企业微信：松江督办群" in visitor(CLERK).get("/settings/reminders").text
    assert "松江督办群" not in visitor("huangpu-clerk").get("/settings/reminders").text
    assert acts() == ["add_endpoint"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "群" * 61}, "最多 60 字"),
        ({"name": "群\r\nBcc: x@example.invalid"}, "不能有换行"),
        ({"url": ""}, "地址应以"),
        ({"url": "javascript:alert(1)"}, "地址应以"),
        ({"url": "https://robot.invalid/\r\nHost: other"}, "不能有换行"),
        ({"url": "https://" + "a" * 500}, "最多 500 个字符"),
        ({"secret": "x" * 80}, "最多 79 个字符"),
        ({"secret": "a\nb"}, "不能有换行"),
        ({"kind": "email"}, "请选择渠道类型"),
        ({"kind": "pigeon"}, "请选择渠道类型"),
        ({"unit": "没有这个单位"}, "找不到名为"),
        ({"unit": "' or 1=1 --"}, "找不到名为"),
        ({"version": "x"}, "版本"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_in_words(admin: Client, fields: dict[str, object], words: str) -> None:
    answer = filled(admin, **{**ROBOT, **fields})
    assert answer.status_code == 422
    assert "内容尚未提交" in answer.text
    assert words in answer.text
    assert SECRET not in answer.text
    assert db.session.scalar(select(func.count()).select_from(Endpoint)) == 0


def test_a_name_is_given_once(admin: Client, robot: int) -> None:
    answer = filled(admin, **{**ROBOT, "kind": "dingtalk"})
    assert answer.status_code == 422
    assert "请换一个名称" in answer.text


def test_what_is_left_empty_stays_and_nothing_secret_is_shown(admin: Client, robot: int) -> None:
    address = f"{CHANNELS}/{robot}"
    for page in (CHANNELS, address):
        text = admin.get(page).text
        assert SECRET not in text
        assert KEY not in text
    assert "https://robot.invalid/…" in text
    follow(admin, filled(admin, address, name="松江工作群"))
    stored = endpoint(robot)
    assert (stored.name, stored.url, unseal(stored.secret)) == ("松江工作群", ROBOT["url"], SECRET)
    assert stored.unit_id == unit_id("songjiang")
    assert stored.active


def test_a_unit_that_shares_its_name_stays_when_something_else_is_changed(admin: Client, robot: int) -> None:
    with transaction():
        twins = [make_organization(name="同名司法所", parent_id=unit_id(slug)).id for slug in ("songjiang", "huangpu")]
        endpoint(robot).unit_id = twins[1]
    address = f"{CHANNELS}/{robot}"
    assert filled(admin, address, name="新名").status_code == 303
    assert endpoint(robot).unit_id == twins[1]
    refused = filled(admin, **{**ROBOT, "name": "另一个群"}, unit="同名司法所")
    assert refused.status_code == 422
    assert "对应多个单位" in refused.text


def test_a_secret_is_replaced_or_forgotten(admin: Client, robot: int) -> None:
    address = f"{CHANNELS}/{robot}"
    filled(admin, address, secret="SEC-new", url="https://robot.invalid/other")
    assert (unseal(endpoint(robot).secret), endpoint(robot).url) == ("SEC-new", "https://robot.invalid/other")
    filled(admin, address, forget_secret="y")
    assert endpoint(robot).secret == ""
    assert "没有保存密钥" in admin.get(address).text


def test_nothing_secret_is_on_record_or_in_a_refusal(admin: Client, robot: int) -> None:
    address = f"{CHANNELS}/{robot}"
    old = admin.form(address, action=address)
    filled(admin, address, name="松江工作群", secret="SEC-second", url=f"https://robot.invalid/?key={KEY}")
    for answer in (
        admin.submit(old, secret="SEC-third", url=f"https://robot.invalid/?key={KEY}3"),
        admin.submit(old, name="", secret="SEC-third"),
    ):
        assert answer.status_code in (409, 422)
        assert not {"SEC-second", "SEC-third", SECRET} & set(re.findall(r"SEC-[\w-]+", answer.text))
    details = db.session.scalars(select(AuditEntry.detail)).all()
    assert not [detail for detail in details if "SEC-" in detail or KEY in detail]


def test_a_change_on_an_old_page_shows_both_and_can_be_repeated(admin: Client, robot: int) -> None:
    address = f"{CHANNELS}/{robot}"
    old = admin.form(address, action=address)
    filled(admin, address, name="先改的名")
    answer = admin.submit(old, name="后改的名")
    assert answer.status_code == 409
    assert "先改的名" in answer.text
    assert "后改的名" in answer.text
    assert endpoint(robot).name == "先改的名"
    again = {"csrf_token": token(admin), "name": "后改的名", "active": "y", "version": str(endpoint(robot).version)}
    assert admin.post(address, data=again).status_code == 303
    assert endpoint(robot).name == "后改的名"


def test_a_channel_is_disabled_on_what_was_read(admin: Client, robot: int) -> None:
    old = admin.form(CHANNELS, action="/disable")
    filled(admin, f"{CHANNELS}/{robot}", name="改过的名")
    stale = admin.submit(old)
    assert stale.status_code == 409
    assert "改过的名" in stale.text
    assert endpoint(robot).active
    page = follow(admin, admin.submit(admin.form(CHANNELS, action="/disable")))
    assert "已停用" in page
    assert not endpoint(robot).active
    assert "/disable" not in page
    assert acts() == ["edit_endpoint", "disable_endpoint"]


def test_the_list_shows_what_became_of_the_last_letters(admin: Client, robot: int) -> None:
    letter(channel="wecom", endpoint_id=robot, **SENT)
    letter(channel="wecom", endpoint_id=robot, state=MessageState.DEAD, error="机器人已被移出群聊")
    page = admin.get(CHANNELS).text
    assert "机器人已被移出群聊" in page
    assert "1月29日" in page


def test_a_test_letter_leads_to_its_page(admin: Client, robot: int) -> None:
    answer = admin.submit(admin.form(CHANNELS, action=f"/{robot}/test"))
    page = follow(admin, answer)
    sent = db.session.scalars(select(Message)).one()
    assert answer.location == f"{LETTERS}/{sent.id}"
    assert (sent.kind, sent.channel, sent.endpoint_id) == ("test", "wecom", robot)
    assert "待发送" in page
    assert SECRET not in page
    assert KEY not in page
    assert acts() == ["send_test"]


def test_a_test_by_mail_is_offered_for_the_administrators_own_address_and_goes_where_asked(admin: Client) -> None:
    with transaction():
        db.session.get_one(User, person("admin").id).email = "admin@example.invalid"
    form = admin.form(CHANNELS, action="/email/test")
    assert form.fields["to"] == "admin@example.invalid"
    admin.submit(form, to="ops@example.invalid")
    sent = db.session.scalars(select(Message)).one()
    assert (sent.channel, sent.address) == ("email", "ops@example.invalid")


@pytest.mark.parametrize("to", ["", "nobody", "a@b.invalid, b@b.invalid", "a@b.cn\r\nBcc: c@d.cn", "a b@c.cn"])
def test_a_test_by_mail_goes_to_one_address_or_nowhere(admin: Client, to: str) -> None:
    answer = admin.submit(admin.form(CHANNELS, action="/email/test"), to=to)
    assert answer.status_code == 422
    assert "电子邮箱" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_disabled_channel_is_not_tested(admin: Client, robot: int) -> None:
    with transaction():
        endpoint(robot).active = False
    answer = admin.post(f"{CHANNELS}/{robot}/test", data={"csrf_token": token(admin)})
    assert "已停用" in follow(admin, answer)


@pytest.mark.parametrize("account", ["supervisor", CLERK, "leader", "auditor"])
@pytest.mark.parametrize("address", ["", "/test", "/disable"])
def test_whoever_is_no_administrator_learns_nothing_of_a_channel(
    visitor: Visitor, robot: int, account: str, address: str
) -> None:
    browser = visitor(account)
    answers = [
        same_page(browser.post(f"{CHANNELS}/{id_}{address}", data={"csrf_token": token(browser), "version": "1"}))
        for id_ in (robot, 2_000_000)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


@pytest.mark.parametrize("name", [EVIL[:60], "群“;&"])
def test_a_name_cannot_act(admin: Client, robot: int, name: str) -> None:
    with transaction():
        endpoint(robot).name = name
    for address in (CHANNELS, f"{CHANNELS}/{robot}"):
        assert "<script>alert" not in admin.get(address).text


def test_the_channels_page_asks_as_often_whatever_their_number(admin: Client, query_count: Counting) -> None:
    asked = []
    for number in (1, 30):
        with transaction():
            for _ in range(number):
                letter_of = make_endpoint(kind="wecom", unit_id=unit_id("songjiang")).id
                make_message(channel="wecom", endpoint_id=letter_of, error="x")
        with query_count() as queries:
            assert admin.get(CHANNELS).status_code == 200
        asked.append(len(queries.statements))
    assert asked[0] == asked[1]
