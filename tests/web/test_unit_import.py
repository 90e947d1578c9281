"""Units from spreadsheets: a preview that writes nothing, then exactly that or nothing."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.client import Client, Form, FormReader
from tests.web.conftest import Visitor, file, follow, token
from tests.web.test_unit_pages import aliases, unit
from tests.web.test_user_import import xlsx as sheet_of
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.people.unit_sheets import HEADS

NEW = ("", "司法所", "松江区司法局", "新桥第二司法所", "新桥二", "新桥二所", "021-1", "")
DISTRICT = ("", "区局", "上海市司法局", "临港区司法局", "临港", "", "", "")
BELOW = ("lingang-1", "司法所", "临港区司法局", "芦潮港司法所", "芦潮港", "", "", "7")


def xlsx(*rows: Sequence[str], heads: Sequence[str] = HEADS) -> bytes:
    """Return a sheet."""
    return sheet_of(*rows, heads=heads)


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


def send(browser: Client, data: bytes, name: str = "单位.xlsx") -> TestResponse:
    """Upload a sheet."""
    return browser.post("/admin/units/import", data={"csrf_token": token(browser), "file": file(name, data)})


def form_of(page: TestResponse) -> Form:
    """Return the form of a preview."""
    reader = FormReader("")
    reader.feed(page.text)
    return next(form for form in reader.forms if form.action.endswith("/confirm"))


def exists(name: str) -> bool:
    """Tell whether a unit of a name is there."""
    return db.session.scalar(select(Organization.id).where(Organization.name == name)) is not None


def row(slug: str, **changes: str) -> tuple[str, ...]:
    """Return a row about a unit that is there, empty but for some cells."""
    kept = unit(slug)
    found = dict.fromkeys(HEADS, "") | {"代码": slug, "名称": kept.name, "简称": kept.short_name} | changes
    return tuple(found[head] for head in HEADS)


def test_the_preview_tells_every_change_and_writes_nothing(admin: Client) -> None:
    before = db.session.query(AuditEntry).count()
    page = send(admin, xlsx(NEW, row("mishu", 名称="市局综合处", 电话="021-77", 别名="综合处"), row("xinxi")))
    assert page.status_code == 200
    assert "新建 1 个，修改 1 个，不变 1 个，不能用 0 行" in page.text
    assert "<del>市局秘书处</del> → <ins>市局综合处</ins>" in page.text
    assert "增加 综合处" in page.text
    assert not exists("新桥第二司法所")
    assert db.session.query(AuditEntry).count() == before


def test_what_was_previewed_is_applied(admin: Client) -> None:
    answer = admin.submit(
        form_of(send(admin, xlsx(NEW, row("mishu", 名称="市局综合处", 电话="021-77", 别名="综合处、文秘处"))))
    )
    assert "表格已导入：新建 1 个，修改 1 个" in follow(admin, answer)
    assert exists("新桥第二司法所")
    assert (unit("mishu").name, unit("mishu").phone) == ("市局综合处", "021-77")
    assert {"市局秘书处", "综合处", "文秘处"} <= aliases("mishu")


def test_a_unit_may_stand_below_one_of_the_same_sheet_wherever_its_row_is(admin: Client) -> None:
    assert admin.submit(form_of(send(admin, xlsx(BELOW, DISTRICT)))).status_code == 303
    district = db.session.scalars(select(Organization).where(Organization.name == "临港区司法局")).one()
    assert (unit("lingang-1").parent_id, unit("lingang-1").position) == (district.id, 7)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (("", "市局", "", "又一市局", "又", "", "", ""), "不能新建"),
        (("", "大区", "上海市司法局", "甲", "甲", "", "", ""), "不能新建"),
        (("", "司法所", "上海市司法局", "甲", "甲", "", "", ""), "司法所应在区局之下"),
        (("", "司法所", "无此区", "甲", "甲", "", "", ""), "司法所应在区局之下"),
        (("", "司法所", "松江区司法局", "", "甲", "", "", ""), "请填写名称"),
        (("", "司法所", "松江区司法局", "新所", "岳阳", "", "", ""), "已是同一上级下岳阳街道司法所的名称"),
        (("", "司法所", "松江区司法局", "新所", "新", "松江", "", ""), "别名“松江”已是松江区司法局的名称"),
        (("", "司法所", "松江区司法局", "新所", "新", "", "打电话", ""), "电话只能写数字"),
        (("", "司法所", "松江区司法局", "新所", "新", "", "", "甲"), "序号“甲”"),
        (("Ä", "司法所", "松江区司法局", "新所", "新", "", "", ""), "代码只能由"),
        (("songjiang-yueyang", "司法所", "青浦区司法局", "", "", "", "", ""), "移动单位不能在表格里办"),
        (("songjiang-yueyang", "区局", "", "", "", "", "", ""), "类别不能改"),
        (NEW, "是同一个单位"),
    ],
)
def test_one_row_that_cannot_be_used_holds_everything_back(admin: Client, bad: tuple[str, ...], said: str) -> None:
    page = send(admin, xlsx(NEW, bad))
    assert page.status_code == 422
    assert said in page.text
    assert "第 3 行" in page.text
    assert "import/confirm" not in page.text
    assert not exists("新桥第二司法所")


def test_closing_is_not_done_by_a_sheet(admin: Client) -> None:
    page = send(admin, xlsx((*row("mishu"), "已停用"), heads=(*HEADS, "状态")))
    assert page.status_code == 422
    assert "停用、启用和合并不能在表格里办" in page.text


def test_if_a_unit_changed_meanwhile_nothing_is_applied_and_a_new_preview_is_shown(admin: Client) -> None:
    form = form_of(send(admin, xlsx(NEW, row("mishu", 电话="021-77"))))
    with transaction():
        unit("mishu").phone = "021-88"
    answer = admin.submit(form)
    assert answer.status_code == 409
    assert "预览之后单位有变动" in answer.text
    assert "<del>021-88</del>" in answer.text
    assert not exists("新桥第二司法所")
    assert admin.submit(form_of(answer)).status_code == 303


def test_a_failure_in_the_middle_leaves_nothing(admin: Client) -> None:
    rows = (row("mishu", 名称="市局信息处二", 别名="同名处"), row("xinxi", 别名="同名处"))
    answer = admin.submit(form_of(send(admin, xlsx(*rows))))
    assert answer.status_code == 409
    assert "同一名称不能指两个单位" in answer.text
    assert unit("mishu").name == "市局秘书处"


def test_rows_that_somebody_forged_or_another_person_previewed_are_refused(admin: Client, visitor: Visitor) -> None:
    rows = form_of(send(admin, xlsx(NEW))).fields["rows"]
    # Not the last sign: some of its bits say nothing, so that another one there may be the same signature.
    forged = ("A" if rows[0] != "A" else "B") + rows[1:]
    for value in (forged, "x", ""):
        answer = admin.post("/admin/units/import/confirm", data={"csrf_token": token(admin), "rows": value})
        assert answer.status_code == 422
        assert "预览已失效" in answer.text
    lead = visitor("songjiang-lead")
    sent = {"csrf_token": token(lead), "rows": rows}
    assert lead.post("/admin/units/import/confirm", data=sent).status_code == 403
    assert not exists("新桥第二司法所")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_was_exported_can_be_sent_back_and_changes_nothing(admin: Client, kind: str) -> None:
    page = send(admin, admin.get(f"/admin/units?format={kind}").data, f"单位.{kind}")
    assert page.status_code == 200, page.text
    assert "没有要改的内容" in page.text


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("单位.pdf", b"%PDF-1.4", 415, "只接受"),
        ("单位.csv", "名称,类别\n".encode() * 2001, 413, "表格太大"),
        ("单位.csv", b"a,b\n", 422, "没有找到表头"),
        ("单位.csv", "名称,类别\n".encode(), 422, "缺少这些列"),
        ("单位.csv", ",".join(HEADS).encode(), 422, "没有内容"),
        ("", b"x", 422, "请先选择"),
    ],
)
def test_a_file_that_is_not_read_is_refused_in_words(
    admin: Client, name: str, data: bytes, status: int, said: str
) -> None:
    answer = send(admin, data, name)
    assert answer.status_code == status
    assert said in answer.text
