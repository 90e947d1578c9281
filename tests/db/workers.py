"""What other processes do to the database in the tests; each function runs in a process of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier

from sqlalchemy.orm.exc import StaleDataError

from tracker.app import create_app
from tracker.db import db, insert_once, transaction
from tracker.people.models import Marker
from tracker.plans.models import Task

PATIENCE = 60
"""Seconds within which every process has to be ready."""


@contextmanager
def application(settings: Mapping[str, str]) -> Iterator[None]:
    """The application in this process, its context pushed."""
    with create_app(settings).app_context():
        yield
        db.engine.dispose()


def append_marks(settings: Mapping[str, str], barrier: Barrier, task_id: int, times: int) -> None:
    """Read a task's text and write it back one mark longer, `times` times, over again where another was faster."""
    with application(settings):
        db.session.get(Task, task_id)
        barrier.wait(PATIENCE)
        for _ in range(times):
            while not _append_mark(task_id):
                pass


def _append_mark(task_id: int) -> bool:
    try:
        with transaction():
            task = db.session.get_one(Task, task_id)
            task.text += "."
    except StaleDataError:
        return False
    return True


def insert_marker(settings: Mapping[str, str], barrier: Barrier, name: str) -> None:
    """Insert one row under a name that other processes want as well, and leave a row that says who won."""
    me = settings["TRACKER_DATA_DIR"]
    with application(settings):
        db.session.connection()
        barrier.wait(PATIENCE)
        with transaction():
            won = insert_once(Marker, {"name": name, "value": me})
            if won:
                db.session.add(Marker(name=f"{name}-winner", value=me))
