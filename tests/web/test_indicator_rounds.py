"""Rounds by their pages: opened, watched, extended and ended by the supervisor; questions answered for all."""

import re

import pytest
from sqlalchemy import func, select

from tests.assignments.acts import unit_id
from tests.indicators.acts import close, correct, extend, fill, open_round, submit, type_in
from tests.web.conftest import Visitor, follow, token
from tests.web.test_evaluation_pages import Day
from tracker.db import db
from tracker.outbox.models import Message

NEW = "/indicators/rounds/new"


@pytest.fixture(autouse=True)
def in_june(seeded: object, on_day: Day) -> None:
    """The day on which the rounds of these tests open."""
    on_day("2021-06-21")


def letters() -> int:
    """How many letters about rounds wait."""
    return db.session.scalar(select(func.count()).where(Message.kind == "indicators")) or 0


def test_the_list_says_what_comes_next_while_it_is_empty(visitor: Visitor) -> None:
    assert f'href="{NEW}"' in visitor("supervisor").get("/indicators").text
    assert "市局督办人员新建填报之后" in visitor("leader").get("/indicators").text
    assert "现在没有要本区填报的指标" in visitor("songjiang-clerk").get("/indicators").text
    assert visitor("songjiang-office1").get("/indicators").location == "/indicators/figures"
    assert visitor("auditor").get("/indicators").status_code == 403


def test_a_round_is_opened_for_all_districts_and_they_hear_of_it(visitor: Visitor) -> None:
    supervisor = visitor("supervisor")
    page = supervisor.get(NEW).text
    ticked = re.findall(r'name="id" type="checkbox" value="(\d+)"', page)
    assert len(ticked) == 16
    assert page.count("checked") >= 16
    form = supervisor.form(NEW, NEW)
    sent = supervisor.submit(form, title="年度填报", year="2020", closes_on="2021-06-30", id=ticked)
    shown = follow(supervisor, sent)
    assert "填报已建立，已给 16 个单位的经办人和负责人发信" in shown
    assert "已报</span>" in shown
    assert letters() == 64
    assert "已报 0/16 个区" in supervisor.get("/indicators").text
    again = supervisor.submit(form, title="年度填报", year="2020", closes_on="2021-06-30", id=ticked)
    assert again.status_code == 422
    assert "同名" in again.text
    assert letters() == 64


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "请填写填报名称"),
        ({"year": "MMXX"}, "年度请填四位数字"),
        ({"closes_on": "2021-06-20"}, "截止日不能早于开始日"),
        ({"closes_on": ""}, "请填写截止日"),
        ({"opens_on": "gestern"}, "应写成 2021-03-01 的形式"),
        ({"id": None}, "请至少选一个填报单位"),
        ({"id": ["999999"]}, "请重新选择"),
        ({"title": "长" * 121}, "最多 120 字"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    visitor: Visitor, changed: dict[str, object], said: str
) -> None:
    supervisor = visitor("supervisor")
    form = supervisor.form(NEW, NEW)
    wanted = {"title": "年度填报", "instruction": "请据实填写。", "id": [form.fields["id"]], **changed}
    refused = supervisor.submit(form, **wanted)
    assert refused.status_code == 422
    assert said in refused.text
    assert "请据实填写。</textarea>" in refused.text
    assert letters() == 0


def test_only_the_supervisor_runs_rounds(visitor: Visitor) -> None:
    number = open_round()
    songjiang = unit_id("songjiang")
    for account in ("leader", "reviewer-xingfazhixing", "admin", "songjiang-lead"):
        browser = visitor(account)
        for address in (NEW, f"/indicators/{number}/{songjiang}/extend", f"/indicators/{number}/close"):
            assert browser.get(address).status_code == 403, (account, address)


def test_the_city_sees_every_unit_and_a_district_its_own(visitor: Visitor, on_day: Day) -> None:
    number, songjiang = open_round(), unit_id("songjiang")
    type_in(number, {"I007": "3"})
    fill(number, "huangpu")
    submit(number, "huangpu")
    extend(number, "2021-07-10", "系统升级")
    on_day("2021-07-01")
    page = visitor("leader").get(f"/indicators/{number}").text
    order = re.findall(r'card-title"><a href="/indicators/\d+/\d+">([^<]+)', page)
    assert (len(order), order[-1], order[-2]) == (16, "黄浦区司法局", "松江区司法局")
    assert "延期：系统升级" in page
    assert page.count("逾期未报</span>") >= 14
    late = visitor("leader").get(f"/indicators/{number}?show=late").text
    assert "松江区司法局" not in late
    assert "extend" not in page
    assert f'href="/indicators/{number}/{songjiang}/extend"' in visitor("supervisor").get(f"/indicators/{number}").text
    clerk = visitor("songjiang-clerk")
    assert clerk.get(f"/indicators/{number}").location == f"/indicators/{number}/{songjiang}"
    own = clerk.get("/indicators").text
    assert "已填 " in own
    assert "/112 项" in own
    assert "2021-07-10" in own
    assert visitor("leader").get("/indicators/999").status_code == 404


