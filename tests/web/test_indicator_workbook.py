"""The workbook at the browser: downloaded, filled in by two people, uploaded, decided on, stored."""

import re

import pytest
from werkzeug.test import TestResponse

from tests.assignments.acts import unit_id
from tests.client import Client, FormReader
from tests.indicators.acts import close, open_round, sheet, type_in
from tests.indicators.test_workbook import out, part, retyped
from tests.web.conftest import Visitor, file, follow
from tracker.indicators.workbook import shown
from tracker.rules.indicators.rounds import Source


def place(number: int, unit: str = "songjiang") -> str:
    """Return the address of a unit's workbook."""
    return f"/indicators/{number}/{unit_id(unit)}/workbook"


def send(browser: Client, number: int, data: bytes, name: str = "表.xlsx") -> TestResponse:
    """Upload a workbook."""
    return browser.submit(browser.form(place(number), "/workbook"), file=file(name, data))


def confirm(browser: Client, page: TestResponse, **choices: str) -> TestResponse:
    """Press the button below the report."""
    reader = FormReader("")
    reader.feed(page.text)
    form = next(form for form in reader.forms if form.action.endswith("/workbook/merge"))
    return browser.submit(form, **{f"choice-{key}": choice for key, choice in choices.items()})


def test_out_changed_by_two_and_in_again(visitor: Visitor) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    type_in(number, {"I007": "3", "I011": "1", "I012": "5"})
    answer = clerk.get(f"{place(number)}.xlsx")
    assert answer.status_code == 200
    assert "spreadsheetml" in answer.content_type
    type_in(number, {"I011": "2", "I012": "9"})
    page = send(clerk, number, retyped(answer.data, {"I007": "4", "I012": "7", "I014": "三"}))
    assert page.status_code == 200
    assert "写入 1 格，冲突 1 格，读不懂 1 格，保留他人所填 1 格" in page.text
    assert "松江经办（演示）" in page.text
    assert shown(sheet(number))["I007"] == "3"
    refused = confirm(clerk, page)
    assert refused.status_code == 422
    assert "还有 1 处冲突没有选择" in refused.text
    assert "已写入 2 个空格" in follow(clerk, confirm(clerk, refused, I012="file"))
    now = shown(sheet(number))
    assert [now[key] for key in ("I007", "I011", "I012", "I014")] == ["4", "2", "7", ""]
    assert sheet(number).held["I007"].source is Source.SHEET


def test_what_others_changed_after_the_report_is_shown_once_more(visitor: Visitor) -> None:
    number, lead = open_round(), visitor("songjiang-lead")
    page = send(lead, number, retyped(out(number), {"I007": "4", "I011": "1"}))
    type_in(number, {"I007": "8"})
    again = confirm(lead, page)
    assert again.status_code == 422
    assert "还有 1 处冲突没有选择" in again.text
    assert "I011" not in sheet(number).held
    type_in(number, {"I007": "9"})
    once_more = confirm(lead, again, I007="file")
    assert once_more.status_code == 409
    assert "已写入 1 个空格；另有 1 个在您核对期间被他人改过" in once_more.text
    assert (shown(sheet(number))["I007"], shown(sheet(number))["I011"]) == ("9", "1")
    follow(lead, confirm(lead, once_more, I007="file"))
    assert shown(sheet(number))["I007"] == "4"


def test_a_report_is_of_one_person_and_one_sheet(visitor: Visitor) -> None:
    number, clerk, lead = open_round(), visitor("songjiang-clerk"), visitor("songjiang-lead")
    page = send(clerk, number, retyped(out(number), {"I007": "4"}))
    found = re.search(r'name="rows" value="([^"]+)"', page.text)
    assert found
    form = lead.form(place(number), "/workbook")
    form.action += "/merge"
    for rows in (found[1], f"{found[1]}x", ""):
        answer = lead.submit(form, rows=rows)
        assert answer.status_code == 422
        assert "请重新上传工作簿" in answer.text
    assert "I007" not in sheet(number).held


@pytest.mark.parametrize(
    ("name", "status", "words"), [("表.xlsm", 415, "带宏"), ("表.pdf", 415, "另存为 .xlsx"), ("", 422, "请先选择")]
)
def test_other_files_are_refused_in_words(visitor: Visitor, name: str, status: int, words: str) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    answer = send(clerk, number, out(number), name)
    assert answer.status_code == status
    assert words in answer.text


def test_programs_in_a_workbook_do_not_come_in(visitor: Visitor) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    answer = send(clerk, number, part(out(number), "", None, {"xl/vbaProject.bin": b"x"}))
    assert answer.status_code == 415
    assert "带宏" in answer.text
    formula = part(out(number), "xl/worksheets/sheet1.xml", (r'<c r="F9".*?</c>', '<c r="F9"><f>1+1</f></c>'))
    answer = send(clerk, number, formula)
    assert answer.status_code == 422
    assert "F9 是公式" in answer.text


def test_who_may_open_it(visitor: Visitor) -> None:
    number = open_round()
    for account in ("supervisor", "leader", "songjiang-lead"):
        assert visitor(account).get(f"{place(number)}.xlsx").status_code == 200
    assert visitor("huangpu-clerk").get(f"{place(number)}.xlsx").status_code == 404
    assert visitor("songjiang-office1").get(place(number)).status_code == 403
    assert 'type="file"' not in visitor("supervisor").get(place(number)).text
    close(number, missing=16)
    assert "已于" in visitor("songjiang-clerk").get(place(number)).text
