"""Processes that write at the same time lose nothing of each other's."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories as make
from tests.conftest import settings
from tests.db import workers
from tracker.db import db, transaction
from tracker.people.models import Marker
from tracker.plans.models import Task

PROCESSES, TIMES = 6, 50


@pytest.fixture
def together(app: Flask, database_url: str, tmp_path: Path) -> Callable[..., None]:
    """Run a function of `workers` in several processes that start writing at one moment."""

    def run(work: Callable[..., None], processes: int, *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        barrier: Barrier = context.Barrier(processes)
        places = [settings(database_url, tmp_path / f"process-{number}") for number in range(processes)]
        crew = [context.Process(target=work, args=(place, barrier, *arguments)) for place in places]
        for process in crew:
            process.start()
        for process in crew:
            process.join(workers.PATIENCE)
        assert [process.exitcode for process in crew] == [0] * processes

    return run


def test_six_processes_with_fifty_updates_each_lose_none(together: Callable[..., None]) -> None:
    with transaction():
        task = make.make_task(text="")
    together(workers.append_marks, PROCESSES, task.id, TIMES)
    db.session.expire_all()
    task = db.session.get_one(Task, task.id)
    assert (len(task.text), task.version) == (PROCESSES * TIMES, PROCESSES * TIMES + 1)


def test_of_two_processes_that_insert_a_row_once_one_wins(together: Callable[..., None]) -> None:
    together(workers.insert_marker, 2, "contested")
    rows = dict(db.session.execute(select(Marker.name, Marker.value)).all())
    assert rows["contested-winner"] == rows["contested"]
    assert len(rows) == 2