def test_more_time_is_granted_with_a_reason(visitor: Visitor) -> None:
    number, songjiang = open_round(), unit_id("songjiang")
    supervisor, address = visitor("supervisor"), f"/indicators/{number}/{songjiang}/extend"
    form = supervisor.form(address, "/extend")
    for typed, status, said in [
        ({"until": "", "reason": "系统升级"}, 422, "请填写延期后的截止日"),
        ({"until": "2021-07-10", "reason": ""}, 422, "请写明延期的理由"),
        ({"until": "2021-06-30", "reason": "系统升级"}, 409, "要晚于现在的截止日"),
    ]:
        refused = supervisor.submit(form, **typed)
        assert (refused.status_code, said in refused.text) == (status, True)
        assert (typed["reason"] or typed["until"]) in refused.text
    shown = follow(supervisor, supervisor.submit(form, until="2021-07-10", reason="系统升级"))
    assert "松江区司法局的截止日已延到 2021年7月10日" in shown
    assert "延期：系统升级" in shown


def test_it_ends_in_two_steps_and_not_over_what_was_not_seen(visitor: Visitor) -> None:
    number = open_round()
    supervisor, address = visitor("supervisor"), f"/indicators/{number}/close"
    form = supervisor.form(address, "/close")
    fill(number)
    submit(number)
    refused = supervisor.submit(form)
    assert refused.status_code == 409
    assert "现在还有 15 个单位未报" in refused.text
    assert supervisor.submit(form, missing_seen="x").status_code == 409
    form = supervisor.form(address, "/close")
    assert form.fields["missing_seen"] == "15"
    shown = follow(supervisor, supervisor.submit(form))
    assert "填报已结束。" in shown
    assert "结束以来没有更正过" in shown
    again = supervisor.submit(form)
    assert again.status_code == 409
    assert "填报已经结束" in again.text


def test_corrections_after_the_end_are_listed_with_both_values(visitor: Visitor) -> None:
    number = open_round()
    type_in(number, {"I007": "3"})
    close(number, 16)
    correct(number, "I007", "4", "漏报一个")
    page = visitor("leader").get(f"/indicators/{number}").text
    assert "漏报一个" in page
    assert f'href="/indicators/{number}/{unit_id("songjiang")}/blank/I007"' in page


def test_a_question_is_asked_by_one_and_answered_for_all(visitor: Visitor) -> None:
    number = open_round()
    address = f"/indicators/{number}/questions"
    clerk, supervisor = visitor("songjiang-clerk"), visitor("supervisor")
    form = clerk.form(f"{address}?indicator=7", address)
    assert "请写明要问什么" in clerk.submit(form, text=" ").text
    assert "提问已送市局" in follow(clerk, clerk.submit(form, text="临时党支部算不算？"))
    refused = clerk.submit(clerk.form(address, address), indicator="", text="哪一项都行")
    assert refused.status_code == 422
    assert "哪一项都行</textarea>" in refused.text
    before = letters()
    answering = supervisor.form(address, "/answer")
    assert supervisor.submit(answering, answer="").status_code == 422
    assert "已答复" in follow(supervisor, supervisor.submit(answering, answer="不算。"))
    assert letters() - before == 16
    second = visitor("supervisor2")
    late = second.submit(answering, answer="算的，按实际数。", csrf_token=token(second))
    assert late.status_code == 409
    assert "已先答复了这个提问" in late.text
    assert "算的，按实际数。" in late.text
    assert "不算。" in late.text
    other = visitor("huangpu-clerk").get(f"{address}?indicator=7").text
    assert "临时党支部算不算？" in other
    assert "不算。" in other
    assert "松江区司法局" in other
    assert visitor("leader").get(f"{address}?indicator=113").status_code == 404


def test_a_definition_is_written_with_its_history_and_read_by_districts(visitor: Visitor) -> None:
    number = open_round()
    supervisor, address = visitor("supervisor"), "/indicators/definitions/shanghai-112/7"
    first = supervisor.form(f"{address}?round={number}", address)
    shown = follow(supervisor, supervisor.submit(first, text="按年末在册的数填。", example="在册 5 个，填 5。"))
    assert "按年末在册的数填。" in shown
    stale = supervisor.submit(first, text="按发文的数填。")
    assert stale.status_code == 409
    assert "已保存了新的口径" in stale.text
    assert "按发文的数填。</textarea>" in stale.text
    again = supervisor.form(address, address)
    follow(supervisor, supervisor.submit(again, text="按发文的数填。"))
    clerk = visitor("songjiang-clerk")
    assert "以前的 1 个版本" in clerk.get(f"/indicators/{number}/questions?indicator=7").text
    history = clerk.get(address).text
    assert "按年末在册的数填。" in history
    assert "保存口径" not in history
    assert "已写口径 1 项" in clerk.get("/indicators/definitions").text
    assert clerk.post(address, data={}).status_code in (400, 403)
    assert clerk.get("/indicators/definitions/nothing/7").status_code == 404
    assert clerk.get("/indicators/definitions/shanghai-112/113").status_code == 404
