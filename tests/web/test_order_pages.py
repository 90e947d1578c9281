"""督办单 at the browser: tick, see which unit gets which paper, decide, and have Word files that say it."""

import io
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import docx
import pytest
from docx.shared import Mm
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assignments.acts import complete, owed, unit_id
from tests.client import Client
from tests.web.conftest import REVIEWER, same_page, token
from tracker.audit.models import AuditEntry
from tracker.db import db

Visitor = Callable[[str], Client]
RED, NEAR, LAG = "7", "22", "28"
"""Tasks that are overdue, near and neither on the day of the tests."""


@pytest.fixture
def supervisor(seeded: Flask, visitor: Visitor) -> Client:
    """A supervisor at the browser."""
    return visitor("supervisor")


def preview(browser: Client, *ids: int) -> TestResponse:
    """Tick rows and press 生成督办单."""
    return browser.post(
        "/orders/preview", data={"csrf_token": token(browser), "id": list(ids), "back": "/overdue?sort=unit"}
    )


def issue(browser: Client, *ids: int, **fields: Any) -> TestResponse:
    """Send the form with everything filled in, unless `fields` say otherwise."""
    named = {f"number_{unit_id(unit)}": f"沪司督〔2021〕{n}号" for n, unit in enumerate(("songjiang", "huangpu"), 1)}
    texts = {f"text_{colour}": "请抓紧办理。\n并反馈。" for colour in ("red", "yellow", "blue")}
    sent = {"reply_by": "2021-07-02", "contact": "王芳 021-1234", **named, **texts, **fields}
    return browser.post("/orders", data={"csrf_token": token(browser), "ids": ",".join(map(str, ids)), **sent})


