"""What a year of appraisal asks of each of its people: what stands there, in how many queries, and what does not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask

from tests.appraisal.acts import COMPILER, HEAD, begin, put, say_to, take_back, the_year, unit
from tests.appraisal.result_acts import approve, compile_year, complete, grade_all, publish, return_year
from tests.appraisal.test_special import LAWYERS, OFFICE, apply, judge
from tests.appraisal_makers import make_ballot_meeting
from tests.assignments.acts import moment, person
from tests.conftest import Queries
from tracker.appraisal import appeals, reopening
from tracker.appraisal.models import AppraisalUnit
from tracker.appraisal.todo import Duty, Sort, open_duties
from tracker.db import db, transaction

Counting = Callable[[], AbstractContextManager[Queries]]


@pytest.fixture
def year(seeded: Flask) -> int:
    """The demo with a year of appraisal that has just begun."""
    return begin()


def duties(account: str, day: str = "2021-09-02") -> dict[Sort, Duty]:
    return {each.sort: each for each in open_duties(person(account), date.fromisoformat(day))}


def object_to(entry: int, account: str, day: str) -> None:
    with transaction():
        appeals.appeal(person(account), moment(day), the_year().id, entry, "不属实。")


def test_a_unit_is_told_of_entries_it_has_said_nothing_to_for_two_weeks(year: int) -> None:
    answered, undone, contested = put("办公室", "W1-2.3"), put("办公室", "W1-3.1"), put("办公室", "W1-3.2")
    put("办公室", "T-2.1")
    put("律公科", "T-2.1")
    assert duties(OFFICE)[Sort.ENTRIES].number == 4
    say_to(answered, "情况属实。", OFFICE)
    take_back(undone)
    object_to(contested, OFFICE, "2021-09-02")
    told = duties(OFFICE)[Sort.ENTRIES]
    assert (told.number, told.unit_id, told.appraisal_id) == (1, unit("办公室"), year)
    assert set(duties(OFFICE, "2021-09-15")) == {Sort.ENTRIES}
    assert duties(OFFICE, "2021-09-16") == {}
    assert duties("songjiang-office1") == {}


def test_its_own_appraisal_is_asked_for_from_the_last_thirty_days_until_it_is_handed_in(year: int) -> None:
    with transaction():
        make_ballot_meeting(appraisal_id=year, closes_at=moment("2030-01-01"))
    assert duties(OFFICE, "2021-10-30") == {}
    assert duties(OFFICE, "2021-10-31")[Sort.OWN].by == date(2021, 11, 30)
    of_it = db.session.get_one(AppraisalUnit, unit("办公室"))
    of_it.submitted_at, of_it.submitted_on, of_it.submitted_by = moment("2021-11-02"), date(2021, 11, 2), "办公室"
    db.session.commit()
    assert duties(OFFICE, "2021-12-02") == {}
    assert set(duties(COMPILER, "2021-12-02")) == {Sort.OWN}


def test_whoever_judges_is_told_of_applications_but_not_of_its_own(year: int) -> None:
    first = apply()
    apply(LAWYERS, "律公科")
    apply(COMPILER, "政治处")
    assert duties(COMPILER)[Sort.JUDGE].number == 2
    assert duties(HEAD)[Sort.JUDGE].number == 1
    judge(first, False, "2")
    assert duties(COMPILER)[Sort.JUDGE].number == 1
    assert duties(OFFICE) == {}


def test_the_leading_group_is_told_of_objections_by_the_nearest_day_and_of_its_steps(
    year: int, query_count: Counting
) -> None:
    assert duties(HEAD) == {}
    object_to(put("办公室", "W1-3.1"), OFFICE, "2021-09-03")
    object_to(put("律公科", "T-2.1"), LAWYERS, "2021-09-02")
    object_to(put("政治处", "T-2.1"), COMPILER, "2021-09-02")
    told = duties(HEAD)[Sort.APPEALS]
    # The third is about the person's own entry, and somebody else's to decide.
    assert (told.number, told.by) == (2, date(2021, 9, 9))
    acting = person(HEAD)
    with query_count() as queries:
        open_duties(acting, date(2021, 9, 2))
    assert len(queries.statements) == 3
    supervising, office = person("supervisor"), person(OFFICE)
    with query_count() as queries:
        assert open_duties(supervising, date(2021, 9, 2)) == ()
    assert queries.statements == []
    with query_count() as queries:
        open_duties(office, date(2021, 9, 2))
    assert len(queries.statements) == 1


def test_the_unit_that_compiles_is_told_to_do_it_once_more(year: int) -> None:
    complete()
    compile_year()
    return_year()
    assert Sort.RETURNED in duties(COMPILER)
    assert not duties(OFFICE).keys() & {Sort.RETURNED, Sort.REOPENED}
    compile_year()
    assert duties(COMPILER) == {}
    grade_all("办公室")
    approve()
    with transaction():
        reopening.reopen(person(HEAD), moment("2021-09-02", 12), year, "登记有误", confirmed=True)
    assert Sort.REOPENED in duties(COMPILER)
    assert not duties(OFFICE).keys() & {Sort.RETURNED, Sort.REOPENED}


def test_a_compiled_year_waits_for_approval_then_for_its_publication(year: int) -> None:
    complete()
    compile_year()
    assert set(duties(HEAD)) == {Sort.APPROVE}
    assert duties(OFFICE) == duties(COMPILER) == {}
    grade_all("办公室")
    approve()
    assert set(duties(HEAD)) == {Sort.PUBLISH}
    publish()
    assert duties(HEAD) == {}
