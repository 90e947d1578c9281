"""People from spreadsheets: a preview that writes nothing, then exactly that or nothing."""

import io
import zipfile
from collections.abc import Sequence

import pytest
import xlsxwriter
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.client import Client, FormReader
from tests.web.conftest import Visitor, follow, token
from tests.web.test_user_pages import exists, user
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import passwords
from tracker.people.account_sheets import HEADS
from tracker.people.models import User
from tracker.spreadsheets import read_rows

NEW = ("new1", "=1+1", "区局经办", "松江", "new1@example.invalid", "021-1", "", "")


def xlsx(*rows: Sequence[str], heads: Sequence[str] = HEADS) -> bytes:
    """Return a sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    sheet = book.add_worksheet("人员")
    for number, row in enumerate([heads, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def send(browser: Client, data: bytes, name: str = "人员.xlsx") -> TestResponse:
    """Upload a sheet, the body made by hand: the client would put a large one into a file and leave it open."""
    parts = (('name="csrf_token"', token(browser).encode()), (f'name="file"; filename="{name}"', data))
    body = b"".join(
        b"--edge\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), value) for head, value in parts
    )
    return browser.post(
        "/admin/users/import", data=body + b"--edge--\r\n", content_type="multipart/form-data; boundary=edge"
    )


def confirm(browser: Client, page: TestResponse) -> TestResponse:
    """Press the button of a preview."""
    return press(browser, page, "confirm")


def press(browser: Client, page: TestResponse, action: str) -> TestResponse:
    """Press the button of a page that was answered to a form."""
    reader = FormReader("")
    reader.feed(page.text)
    form = next(form for form in reader.forms if form.action.endswith(action))
    return browser.submit(form)


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


def test_the_preview_tells_every_change_and_writes_nothing(admin: Client) -> None:
    phone, before = user("songjiang-clerk").phone, db.session.query(AuditEntry).count()
    page = send(admin, xlsx(NEW, ("songjiang-clerk", "", "", "", "", "021-77", "", ""), ("putuo-clerk", *[""] * 7)))
    assert page.status_code == 200
    assert "新建 1 个，修改 1 个，不变 1 个，不能用 0 行" in page.text
    assert f"<del>{phone}</del> → <ins>021-77</ins>" in page.text
    assert "=1+1" in page.text
    assert not exists("new1")
    assert db.session.query(AuditEntry).count() == before


def test_what_was_previewed_is_applied_and_passwords_are_given_once(admin: Client) -> None:
    preview = send(admin, xlsx(NEW, ("songjiang-clerk", "", "", "", "", "021-77", "", "")))
    done = confirm(admin, preview)
    assert done.status_code == 200
    made = user("new1")
    assert (made.name, made.must_change, user("songjiang-clerk").phone) == ("=1+1", True, "021-77")
    file = press(admin, done, "passwords")
    rows = read_rows("密码.xlsx", file.data)
    account, name, unit, password = rows[-1]
    assert (account, name, unit) == ("new1", "=1+1", "松江区司法局")
    assert password in done.text
    assert passwords.matches(made.password_hash, password)
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert all(password not in entry.detail for entry in db.session.scalars(select(AuditEntry)))
    again = confirm(admin, preview)
    assert again.status_code == 409
    assert password not in again.text


def test_changes_alone_lead_back_to_the_list(admin: Client) -> None:
    done = confirm(admin, send(admin, xlsx(("songjiang-clerk", "", "", "", "", "021-77", "", ""))))
    assert "表格已导入" in follow(admin, done)


def test_if_an_account_changed_meanwhile_nothing_is_applied_and_a_new_preview_is_shown(admin: Client) -> None:
    preview = send(admin, xlsx(NEW, ("songjiang-clerk", "", "", "", "", "021-77", "", "")))
    with transaction():
        user("songjiang-clerk").phone = "021-88"
    answer = confirm(admin, preview)
    assert answer.status_code == 409
    assert "预览之后人员有变动" in answer.text
    assert "<del>021-88</del>" in answer.text
    assert not exists("new1")
    assert user("songjiang-clerk").phone == "021-88"
    assert confirm(admin, answer).status_code == 200
    assert exists("new1")


def test_one_row_that_cannot_be_used_holds_everything_back(admin: Client) -> None:
    page = send(admin, xlsx(NEW, ("new2", "某", "大王", "松江", "", "", "", "")))
    assert page.status_code == 422
    assert "第 3 行（new2）：角色“大王”不认识" in page.text
    assert "import/confirm" not in page.text
    assert not exists("new1")


def test_a_failure_in_the_middle_leaves_nothing(admin: Client) -> None:
    rows = (NEW, ("admin", *[""] * 6, "2021-01-01"))
    answer = confirm(admin, send(admin, xlsx(*rows)))
    assert answer.status_code == 409
    assert "最后一位" in answer.text
    assert not exists("new1")


def test_rows_that_somebody_forged_or_another_person_previewed_are_refused(visitor: Visitor, admin: Client) -> None:
    preview = send(admin, xlsx(NEW))
    reader = FormReader("")
    reader.feed(preview.text)
    rows = next(form for form in reader.forms if form.action.endswith("confirm")).fields["rows"]
    lead = visitor("songjiang-lead")
    forged = ("A" if rows[0] != "A" else "B") + rows[1:]
    for browser, value in ((lead, rows), (admin, forged), (admin, "x"), (admin, "")):
        sent = {"csrf_token": token(browser), "rows": value}
        answer = browser.post("/admin/users/import/confirm", data=sent)
        assert answer.status_code == 422
        assert "预览已失效" in answer.text
    assert not exists("new1")


def test_rows_are_no_passwords(admin: Client) -> None:
    reader = FormReader("")
    reader.feed(send(admin, xlsx(NEW)).text)
    rows = next(form for form in reader.forms if form.action.endswith("confirm")).fields["rows"]
    sent = {"csrf_token": token(admin), "sheet": rows}
    assert admin.post("/admin/users/import/passwords", data=sent).status_code == 422


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("人员.pdf", b"%PDF-1.4", 415, "只接受"),
        ("人员.xlsx", b"account,name", 415, "读不出来"),
        ("人员.xlsx", bytes((2 << 20) + 1), 413, "文件太大"),
        ("人员.csv", "账号,姓名\n".encode() * 2001, 413, "表格太大"),
        ("人员.csv", b"a,b\n", 422, "没有找到表头"),
        ("人员.csv", b"", 422, "空的"),
        ("", b"x", 422, "请先选择"),
    ],
)
def test_a_file_that_is_not_read_is_refused_in_words(
    admin: Client, name: str, data: bytes, status: int, said: str
) -> None:
    answer = send(admin, data, name)
    assert answer.status_code == status
    assert said in answer.text
    assert "error-summary" in answer.text


def test_a_bomb_is_too_large(admin: Client) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(200_000_000))
    assert send(admin, out.getvalue()).status_code == 413


def test_a_formula_is_refused_with_its_address(admin: Client) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    sheet.write_row(1, 0, NEW[:1])
    sheet.write_formula(1, 1, "=1+1")
    book.close()
    answer = send(admin, out.getvalue())
    assert answer.status_code == 422
    assert "B2 是公式" in answer.text


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("account", ["admin", "songjiang-lead"])
def test_what_was_exported_can_be_sent_back_and_changes_nothing(visitor: Visitor, account: str, kind: str) -> None:
    browser = visitor(account)
    with transaction():
        user("songjiang-clerk").name = "=1+1"
    exported = browser.get(f"/admin/users?format={kind}").data
    page = send(browser, exported, f"人员.{kind}")
    assert page.status_code == 200, page.text
    assert "没有要改的内容" in page.text


def test_the_template_can_be_filled_in_and_sent_back(admin: Client) -> None:
    template = admin.get("/admin/users/import/template.xlsx")
    assert read_rows("模板.xlsx", template.data) == [list(HEADS)]
    page = send(admin, template.data)
    assert page.status_code == 422
    assert "没有内容" in page.text


def test_the_template_of_a_lead_names_only_what_a_lead_may_write(visitor: Visitor) -> None:
    lead = visitor("songjiang-lead")
    with zipfile.ZipFile(io.BytesIO(lead.get("/admin/users/import/template.xlsx").data)) as archive:
        words = archive.read("xl/sharedStrings.xml").decode()
    assert "松江区司法局" in words
    assert "普陀" not in words
    assert "系统管理员" not in words


def test_a_lead_imports_for_the_own_district_alone(visitor: Visitor) -> None:
    lead = visitor("songjiang-lead")
    assert confirm(lead, send(lead, xlsx(NEW))).status_code == 200
    answer = send(lead, xlsx(("putuo-clerk", "改名", *[""] * 6), ("new3", "某", "区局经办", "普陀", "", "", "", "")))
    assert answer.status_code == 422
    assert "账号 putuo-clerk 已存在" in answer.text
    assert "找不到单位" in answer.text
    assert user("putuo-clerk").name != "改名"


def test_three_hundred_new_accounts_are_the_most_at_once(admin: Client) -> None:
    rows = [(f"many{number}", "某", "区局经办", "松江", "", "", "", "") for number in range(302)]
    answer = send(admin, xlsx(*rows))
    assert answer.status_code == 422
    assert "第 302 行（many300）：一次最多新建 300 个账号" in answer.text
    assert db.session.query(User).filter(User.account.like("many%")).count() == 0
