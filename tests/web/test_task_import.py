"""Tasks from a spreadsheet: looked at, confirmed, and added all or not at all."""

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import moment, person, the_plan
from tests.client import Client, FormReader
from tests.makers import make_freeze
from tests.web.conftest import Visitor, follow
from tracker.assignments import changes
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.plans.changes import NewTask
from tracker.plans.models import Task
from tracker.rules.dues import read_due
from tracker.spreadsheets import read_rows

HEAD = ["no", "title", "due"]
GOOD = [HEAD, [31, "甲任务。", "2021-09"], [32, "乙任务。", "2021-10-15"]]


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


def book(rows: list[list[Any]]) -> bytes:
    """Return a workbook; a text that begins with = is a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def packed(*names: str, size: int = 0) -> bytes:
    """Return a container with parts of these names, each so long."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"\0" * size)
    return out.getvalue()


def send(browser: Client, content: bytes, name: str = "p.xlsx") -> TestResponse:
    form = browser.form(f"/plans/{the_plan().id}/tasks/import")
    return browser.submit(form, file=(io.BytesIO(content), name))


def confirm(browser: Client, preview: TestResponse, **fields: str) -> TestResponse:
    reader = FormReader("")
    reader.feed(preview.text)
    form = next(form for form in reader.forms if form.action.endswith("/confirm"))
    return browser.submit(form, **{"reason": "依据市局通知。", **fields})


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_list_is_looked_at_before_it_is_added(supervisor: Client) -> None:
    owed = count(Assignment)
    preview = send(supervisor, book(GOOD))
    assert preview.status_code == 200
    for words in ("甲任务。", "2021-09-30", "2021-10-15", "各区局", "尚未写入"):
        assert words in preview.text
    assert count(Task) == 28
    shown = follow(supervisor, confirm(supervisor, preview))
    assert "2 项任务已增补" in shown
    assert "乙任务。" in shown
    assert (count(Task), count(Assignment)) == (30, owed + 2 * 16)


def test_a_csv_will_do_and_may_name_units(supervisor: Client) -> None:
    text = "序号,任务,完成时限,责任单位\n31,甲任务。,,松江、市局秘书处\n".encode("gb18030")
    follow(supervisor, confirm(supervisor, send(supervisor, text, "表.csv")))
    added = db.session.scalars(select(Task).where(Task.number == "31")).one()
    assert db.session.scalar(select(func.count()).where(Assignment.task_id == added.id)) == 2


@pytest.mark.parametrize(
    ("content", "name", "code", "said"),
    [
        (b"no,title", "p.xlsx", 415, "读不出来"),
        (packed("../../evil", "xl/workbook.xml"), "p.xlsx", 415, "读不出来"),
        (packed("xl/workbook.xml", size=50_000_000), "p.xlsx", 413, "太大"),
        (book(GOOD), "p.exe", 415, "只接受"),
        (book([HEAD, [31, "甲", "2021-03"], [31, "乙", "2021-03"]]), "p.xlsx", 422, "第 2、3 行"),
        (book([HEAD, [32, "甲", "2021-03"], [1, "乙", "2021-03"]]), "p.xlsx", 409, "第 3 行"),
        (book([HEAD, ["=1+1", "甲", "2021-09"]]), "p.xlsx", 422, "公式"),
        (book([HEAD, [31, "甲", "2021-03"]]), "p.xlsx", 422, "早于今天"),
        (book([HEAD, [31, "甲", "2021-13"]]), "p.xlsx", 422, "第 2 行"),
        (book([HEAD, [31.5, "甲", "2021-09"]]), "p.xlsx", 422, "序号应是"),
        (book([["序号", "任务"], [31, "甲"]]), "p.xlsx", 422, "缺少：完成时限"),
        (book([HEAD]), "p.xlsx", 422, "没有任务"),
        (b"", "p.csv", 422, "空的"),
    ],
)
def test_what_cannot_be_taken_is_refused_whole(
    supervisor: Client, content: bytes, name: str, code: int, said: str
) -> None:
    response = send(supervisor, content, name)
    assert response.status_code == code
    assert said in response.text
    assert count(Task) == 28


def test_a_form_without_a_file_is_refused(supervisor: Client) -> None:
    response = supervisor.submit(supervisor.form(f"/plans/{the_plan().id}/tasks/import"))
    assert response.status_code == 422
    assert "请先选择文件" in response.text


def test_a_reason_is_needed_and_the_list_stays(supervisor: Client) -> None:
    again = confirm(supervisor, send(supervisor, book(GOOD)), reason=" ")
    assert again.status_code == 422
    assert "请写明理由" in again.text
    assert count(Task) == 28
    assert confirm(supervisor, again).status_code == 303


def test_only_what_was_looked_at_is_added(supervisor: Client) -> None:
    preview = send(supervisor, book(GOOD))
    for rows in ("", "x.y.z", "9" * 5000):
        assert confirm(supervisor, preview, rows=rows).status_code == 422
    form = supervisor.form(f"/plans/{the_plan().id}/tasks/import")
    reader = FormReader("")
    reader.feed(preview.text)
    rows = next(form.fields["rows"] for form in reader.forms if "rows" in form.fields)
    data = {**form.fields, "rows": rows, "reason": "x"}
    assert supervisor.post("/plans/2000000/tasks/import/confirm", data=data).status_code == 404
    assert count(Task) == 28


def test_who_was_slower_adds_nothing_twice(supervisor: Client) -> None:
    preview = send(supervisor, book(GOOD))
    with transaction():
        new = NewTask("32", "先来的。", read_due("2021-09"), ("松江",))
        changes.create(person("supervisor"), moment("2021-06-24"), the_plan().id, new, "x")
    response = confirm(supervisor, preview)
    assert response.status_code == 409
    assert "第 3 行：本方案已有第32项" in response.text
    assert count(Task) == 29


def test_a_plan_whose_scores_are_final_takes_no_list(supervisor: Client, seeded: Flask) -> None:
    preview = send(supervisor, book(GOOD))
    with transaction():
        make_freeze(plan_id=the_plan().id)
    assert send(supervisor, book(GOOD)).status_code == 409
    assert confirm(supervisor, preview).status_code == 409
    assert count(Task) == 28


def test_the_template_is_taken_as_it_is(supervisor: Client) -> None:
    response = supervisor.get(f"/plans/{the_plan().id}/tasks/import/template.xlsx")
    assert "attachment" in response.headers["Content-Disposition"]
    assert read_rows("t.xlsx", response.data) == [["序号", "任务", "完成时限", "责任单位"]]


@pytest.mark.slow
def test_the_longest_list_goes_through(supervisor: Client) -> None:
    rows = [HEAD, *[[n, f"第{n}项任务，开展专项检查并报送总结。", "2021-09"] for n in range(100, 400)]]
    assert confirm(supervisor, send(supervisor, book(rows))).status_code == 303
    assert count(Task) == 328
