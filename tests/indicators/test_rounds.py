"""A round has a year, units, days; it carries over what was given for the year, and only a person ends it."""

from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import moment, person
from tests.indicators.acts import (
    CLOSES,
    FORM,
    OPENS,
    close,
    extend,
    fill,
    open_round,
    recall,
    sheet,
    stored,
    submit,
    type_in,
)
from tracker.db import transaction
from tracker.indicators import queries, rounds
from tracker.indicators.models import Round, SparedQuestion
from tracker.indicators.rounds import Opening, OpeningRefused
from tracker.rules.indicators.rounds import Progress, Source, Stage
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused


def test_a_round_asks_every_district_of_the_city(seeded: Flask) -> None:
    number = open_round()
    found = queries.all_sheets(person("supervisor"), number)
    assert len(found) == 16
    assert {each.progress() for each in found} == {Progress.NOT_BEGUN}
    assert {len(each.unanswered) for each in found} == {136 - 11}
    assert {each.answered for each in found} == {0}


def test_a_district_sees_its_own_answers_and_nobody_elses(seeded: Flask) -> None:
    number = open_round()
    assert [each.unit for each in queries.all_sheets(person("songjiang-clerk"), number)] == ["松江区司法局"]
    assert [each.unit for each in queries.all_sheets(person("leader"), number)][:1] == ["黄浦区司法局"]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("form", {"form": "unbekannt"}),
        ("title", {"title": "  "}),
        ("year", {"year": 23}),
        ("closes_on", {"closes_on": date(2021, 6, 20)}),
        ("closes_on", {"opens_on": date(2021, 5, 1), "closes_on": date(2021, 5, 2)}),
        ("unit_ids", {"unit_ids": ()}),
        ("unit_ids", {"unit_ids": (1,)}),
    ],
)
def test_what_is_wrong_with_a_round_is_said_by_field(seeded: Flask, field: str, changed: dict[str, object]) -> None:
    supervisor = person("supervisor")
    units = tuple(unit.id for unit in rounds.units(supervisor, date(2021, 6, 21)))
    wanted = {"form": FORM, "year": 2020, "title": "年度填报", "unit_ids": units}
    days = {"opens_on": date.fromisoformat(OPENS), "closes_on": date.fromisoformat(CLOSES)}
    with pytest.raises(OpeningRefused) as refused, transaction():
        rounds.open_round(supervisor, moment(OPENS), Opening(**{**wanted, **days, **changed}))  # type: ignore[arg-type]
    assert list(refused.value.problems) == [field]
    assert stored(Round) == 0


def test_a_name_stands_once_a_year(seeded: Flask) -> None:
    open_round()
    with pytest.raises(OpeningRefused, match="同名"):
        open_round()
    open_round(2021)


def test_only_the_supervisor_opens(seeded: Flask) -> None:
    with pytest.raises(Forbidden):
        rounds.units(person("songjiang-lead"), date(2021, 6, 21))


def test_what_was_given_for_the_year_is_not_asked_again(seeded: Flask) -> None:
    first = open_round()
    fill(first)
    submit(first)
    given = len(sheet(first).held)
    second = open_round(title="补充填报")
    assert {held.source for held in sheet(second).held.values()} == {Source.CARRIED}
    assert sheet(second).answers == sheet(first).answers
    assert stored(SparedQuestion) == given
    assert sheet(second, "huangpu").held == {}
    assert sheet(open_round(2021)).held == {}


def test_last_years_answers_are_those_of_the_year_before(seeded: Flask) -> None:
    last = open_round(2019)
    fill(last)
    now = open_round(2020)
    before = queries.previous(sheet(now))
    assert before is not None
    assert before.round.id == last
    assert queries.previous(sheet(last)) is None


def test_nobody_writes_before_it_opens_and_late_is_late(seeded: Flask) -> None:
    number = open_round(day="2021-06-21")
    with pytest.raises(MoveRefused, match="从 2021年6月21日 开始"):
        type_in(number, {"I007": "3"}, day="2021-06-20")
    fill(number, day="2021-07-05")
    assert sheet(number).is_late(date(2021, 7, 1))
    assert not sheet(number).is_late(date(2021, 6, 30))
    submit(number, day="2021-07-06")
    assert sheet(number).progress() is Progress.SUBMITTED_LATE


def test_more_time_has_a_reason_and_the_first_day_stays(seeded: Flask) -> None:
    number = open_round()
    with pytest.raises(MoveRefused, match="晚于"):
        extend(number, CLOSES)
    with pytest.raises(MoveRefused, match="理由"):
        extend(number, "2021-07-10", " ")
    extend(number, "2021-07-10")
    found = sheet(number)
    assert (found.due, found.round.closes_on, found.extension_reason) == (
        date(2021, 7, 10), date(2021, 6, 30), "系统升级",
    )  # fmt: skip
    fill(number, day="2021-07-10")
    submit(number, day="2021-07-10")
    assert sheet(number).progress() is Progress.SUBMITTED
    with pytest.raises(MoveRefused, match="已经上报"):
        extend(number, "2021-07-20")


def test_it_ends_when_a_person_ends_it_who_saw_who_is_missing(seeded: Flask) -> None:
    number = open_round()
    fill(number)
    submit(number)
    with pytest.raises(MoveRefused, match="还有 15 个单位未报"):
        close(number, missing=16)
    close(number, missing=15)
    found = queries.round_of(person("songjiang-clerk"), number)
    assert queries.term_of(found).stage(date(2021, 7, 1)) is Stage.CLOSED
    for act in (lambda: recall(number), lambda: close(number, 15), lambda: extend(number, "2021-08-01")):
        with pytest.raises(MoveRefused, match="结束"):
            act()
    assert not sheet(number, "huangpu").is_late(date(2021, 8, 1))
