"""Songjiang's task 7 in hand, and reports on it, as short as they are told."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.assignments.acts import moment, owed, person, take
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.reports import operations
from tracker.reports.models import Report
from tracker.reports.operations import Content, Upload
from tracker.rules.reports import ReportKind
from tracker.rules.status import Move
from tracker.storage import keep

CLERK, REVIEWER = "songjiang-clerk", "reviewer-xingfazhixing"


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
        **content: object,
    ) -> Report:
        written = Content(**{"done": "已落实。", **content})  # type: ignore[arg-type]
        save_or_file = {"save": operations.save, "file": operations.file}[how]
        with transaction():
            return save_or_file(
                person(account), moment(day), on, written, token=token, version=version, uploads=list(uploads)
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


def assignment(id_: int) -> Assignment:
    """Return an assignment as it now stands."""
    return db.session.get_one(Assignment, id_, populate_existing=True)
