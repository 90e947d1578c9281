"""What must hold of accounts whoever administers them, and what a sheet of them does."""

from datetime import date
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from tests.assignments.acts import moment, person, unit_id
from tests.factories import make_user
from tests.makers import make_reset_link
from tracker.audit.models import AuditEntry
from tracker.db import FOREVER, db, transaction
from tracker.people import account_lists, account_sheets, accounts
from tracker.people.account_details import Details, DetailsRefused, problems
from tracker.people.account_lists import Wanted
from tracker.people.account_sheets import Comparison, Line, SheetRefused, compare, lines
from tracker.people.accounts import AccountStands, StaleAccount
from tracker.people.models import Organization, ResetLink, User
from tracker.rules import passwords as password_rules
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor, Forbidden, Role

DAY = date(2021, 6, 24)
AT = moment("2021-06-24")
HEADS = list(account_sheets.HEADS)


def user(account: str) -> User:
    """Return an account as stored."""
    return db.session.scalars(
        select(User).where(User.account == account).execution_options(populate_existing=True)
    ).one()


def sheet(*rows: list[str], heads: list[str] = HEADS) -> list[Line]:
    """Return a sheet as read."""
    return lines([heads, *rows])


def compared(account: str, *rows: list[str], heads: list[str] = HEADS) -> Comparison:
    """Return what a sheet would change, as somebody sees it."""
    return compare(person(account), sheet(*rows, heads=heads), DAY)


def reasons(found: Comparison) -> list[tuple[int, str]]:
    """Return number and reason of the rows that cannot be used."""
    return [(item.row, item.why) for item in found.refused]


# ---- the last administrator


def test_one_of_two_administrators_may_go_but_not_the_last(seeded: Flask) -> None:
    with transaction():
        second = make_user(account="admin2", role=Role.ADMIN, unit_id=unit_id("shanghai")).id
        make_user(account="admin3", role=Role.ADMIN, unit_id=unit_id("shanghai"), valid_until=DAY)
        make_user(account="admin4", role=Role.ADMIN, unit_id=unit_id("shanghai"), active=False)
    with transaction():
        assert accounts.disable(person("admin"), AT, second, DAY)
    with pytest.raises(AccountStands), transaction():
        accounts.disable(_colleague(), AT, user("admin").id, DAY)
    with pytest.raises(AccountStands), transaction():
        accounts.set_role(_colleague(), AT, user("admin").id, user("admin").version, Role.LEADER, None, DAY)
    with transaction():
        accounts.enable(person("admin"), AT, second)
    with transaction():
        assert accounts.set_role(_colleague(), AT, user("admin").id, user("admin").version, Role.LEADER, None, DAY)


def test_of_two_administrators_who_disable_each_other_at_once_one_stays(seeded: Flask) -> None:
    with transaction():
        make_user(account="admin2", role=Role.ADMIN, unit_id=unit_id("shanghai"))
    gate, outcomes = Barrier(2), list[bool]()

    def disable(actor: Actor, other: int) -> None:
        with seeded.app_context():
            gate.wait(30)
            try:
                with transaction():
                    accounts.disable(actor, AT, other, DAY)
            except AccountStands:
                outcomes.append(False)
            else:
                outcomes.append(True)

    pairs = [(person("admin"), user("admin2").id), (person("admin2"), user("admin").id)]
    db.session.rollback()
    crew = [Thread(target=disable, args=pair) for pair in pairs]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join(60)
    assert sorted(outcomes) == [False, True]
    assert sorted([user("admin").active, user("admin2").active]) == [False, True]


def _colleague() -> Actor:
    """Return an administrator whom the database does not know: the last one cannot ask for the own end."""
    return Actor(0, "ghost", "同事", Role.ADMIN, unit_id("shanghai"))


# ---- one-time passwords


def test_a_one_time_password_is_strong_and_new_every_time(seeded: Flask) -> None:
    found = {accounts.one_time_password("somebody") for _ in range(200)}
    assert len(found) == 200
    for password in sorted(found):
        password_rules.check(password, "somebody")


# ---- edits


def details(account: str, **fields: object) -> Details:
    """Return an account's details with some of them changed."""
    stored = user(account)
    named = {"name": stored.name, "unit_id": stored.unit_id, "email": stored.email, "phone": stored.phone}
    return Details(**{**named, **fields})  # type: ignore[arg-type]


def test_another_version_is_refused_with_how_it_stands(seeded: Flask) -> None:
    clerk = user("songjiang-clerk")
    with pytest.raises(StaleAccount) as stale, transaction():
        accounts.edit(person("admin"), AT, clerk.id, clerk.version + 1, details("songjiang-clerk", name="新名"), DAY)
    assert stale.value.now.name == clerk.name


