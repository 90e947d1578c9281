"""Which letters a day owes to whom: exactly once, one a day, nobody who need not act."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.factories import make_assignment, make_organization, make_plan, make_task, make_user
from tracker.assignments.models import Assignment, StatusChange
from tracker.assignments.operations import change_status
from tracker.db import db, transaction
from tracker.outbox.models import Message
from tracker.people.models import OrganizationKind, User
from tracker.people.queries import actor_of, user_by_account
from tracker.plans.models import Plan, PlanState, Task
from tracker.reminders import operations
from tracker.reminders.models import Notice
from tracker.reminders.operations import Planned, plan_reminders
from tracker.rules.permissions import Actor, Role
from tracker.rules.status import Move, Status
from tracker.workdays.arrangements import is_working

BASE = "https://tracker.example.invalid"
GOLDEN = Path(__file__).parent / "golden"


def morning(day: date) -> datetime:
    return datetime.combine(day, time(8), ZoneInfo("Asia/Shanghai"))


def remind(day: str) -> dict[str, Planned]:
    """Queue and commit a day's letters; return them by recipient."""
    asked = date.fromisoformat(day)
    queued = [letter for batch in queue(asked) for letter in batch]
    assert len({letter.recipient for letter in queued}) == len(queued)
    assert all(letter.notices for letter in queued)
    return {letter.recipient: letter for letter in queued}


def queue(asked: date) -> Iterator[list[Planned]]:
    """Do what the door does: each batch in its own transaction, and the day on record."""
    run = operations.prepare(asked)
    for people in run.batches:
        with transaction():
            queued = operations.queue_reminders(run, morning(asked), BASE, people)
        yield queued
    with transaction():
        operations.note_run(morning(asked), asked, 0)


def numbers(letter: Planned | None) -> dict[str, list[str]]:
    """Return the numbers of a letter's tasks by group, in their order."""
    found: dict[str, list[str]] = {}
    for task in letter.tasks if letter else []:
        found.setdefault(task["group"], []).append(task["number"])
    return found


# ---- the 28-task plan


@pytest.fixture
def signed(seeded: Flask) -> Flask:
    """The plan after everybody signed for everything, so that nothing is escalated for want of a receipt."""
    with transaction():
        db.session.execute(update(Assignment).values(status=Status.IN_PROGRESS))
        db.session.execute(update(StatusChange).values(to_status=Status.IN_PROGRESS))
    return seeded


FIRST_OF_MARCH = {
    "overdue": ["7", "8"],
    "near": ["1", "3", "6", "9", "10", "23"],
    "coming": ["2", "13", "15", "27"],
}


@pytest.fixture
def districts(seeded: Flask) -> list[str]:
    """The accounts of the district clerks."""
    return list(db.session.scalars(select(User.account).where(User.role == Role.CLERK)))


def test_the_first_of_march_brings_every_district_clerk_one_letter_with_twelve_tasks(districts: list[str]) -> None:
    letters = remind("2021-03-01")
    assert len(districts) == 16
    for account in districts:
        assert numbers(letters[account]) == FIRST_OF_MARCH
        assert list(numbers(letters[account])) == ["overdue", "near", "coming"]
    assert remind("2021-03-01") == {}


def test_a_city_office_is_reminded_of_its_own_tasks_only(seeded: Flask) -> None:
    letters = remind("2021-03-01")
    assert numbers(letters["reviewer-xingfazhixing"]) == {"overdue": ["7"]}
    assert numbers(letters["reviewer-mishu"]) == {"near": ["1"]}
    assert "supervisor" not in letters
    assert "huangpu-deputy" not in letters


def test_the_notices_of_the_first_of_may_go_out_on_the_last_working_day_before(districts: list[str]) -> None:
    remind("2021-04-29")
    letters = remind("2021-04-30")
    for account in districts:
        assert numbers(letters[account])["coming"] == ["4", "11", "24", "26", "14", "16", "20", "22"]
    assert "到期当月 4项" in letters[districts[0]].reason
    assert remind("2021-05-01") == {}


