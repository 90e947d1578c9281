"""The ladder on real rows: who hears of what, when it stops, what a policy changes, and what is known in advance."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.factories import (
    make_assignment,
    make_offset,
    make_organization,
    make_pause,
    make_plan,
    make_policy,
    make_quiet_period,
    make_report,
    make_rung,
    make_status_change,
    make_task,
    make_user,
)
from tests.reminders.test_reminders import remind
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.outbox.models import Message, MessageState
from tracker.people.models import Organization, OrganizationKind
from tracker.people.queries import actor_of
from tracker.plans.models import Plan
from tracker.reminders import ahead, queries
from tracker.reminders.models import ReminderRun
from tracker.reminders.operations import plan_reminders, prepare
from tracker.reminders.outlook import outlook
from tracker.reminders.preview import look
from tracker.rules.escalation import Target, Trigger
from tracker.rules.notices import Unit
from tracker.rules.permissions import Post, Role
from tracker.rules.reports import ReportKind, ReportState
from tracker.rules.status import Move, Status
from tracker.workdays import queries as workdays

DUE = date(2021, 3, 31)


@pytest.fixture
def bureau(app: Flask) -> dict[str, Any]:
    """A plan, a district with clerk, lead, deputy and head, a supervisor, and one assignment due on 31 March 2021."""
    with transaction():
        plan = make_plan()
        district = make_organization(parent_id=plan.issuer_id)
        office = make_organization(kind=OrganizationKind.CITY_OFFICE, parent_id=plan.issuer_id)
        make_user(account="clerk", unit_id=district.id)
        make_user(account="lead", unit_id=district.id, role=Role.LEAD)
        make_user(account="deputy", unit_id=district.id, role=Role.LEAD, post=Post.DEPUTY_HEAD)
        make_user(account="head", unit_id=district.id, role=Role.LEAD, post=Post.UNIT_HEAD)
        make_user(account="supervisor", unit_id=office.id, role=Role.SUPERVISOR)
        task = make_task(plan_id=plan.id)
        owed = make_assignment(task_id=task.id, unit_id=district.id, status=Status.IN_PROGRESS)
    return {"plan": plan, "district": district, "assignment": owed}


def escalations(first: str, last: str) -> list[tuple[str, str]]:
    """Run every day of a time; return who was told of something to press for, and on which day."""
    day, found = date.fromisoformat(first), []
    while day <= date.fromisoformat(last):
        for account, letter in remind(day.isoformat()).items():
            if any(notice.group(day) == "escalated" for notice in letter.notices):
                found.append((f"{day:%m-%d}", account))
        day += timedelta(days=1)
    return found


def test_one_after_the_other_hears_of_what_nobody_reports(bureau: dict[str, Any]) -> None:
    # 2021-04-03 to 04-05 is the Qingming holiday: the third working day after 31 March is 6 April.
    assert escalations("2021-04-01", "2021-04-30") == [
        ("04-06", "lead"), ("04-08", "deputy"), ("04-15", "head"), ("04-22", "supervisor"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", list(ReportKind))
def test_a_report_after_the_due_day_stops_the_ladder(bureau: dict[str, Any], kind: ReportKind) -> None:
    assert escalations("2021-04-01", "2021-04-06") == [("04-06", "lead")]
    with transaction():
        report = make_report(assignment_id=bureau["assignment"].id, kind=kind, state=ReportState.FILED)
        report.filed_on = date(2021, 4, 7)
    assert escalations("2021-04-07", "2021-04-30") == []


def test_a_report_that_is_returned_counts_no_longer(bureau: dict[str, Any]) -> None:
    with transaction():
        report = make_report(assignment_id=bureau["assignment"].id, state=ReportState.FILED)
        report.filed_on = date(2021, 4, 2)
    assert escalations("2021-04-01", "2021-04-08") == []
    with transaction():
        report.state = ReportState.RETURNED
        db.session.add(report)
    assert escalations("2021-04-09", "2021-04-09") == [("04-09", "lead"), ("04-09", "deputy")]


def came_back(owed: Assignment, day: date, move: Move) -> None:
    """Put on record that a reviewer or a supervisor gave an assignment back to its unit."""
    with transaction():
        make_status_change(
            assignment_id=owed.id, move=move, to_status=Status.IN_PROGRESS, day=day, until_day=day, actor_name="审核人"
        )


@pytest.mark.parametrize(("state", "move"), [(ReportState.RETURNED, Move.RETURN), (ReportState.ACCEPTED, Move.REOPEN)])
def test_what_came_back_late_is_escalated_rung_by_rung_from_then_on(
    bureau: dict[str, Any], state: ReportState, move: Move
) -> None:
    with transaction():
        report = make_report(assignment_id=bureau["assignment"].id, state=state)
        report.filed_on = date(2021, 4, 2)
    came_back(bureau["assignment"], date(2021, 4, 22), move)
    # Sunday 25 April is a working day; the holiday of 1 to 5 May is not.
    found = escalations("2021-04-22", "2021-05-10")
    assert found == [("04-26", "lead"), ("04-28", "deputy"), ("05-08", "head")]
    steps = outlook(bureau["assignment"].id, date(2021, 4, 23), workdays.calendar())
    assert [f"{step.day:%m-%d}" for step in steps if step.escalation][:2] == ["04-26", "04-28"]


def test_a_letter_that_was_not_needed_gives_its_notices_back(bureau: dict[str, Any]) -> None:
    assert escalations("2021-04-01", "2021-04-06") == [("04-06", "lead")]
    with transaction():
        db.session.execute(update(Message).where(Message.recipient == "lead").values(state=MessageState.VOID))
    assert set(remind("2021-04-07")) == {"clerk", "lead"}


def test_a_holiday_that_was_slept_into_is_made_up_for_once(bureau: dict[str, Any]) -> None:
    with transaction():
        policy = make_policy(plan_id=bureau["plan"].id, daily_budget=1)
        make_offset(plan_id=policy.plan_id, unit=Unit.MONTH_STARTS, amount=0)
        for _ in range(3):
            task = make_task(plan_id=bureau["plan"].id, due_on=date(2021, 5, 31))
            make_assignment(task_id=task.id, unit_id=bureau["district"].id, status=Status.IN_PROGRESS)
    remind("2021-04-29")
    assert [len(remind(f"2021-05-0{day}")) for day in (1, 2, 3, 4, 5)] == [1, 0, 0, 0, 0]
    assert set(remind("2021-05-06")) == {"clerk"}


def test_nobody_of_a_closed_bureau_is_told(bureau: dict[str, Any]) -> None:
    with transaction():
        office = make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=bureau["district"].id)
        make_assignment(task_id=bureau["assignment"].task_id, unit_id=office.id, status=Status.IN_PROGRESS)
        db.session.get_one(Organization, bureau["district"].id).valid_until = date(2021, 4, 1)
    assert escalations("2021-04-01", "2021-04-30") == []


def test_quiet_days_and_a_later_holiday_do_not_stop_the_others(bureau: dict[str, Any]) -> None:
    with transaction():
        policy = make_policy(plan_id=bureau["plan"].id)
        make_offset(plan_id=policy.plan_id, unit=Unit.DAYS, amount=-7)
        make_quiet_period(plan_id=policy.plan_id, first_day=date(2021, 2, 1), last_day=date(2021, 2, 28))
        make_quiet_period(plan_id=policy.plan_id, first_day=date(2021, 3, 1), last_day=date(2021, 4, 10))
    assert remind("2021-03-24") == {}


def test_a_report_before_the_due_day_stops_nothing(bureau: dict[str, Any]) -> None:
    with transaction():
        report = make_report(assignment_id=bureau["assignment"].id, state=ReportState.FILED)
        report.filed_on = DUE
    assert escalations("2021-04-01", "2021-04-06") == [("04-06", "lead")]


def test_what_nobody_signs_for_goes_up_until_somebody_does(bureau: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(update(Assignment).values(status=Status.PENDING))
    assert escalations("2021-01-29", "2021-02-05") == [("02-05", "lead")]
    with transaction():
        db.session.execute(update(Assignment).values(status=Status.IN_PROGRESS))
    assert escalations("2021-02-06", "2021-03-01") == []


def test_a_justice_office_is_known_to_its_section_head_and_no_further(bureau: dict[str, Any]) -> None:
    with transaction():
        office = make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=bureau["district"].id)
        make_assignment(task_id=bureau["assignment"].task_id, unit_id=office.id, status=Status.IN_PROGRESS)
        db.session.execute(
            update(Assignment).where(Assignment.id == bureau["assignment"].id).values(status=Status.UNDER_REVIEW)
        )
    assert escalations("2021-04-01", "2021-04-30") == [("04-06", "lead")]


def test_a_pause_silences_everything_until_it_ends(bureau: dict[str, Any]) -> None:
    with transaction():
        make_pause(assignment_id=bureau["assignment"].id, first_day=date(2021, 3, 1), until_day=date(2021, 4, 12))
    assert escalations("2021-03-01", "2021-04-11") == []
    # The clock of the ladder begins with the end of the pause: nobody is told at once of what was paused.
    assert escalations("2021-04-12", "2021-04-20") == [("04-15", "lead"), ("04-19", "deputy")]


def test_a_plan_is_silent_in_its_quiet_days_and_speaks_before_and_after(bureau: dict[str, Any]) -> None:
    with transaction():
        policy = make_policy(plan_id=bureau["plan"].id)
        make_offset(plan_id=policy.plan_id, unit=Unit.DAYS, amount=-7)
        make_quiet_period(plan_id=policy.plan_id, first_day=date(2021, 3, 22), last_day=date(2021, 3, 26))
    days = [date(2021, 3, 15) + timedelta(days=n) for n in range(16)]
    # The notice of 24 March moves to the last working day before the quiet ones.
    assert [f"{day:%m-%d}" for day in days if remind(day.isoformat())] == ["03-19"]


def test_a_policy_of_its_own_changes_the_days_and_the_ladder(bureau: dict[str, Any]) -> None:
    with transaction():
        policy = make_policy(plan_id=bureau["plan"].id, repeat_days=0)
        make_offset(plan_id=policy.plan_id, unit=Unit.WORKDAYS, amount=-2)
        make_rung(plan_id=policy.plan_id, trigger=Trigger.OVERDUE, workdays=1, target=Target.UNIT_HEAD)
    days = [date(2021, 3, 1) + timedelta(days=n) for n in range(60)]
    sent = {f"{day:%m-%d}": sorted(remind(day.isoformat())) for day in days}
    assert {day: who for day, who in sent.items() if who} == {"03-29": ["clerk"], "04-01": ["head"]}


# ---- report periods, crowded months, early tasks, days off


def test_work_without_an_end_is_asked_for_once_a_quarter_and_never_overdue(bureau: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(update(Assignment).values(due_on=None))
    days = [date(2021, 2, 1) + timedelta(days=n) for n in range(120)]
    letters = {f"{day:%m-%d}": remind(day.isoformat()) for day in days}
    assert [day for day, sent in letters.items() if sent] == ["03-25", "03-31"]
    assert letters["03-25"]["clerk"].subject == "【督办提醒】3月25日：持续推进，本期应报1项"


def test_a_report_within_the_period_is_enough(bureau: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(update(Assignment).values(due_on=None))
        report = make_report(assignment_id=bureau["assignment"].id, state=ReportState.FILED)
        report.filed_on = date(2021, 2, 3)
    assert remind("2021-03-25") == {}
    assert set(remind("2021-06-24")) == {"clerk"}


def test_a_crowded_december_is_spread_over_check_points_and_days(app: Flask) -> None:
    """66 of the 89 tasks of 沪普司〔2024〕1号 are due in December (X3-12)."""
    with transaction():
        plan, unit = make_plan(published_on=date(2024, 2, 22)), make_organization()
        make_user(account="anna", unit_id=unit.id)
        for month, number in ((12, 66), (6, 5), (10, 4), (3, 2), (9, 2), (11, 1)):
            for _ in range(number):
                due = {12: date(2024, 12, 31), 6: date(2024, 6, 30), 10: date(2024, 10, 31)}.get(month)
                task = make_task(plan_id=plan.id, due_on=due or date(2024, month, 30))
                make_assignment(
                    task_id=task.id, unit_id=unit.id, status=Status.IN_PROGRESS, issued_on=date(2024, 2, 22)
                )
    days = [date(2024, 3, 25) + timedelta(days=n) for n in range(12)]
    of_december = {f"{day:%m-%d}": _due_in_december(remind(day.isoformat())) for day in days}
    # The check point of 31 March, a Sunday, moves to Friday; 20 a day, the rest on the next working days.
    assert {day: number for day, number in of_december.items() if number} == {
        "03-29": 18,
        "04-01": 20,
        "04-02": 20,
        "04-03": 8,
    }


def _due_in_december(letters: dict[str, Any]) -> int:
    return sum(notice.due_on.month == 12 for letter in letters.values() for notice in letter.notices)


def test_what_was_due_before_it_was_published_is_named_once_and_never_escalated(bureau: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(update(Assignment).values(due_on=date(2021, 1, 28)))
    days = [date(2021, 1, 29) + timedelta(days=n) for n in range(90)]
    letters = {f"{day:%m-%d}": remind(day.isoformat()) for day in days}
    assert [day for day, sent in letters.items() if sent] == ["01-29"]
    assert letters["01-29"]["clerk"].subject == "【督办提醒】1月29日：期限早于发布，待督办人员确定1项"


def test_what_comes_alive_on_the_eve_of_a_day_off_waits_for_the_next_working_day(bureau: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(update(Assignment).values(status=Status.UNDER_REVIEW))
    assert remind("2021-04-02") == {}
    with transaction():
        db.session.execute(update(Assignment).values(status=Status.RETURNED))
    assert [remind(f"2021-04-0{day}") for day in (3, 4, 5)] == [{}, {}, {}]
    assert set(remind("2021-04-06")) == {"clerk", "lead"}


def test_a_day_off_that_is_looked_at_in_advance_is_quiet(bureau: dict[str, Any]) -> None:
    assert look(date(2021, 4, 3), date(2021, 3, 30), None, 1).quiet.startswith("这一天放假")
    assert db.session.get(ReminderRun, date(2021, 4, 2)) is None


# ---- batches


def test_batches_cover_everybody_once_whatever_their_size(seeded: Flask) -> None:
    day = date(2021, 3, 1)
    whole = [letter.key for letter in plan_reminders(day)]
    run = prepare(day)
    for size in (1, 7, 1000):
        parts = queries.batches(day, size)
        notices = [n for people in parts for n in queries.notices(day, run.standing, run.tasks, people, run.working)]
        assert len({notice.account for notice in notices}) == len(whole)
        assert len({queries.given(notice) for notice in notices}) == len(notices)


# ---- known in advance


def test_an_assignment_shows_every_step_ahead_with_its_people(bureau: dict[str, Any]) -> None:
    steps = outlook(bureau["assignment"].id, date(2021, 3, 25), workdays.calendar())
    assert [(f"{step.day:%m-%d}", step.what, step.target) for step in steps][:9] == [
        ("03-26", "到期前3个工作日", "承办人"),
        ("03-30", "到期前1个工作日", "承办人"),
        ("04-01", "逾期1天", "承办人"),
        ("04-02", "逾期3天", "承办人"),
        ("04-06", "逾期未报满3个工作日", "科室负责人"),
        ("04-07", "逾期7天", "承办人"),
        ("04-08", "逾期未报满5个工作日", "分管领导"),
        ("04-15", "逾期未报满10个工作日", "主要领导"),
        ("04-19", "逾期每周", "承办人"),
    ]
    assert all(step.names for step in steps)


def test_what_is_silent_has_no_steps_ahead(bureau: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(update(Assignment).values(status=Status.COMPLETED, completed_on=date(2021, 3, 1)))
    assert outlook(bureau["assignment"].id, date(2021, 3, 25), workdays.calendar()) == []


def test_the_steps_ahead_are_the_letters_that_come(bureau: dict[str, Any]) -> None:
    ahead_of_it = {
        (step.day, step.what) for step in outlook(bureau["assignment"].id, date(2021, 4, 1), workdays.calendar())
    }
    day, came = date(2021, 4, 1), set()
    while day <= date(2021, 4, 30):
        for letter in remind(day.isoformat()).values():
            came |= {(day, words.rpartition(" ")[0]) for words in letter.reason.split("；")}
        day += timedelta(days=1)
    assert came == {step for step in ahead_of_it if step[0] <= date(2021, 4, 30)}


def test_thirty_days_of_escalations_by_unit(bureau: dict[str, Any], query_count: Callable[..., Any]) -> None:
    with transaction():
        actor = actor_of(make_user(role=Role.SUPERVISOR))
    [unit] = ahead.escalations(actor, date(2021, 3, 25), 1)
    assert [(f"{step.day:%m-%d}", step.target, len(step.names)) for step in unit.steps] == [
        ("04-06", "科室负责人", 1), ("04-08", "分管领导", 1), ("04-15", "主要领导", 1), ("04-22", "市局督办人员", 1),
    ]  # fmt: skip
    with query_count() as few:
        ahead.escalations(actor, date(2021, 3, 25), 1)
    with transaction():
        for _ in range(20):
            task = make_task(plan_id=bureau["plan"].id)
            make_assignment(task_id=task.id, unit_id=bureau["district"].id)
    with query_count() as many:
        ahead.escalations(actor, date(2021, 3, 25), 1)
    assert len(few.statements) == len(many.statements)


def test_a_clerk_looks_at_the_own_district_alone(bureau: dict[str, Any]) -> None:
    with transaction():
        unit = make_organization()
        make_user(account="berta", unit_id=unit.id)
        make_assignment(task_id=bureau["assignment"].task_id, unit_id=unit.id, status=Status.IN_PROGRESS)
    whole = look(date(2021, 4, 1), date(2021, 3, 30), None, 1)
    own = look(date(2021, 4, 1), date(2021, 3, 30), bureau["district"].id, 1)
    assert [letter.recipient for letter in whole.letters] == ["clerk", "berta"]
    assert ([letter.recipient for letter in own.letters], own.people) == (["clerk"], 4)


def test_an_office_that_reports_nowhere_is_told_nothing(bureau: dict[str, Any]) -> None:
    with transaction():
        db.session.execute(update(Plan).values(offices_report=False))
        db.session.execute(update(Assignment).values(level=OrganizationKind.JUSTICE_OFFICE))
    assert remind("2021-04-06") == {}
