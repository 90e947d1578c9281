"""Pages about people: who may see, make and change which accounts."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.makers import make_login_attempt, make_recovery_code, make_second_factor
from tests.web.conftest import Visitor, follow, same_page, token
from tests.web.test_exports import csv_rows, workbook
from tracker import clock
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people import passwords
from tracker.people.models import RecoveryCode, SecondFactor, User

NEW = {
    "account": "newclerk1",
    "name": "新来的",
    "role": "clerk",
    "email": "new@example.invalid",
    "phone": "021-1234",
    "post": "",
    "valid_until": "",
}


def user(account: str) -> User:
    """Return an account as stored."""
    return db.session.scalars(
        select(User).where(User.account == account).execution_options(populate_existing=True)
    ).one()


def exists(account: str) -> bool:
    """Tell whether there is an account."""
    return db.session.scalar(select(User.id).where(User.account == account)) is not None


def last_entry() -> AuditEntry:
    """Return the newest entry of the record."""
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()


def post(browser: Client, address: str, **fields: Any) -> TestResponse:
    """Press a button of a form."""
    return browser.post(address, data={"csrf_token": token(browser), **fields})


def one_time(page: str) -> str:
    """Return the password that a page shows."""
    found = re.search(r'class="one-time">([^<]+)<', page)
    assert found
    return found[1]


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


@pytest.fixture
def lead(visitor: Visitor) -> Client:
    """Songjiang's lead at the browser."""
    return visitor("songjiang-lead")


# ---- the list


def test_a_lead_sees_the_own_district_alone(lead: Client) -> None:
    page = lead.get("/admin/users").text
    assert "songjiang-clerk" in page
    assert "songjiang-office1" in page
    for foreign in ("putuo", "supervisor", "auditor", "admin<", "reviewer"):
        assert foreign not in page


@pytest.mark.parametrize(
    ("query", "accounts"),
    [
        ("q=songjiang-off", ["songjiang-office1"]),
        ("q=SONGJIANG-OFF", ["songjiang-office1"]),
        ("role=auditor", ["auditor"]),
        ("unit={songjiang}&sort=account", ["songjiang-clerk", "songjiang-deputy", "songjiang-head", "songjiang-lead"]),
        ("state=disabled", []),
        ("q=%25", []),
        ("q=nobody", []),
    ],
)
def test_an_export_holds_what_the_filters_leave(admin: Client, query: str, accounts: list[str]) -> None:
    address = f"/admin/users?{query.format(songjiang=unit_id('songjiang'))}"
    rows = csv_rows(admin, f"{address}&format=csv")
    assert [row[0] for row in rows] == accounts
    assert [row[0] for row in workbook(admin, f"{address}&format=xlsx")[0]] == accounts
    page = admin.get(address).text
    assert all(account in page for account in accounts)


def test_a_lead_cannot_filter_beyond_the_own_district(lead: Client) -> None:
    assert csv_rows(lead, f"/admin/users?unit={unit_id('putuo')}&format=csv") == []
    assert len(csv_rows(lead, "/admin/users?role=admin&format=csv")) == len(csv_rows(lead, "/admin/users?format=csv"))


# ---- new accounts


