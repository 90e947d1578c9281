"""The whole year 2021 of the 28-task plan, day by day: with nothing ever reported, and with everything in time."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.reminders.walk import FIRST, ROLES, assert_decent, page, walk
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.reminders.models import Notice
from tracker.rules.status import Status

GOLDEN = Path(__file__).parent / "golden"
FILED_ON_THE = 20
"""The day of the due month on which everything is filed and accepted."""


def in_time(day: date) -> None:
    """Sign for everything on the first day, and complete what is due this month on the 20th."""
    with transaction():
        if day == FIRST:
            db.session.execute(update(Assignment).values(status=Status.IN_PROGRESS))
        if day.day == FILED_ON_THE:
            this_month = (Assignment.due_on >= day, Assignment.due_on < date(day.year, day.month % 12 + 1, 1))
            done = {"status": Status.COMPLETED, "completed_on": day}
            db.session.execute(update(Assignment).where(*this_month).values(**done))


@pytest.mark.once
@pytest.mark.parametrize(
    ("golden", "title", "each_day"),
    [
        ("walk_unreported.md", "无人签收，无人填报", lambda _: None),
        ("walk_in_time.md", "交办当日签收，到期当月20日办结", in_time),
    ],
)
def test_the_letters_of_a_year(seeded: Flask, golden: str, title: str, each_day: object) -> None:
    with transaction():
        # The others of a role get the same letters; to plan them too would only take longer.
        db.session.execute(update(User).where(User.account.not_in(ROLES)).values(active=False))
    sent = walk(each_day)  # type: ignore[arg-type]
    assert_decent(sent)
    assert page(f"2021年2月10日至12月31日：{title}", sent) == (GOLDEN / golden).read_text("utf-8")
    noted = select(func.count()).select_from(Notice)
    assert db.session.scalar(noted) == sum(len(letter.notices) for letter in sent)
    if each_day is in_time:
        assert not any(task["group"] == "overdue" for letter in sent for task in letter.tasks)