def words(content: bytes) -> str:
    """Everything that a Word file says, tables and all."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def issued() -> list[tuple[str, int | None]]:
    """What is on record."""
    wanted = select(AuditEntry.detail, AuditEntry.object_id).where(AuditEntry.act == "issue_order")
    return [(detail, id_) for detail, id_ in db.session.execute(wanted.order_by(AuditEntry.id))]


def test_the_form_shows_each_unit_with_the_colour_that_its_lights_tell(supervisor: Client) -> None:
    found = [owed(RED, "songjiang"), owed(NEAR, "songjiang"), owed(NEAR, "huangpu")]
    page = preview(supervisor, *found).text
    assert "共 2 份" in page
    songjiang, huangpu = (
        page.split('id="unit-')[1:][::2] if page.count('id="unit-') > 2 else page.split('id="unit-')[1:]
    )
    told = {"松江区司法局": "红色督办单（逾期）", "黄浦区司法局": "蓝色督办单（临期）"}
    for part in (songjiang, huangpu):
        (colour,) = [colour for unit, colour in told.items() if unit in part.split("</h2>")[0]]
        assert colour in part
    assert "红色督办单的正文" in page
    assert "黄色督办单的正文" not in page
    assert issued() == []


def test_one_paper_says_everything_and_is_on_record(supervisor: Client) -> None:
    seven = owed(RED, "songjiang")
    answer = issue(supervisor, seven)
    assert answer.status_code == 200, answer.text
    assert "松江区司法局.docx" in unquote(answer.headers["Content-Disposition"])
    told = words(answer.data)
    for part in (
        *("红色督办单（逾期）", "沪司督〔2021〕1号", "松江区司法局：", "请抓紧办理。", "请于2021年7月2日前"),
        *("根据社区矫正机构的委托", "2021-02-28", "116", "扣完为止", "王芳 021-1234", "2021年6月24日"),
        *("督办单回执", f"/assignments/{seven}"),
    ):
        assert part in told
    ((detail, object_id),) = issued()
    assert object_id == seven
    assert "沪司督〔2021〕1号" in detail


def test_the_paper_has_the_margins_and_lines_of_official_papers(supervisor: Client) -> None:
    document = docx.Document(io.BytesIO(issue(supervisor, owed(LAG, "songjiang")).data))
    section = document.sections[0]
    assert [round(side / Mm(1)) for side in (section.page_width, section.page_height)] == [210, 297]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side / Mm(1)) for side in sides] == [37, 35, 28, 26]
    body = next(part for part in document.paragraphs if part.text == "并反馈。")
    assert body.paragraph_format.line_spacing.pt == pytest.approx(28.9, abs=0.05)
    assert body.runs[0].font.size.pt == 16
    assert "黄色督办单（进度滞后）" in document.tables[0].cell(0, 0).text
    assert 'w:fill="FFC000"' in document.tables[0].cell(0, 0)._tc.xml


def test_several_units_get_a_file_each_in_one_archive(supervisor: Client) -> None:
    answer = issue(supervisor, owed(RED, "songjiang"), owed(RED, "huangpu"))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = sorted(archive.namelist())
        assert [name.split(" ")[-1] for name in names] == ["松江区司法局.docx", "黄浦区司法局.docx"]
        assert "黄浦区司法局：" in words(archive.read(names[1]))
        assert "松江区司法局" not in words(archive.read(names[1]))
    assert len(issued()) == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reply_by": ""}, "请填写反馈期限。"),
        ({"reply_by": "2021-06-23"}, "反馈期限不能早于今天。"),
        ({"reply_by": "someday"}, "日期“someday”不对"),
        ({"contact": ""}, "请填写联系人和电话。"),
        ({"contact": "电" * 41}, "最多 40 字"),
        ({"number": " "}, "请填写文号。"),
        ({"number": "一\n二"}, "只能写一行"),
        ({"text_red": ""}, "请填写正文，最多 500 字。"),
    ],
)
def test_what_is_refused_is_told_beside_its_field_and_kept(
    supervisor: Client, fields: dict[str, str], message: str
) -> None:
    named = {f"number_{unit_id('songjiang')}" if name == "number" else name: text for name, text in fields.items()}
    answer = issue(supervisor, owed(RED, "songjiang"), **{"text_red": "改写过的正文。", **named})
    assert answer.status_code == 422
    assert message in answer.text
    assert 'class="error-summary"' in answer.text
    assert "改写过的正文。" in answer.text or "text_red" in fields
    assert issued() == []


def test_two_papers_do_not_share_a_number(supervisor: Client) -> None:
    same = {f"number_{unit_id(unit)}": "沪司督〔2021〕1号" for unit in ("songjiang", "huangpu")}
    answer = issue(supervisor, owed(RED, "songjiang"), owed(RED, "huangpu"), **same)
    assert answer.status_code == 422
    assert "用了不止一次" in answer.text


def test_what_is_completed_is_left_out(supervisor: Client) -> None:
    done = complete(RED, "songjiang", REVIEWER, "2021-03-05")
    assert "有 1 项已办结" in preview(supervisor, done, owed(NEAR, "songjiang")).text
    answer = preview(supervisor, done)
    assert (answer.status_code, answer.location) == (303, "/overdue?sort=unit")
    assert preview(supervisor).status_code == 303


@pytest.mark.parametrize("address", ["/orders/preview", "/orders"])
def test_a_foreign_assignment_answers_as_a_missing_one(seeded: Flask, visitor: Visitor, address: str) -> None:
    browser = visitor("huangpu-lead")
    ids = (owed(RED, "songjiang"), 2_000_000)
    sent = [same_page(browser.post(address, data={"csrf_token": token(browser), "id": str(id_)})) for id_ in ids]
    assert sent[0] == sent[1]
    assert sent[0][0] == 404


def test_nobody_orders_ones_own_unit(seeded: Flask, visitor: Visitor) -> None:
    assert preview(visitor(REVIEWER), owed(RED, "xingfazhixing")).status_code == 403


def test_the_button_stands_beside_urging(supervisor: Client) -> None:
    assert 'formaction="/orders/preview"' in supervisor.get("/overdue").text
