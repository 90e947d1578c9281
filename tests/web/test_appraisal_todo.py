"""The first page tells what a year of appraisal asks of a person, each with the way there, and of nobody else."""

import html
import re

from flask import Flask

from tests.appraisal.acts import COMPILER, HEAD, begin, put, say_to, unit
from tests.appraisal.result_acts import approve, compile_year, complete, grade_all, return_year
from tests.appraisal.test_special import OFFICE, apply
from tests.assignments.acts import moment, person
from tests.web.conftest import Visitor
from tracker.appraisal import appeals, reopening
from tracker.db import transaction

NOTICE = re.compile(r'<div class="notice-body">(.*?)<a href="(/appraisal/[^"]+)">', re.S)


def asked(visitor: Visitor, account: str) -> list[tuple[str, str]]:
    page = visitor(account).get("/todo")
    assert page.status_code == 200
    return [(html.unescape(words).strip(), link) for words, link in NOTICE.findall(page.text)]


def test_each_has_a_line_with_number_and_link_and_nothing_where_there_is_nothing(
    seeded: Flask, visitor: Visitor
) -> None:
    year = begin()
    assert [asked(visitor, who) for who in (OFFICE, COMPILER, HEAD)] == [[], [], []]
    entry, second = put("办公室", "W1-3.1"), put("办公室", "W1-2.3")
    ((words, link),) = asked(visitor, OFFICE)
    assert "新登记 2 条" in words
    assert link == f"/appraisal/{year}/units/{unit('办公室')}"
    say_to(second, "情况属实。", OFFICE)
    with transaction():
        appeals.appeal(person(OFFICE), moment("2021-09-02"), year, entry, "已请假。")
    apply()
    assert asked(visitor, OFFICE) == []
    ((words, link),) = asked(visitor, COMPILER)
    assert "1 份特色工作申报" in words
    assert link == f"/appraisal/{year}/special"
    ((words, link),) = asked(visitor, HEAD)
    assert "1 条异议等待裁定，最早一条应于 2021年9月9日 前答复" in words
    assert link == f"/appraisal/{year}/appeals"
    assert asked(visitor, "songjiang-clerk") == asked(visitor, "songjiang-office1") == []


def test_the_unit_that_compiles_is_told_why_once_more(seeded: Flask, visitor: Visitor) -> None:
    year = begin()
    complete()
    compile_year()
    return_year()
    words, link = asked(visitor, COMPILER)[0]
    assert "退回了" in words
    assert link == f"/appraisal/{year}"
    compile_year()
    grade_all("办公室")
    approve()
    with transaction():
        reopening.reopen(person(HEAD), moment("2021-09-02", 12), year, "登记有误", confirmed=True)
    words, link = asked(visitor, COMPILER)[0]
    assert "重新审定" in words
    assert link == f"/appraisal/{year}"
