"""The pages of a plan year by year, and of what a unit has reached of a task's quantities."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import owed, the_plan
from tests.import_makers import make_plan_year, make_task_target, make_year_review
from tests.web.conftest import Visitor, follow
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.rules.plan_text.drafts import TaskKind


@pytest.fixture
def item(seeded: Flask, on_day: Callable[[str], date]) -> str:
    """The page of task 7 in a plan with two years, in the last quarter of the first."""
    plan_id = the_plan().id
    with transaction():
        make_plan_year(plan_id=plan_id, year=2021, name="推进年", goal="摸清底数", baseline=True)
        make_plan_year(plan_id=plan_id, year=2022, name="提升年", goal="全面提升")
    on_day("2021-11-01")
    task_id = db.session.get_one(Assignment, owed("7", "songjiang")).task_id
    return f"/plans/{plan_id}/years/{task_id}"


def test_each_year_stands_with_its_goal_and_the_baseline_is_marked(visitor: Visitor, item: str) -> None:
    page = visitor("supervisor").get(f"/plans/{the_plan().id}/years").text
    for words in ("推进年", "摸清底数", "基线年", "提升年", "2022年10月1日起评定"):
        assert words in page


def test_every_figure_leads_to_its_units(visitor: Visitor, item: str) -> None:
    with transaction():
        make_year_review(assignment_id=owed("7", "songjiang"), year=2021, verdict="unmet", comment="缺台账")
    browser = visitor("supervisor")
    page = browser.get(f"/plans/{the_plan().id}/years").text
    links = re.findall(rf'href="({item}\?year=2021&amp;verdict=\w+)">\S+ (\d+)</a>', page)
    assert len(links) == 2
    for href, number in links:
        assert len(set(re.findall(r"/assignments/(\d+)", browser.get(href.replace("&amp;", "&")).text))) == int(number)


def test_a_reviewer_writes_a_verdict_that_everybody_then_reads(visitor: Visitor, item: str) -> None:
    browser = visitor("supervisor")
    form = browser.form(item, "/years/")
    refused = browser.submit(form, verdict="partly", comment="")
    assert refused.status_code == 422
    assert "请写明差在哪里" in refused.text
    page = follow(browser, browser.submit(form, verdict="partly", comment="还缺两份制度"))
    assert "年度评定已保存。" in page
    assert "还缺两份制度" in page


def test_who_reviews_nothing_sees_no_form(visitor: Visitor, item: str) -> None:
    page = visitor("songjiang-clerk").get(item)
    assert page.status_code == 200
    assert 'name="verdict"' not in page.text


def test_an_item_of_another_plan_is_missing(visitor: Visitor, item: str) -> None:
    assert visitor("supervisor").get(f"/plans/{the_plan().id}/years/99999").status_code == 404


def test_a_plan_without_years_says_so(visitor: Visitor) -> None:
    assert "本方案没有分年度目标" in visitor("supervisor").get(f"/plans/{the_plan().id}/years").text


def test_it_is_said_and_shown_on_the_assignments_page(visitor: Visitor, seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    with transaction():
        make_task_target(task_id=db.session.get_one(Assignment, seven).task_id)
    browser, path = visitor("songjiang-clerk"), f"/assignments/{seven}"
    assert "目标：2次" in browser.get(path).text
    refused = browser.submit(browser.form(path, "/targets"), amount="许多")
    assert refused.status_code == 422
    assert "许多" in refused.text
    assert "达标" in follow(browser, browser.submit(browser.form(path, "/targets"), amount="2", note="两次培训"))


# ---- closing


def kind_of_seven(**fields: object) -> None:
    """Change task 7 behind the application's back."""
    with transaction():
        task = db.session.get_one(Task, db.session.get_one(Assignment, owed("7", "songjiang")).task_id)
        for name, value in fields.items():
            setattr(task, name, value)


def test_closing_without_a_file_is_refused_beside_the_files_and_the_text_stays(
    visitor: Visitor, seven: int, item: str
) -> None:
    browser = visitor("songjiang-clerk")
    form = browser.form(f"/assignments/{seven}/report", f"/assignments/{seven}/report")
    refused = browser.submit(form, done="三年任务已完成", intent="completion")
    assert refused.status_code == 422
    assert re.search(r'id="files-error".*至少上传一份佐证材料', refused.text)
    assert "三年任务已完成" in refused.text


def test_a_requirement_offers_no_closing(visitor: Visitor, seven: int, item: str) -> None:
    kind_of_seven(kind=TaskKind.REQUIREMENT)
    browser, path = visitor("songjiang-clerk"), f"/assignments/{seven}/report"
    assert 'value="completion"' not in browser.get(path).text
    refused = browser.submit(browser.form(path, path), done="已落实", intent="completion")
    assert refused.status_code == 422
    assert "只报告进展，不申请办结" in refused.text


def test_an_item_without_a_printed_deadline_says_so(visitor: Visitor, seven: int, item: str) -> None:
    kind_of_seven(deadline_raw="", due_on=None)
    with transaction():
        db.session.get_one(Assignment, seven).due_on = None
    page = visitor("songjiang-clerk").get(f"/assignments/{seven}").text
    assert "原文没有写明时限" in page
    assert "原文“”" not in page
    assert "方案期满时申请办结" in page
    assert "年度办结" not in page