@pytest.mark.parametrize("next_run", ["2021-05-01", "2021-05-06"])
def test_notices_that_were_slept_through_are_made_up_once(districts: list[str], next_run: str) -> None:
    remind("2021-04-29")
    letter = remind(next_run)[districts[0]]
    assert {"4", "11", "24", "26"} <= {task["number"] for task in letter.tasks}
    assert "到期当月（补发） 4项" in letter.reason
    assert remind(next_run) == {}


def test_on_a_day_without_notices_nobody_gets_a_letter(signed: Flask) -> None:
    remind("2021-03-01")
    assert remind("2021-03-02") == {}
    assert db.session.scalar(select(func.count()).where(Message.day == date(2021, 3, 2))) == 0


def test_a_dry_run_tells_the_same_and_writes_nothing(seeded: Flask) -> None:
    planned = plan_reminders(date(2021, 3, 1))
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0
    assert [letter.as_json() for letter in remind("2021-03-01").values()] == [letter.as_json() for letter in planned]
    assert plan_reminders(date(2021, 3, 1)) == []


def test_a_letter_as_json(signed: Flask) -> None:
    letter = next(each for each in plan_reminders(date(2021, 3, 1)) if each.recipient == "songjiang-clerk")
    shown = letter.as_json()
    assert len(shown.pop("tasks")) == 12
    assert shown == {
        "key": "digest:2021-03-01:songjiang-clerk",
        "recipient": "songjiang-clerk",
        "channel": "email",
        "subject": "【督办提醒】3月1日：已逾期2项，本月到期6项，下月及以后到期4项",
        "reason": "逾期1天 2项；到期当月 6项；到期前一个月 4项",
    }


def test_the_letter_reads_as_the_golden_one(signed: Flask) -> None:
    remind("2021-03-01")
    letter = db.session.scalars(select(Message).where(Message.recipient == "songjiang-clerk")).one()
    numbered = select(Task.number, Assignment.id).join(Assignment, Assignment.task_id == Task.id)
    text = letter.body_text
    for number, assignment in db.session.execute(
        numbered.join(User, User.unit_id == Assignment.unit_id).where(User.account == "songjiang-clerk")
    ):
        text = text.replace(f"/assignments/{assignment}\n", f"/assignments/<{number}>\n")
    assert text == (GOLDEN / "songjiang-clerk_2021-03-01.txt").read_text(encoding="utf-8")


def test_both_forms_say_the_same(seeded: Flask) -> None:
    remind("2021-03-01")
    letter = db.session.scalars(select(Message).where(Message.recipient == "songjiang-clerk")).one()
    for words in ("已逾期1天", "还剩30天", "截至3月31日 周三", "全部待办", "指导人民调解"):
        assert words in letter.body_text
        assert words in letter.body_html
    assert letter.body_html.count(f'href="{BASE}/assignments/') == 12
    assert "style=" not in letter.body_html


# ---- who need not act


def clerk_of(account: str) -> Actor:
    user = user_by_account(account)
    assert user
    return actor_of(user)


@pytest.fixture
def move(signed: Flask) -> Callable[..., None]:
    """Take a step on Songjiang's task 7: move("supervisor", Move.RETURN, "2021-03-02", "reason")."""

    def step(account: str, move: Move, day: str, reason: str = "") -> None:
        with transaction():
            actor = clerk_of(account)
            found = db.session.scalars(
                select(Assignment.id)
                .join(Task, Task.id == Assignment.task_id)
                .join(User, User.unit_id == Assignment.unit_id)
                .where(User.account == "songjiang-clerk", Task.number == "7")
            ).one()
            change_status(actor, morning(date.fromisoformat(day)), found, move, reason)

    return step


