"""What `seed` puts into a database: once, without history unless asked, and marked where it is invented."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, the_plan
from tests.conftest import Databases, running
from tracker.assignments.models import Assignment, StatusChange
from tracker.assignments.reviewing import is_reviewer
from tracker.db import db, transaction
from tracker.indicators import queries as rounds
from tracker.people import queries as people
from tracker.people.models import User
from tracker.people.queries import actor_of
from tracker.reports.models import Report, Review
from tracker.rules.indicators.rounds import Progress
from tracker.rules.permissions import Role
from tracker.rules.reports import ReportState
from tracker.rules.status import Move, Status
from tracker.scoring.queries import scoreboard
from tracker.seeding import seed_all
from tracker.seeding.history import HistoryRefused

TABLES = db.Model.metadata.sorted_tables
TODAY = date(2021, 4, 15)
"""A day on which the demo has everything to show; later ones only take longer to invent."""


def sizes() -> dict[str, int]:
    """Return how many rows each table has."""
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


def seed(day: date = TODAY, **what: bool) -> dict[str, int]:
    """Seed and commit."""
    with transaction():
        return seed_all(moment(day), **what)


def test_seeding_adds_units_the_plan_and_accounts_once(app: Flask) -> None:
    assert seed() == {"单位": 65, "方案": 1}
    assert seed(demo=True) == {"单位": 0, "方案": 0, "演示账号": 5 + 21 + 4 * 16 + 2 + 1}
    before = sizes()
    assert seed(demo=True) == {"单位": 0, "方案": 0, "演示账号": 0}
    assert sizes() == before


def test_without_demo_there_is_no_account(app: Flask) -> None:
    seed()
    assert sizes()["user_account"] == 0
    assert not people.has_demo_accounts()


def test_demo_accounts_alone_make_no_history(seeded: Flask) -> None:
    found = sizes()
    assert [found[name] for name in ("report", "review", "evidence", "message", "marker")] == [0] * 5
    assert set(db.session.scalars(select(Assignment.status))) == {Status.PENDING}
    assert set(db.session.scalars(select(StatusChange.move))) == {Move.DISPATCH}


def test_the_demo_has_an_account_of_each_kind_for_each_unit(seeded: Flask) -> None:
    roles = Counter(db.session.scalars(select(User.role)))
    assert roles == {
        **dict.fromkeys((Role.ADMIN, Role.AUDITOR), 1),
        **dict.fromkeys((Role.SUPERVISOR, Role.LEADER), 2),
        Role.REVIEWER: 21,
        Role.LEAD: 3 * 16,
        Role.CLERK: 16,
        Role.OFFICE: 2,
    }
    assert set(db.session.scalars(select(User.demo))) == {True}
    assert len(set(db.session.scalars(select(User.password_hash)))) == 1


def test_history_needs_the_demo_accounts(app: Flask) -> None:
    with pytest.raises(HistoryRefused, match="演示账号"):
        seed(history=True)
    assert people.marker("demo_history") == ""


# ---- the invented history


@pytest.fixture(scope="module")
def history(databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A demo with its history, made once for all who only look; how many steps it has."""
    folder = tmp_path_factory.mktemp("history")
    address = databases.copy(seeded_template)
    with running(address, folder / "data"):
        yield seed(history=True)["虚构办理记录"]
    databases.drop(address)


def test_the_history_is_alive_and_marked(history: int) -> None:
    assert history > 1000
    assert people.marker("demo_history") == TODAY.isoformat()


def test_the_history_is_made_once(history: int) -> None:
    before = sizes()
    assert seed(date(2021, 4, 16), demo=True, history=True) == {"单位": 0, "方案": 0, "演示账号": 0, "虚构办理记录": 0}
    assert sizes() == before


def test_nothing_in_the_history_lies_after_the_business_day(history: int) -> None:
    for day in (StatusChange.day, Report.filed_on, Review.day):
        assert db.session.scalar(select(func.max(day))) <= TODAY


def test_the_history_sends_no_letters_and_stores_no_files(history: int) -> None:
    assert (sizes()["message"], sizes()["evidence"]) == (0, 0)


def test_every_text_of_the_history_says_that_it_is_invented(history: int) -> None:
    texts = db.session.scalars(select(Report.done)).all()
    assert texts
    assert all("（演示数据）" in text for text in texts)


def test_the_history_shows_every_status_a_demo_needs(history: int) -> None:
    wanted = {Status.PENDING, Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.COMPLETED}
    assert wanted <= set(db.session.scalars(select(Assignment.status)))
    assert ReportState.RETURNED in set(db.session.scalars(select(Report.state)))


def test_the_history_makes_the_districts_differ(history: int) -> None:
    board = scoreboard(the_plan(), TODAY)
    assert len({standing.points.score for standing in board}) > 2
    assert any(standing.tally.late for standing in board)


def test_whoever_decided_in_the_history_was_allowed_to(history: int) -> None:
    rows = db.session.execute(
        select(Report.assignment_id, User)
        .join(Review, Review.report_id == Report.id)
        .join(User, User.id == Review.reviewer_id)
    ).all()
    sample = rows[:: max(1, len(rows) // 40)]
    assert len(sample) >= 40
    assert all(is_reviewer(actor_of(user), assignment_id) for assignment_id, user in sample)


def test_the_history_has_a_round_of_indicators_under_way(history: int) -> None:
    supervisor = actor_of(db.session.scalars(select(User).where(User.account == "supervisor")).one())
    (found,) = rounds.rounds(supervisor)
    sheets = rounds.all_sheets(supervisor, found.id)
    assert (found.year, "（演示数据）" in found.title) == (TODAY.year - 1, True)
    assert Counter(sheet.progress() for sheet in sheets) == {
        Progress.SUBMITTED: 9,
        Progress.FILLING: 5,
        Progress.NOT_BEGUN: 2,
    }


def test_the_same_day_brings_the_same_history_everywhere(seeded: Flask) -> None:
    def picture() -> list[tuple[object, ...]]:
        steps = select(StatusChange.assignment_id, StatusChange.move, StatusChange.day, StatusChange.actor_name)
        return [tuple(row) for row in db.session.execute(steps.order_by(StatusChange.id))]

    def first_days() -> list[tuple[object, ...]]:
        with suppress(ZeroDivisionError), transaction():
            seed_all(moment("2021-02-10"), history=True)
            made = picture()
            raise ZeroDivisionError
        return made

    once, again = first_days(), first_days()
    assert once == again
    assert len(once) > 448 + 40 + 756


def test_a_demo_that_begins_before_the_publication_has_no_steps(seeded: Flask) -> None:
    assert seed(date(2021, 2, 9), history=True)["虚构办理记录"] == 0
