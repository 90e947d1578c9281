"""An override decides, then an imported year, then the built-in arrangement; and a working day is always near."""

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_holiday_year, make_workday_override
from tracker.rules.calendar import LONGEST_HOLIDAY, next_working_day, previous_working_day
from tracker.workdays import arrangements, queries
from tracker.workdays.entries import CalendarRefused, Entry
from tracker.workdays.imports import refuse_endless
from tracker.workdays.queries import Calendar, arrangement, days_of
from tracker.workdays.year import months

DAYS = st.dates(date(2003, 1, 1), date(2029, 12, 31))
YEARS = st.integers(2003, 2029)
CALENDARS = st.builds(Calendar, st.dictionaries(DAYS, st.booleans(), max_size=40), st.frozensets(YEARS, max_size=4))


@given(CALENDARS, DAYS, st.booleans())
def test_an_override_decides_whatever_the_arrangement_says(calendar: Calendar, day: date, working: bool) -> None:
    changed = Calendar({**calendar.overrides, day: working}, calendar.imported)
    assert changed.is_working(day) is working
    assert all(changed.is_working(other) is calendar.is_working(other) for other in days_of(day.year) if other != day)


@given(st.frozensets(YEARS), DAYS)
def test_in_an_imported_year_only_weekdays_count_besides_the_overrides(imported: frozenset[int], day: date) -> None:
    usual = day.weekday() < 5
    expected = usual if day.year in imported else arrangements.is_working(day)
    assert Calendar({}, imported).is_working(day) is expected


@given(CALENDARS, YEARS)
def test_the_arrangement_of_a_year_imported_again_changes_no_day(calendar: Calendar, year: int) -> None:
    own = [Entry(day, working) for day, working in calendar.overrides.items() if day.year == year]
    found = arrangement(calendar, year, own)
    again = Calendar({entry.day: entry.working for entry in found}, frozenset({year}))
    assert [again.is_working(day) for day in days_of(year)] == [calendar.is_working(day) for day in days_of(year)]


@given(CALENDARS, YEARS)
def test_the_months_show_every_day_once_under_its_weekday(calendar: Calendar, year: int) -> None:
    own = [Entry(day, working) for day, working in calendar.overrides.items()]
    sheet = months(calendar, year, own)
    weeks = [week for month in sheet for week in month.weeks]
    assert [cell.day for week in weeks for cell in week if cell] == days_of(year)
    assert all(cell is None or cell.day.weekday() == place for week in weeks for place, cell in enumerate(week))
    assert sum(month.working for month in sheet) == sum(map(calendar.is_working, days_of(year)))


@given(YEARS, st.integers(0, 364), st.integers(1, LONGEST_HOLIDAY + 10))
def test_a_working_day_is_found_from_every_day_of_a_calendar_that_is_not_refused(
    year: int, start: int, length: int
) -> None:
    first = date(year, 1, 1) + timedelta(days=start)
    calendar = Calendar({first + timedelta(days=n): False for n in range(length)}, frozenset(range(2000, 2040)))
    try:
        refuse_endless(calendar, [year])
    except CalendarRefused:
        around = [first + timedelta(days=n) for n in range(-3, length + 3)]
        assert sum(not calendar.is_working(day) for day in around) >= LONGEST_HOLIDAY
    else:
        for day in days_of(year):
            assert calendar.is_working(next_working_day(day, calendar.is_working))
            assert calendar.is_working(previous_working_day(day, calendar.is_working))


def test_a_mark_stands_where_a_day_is_not_what_its_weekday_says() -> None:
    calendar = Calendar({date(2026, 6, 1): False}, frozenset())
    cells = {
        cell.day: cell
        for month in months(calendar, 2026, [Entry(date(2026, 6, 1), False, "台风")])
        for week in month.weeks
        for cell in week
        if cell
    }
    shown = {day: (cells[day].mark, cells[day].overridden, cells[day].note) for day in cells if cells[day].mark}
    assert shown[date(2026, 6, 1)] == ("休", True, "台风")
    assert shown[date(2026, 10, 3)] == ("休", False, "国庆节")
    assert shown[date(2026, 10, 10)] == ("班", False, "国庆节调休")
    assert date(2026, 11, 21) not in shown
    june = months(calendar, 2026, [Entry(date(2026, 6, 1), False, "台风")])[5]
    assert [(span.mark, span.days, span.note) for span in june.spans] == [
        ("休", "1日", "台风"),
        ("休", "19–21日", "端午"),
    ]


@pytest.mark.parametrize(
    ("today", "imported", "missing"),
    [
        ("2026-10-31", [], None),
        ("2026-11-01", [], 2027),
        ("2026-11-01", [2027], None),
        ("2027-01-04", [], 2027),
        ("2027-12-31", [2027], 2028),
        ("2027-12-31", [], 2027),
        ("2021-12-01", [], None),
    ],
)
def test_from_november_on_the_next_year_is_missed(
    app: Flask, today: str, imported: list[int], missing: int | None
) -> None:
    for year in imported:
        make_holiday_year(year=year)
    assert queries.missing_year(date.fromisoformat(today)) == missing


def test_the_calendar_is_read_from_the_database(app: Flask) -> None:
    make_holiday_year(year=2027)
    make_workday_override(day=date(2027, 10, 1), working=False, note="国庆节")
    calendar = queries.calendar()
    assert not calendar.is_working(date(2027, 10, 1))
    assert calendar.is_working(date(2027, 10, 4))
    assert calendar.is_known(2027)
    assert not calendar.is_known(2028)
    assert queries.overrides([2027]) == [Entry(date(2027, 10, 1), False, "国庆节")]
    assert queries.overrides([2026, 2028]) == []
