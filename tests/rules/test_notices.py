"""Facts about the days of notices: before the due day, after it, at publication, and once per report period."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.rules.calendar import days_overdue
from tracker.rules.notices import (
    DEFAULT_PLAN,
    PUBLICATION,
    Notice,
    NoticePlan,
    NoticeStep,
    Shift,
    Unit,
    crowded_months,
    in_order,
    latest_notice,
    notice_days,
    step_text,
)
from tracker.workdays.arrangements import is_working
from tracker.workdays.queries import Calendar

DAY = timedelta(days=1)
ISSUED = date(2021, 2, 10)
"""The day the 28-task plan went out."""

FAR = date(2021, 12, 31)

DAYS = st.dates(date(2020, 6, 1), date(2022, 6, 30))
AMOUNTS = {
    Unit.MONTH_STARTS: st.integers(-12, 0),
    Unit.DAYS: st.integers(-90, 90),
    Unit.WORKDAYS: st.integers(-60, 60),
    Unit.QUARTER_ENDS: st.integers(-8, -1),
}


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """The published arrangements with single days and a run of days that an administrator knows better."""
    single = draw(st.dictionaries(DAYS, st.booleans(), max_size=12))
    first, length = draw(DAYS), draw(st.integers(0, 25))
    return Calendar({**single, **{first + n * DAY: False for n in range(length)}}, frozenset())


@st.composite
def plans(draw: st.DrawFn) -> NoticePlan:
    """A plan of notices such as anybody could set."""
    units = draw(st.lists(st.sampled_from(list(Unit)), min_size=1, max_size=6))
    return NoticePlan(
        tuple({NoticeStep(unit, draw(AMOUNTS[unit])): None for unit in units}),
        draw(st.sampled_from(Shift)),
        draw(st.integers(0, 30)),
        draw(st.integers(0, 5)),
    )


def until(day: date, due_on: date, **settings: object) -> list[Notice]:
    """The notices of a task of the plan of 2021 up to a day."""
    plan = NoticePlan(DEFAULT_PLAN.steps, **settings)  # type: ignore[arg-type]
    return notice_days(due_on, ISSUED, is_working, day, plan)


# ---- the plan of notices as it is without anybody's doing


def test_the_notices_of_a_task_with_a_spring_in_front_of_it() -> None:
    assert until(date(2021, 8, 2), date(2021, 6, 30)) == [
        Notice("month_before", date(2021, 4, 30)),  # 1 May is a holiday.
        Notice("due_month", date(2021, 6, 1)),
        Notice("days_before_7", date(2021, 6, 23)),
        Notice("workdays_before_3", date(2021, 6, 25)),
        Notice("workdays_before_1", date(2021, 6, 29)),
        Notice("days_after_1", date(2021, 7, 1)),
        Notice("days_after_3", date(2021, 7, 2)),  # 3 July is a Saturday.
        Notice("days_after_7", date(2021, 7, 7)),
        Notice("days_after_19", date(2021, 7, 19)),  # Repeats are gathered on Mondays.
        Notice("days_after_26", date(2021, 7, 26)),
        Notice("days_after_33", date(2021, 8, 2)),
    ]


def test_x1_07_a_short_window_gets_one_notice_at_publication_and_none_from_the_past() -> None:
    assert until(date(2021, 2, 28), date(2021, 2, 28)) == [
        Notice("publication", date(2021, 2, 10)),
        Notice("days_before_7", date(2021, 2, 20)),  # The 21st is a Sunday, the 20th a working Saturday.
        Notice("workdays_before_3", date(2021, 2, 24)),
        Notice("workdays_before_1", date(2021, 2, 26)),
    ]


def test_the_notices_before_a_leap_day() -> None:
    notices = notice_days(date(2024, 2, 29), date(2023, 6, 1), is_working, date(2024, 3, 18))

    assert notices == [
        Notice("month_before", date(2023, 12, 29)),  # New Year is a holiday, with the weekend before it.
        Notice("due_month", date(2024, 2, 1)),
        Notice("days_before_7", date(2024, 2, 22)),
        Notice("workdays_before_3", date(2024, 2, 26)),
        Notice("workdays_before_1", date(2024, 2, 28)),
        Notice("days_after_3", date(2024, 3, 1)),  # Sunday's moves to Friday, where it outdoes that of the first day.
        Notice("days_after_7", date(2024, 3, 7)),
        Notice("days_after_18", date(2024, 3, 18)),
    ]


@pytest.mark.parametrize(
    ("due_on", "first", "second"),
    [
        (date(2021, 3, 31), ISSUED, date(2021, 3, 1)),  # 1 February lies before the plan.
        (date(2021, 6, 30), date(2021, 4, 30), date(2021, 6, 1)),
        (date(2021, 9, 30), date(2021, 7, 30), date(2021, 9, 1)),  # 1 August is a Sunday.
        (date(2021, 12, 31), date(2021, 11, 1), date(2021, 12, 1)),
    ],
)
def test_the_end_of_a_quarter_is_announced_two_months_ahead(due_on: date, first: date, second: date) -> None:
    assert [notice.day for notice in until(due_on, due_on)][:2] == [first, second]


def test_an_overdue_notice_waits_for_the_holiday_to_end_rather_than_come_on_the_due_day() -> None:
    notices = until(date(2021, 5, 10), date(2021, 4, 30))

    assert notices[-2:] == [Notice("days_after_3", date(2021, 5, 6)), Notice("days_after_7", date(2021, 5, 7))]
    assert "days_after_1" not in [notice.step for notice in notices]


def test_a_notice_may_wait_for_the_next_working_day_but_not_beyond_the_due_day() -> None:
    due_on = date(2021, 6, 30)
    plan = NoticePlan((NoticeStep(Unit.MONTH_STARTS, -1), NoticeStep(Unit.DAYS, 3)), Shift.NEXT, repeat_days=0)

    assert [notice.day for notice in notice_days(due_on, ISSUED, is_working, FAR, plan)] == [
        date(2021, 5, 6),
        date(2021, 7, 5),
    ]
    on_a_sunday = NoticePlan((NoticeStep(Unit.DAYS, 0),), Shift.NEXT, repeat_days=0)
    assert notice_days(date(2021, 2, 28), ISSUED, is_working, FAR, on_a_sunday) == [
        Notice("days_before_0", date(2021, 2, 26))
    ]


# ---- publication


def test_a_plan_published_in_good_time_has_no_notice_at_publication() -> None:
    assert [notice.step for notice in until(date(2021, 9, 1), date(2021, 9, 30))] == ["month_before", "due_month"]


def test_x3_01_what_was_due_before_publication_is_named_once_and_never_again() -> None:
    assert until(FAR, date(2021, 1, 31)) == [Notice(PUBLICATION, ISSUED)]


@given(DAYS, DAYS, calendars(), plans(), st.booleans())
def test_what_was_due_before_publication_has_one_notice_on_the_first_working_day(
    due_on: date, published_on: date, calendar: Calendar, plan: NoticePlan, crowded: bool
) -> None:
    if due_on >= published_on:
        published_on = due_on + DAY
    [notice] = notice_days(due_on, published_on, calendar.is_working, published_on + 60 * DAY, plan, crowded)

    assert notice.step == PUBLICATION
    assert calendar.is_working(notice.day)
    assert not any(calendar.is_working(published_on + n * DAY) for n in range((notice.day - published_on).days))


# ---- whatever plan anybody sets, whatever the calendar


@given(DAYS, DAYS, st.integers(-60, 300), calendars(), plans(), st.booleans())
def test_no_notice_falls_on_a_day_off(
    due_on: date, published_on: date, more: int, calendar: Calendar, plan: NoticePlan, crowded: bool
) -> None:
    for notice in notice_days(due_on, published_on, calendar.is_working, due_on + more * DAY, plan, crowded):
        assert calendar.is_working(notice.day)


@given(DAYS, DAYS, st.integers(-60, 300), calendars(), plans(), st.booleans())
def test_notices_are_in_order_one_a_day_and_never_before_publication_or_after_the_day_asked_for(
    due_on: date, published_on: date, more: int, calendar: Calendar, plan: NoticePlan, crowded: bool
) -> None:
    last = due_on + more * DAY
    days = [notice.day for notice in notice_days(due_on, published_on, calendar.is_working, last, plan, crowded)]

    assert days == sorted(set(days))
    assert all(published_on <= day <= last for day in days)


@given(DAYS, DAYS, st.integers(1, 300), calendars(), plans(), st.booleans())
def test_a_notice_speaks_of_overdue_exactly_when_the_task_is(
    due_on: date, published_on: date, more: int, calendar: Calendar, plan: NoticePlan, crowded: bool
) -> None:
    for notice in notice_days(due_on, published_on, calendar.is_working, due_on + more * DAY, plan, crowded):
        if notice.step != PUBLICATION:
            assert ("_after_" in notice.step) == (days_overdue(due_on, notice.day) > 0)


@settings(deadline=None, max_examples=50)
@given(DAYS, DAYS, st.integers(-60, 60), plans())
def test_the_notice_that_stands_on_a_day_does_not_depend_on_what_follows(
    due_on: date, published_on: date, more: int, plan: NoticePlan
) -> None:
    everything = notice_days(due_on, published_on, is_working, due_on + 90 * DAY, plan)
    day = due_on + more * DAY

    expected = [notice for notice in everything if notice.day <= day]
    assert latest_notice(due_on, published_on, day, is_working, plan) == (expected[-1] if expected else None)


@given(DAYS, calendars(), plans())
def test_every_step_of_a_plan_has_words_of_its_own(due_on: date, calendar: Calendar, plan: NoticePlan) -> None:
    steps = {step.name for step in plan.steps}
    assert len({step_text(name, plan) for name in steps}) == len(steps)
    for notice in notice_days(due_on, due_on - 400 * DAY, calendar.is_working, due_on + 200 * DAY, plan, True):
        assert step_text(notice.step, plan)


def test_the_latest_notice_is_the_one_that_stands() -> None:
    due_on = date(2021, 6, 30)

    assert latest_notice(due_on, ISSUED, date(2021, 6, 24), is_working) == Notice("days_before_7", date(2021, 6, 23))
    assert latest_notice(due_on, ISSUED, date(2021, 3, 1), is_working) is None


def test_steps_are_told_in_the_order_in_which_they_come() -> None:
    jumbled = sorted(DEFAULT_PLAN.steps, key=lambda step: step.name)
    assert tuple(in_order(jumbled)) == DEFAULT_PLAN.steps


# ---- repeats


def repeats(due_on: date, last: date, **settings: object) -> list[date]:
    """The days of the notices that come after the last of a plan's own steps."""
    named = {step.name for step in DEFAULT_PLAN.steps}
    return [notice.day for notice in until(last, due_on, **settings) if notice.step not in {PUBLICATION, *named}]


