"""The page of a plan's reminders: read by all, changed by supervisors, one at a time, with words for every mistake."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.assignments.acts import moment, the_plan, unit_id
from tests.client import Client, Form
from tests.factories import make_plan, make_task, make_user
from tests.web.conftest import Visitor, follow, text
from tests.web.test_hostile import VALUES
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.reminders.policy import DEFAULT_POLICY, Policy, Quiet, policy_of
from tracker.reminders.policy_changes import same, save
from tracker.rules.escalation import Rung, Target, Trigger
from tracker.rules.notices import DEFAULT_PLAN, NoticePlan, NoticeStep, Period, Shift, Unit
from tracker.rules.permissions import SYSTEM, Post, Role

READERS = ["admin", "leader", "reviewer-mishu", "songjiang-lead", "songjiang-clerk", "songjiang-office1"]
ROW = len(DEFAULT_PLAN.steps)
"""The number of the first empty row of the offsets."""


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


@pytest.fixture
def place(seeded: Flask) -> str:
    """The address of the page of the 28-task plan."""
    return f"/plans/{the_plan().id}/reminders"


def stands() -> Policy:
    """The policy of the 28-task plan as it is stored."""
    return policy_of(the_plan().id)


def opened(browser: Client, place: str) -> Form:
    """The form that saves, as it is opened."""
    return browser.form(place, action=place)


def words(page: str) -> str:
    """A page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def errors(page: str) -> dict[str, str]:
    """The summary of errors: the control each links to, and the words; every control linked to is there and says so."""
    summary = page.split('class="error-summary"')[1].split("</div>")[0]
    found = dict(re.findall(r'<a href="#([^"]+)">([^<]*)</a>', summary))
    for control in found.keys() - {"version"}:
        assert re.search(rf'id="{control}"', page), control
        assert f'id="{control}-error"' in page
        assert re.search(rf'<(input|select)[^>]*aria-describedby="[^"]*{control}-error', page), control
    return found


# ---- reading


@pytest.mark.parametrize("account", READERS)
def test_whoever_sees_plans_reads_how_they_remind(visitor: Visitor, place: str, account: str) -> None:
    browser = visitor(account)
    page = browser.get(place).text
    assert "到期前一个月、到期当月、到期前7天、到期前3个工作日、到期前1个工作日、逾期1天、逾期3天、逾期7天" in page
    assert "由疏到密；方案原文没有写，待市局确认" in page
    assert f'action="{place}"' not in page
    assert f'href="{place}"' in browser.get(f"/plans/{the_plan().id}").text


def test_the_example_is_told_in_words(visitor: Visitor, place: str) -> None:
    page = words(visitor("songjiang-clerk").get(place).text)
    assert "2021年3月31日到期的任务（6 项）" in page
    assert "3月1日 周一到期当月 → 承办人" in page
    assert "4月6日 周二逾期未报满3个工作日 → 科室负责人" in page
    assert "此后每 7 天一次，直到上报。" in page


def test_a_plan_that_is_not_there_has_no_reminders(supervisor: Client, place: str) -> None:
    assert supervisor.get("/plans/4711/reminders").status_code == 404
    form = opened(supervisor, place)
    form.action = "/plans/4711/reminders"
    for intent in ("save", "preview", "reset"):
        assert supervisor.submit(form, intent=intent).status_code == 404


def test_a_draft_without_due_days_has_a_page_too(supervisor: Client, seeded: Flask) -> None:
    with transaction():
        plan = make_plan(state="draft")
    page = supervisor.get(f"/plans/{plan.id}/reminders").text
    assert "没有写明日期的任务" in page
    assert "没有集中到期的月份" in page


def test_the_crowded_months_of_the_plan_are_named(supervisor: Client, seeded: Flask) -> None:
    with transaction():
        plan = make_plan()
        for day, number in ((date(2021, 12, 31), 12), (date(2021, 6, 30), 3)):
            for _ in range(number):
                make_task(plan_id=plan.id, due_on=day)
    page = words(supervisor.get(f"/plans/{plan.id}/reminders").text)
    assert "本方案现在集中到期的：2021年12月（12/15 项）" in page
    assert "季度检查点（到期前3个季度末）" in page


