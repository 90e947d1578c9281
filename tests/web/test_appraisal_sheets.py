"""A unit's year by its pages: recorded, answered, proved and taken back; every point with its clause and line."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.appraisal.acts import DAY, HEAD, begin, put, take_back, the_year, unit
from tests.assignments.acts import moment
from tests.client import Client
from tests.conftest import Queries
from tests.web.conftest import PDF, Visitor, file, follow
from tests.web.test_evaluation_pages import Day
from tracker.appraisal.models import Appraisal, AppraisalFile
from tracker.appraisal.schemes import known_scheme
from tracker.db import db, transaction
from tracker.rules.appraisal.steps import Stage
from tracker.seeding.appraisals import SCHEME, add_people

OFFICE, COMPILER = "songjiang-bangongshi", "songjiang-zhengzhichu"
HEAVIEST = 90_000
"""Of a page of the scheme before compression, in bytes."""


@pytest.fixture(autouse=True)
def in_september(seeded: object, on_day: Day) -> None:
    """A day on which the scheme has been issued and its period has not ended."""
    on_day(DAY)


@pytest.fixture
def year() -> int:
    """A year that has just begun."""
    return begin()


def at(name: str, more: str = "") -> str:
    """Return the address of a unit's sheet."""
    return f"/appraisal/{the_year().id}/units/{unit(name)}{more}"


def entry(number: int) -> str:
    """Return the address of an entry."""
    return f"/appraisal/{the_year().id}/entries/{number}"


def record(browser: Client, name: str, code: str, note: str = "四月例会两人未到。", **fields: Any) -> TestResponse:
    """Fill in the form and send it."""
    typed = {"code": code, "day": "2021-04-20", "note": note, **fields}
    return browser.submit(browser.form(at(name, "/record"), "/record"), **typed)