def test_repeats_come_every_week_on_a_monday_and_after_the_holiday_where_monday_is_one() -> None:
    assert repeats(date(2021, 8, 31), date(2021, 10, 31)) == [
        date(2021, 9, 22),  # Monday the 20th and Tuesday the 21st belong to the mid-autumn festival.
        date(2021, 9, 27),
        date(2021, 10, 8),  # The national holiday lasts until Thursday the 7th.
        date(2021, 10, 11),
        date(2021, 10, 18),
        date(2021, 10, 25),
    ]


def test_repeats_may_keep_to_the_very_day() -> None:
    assert repeats(date(2021, 6, 30), date(2021, 7, 31), repeat_weekday=0) == [
        date(2021, 7, 14),
        date(2021, 7, 21),
        date(2021, 7, 28),
    ]


def test_repeats_may_come_on_another_day_and_less_often() -> None:
    assert repeats(date(2021, 6, 30), date(2021, 8, 31), repeat_days=14, repeat_weekday=4) == [
        date(2021, 7, 22),
        date(2021, 8, 5),
        date(2021, 8, 19),
    ]


def test_without_repeats_the_last_step_ends_it() -> None:
    assert until(FAR, date(2021, 6, 30), repeat_days=0)[-1] == Notice("days_after_7", date(2021, 7, 7))


