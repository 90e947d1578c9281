"""The calendar page: a year at a glance, single days, and a file that is compared before it is imported."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.client import Client, Form, FormReader
from tests.web.conftest import follow, token
from tracker.workdays import queries
from tracker.workdays.entries import Entry

GOLDEN = "".join(f"2027-10-0{day},休,国庆节\n" for day in range(1, 8))
OnDay = Callable[[str], date]


@pytest.fixture
def admin(visitor: Callable[[str], Client]) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


def upload(admin: Client, content: bytes, name: str = "安排.csv") -> TestResponse:
    """Choose a file and ask what it would change."""
    data = {"csrf_token": token(admin), "file": (io.BytesIO(content), name), "year": "2027"}
    return admin.post("/admin/calendar/import", data=data)


def confirming(response: TestResponse) -> Form:
    """Return the form that confirms what a page previews."""
    reader = FormReader("/admin/calendar/import")
    reader.feed(response.text)
    [form] = [form for form in reader.forms if form.action.endswith("/confirm")]
    return form


def test_the_year_shows_what_is_off_and_what_is_not_in_words(admin: Client) -> None:
    page = admin.get("/admin/calendar?year=2026").text
    assert page.count("<table>") == 12
    assert "全年工作日 248 天" in page
    assert '1<span class="day-mark">休</span>' in page
    assert '<span class="day-mark day-mark-work">班</span>' in page
    assert "休 1–7日 国庆节" in page
    assert "班 10日 国庆节调休" in page
    assert "程序内置的放假安排" in page


def test_the_year_of_the_business_day_is_shown_unless_another_is_asked_for(admin: Client) -> None:
    assert "<h1>2021 年工作日历</h1>" in admin.get("/admin/calendar").text
    assert "<h1>2100 年工作日历</h1>" in admin.get("/admin/calendar?year=2100").text


@pytest.mark.parametrize("year", ["1999", "2101", "x", "-1", "2026.0", "9" * 5000])
@pytest.mark.parametrize("page", ["calendar", "calendar/arrangement.csv"])
def test_another_year_is_refused_in_words(admin: Client, page: str, year: str) -> None:
    response = admin.get(f"/admin/{page}?year={year}")
    assert response.status_code == 400
    assert "年份应在 2000 到 2100 之间" in response.text or "应为数字" in response.text


def test_from_november_on_a_missing_year_is_said_until_it_is_imported(admin: Client, on_day: OnDay) -> None:
    on_day("2026-10-31")
    assert "2027 年放假安排未导入" not in admin.get("/admin/calendar").text
    on_day("2026-11-01")
    assert "2027 年放假安排未导入" in admin.get("/admin/calendar").text
    admin.submit(confirming(upload(admin, GOLDEN.encode())))
    assert "未导入" not in admin.get("/admin/calendar").text


def test_a_file_is_compared_first_and_imported_when_confirmed(admin: Client) -> None:
    preview = upload(admin, f"{GOLDEN}2027-05-03,班,错\n".encode("gb18030"), "../放假 安排.csv")
    assert preview.status_code == 200
    assert "新增 8 天，改动 0 天，删除 0 天，不变 0 天" in preview.text
    assert "5月3日（周一）本来就上班" in preview.text
    assert queries.overrides([2027]) == []
    page = follow(admin, admin.submit(confirming(preview)))
    assert "2027 年放假安排已导入" in page
    assert "依据：放假 安排.csv（" in page
    assert "10 月</b>" in page
    assert len(queries.overrides([2027])) == 8


def test_every_wrong_line_is_listed_and_nothing_stored(admin: Client) -> None:
    response = upload(admin, "2027-13-01,休\n2027-10-01,玩\n".encode())
    assert response.status_code == 422
    assert "<h1>2027 年工作日历</h1>" in response.text
    assert "第 1 行：日期“2027-13-01”不对" in response.text
    assert "第 2 行：类型“玩”不对" in response.text
    assert queries.overrides([2027]) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请先选择放假安排的 CSV 文件"),
        ({"file": (b"", "")}, "请先选择放假安排的 CSV 文件"),
        ({"file": (b"", "a.csv")}, "没有任何日期"),
        ({"file": (b"PK\x03\x04", "a.xlsx")}, "另存为 CSV"),
        ({"file": (b"x" * 300_000, "a.csv")}, "文件超过 200 KB"),
        ({"file": "not a file", "year": "later"}, "请先选择放假安排的 CSV 文件"),
    ],
)
def test_what_is_no_holiday_file_is_refused(admin: Client, data: dict[str, object], words: str) -> None:
    sent = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in data.items()
    }
    response = admin.post("/admin/calendar/import", data={"csrf_token": token(admin), **sent})
    assert response.status_code == 422
    assert words in response.text


def test_a_calendar_that_changed_since_the_preview_is_compared_again(admin: Client) -> None:
    form = confirming(upload(admin, GOLDEN.encode()))
    admin.submit(admin.form("/admin/calendar", "days"), day="2027-05-03", kind="休", note="台风停工")
    again = admin.submit(form)
    assert again.status_code == 409
    assert "工作日历刚被他人修改" in again.text
    assert "－ 删除" in again.text
    assert queries.overrides([2027]) == [Entry(date(2027, 5, 3), False, "台风停工")]
    follow(admin, admin.submit(confirming(again)))
    assert len(queries.overrides([2027])) == 7


@pytest.mark.parametrize("text", [None, "", "damaged", "2027-10-01,休\n2027-10-01,班\n"])
def test_a_damaged_confirmation_is_refused(admin: Client, text: str | None) -> None:
    form = confirming(upload(admin, GOLDEN.encode()))
    assert admin.submit(form, text=text).status_code == 422
    assert queries.overrides([2027]) == []


def test_one_day_is_set_and_given_back(admin: Client) -> None:
    form = admin.form("/admin/calendar?year=2027", "days")
    page = follow(admin, admin.submit(form, day="2027-05-03", kind="休", note="台风停工"))
    assert "2027-05-03 已设为放假" in page
    assert "休 3日 台风停工" in page
    page = follow(admin, admin.submit(admin.form("/admin/calendar?year=2027", "remove")))
    assert "2027-05-03 的设定已删除" in page
    assert "没有导入，也没有单独设定" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": ""}, "请填写日期"),
        ({"day": "2027-02-29"}, "日期"),
        ({"day": "1999-01-04"}, "年份应在 2000 到 2100 之间"),
        ({"kind": None}, "请选择放假还是上班"),
        ({"kind": "玩"}, "这一天"),
        ({"note": "长" * 101}, "说明最多 100 字"),
        ({"note": "=1+1"}, "说明不能以“=”开头"),
    ],
)
def test_a_day_that_will_not_do_keeps_what_was_typed(admin: Client, fields: dict[str, str], words: str) -> None:
    form = admin.form("/admin/calendar?year=2027", "days")
    response = admin.submit(form, **{"day": "2027-05-03", "kind": "休", "note": "台风停工", **fields})
    assert response.status_code == 422
    assert "<h1>2027 年工作日历</h1>" in response.text
    assert words in response.text
    assert "note" in fields or "台风停工" in response.text
    assert queries.overrides(range(2000, 2100)) == []


def test_a_day_that_nobody_set_is_not_there(admin: Client) -> None:
    sent = {"csrf_token": token(admin)}
    assert admin.post("/admin/calendar/days/remove", data={**sent, "day": "2027-05-03"}).status_code == 404
    assert admin.post("/admin/calendar/days/remove", data={**sent, "day": "yesterday"}).status_code == 400


def test_what_is_downloaded_can_be_imported_again(admin: Client) -> None:
    response = admin.get("/admin/calendar/arrangement.csv?year=2026")
    assert response.mimetype == "text/csv"
    assert "2026%E5%B9%B4" in response.headers["Content-Disposition"]
    assert response.data.startswith(b"\xef\xbb\xbf")
    preview = upload(admin, response.data)
    assert "新增 39 天" in preview.text
    assert "notice-warning" not in preview.text
    before = [queries.calendar().is_working(day) for day in queries.days_of(2026)]
    follow(admin, admin.submit(confirming(preview)))
    assert [queries.calendar().is_working(day) for day in queries.days_of(2026)] == before
    assert "不变 39 天" in upload(admin, admin.get("/admin/calendar/arrangement.csv?year=2026").data).text


def test_the_template_holds_the_head_alone(seeded: Flask, admin: Client) -> None:
    assert admin.get("/admin/calendar/template.csv").data.decode("utf-8-sig") == "日期,类型（休/班）,说明\r\n"
