"""The pages of a plan that knows completion only: its progress, what it has instead of scores, days that had passed."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment
from tests.client import Client
from tests.factories import make_report
from tests.putuo import ISSUED, publish_putuo
from tests.web.conftest import Visitor, follow
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.plans.models import PartyRole, Plan, Task
from tracker.reminders.ahead import escalations
from tracker.rules.permissions import SYSTEM
from tracker.rules.reports import ReportKind, ReportState
from tracker.rules.status import Status

JULY = "2024-07-01"


@pytest.fixture
def plan(seeded: Flask, on_day: Callable[[str], date]) -> Plan:
    """The 89 tasks of 2024, looked at on 1 July."""
    found = publish_putuo()
    on_day(JULY)
    return found


@pytest.fixture
def supervisor(visitor: Visitor, plan: Plan) -> Client:
    return visitor("supervisor")


def task(plan: Plan, number: str) -> Task:
    db.session.expire_all()
    return db.session.scalars(select(Task).where(Task.plan_id == plan.id, Task.number == number)).one()


def rows(page: str) -> int:
    """Return how many assignments a page of the ledger lists."""
    return len(set(re.findall(r"/assignments/(\d+)", page)))


def test_the_figures_of_1_july_stand_on_the_page(supervisor: Client, plan: Plan) -> None:
    page = supervisor.get(f"/plans/{plan.id}/progress").text
    assert "<small> 项</small>" in page
    figures = dict(re.findall(r'figure-label">([^<]+)</span><span class="figure-value">(\d+)', page))
    assert figures == {
        "任务": "89",
        "已办结": "0",
        "逾期": "7",
        "临期": "0",
        "正常": "73",
        "持续推进": "7",
        "到期早于印发": "2",
    }
    assert "本方案不计分" in page


def test_every_figure_of_a_section_leads_to_as_many_rows(supervisor: Client, plan: Plan) -> None:
    page = supervisor.get(f"/plans/{plan.id}/progress").text
    links = re.findall(r'<a href="(/ledger\?[^"]+)"[^>]*>(\d+)</a>', page)
    assert len(links) > 100
    for href, number in links[::7]:
        assert rows(supervisor.get(href.replace("&amp;", "&")).text) == min(int(number), 100), href


def test_every_figure_of_the_tasks_leads_to_as_many_tasks(supervisor: Client, plan: Plan) -> None:
    page = supervisor.get(f"/plans/{plan.id}/progress").text
    links = re.findall(
        rf'href="(/plans/{plan.id}/progress\?[^"]*)#tasks"[^>]*>(?:<[^>]+>[^<]*</span><[^>]+>)?(\d+)<', page
    )
    assert len(links) > 20
    for href, number in links:
        listed = supervisor.get(href.replace("&amp;", "&")).text
        assert f"任务（{number} 项）" in listed, href


@pytest.mark.parametrize("part", ["units", "sections", "months", "tasks"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_shown_can_be_had_as_a_file(supervisor: Client, plan: Plan, kind: str, part: str) -> None:
    answer = supervisor.get(f"/plans/{plan.id}/progress?format={kind}&part={part}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_file_of_the_sections_says_what_the_page_says(supervisor: Client, plan: Plan) -> None:
    lines = (
        supervisor.get(f"/plans/{plan.id}/progress?format=csv&part=units").get_data().decode("utf-8-sig").splitlines()
    )
    assert lines[1] == "单位,应办,已办结,逾期,临期,未到期,持续推进,到期早于印发,完成率（%）"
    assert "普陀区司法局行政应诉科,16,0,2,0,14,0,0,0" in lines


def test_it_can_be_printed(supervisor: Client, plan: Plan) -> None:
    page = supervisor.get(f"/plans/{plan.id}/progress?print=1").text
    for title in ("各单位进度", "各章节进度", "各月进度", "任务进度"):
        assert title in page


def test_the_day_before_publication_has_no_tasks(supervisor: Client, plan: Plan) -> None:
    assert "这一天还没有交办任务" in supervisor.get(f"/plans/{plan.id}/progress?on=2024-02-01").text


def test_a_plan_that_is_not_there_or_not_published_is_missing(supervisor: Client, plan: Plan) -> None:
    assert supervisor.get("/plans/999/progress").status_code == 404


def test_a_month_that_cannot_be_read_is_refused_in_words(supervisor: Client, plan: Plan) -> None:
    assert supervisor.get(f"/plans/{plan.id}/progress?due=2024-13").status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/scores?plan={plan}", "/scores/draft?plan={plan}", "/plans/{plan}/rule", "/plans/{plan}/evaluation"],
)
def test_the_pages_of_scores_say_that_this_plan_has_none(supervisor: Client, plan: Plan, path: str) -> None:
    answer = supervisor.get(path.format(plan=plan.id))
    assert answer.status_code == 200
    assert "本方案不计分" in answer.text
    assert f"/plans/{plan.id}/progress" in answer.text


def test_the_pages_of_scores_are_about_a_plan_that_has_some(supervisor: Client, plan: Plan) -> None:
    assert "沪司发〔2021〕11号" in supervisor.get("/scores").text


def test_the_overview_of_a_plan_without_scores_is_its_progress(supervisor: Client, plan: Plan) -> None:
    answer = supervisor.get(f"/overview?plan={plan.id}")
    assert (answer.status_code, answer.location) == (302, f"/plans/{plan.id}/progress")


def test_the_plan_and_the_list_of_plans_lead_to_the_progress(supervisor: Client, plan: Plan) -> None:
    for path in ("/plans", f"/plans/{plan.id}"):
        assert f"/plans/{plan.id}/progress" in supervisor.get(path).text
    assert f"/scores?plan={plan.id}" not in supervisor.get(f"/plans/{plan.id}").text


def test_a_task_tells_its_leads_and_whose_completion_finishes_it(supervisor: Client, plan: Plan) -> None:
    page = supervisor.get(f"/tasks/{task(plan, '78').id}").text
    assert "牵头：普陀区司法局办公室、普陀区司法局普法治理科；" in page
    assert "办结条件：牵头单位办结；" in page
    assert "办结条件：全部责任单位办结；" in supervisor.get(f"/tasks/{task(plan, '1').id}").text


def test_a_due_day_before_the_issue_is_decided_on_the_tasks_page(supervisor: Client, plan: Plan) -> None:
    path = f"/tasks/{task(plan, '23').id}"
    assert "到期早于印发" in supervisor.get(path).text
    refused = supervisor.submit(supervisor.form(path, "/early"), choice="moved", due="", reason="顺延")
    assert refused.status_code == 422
    assert "顺延</textarea>" in refused.text
    page = follow(supervisor, supervisor.submit(supervisor.form(path, "/early"), choice="recorded", reason="一月已办"))
    assert "已按“已完成补录”处理，涉及 1 个责任事项。" in page
    assert "本项已办结" in page


def test_a_decision_on_what_changed_meanwhile_shows_both(supervisor: Client, plan: Plan) -> None:
    form = supervisor.form(f"/tasks/{task(plan, '23').id}", "/early")
    with transaction():
        task(plan, "23").acceptance = "改了"
    answer = supervisor.submit(form, choice="kept", reason="未办")
    assert answer.status_code == 409
    assert "照常逾期" in answer.text


def test_nothing_is_escalated_that_was_due_before_its_issue(plan: Plan) -> None:
    steps = [step for unit in escalations(SYSTEM, moment(ISSUED).date(), 1) for step in unit.steps]
    assert all("23" not in step.numbers for step in steps if "逾期" in step.what)


def test_a_task_done_by_its_lead_says_whose_parts_are_open(visitor: Visitor, supervisor: Client, plan: Plan) -> None:
    found = task(plan, "77")
    owed = select(Assignment).where(Assignment.task_id == found.id).order_by(Assignment.id)
    lead = next(one for one in db.session.scalars(owed) if one.role == PartyRole.LEAD)
    with transaction():
        lead.status = Status.UNDER_REVIEW
    make_report(assignment_id=lead.id, kind=ReportKind.COMPLETION, state=ReportState.FILED)
    assert "个单位的部分没有办结。牵头单位全部办结后本项即为办结" in supervisor.get(f"/assignments/{lead.id}").text
    with transaction():
        lead.status, lead.completed_on = Status.COMPLETED, date(2024, 6, 28)
    other = next(one for one in db.session.scalars(owed) if one.role != PartyRole.LEAD)
    assert "另有 13 个单位的部分未报，不再催报逾期" in supervisor.get(f"/tasks/{found.id}").text
    assert "牵头单位已办结，本单位部分未报" in supervisor.get(f"/assignments/{other.id}").text
    assert "其余单位的部分未报" in supervisor.get(f"/plans/{plan.id}/progress?show=done").text
