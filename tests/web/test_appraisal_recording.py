"""Recording something of a unit, where more is meant than one case, one day or one unit."""

import re

import pytest
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, begin, put, sheet, take_back
from tests.appraisal.result_acts import decide
from tests.web.conftest import Visitor, file, follow
from tests.web.test_appraisal_sheets import at, entry, record
from tests.web.test_evaluation_pages import Day
from tracker.appraisal.models import AppraisalEntry
from tracker.db import db
from tracker.outbox.models import Message

OFFICE = "songjiang-bangongshi"


@pytest.fixture(autouse=True)
def year(seeded: object, on_day: Day) -> int:
    """A year that has just begun, on a day before its period ends."""
    on_day(DAY)
    return begin()


def test_points_of_each_case_are_named_asked_and_told_so(visitor: Visitor) -> None:
    compiler = visitor(COMPILER)
    form = compiler.get(at("办公室", "/record?code=X-1.1")).text
    assert '<label class="form-label" for="points">每起的分数' in form
    assert "每起视情扣 5–10 分；填每起的分数和次数（起）" in form
    assert "每起的分数应在 5 与 10 之间" in record(compiler, "办公室", "X-1.1", count="2", points="4").text
    told = '<b class="nowrap">2 起 × 每起 6 分 = 12 分</b>'
    assert told in follow(compiler, record(compiler, "办公室", "X-1.1", count="2", points="6"))
    number = db.session.scalars(select(AppraisalEntry.id)).one()
    assert told in compiler.get(entry(number)).text
    asking = visitor(OFFICE).get(entry(number) + "/appeal").text
    assert ("2 起 × 每起 6 分 = 12 分" in asking, "成立的，整条撤销；只是次数或分数不对的" in asking) == (True, True)


def test_what_a_later_day_replaced_is_told_with_that_day(visitor: Visitor) -> None:
    put("促进法治科", "W6-1.2", place=13, happened="2021-04-09")
    put("促进法治科", "W6-1.2", place=14, happened="2021-07-09")
    page = visitor(COMPILER).get(at("促进法治科")).text
    assert ("已由后来的登记（2021-07-09）替代，不计分" in page, "同一条已有登记" in page) == (True, False)


def test_a_shared_sheet_says_so_and_one_form_records_of_both_units(visitor: Visitor) -> None:
    compiler = visitor(COMPILER)
    assert 'name="also"' not in compiler.get(at("办公室", "/record")).text
    assert "业务工作这张表与普法科共用，这里的登记只计秘书科的分。" in compiler.get(at("秘书科")).text
    assert "也涉及普法科的，请同时登记" in compiler.get(at("秘书科", "/record")).text
    put("普法科", "W5-1.2", note="各街镇")
    form = compiler.form(at("秘书科", "/record"), "/record")
    sent = {"code": "W5-1.2", "day": "2021-05-10", "note": "各街镇", "also": "y"}
    refused = compiler.submit(form, **sent)
    assert (refused.status_code, "普法科：政治处经办（演示）已登记过同样的一条" in refused.text) == (422, True)
    assert re.search(r'<input (?=[^>]*name="also")[^>]*\bchecked\b', refused.text)
    page = follow(compiler, compiler.submit(form, **sent | {"note": "两科都负责"}, file=file("通报.pdf")))
    assert "同一条也登记给了普法科" in page
    for name, account, notes in (
        ("秘书科", "songjiang-mishu", ["两科都负责"]),
        ("普法科", "songjiang-pufa", ["各街镇", "两科都负责"]),
    ):
        found = sheet(name)
        assert [each.row.note for each in found.recorded] == notes
        assert [each.name for each in found.recorded[-1].files] == ["通报.pdf"]
        letters = select(Message.subject).where(Message.recipient == account, Message.copy.is_(False))
        assert db.session.scalars(letters).all() == [f"【考评】{name}有一条新的考评登记"]
    take_back(sheet("普法科").recorded[-1].row.id)
    assert [each.reversal for each in sheet("秘书科").recorded] == [None]
    decide("split:W5", "yes")
    assert "共用" not in compiler.get(at("秘书科")).text
