"""The engine behaves as the code relies on, whichever database it is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from tests import factories as make
from tracker.assignments.models import StatusChange
from tracker.db import UtcDateTime, db, insert_once, transaction
from tracker.people.models import Marker, Organization, User
from tracker.plans.models import Task
from tracker.rules.status import Move, Status


@pytest.fixture
def other(app: Flask) -> Iterator[Connection]:
    """A second connection, as another request would have."""
    with db.engine.connect() as connection:
        yield connection


def test_a_foreign_key_must_lead_somewhere(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction():
        make.make_user(unit_id=4711)


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 30000), ("synchronous", 2)]
)
@pytest.mark.once
def test_sqlite_is_set_up_for_many_writers(other: Connection, pragma: str, value: object) -> None:
    assert other.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_reader_does_not_hold_up_a_writer(app: Flask, other: Connection) -> None:
    assert other.scalars(select(Marker.name)).all() == []
    with transaction():
        make.make_marker(name="written")
    assert db.session.scalars(select(Marker.name)).all() == ["written"]


@pytest.mark.once
def test_on_sqlite_a_transaction_is_a_writer_before_it_reads(app: Flask, other: Connection) -> None:
    other.exec_driver_sql("PRAGMA busy_timeout=1")
    with transaction(), pytest.raises(OperationalError, match="locked"):
        other.execute(insert(Marker).values(name="second", value="writer"))


def test_an_error_takes_everything_back(app: Flask) -> None:
    def fails() -> None:
        make.make_marker()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction():
        fails()
    assert db.session.scalars(select(Marker)).all() == []


def test_a_transaction_begins_with_what_is_there_now(app: Flask, other: Connection) -> None:
    with transaction():
        unit = make.make_organization(name="旧名")
    assert unit.name == "旧名"
    db.session.commit()
    other.execute(update(Organization).values(name="新名"))
    other.commit()
    with transaction():
        assert db.session.get_one(Organization, unit.id).name == "新名"


def edit_after_another(task_id: int) -> None:
    """Read a task, let its version rise behind the session's back, and edit it."""
    task = db.session.get_one(Task, task_id)
    raised = update(Task).values(version=Task.version + 1)
    db.session.execute(raised, execution_options={"synchronize_session": False})
    task.text = "改过的"
    db.session.flush()  # the database now compares the versions


def test_an_update_of_a_former_version_is_refused(app: Flask) -> None:
    with transaction():
        task = make.make_task(text="原文")
    with pytest.raises(StaleDataError), transaction():
        edit_after_another(task.id)
    assert db.session.get_one(Task, task.id).text == "原文"


def test_an_edit_raises_the_version(app: Flask) -> None:
    with transaction():
        unit = make.make_organization()
    with transaction():
        db.session.get_one(Organization, unit.id).phone = "021-1"
    assert db.session.get_one(Organization, unit.id).version == 2


def test_an_assignment_has_one_open_status_period(app: Flask) -> None:
    with transaction():
        first = make.make_status_change()
    with pytest.raises(IntegrityError), transaction():
        make.make_status_change(assignment_id=first.assignment_id, move=Move.ACKNOWLEDGE, to_status=Status.IN_PROGRESS)
    with transaction():
        db.session.get_one(StatusChange, first.id).until_day = date(2021, 2, 1)
        db.session.flush()  # the former period has to end before the next begins
        make.make_status_change(
            assignment_id=first.assignment_id, move=Move.ACKNOWLEDGE, to_status=Status.IN_PROGRESS, day=date(2021, 2, 1)
        )


def test_insert_once_tells_whether_it_inserted(app: Flask) -> None:
    with transaction():
        assert insert_once(Marker, {"name": "one", "value": "first"})
        assert not insert_once(Marker, {"name": "one", "value": "second"})
    assert db.session.scalars(select(Marker.value)).all() == ["first"]


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    naive = datetime(2021, 3, 1)  # noqa: DTZ001 - that is what is refused
    with pytest.raises(StatementError, match="zone"):
        db.session.execute(select(User).where(User.created_at == naive))


def test_a_moment_comes_back_as_the_same_moment_in_utc(app: Flask) -> None:
    with transaction():
        make.make_user(account="kept", created_at=datetime.fromisoformat("2021-03-01T07:30:00+08:00"))
    kept = db.session.scalars(select(User.created_at).where(User.account == "kept")).one()
    assert (kept, kept.tzinfo) == (datetime(2021, 2, 28, 23, 30, tzinfo=UTC), UTC)
    assert UtcDateTime().process_result_value(None, db.engine.dialect) is None


def test_a_bulk_insert_meets_the_same_rules(app: Flask) -> None:
    rows = [{"name": "twice", "value": "1"}, {"name": "twice", "value": "2"}]
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(insert(Marker), rows)
    assert db.session.scalar(text("SELECT count(*) FROM marker")) == 0
