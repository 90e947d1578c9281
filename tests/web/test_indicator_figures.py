"""Offices' figures at the browser: asked for, given, added up with the rows behind, confirmed; what was spared."""

import re

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.indicators.acts import open_round, sheet
from tests.indicators.test_figures import ask, give, two
from tests.web.conftest import Visitor, follow
from tracker.rules.indicators.rounds import Source


def place(number: int, unit: str = "songjiang") -> str:
    """Return the address of a district's page."""
    return f"/indicators/{number}/{unit_id(unit)}/figures"


def typed(browser: Client, key: str) -> str:
    """Return the name of the control in which an office types a blank's figure."""
    found = re.search(rf'name="(figure-\d+)"[^>]*aria-label="{key} ', browser.get("/indicators/figures").text)
    assert found
    return found[1]


def test_a_district_asks_an_office_answers_the_district_confirms(visitor: Visitor) -> None:
    number, clerk, office = open_round(), visitor("songjiang-clerk"), visitor("songjiang-office1")
    assert "区局没有要数据" in office.get("/indicators/figures").text
    asked = clerk.form(place(number), "/figures")
    offices = sum(name.startswith("office-") for name in asked.fields)
    assert offices > 2
    answer = clerk.submit(asked, **{"blank-I007": "1", "blank-I011": "1"})
    assert f"新收集 {2 * offices} 项" in follow(clerk, answer)
    shown = office.get("/indicators/figures").text
    assert "还有 2 个数没有填" in shown
    assert "2021年6月30日 前填好" in shown
    sent = office.form("/indicators/figures", "/indicators/figures")
    refused = office.submit(sent, **{typed(office, "I007"): "12", typed(office, "I011"): "三个"})
    assert refused.status_code == 422
    assert "有 1 个数没有存，其余 1 个已保存" in refused.text
    assert "三个" in refused.text
    page = clerk.get(place(number)).text
    assert f"（全区 {offices} 个所：1 个已报，{offices - 1} 个未报，0 个没有问）" in page
    assert "I007" not in sheet(number).held
    assert "I007 已按司法所合计填为 12" in follow(clerk, clerk.submit(clerk.form(place(number), "/confirm")))
    assert sheet(number).held["I007"].source is Source.OFFICES
    assert f"已撤回：{offices - 1} 个未报的所" in follow(clerk, clerk.submit(clerk.form(place(number), "/withdraw")))


def test_what_changed_since_the_page_was_opened_is_not_confirmed(visitor: Visitor) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    ask(number)
    give({"I007": "5"})
    form = clerk.form(place(number), "/confirm")
    give({"I007": "6"})
    answer = clerk.submit(form)
    assert answer.status_code == 409
    assert "现在合计 6" in answer.text
    assert "I007" not in sheet(number).held


def test_the_burden_leads_to_the_rows_behind_each_figure(visitor: Visitor) -> None:
    first = open_round()
    ask(first)
    give({"I007": "5"})
    second = open_round(title="补充填报")
    ask(second)
    clerk = visitor("songjiang-clerk")
    assert "合计问了 279 个空格，沿用 1 个没有再问" in clerk.get("/indicators/burden").text
    rows = clerk.get(f"/indicators/burden?round={second}&unit={two()[0]}").text
    assert "沿用，没有再问：1 个空格" in rows
    assert "“年度填报”已报" in rows
    assert "沿用“年度填报”，没有再问" in clerk.get(place(second)).text


def test_who_may_open_them(visitor: Visitor) -> None:
    number = open_round()
    assert visitor("huangpu-clerk").get(place(number)).status_code == 404
    assert visitor("leader").get(place(number)).status_code == 200
    assert visitor("songjiang-clerk").get("/indicators/figures").status_code == 403
    office = visitor("songjiang-office1")
    assert office.get(place(number)).status_code == 403
    assert office.get("/indicators/burden").status_code == 403