def test_what_lies_with_the_reviewer_is_silent_until_it_comes_back(move: Callable[..., None]) -> None:
    move("songjiang-clerk", Move.SUBMIT, "2021-02-26")
    letters = remind("2021-03-01")
    assert numbers(letters["songjiang-clerk"])["overdue"] == ["8"]
    assert numbers(letters["huangpu-clerk"])["overdue"] == ["7", "8"]
    move("reviewer-xingfazhixing", Move.RETURN, "2021-03-02", "缺附件")
    letters = remind("2021-03-02")
    assert {name: numbers(letter) for name, letter in letters.items()} == {"songjiang-clerk": {"overdue": ["7"]}}


def test_what_comes_back_after_the_days_letter_waits_for_the_next_day(move: Callable[..., None]) -> None:
    move("songjiang-clerk", Move.SUBMIT, "2021-02-26")
    remind("2021-03-01")
    move("reviewer-xingfazhixing", Move.RETURN, "2021-03-01", "缺附件")
    assert remind("2021-03-01") == {}
    assert numbers(remind("2021-03-02")["songjiang-clerk"]) == {"overdue": ["7"]}


def test_a_past_day_is_asked_as_it_was(move: Callable[..., None]) -> None:
    move("songjiang-clerk", Move.SUBMIT, "2021-03-03")
    move("reviewer-xingfazhixing", Move.ACCEPT, "2021-03-05")
    assert numbers(remind("2021-03-01")["songjiang-clerk"])["overdue"] == ["7", "8"]
    assert numbers(remind("2021-03-03")["songjiang-clerk"])["overdue"] == ["8"]


@pytest.mark.parametrize("change", [{"active": False}, {"valid_until": date(2021, 3, 1)}])
def test_somebody_who_left_is_not_planned_for(signed: Flask, change: dict[str, object]) -> None:
    with transaction():
        db.session.execute(update(User).where(User.account == "songjiang-clerk").values(**change))
    letters = remind("2021-03-01")
    assert "songjiang-clerk" not in letters
    assert len(letters) == 31


# ---- single assignments


def owed(**fields: object) -> None:
    """Give a new clerk `anna` a task that is due at the end of March."""
    with transaction():
        unit = fields.pop("unit", None) or make_organization()
        make_user(account="anna", unit_id=unit.id, role=fields.pop("role", Role.CLERK))
        make_assignment(unit_id=unit.id, **{"status": Status.IN_PROGRESS, **fields})


@pytest.mark.parametrize("status", [Status.UNDER_REVIEW, Status.COMPLETED, Status.EXEMPT, Status.WITHDRAWN])
def test_what_needs_nothing_from_the_unit_is_silent(app: Flask, status: Status) -> None:
    owed(status=status)
    assert remind("2021-03-01") == {}


@pytest.mark.parametrize("status", [Status.PENDING, Status.IN_PROGRESS, Status.RETURNED])
def test_what_waits_for_the_unit_is_named(app: Flask, status: Status) -> None:
    owed(status=status)
    assert set(remind("2021-03-01")) == {"anna"}


def test_a_task_without_a_due_day_is_silent(app: Flask) -> None:
    owed(due_on=None)
    assert remind("2021-03-01") == {}


def test_an_unpublished_plan_is_silent(app: Flask) -> None:
    with transaction():
        task = make_task(plan_id=make_plan(state=PlanState.DRAFT).id)
    owed(task_id=task.id)
    assert remind("2021-03-01") == {}


@pytest.mark.parametrize(("reports", "recipients"), [(True, {"anna"}), (False, set())])
def test_justice_offices_are_reminded_where_they_report(app: Flask, reports: bool, recipients: set[str]) -> None:
    with transaction():
        parent = make_organization()
        unit = make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=parent.id)
    owed(unit=unit, role=Role.OFFICE)
    with transaction():
        db.session.execute(update(Plan).values(offices_report=reports))
    assert set(remind("2021-03-01")) == recipients


