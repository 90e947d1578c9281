"""One task of one district from dispatch to acceptance, in the browser, and everything that shows it on the way."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.assignments.acts import owed, the_plan, unit_id
from tests.client import Client
from tests.web.conftest import PDF, file

CLERK, REVIEWER = "songjiang-clerk", "reviewer-xingfazhixing"
Visit = Callable[[str], Client]


@pytest.fixture
def visit(seeded: Flask) -> Visit:
    """Open a browser as someone, anew each time, as people do on another day."""

    def open_browser(account: str) -> Client:
        browser = seeded.test_client()
        assert isinstance(browser, Client)
        browser.login(account)
        return browser

    return open_browser


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7."""
    return owed("7", "songjiang")


def press(browser: Client, page: str, action: str = "", **fields: Any) -> str:
    """Send a form of a page and return the page that it led to."""
    response: TestResponse = browser.submit(browser.form(page, action), **fields)
    assert response.status_code == 303, response.text
    return browser.get(response.location).text


def score(browser: Client, day: str) -> str:
    """Return what the score page says of Songjiang on a day."""
    page = browser.get(f"/scores/{unit_id('songjiang')}?on={day}").text
    found = re.search(r"20 − \d+ = (\d+) 分", page)
    assert found
    return found[1]


def overdue(browser: Client, day: str) -> bool:
    """Tell whether the overdue list names Songjiang's task 7 on a day."""
    page = browser.get(f"/overdue?on={day}&level=district_bureau&district={unit_id('songjiang')}").text
    return f'href="/assignments/{owed("7", "songjiang")}"' in page


def light(browser: Client, day: str) -> str:
    """Return the light of Songjiang's task 7 in the matrix on a day."""
    page = browser.get(f"/plans/{the_plan().id}/matrix?on={day}").text
    cell = page.split(f'href="/assignments/{owed("7", "songjiang")}"')[1].split("</a>")[0]
    words = [word for word in ("逾期后办结", "已办结", "未开始", "正常", "临期", "逾期") if word in cell]
    return words[0]


def steps(browser: Client, assignment: int) -> list[str]:
    """Return the timeline of an assignment, the oldest first."""
    page = browser.get(f"/assignments/{assignment}").text.split('class="timeline"')[1].split("</ol>")[0]
    entries = page.split('<li class="event')[1:]
    events = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", entry)).strip() for entry in entries]
    return [event.partition(">")[2].strip() or event for event in reversed(events)]


def test_a_task_is_signed_for_reported_returned_reported_again_and_accepted(
    visit: Visit, seven: int, on_day: Callable[[str], object]
) -> None:
    place = f"/assignments/{seven}"

    on_day("2021-02-20")
    clerk = visit(CLERK)
    assert "待签收" in clerk.get("/todo").text
    assert "已签收" in press(clerk, place, "sign")

    on_day("2021-03-02")
    clerk = visit(CLERK)
    supervisor = visit("supervisor")
    assert (overdue(supervisor, "2021-03-02"), light(supervisor, "2021-03-02")) == (True, "逾期")
    assert score(supervisor, "2021-03-02") == "18"
    filled = {"done": "已与中心承接社区矫正工作。", "files": file("承接协议.pdf")}
    assert "已申请办结，等待审核" in press(clerk, f"{place}/report", intent="completion", **filled)
    assert overdue(supervisor, "2021-03-02")

    on_day("2021-03-03")
    reviewer = visit(REVIEWER)
    assert place in reviewer.get("/todo?tab=review").text
    assert "已退回承办单位修改" in press(reviewer, place, "review", decision="return", reason="缺各所名单")
    assert place not in reviewer.get("/todo?tab=review").text

    on_day("2021-03-04")
    clerk = visit(CLERK)
    assert "缺各所名单" in clerk.get(place).text
    assert place in clerk.get("/todo?tab=returned").text
    again = {"done": "已补各所名单。", "files": file("承接协议.pdf", PDF + b"2")}
    assert "已申请办结，等待审核" in press(clerk, f"{place}/report", intent="completion", **again)

    on_day("2021-03-05")
    reviewer = visit(REVIEWER)
    assert "承接协议.pdf" in reviewer.get(place).text
    assert "审核通过，事项已办结" in press(reviewer, place, "review", decision="accept", reason="")

    supervisor = visit("supervisor")
    assert (overdue(supervisor, "2021-03-05"), overdue(supervisor, "2021-03-04")) == (False, True)
    assert (light(supervisor, "2021-03-05"), light(supervisor, "2021-03-01")) == ("逾期后办结", "逾期")
    assert (score(supervisor, "2021-03-05"), score(supervisor, "2021-03-01")) == ("19", "18")
    assert "2021-03-05 逾期后办结" in supervisor.get(f"/scores/{unit_id('songjiang')}?on=2021-03-05").text
    told = steps(supervisor, seven)
    expected = ["交办", "签收", "申请办结", "退回 缺各所名单", "申请办结", "审核通过"]
    assert len(told) == len(expected)
    assert [words for event, words in zip(told, expected, strict=True) if words not in event] == []