def plain(page: str) -> str:
    """Return a page's words without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


# ---- recording


def test_what_is_recorded_says_at_once_what_it_changed(visitor: Visitor, year: int) -> None:
    compiler = visitor(COMPILER)
    page = follow(compiler, record(compiler, "办公室", "W1-3.1"))
    assert "办公室 3 严肃会风纪律：10 → 8 分" in page
    assert "10 − 2 = 8" in page
    assert "参会率未达要求的，每次扣 2 分" in page
    assert f'href="/appraisal/{year}/scheme/text#line-84">原文第 84 行' in page
    assert "四月例会两人未到。" in page


def test_the_form_names_what_each_clause_needs(visitor: Visitor, year: int) -> None:
    page = visitor(COMPILER).get(at("促进法治科", "/record?code=W6-1.2")).text
    assert '<optgroup label="W6-1 ' in page
    assert "填名次" in page
    assert "第 13 名 2 分" in page
    assert '<option selected value="W6-1.2">' in page
    assert 'value="W6-4.1"' not in page, "the city's score is not recorded by hand"
    assert 'value="T-3.4"' not in page, "a clause that is switched off is not offered"
    assert 'value="F-1.1"' not in page
    assert 'value="W1-3.1"' not in page


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"code": ""}, "code", "请选择一条"),
        ({"code": "W9-1.1"}, "code", "请选择一条"),
        ({"code": "W1-3.1", "day": "昨天"}, "day", "2021-03-01 的形式"),
        ({"code": "W1-3.1", "day": "2020-11-30"}, "day", "考评周期"),
        ({"code": "W1-3.1", "note": ""}, "note", "事由"),
        ({"code": "W1-3.1", "count": "两次"}, "count", "整数"),
        ({"code": "W1-3.1", "count": "1²"}, "count", "整数"),
        ({"code": "W1-1.1", "count": "2"}, "count", "只计一次"),
        ({"code": "W1-3.1", "count": ""}, "count", "按次计，请填数量"),
        ({"code": "W1-3.1", "place": "13"}, "place", "不按名次计"),
        ({"code": "W1-3.1", "points": "3"}, "points", "由条款定"),
        ({"code": "T-1.1", "points": "-2"}, "points", "扣分也填正数"),
        ({"code": "T-1.1", "points": "4"}, "points", "1 与 3"),
    ],
)
def test_what_cannot_be_recorded_is_told_beside_its_field_and_nothing_typed_is_lost(
    visitor: Visitor, year: int, typed: dict[str, str], field: str, words: str
) -> None:
    compiler = visitor(COMPILER)
    sent = {"code": "W1-3.1", "day": "2021-04-20", "note": "留住的事由", **typed}
    answer = compiler.submit(compiler.form(at("办公室", "/record"), "/record"), **sent)
    assert answer.status_code == 422
    shown = re.search(rf'id="{field}-error">(.*?)</p>', answer.text, re.DOTALL)
    assert shown
    assert words in shown[1]
    assert sent["note"] in answer.text
    assert f'value="{sent["day"]}"' in answer.text


def test_everything_that_is_to_be_corrected_is_told_at_once(visitor: Visitor, year: int) -> None:
    wrong: dict[str, Any] = {"day": "昨天", "count": "2", "points": "3", "line": "线" * 61}
    answer = record(visitor(COMPILER), "办公室", "W1-1.1", note=" ", **wrong, file=file("程序.exe", b"MZ"))
    assert answer.status_code == 415
    told = dict(re.findall(r'<li><a href="#(\w+)">(.*?)</a>', answer.text))
    assert list(told) == ["day", "count", "points", "note", "line", "file"]
    assert "2021-03-01 的形式" in told["day"]
    assert "只计一次" in told["count"]
    assert "由条款定" in told["points"]
    assert f'value="{"线" * 61}"' in answer.text
    ranged = record(visitor(COMPILER), "办公室", "T-1.1", count="两次", points="4")
    assert re.findall(r'<li><a href="#(\w+)">', ranged.text) == ["count", "points"]


def test_a_second_click_takes_no_points_twice(visitor: Visitor, year: int) -> None:
    compiler = visitor(COMPILER)
    record(compiler, "办公室", "W1-3.1")
    again = record(compiler, "办公室", "W1-3.1")
    assert again.status_code == 422
    assert "已登记过同样的一条" in again.text
    assert "10 − 2 = 8" in compiler.get(at("办公室")).text


def test_a_file_comes_with_the_entry_or_later_and_is_fetched(visitor: Visitor, year: int) -> None:
    compiler, office = visitor(COMPILER), visitor(OFFICE)
    follow(compiler, record(compiler, "办公室", "W1-3.1", file=file("签到表.pdf")))
    kept = db.session.query(AppraisalFile).one()
    address = entry(kept.entry_id or 0)
    assert office.get(f"/appraisal/files/{kept.id}", buffered=True).data == PDF
    assert "签到表.pdf" in office.get(address).text
    sending = office.form(address, "/files")
    more = office.submit(sending, file=file("请假条.pdf", PDF + b"2"))
    assert "佐证材料：2 份" in follow(office, more)
    refused = office.submit(sending, file=file("程序.exe", b"MZ"))
    assert refused.status_code == 415
    assert "不能上传" in refused.text
    assert visitor("songjiang-lvgong").get(f"/appraisal/files/{kept.id}").status_code == 404


def test_a_file_attached_by_mistake_is_taken_off_once_that_is_confirmed(visitor: Visitor, year: int) -> None:
    compiler, office = visitor(COMPILER), visitor(OFFICE)
    follow(compiler, record(compiler, "办公室", "W1-3.1", file=file("签到表.pdf")))
    kept = db.session.query(AppraisalFile).one()
    address, off = entry(kept.entry_id or 0), f"/files/{kept.id}/withdraw"
    assert off not in office.get(address).text, "the compiler's proof is the compiler's"
    form = compiler.form(address, off)
    refused = compiler.submit(form)
    assert refused.status_code == 409
    assert "请先勾选" in refused.text
    page = follow(compiler, compiler.submit(form, confirmed="1"))
    assert "佐证材料：0 份" in page
    assert re.search(r"<s><a [^>]+>签到表.pdf</a>.*?</s>.*?已移去", page)
    assert off not in page
    assert "材料 1 份" not in compiler.get(at("办公室")).text
    assert office.get(f"/appraisal/files/{kept.id}", buffered=True).data == PDF
    assert compiler.submit(form, confirmed="1").status_code == 409


def test_a_file_that_is_refused_leaves_nothing_recorded(visitor: Visitor, year: int) -> None:
    compiler = visitor(COMPILER)
    answer = record(compiler, "办公室", "W1-3.1", file=file("程序.exe", b"MZ"))
    assert answer.status_code == 415
    assert "四月例会两人未到。" in answer.text
    assert "10 − 2" not in compiler.get(at("办公室")).text


# ---- the sheet


def test_what_the_floor_or_a_cap_leaves_is_told(visitor: Visitor, year: int) -> None:
    put("办公室", "W1-3.1", count=6)
    put("执法监督科", "W3-2.3", count=7)
    compiler = visitor(COMPILER)
    assert "应扣 12 分，扣完为止，未计 2 分" in compiler.get(at("办公室")).text
    capped = compiler.get(at("执法监督科")).text
    assert "合计 14 分，最多计 10 分，未计 4 分" in capped
    assert "20 − 10 = 10" in capped


def test_what_is_awaited_is_no_zero(visitor: Visitor, year: int) -> None:
    compiler = visitor(COMPILER)
    page = plain(compiler.get(at("办公室")).text)
    assert "待填 / 10 分" in page
    assert "还有 1 处没有填" in page
    assert "还有待填，未定" in page
    told = follow(compiler, record(compiler, "办公室", "W1-5.1", points="9.5"))
    assert "办公室 5 高水平打造阳光信访、责任信访、法治信访：待填 → 9.5 分" in told
    assert "还有待填" not in told


def test_a_total_is_entered_by_the_list(visitor: Visitor, year: int) -> None:
    compiler = visitor(COMPILER)
    assert "填总分" in compiler.get(at("普法科")).text
    assert "：待填 → 11 分" in follow(compiler, record(compiler, "普法科", "W5-9", points="11"))
    put("普法科", "W5-9.1")
    page = plain(compiler.get(at("普法科")).text)
    assert ("总分 11 分" in page, "只作填总分的依据，不另计入。" in page, "+3 分" in page) == (True, True, False)


def test_the_28_tasks_come_with_their_lines_of_work_and_both_readings(visitor: Visitor, year: int) -> None:
    page = plain(visitor(COMPILER).get(at("促进法治科")).text)
    assert "由本区在 沪司发〔2021〕11号 的得分自动带出" in page
    assert page.count("扣 1 分") >= 25
    assert "律工处、公管处" in page
    assert "合计 25 分，最多计 20 分，未计 5 分" in page
    assert "现按最多 20 分计，本项得 0 分" in page
    assert "若最多 10 分，本项得 10 分" in page
    assert "/scores/" in visitor("songjiang-cujinfazhi").get(at("促进法治科")).text


def test_a_total_below_zero_is_shown_so(visitor: Visitor, year: int) -> None:
    for number in range(10):
        put("办公室", "X-1.1", points="10", note=f"第{number}起")
    page = plain(visitor(COMPILER).get(at("办公室")).text)
    assert "50 + 20 + 0 − 100 = −30" in page
    assert "−30 分" in page
    assert "不得评为优秀" in page


def test_what_was_taken_back_stays_struck_through(visitor: Visitor, year: int) -> None:
    number = put("办公室", "W1-3.1", note="误记的一条")
    compiler = visitor(COMPILER)
    empty = compiler.submit(compiler.form(entry(number), "/reverse"), reason=" ")
    assert empty.status_code == 422
    assert "为什么撤销" in empty.text
    page = follow(compiler, compiler.submit(compiler.form(entry(number), "/reverse"), reason="人数核错"))
    assert "办公室 3 严肃会风纪律：8 → 10 分" in page
    assert re.search(r"<s>.*误记的一条</s>", page)
    assert "已撤销" in page
    assert "撤销：人数核错" in page
    assert "/reverse" not in compiler.get(entry(number)).text


# ---- the unit itself, and others


def test_a_unit_sees_its_sheet_answers_and_is_led_to_objecting(visitor: Visitor, year: int) -> None:
    number = put("办公室", "W1-3.1")
    office = visitor(OFFICE)
    assert office.get(f"/appraisal/{year}").location == at("办公室")
    assert at("办公室", "/record") not in office.get(at("办公室")).text
    assert office.get(at("办公室", "/record")).status_code == 403
    assert f'href="{entry(number)}/appeal"' in office.get(entry(number)).text
    assert "请写明情况" in office.submit(office.form(entry(number), "/answer"), text="").text
    said = follow(office, office.submit(office.form(entry(number), "/answer"), text="两人公出，已请假。"))
    assert "两人公出，已请假。" in said
    compiler = visitor(COMPILER)
    assert "答复 1 条" in compiler.get(at("办公室")).text
    assert "办公室答复了一条考评登记" in compiler.get("/inbox").text


def test_another_unit_and_other_bureaus_see_nothing(visitor: Visitor, year: int) -> None:
    number = put("办公室", "W1-3.1")
    for account in ("songjiang-lvgong", "putuo-head", "supervisor"):
        browser = visitor(account)
        assert browser.get(at("办公室")).status_code == 404
        assert browser.get(entry(number)).status_code == 404
    assert visitor("putuo-head").get(f"/appraisal/{year}").status_code == 404
    assert visitor("auditor").get("/appraisal").status_code == 403


def test_the_compiling_unit_is_recorded_by_the_leading_group(visitor: Visitor, year: int) -> None:
    compiler, head = visitor(COMPILER), visitor(HEAD)
    assert "由领导小组评定" in compiler.get(f"/appraisal/{year}").text
    refused = compiler.get(at("政治处", "/record"))
    assert refused.status_code == 403
    assert "领导小组评定" in refused.text
    assert "政治处 1 班子和队伍建设：10 → 8 分" in follow(head, record(head, "政治处", "W2-1.1"))


def test_nothing_is_recorded_once_the_year_is_compiled(visitor: Visitor, year: int) -> None:
    number = put("办公室", "W1-3.1")
    compiler = visitor(COMPILER)
    form = compiler.form(at("办公室", "/record"), "/record")
    with transaction():
        the_year().stage = Stage.COMPILED
    late = compiler.submit(form, code="W1-3.1", day="2021-04-20", note="迟到的登记")
    assert late.status_code == 409
    assert "已经汇总" in late.text
    assert "迟到的登记" in late.text
    assert "/reverse" not in compiler.get(entry(number)).text
    assert at("办公室", "/record") not in compiler.get(at("办公室")).text
    office = visitor(OFFICE)
    assert "两人公出" in follow(office, office.submit(office.form(entry(number), "/answer"), text="两人公出"))


# ---- years and the scheme


def test_a_year_is_begun_from_the_list(visitor: Visitor) -> None:
    with transaction():
        add_people(moment(DAY))
    head = visitor(HEAD)
    page = follow(head, head.submit(head.form("/appraisal", "/begin"), scheme=SCHEME))
    assert "考评已经开始" in page
    assert "社区矫正（教育帮扶）科" in page
    assert "没有可以开始的考评方案" in head.get("/appraisal").text
    assert "考评中" in visitor(OFFICE).get("/appraisal").text


def test_what_is_missing_among_the_units_is_named_and_nothing_begins(visitor: Visitor) -> None:
    assert 'id="scheme"' not in visitor("putuo-head").get("/appraisal").text
    head = visitor(HEAD)
    assert "本区单位里还找不到：办公室、政治处" in head.get("/appraisal").text
    answer = head.submit(head.form("/appraisal", "/begin"), scheme=SCHEME)
    assert answer.status_code == 409
    assert "办公室、政治处" in answer.text
    assert head.submit(head.form("/appraisal", "/begin"), scheme="没有").status_code == 422
    assert db.session.query(Appraisal).count() == 0


def test_the_overview_tells_each_unit_with_its_points(visitor: Visitor, year: int) -> None:
    put("办公室", "W1-3.1")
    take_back(put("办公室", "W1-3.2"))
    page = plain(visitor(HEAD).get(f"/appraisal/{year}").text)
    assert "办公室 48 待填 1 20 0 0 68 1 0 未交" in page
    assert "有效登记1 条" in page
    assert "已交自评0 / 11 个科室" in page


def test_the_scheme_lists_every_clause_with_its_line_and_what_is_odd(visitor: Visitor, year: int) -> None:
    browser, place = visitor(OFFICE), f"/appraisal/{year}/scheme"
    page, known = browser.get(place).text, known_scheme(SCHEME)
    aid = sum(code.startswith("W10-") for code in (clause.code for _, _, clause in known.scheme.clauses()))
    assert f"法律援助中心业务工作605{aid}第 " in plain(page)
    assert "考评标准部分分值项目条款原文" in plain(page).replace(" ", "")
    assert "疑为笔误，应为" in page
    assert f'<a class="nowrap" href="{place}/F#F-10.1">F-10.1</a>' in page
    assert "做出重要贡献" in page
    assert "第3名并列时怎么办" in page
    sheets = {sheet.code: browser.get(f"{place}/{sheet.code}").text for sheet in known.scheme.sheets}
    text = browser.get(f"{place}/text").text
    for sheet, item, clause in known.scheme.clauses():
        assert f'<tr id="{clause.code}">' in sheets[sheet.code]
        assert f'href="{place}/text#line-{clause.line}">' in sheets[sheet.code]
        assert f'href="{place}/{sheet.code}#{item.code}">{item.code}</a></li>' in text
    assert all(f' id="line-{number}">' in text for number in range(1, len(known.text.splitlines()) + 1))
    assert "预置为停用" in sheets["T"]
    assert "最多 20 分" in sheets["W6"]
    assert browser.get(f"{place}/W11").status_code == 404
    assert max(map(len, map(str.encode, (page, text, *sheets.values())))) < HEAVIEST


# ---- how often the database is asked

PAGES = {
    COMPILER: {
        "/appraisal": 2 + 1,
        "/appraisal/{year}": 2 + 25,
        "/appraisal/{year}/units/{unit}": 2 + 9,
        "/appraisal/{year}/units/{following}": 2 + 23,
        "/appraisal/{year}/units/{unit}/record": 2 + 10,
        "/appraisal/{year}/entries/{entry}": 2 + 12,
        "/appraisal/{year}/scheme": 2 + 1,
        "/appraisal/{year}/scheme/W6": 2 + 2,
        "/appraisal/{year}/scheme/text": 2 + 1,
    },
}
Counting = Callable[[], AbstractContextManager[Queries]]


@pytest.mark.parametrize(
    ("account", "address"), [(account, each) for account, pages in PAGES.items() for each in pages]
)
def test_a_page_asks_the_database_so_often(
    visitor: Visitor, year: int, query_count: Counting, account: str, address: str
) -> None:
    browser, number = visitor(account), put("办公室", "W1-3.1")
    page = address.format(year=year, unit=unit("办公室"), following=unit("促进法治科"), entry=number)
    counted = []
    for more in range(2):
        for each in range(3 * more):
            put("办公室", "W1-2.3", note=f"第{each}次")
            put("律公科", "W9-2.1", note=f"第{each}次")
        assert browser.get(page).status_code == 200
        with query_count() as queries:
            browser.get(page)
        assert queries.statements == queries.selects
        counted.append(len(queries.statements))
    assert counted == [PAGES[account][address]] * 2, "\n".join(queries.statements)
