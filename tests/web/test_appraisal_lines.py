"""At a task for which the city took points, whoever compiles or leads names the section that answers for it."""

import pytest

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, sheet, unit
from tests.client import Client
from tests.web.conftest import Visitor, follow
from tests.web.test_appraisal_sheets import plain
from tests.web.test_evaluation_pages import Day

PAYER, LAWYERS = "促进法治科", "律公科"


@pytest.fixture
def year(seeded: object, on_day: Day) -> str:
    """The address of a year that has just begun."""
    on_day(DAY)
    return f"/appraisal/{begin()}"


def task(number: str = "9") -> int:
    return next(each.fact.assignment_id for each in sheet(PAYER).taken if each.fact.number == number)


def form_of(browser: Client, place: str) -> dict[str, str]:
    return browser.form(place, action=f"/lines/{task()}").fields


def test_the_section_is_named_at_the_task_and_told_on_its_own_sheet(visitor: Visitor, year: str) -> None:
    place = f"{year}/units/{unit(PAYER)}"
    compiler, head = visitor(COMPILER), visitor(HEAD)
    assert "时限：2021年6月30日 ·" in plain(compiler.get(place).text)
    stale = form_of(head, place)
    sent = {**form_of(compiler, place), "section": "", "reason": "律师工作由该科落实"}
    refused = compiler.post(f"{place}/lines/{task()}", data=sent)
    assert refused.status_code == 422
    assert "请选择由哪个科室负责。" in refused.text
    assert ">律师工作由该科落实</textarea>" in refused.text
    told = follow(compiler, compiler.post(f"{place}/lines/{task()}", data={**sent, "section": LAWYERS}))
    assert "本局责任科室：律公科：律师工作由该科落实" in plain(told)
    late = head.post(f"{place}/lines/{task()}", data={**stale, "section": "公服科", "reason": "会议改定"})
    assert late.status_code == 409
    assert "您的没有保存" in late.text
    assert "以前指明的" not in late.text
    head.post(f"{place}/lines/{task()}", data={**form_of(head, place), "section": LAWYERS, "reason": "会议再定"})
    assert "以前指明的 1 次" in plain(head.get(place).text)
    own = visitor("songjiang-lvgong").get(f"{year}/units/{unit(LAWYERS)}").text
    assert "由本科室负责而未完成的，扣分记在促进法治科，不在本表" in plain(own)
    assert "/lines/" not in own


def test_the_unit_that_pays_reads_it_and_names_nobody(visitor: Visitor, year: str) -> None:
    place, payer = f"{year}/units/{unit(PAYER)}", visitor("songjiang-cujinfazhi")
    assert f"/lines/{task()}" not in payer.get(place).text
    sent = {**visitor(COMPILER).form(place, action=f"/lines/{task()}").fields, "section": LAWYERS, "reason": "推给别人"}
    sent["csrf_token"] = payer.form(f"{place}/own").fields["csrf_token"]
    assert payer.post(f"{place}/lines/{task()}", data=sent).status_code == 403
    nothing = visitor(HEAD)
    gone = {**nothing.form(place, action=f"/lines/{task()}").fields, "section": LAWYERS, "reason": "没有这项"}
    assert nothing.post(f"{place}/lines/2000000", data=gone).status_code == 404
