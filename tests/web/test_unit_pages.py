"""Pages about units: the tree, one unit, and everything that may be done about it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assignments.acts import owed, unit_id
from tests.client import Client
from tests.factories import make_organization, make_user
from tests.web.conftest import Visitor, follow, same_page
from tests.web.test_exports import csv_rows, workbook
from tracker.assignments.models import Assignment
from tracker.audit.models import AuditEntry
from tracker.db import FOREVER, db, transaction
from tracker.people.models import Organization, OrganizationAlias

DAY = date(2021, 6, 24)
NEW = {"name": "新桥镇第二司法所", "short_name": "新桥二", "kind": "justice_office", "phone": "021-1234"}


def unit(slug: str) -> Organization:
    """Return a unit as it stands."""
    return db.session.scalars(
        select(Organization).where(Organization.slug == slug).execution_options(populate_existing=True)
    ).one()


def aliases(slug: str) -> set[str]:
    """Return a unit's aliases."""
    return set(
        db.session.scalars(select(OrganizationAlias.name).where(OrganizationAlias.organization_id == unit_id(slug)))
    )


def page(slug: str) -> str:
    """Return the address of a unit's page."""
    return f"/admin/units/{unit_id(slug)}"


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


def save(admin: Client, slug: str, **fields: Any) -> TestResponse:
    """Send the form of a unit's details."""
    return admin.submit(admin.form(page(slug), page(slug)), **fields)


def act(admin: Client, slug: str, action: str, **fields: Any) -> TestResponse:
    """Send another form of a unit's page."""
    forms = {form.action: form for form in admin.forms(page(slug))}
    return admin.submit(forms[f"{page(slug)}/{action}"], **fields)


# ---- the tree


def test_the_tree_shows_every_unit_with_its_numbers(admin: Client) -> None:
    shown = admin.get("/admin/units").text
    assert "共 65 个" in shown
    for name in ("上海市司法局", "市局秘书处", "松江区司法局", "岳阳街道司法所"):
        assert name in shown
    assert "17 个下级单位" in shown
    assert shown.count("<details>") == 2


def test_a_search_finds_by_every_name_and_keeps_what_stands_above(admin: Client) -> None:
    shown = admin.get("/admin/units?q=岳阳司法所").text
    assert all(name in shown for name in ("岳阳街道司法所", "松江区司法局", "上海市司法局"))
    assert "普陀" not in shown
    assert "<details open>" in shown
    assert "没有符合条件的单位" in admin.get("/admin/units?q=不存在").text


@pytest.mark.parametrize("text", ["%", "'", "<b>", "松" * 60])
def test_a_search_for_anything_is_answered(admin: Client, text: str) -> None:
    answer = admin.get("/admin/units", query_string={"q": text})
    assert answer.status_code == 200
    assert "<b></b>" not in answer.text


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_tree_is_sent_as_a_file_in_which_nothing_runs(admin: Client, kind: str) -> None:
    with transaction():
        unit("songjiang").phone = "+86 21"
        unit("putuo").short_name = "=1+1"
    if kind == "csv":
        assert any("'=1+1" in row for row in csv_rows(admin, "/admin/units?format=csv"))
    else:
        rows, xml = workbook(admin, "/admin/units?format=xlsx")
        assert any("=1+1" in row for row in rows)
        assert "<f>" not in xml


# ---- new units


def create(admin: Client, **fields: Any) -> TestResponse:
    """Fill in the form of a new unit below Songjiang."""
    form = admin.form(f"/admin/units/new?parent={unit_id('songjiang')}", "/admin/units")
    return admin.submit(form, **{**NEW, **fields})


