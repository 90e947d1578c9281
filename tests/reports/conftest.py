"""Songjiang's task 7 in hand, and reports on it, as short as they are told."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.assignments.acts import moment, owed, person, take, the_plan, unit_id
from tests.assignments.two_levels import LEAD, ask_for_two_levels, sign
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.reports import operations, pins
from tracker.reports.models import Report
from tracker.reports.operations import Content, Upload
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.status import Move
from tracker.scoring import queries as scores
from tracker.storage import keep

CLERK, REVIEWER = "songjiang-clerk", "reviewer-xingfazhixing"

Act = Callable[..., Report]
Store = Callable[..., Upload]


@pytest.fixture
def seven(seeded: Flask) -> int:
    """What Songjiang owes of task 7, signed for."""
    found = owed("7", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", found)
    return found


@pytest.fixture
def report(seven: int) -> Callable[..., Report]:
    """Save or file a report and commit: report("file", token="a", done="…", progress=40)."""

    def act(
        how: str,
        *,
        token: str = "form-1",
        version: int = 0,
        account: str = CLERK,
        day: str = "2021-03-01",
        uploads: tuple[Upload, ...] = (),
        on: int = seven,
        correcting: bool = False,
        **content: object,
    ) -> Report:
        written = Content(**{"done": "已落实。", **content})  # type: ignore[arg-type]
        save_or_file = {"save": operations.save, "file": operations.file}[how]
        with transaction():
            return save_or_file(
                person(account),
                moment(day),
                on,
                written,
                token=token,
                version=version,
                uploads=list(uploads),
                correcting=correcting,
            )

    return act


@pytest.fixture
def ask(report: Callable[..., Report]) -> Callable[..., Report]:
    """Ask for the assignment to be closed: ask(token="b")."""

    def act(**fields: object) -> Report:
        return report("file", **{"kind": ReportKind.COMPLETION, "progress": 100, "token": "asks", **fields})

    return act


@pytest.fixture
def upload(tmp_path: Path) -> Callable[..., Upload]:
    """Store a file: upload("佐证.pdf", b"…")."""

    def store(name: str, content: bytes = b"%PDF-1.4") -> Upload:
        return Upload(name, keep(tmp_path, io.BytesIO(content), 1 << 20))

    return store


@pytest.fixture
def accepted(seven: int, ask: Act, upload: Store) -> Report:
    """The report on task 7, which is due on 28 February, accepted with two files on the 25th."""
    found = ask(day="2021-02-24", uploads=(upload("证明.pdf", b"one"), upload("名单.pdf", b"names")))
    decide(seven, day="2021-02-25")
    return found


@pytest.fixture
def correct(report: Act) -> Act:
    """File a correction: correct(done="…", day="2021-03-10")."""

    def act(how: str = "file", **fields: Any) -> Report:
        kind = ReportKind.COMPLETION if how == "file" else ReportKind.PROGRESS
        return report(
            how, correcting=True, **{"token": "corrects", "kind": kind, "progress": 100, "day": "2021-03-10", **fields}
        )

    return act


@pytest.fixture
def signed(seven: int, ask: Act, upload: Store) -> Report:
    """The report on task 7, signed off by the district's lead."""
    ask_for_two_levels()
    found = ask(uploads=(upload("证明.pdf", b"one"),))
    sign(seven, LEAD, day="2021-03-02")
    return found


def assignment(id_: int) -> Assignment:
    """Return an assignment as it now stands."""
    return db.session.get_one(Assignment, id_, populate_existing=True)


def decide(assignment_id: int, decision: Decision = Decision.ACCEPT, reason: str = "", day: str = "2021-03-02") -> None:
    """Review as the city office and commit."""
    with transaction():
        operations.review(person(REVIEWER), moment(day), assignment_id, decision, reason)


def recheck(assignment_id: int, day: str = "2021-03-08", account: str = "supervisor", why: str = "抽查不符") -> None:
    """Ask for a new review and commit."""
    with transaction():
        operations.recheck(person(account), moment(day), assignment_id, why)


def behind_the_back(statement: Any) -> None:
    """Change rows as the application never does."""
    with transaction():
        db.session.execute(statement)


def score(day: str) -> tuple[int, int]:
    """Return Songjiang's completed and late tasks on a day."""
    board = scores.scoreboard(the_plan(), date.fromisoformat(day))
    found = next(row.tally for row in board if row.district_id == unit_id("songjiang"))
    return found.completed, found.late


def found_differences(files: Path | None = None) -> list[tuple[str, str, str]]:
    """Return what is not as it was approved, without the number of the report."""
    found = pins.differences(the_plan().id, files)
    return [(each.what.partition("：")[2], each.before, each.after) for each in found]