@pytest.mark.parametrize(
    ("role", "kind", "fits"),
    [
        (Role.OFFICE, OrganizationKind.SECTION, True),
        (Role.OFFICE, OrganizationKind.INSTITUTION, True),
        (Role.OFFICE, OrganizationKind.DISTRICT_BUREAU, False),
        (Role.REVIEWER, OrganizationKind.SECTION, True),
        (Role.REVIEWER, OrganizationKind.INSTITUTION, False),
        (Role.LEAD, OrganizationKind.SECTION, False),
        (Role.CLERK, OrganizationKind.SECTION, False),
        (Role.SUPERVISOR, OrganizationKind.SECTION, True),
    ],
)
def test_a_role_is_given_where_its_powers_mean_something(role: Role, kind: OrganizationKind, fits: bool) -> None:
    assert ("unit" not in problems(role, Details("某人", 1), kind)) == fits


def test_a_new_address_makes_mailed_links_worthless(seeded: Flask) -> None:
    clerk = user("songjiang-clerk")
    with transaction():
        make_reset_link(user_id=clerk.id)
    with transaction():
        accounts.edit(person("admin"), AT, clerk.id, clerk.version, details("songjiang-clerk", phone="1"), DAY)
    assert db.session.query(ResetLink).count() == 1
    with transaction():
        accounts.edit(
            person("admin"), AT, clerk.id, user(clerk.account).version, details(clerk.account, email="a@b.cn"), DAY
        )
    assert db.session.query(ResetLink).count() == 0


def test_whoever_holds_nothing_can_do_nothing(seeded: Flask) -> None:
    clerk = user("songjiang-office1")
    for account in ("supervisor", "songjiang-clerk", "auditor", "leader"):
        with pytest.raises((Forbidden, NoResultFound)), transaction():
            accounts.disable(person(account), AT, clerk.id, DAY)
        with pytest.raises((Forbidden, NoResultFound)), transaction():
            accounts.edit(person(account), AT, clerk.id, clerk.version, details("songjiang-office1", name="x"), DAY)
        with pytest.raises(Forbidden), transaction():
            accounts.create(person(account), AT, "x1", Role.CLERK, details("songjiang-clerk"), "hash", DAY)
        with pytest.raises(Forbidden), transaction():
            accounts.set_role(person(account), AT, clerk.id, clerk.version, Role.CLERK, None, DAY)
        with pytest.raises(Forbidden), transaction():
            accounts.end_sessions(person(account), AT, clerk.id)
        assert account_lists.rows(person(account), Wanted(), DAY, "unit", 100) == []
    assert user("songjiang-office1").active


def test_a_merged_unit_keeps_the_people_it_has_but_gets_no_new_ones(seeded: Flask) -> None:
    clerk = user("songjiang-clerk")
    with transaction():
        db.session.get_one(Organization, clerk.unit_id).valid_until = DAY
    with transaction():
        assert accounts.edit(
            person("admin"), AT, clerk.id, clerk.version, details("songjiang-clerk", phone="021-1"), DAY
        )
    with pytest.raises(DetailsRefused), transaction():
        accounts.create(person("admin"), AT, "x1", Role.CLERK, details("songjiang-clerk"), "hash", DAY)


# ---- the list


def test_the_list_goes_down_the_tree_of_units(seeded: Flask) -> None:
    rows = account_lists.rows(person("admin"), Wanted(), DAY, "unit", 500)
    assert rows[0].unit_id == unit_id("shanghai")
    named = [row.account for row in rows]
    assert named.index("supervisor") < named.index("huangpu-lead") < named.index("songjiang-clerk")
    assert named.index("songjiang-clerk") < named.index("songjiang-office1") < named.index("chongming-lead")
    assert account_lists.count(person("admin"), Wanted(), DAY) == len(rows)


# ---- sheets