def test_a_new_account_gets_a_password_that_is_shown_once_and_must_be_changed(admin: Client) -> None:
    response = post(admin, "/admin/users", unit=unit_id("songjiang"), **NEW)
    assert response.status_code == 200
    password = one_time(response.text)
    made = user("newclerk1")
    assert made.must_change
    assert passwords.matches(made.password_hash, password)
    assert password not in admin.get(f"/admin/users/{made.id}").text
    entries = db.session.scalars(select(AuditEntry)).all()
    assert all(password not in entry.detail for entry in entries)
    assert last_entry().act == "create_user"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"account": ""}, "请填写账号"),
        ({"account": "名字"}, "账号只能由英文字母"),
        ({"account": "Songjiang-Clerk "}, "已存在"),
        ({"account": "system"}, "留给系统"),
        ({"account": "x" * 61}, "账号过长"),
        ({"name": "  "}, "请填写姓名"),
        ({"name": "换\n行"}, "只能写一行"),
        ({"name": "长" * 61}, "姓名过长"),
        ({"email": "nobody"}, "邮箱应写成"),
        ({"email": "a@b.cn\r\nBcc: x@y.cn"}, "只能写一行"),
        ({"phone": "=1+1"}, "电话只能写"),
        ({"role": "boss"}, "请从列表中选择角色"),
        ({"role": ""}, "请选择角色"),
        ({"role": "office"}, "单位应是科室、所属机构、司法所"),
        ({"unit": "0"}, "没有这个单位"),
        ({"unit": "99999999999"}, "没有这个单位"),
        ({"unit": "x"}, "没有这个单位"),
        ({"post": "king"}, "职务"),
        ({"valid_until": "31.12.2021"}, "失效日期"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_what_was_typed(admin: Client, fields: dict[str, str], said: str) -> None:
    before = db.session.query(User).count()
    response = post(admin, "/admin/users", **{**NEW, "unit": unit_id("songjiang"), **fields})
    assert response.status_code == 422
    assert said in response.text
    assert "error-summary" in response.text
    kept = {"name": "新来的", "phone": "021-1234"}
    assert all(text in response.text for field, text in kept.items() if field not in fields)
    assert db.session.query(User).count() == before


def test_a_name_that_looks_like_a_formula_is_text(admin: Client) -> None:
    post(admin, "/admin/users", **{**NEW, "unit": unit_id("songjiang"), "name": "=1+1"})
    assert user("newclerk1").name == "=1+1"
    rows, xml = workbook(admin, "/admin/users?q=newclerk1&format=xlsx")
    assert rows[0][1] == "=1+1"
    assert "<f>" not in xml
    assert csv_rows(admin, "/admin/users?q=newclerk1&format=csv")[0][1] == "'=1+1"


def test_a_lead_makes_accounts_of_the_own_district(lead: Client) -> None:
    assert post(lead, "/admin/users", unit=unit_id("songjiang"), **NEW).status_code == 200
    office = {**NEW, "account": "newoffice1", "role": "office"}
    assert post(lead, "/admin/users", unit=unit_id("songjiang-yueyang"), **office).status_code == 200


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("clerk", "putuo"),
        ("office", "putuo-caoyangxincun"),
        ("clerk", ""),
        ("supervisor", "songjiang"),
        ("lead", "songjiang"),
        ("admin", "songjiang"),
    ],
)
def test_a_lead_makes_no_other_accounts(lead: Client, role: str, unit: str) -> None:
    response = post(lead, "/admin/users", **{**NEW, "role": role, "unit": unit_id(unit) if unit else 77777})
    assert response.status_code == 403
    assert not exists("newclerk1")


# ---- one account


ACTS = ("", "/disable", "/enable", "/reset", "/unlock", "/role", "/sessions/revoke", "/factor/reset")


def test_a_foreign_account_answers_a_lead_like_a_missing_one(lead: Client) -> None:
    foreign = user("putuo-clerk")
    held = (foreign.version, foreign.session_version)
    assert same_page(lead.get(f"/admin/users/{foreign.id}")) == same_page(lead.get("/admin/users/77777"))
    for act in ACTS:
        answers = [same_page(post(lead, f"/admin/users/{id_}{act}", **NEW)) for id_ in (foreign.id, 77777)]
        assert answers[0] == answers[1]
        assert answers[0][0] in (403, 404, 422)
    now = user("putuo-clerk")
    assert (now.version, now.session_version) == held


@pytest.mark.parametrize("account", ["songjiang-deputy", "songjiang-lead"])
@pytest.mark.parametrize("act", ["/disable", "/reset", "/unlock", "/factor/reset", ""])
def test_a_lead_touches_no_lead(lead: Client, account: str, act: str) -> None:
    before = user(account)
    held = (before.version, before.session_version)
    fields = {**NEW, "unit": before.unit_id, "version": before.version}
    response = post(lead, f"/admin/users/{before.id}{act}", **fields)
    assert response.status_code == 403
    assert (user(account).version, user(account).session_version) == held
    assert lead.get(f"/admin/users/{before.id}").status_code == 200


