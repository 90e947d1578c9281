"""The page of a plan's score rule: read by all, changed by supervisors after a look at what a change would do."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests.assignments.acts import complete, the_plan, unit_id
from tests.client import Client, Form
from tests.factories import make_plan
from tests.makers import make_freeze
from tests.web.conftest import CLERK, Visitor, follow
from tests.web.test_hostile import VALUES
from tracker.db import db, transaction
from tracker.plans.models import Plan, PlanState
from tracker.rules.score_terms import Rule
from tracker.scoring import terms
from tracker.scoring.models import ScoreRule

READERS = ["admin", "leader", "reviewer-mishu", "songjiang-lead", CLERK, "songjiang-office1"]
WHY = {"reason": "市局会议确定"}


@pytest.fixture
def today(seeded: Flask, on_day: Callable[[str], date]) -> date:
    """The tenth of May: twelve tasks are missed in every district."""
    return on_day("2021-05-10")


@pytest.fixture
def supervisor(today: date, visitor: Visitor) -> Client:
    """The supervisor at the browser."""
    return visitor("supervisor")


@pytest.fixture
def place(seeded: Flask) -> str:
    """The address of the page of the 28-task plan."""
    return f"/plans/{the_plan().id}/rule"


def in_force() -> Rule:
    """The rule of the 28-task plan that holds at last."""
    return terms.rule_at(the_plan(), date(2030, 1, 1))


def opened(browser: Client, place: str) -> Form:
    """The form as it is opened."""
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
    return found


# ---- reading


@pytest.mark.parametrize("account", READERS)
def test_whoever_sees_plans_reads_the_rule_and_on_what_it_rests(visitor: Visitor, place: str, account: str) -> None:
    browser = visitor(account)
    page = browser.get(place).text
    assert "未能完成的，每项任务扣 1 分，扣完为止" in page
    assert "沪松司发〔2021〕19号 第 134 行" in page
    assert "同一大项还有两条各扣 5 分的规定" in page
    assert "现在不另设上限，扣到 0 分为止。" in page
    assert "方案第 40 行：“10月份”，对各区落实情况开展评估" in page
    assert "第 1 版" in page
    assert f'action="{place}' not in page
    for other in (f"/plans/{the_plan().id}", "/scores"):
        assert f'href="{place}"' in browser.get(other).text


def test_the_doubt_says_which_reading_holds(supervisor: Client, place: str) -> None:
    send(supervisor, place, "save", cap_points="10")
    assert "现在合计最多扣 10 分。" in supervisor.get(place).text


def test_a_rule_of_another_sentence_has_no_such_doubt(supervisor: Client, place: str) -> None:
    send(supervisor, place, "save", source="某发〔2021〕1号 第 2 行", quote="")
    page = supervisor.get(place).text
    assert "各扣 5 分" not in page
    assert "还没有登记依据的原文" in page


def test_every_version_is_told_with_what_changed_who_and_why(supervisor: Client, place: str) -> None:
    send(supervisor, place, "save", base_points="30")
    send(supervisor, place, "save", late_counts="y", reason="改回")
    page = words(supervisor.get(place).text.split('id="versions-title"')[1])
    assert re.search(r"第 3 版 现行 ?2021年5月10日 ?逾期后办结：不扣分，但注明 → 扣分 ?改回", page)
    assert re.search(r"第 2 版 ?2021年5月10日 ?满分：20 分 → 30 分 ?市局会议确定", page)
    assert re.search(r"第 1 版 ?2021年2月10日 ?随方案发布", page)


def test_a_plan_that_is_not_there_has_no_rule(supervisor: Client) -> None:
    assert supervisor.get("/plans/4711/rule").status_code == 404
    assert supervisor.submit(Form("/plans/4711/rule", "post", {}), csrf_token=token_of(supervisor)).status_code == 404


def token_of(browser: Client) -> str:
    """The token of the browser's forms."""
    return str(opened(browser, f"/plans/{the_plan().id}/rule").fields["csrf_token"])


# ---- changing


def send(browser: Client, place: str, intent: str, **fields: Any) -> Any:
    """Fill in the form and press a button."""
    return browser.submit(opened(browser, place), intent=intent, **{**WHY, **fields})


