"""The kinds of long work: a file like the one sent at once, and a 催办 of many of which each letter goes out once."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.assignments.acts import person, take, unit_id
from tests.conftest import settings
from tests.work import killed
from tracker import clock, works
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.outbox.models import Message
from tracker.overview import ledger_sheet
from tracker.overview.ledger import Wanted
from tracker.overview.ledger_sheet import Asked
from tracker.people.models import User
from tracker.reminders import bulk_urging, urging
from tracker.reminders.bulk_urging import Order
from tracker.reminders.models import Notice, Urge
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Role
from tracker.rules.status import Light, Move, Status
from tracker.rules.words import say
from tracker.work import operations, queries
from tracker.work.models import Work, WorkState
from tracker.work.queries import Piece

SUPERVISOR = "supervisor"
TEXT = "请抓紧办理。"


def never() -> bool:
    return False


def ids(number: int = 60) -> list[int]:
    """Assignments of several tasks of the districts, in the order of their numbers."""
    wanted = select(Assignment.id).where(Assignment.level == OrganizationKind.DISTRICT_BUREAU)
    return list(db.session.scalars(wanted.order_by(Assignment.id).limit(number)))


def ask_to_urge(found: list[int], account: str = SUPERVISOR) -> int:
    """Ask for a 催办 as long work."""
    order = Order(tuple(found), TEXT, "", (), clock.now(), "zh")
    with transaction():
        return operations.ask(person(account), clock.utc(), "urge", say("催办"), order.stored(), "urge")


def piece(work_id: int, account: str = SUPERVISOR) -> Piece:
    """How the work stands."""
    db.session.expire_all()
    return queries.own(person(account), work_id)


def letters() -> Counter[str]:
    """How many letters each person got."""
    return Counter(db.session.scalars(select(Message.recipient).where(Message.copy.is_(False))))


def count(model: type[db.Model]) -> int:  # type: ignore[name-defined]
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# ---- 催办


def test_many_are_urged_unit_by_unit_and_each_person_gets_one_letter(seeded: Flask) -> None:
    found = ids()
    number = ask_to_urge(found)
    works.work_off(seeded.config, "one", never)
    done = piece(number)
    assert (done.state, done.done, done.total, done.failures) == (WorkState.DONE, 60, 60, [])
    assert done.outcome == f"已向 {len(letters())} 人发出催办信，涉及 60 项。"
    assert set(letters().values()) == {1}
    assert count(Urge) == 60


def test_the_letters_are_those_of_a_催办_at_once(seeded: Flask) -> None:
    found = ids()
    number = ask_to_urge(found)
    works.work_off(seeded.config, "one", never)
    assert piece(number).state is WorkState.DONE
    long = set(db.session.execute(select(Message.recipient, Message.subject, Message.body_text)).all())
    with transaction():
        for model in (Notice, Message, Urge):
            db.session.query(model).delete()
        urging.urge(person(SUPERVISOR), clock.now(), found, TEXT, seeded.config["TRACKER_BASE_URL"])
    assert set(db.session.execute(select(Message.recipient, Message.subject, Message.body_text)).all()) == long


def test_what_is_left_out_comes_with_its_reason(seeded: Flask) -> None:
    found = ids()
    with transaction():
        db.session.execute(update(Assignment).where(Assignment.id == found[0]).values(status=Status.UNDER_REVIEW))
    number = ask_to_urge(found)
    works.work_off(seeded.config, "one", never)
    done = piece(number)
    assert "1 项未催，原因见表" in done.outcome
    heads, line = done.failures
    assert heads[-1] == "不催的原因"
    assert "等待审核" in line[-1]


def test_a_supervisor_of_that_time_who_is_none_any_more_sends_nothing(seeded: Flask) -> None:
    number = ask_to_urge(ids())
    with transaction():
        user = db.session.scalars(select(User).where(User.account == SUPERVISOR)).one()
        user.role = Role.LEADER
    works.work_off(seeded.config, "one", never)
    assert piece(number).state is WorkState.FAILED
    assert "没有这项权限" in piece(number).outcome
    assert count(Message) == 0


def test_what_left_the_persons_scope_meanwhile_is_told(seeded: Flask) -> None:
    reviewer = "reviewer-xingfazhixing"
    found = ids()
    number = ask_to_urge(found, reviewer)
    works.work_off(seeded.config, "one", never)
    done = piece(number, reviewer)
    assert done.state is WorkState.DONE
    assert any("权限范围" in line[-1] for line in done.failures)
    assert count(Urge) + len(done.failures) - 1 == 60


def test_a_cancelled_one_leaves_what_was_sent(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    found, send = ids(), bulk_urging.send
    number = ask_to_urge(found)

    def send_and_stop(*arguments: object) -> object:
        with_reasons = send(*arguments)  # type: ignore[arg-type]
        operations.stop(person(SUPERVISOR), clock.utc(), number)
        return with_reasons

    monkeypatch.setattr(bulk_urging, "send", send_and_stop)
    works.work_off(seeded.config, "one", never)
    done = piece(number)
    assert done.state is WorkState.CANCELLED
    sent = count(Urge)
    assert 0 < sent < 60
    assert f"涉及 {sent} 项，不再撤回；其余 {60 - sent} 项没有催" in done.outcome


@pytest.mark.parametrize("hours", [24, 0])
def test_a_worker_that_is_killed_in_the_middle_sends_nothing_twice(
    seeded: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setattr(urging, "preview", _without_cooling(hours))
    found = ids()
    number = ask_to_urge(found)
    db.session.rollback()
    process = multiprocessing.get_context("spawn").Process(
        target=killed.urge_until_killed, args=(settings(database_url, tmp_path / "other"), 2)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -9
    half = piece(number)
    assert half.state is WorkState.RUNNING
    assert 0 < count(Urge) < 60
    with transaction():
        db.session.get_one(Work, number).held_until = clock.utc() - timedelta(seconds=1)
    works.work_off(seeded.config, "two", never)
    done = piece(number)
    assert (done.state, done.done, done.failures) == (WorkState.DONE, 60, [])
    assert done.outcome == f"已向 {len(letters())} 人发出催办信，涉及 60 项。"
    assert set(letters().values()) == {1}
    assert count(Urge) == 60


def _without_cooling(hours: int) -> Callable[..., object]:
    """The preview, as it is or without the pause between two 催办 that would also keep a second letter back."""
    real = urging.preview
    if hours:
        return real
    return lambda actor, at, found: real(actor, at + timedelta(days=3), found)


# ---- files


@pytest.fixture
def asked(seeded: Flask) -> Asked:
    """A list of the ledger with every sort of filter."""
    wanted = Wanted(
        district_id=unit_id("songjiang"), lights=(Light.OVERDUE, Light.NEAR), due_by=clock.today(), text="工作"
    )
    given = {"light": "overdue,near", "district": str(wanted.district_id), "due_by": "2021-06-24", "q": "工作"}
    return Asked(say("督办台账"), True, clock.today(), wanted, "-due", "month", given)


def ask_for_file(asked: Asked, kind: str, account: str = SUPERVISOR, language: str = "zh") -> int:
    """Ask for a file as long work."""
    arguments = {"list": asked.stored(), "kind": kind, "language": language, "address": "/ledger"}
    with transaction():
        return operations.ask(person(account), clock.utc(), "export", say("导出台账"), arguments, f"{kind}{account}")


def content(app: Flask, number: int, account: str = SUPERVISOR) -> tuple[Piece, bytes]:
    """Do the work; return it and its file."""
    works.work_off(app.config, "one", never)
    done = piece(number, account)
    assert done.state is WorkState.DONE, done.outcome
    return done, works.result_path(app.config["TRACKER_DATA_DIR"], done.result_sha256).read_bytes()


def test_what_is_stored_of_a_list_is_the_list(asked: Asked) -> None:
    assert ledger_sheet.restored(asked.stored()) == asked


def test_a_file_tells_its_filter_and_holds_its_rows(seeded: Flask, asked: Asked) -> None:
    done, found = content(seeded, ask_for_file(asked, "csv"))
    lines = found.decode("utf-8-sig").splitlines()
    rows = ledger_sheet.lines(person(SUPERVISOR), asked, 1000)
    assert rows
    assert done.result_name == "督办台账.csv"
    assert f"{len(rows)} 行" in done.outcome
    assert len(lines) == 2 + len(rows)
    assert "条件：临期、逾期、松江区司法局、到期不晚于 2021-06-24、工作" in lines[0]


def test_a_file_holds_no_more_than_its_owner_may_see(seeded: Flask, asked: Asked) -> None:
    whole = Asked(asked.title, True, asked.day, Wanted(), "due", "", {})
    _, found = content(seeded, ask_for_file(whole, "csv", "huangpu-clerk"), "huangpu-clerk")
    lines = found.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 + 28
    assert not any("松江" in line for line in lines)


def test_a_file_is_in_the_language_it_was_asked_for_in(seeded: Flask, asked: Asked) -> None:
    done, found = content(seeded, ask_for_file(asked, "csv", language="en"))
    assert "督办" not in done.result_name
    assert found[:2] != b"PK"


def test_a_long_file_notes_its_progress(seeded: Flask, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[int, int]] = []
    monkeypatch.setattr("tracker.overview.tables.NOTED_EVERY", 200)
    note = operations.note
    monkeypatch.setattr(
        operations,
        "note",
        lambda *given: (noted.append(given[-2:]), note(*given)),  # type: ignore[arg-type]
    )
    whole = Asked(asked.title, True, asked.day, Wanted(), "due", "", {})
    done, found = content(seeded, ask_for_file(whole, "xlsx"))
    assert noted[2:4] == [(0, 1244), (200, 1244)]
    assert found[:2] == b"PK"
    assert done.done == done.total == 1244


def test_the_same_list_again_is_the_same_file(seeded: Flask, asked: Asked) -> None:
    take("supervisor", Move.EXEMPT, "2021-06-24", ids(1)[0], "没有此类机构")
    number = ask_for_file(asked, "csv")
    assert ask_for_file(asked, "csv") == number