def test_an_edit_is_stored_and_put_on_record(lead: Client) -> None:
    form = lead.form(f"/admin/users/{user('songjiang-clerk').id}")
    page = follow(lead, lead.submit(form, phone="021-9999", valid_until="2026-12-31"))
    assert "已保存" in page
    assert "021-9999" in page
    entry = last_entry()
    assert entry.act == "edit_user"
    assert "电话：" in entry.detail
    assert "长期 → 2026-12-31" in entry.detail


def test_an_edit_without_change_writes_nothing(lead: Client) -> None:
    before, version = last_entry().number, user("songjiang-clerk").version
    page = follow(lead, lead.submit(lead.form(f"/admin/users/{user('songjiang-clerk').id}")))
    assert "没有改动" in page
    assert (last_entry().number, user("songjiang-clerk").version) == (before, version)


def test_the_second_editor_sees_both_and_loses_nothing(visitor: Visitor, lead: Client) -> None:
    address = f"/admin/users/{user('songjiang-clerk').id}"
    mine = lead.form(address)
    admin = visitor("admin")
    admin.submit(admin.form(address), phone="021-1111")
    response = lead.submit(mine, phone="021-2222")
    assert response.status_code == 409
    assert "021-1111" in response.text
    assert "021-2222" in response.text
    assert user("songjiang-clerk").phone == "021-1111"
    fields = dict(re.findall(r'name="(version|csrf_token)" (?:type="hidden" )?value="([^"]*)"', response.text))
    assert fields


def test_who_moves_to_another_unit_must_sign_in_again(visitor: Visitor, admin: Client) -> None:
    clerk = visitor("songjiang-clerk")
    assert clerk.get("/todo").status_code == 200
    form = admin.form(f"/admin/users/{user('songjiang-clerk').id}")
    follow(admin, admin.submit(form, unit=unit_id("putuo")))
    assert clerk.get("/todo").status_code == 302


def test_a_lead_cannot_move_anybody_out_of_the_district(lead: Client) -> None:
    form = lead.form(f"/admin/users/{user('songjiang-clerk').id}")
    assert lead.submit(form, unit=unit_id("putuo")).status_code == 403
    assert lead.submit(form, unit=77777).status_code == 403


@pytest.mark.parametrize(
    ("act", "fields"), [("/disable", {}), ("/reset", {}), ("/role", {"role": "leader"}), ("/sessions/revoke", {})]
)
def test_some_acts_end_the_sessions_at_once(visitor: Visitor, admin: Client, act: str, fields: dict[str, str]) -> None:
    clerk = visitor("songjiang-clerk")
    assert clerk.get("/todo").status_code == 200
    post(admin, f"/admin/users/{user('songjiang-clerk').id}{act}", **fields)
    assert clerk.get("/todo").status_code == 302


def test_a_reset_shows_a_password_once_that_must_be_changed(lead: Client) -> None:
    clerk = user("songjiang-clerk")
    response = post(lead, f"/admin/users/{clerk.id}/reset")
    assert response.status_code == 200
    password = one_time(response.text)
    now = user("songjiang-clerk")
    assert now.must_change
    assert passwords.matches(now.password_hash, password)
    assert "Set-Cookie" not in response.headers or password not in str(response.headers)
    assert password not in last_entry().detail


def test_an_account_is_closed_and_opened_again(lead: Client) -> None:
    address = f"/admin/users/{user('songjiang-clerk').id}"
    assert "已停用" in follow(lead, post(lead, f"{address}/disable"))
    assert not user("songjiang-clerk").active
    assert "本来就已停用" in follow(lead, post(lead, f"{address}/disable"))
    assert "账号已启用" in follow(lead, post(lead, f"{address}/enable"))
    assert user("songjiang-clerk").active


def test_the_page_says_what_waits_and_that_nobody_else_handles_it(lead: Client, admin: Client) -> None:
    page = lead.get(f"/admin/users/{user('songjiang-clerk').id}").text
    assert "没有其他经办" in page
    assert re.search(r"现有 \d+ 项未办结", page)
    post(admin, "/admin/users", unit=unit_id("songjiang"), **NEW)
    page = lead.get(f"/admin/users/{user('songjiang-clerk').id}").text
    assert "没有其他经办" not in page
    assert "新来的" in page