def test_the_preview_shows_whose_scores_move_and_stores_nothing(supervisor: Client, place: str) -> None:
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    answer = send(supervisor, place, "preview", late_counts="y")
    assert answer.status_code == 200
    page = words(answer.text)
    assert "预演：第 2 版会带来什么" in page
    assert "逾期后办结：不扣分，但注明 → 扣分" in page
    assert "今天的得分：16 个区有变化，0 个区不变" in page
    assert "松江区司法局1 / 1211 / 11 →变为 12 / 129 →变为 81" in page
    assert db.session.query(ScoreRule).count() == 0


def test_a_preview_says_where_nobodys_score_moves(supervisor: Client, place: str) -> None:
    assert "今天 16 个区的得分和名次都不变。" in send(supervisor, place, "preview", appeal_days="9").text


def test_what_was_looked_at_can_be_saved_from_there(supervisor: Client, place: str) -> None:
    page = send(supervisor, place, "preview", cap_points="10").text
    assert 'form="rule-form" name="intent" value="save"' in page
    followed = follow(supervisor, send(supervisor, place, "save", cap_points="10"))
    assert "评分规则第 2 版已保存，从今天起生效；以前各天仍按当时的规则。" in followed
    assert (in_force().cap, in_force().number, in_force().since) == (10, 2, date(2021, 5, 10))


def test_old_days_keep_their_scores_on_every_page(supervisor: Client, place: str) -> None:
    old = {page: words(supervisor.get(page).text) for page in pages("2021-05-09")}
    send(supervisor, place, "save", base_points="40", points_per_miss="2")
    for page, then in old.items():
        assert scores(words(supervisor.get(page).text)) == scores(then), page
    assert "满分 40 分，未完成 1 项扣 2 分" in words(supervisor.get("/scores?on=2021-05-10").text)


def pages(day: str) -> list[str]:
    """The board and an explanation of a day."""
    return [f"/scores?on={day}", f"/scores/{unit_id('songjiang')}?on={day}"]


def scores(page: str) -> list[str]:
    """Every figure of a page that speaks of points."""
    return re.findall(r"−?\d+(?:\.\d+)? ?分", page)


def test_without_the_word_to_save_nothing_is_stored(supervisor: Client, place: str) -> None:
    assert supervisor.submit(opened(supervisor, place), **WHY, base_points="30").status_code == 200
    assert db.session.query(ScoreRule).count() == 0


@pytest.mark.parametrize("intent", ["preview", "save"])
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"base_points": ""}, ["base_points"]),
        ({"base_points": "1001"}, ["base_points"]),
        ({"points_per_miss": "-1"}, ["points_per_miss"]),
        ({"points_per_miss": "0.125"}, ["points_per_miss"]),
        ({"cap_points": "21"}, ["cap_points"]),
        ({"cap_points": "x"}, ["cap_points"]),
        ({"offices_condition": "share"}, ["offices_share"]),
        ({"offices_condition": "share", "offices_share": "101"}, ["offices_share"]),
        ({"offices_condition": "most"}, ["offices_condition"]),
        ({"evaluation_from": "2021-13-01"}, ["evaluation_from"]),
        ({"evaluation_from": ""}, ["evaluation_from"]),
        ({"evaluation_to": "2021-09-01"}, ["evaluation_to"]),
        ({"self_evaluation_on": "1921-09-01"}, ["self_evaluation_on"]),
        ({"appeal_days": "x"}, ["appeal_days"]),
        ({"answer_days": "0"}, ["answer_days"]),
        ({"board": None}, ["board"]),
        ({"base_points": "30", "reason": ""}, ["reason"]),
        ({"base_points": "30", "reason": "字" * 501}, ["reason"]),
        ({"quote": "字" * 301}, ["quote"]),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    supervisor: Client, place: str, intent: str, fields: dict[str, Any], wrong: list[str]
) -> None:
    answer = send(supervisor, place, intent, **fields)
    assert answer.status_code == 422
    assert [re.sub(r"-\d+$", "", field) for field in errors(answer.text)] == wrong
    assert "市局会议确定" in answer.text or "reason" in wrong
    assert db.session.query(ScoreRule).count() == 0


def test_everything_that_is_wrong_is_said_at_once(supervisor: Client, place: str) -> None:
    fields = {"cap_points": "30", "offices_condition": "share", "answer_days": "", "evaluation_to": "", "reason": ""}
    found = errors(send(supervisor, place, "preview", **fields).text)
    assert list(found) == ["cap_points", "offices_share", "evaluation_to", "answer_days", "reason"]


