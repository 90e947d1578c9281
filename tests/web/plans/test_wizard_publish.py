"""The second half of the import wizard at the browser: units, settings, rehearsal, publication and taking it back."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import take
from tests.client import Client
from tests.house.test_templates import source
from tests.published import SMALL, make_import, text_of
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.plans.models import Plan, PlanImport, Task
from tracker.rules.plans import Early, ImportState
from tracker.rules.status import Move
from tracker.seeding.organizations import add_further
from tracker.web.plans.wizard.words import CHANGE_TEXT

Visitor = Callable[[str], Client]
UNKNOWN = SMALL.replace("市局秘书处", "市局机要秘书处")


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at a browser."""
    return visitor("supervisor")


@pytest.fixture
def small(seeded: Flask) -> str:
    """The address of an import that nothing stands in the way of."""
    return f"/plans/import/{make_import(SMALL).id}"


def count(model: type) -> int:
    """Return how many rows a table holds."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def state(base: str) -> str:
    """Return the state of an import."""
    return db.session.get_one(PlanImport, int(base.rpartition("/")[2]), populate_existing=True).state


def press(browser: Client, page: str, action: str, **fields: object) -> TestResponse:
    """Fill in a form of a page and send it."""
    return browser.submit(browser.form(page, action=action), **fields)


def choose(browser: Client, base: str, printed: str, /, **fields: object) -> TestResponse:
    """Fill in the form of one name and send it."""
    forms = browser.forms(f"{base}/units?name={printed}")
    return browser.submit(next(form for form in forms if "new_name" in form.fields), **fields)


def publish(browser: Client, base: str) -> TestResponse:
    """Press the button of the publish page."""
    return press(browser, f"{base}/publish", "/publish")


def test_a_document_goes_from_its_units_to_a_published_plan_and_back(seeded: Flask, supervisor: Client) -> None:
    text = text_of("shanghai-2021-11.txt").replace("11号", "99号")
    base = f"/plans/import/{make_import(text, confirmed=True).id}"
    assert "23 个名称都已对应到单位" in supervisor.get(f"{base}/units").text
    assert "各区局（16 个）" in supervisor.get(f"{base}/units").text
    before = count(Assignment), count(Plan)
    rehearsal = supervisor.get(f"{base}/rehearsal").text
    assert (count(Assignment), count(Plan)) == before
    assert press(supervisor, f"{base}/publish", "/publish", unreviewed="y").status_code == 303
    number = count(Assignment) - before[0]
    assert f">{number}</a></dd>" in rehearsal
    assert "99号 已发布" in supervisor.get(f"{base}/publish").text
    assert press(supervisor, f"{base}/publish", "/undo", reason="发错了文号").status_code == 303
    assert (count(Assignment), count(Plan), state(base)) == (*before, ImportState.OPEN)


def test_an_unknown_name_stands_in_the_way_until_somebody_says_whom_it_means(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(UNKNOWN).id}"
    assert "1 个名称在单位库中没有，还没有选定指谁：市局机要秘书处" in supervisor.get(f"{base}/publish").text
    page = supervisor.get(f"{base}/units").text
    assert "就是市局秘书处" in page
    refused = choose(supervisor, base, "市局机要秘书处", how="unit", unit="秘书科")
    assert refused.status_code == 422
    assert 'value="秘书科"' in refused.text
    forms = [form for form in supervisor.forms(f"{base}/units") if form.fields.get("unit") == "市局秘书处"]
    assert supervisor.submit(forms[0]).status_code == 303
    assert "人工选定" in supervisor.get(f"{base}/units").text
    assert publish(supervisor, base).status_code == 303


def test_a_group_is_found_by_its_typed_name_and_a_choice_can_be_let_go(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(UNKNOWN.replace('各区局', '各分局')).id}"
    chosen = choose(supervisor, base, "各分局", how="unit", unit="各区局")
    assert chosen.status_code == 303
    assert "各区局（16 个）" in supervisor.get(f"{base}/units").text
    assert press(supervisor, f"{base}/units", "/forget").status_code == 303
    assert "各区局（16 个）" not in supervisor.get(f"{base}/units").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"how": "nobody", "reason": " "}, "请写明为什么不交办"),
        ({"how": "new", "new_name": "", "kind": "city_office"}, "请填写新单位的名称"),
        ({"how": "new", "new_name": "市局秘书处", "kind": "city_office"}, "同一上级下已有"),
        ({"how": "new", "new_name": "档案科", "kind": "section"}, "科室应在区局之下"),
        ({"how": "new", "kind": "ministry"}, "请选单位类型"),
        ({"how": "unit", "unit": ""}, "请填写单位名称"),
        ({"how": "somehow"}, "请选定这个名称指谁"),
        ({"how": "unit", "unit": "秘书处", "name": "没有这个名称"}, "文件中没有"),
    ],
)
def test_what_a_name_cannot_mean_is_refused_with_what_was_typed(
    seeded: Flask, supervisor: Client, fields: dict[str, str], words: str
) -> None:
    base = f"/plans/import/{make_import(UNKNOWN).id}"
    answer = choose(supervisor, base, "市局机要秘书处", **fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_several_names_become_new_units_at_once(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(UNKNOWN.replace('，市局机要', '，市局档案处、市局机要')).id}"
    forms = [
        form for form in supervisor.forms(f"{base}/units") if "new_parent" in form.fields and "unit" not in form.fields
    ]
    assert supervisor.submit(forms[0], id=[]).status_code == 422
    both = supervisor.submit(forms[0], id=["市局档案处", "市局机要秘书处"], kind="city_office")
    assert both.status_code == 303
    assert "将新建 2 个单位" in supervisor.get(f"{base}/rehearsal").text


def test_a_new_unit_is_made_with_the_plan_and_not_before(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(UNKNOWN).id}"
    units = count(Organization)
    assert choose(supervisor, base, "市局机要秘书处", how="new", kind="city_office").status_code == 303
    assert "将新建 1 个单位：市局机要秘书处" in supervisor.get(f"{base}/rehearsal").text
    assert count(Organization) == units
    assert publish(supervisor, base).status_code == 303
    assert count(Organization) == units + 1
    assert press(supervisor, f"{base}/publish", "/undo", reason="测试").status_code == 303
    assert count(Organization) == units


def test_two_people_who_choose_at_once_hear_of_each_other(seeded: Flask, supervisor: Client, visitor: Visitor) -> None:
    base = f"/plans/import/{make_import(UNKNOWN).id}"
    form = next(form for form in supervisor.forms(f"{base}/units") if "new_name" in form.fields)
    other = choose(visitor("supervisor"), base, "市局机要秘书处", how="nobody", reason="已撤并")
    assert other.status_code == 303
    late = supervisor.submit(form, how="nobody", reason="不归我局管")
    assert late.status_code == 409
    assert "别人刚刚改过这一页的内容" in late.text
    assert "不归我局管" in late.text


def test_tasks_without_units_get_theirs_many_at_a_time(seeded: Flask, supervisor: Client) -> None:
    with transaction():
        add_further(("beijing-2022",))
    base = f"/plans/import/{make_import(text_of('beijing-2022-42.txt')).id}"
    page = supervisor.get(f"{base}/units").text
    assert "没有责任单位的 18 项任务" in page
    with_all = supervisor.form(f"{base}/units", action="/tasks")
    keys = [str(n) for n in range(1, 19)]
    assert supervisor.submit(with_all, id=keys, parties="").status_code == 422
    assert supervisor.submit(with_all, id=[], parties="各区司法局").status_code == 422
    named = supervisor.submit(with_all, id=keys, parties="各区司法局", how="named")
    assert named.status_code == 303
    assert "各区司法局（17 个）" in supervisor.get(f"{base}/units").text
    assert supervisor.submit(with_all, id=keys, parties="各区司法局", how="named").status_code == 409


def test_units_that_only_the_sentence_names_are_taken_where_somebody_says_so(seeded: Flask, supervisor: Client) -> None:
    with transaction():
        add_further(("beijing-2022",))
    base = f"/plans/import/{make_import(text_of('beijing-2022-42.txt')).id}"
    form = supervisor.form(f"{base}/units", action="/tasks")
    keys = [str(n) for n in range(1, 19)]
    assert supervisor.submit(form, id=keys, how="proposed").status_code == 303
    assert "文件中的 0 个名称" not in supervisor.get(f"{base}/units").text


def test_the_third_plan_waits_for_its_issuer_and_for_a_word_on_early_tasks(seeded: Flask, supervisor: Client) -> None:
    with transaction():
        add_further(("putuo-2024",))
    base = f"/plans/import/{make_import(text_of('putuo-2024-1.txt')).id}"
    if "还没有选定发文单位" in supervisor.get(f"{base}/rehearsal").text:
        assert press(supervisor, f"{base}/units", "/issuer", issuer="普陀区司法局").status_code == 303
    page = supervisor.get(f"{base}/rehearsal").text
    assert "2 项任务的完成时限早于印发日期，还没有选定怎样处理：第23、58项" in page
    assert "2024年12月" in page
    assert press(supervisor, f"{base}/rehearsal", "/early", **{"early-23": "recorded"}).status_code == 422
    late = press(
        supervisor, f"{base}/rehearsal", "/early", **{"early-23": "moved", "due-23": "2023-01", "reason-23": "理由"}
    )
    assert late.status_code == 422
    assert "新的时限不能早于印发日期" in late.text
    chosen = {
        "early-23": "recorded",
        "reason-23": "一月已办",
        "early-58": "moved",
        "reason-58": "改期",
        "due-58": "2024-09",
    }
    assert press(supervisor, f"{base}/rehearsal", "/early", **chosen).status_code == 303
    assert "还没有选定怎样处理" not in supervisor.get(f"{base}/rehearsal").text


def test_what_was_settled_about_early_tasks_holds_on_the_plan(seeded: Flask, supervisor: Client) -> None:
    base = f"/plans/import/{make_import(SMALL.replace('2021年9月', '2021年3月')).id}"
    assert "还没有选定怎样处理：第1项" in supervisor.get(f"{base}/publish").text
    press(supervisor, f"{base}/rehearsal", "/early", **{"early-1": "recorded", "reason-1": "三月已办"})
    assert publish(supervisor, base).status_code == 303
    task = db.session.scalars(select(Task).where(Task.early == Early.RECORDED)).one()
    done = db.session.scalars(select(Assignment.status).where(Assignment.task_id == task.id).distinct()).all()
    assert done == ["completed"]
    assert press(supervisor, f"{base}/publish", "/undo", reason="测试").status_code == 303


def test_settings_are_kept_and_hold_on_the_plan(small: str, supervisor: Client) -> None:
    settled = press(
        supervisor, f"{small}/rehearsal", "/settings", owner="市局秘书处", near_days="15", scored=None, closing="any"
    )
    assert settled.status_code == 303
    page = supervisor.form(f"{small}/rehearsal", action="/settings")
    assert (page.fields["owner"], page.fields["near_days"], page.fields["closing"]) == ("市局秘书处", "15", "any")
    publish(supervisor, small)
    plan = db.session.scalars(select(Plan).order_by(Plan.id.desc())).first()
    assert plan is not None
    assert (plan.near_days, plan.scored, plan.closing) == (15, False, "any")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("near_days", "500", "临期天数应在 0 到 90 之间"),
        ("base_points", "many", "请填写 0 到 1000 之间的数"),
        ("period_to", "2020-01-01", "实施截止日不能早于起始日"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    small: str, supervisor: Client, field: str, value: str, words: str
) -> None:
    refused = press(supervisor, f"{small}/rehearsal", "/settings", **{field: value})
    assert refused.status_code == 422
    assert words in refused.text


def test_one_who_publishes_twice_publishes_once(small: str, supervisor: Client) -> None:
    form = supervisor.form(f"{small}/publish", action="/publish")
    plans = count(Plan)
    assert [supervisor.submit(form).status_code for _ in range(2)] == [303, 303]
    assert count(Plan) == plans + 1


def test_what_changed_meanwhile_is_not_published_unseen(small: str, supervisor: Client, visitor: Visitor) -> None:
    form = supervisor.form(f"{small}/publish", action="/publish")
    press(visitor("supervisor"), f"{small}/rehearsal", "/settings", near_days="3")
    late = supervisor.submit(form)
    assert late.status_code == 409
    assert "又有了改动，没有发布" in late.text
    assert state(small) == ImportState.OPEN


def test_a_publication_that_a_unit_signed_for_stays(small: str, supervisor: Client) -> None:
    publish(supervisor, small)
    undo = supervisor.form(f"{small}/publish", action="/undo")
    plan_id = db.session.scalars(select(func.max(Plan.id))).one()
    own = select(Assignment.id).join(Organization, Organization.id == Assignment.unit_id)
    item = db.session.scalars(own.where(Assignment.plan_id == plan_id, Organization.slug == "songjiang")).one()
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-06-24", item)
    refused = supervisor.submit(undo, reason="测试")
    assert refused.status_code == 409
    assert "松江经办（演示）已于 2021年6月24日 对松江区司法局的第1项“签收”" in refused.text
    assert state(small) == ImportState.PUBLISHED


def test_the_button_that_takes_back_is_not_worded_as_the_record_of_it() -> None:
    assert CHANGE_TEXT["undo"] == "撤回发布"
    assert "_('撤回发布')" not in source("plans/publishing/publish.html")


def test_a_publication_is_not_taken_back_without_a_reason(small: str, supervisor: Client) -> None:
    publish(supervisor, small)
    refused = press(supervisor, f"{small}/publish", "/undo", reason=" ")
    assert refused.status_code == 422
    assert "请写明撤回的理由" in refused.text


@pytest.mark.parametrize("page", ["units", "rehearsal", "publish"])
def test_the_pages_are_the_supervisors(small: str, visitor: Visitor, page: str) -> None:
    assert visitor("songjiang-clerk").get(f"{small}/{page}").status_code == 403
    assert visitor("supervisor").get(f"/plans/import/2000000/{page}").status_code == 404
