"""The page on which a plan's scores are made final: what is sealed is what was looked at."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, owed, person
from tests.client import Client, Form, FormReader
from tests.web.conftest import Visitor
from tracker.assignments.operations import change_status
from tracker.db import db, transaction
from tracker.rules.status import Move
from tracker.scoring.models import Freeze

PAGE = "/scores/freeze"


@pytest.fixture
def supervisor(visitor: Visitor, seeded: Flask, on_day: Callable[[str], date]) -> Client:
    """A supervisor on a day in March when two tasks are missed."""
    on_day("2021-03-05")
    return visitor("supervisor")


def freezes() -> int:
    """Return how many plans are sealed."""
    return db.session.scalar(select(func.count()).select_from(Freeze)) or 0


def exempt(number: str) -> None:
    """Let another supervisor exempt what Songjiang owes of a task."""
    with transaction():
        change_status(person("supervisor2"), moment("2021-03-05"), owed(number, "songjiang"), Move.EXEMPT, "没有此事项")


def form_of(page: str) -> Form:
    """Return the form of the freeze on a page."""
    reader = FormReader(PAGE)
    reader.feed(page)
    (found,) = [form for form in reader.forms if form.action == PAGE]
    return found


def test_what_changed_since_the_page_was_opened_is_named_and_not_sealed(supervisor: Client) -> None:
    form = supervisor.form(PAGE, PAGE)
    exempt("7")
    answer = supervisor.submit(form, confirmed="y", unevaluated="评估已在线下完成")
    assert (answer.status_code, freezes()) == (409, 0)
    assert "将要封存的内容有了变化，这次没有封存" in answer.text
    assert "松江区司法局：原为办结 0 / 2，得 18 分；现为办结 0 / 1，得 19 分。" in answer.text
    assert "评估已在线下完成</textarea>" in answer.text
    again = supervisor.submit(form_of(answer.text))
    assert (again.status_code, freezes()) == (303, 1)


def test_a_form_that_does_not_say_what_was_seen_seals_nothing(supervisor: Client) -> None:
    answer = supervisor.submit(supervisor.form(PAGE, PAGE), confirmed="y", unevaluated="演练", seen=None)
    assert answer.status_code == 409
    assert freezes() == 0