@pytest.mark.parametrize("role", [Role.LEAD, Role.SUPERVISOR, Role.ADMIN, Role.LEADER, Role.AUDITOR])
def test_only_those_who_handle_are_reminded(app: Flask, role: Role) -> None:
    owed(role=role)
    assert remind("2021-03-01") == {}


def test_a_unit_that_no_longer_exists_is_silent(app: Flask) -> None:
    with transaction():
        unit = make_organization(valid_until=date(2021, 3, 1))
    owed(unit=unit)
    assert set(remind("2021-02-26")) == {"anna"}
    assert remind("2021-03-01") == {}


def test_a_new_due_day_has_its_own_notices(app: Flask) -> None:
    owed()
    assert numbers(remind("2021-03-01")["anna"]).keys() == {"near"}
    with transaction():
        db.session.execute(update(Assignment).values(due_on=date(2021, 4, 30)))
    assert numbers(remind("2021-03-02")["anna"]).keys() == {"coming"}


def test_tasks_of_several_plans_carry_their_document_number(app: Flask) -> None:
    with transaction():
        unit = make_organization()
        make_user(account="anna", unit_id=unit.id)
        for _ in range(2):
            make_assignment(unit_id=unit.id, status=Status.IN_PROGRESS)
    letter = remind("2021-03-01")["anna"]
    body = db.session.scalars(select(Message.body_text)).one()
    assert len(letter.notices) == 2
    assert all(f"项（{notice.doc_number}）  截至3月31日" in body for notice in letter.notices)


def test_every_notice_is_on_record_with_its_letter(app: Flask) -> None:
    owed()
    remind("2021-03-01")
    notice = db.session.scalars(select(Notice)).one()
    message = db.session.scalars(select(Message)).one()
    assert (notice.message_id, notice.step, notice.day) == (message.id, "due_month", date(2021, 3, 1))
    assert (message.day, message.kind, message.recipient) == (date(2021, 3, 1), "digest", "anna")


def test_no_row_is_left_when_the_run_is_undone(app: Flask) -> None:
    owed()
    with suppress(ZeroDivisionError), transaction():
        run = operations.prepare(date(2021, 3, 1))
        operations.queue_reminders(run, morning(run.day), BASE, run.batches[0])
        raise ZeroDivisionError
    assert set(remind("2021-03-01")) == {"anna"}


def test_several_planners_at_once_queue_each_letter_once(signed: Flask) -> None:
    queued: list[int] = []

    def plan() -> None:
        with signed.app_context():
            queued.append(len(remind("2021-03-01")))

    threads = [threading.Thread(target=plan) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(queued) == 32
    assert db.session.scalar(select(func.count()).select_from(Message)) == 32
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 16 * 12 + 2 * 12 + 20


def test_without_a_report_one_letter_follows_the_other_and_none_goes_out_on_a_day_off(app: Flask) -> None:
    owed()
    days = [date.fromordinal(n) for n in range(date(2021, 1, 29).toordinal(), date(2021, 7, 1).toordinal())]
    letters = [day for day in days if remind(day.isoformat())]
    assert [f"{day:%m-%d}" for day in letters[:10]] == [
        "02-01", "03-01", "03-24", "03-26", "03-30", "04-01", "04-02", "04-07", "04-19", "04-26",
    ]  # fmt: skip
    assert all(map(is_working, letters))


def test_the_number_of_queries_does_not_grow_with_the_assignments(
    app: Flask, query_count: Callable[..., object]
) -> None:
    with transaction():
        for _ in range(30):
            unit = make_organization()
            make_user(unit_id=unit.id)
            make_assignment(unit_id=unit.id, status=Status.IN_PROGRESS)
    with query_count() as queries:  # type: ignore[attr-defined]
        assert len(plan_reminders(date(2021, 3, 1))) == 30
    assert len(queries.selects) == 18