# ---- who is told


def test_posts_that_nobody_holds_are_named_to_those_who_see_all_units(visitor: Visitor, place: str) -> None:
    with transaction():
        db.session.execute(update(User).where(User.post == Post.DEPUTY_HEAD).values(post=Post.NONE))
        make_user(unit_id=unit_id("songjiang"), role=Role.LEAD, post=Post.DEPUTY_HEAD, name="测试分管")
    for account in ("supervisor", "admin", "leader"):
        page = words(visitor(account).get(place).text)
        vacant = page.split("分管领导： ")[1].split("。")[0]
        assert "单位无人担任，这一级通知不到人" in vacant
        assert "黄浦" in vacant
        assert "松江" not in vacant
        assert "测试分管" in page
        assert "市局督办人员" in page


@pytest.mark.parametrize("account", ["songjiang-lead", "songjiang-clerk", "reviewer-mishu"])
def test_others_are_not_told_who_holds_which_post_elsewhere(visitor: Visitor, place: str, account: str) -> None:
    assert "升级到谁" not in visitor(account).get(place).text


# ---- changing


def test_the_form_sent_untouched_changes_nothing(supervisor: Client, place: str) -> None:
    page = follow(supervisor, supervisor.submit(opened(supervisor, place)))
    assert "提醒设定没有变化" in page
    assert stands() == DEFAULT_POLICY


def test_a_supervisor_changes_every_part(supervisor: Client, place: str) -> None:
    fields: dict[str, Any] = {
        "steps-0-remove": "y",
        "steps-1-amount": "",
        f"steps-{ROW}-when": "workdays_after",
        f"steps-{ROW}-amount": "4",
        f"steps-{ROW + 1}-when": "quarter_ends",
        f"steps-{ROW + 1}-amount": "1",
        "shift": "next",
        "repeat_days": "14",
        "repeat_weekday": "0",
        "crowded_percent": "40",
        "period": "month",
        "daily_budget": "8",
        "urge_hours": "48",
        **{f"ladder-{row}-remove": "y" for row in range(7)},
        "ladder-7-trigger": "overdue",
        "ladder-7-workdays": "2",
        "ladder-7-target": "unit_head",
        "quiet-0-first_day": "2022-01-25",
        "quiet-0-last_day": "2022-02-10",
        "quiet-0-reason": " 春节前后 ",
    }
    page = follow(supervisor, supervisor.submit(opened(supervisor, place), **fields))

    assert "提醒设定已保存" in page
    steps = (*DEFAULT_PLAN.steps[2:], NoticeStep(Unit.WORKDAYS, 4), NoticeStep(Unit.QUARTER_ENDS, -1))
    notices = NoticePlan(steps, Shift.NEXT, 14, 0, 40, Period.MONTH, 8, 48)
    quiet = (Quiet(date(2022, 1, 25), date(2022, 2, 10), "春节前后"),)
    assert same(stands(), Policy(notices, (Rung(Trigger.OVERDUE, 2, Target.UNIT_HEAD),), quiet))
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.account, entry.act) == ("supervisor", "edit_reminders")
    assert "每人每天 20 项 → 每人每天 8 项" in entry.detail
    assert "默认：每人每天 20 项" in words(page)


def test_what_was_saved_is_what_the_form_shows(supervisor: Client, place: str) -> None:
    supervisor.submit(opened(supervisor, place), **{f"steps-{ROW}-when": "days_after", f"steps-{ROW}-amount": "5"})
    before = stands()
    follow(supervisor, supervisor.submit(opened(supervisor, place)))
    assert stands() == before
    assert NoticeStep(Unit.DAYS, 5) in before.notices.steps


def test_the_defaults_come_back_by_one_button(supervisor: Client, place: str) -> None:
    supervisor.submit(opened(supervisor, place), daily_budget="8")
    reset = next(form for form in supervisor.forms(place) if form.fields.get("intent") == "reset")
    assert "已恢复默认" in follow(supervisor, supervisor.submit(reset))
    assert same(stands(), DEFAULT_POLICY)
    again = supervisor.submit(reset)
    assert "本来就是默认的" in follow(supervisor, again)