def test_what_lies_with_the_reviewer_is_not_urged(
    visit: Visit, seven: int, on_day: Callable[[str], object], cli: Callable[..., Any]
) -> None:
    place = f"/assignments/{seven}"
    on_day("2021-02-26")
    clerk = visit(CLERK)
    press(clerk, place, "sign")
    press(clerk, f"{place}/report", intent="completion", done="已承接。")

    on_day("2021-03-01")
    letters = {letter["recipient"]: letter for letter in cli("remind", "--json").json}
    assert letters[CLERK]["subject"] == "【督办提醒】3月1日：已逾期1项，本月到期6项，下月及以后到期4项，待签收27项"
    assert "已逾期2项" in letters["huangpu-clerk"]["subject"]
    assert cli("remind", "--json").json == []

    press(visit(REVIEWER), place, "review", decision="return", reason="缺附件")
    on_day("2021-03-02")
    letters = {letter["recipient"]: letter for letter in cli("remind", "--json").json}
    handlers = {name for name, letter in letters.items() if letter["tasks"]}
    assert handlers == {CLERK}
    assert "已逾期1项" in letters[CLERK]["subject"]
    assert "提醒" in visit("supervisor").get(place).text


def test_a_supervisor_exempts_and_takes_it_back(visit: Visit, seven: int, on_day: Callable[[str], object]) -> None:
    place = f"/assignments/{seven}"
    on_day("2021-03-02")
    supervisor = visit("supervisor")
    assert "已认定不适用" in press(supervisor, place, "supervise", move="exempt", reason="该区由市里统一办理")
    assert (score(supervisor, "2021-03-02"), score(supervisor, "2021-03-01")) == ("19", "18")
    assert "不适用，不计" in supervisor.get(f"/scores/{unit_id('songjiang')}?on=2021-03-02").text
    assert not overdue(supervisor, "2021-03-02")

    on_day("2021-03-04")
    supervisor = visit("supervisor")
    assert "已重新办理" in press(supervisor, place, "supervise", move="reopen", reason="情况有变")
    assert [score(supervisor, day) for day in ("2021-03-03", "2021-03-04")] == ["19", "18"]
    assert overdue(supervisor, "2021-03-04")
    page = visit(CLERK).get(place).text
    assert "情况有变" in page
    assert "该区由市里统一办理" in page


def test_a_clerk_signs_for_many_at_once(visit: Visit, on_day: Callable[[str], object]) -> None:
    on_day("2021-02-20")
    clerk = visit(CLERK)
    ids = [str(owed(number, "songjiang")) for number in ("7", "8", "1")]
    page = press(clerk, "/todo", "acknowledge", id=ids)
    assert "已签收 3 项" in page
    assert all("办理中" in clerk.get(f"/assignments/{id_}").text for id_ in ids)


def test_a_justice_office_reports_to_the_lead_of_its_district(visit: Visit, on_day: Callable[[str], object]) -> None:
    on_day("2021-02-20")
    place = f"/assignments/{owed('7', 'songjiang-yueyang')}"
    office = visit("songjiang-office1")
    press(office, place, "sign")
    press(office, f"{place}/report", intent="completion", done="本所已承接。")
    lead = visit("songjiang-lead")
    assert place in lead.get("/todo").text
    assert "审核通过" in press(lead, place, "sign-off", decision="accept", reason="")
    assert visit("putuo-lead").get(place).status_code == 404
