"""Once a plan's scores are final nobody is asked to work on it any more, neither by pages nor by letters."""

import pytest

from tests.assignments.acts import person, the_plan
from tests.conftest import TODAY
from tests.makers import make_freeze
from tests.web.conftest import CLERK, REVIEWER, Visitor
from tracker.assignments.queries import state_at
from tracker.db import db, transaction
from tracker.overview.queries import review_count, todo_counts
from tracker.reminders.queries import owed as reminded

SAID = "本方案得分已定稿封存"


@pytest.fixture
def final(seven: int) -> int:
    """Songjiang's task 7, signed for and not done, of a plan whose scores are final."""
    with transaction():
        make_freeze(plan_id=the_plan().id)
    return seven


@pytest.mark.parametrize("account", [CLERK, REVIEWER, "songjiang-lead", "supervisor"])
def test_a_task_says_so_and_offers_no_act(visitor: Visitor, final: int, account: str) -> None:
    page = visitor(account).get(f"/assignments/{final}").text
    assert SAID in page
    for act in ("/sign", "/report", "/recall", "/review", "/sign-off", "/extension", "/supervise", "/pause", "/close"):
        assert f'/assignments/{final}{act}"' not in page
    assert 'href="/urge' not in page


def test_the_form_of_a_report_is_not_even_opened(visitor: Visitor, final: int) -> None:
    answer = visitor(CLERK).get(f"/assignments/{final}/report")
    assert answer.status_code == 409
    assert SAID in answer.text


def test_the_lists_of_work_and_the_letters_pass_it_over(visitor: Visitor, seven: int) -> None:
    before = state_at(TODAY)
    assert sum(todo_counts(person(CLERK)).values()) == 28
    assert len(db.session.execute(reminded(TODAY, before)).all()) > 400
    with transaction():
        make_freeze(plan_id=the_plan().id)
    assert sum(todo_counts(person(CLERK)).values()) == 0
    assert review_count(person(REVIEWER)) == 0
    assert db.session.execute(reminded(TODAY, before)).all() == []
    assert "没有" in visitor(CLERK).get("/todo").text