def test_a_preview_shows_the_days_and_stores_nothing(supervisor: Client, place: str) -> None:
    sent = {f"steps-{ROW}-when": "days_before", f"steps-{ROW}-amount": "20"}
    response = supervisor.submit(opened(supervisor, place), intent="preview", **sent)
    page = words(response.text)
    assert response.status_code == 200
    assert "还没有保存" in page
    assert "3月11日 周四到期前20天" in page
    assert stands() == DEFAULT_POLICY
    assert f'name="steps-{ROW}-amount"' in response.text
    assert 'value="20"' in response.text


# ---- refused


@pytest.mark.parametrize("intent", ["save", "preview"])
@pytest.mark.parametrize(
    ("fields", "control", "said"),
    [
        ({"steps-2-amount": "x"}, "steps-2-amount", "提醒时点第 3 行的数"),
        ({"steps-2-amount": "367"}, "steps-2-amount", "应为 0 到 366 的整数"),
        ({"steps-2-amount": "-7"}, "steps-2-amount", "请填写 0 或更大的整数"),
        ({"steps-2-when": "someday"}, "steps-2-when", "提醒时点第 3 行的时点"),
        ({f"steps-{ROW}-amount": "7"}, f"steps-{ROW}-amount", "与前面的一行相同"),
        ({f"steps-{row}-remove": "y" for row in range(ROW)}, "steps-0-amount", "至少保留一个"),
        ({"steps-1-remove": "y", "steps-2-amount": "367"}, "steps-2-amount", "应为 0 到 366 的整数"),
        ({"repeat_days": "91"}, "repeat_days", "0 到 90"),
        ({"repeat_days": ""}, "repeat_days", "请填写重复间隔"),
        ({"repeat_weekday": "6"}, "repeat_weekday", ""),
        ({"crowded_percent": "101"}, "crowded_percent", "0 到 100"),
        ({"period": "year"}, "period", ""),
        ({"shift": ""}, "shift", ""),
        ({"daily_budget": "0"}, "daily_budget", "1 到 500"),
        ({"urge_hours": "9" * 5000}, "urge_hours", ""),
        ({"ladder-0-workdays": "0"}, "ladder-0-workdays", "1 到 250"),
        ({"ladder-0-target": "mayor"}, "ladder-0-target", "逐级升级第 1 行的告知"),
        ({"quiet-0-first_day": "2022-01-25"}, "quiet-0-last_day", "请填写日期"),
        ({"quiet-0-reason": "春节"}, "quiet-0-first_day", "请填写日期"),
        ({"quiet-0-first_day": "2022-02-30", "quiet-0-last_day": "2022-03-01"}, "quiet-0-first_day", "静默期第 1 行"),
        ({"quiet-0-first_day": "2022-02-10", "quiet-0-last_day": "2022-02-01"}, "quiet-0-first_day", "请对调"),
    ],
)
def test_a_mistake_is_named_beside_its_control_and_nothing_is_stored(
    supervisor: Client, place: str, fields: dict[str, str], control: str, said: str, intent: str
) -> None:
    response = supervisor.submit(opened(supervisor, place), intent=intent, **fields)
    assert response.status_code == 422
    found = errors(response.text)
    assert control in found
    assert said in found[control]
    assert stands() == DEFAULT_POLICY


@pytest.mark.parametrize("value", [*VALUES, None])
def test_no_value_of_any_field_fails_the_server(supervisor: Client, place: str, value: str | None) -> None:
    form = opened(supervisor, place)
    form.fields |= {"quiet-0-first_day": "2022-01-25", "quiet-0-last_day": "2022-02-10", "quiet-0-reason": "x"}
    rows = ("steps-0", "steps-7", "ladder-0", "quiet-0")
    for name in form.fields:
        if name.startswith(rows) or "-" not in name:
            answer = supervisor.submit(form, intent="preview", **{name: value})
            assert answer.status_code in (200, 400, 422), name
            assert supervisor.submit(form, intent=value or "").status_code in (303, 409, 422), name