def test_repeats_begin_after_the_last_step_in_whatever_it_is_counted() -> None:
    plan = NoticePlan((NoticeStep(Unit.DAYS, 1), NoticeStep(Unit.WORKDAYS, 10)), repeat_weekday=0)
    days = [notice.day for notice in notice_days(date(2021, 6, 30), ISSUED, is_working, date(2021, 7, 31), plan)]

    assert days == [date(2021, 7, 1), date(2021, 7, 14), date(2021, 7, 21), date(2021, 7, 28)]


@given(DAYS, calendars(), st.integers(1, 30), st.integers(1, 5))
def test_a_repeat_is_on_its_weekday_unless_that_is_a_day_off(
    due_on: date, calendar: Calendar, repeat_days: int, weekday: int
) -> None:
    plan = NoticePlan((NoticeStep(Unit.DAYS, 1),), Shift.PREVIOUS, repeat_days, weekday)
    for notice in notice_days(due_on, due_on, calendar.is_working, due_on + 200 * DAY, plan)[2:]:
        nominal = due_on + int(notice.step.rpartition("_")[2]) * DAY
        assert nominal.isoweekday() == weekday
        assert notice.day == nominal or not calendar.is_working(nominal)
        assert notice.day >= nominal


# ---- crowded months

DECEMBER = date(2024, 12, 31)
ONE_DISTRICT = [DECEMBER] * 66 + [date(2024, 6, 30)] * 5 + [date(2024, 10, 31)] * 4 + [date(2024, 11, 30)] * 7
"""Due days of a district plan of 2024: 66 of its 89 tasks are due in December, 7 have no day at all."""


