"""Facts about the ladder: which rung is reached on which working day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_notices import DAYS, calendars
from tracker.rules.calendar import working_days_between
from tracker.rules.escalation import (
    DEFAULT_LADDER,
    TARGET_TEXT,
    TRIGGER_TEXT,
    Rung,
    Step,
    Target,
    Trigger,
    rung_day,
    schedule,
)
from tracker.workdays.arrangements import is_working
from tracker.workdays.queries import Calendar

DAY = timedelta(days=1)
RUNGS = st.builds(Rung, st.sampled_from(Trigger), st.integers(1, 60), st.sampled_from(Target))


@pytest.mark.parametrize(
    ("anchor", "workdays", "day"),
    [
        (date(2021, 3, 31), 1, date(2021, 4, 1)),
        (date(2021, 3, 31), 3, date(2021, 4, 6)),  # Qingming is from the 3rd to the 5th.
        (date(2021, 3, 31), 15, date(2021, 4, 22)),
        (date(2021, 2, 10), 3, date(2021, 2, 20)),  # The spring festival ends on the 17th, the 20th is worked.
        (date(2021, 9, 30), 2, date(2021, 10, 9)),  # National day ends on the 7th, the 9th is a worked Saturday.
        (date(2021, 7, 3), 1, date(2021, 7, 5)),  # Counted from a Saturday.
        (date(2024, 2, 29), 1, date(2024, 3, 1)),
    ],
)
def test_a_rung_is_reached_after_so_many_working_days(anchor: date, workdays: int, day: date) -> None:
    assert rung_day(Rung(Trigger.OVERDUE, workdays, Target.SECTION_HEAD), anchor, is_working) == day


@given(RUNGS, DAYS, calendars())
def test_so_many_working_days_lie_between_the_anchor_and_the_rung(rung: Rung, anchor: date, calendar: Calendar) -> None:
    day = rung_day(rung, anchor, calendar.is_working)

    assert calendar.is_working(day)
    assert day > anchor
    assert working_days_between(anchor, day, calendar.is_working) == rung.workdays


def test_the_ladder_climbs_from_the_section_to_the_city() -> None:
    steps = schedule(DEFAULT_LADDER, Trigger.OVERDUE, date(2021, 3, 31), is_working, date(2021, 12, 31))

    assert [(step.rung.target, step.day) for step in steps] == [
        (Target.SECTION_HEAD, date(2021, 4, 6)),
        (Target.DEPUTY_HEAD, date(2021, 4, 8)),
        (Target.UNIT_HEAD, date(2021, 4, 15)),
        (Target.SUPERVISOR, date(2021, 4, 22)),
    ]


def test_the_ladder_of_the_unsigned_ends_with_the_deputy_head() -> None:
    steps = schedule(DEFAULT_LADDER, Trigger.UNSIGNED, date(2021, 2, 10), is_working, date(2021, 12, 31))

    assert [(step.rung.target, step.day) for step in steps] == [
        (Target.HANDLER, date(2021, 2, 20)),
        (Target.SECTION_HEAD, date(2021, 2, 23)),
        (Target.DEPUTY_HEAD, date(2021, 3, 2)),
    ]


@given(st.lists(RUNGS, max_size=8), DAYS, st.integers(0, 120), calendars())
def test_a_schedule_is_sorted_holds_one_trigger_and_ends_with_the_day_asked_for(
    ladder: list[Rung], anchor: date, more: int, calendar: Calendar
) -> None:
    until = anchor + more * DAY
    for trigger in Trigger:
        steps = schedule(ladder, trigger, anchor, calendar.is_working, until)

        assert [step.day for step in steps] == sorted(step.day for step in steps)
        assert [step.rung.workdays for step in steps] == sorted(step.rung.workdays for step in steps)
        reached = [rung for rung in ladder if rung_day(rung, anchor, calendar.is_working) <= until]
        assert sorted(map(repr, steps)) == sorted(
            repr(Step(rung, rung_day(rung, anchor, calendar.is_working))) for rung in reached if rung.trigger is trigger
        )


def test_an_empty_ladder_tells_nobody() -> None:
    assert schedule((), Trigger.OVERDUE, date(2021, 3, 31), is_working, date(2099, 12, 31)) == []


def test_a_rung_has_a_name_of_its_own_and_words() -> None:
    assert len({rung.name for rung in DEFAULT_LADDER}) == len(DEFAULT_LADDER)
    assert Rung(Trigger.OVERDUE, 3, Target.SECTION_HEAD).name == "overdue_3_section_head"
    assert Rung(Trigger.UNSIGNED, 5, Target.HANDLER).text == "交办后未签收满5个工作日"
    assert set(TARGET_TEXT) == set(Target)
    assert set(TRIGGER_TEXT) == set(Trigger)