def test_a_row_that_is_to_be_removed_need_not_be_right(supervisor: Client, place: str) -> None:
    sent = {"steps-0-amount": "x", "steps-0-remove": "y"}
    assert supervisor.submit(opened(supervisor, place), **sent).status_code == 303
    assert len(stands().notices.steps) == ROW - 1


def test_a_form_without_anything_is_refused_in_words(supervisor: Client, place: str) -> None:
    token = opened(supervisor, place).fields["csrf_token"]
    for intent in ("save", "preview"):
        response = supervisor.post(place, data={"csrf_token": token, "intent": intent})
        assert response.status_code == 422
        assert "至少保留一个" in errors(response.text)["steps-0-amount"]


def test_everything_that_is_wrong_is_said_at_once(supervisor: Client, place: str) -> None:
    sent = {"steps-2-amount": "400", "steps-3-amount": "x", "daily_budget": "0", "quiet-1-last_day": "2022-02-01"}
    response = supervisor.submit(opened(supervisor, place), **sent, **{"quiet-0-first_day": "2022-02-30"})
    assert response.status_code == 422
    assert list(errors(response.text)) == [
        "steps-2-amount",
        "steps-3-amount",
        "daily_budget",
        "quiet-0-first_day",
        "quiet-0-last_day",
        "quiet-1-first_day",
    ]


def test_a_refused_form_keeps_what_was_typed(supervisor: Client, place: str) -> None:
    sent = {"daily_budget": "0", "quiet-0-first_day": "2022-02-01", "quiet-0-reason": "<b>春节"}
    page = supervisor.submit(opened(supervisor, place), **sent).text
    assert 'value="2022-02-01"' in page
    assert "&lt;b&gt;春节" in page


def test_more_rows_than_the_form_has_are_left_out_rather_than_fail(supervisor: Client, place: str) -> None:
    sent = {f"steps-{row}-amount": str(row) for row in range(60)} | {
        f"steps-{row}-when": "days_before" for row in range(60)
    }
    response = supervisor.submit(opened(supervisor, place), **sent)
    assert response.status_code == 422
    assert "最多 30 行" in text(response)


# ---- two at once


def test_of_two_who_edit_at_once_the_second_sees_both_and_decides(supervisor: Client, place: str) -> None:
    form = opened(supervisor, place)
    with transaction():
        other = NoticePlan(DEFAULT_PLAN.steps, daily_budget=9)
        save(SYSTEM, moment("2021-06-24"), the_plan().id, 0, Policy(other))

    response = supervisor.submit(form, daily_budget="7")
    page = words(response.text)
    assert response.status_code == 409
    sides = page.split("两份内容逐栏对照")[1].split("采用已保存的内容")[0]
    assert "每人每天 9 项" in sides
    assert "每人每天 7 项" in sides
    assert "逐级升级" not in sides
    assert 'value="7"' in response.text
    assert stands().notices.daily_budget == 9

    form.fields["version"] = "1"
    assert 'name="version" type="hidden" value="1"' in response.text
    assert supervisor.submit(form, daily_budget="7").status_code == 303
    assert stands().notices.daily_budget == 7


def test_a_reset_of_what_somebody_changed_meanwhile_is_refused(supervisor: Client, place: str) -> None:
    reset = next(form for form in supervisor.forms(place) if form.fields.get("intent") == "reset")
    supervisor.submit(opened(supervisor, place), daily_budget="8")
    response = supervisor.submit(reset)
    assert response.status_code == 409
    assert "每人每天 8 项" in response.text
    assert stands().notices.daily_budget == 8
    for version in ("", "x", "-1", "１"):
        assert supervisor.submit(reset, version=version).status_code == 400


def test_a_form_without_a_readable_version_is_refused(supervisor: Client, place: str) -> None:
    for version in ("", "x", None):
        assert supervisor.submit(opened(supervisor, place), version=version, daily_budget="8").status_code == 422
    assert stands() == DEFAULT_POLICY