def test_the_form_shows_points_as_people_write_them(supervisor: Client, place: str) -> None:
    fields = opened(supervisor, place).fields
    assert (fields["base_points"], fields["points_per_miss"], fields["cap_points"]) == ("20", "1", "")


def test_a_form_without_any_change_is_refused(supervisor: Client, place: str) -> None:
    answer = send(supervisor, place, "save")
    assert answer.status_code == 422
    assert "各项设定与现行规则相同" in answer.text


@pytest.mark.parametrize(
    "field", ["base_points", "cap_points", "offices_share", "evaluation_from", "appeal_days", "reason"]
)
def test_whatever_is_typed_is_answered_in_words(supervisor: Client, place: str, field: str) -> None:
    form = opened(supervisor, place)
    for value in VALUES:
        answer = supervisor.submit(form, intent="preview", **{**WHY, "offices_condition": "share", field: value})
        assert answer.status_code in (200, 413, 422), value


def test_offices_that_do_not_report_are_no_condition(supervisor: Client, place: str) -> None:
    with transaction():
        the_plan().offices_report = False
    answer = send(supervisor, place, "save", offices_condition="all")
    assert answer.status_code == 422
    assert "不能以司法所办结作条件" in errors(answer.text)["offices_condition"]


def test_offices_that_are_a_condition_go_on_reporting(supervisor: Client, place: str) -> None:
    send(supervisor, place, "save", offices_condition="all")
    settings = place.replace("/rule", "/settings")
    answer = supervisor.submit(supervisor.form(settings), offices_report=None)
    assert answer.status_code == 422
    assert "现行评分规则以司法所办结为完成条件" in errors(answer.text)["offices_report"]


def test_who_was_slower_sees_both_and_what_his_own_would_do(supervisor: Client, place: str) -> None:
    slow = opened(supervisor, place)
    send(supervisor, place, "save", base_points="30", reason="甲的理由")
    answer = supervisor.submit(slow, intent="save", base_points="40", reason="乙的理由")
    assert answer.status_code == 409
    page = words(answer.text)
    assert all(said in page for said in ("30 分", "40 分", "甲的理由", "乙的理由", "预演：第 3 版会带来什么"))
    assert in_force().base == 30
    again = supervisor.submit(slow, intent="save", base_points="40", version="2", reason="乙的理由")
    assert (again.status_code, in_force().base, in_force().number) == (303, Decimal(40), 3)


def test_after_the_freeze_there_is_no_form_and_no_change(supervisor: Client, place: str) -> None:
    form = opened(supervisor, place)
    with transaction():
        make_freeze(plan_id=the_plan().id, day=date(2021, 5, 10))
    page = supervisor.get(place).text
    assert "评分规则不能再改动" in page
    assert 'id="rule-form"' not in page
    assert supervisor.submit(form, intent="save", base_points="30", **WHY).status_code == 409


def test_a_draft_leads_to_its_settings(supervisor: Client, place: str) -> None:
    form = opened(supervisor, place)
    with transaction():
        draft = make_plan(state=PlanState.DRAFT)
    page = supervisor.get(f"/plans/{draft.id}/rule").text
    assert 'id="rule-form"' not in page
    assert f'href="/plans/{draft.id}/settings"' in page
    form.action = f"/plans/{draft.id}/rule"
    assert supervisor.submit(form, intent="save", base_points="30", **WHY).status_code == 409


def test_the_settings_of_a_published_plan_leave_the_score_alone(supervisor: Client, place: str) -> None:
    settings = place.replace("/rule", "/settings")
    form = supervisor.form(settings)
    assert {"base_points", "points_per_miss", "late_counts"}.isdisjoint(form.fields)
    assert supervisor.submit(form, base_points="5", near_days="9").status_code == 303
    assert (in_force().base, the_plan().near_days) == (20, 9)


def test_the_settings_of_a_draft_hold_its_first_rule(supervisor: Client) -> None:
    with transaction():
        draft = make_plan(state=PlanState.DRAFT)
    answer = supervisor.submit(supervisor.form(f"/plans/{draft.id}/settings"), base_points="5", late_counts="y")
    assert answer.status_code == 303
    found = db.session.get_one(Plan, draft.id)
    assert (found.base_points, found.points_per_miss, found.late_counts) == (5, 1, True)
