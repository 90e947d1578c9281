"""The page of the security settings: shown, changed on record, refused where out of bounds or overtaken."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.web.conftest import CLERK, follow
from tracker import clock
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.people import security
from tracker.people.models import SecuritySetting
from tracker.rules.security import SECURITY, default

ADDRESS = "/admin/security"


@pytest.fixture
def admin(visitor: Any) -> Client:
    """The administrator at the browser."""
    browser: Client = visitor("admin")
    return browser


def stored() -> dict[str, str]:
    """Return what was changed."""
    db.session.rollback()
    return {row.name: row.value for row in db.session.scalars(select(SecuritySetting))}


def test_every_setting_stands_there_with_its_default(admin: Client) -> None:
    fields = admin.form(ADDRESS).fields
    assert {name: fields.get(name, "") for name in SECURITY} == {name: default(name) for name in SECURITY}
    assert fields["version"] == "0"
    page = admin.get(ADDRESS).text
    assert all(setting.label in page and setting.meaning in page for setting in SECURITY.values())
    assert "都是缺省值，还没有人改过" in page


def test_a_change_is_kept_on_record_and_counts_at_once(admin: Client) -> None:
    answer = admin.submit(admin.form(ADDRESS), lock_failures="3", factor_roles=["supervisor", "auditor"])
    page = follow(admin, answer)
    assert "已保存：锁定前允许的错误次数、必须使用动态口令的角色。" in page
    assert stored() == {"lock_failures": "3", "factor_roles": "supervisor,auditor"}
    assert security.current(clock.utc()).lock_failures == 3
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "edit_security")).all()
    assert [(entry.account, entry.detail) for entry in entries] == [
        ("admin", "锁定前允许的错误次数：5 → 3"),
        ("admin", "必须使用动态口令的角色：无 → 督办人员、审计员"),
    ]
    assert "<td>5 → 3</td><td>系统管理员（演示），2021年6月24日" in page
    assert "<td>无 → 督办人员、审计员</td>" in page


def test_saving_nothing_new_changes_nothing(admin: Client) -> None:
    assert "没有改动" in follow(admin, admin.submit(admin.form(ADDRESS)))
    assert stored() == {}


def test_a_setting_can_go_back_to_its_default(admin: Client) -> None:
    admin.submit(admin.form(ADDRESS), idle_minutes="10", factor_roles=["auditor"])
    admin.submit(admin.form(ADDRESS), idle_minutes="30", factor_roles=None)
    assert stored() == {"idle_minutes": "30", "factor_roles": ""}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"audit_days": "189"}, "请填写 190 到 36500 之间的整数"),
        ({"lock_failures": "0"}, "请填写 3 到 20 之间的整数"),
        ({"lock_minutes": "-1"}, "请填写 1 到 1440 之间的整数"),
        ({"idle_minutes": "1e3"}, "请填写 5 到 480"),
        ({"idle_minutes": ""}, "请填写 5 到 480"),
        ({"idle_minutes": "9" * 5000}, "请填写 5 到 480"),
        ({"absolute_hours": None}, "请填写 1 到 24"),
        ({"password_policy": "none"}, "密码口径"),
        ({"password_policy": None}, "请选择一项"),
        ({"factor_roles": ["root"]}, "必须使用动态口令的角色"),
        ({"version": "x"}, "版本"),
        ({"version": None}, "版本"),
    ],
)
def test_what_is_out_of_bounds_is_named_and_nothing_is_stored(
    admin: Client, fields: dict[str, Any], words: str
) -> None:
    answer = admin.submit(admin.form(ADDRESS), **{"reset_minutes": "77", **fields})
    assert answer.status_code == 422
    summary = answer.text.split("error-summary")[1].split("</ul>")[0]
    assert words in summary
    assert 'value="77"' in answer.text
    assert stored() == {}


def test_the_slower_of_two_administrators_is_shown_both(admin: Client, visitor: Any) -> None:
    slow = admin.form(ADDRESS)
    other = visitor("admin")
    other.submit(other.form(ADDRESS), lock_failures="4")
    answer = admin.submit(slow, lock_failures="6", idle_minutes="20")
    assert answer.status_code == 409
    assert stored() == {"lock_failures": "4"}
    sides = answer.text.split('class="conflict-sides"')[1].split("</section>")[0]
    assert ">6</mark>" in sides
    assert ">4</mark>" in sides
    assert 'value="6"' in answer.text
    again = {**slow.fields, "lock_failures": "6", "idle_minutes": "20", "version": "1"}
    assert admin.post(ADDRESS, data=again).status_code == 303
    assert stored() == {"lock_failures": "6", "idle_minutes": "20"}


def test_a_new_limit_decides_the_next_login(admin: Client, seeded: Flask, visitor: Any) -> None:
    admin.submit(admin.form(ADDRESS), lock_failures="3", lock_minutes="60")
    browser = visitor("")
    answers = [browser.submit(browser.form("/login"), account=CLERK, password="wrong") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert "连续输错 3 次，账号锁定 60 分钟" in answers[0].text
    assert "约 60 分钟后" in answers[3].text
