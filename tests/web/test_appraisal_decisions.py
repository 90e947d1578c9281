"""What a scheme leaves open stands beside its words; the leading group decides at the page, others read."""

import re

import pytest
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin
from tests.client import Client
from tests.web.conftest import Visitor
from tests.web.test_evaluation_pages import Day
from tracker.appraisal.models import AppraisalDecision
from tracker.db import db


@pytest.fixture
def place(seeded: object, on_day: Day) -> str:
    """The address of the decisions of a year that has just begun."""
    on_day(DAY)
    return f"/appraisal/{begin()}/decisions"


def decide(browser: Client, place: str, subject: str, value: str, reason: str = "会议商定") -> tuple[int, str]:
    """Send a decision as a person who saw nothing decided yet."""
    sent = {**browser.form(place, action=place).fields, "subject": subject, "value": value, "reason": reason}
    answer = browser.post(place, data={**sent, "seen": "0", "anchor": "x"})
    return answer.status_code, answer.text


def rows() -> list[AppraisalDecision]:
    return list(db.session.scalars(select(AppraisalDecision).order_by(AppraisalDecision.id)))


def test_every_matter_stands_beside_its_words_and_both_caps_are_worked_out(visitor: Visitor, place: str) -> None:
    page = visitor(HEAD).get(place).text
    for words in ("原文第 134 行", "本项 0 分", "本项 10 分", "秘书科 38 分", "不能直接比较", "第3名并列", "≥0"):
        assert words in page, words
    nested = re.search(r"“[^”<]*“", re.sub(r"<blockquote.*?</blockquote>", "", page, flags=re.S))
    assert nested is None, nested
    assert page.count("<article") == page.count('name="subject"') > 20


def test_a_unit_reads_the_decisions_without_points_and_forms(visitor: Visitor, place: str) -> None:
    assert decide(visitor(HEAD), place, "floor", "yes", "局长办公会商定")[0] == 303
    page = visitor("songjiang-bangongshi").get(place).text
    assert "局长办公会商定" in page
    assert "本项 0 分" not in page
    assert 'name="subject"' not in page
    assert 'name="subject"' not in visitor(COMPILER).get(place).text
    assert visitor("putuo-head").get(place).status_code == 404


def test_a_decision_without_its_parts_keeps_what_was_typed(visitor: Visitor, place: str) -> None:
    status, page = decide(visitor(HEAD), place, "cap:W6-4.1", "", "先写理由")
    assert (status, "先写理由</textarea>" in page, "请选择怎样处理" in page) == (422, True, True)
    status, page = decide(visitor(HEAD), place, "cap:W6-4.1", "10", " ")
    assert (status, "请写明理由" in page, rows()) == (422, True, [])


def test_the_second_of_two_people_is_told_and_earlier_decisions_stay(visitor: Visitor, place: str) -> None:
    browser = visitor(HEAD)
    assert decide(browser, place, "cap:W6-4.1", "10", "先到")[0] == 303
    status, page = decide(browser, place, "cap:W6-4.1", "20", "后到")
    assert (status, "已作了决定，您的没有保存" in page, "后到</textarea>" in page) == (409, True, True)
    form = browser.form(f"{place}?show=decided", action=place)
    assert browser.submit(form, value="20", reason="复议后改回").status_code == 303
    page = browser.get(f"{place}?show=decided").text
    assert page.index("复议后改回") < page.index("以前的 1 次决定") < page.index("先到")
    assert [row.value for row in rows()] == ["10", "20"]


def test_a_matter_that_is_not_there_is_not_found(visitor: Visitor, place: str) -> None:
    assert decide(visitor(HEAD), place, "cap:W1-1.1", "1")[0] == 404
