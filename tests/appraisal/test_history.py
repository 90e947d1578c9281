"""A unit's year as it stood on a past day, and what changed it since: every event with what it moved."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from tests.appraisal.acts import DAY, HEAD, begin, put, sheet, take_back
from tests.appraisal.result_acts import decide
from tests.appraisal.test_special import apply, judge
from tests.assignments.acts import moment, person
from tracker.appraisal import appeals, history
from tracker.appraisal.history import Cause, Course
from tracker.appraisal.queries import UnitSheet
from tracker.db import transaction

OFFICE = "songjiang-bangongshi"
EVE, MARCH, APRIL, MAY = "2020-11-30", "2021-03-05", "2021-04-06", "2021-05-07"


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """A year that began in March, so that things can be recorded from then on."""
    begin(MARCH)
    return seeded


def as_of(name: str, day: str) -> UnitSheet:
    """Return a unit's year as it stood at the end of a day."""
    return history.on(sheet(name), date.fromisoformat(day), date.fromisoformat(DAY))


def course(name: str, first: str = EVE, last: str = DAY) -> Course:
    """Return what changed a unit's year between two days."""
    return history.course(sheet(name), date.fromisoformat(first), date.fromisoformat(last), date.fromisoformat(DAY))


def moved(found: Course) -> list[tuple[Cause, str, Decimal, Decimal]]:
    """Return each event with its day, what it moved and the total then."""
    return [(each.cause, each.day.isoformat(), each.change, each.total) for each in found.movements]


def test_a_year_stands_on_a_past_day_as_it_stood_then(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1", count=2, day=MARCH, happened="2021-03-01")
    with transaction():
        appeals.appeal(person(OFFICE), moment(MARCH), sheet("办公室").appraisal.id, entry, "会前已请假。")
    take_back(entry, day=MAY)
    earlier = as_of("办公室", APRIL)
    assert earlier.results["W1-3"].points == 6
    assert [(each.row.id, each.reversal, each.is_contested) for each in earlier.recorded] == [(entry, None, True)]
    assert sheet("办公室").results["W1-3"].points == as_of("办公室", MAY).results["W1-3"].points == 10
    assert as_of("办公室", "2021-03-04").recorded == ()


def test_every_event_says_what_it_moved_and_together_they_are_the_change(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1", count=2, day=MARCH, happened="2021-03-01")
    put("办公室", "W1-3.1", count=9, day=APRIL, happened="2021-04-01")
    take_back(entry, day=MAY)
    applied = apply()
    judge(applied, False, "3")
    judge(applied, False, "4", account=HEAD, reason="会议改评")
    found = course("办公室")
    assert moved(found) == [
        (Cause.RECORDED, MARCH, Decimal(-4), Decimal(66)),
        (Cause.RECORDED, APRIL, Decimal(-6), Decimal(60)),
        (Cause.TAKEN_BACK, MAY, Decimal(0), Decimal(60)),
        (Cause.JUDGED, DAY, Decimal(3), Decimal(63)),
        (Cause.CORRECTED, DAY, Decimal(1), Decimal(64)),
    ]
    assert found.change == sum(each.change for each in found.movements) == Decimal(-6)
    assert found.after.year.total == sheet("办公室").year.total
    assert moved(course("办公室", APRIL, MAY)) == [(Cause.TAKEN_BACK, MAY, Decimal(0), Decimal(60))]
    assert moved(course("办公室", MAY, APRIL)) == moved(course("办公室", APRIL, MAY))


def test_a_decision_is_an_event_where_it_moves_points(begun: Flask) -> None:
    put("秘书科", "W5-7.1", day=MARCH, happened="2021-03-01")
    decide("split:W5", "yes")
    (_, split) = moved(course("秘书科"))
    assert (split[0], split[1], split[2] < 0) == (Cause.DECIDED, DAY, True)
    assert course("办公室").movements == ()
    assert as_of("秘书科", MAY).year.total == course("秘书科").movements[0].total


def test_what_the_city_took_in_between_is_told_with_its_plan(begun: Flask) -> None:
    found = course("促进法治科")
    assert {(each.cause, each.code) for each in found.movements} == {(Cause.CITY, "W6-4.1")}
    assert len(found.movements) == len(found.after.taken) > 1
    assert sum(each.change for each in found.movements) == found.change < 0
    days = [each.day for each in found.movements]
    assert days == sorted(each.fact.due_on + timedelta(days=1) for each in found.after.taken if each.fact.due_on)
    for each in found.movements[:-1]:
        of_day = [other for other in found.movements if other.day == each.day]
        assert as_of("促进法治科", each.day.isoformat()).year.total == of_day[-1].total
    assert "沪司发〔2021〕11号 第" in found.movements[0].note
    assert as_of("促进法治科", EVE).taken == ()
    assert as_of("促进法治科", DAY).taken == sheet("促进法治科").taken
