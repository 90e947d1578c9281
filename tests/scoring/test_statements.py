"""The statement of a past day says what was so on that day, and of each task its own text."""

import itertools
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, owed, person, take, the_plan, unit_id
from tests.scoring.test_must_show import REVIEWER
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.reports import operations as reports
from tracker.reports.operations import Content
from tracker.rules.reports import Decision, ReportKind, ReportState
from tracker.rules.status import Move
from tracker.scoring import statements

tokens = itertools.count(1)


def file(day: str, done: str, kind: ReportKind = ReportKind.COMPLETION, correcting: bool = False) -> None:
    """Let Songjiang report on task 7."""
    content, token = Content(done, kind=kind, progress=100), f"s{next(tokens)}"
    with transaction():
        reports.file(
            person("songjiang-clerk"),
            moment(day),
            owed("7", "songjiang"),
            content,
            token=token,
            version=0,
            correcting=correcting,
        )


def review(day: str, decision: Decision) -> None:
    """Let the city decide on it."""
    with transaction():
        reports.review(person(REVIEWER), moment(day), owed("7", "songjiang"), decision, "看过")


def states(day: str) -> list[str]:
    """Return how the reports on task 7 stand on Songjiang's statement of a day."""
    db.session.expire_all()
    found = statements.of(person("supervisor"), the_plan(), date.fromisoformat(day), unit_id("songjiang"))
    assignment = next(row for row in found.districts[0].district["assignments"] if row["task"] == "7")
    return [report["state"] for report in assignment["reports"]]


@pytest.fixture
def told(seeded: Flask) -> dict[str, list[str]]:
    """Let a report go every way there is; return how the reports stood on each day, asked on that day."""
    seven, seen = owed("7", "songjiang"), {}
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", seven)
    acts = {
        "2021-02-21": lambda: file("2021-02-21", "进展", ReportKind.PROGRESS),
        "2021-02-22": lambda: file("2021-02-22", "一"),
        "2021-02-23": lambda: withdrawn("2021-02-23"),
        "2021-02-24": lambda: file("2021-02-24", "二"),
        "2021-02-25": lambda: review("2021-02-25", Decision.RETURN),
        "2021-02-26": lambda: file("2021-02-26", "三"),
        "2021-02-27": lambda: review("2021-02-27", Decision.ACCEPT),
        "2021-02-28": lambda: anew("2021-02-28"),
        "2021-03-01": lambda: review("2021-03-01", Decision.ACCEPT),
        "2021-03-02": lambda: file("2021-03-02", "四", correcting=True),
        "2021-03-03": lambda: review("2021-03-03", Decision.ACCEPT),
    }
    for day, act in acts.items():
        act()
        seen[day] = states(day)
    return seen


def withdrawn(day: str) -> None:
    """Let Songjiang take its report back."""
    with transaction():
        reports.recall(person("songjiang-clerk"), moment(day), owed("7", "songjiang"))


def anew(day: str) -> None:
    """Let the supervisor have the accepted report reviewed again."""
    with transaction():
        reports.recheck(person("supervisor"), moment(day), owed("7", "songjiang"), "抽查")


def test_a_past_day_keeps_the_state_that_a_report_had_on_it(told: dict[str, list[str]]) -> None:
    filed, accepted = ReportState.FILED.value, ReportState.ACCEPTED.value
    returned, recalled = ReportState.RETURNED.value, ReportState.RECALLED.value
    assert told["2021-02-25"] == [filed, recalled, returned]
    assert told["2021-02-28"] == [filed, recalled, returned, filed]
    assert told["2021-03-03"] == [filed, recalled, returned, accepted, accepted]
    assert {day: states(day) for day in told} == told


def test_two_tasks_of_one_number_are_told_each_with_its_own_text(seeded: Flask) -> None:
    with transaction():
        nine = db.session.scalars(select(Task).where(Task.number == "9")).one()
        nine.number, text = "8", nine.text
    found = statements.of(person("supervisor"), the_plan(), date(2021, 4, 2), unit_id("songjiang")).districts[0]
    items = [*found.moving, *(item for rest in found.rest.values() for item in rest)]
    texts = [item.task["text"] for item in items if item.line["task"] == "8"]
    assert len(set(texts)) == 2
    assert text in texts
