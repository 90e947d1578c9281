"""How a plan reminds: checked, replaced as a whole, on record, and never against a change that was not seen."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select

from tests.assignments.acts import moment, person
from tests.factories import make_holiday_year, make_plan, make_workday_override
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.plans.queries import UnknownPlan
from tracker.reminders.models import EscalationRung, QuietPeriod, ReminderOffset, ReminderPolicy
from tracker.reminders.policy import DEFAULT_POLICY, Policy, Quiet, policies, policy_of
from tracker.reminders.policy_changes import (
    AMOUNTS,
    MOST_ROWS,
    NUMBERS,
    PolicyRefused,
    StalePolicy,
    changes,
    described,
    reset,
    same,
    save,
)
from tracker.rules.escalation import Rung, Target, Trigger
from tracker.rules.notices import NoticePlan, NoticeStep, Period, Shift, Unit
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.workdays.arrangements import is_working

AT = moment("2021-06-24")
SPRING = Quiet(date(2022, 1, 25), date(2022, 2, 10), "春节前后")
OTHER = Policy(
    NoticePlan(
        (NoticeStep(Unit.DAYS, -14), NoticeStep(Unit.DAYS, 0), NoticeStep(Unit.WORKDAYS, 2)),
        Shift.NEXT,
        repeat_days=10,
        repeat_weekday=0,
        crowded_percent=60,
        period=Period.MONTH,
        daily_budget=5,
        urge_hours=48,
    ),
    (Rung(Trigger.OVERDUE, 2, Target.UNIT_HEAD),),
    (SPRING,),
)
TABLES = (ReminderPolicy, ReminderOffset, EscalationRung, QuietPeriod)


@pytest.fixture
def plan(app: Flask) -> int:
    """A plan on which nobody has set anything."""
    with transaction():
        return make_plan().id


def change(plan_id: int, policy: Policy, version: int = 0) -> bool:
    """Save a policy and commit it."""
    with transaction():
        return save(SYSTEM, AT, plan_id, version, policy)


def with_notices(**changed: object) -> Policy:
    """The default policy with other settings of its notices."""
    return Policy(replace(DEFAULT_POLICY.notices, **changed))  # type: ignore[arg-type]


def with_steps(*steps: NoticeStep) -> Policy:
    """The default policy with other offsets."""
    return with_notices(steps=steps)


def refusal(plan_id: int, policy: Policy) -> list[tuple[str, int | None, str]]:
    """What is said against a policy: part, row, words; nothing of it is stored."""
    with pytest.raises(PolicyRefused) as refused:
        change(plan_id, policy)
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in TABLES] == [0, 0, 0, 0]
    assert db.session.scalars(select(AuditEntry)).all() == []
    return [(problem.part, problem.row, problem.text) for problem in refused.value.problems]


# ---- keeping


def test_a_plan_reminds_by_the_defaults_until_somebody_changes_them(plan: int) -> None:
    assert policy_of(plan) == DEFAULT_POLICY
    assert policies() == {}


def test_a_policy_reads_as_it_was_saved(plan: int) -> None:
    assert change(plan, OTHER)
    assert policy_of(plan) == replace(OTHER, version=1)


def test_a_policy_is_replaced_as_a_whole_and_counts_its_versions(plan: int) -> None:
    change(plan, OTHER)
    later = with_steps(NoticeStep(Unit.DAYS, -1))
    assert change(plan, later, version=1)

    found = policy_of(plan)
    assert same(found, later)
    assert found.version == 2
    assert db.session.scalar(select(func.count()).select_from(ReminderOffset)) == 1
    assert db.session.scalars(select(QuietPeriod)).all() == []


def test_a_change_of_rows_alone_is_a_new_version(plan: int) -> None:
    change(plan, OTHER)
    assert change(plan, replace(OTHER, ladder=()), version=1)
    assert policy_of(plan).version == 2
    assert policy_of(plan).ladder == ()


def test_the_policy_of_one_plan_is_not_that_of_another(plan: int) -> None:
    with transaction():
        other = make_plan().id
    change(plan, OTHER)
    assert policy_of(other) == DEFAULT_POLICY
    assert set(policies()) == {plan}


def test_saving_what_stands_writes_nothing(plan: int) -> None:
    assert not change(plan, DEFAULT_POLICY)
    assert db.session.scalars(select(ReminderPolicy)).all() == []
    change(plan, OTHER)
    assert not change(plan, replace(OTHER, notices=replace(OTHER.notices, steps=OTHER.notices.steps[::-1])), version=1)
    assert len(db.session.scalars(select(AuditEntry)).all()) == 1


def test_quiet_days_are_days_off_for_the_plan_alone(plan: int) -> None:
    change(plan, OTHER)
    found = policy_of(plan)
    assert is_working(SPRING.first_day)
    assert not found.working(is_working)(SPRING.first_day)
    assert found.is_quiet(SPRING.last_day)
    assert not found.is_quiet(SPRING.last_day + timedelta(days=1))


# ---- the defaults again


def test_a_reset_brings_the_defaults_back_and_makes_older_forms_stale(plan: int) -> None:
    change(plan, OTHER)
    with transaction():
        assert reset(SYSTEM, AT, plan, 1)

    assert same(policy_of(plan), DEFAULT_POLICY)
    with pytest.raises(StalePolicy):
        change(plan, OTHER, version=1)
    with pytest.raises(StalePolicy):
        change(plan, OTHER, version=0)
    assert change(plan, OTHER, version=2)


def test_a_reset_of_the_defaults_writes_nothing(plan: int) -> None:
    with transaction():
        assert not reset(SYSTEM, AT, plan, 0)
    assert db.session.scalars(select(AuditEntry)).all() == []


# ---- two at once


def test_of_two_who_edit_the_same_version_the_second_is_refused_with_both_policies(plan: int) -> None:
    change(plan, OTHER)
    mine = with_notices(daily_budget=7)
    with pytest.raises(StalePolicy) as stale:
        change(plan, mine)
    assert (stale.value.mine, stale.value.theirs) == (mine, replace(OTHER, version=1))
    assert policy_of(plan) == replace(OTHER, version=1)
    assert change(plan, mine, version=1)


@pytest.mark.parametrize("before", [0, 1])
def test_of_many_who_save_at_the_same_moment_one_wins(app: Flask, plan: int, before: int) -> None:
    if before:
        change(plan, OTHER)
    start, won, lost = threading.Barrier(4), [], []

    def race(budget: int) -> None:
        with app.app_context():
            start.wait()
            try:
                change(plan, with_notices(daily_budget=budget), version=before)
                won.append(budget)
            except StalePolicy as stale:
                lost.append(stale.theirs.notices.daily_budget)

    people = [threading.Thread(target=race, args=(budget,)) for budget in (1, 2, 3, 4)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    db.session.rollback()
    db.session.expire_all()

    assert len(won) == 1
    assert lost == won * 3
    assert policy_of(plan).notices.daily_budget == won[0]
    assert policy_of(plan).version == before + 1


def test_a_policy_that_appears_while_others_are_read_waits_for_the_next_reading(app: Flask, plan: int) -> None:
    begun = []

    def appear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM reminder_policy" in statement and not begun:
            begun.append(statement)
            other = threading.Thread(target=save_elsewhere)
            other.start()
            other.join()

    def save_elsewhere() -> None:
        with app.app_context():
            change(plan, OTHER)

    event.listen(Engine, "after_cursor_execute", appear)
    try:
        assert policies() == {}
    finally:
        event.remove(Engine, "after_cursor_execute", appear)
    db.session.rollback()
    assert set(policies()) == {plan}


# ---- on record


def test_the_record_says_what_was_and_what_is(plan: int) -> None:
    change(plan, replace(with_notices(daily_budget=7), ladder=(), quiet=(SPRING,)))
    entry = db.session.scalars(select(AuditEntry)).one()

    assert (entry.act, entry.object_type, entry.object_id) == ("edit_reminders", "plan", plan)
    assert entry.detail.startswith(
        "每日上限：每人每天 20 项 → 每人每天 7 项；逐级升级：交办后未签收满3个工作日告知承办人、"
    )
    assert entry.detail.endswith("→ 不升级；静默期：没有 → 2022年1月25日至2022年2月10日（春节前后）")
    assert "提醒时点" not in entry.detail


def test_every_part_of_a_policy_is_in_the_words(plan: int) -> None:
    assert len(changes(DEFAULT_POLICY, OTHER)) == len(described(OTHER)) == 9
    assert described(OTHER)["提醒时点"] == "到期前14天、到期当天、逾期2个工作日"
    assert described(DEFAULT_POLICY)["逾期后重复"] == "每 7 天一次，集中在周一"
    assert described(with_notices(repeat_days=0))["逾期后重复"] == "不重复"
    assert described(with_notices(period=Period.NONE))["持续推进"] == "不要求定期报告"


# ---- who may


@pytest.mark.parametrize(
    "account", ["admin", "leader", "auditor", "reviewer-xingfazhixing", "songjiang-lead", "songjiang-clerk"]
)
@pytest.mark.parametrize("act", [lambda actor: save(actor, AT, 1, 0, OTHER), lambda actor: reset(actor, AT, 1, 0)])
def test_nobody_but_a_supervisor_changes_a_policy(seeded: Flask, account: str, act: Callable[..., bool]) -> None:
    with pytest.raises(Forbidden), transaction():
        act(person(account))


def test_a_plan_that_is_not_there_cannot_be_changed(app: Flask) -> None:
    with pytest.raises(UnknownPlan):
        change(4711, OTHER)


# ---- what is refused


def test_a_plan_must_remind_at_all(plan: int) -> None:
    [(part, row, text)] = refusal(plan, with_steps())
    assert (part, row) == ("steps", None)
    assert "至少保留一个" in text


@pytest.mark.parametrize("step", [NoticeStep(Unit.DAYS, -1), NoticeStep(Unit.DAYS, 1)])
def test_one_notice_before_or_after_is_enough(plan: int, step: NoticeStep) -> None:
    assert change(plan, with_steps(step))


def bounds() -> list[tuple[NoticeStep, bool]]:
    """The lowest and highest amount of every offset, and what lies just outside; of amounts below 1 only 0 counts."""
    cases = []
    for (unit, after), allowed in AMOUNTS.items():
        sign = 1 if after else -1
        cases += [(NoticeStep(unit, sign * amount), True) for amount in (allowed[0], allowed[-1])]
        cases += [(NoticeStep(unit, sign * amount), False) for amount in (allowed[-1] + 1, 10**12)]
    outside = [(Unit.WORKDAYS, 0), (Unit.QUARTER_ENDS, 0), (Unit.QUARTER_ENDS, 1), (Unit.MONTH_STARTS, 1)]
    return cases + [(NoticeStep(*each), False) for each in outside]


@pytest.mark.parametrize(("step", "fits"), bounds())
def test_an_offset_lies_within_reason(plan: int, step: NoticeStep, fits: bool) -> None:
    policy = with_steps(NoticeStep(Unit.DAYS, -2), step)
    if fits:
        assert change(plan, policy)
    else:
        [(part, row, _)] = refusal(plan, policy)
        assert (part, row) == ("steps", 1)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_lies_within_its_bounds(plan: int, name: str) -> None:
    _, allowed = NUMBERS[name]
    for outside in (allowed[0] - 1, allowed[-1] + 1):
        [(part, row, text)] = refusal(plan, with_notices(**{name: outside}))
        assert (part, row) == (name, None)
        assert f"{allowed[0]} 到 {allowed[-1]} 的整数" in text
    change(plan, with_notices(**{name: allowed[-1]}))
    assert change(plan, with_notices(**{name: allowed[0]}), version=policy_of(plan).version)


@pytest.mark.parametrize("workdays", [0, 251, -1])
def test_a_rung_has_between_1_and_250_working_days(plan: int, workdays: int) -> None:
    ladder = (Rung(Trigger.OVERDUE, 1, Target.HANDLER), Rung(Trigger.OVERDUE, workdays, Target.HANDLER))
    [(part, row, text)] = refusal(plan, replace(DEFAULT_POLICY, ladder=ladder))
    assert (part, row, text) == ("ladder", 1, "工作日数应为 1 到 250 的整数。")


def test_a_row_that_says_the_same_twice_is_refused(plan: int) -> None:
    step, rung = NoticeStep(Unit.DAYS, -1), Rung(Trigger.OVERDUE, 1, Target.HANDLER)
    twice = replace(with_steps(step, step), ladder=(rung, rung))
    assert [found[:2] for found in refusal(plan, twice)] == [("steps", 1), ("ladder", 1)]


def test_there_are_not_more_rows_than_a_form_holds(plan: int) -> None:
    steps = [NoticeStep(Unit.DAYS, -n) for n in range(1, MOST_ROWS + 2)]
    ladder = tuple(Rung(Trigger.OVERDUE, n, Target.HANDLER) for n in range(1, MOST_ROWS + 2))
    quiet = tuple(
        Quiet(day, day, "检修") for day in (date(2022, 1, 3) + timedelta(weeks=n) for n in range(MOST_ROWS + 1))
    )
    found = refusal(plan, replace(with_steps(*steps), ladder=ladder, quiet=quiet))
    assert [part for part, _, _ in found] == ["steps", "ladder", "quiet"]


@pytest.mark.parametrize(
    ("first", "last", "reason", "words"),
    [
        (date(2022, 2, 10), date(2022, 2, 9), "春节", "结束日期早于开始日期"),
        (date(2022, 3, 1), date(2022, 4, 1), "检修", "最长 31 天"),
        (date(1999, 12, 31), date(2000, 1, 1), "检修", "年份应在 2000 到 2100 之间"),
        (date(2100, 12, 31), date(2101, 1, 1), "检修", "年份应在 2000 到 2100 之间"),
        (date(2022, 3, 1), date(2022, 3, 1), "", "请写明静默的原因"),
        (date(2022, 3, 1), date(2022, 3, 1), "字" * 101, "最多 100 字"),
    ],
)
def test_a_quiet_period_is_short_and_has_a_reason(plan: int, first: date, last: date, reason: str, words: str) -> None:
    [(part, row, text)] = refusal(plan, replace(DEFAULT_POLICY, quiet=(SPRING, Quiet(first, last, reason))))
    assert (part, row) == ("quiet", 1)
    assert words in text


def test_quiet_periods_do_not_overlap_but_may_follow_each_other(plan: int) -> None:
    again = Quiet(SPRING.last_day, SPRING.last_day, "检修")
    [(part, row, text)] = refusal(plan, replace(DEFAULT_POLICY, quiet=(SPRING, again)))
    assert (part, row) == ("quiet", 1)
    assert "与 2022年1月25日至2022年2月10日 重叠" in text
    day = SPRING.last_day + timedelta(days=1)
    assert change(plan, replace(DEFAULT_POLICY, quiet=(SPRING, Quiet(day, day, "检修"))))


def test_the_longest_quiet_period_is_31_days(plan: int) -> None:
    assert change(plan, replace(DEFAULT_POLICY, quiet=(Quiet(date(2022, 3, 1), date(2022, 3, 31), "检修"),)))


def test_quiet_periods_in_a_row_leave_a_working_day_within_reach(plan: int) -> None:
    march, april = (
        Quiet(date(2022, 3, 1), date(2022, 3, 31), "检修"),
        Quiet(date(2022, 4, 1), date(2022, 4, 30), "检修"),
    )
    found = refusal(plan, replace(DEFAULT_POLICY, quiet=(march, april)))
    assert [each[:2] for each in found] == [("quiet", 0), ("quiet", 1)]
    assert "60 天内没有一个工作日" in found[0][2]


def test_the_working_calendar_of_the_administrator_counts_beside_quiet_periods(plan: int) -> None:
    with transaction():
        make_holiday_year(year=2022)
        for n in range(40):
            make_workday_override(day=date(2022, 4, 1) + timedelta(days=n), working=False)
    quiet = (Quiet(date(2022, 3, 4), date(2022, 3, 31), "检修"),)
    with pytest.raises(PolicyRefused, match="节假日连成一片"):
        change(plan, replace(DEFAULT_POLICY, quiet=quiet))