def test_nobody_disables_or_demotes_themselves(admin: Client) -> None:
    own = user("admin")
    for act, fields in (("/disable", {}), ("/role", {"role": "supervisor"}), ("/reset", {})):
        assert post(admin, f"/admin/users/{own.id}{act}", **fields).status_code == 403
    assert user("admin").role == "admin"
    assert user("admin").active


def test_the_last_administrator_cannot_be_left_to_expire(admin: Client) -> None:
    form = admin.form(f"/admin/users/{user('admin').id}")
    response = admin.submit(form, valid_until=clock.today().isoformat())
    assert response.status_code == 409
    assert "最后一位" in response.text


def test_a_role_needs_its_kind_of_unit(admin: Client) -> None:
    clerk = user("songjiang-clerk")
    response = post(admin, f"/admin/users/{clerk.id}/role", role="office")
    assert response.status_code == 422
    assert "单位应是科室、所属机构、司法所" in response.text
    moved = post(admin, f"/admin/users/{clerk.id}/role", role="office", unit=unit_id("songjiang-yueyang"))
    assert moved.status_code == 303
    assert user("songjiang-clerk").role == "office"


def test_an_unknown_role_is_refused(admin: Client) -> None:
    assert post(admin, f"/admin/users/{user('songjiang-clerk').id}/role", role="king").status_code == 422


# ---- signing in


def test_a_lock_is_shown_and_lifted(visitor: Visitor, lead: Client) -> None:
    address = f"/admin/users/{user('songjiang-clerk').id}"
    assert "账号没有锁定" in follow(lead, post(lead, f"{address}/unlock"))
    with transaction():
        for _ in range(5):
            make_login_attempt(account="songjiang-clerk", at=clock.utc())
    assert "锁定到" in lead.get(address).text
    assert "已锁定" in lead.get("/admin/users").text
    assert "账号已解锁" in follow(lead, lead.submit(lead.form(address, action="/unlock")))
    assert last_entry().act == "unlock_user"
    assert visitor("songjiang-clerk").get("/todo").status_code == 200


def test_a_lost_second_factor_is_forgotten_with_its_codes_and_sessions(lead: Client) -> None:
    clerk = user("songjiang-clerk")
    address = f"/admin/users/{clerk.id}"
    assert "没有设置两步验证" in follow(lead, post(lead, f"{address}/factor/reset"))
    with transaction():
        make_second_factor(user_id=clerk.id)
        make_recovery_code(user_id=clerk.id)
    held = user("songjiang-clerk").session_version
    assert "已重置" in follow(lead, lead.submit(lead.form(address, action="/factor/reset")))
    assert db.session.query(SecondFactor).count() == db.session.query(RecoveryCode).count() == 0
    assert user("songjiang-clerk").session_version == held + 1


def test_the_page_tells_where_somebody_is_signed_in(visitor: Visitor, admin: Client) -> None:
    address = f"/admin/users/{user('songjiang-clerk').id}"
    assert "现在没有登录" in admin.get(address).text
    visitor("songjiang-clerk")
    assert "在 1 处登录" in admin.get(address).text
    assert "已在所有设备上退出" in follow(admin, admin.submit(admin.form(address, action="/revoke")))
    assert "现在没有登录" in admin.get(address).text


# ---- the table of permissions


def test_the_table_of_permissions_is_the_one_of_the_rules(visitor: Visitor) -> None:
    auditor = visitor("auditor")
    page = auditor.get("/admin/permissions").text
    rows, _ = workbook(auditor, "/admin/permissions?format=xlsx", heads=True)
    assert rows[0][:3] == ["办理事项", "系统管理员", "督办人员"]
    assert all(row[0] in page for row in rows[1:])
    by_action = {row[0]: row[1:] for row in rows[1:]}
    assert by_action["查看、核验、导出审计记录"] == ["—", "—", "—", "全部", "—", "—", "—", "—"]


def test_every_label_of_the_account_page_leads_to_one_control(admin: Client) -> None:
    page = admin.get(f"/admin/users/{user('songjiang-clerk').id}").text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', page)) <= set(ids)
