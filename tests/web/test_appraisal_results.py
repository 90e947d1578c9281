"""The result page: places and candidates, what is missing, grades with reasons, approval, publication, verification."""

import re

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, unit
from tests.appraisal.result_acts import approve, compile_year, complete, grade_all, publish, spread
from tests.client import Client
from tests.web.conftest import Visitor, follow, token
from tests.web.test_evaluation_pages import Day
from tests.web.test_indicator_filling import Counting, queries_of
from tracker.appraisal.models import Appraisal, AppraisalEntry
from tracker.db import db, transaction
from tracker.outbox.models import Message

FIRST, SECOND = "办公室", "复议应诉科"


@pytest.fixture
def place(seeded: object, on_day: Day) -> str:
    """The address of the result of a year that has just begun."""
    on_day(DAY)
    return f"/appraisal/{begin()}/result"


def graded(browser: Client, place: str, name: str, value: str, reason: str = "审定", seen: str = "0") -> TestResponse:
    """Send a grade."""
    sent = {"csrf_token": token(browser), "unit": unit(name), "grade": value, "reason": reason, "seen": seen}
    return browser.post(f"{place}/grade", data=sent)


def stage() -> str:
    return db.session.scalars(select(Appraisal.stage)).one()


def test_what_is_missing_leads_to_where_it_is_done_and_then_the_year_is_compiled(visitor: Visitor, place: str) -> None:
    browser = visitor(COMPILER)
    page = browser.get(place).text
    assert "还有要填的得分" in page
    assert f'action="{place}/compile"' not in page
    answer = browser.post(f"{place}/compile", data={"csrf_token": token(browser), "confirmed": "1"})
    assert (answer.status_code, "不能汇总" in answer.text) == (409, True)
    complete()
    form = browser.form(place, action="/compile")
    assert browser.submit(form).status_code == 409
    assert "等领导小组评定等次" in follow(browser, browser.submit(form, confirmed="1"))
    assert stage() == "compiled"
    assert f'action="{place}/grade"' not in browser.get(place).text


def test_a_tie_and_a_barred_unit_are_shown_with_their_reasons_and_nothing_is_preselected(
    visitor: Visitor, place: str
) -> None:
    complete()
    spread("公服科", "律公科")
    entry = put(FIRST, "X-2.1", points="1")
    compile_year()
    page = visitor(HEAD).get(place).text
    for words in (
        "因突破底线不得评优，空出的名额是否递补",
        "公服科、律公科",
        "秘书科、普法科共用一张表",
        "优秀最多 3 个",
    ):
        assert words in page, words
    assert f'href="{place.removesuffix("/result")}/entries/{entry}"' in page
    assert "checked" not in page[page.index("grades-title") :]


def test_a_grade_is_kept_with_its_reason_or_refused_with_what_was_typed(visitor: Visitor, place: str) -> None:
    complete()
    spread("公服科", "律公科")
    compile_year()
    browser = visitor(HEAD)
    assert graded(browser, place, FIRST, "excellent", "得分第一").status_code == 303
    answer = graded(browser, place, FIRST, "good", "改评")
    assert (answer.status_code, "改评</textarea>" in answer.text) == (409, True)
    answer = graded(browser, place, "政治处", "excellent", "工作突出")
    assert (answer.status_code, "前 3 名" in answer.text, "工作突出</textarea>" in answer.text) == (422, True, True)
    assert graded(browser, place, "政治处", "", "").status_code == 422
    assert graded(browser, place, SECOND, "good", "另有考虑").status_code == 303
    page = browser.get(place).text
    assert f"{SECOND}按哪种读法都名列前三，没有评为优秀" in page
    seen = re.findall(rf'name="unit" value="{unit(SECOND)}"><input type="hidden" name="seen" value="(\d+)"', page)[0]
    assert graded(browser, place, SECOND, "excellent", "复核后改评", seen).status_code == 303
    assert graded(browser, place, "公服科", "excellent").status_code == 303
    assert "最多 3 个" in graded(browser, place, "律公科", "excellent").text
    assert graded(visitor(COMPILER), place, FIRST, "good").status_code == 403


def test_a_year_is_returned_with_a_reason_that_the_compiler_reads(visitor: Visitor, place: str) -> None:
    complete()
    compile_year()
    browser = visitor(HEAD)
    form = browser.form(place, action="/return")
    assert browser.submit(form, reason=" ").status_code == 422
    assert browser.submit(form, reason="漏登一次").status_code == 303
    assert "漏登一次" in visitor(COMPILER).get(place).text
    assert stage() == "open"


def test_a_year_is_approved_published_and_read_by_every_unit_and_the_city(visitor: Visitor, place: str) -> None:
    complete()
    spread("公服科")
    compile_year()
    browser = visitor(HEAD)
    assert browser.post(f"{place}/approve", data={"csrf_token": token(browser)}).status_code == 409
    grade_all(FIRST, SECOND, "公服科")
    assert "已审定并封存" in follow(browser, browser.submit(browser.form(place, action="/approve"), confirmed="1"))
    told = select(Message.recipient).where(Message.subject == "【考评】考评结果已审定，待公布")
    assert set(db.session.scalars(told)) == {COMPILER}
    office, city = visitor("songjiang-bangongshi"), visitor("supervisor")
    assert (office.get(place).status_code, city.get(place).status_code) == (404, 404)
    assert "结果已公布" in follow(browser, browser.submit(browser.form(place, action="/publish")))
    for reader in (office, city):
        page = reader.get(place).text
        assert page.count("<b>优秀</b>") == 3
        assert "述职测评" in page[page.index('id="places"') :]
        assert "领导小组会议审定" not in page
        assert reader.get(f"{place}/verify").status_code == 404
    assert f'/units/{unit(FIRST)}"' in office.get(place).text
    assert f"/units/{unit(SECOND)}" not in office.get(place).text


def test_verification_says_sound_or_names_what_was_altered(visitor: Visitor, place: str) -> None:
    browser = visitor(HEAD)
    assert "还没有审定" in browser.get(f"{place}/verify").text
    complete()
    spread("公服科")
    compile_year()
    grade_all(FIRST, SECOND, "公服科")
    approve()
    publish()
    assert "完好" in browser.get(f"{place}/verify").text
    with transaction():
        db.session.execute(update(AppraisalEntry).where(AppraisalEntry.code == "W1-5.1").values(points=1))
    page = browser.get(f"{place}/verify").text
    assert "不一致" in page
    assert f"{FIRST} 登记" in page
    assert "<b>80</b>" in browser.get(place).text


def test_the_pages_ask_as_often_however_much_was_recorded(visitor: Visitor, place: str, query_count: Counting) -> None:
    browser, pages = visitor(HEAD), [place, place.removesuffix("result") + "decisions"]
    few = [queries_of(browser, page, query_count) for page in pages]
    complete()
    spread("公服科")
    assert [queries_of(browser, page, query_count) for page in pages] == few
    compile_year()
    compiled = [queries_of(browser, page, query_count) for page in pages]
    grade_all(FIRST, SECOND, "公服科")
    assert [queries_of(browser, page, query_count) for page in pages] == compiled
    approve()
    # From then on the result is read from what was frozen: its year twice, the freeze, decisions.
    assert queries_of(browser, place, query_count) < compiled[0] / 2