def test_a_month_that_holds_most_tasks_is_crowded() -> None:
    assert crowded_months(ONE_DISTRICT) == {(2024, 12)}


@pytest.mark.parametrize(
    ("dues", "percent", "crowded"),
    [
        (ONE_DISTRICT, 90, set()),
        ([DECEMBER] * 10 + [date(2024, 6, 30)] * 10, 50, set()),
        ([DECEMBER] * 10 + [date(2024, 6, 30)] * 9, 50, {(2024, 12)}),
        ([DECEMBER] * 10 + [date(2024, 6, 30)] * 10, 49, {(2024, 12), (2024, 6)}),
        ([DECEMBER] * 9, 0, set()),
        ([DECEMBER] * 10, 100, set()),
        ([], 50, set()),
    ],
)
def test_a_month_is_crowded_by_its_share_of_ten_tasks_or_more(
    dues: list[date], percent: int, crowded: set[tuple[int, int]]
) -> None:
    assert crowded_months(dues, NoticePlan(DEFAULT_PLAN.steps, crowded_percent=percent)) == crowded


def test_x3_12_a_crowded_december_is_looked_at_on_the_last_working_day_of_every_quarter_before() -> None:
    issued = date(2024, 2, 1)
    notices = notice_days(DECEMBER, issued, is_working, DECEMBER, crowded=True)

    assert notices[:5] == [
        Notice("quarter_ends_before_3", date(2024, 3, 29)),
        Notice("quarter_ends_before_2", date(2024, 6, 28)),
        Notice("quarter_ends_before_1", date(2024, 9, 30)),
        Notice("month_before", date(2024, 11, 1)),
        Notice("due_month", date(2024, 11, 29)),  # 1 December is a Sunday.
    ]
    assert notice_days(DECEMBER, issued, is_working, DECEMBER) == notices[3:]


# ---- words


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (PUBLICATION, "发布后首次提醒"),
        ("month_before", "到期前一个月"),
        ("due_month", "到期当月"),
        ("month_starts_before_2", "到期前2个月"),
        ("days_before_7", "到期前7天"),
        ("days_before_0", "到期当天"),
        ("workdays_before_3", "到期前3个工作日"),
        ("quarter_ends_before_1", "季度检查点（到期前1个季度末）"),
        ("days_after_1", "逾期1天"),
        ("days_after_19", "逾期每周"),
    ],
)
def test_a_step_in_words(step: str, words: str) -> None:
    assert step_text(step) == words


def test_words_follow_the_plan_they_belong_to() -> None:
    plan = NoticePlan((NoticeStep(Unit.WORKDAYS, 2), NoticeStep(Unit.DAYS, 19)), repeat_days=10)

    assert step_text("workdays_after_2", plan) == "逾期2个工作日"
    assert step_text("days_after_19", plan) == "逾期19天"
    assert step_text("days_after_29", plan) == "逾期每10天"
    assert step_text("days_after_29", NoticePlan(plan.steps, repeat_days=0)) == "逾期29天"