def test_a_new_unit_stands_below_its_parent_from_today(admin: Client) -> None:
    answer = create(admin)
    assert "新桥镇第二司法所已建立" in follow(admin, answer)
    made = db.session.scalars(select(Organization).where(Organization.name == NEW["name"])).one()
    assert (made.parent_id, made.kind, made.valid_from, made.valid_until) == (
        unit_id("songjiang"),
        "justice_office",
        DAY,
        FOREVER,
    )
    assert made.slug.startswith("songjiang-")
    assert made.position > unit("songjiang-yueyang").position
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "add_unit"))
    assert (entry.account, entry.about_unit_id) == ("admin", made.id)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "名" * 61}, "名称过长"),
        ({"name": "岳阳街道司法所"}, "已是同一上级下岳阳街道司法所的名称"),
        ({"short_name": "岳阳"}, "已是同一上级下岳阳街道司法所的名称、简称或别名"),
        ({"short_name": "岳阳司法所"}, "已是同一上级下岳阳街道司法所的名称、简称或别名"),
        ({"name": "两行\n名称"}, "只能写一行"),
        ({"phone": "打电话"}, "电话只能写数字"),
        ({"slug": "Ä"}, "小写英文字母"),
        ({"slug": "songjiang"}, "已被使用"),
        ({"position": "-1"}, "序号应为"),
        ({"position": "99999"}, "序号应为"),
        ({"kind": "city_office"}, "市局处室应在市局之下"),
        ({"kind": "city_bureau"}, "Not a valid choice|不是有效的选择|无效"),
        ({"parent": "999999"}, "没有这个上级单位"),
        ({"parent": "x"}, "没有这个上级单位"),
        ({"valid_from": "昨天"}, "日期"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_and_what_was_typed_stays(
    admin: Client, fields: dict[str, str], said: str
) -> None:
    before = db.session.query(Organization).count()
    answer = create(admin, **fields)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert any(each in answer.text for each in said.split("|")), answer.text
    assert 'value="021-1234"' in answer.text or "打电话" in answer.text
    assert db.session.query(Organization).count() == before


# ---- details


def test_a_unit_that_is_renamed_is_still_found_under_its_old_name(admin: Client) -> None:
    answer = save(admin, "mishu", name="市局综合处", short_name="综合处", phone="021-5678")
    assert "已保存" in follow(admin, answer)
    assert (unit("mishu").name, unit("mishu").phone) == ("市局综合处", "021-5678")
    assert {"市局秘书处", "秘书处"} <= aliases("mishu")


def test_an_old_name_counts_until_the_day_that_was_chosen(admin: Client) -> None:
    save(admin, "mishu", name="市局综合处", old_until="2021-12-31")
    alias = db.session.scalars(select(OrganizationAlias).where(OrganizationAlias.name == "市局秘书处")).one()
    assert alias.valid_until == date(2021, 12, 31)


def test_an_old_name_does_not_end_before_tomorrow(admin: Client) -> None:
    answer = save(admin, "mishu", name="市局综合处", old_until="2021-06-24")
    assert answer.status_code == 422
    assert "旧名称的停用日期应晚于今天" in answer.text
    assert unit("mishu").name == "市局秘书处"


def test_the_second_of_two_editors_sees_both(admin: Client, visitor: Visitor) -> None:
    form = admin.form(page("mishu"), page("mishu"))
    assert save(visitor("admin"), "mishu", phone="021-111").status_code == 303
    answer = admin.submit(form, phone="021-222")
    assert answer.status_code == 409
    assert "021-111" in answer.text
    assert "021-222" in answer.text
    assert unit("mishu").phone == "021-111"


def test_nothing_changed_says_so(admin: Client) -> None:
    assert "没有改动" in follow(admin, save(admin, "mishu"))


# ---- other names


def test_an_alias_comes_with_its_days_and_goes(admin: Client) -> None:
    answer = act(admin, "mishu", "aliases", alias="文秘处", alias_from="2020-01-01", alias_until="2022-01-01")
    assert "别名已添加" in follow(admin, answer)
    alias = db.session.scalars(select(OrganizationAlias).where(OrganizationAlias.name == "文秘处")).one()
    assert (alias.valid_from, alias.valid_until) == (date(2020, 1, 1), date(2022, 1, 1))
    assert "别名已删除" in follow(admin, act(admin, "mishu", f"aliases/{alias.id}/remove"))
    assert "文秘处" not in aliases("mishu")


@pytest.mark.parametrize(
    ("alias", "since", "until", "said"),
    [
        ("", "", "", "请填写别名"),
        ("松江区局", "", "", "已是松江区司法局的名称或别名"),
        ("松江", "2021-01-01", "", "已是松江区司法局的名称或别名"),
        ("市局秘书处", "", "", "已是本单位的名称"),
        ("文秘处", "2022-01-01", "2021-01-01", "停用日期应晚于启用日期"),
        ("名" * 61, "", "", "别名过长"),
        ("文秘处", "去年", "", "日期"),
    ],
)
def test_an_alias_that_cannot_be_is_refused(admin: Client, alias: str, since: str, until: str, said: str) -> None:
    before = aliases("mishu")
    answer = act(admin, "mishu", "aliases", alias=alias, alias_from=since, alias_until=until)
    assert answer.status_code == 422
    assert said in answer.text
    assert aliases("mishu") == before


def test_a_name_passes_from_one_unit_to_another_on_a_day(admin: Client) -> None:
    act(admin, "mishu", "aliases", alias="文秘处", alias_until="2021-07-01")
    assert act(admin, "xinxi", "aliases", alias="文秘处", alias_from="2021-06-30").status_code == 422
    assert act(admin, "xinxi", "aliases", alias="文秘处", alias_from="2021-07-01").status_code == 303


def test_a_foreign_alias_answers_like_a_missing_one(admin: Client) -> None:
    alias = db.session.scalars(select(OrganizationAlias.id).where(OrganizationAlias.name == "松江区局")).one()
    token = admin.form(page("mishu"), page("mishu")).fields["csrf_token"]
    answers = [
        admin.post(f"{page('mishu')}/aliases/{number}/remove", data={"csrf_token": token}) for number in (alias, 999999)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert same_page(answers[0]) == same_page(answers[1])
    assert "松江区局" in aliases("songjiang")


# ---- moving, closing, opening


def test_a_justice_office_moves_and_what_it_owes_keeps_its_district(admin: Client) -> None:
    seven = owed("7", "songjiang-yueyang")
    answer = act(admin, "songjiang-yueyang", "move", parent=str(unit_id("qingpu")))
    assert "已移动" in follow(admin, answer)
    assert unit("songjiang-yueyang").parent_id == unit_id("qingpu")
    assert db.session.get_one(Assignment, seven).district_id == unit_id("songjiang")


@pytest.mark.parametrize("parent", ["mishu", "shanghai", "songjiang-jiuting"])
def test_a_justice_office_stands_below_a_district_alone(admin: Client, parent: str) -> None:
    answer = act(admin, "songjiang-yueyang", "move", parent=str(unit_id(parent)))
    assert answer.status_code == 422
    assert "司法所应在区局之下" in answer.text
    assert unit("songjiang-yueyang").parent_id == unit_id("songjiang")


def empty(admin: Client) -> None:
    """Make a unit on which nothing rests."""
    create(admin, slug="empty", valid_from="2021-01-01")


def test_a_unit_on_which_nothing_rests_is_closed_and_opened_again(admin: Client) -> None:
    empty(admin)
    assert "2021-07-01 起停用" in follow(admin, act(admin, "empty", "close", day="2021-07-01"))
    assert unit("empty").valid_until == date(2021, 7, 1)
    assert "将停用" not in admin.get("/admin/units").text
    assert "2021-07-01 起停用" in admin.get("/admin/units").text
    assert "已重新启用" in follow(admin, act(admin, "empty", "reopen"))
    assert unit("empty").valid_until == FOREVER


@pytest.mark.parametrize(
    ("slug", "day", "said"),
    [
        ("songjiang-yueyang", "2021-06-24", "还有 28 项未办结"),
        ("peopled", "2021-06-24", "还有 1 个在用账号：在用的人"),
        ("empty", "2021-06-23", "不能早于今天"),
        ("empty", "2020-12-31", "不能早于今天"),
        ("shanghai", "2021-06-24", "审核 0 项任务|单位树的根"),
    ],
)
def test_a_unit_on_which_something_rests_is_not_closed(admin: Client, slug: str, day: str, said: str) -> None:
    empty(admin)
    with transaction():
        peopled = make_organization(slug="peopled", parent_id=unit_id("shanghai"))
        make_user(unit_id=peopled.id, name="在用的人")
    token = admin.form(page(slug), page(slug)).fields["csrf_token"]
    sent = {"csrf_token": token, "version": str(unit(slug).version), "day": day}
    answer = admin.post(f"{page(slug)}/close", data=sent)
    assert answer.status_code == 409
    assert any(each in answer.text for each in said.split("|"))
    assert unit(slug).valid_until == FOREVER


def test_an_act_on_a_unit_that_changed_meanwhile_is_refused(admin: Client, visitor: Visitor) -> None:
    empty(admin)
    close = admin.form(page("empty"), f"{page('empty')}/close")
    move = admin.form(page("empty"), f"{page('empty')}/move")
    save(visitor("admin"), "empty", phone="021-1")
    answers = [admin.submit(close), admin.submit(move, parent=str(unit_id("qingpu")))]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("其他管理人员已保存了新的内容" in answer.text for answer in answers)
    assert (unit("empty").valid_until, unit("empty").parent_id) == (FOREVER, unit_id("songjiang"))


def test_a_unit_that_is_not_there_answers_as_such(admin: Client) -> None:
    for address in ("/admin/units/999999", "/admin/units/999999/merge"):
        assert admin.get(address).status_code == 404