def test_a_sheet_is_compared_row_by_row_and_nothing_is_written(seeded: Flask) -> None:
    before = db.session.query(AuditEntry).count()
    clerk = user("songjiang-clerk")
    found = compared(
        "admin",
        ["new1", "=1+1", "区局经办", "松江", "", "", "", "2026-12-31"],
        ["Songjiang-Clerk", "", "", "", "", "021-5555", "", ""],
        ["putuo-clerk", "", "", "", "", "", "", ""],
        ["bad name", "某", "区局经办", "松江", "", "", "", ""],
    )
    assert [(item.row, item.account, item.details.name, item.unit) for item in found.new] == [
        (2, "new1", "=1+1", "松江区司法局")
    ]
    assert found.new[0].details.valid_until == date(2026, 12, 31)
    assert [(item.row, item.fields) for item in found.changed] == [(3, (("电话", clerk.phone, "021-5555"),))]
    assert [row.account for row in found.unchanged] == ["putuo-clerk"]
    assert [row for row, _ in reasons(found)] == [5]
    assert not found.writes
    assert db.session.query(AuditEntry).count() == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["new1", "", "区局经办", "松江", "", "", "", ""], "请填写姓名"),
        (["new1", "某", "", "松江", "", "", "", ""], "请填写角色"),
        (["new1", "某", "大王", "松江", "", "", "", ""], "角色“大王”不认识"),
        (["new1", "某", "区局经办", "", "", "", "", ""], "请填写单位"),
        (["new1", "某", "区局经办", "东海龙宫", "", "", "", ""], "找不到单位"),
        (["new1", "某", "司法所经办", "松江", "", "", "", ""], "单位应是科室、所属机构、司法所"),
        (["new1", "某", "区局经办", "松江", "nobody", "", "", ""], "邮箱应写成"),
        (["new1", "某", "区局经办", "松江", "", "=1+1", "", ""], "电话只能写"),
        (["new1", "某", "区局经办", "松江", "", "", "皇帝", ""], "职务“皇帝”不认识"),
        (["new1", "某", "区局经办", "松江", "", "", "", "明年"], "失效日期"),
        (["=1+1", "某", "区局经办", "松江", "", "", "", ""], "账号只能由"),
        (["", "某", "区局经办", "松江", "", "", "", ""], "账号只能由"),
        (["system", "某", "区局经办", "松江", "", "", "", ""], "留给系统"),
        (["admin", "", "督办人员", "", "", "", "", ""], "不能修改自己的角色"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_reason(seeded: Flask, row: list[str], said: str) -> None:
    found = compared("admin", row)
    assert len(found.refused) == 1
    assert found.refused[0].row == 2
    assert said in found.refused[0].why


def test_an_account_stands_in_one_row_alone(seeded: Flask) -> None:
    row = ["new1", "某", "区局经办", "松江", "", "", "", ""]
    found = compared("admin", row, ["NEW1", *row[1:]])
    assert reasons(found) == [(3, "与第 2 行是同一个账号，请只留一行。")]


def test_a_lead_imports_for_the_own_district_alone(seeded: Flask) -> None:
    found = compared(
        "songjiang-lead",
        ["new1", "某", "区局经办", "松江", "", "", "", ""],
        ["new2", "某", "区局经办", "普陀", "", "", "", ""],
        ["new3", "某", "区局负责人", "松江", "", "", "", ""],
        ["putuo-clerk", "改名", "", "", "", "", "", ""],
        ["songjiang-deputy", "改名", "", "", "", "", "", ""],
        ["songjiang-lead", "", "", "", "", "", "", ""],
        ["songjiang-clerk", "", "司法所经办", "", "", "", "", ""],
    )
    assert [item.account for item in found.new] == ["new1"]
    assert [row.account for row in found.unchanged] == ["songjiang-lead"]
    said = dict(reasons(found))
    assert sorted(said) == [3, 4, 5, 6, 8]
    assert "找不到单位" in said[3]
    assert "已存在" in said[5]
    assert "不能修改角色" in said[8]


def test_a_state_cannot_be_changed_in_a_sheet(seeded: Flask) -> None:
    found = compared("admin", ["songjiang-clerk", *[""] * 7, "已停用"], heads=[*HEADS, account_sheets.STATE])
    assert "不能在表格里改" in reasons(found)[0][1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["甲", "乙"]], "没有找到表头"),
        ([["账号", "姓名"]], "缺少这些列：角色、单位"),
        ([[*HEADS, "工资"]], "不认识这些列：工资"),
        ([[*HEADS, "姓名"]], "出现了两次：姓名"),
        ([HEADS], "没有内容"),
        ([], "没有找到表头"),
    ],
)
def test_a_sheet_without_usable_heads_is_refused(rows: list[list[str]], said: str) -> None:
    with pytest.raises(SheetRefused, match=said):
        lines(rows)


def test_what_was_compared_is_applied_in_one_go(seeded: Flask) -> None:
    found = compared(
        "admin",
        ["new1", "某", "区局经办", "松江", "", "", "", ""],
        ["songjiang-clerk", "", "司法所经办", "岳阳", "", "", "", ""],
        ["putuo-clerk", "", "", "", "", "", "", "2026-01-01"],
    )
    assert reasons(found) == []
    held = user("songjiang-clerk").session_version
    with transaction():
        account_sheets.apply(person("admin"), AT, found, {"new1": "hash"}, DAY)
    assert user("new1").must_change
    assert user("new1").password_hash == "hash"
    assert user("songjiang-clerk").role == Role.OFFICE
    assert user("songjiang-clerk").session_version == held + 1
    assert user("putuo-clerk").valid_until == date(2026, 1, 1)
    acts = [entry.act for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(4))]
    assert acts == ["import_users", "edit_user", "set_role", "create_user"]


def test_a_fingerprint_changes_with_any_account_it_was_compared_with(seeded: Flask) -> None:
    rows = ["songjiang-clerk", "", "", "", "", "", "", ""]
    seen = compared("admin", rows).seen
    assert seen == compared("admin", rows).seen
    clerk = user("songjiang-clerk")
    with transaction():
        accounts.edit(person("admin"), AT, clerk.id, clerk.version, details("songjiang-clerk", phone="1"), DAY)
    assert seen != compared("admin", rows).seen


def test_an_end_can_be_taken_away(seeded: Flask) -> None:
    with transaction():
        user("songjiang-clerk").valid_until = date(2026, 1, 1)
    found = compared("admin", ["songjiang-clerk", "", "", "", "", "", "", "长期"])
    assert found.changed[0].details.valid_until == FOREVER
