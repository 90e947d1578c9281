"""What cannot be asked to be closed: without evidence an item of a plan with years (R4-01), and a requirement."""

from collections.abc import Callable

import pytest

from tests.assignments.acts import the_plan
from tests.import_makers import make_plan_year
from tests.reports.conftest import assignment, behind_the_back, decide
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.reports.models import Evidence, Report
from tracker.reports.operations import ReportRefused, Upload
from tracker.rules.plan_text.drafts import TaskKind
from tracker.rules.reports import Decision, ReportState
from tracker.rules.status import MoveRefused, Status

Act = Callable[..., Report]
Store = Callable[..., Upload]


@pytest.fixture
def yearly(seven: int) -> int:
    """The same in a plan with goals by year."""
    with transaction():
        make_plan_year(plan_id=the_plan().id, year=2021)
    return seven


def test_of_a_plan_with_years_closing_is_asked_for_with_a_file_only(yearly: int, ask: Act, upload: Store) -> None:
    with pytest.raises(ReportRefused, match="佐证") as refused:
        ask()
    assert refused.value.field == "files"
    db.session.rollback()
    assert assignment(yearly).status == Status.IN_PROGRESS
    ask(uploads=(upload("证明.pdf"),))
    decide(yearly)
    assert assignment(yearly).status == Status.COMPLETED


def test_progress_is_reported_without_a_file(yearly: int, report: Act) -> None:
    assert report("file", progress=40).state == ReportState.FILED


def test_what_has_no_file_is_not_accepted_but_can_be_returned(yearly: int, ask: Act, upload: Store) -> None:
    ask(uploads=(upload("证明.pdf"),))
    behind_the_back(Evidence.__table__.delete())
    with pytest.raises(MoveRefused, match="佐证"):
        decide(yearly)
    decide(yearly, Decision.RETURN, "请补佐证")
    assert assignment(yearly).status == Status.RETURNED


def test_a_correction_may_lean_on_the_files_that_were_accepted(
    yearly: int, ask: Act, correct: Act, upload: Store
) -> None:
    ask(day="2021-02-24", uploads=(upload("证明.pdf"),))
    decide(yearly, day="2021-02-25")
    correct(done="更正：共三次。")
    decide(yearly, day="2021-03-11")
    assert assignment(yearly).status == Status.COMPLETED


def test_a_requirement_is_only_reported_on(seven: int, ask: Act, report: Act) -> None:
    with transaction():
        db.session.get_one(Task, assignment(seven).task_id).kind = TaskKind.REQUIREMENT
    with pytest.raises(ReportRefused, match="工作要求"):
        ask()
    db.session.rollback()
    assert report("file", progress=40).state == ReportState.FILED
    assert assignment(seven).status == Status.IN_PROGRESS
