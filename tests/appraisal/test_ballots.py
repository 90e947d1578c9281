"""Secret ballots: who may hold them, what they come to, what is refused, and that each counts once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.appraisal.acts import COMPILER, HEAD, begin, the_year, unit
from tests.appraisal.ballot_acts import CLOSING, NOON, close, convene, in_the_box, make, meeting, vote
from tests.assignments.acts import person
from tracker.appraisal import ballot_papers, ballots
from tracker.appraisal.ballot_papers import UnknownPaper, Wanted
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.models import Appraisal, BallotOutcome, BallotPaper
from tracker.db import db, transaction
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused

OFFICE = "songjiang-bangongshi"


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


# ---- who holds them, and what they come to


def test_leaders_count_sixty_and_units_forty_and_nothing_is_known_before_the_close(begun: Flask) -> None:
    convene()
    slips = make(leaders=3, each_unit=True, others=["甲司法所", "乙司法所"])
    assert [*slips][:4] == ["局领导 1", "局领导 2", "局领导 3", "办公室"]
    for label, points in {"局领导 1": "90", "局领导 2": "91.5", "局领导 3": "９２"}.items():
        vote(slips[label], {"办公室": points, "律公科": ""})
    for label, points in {"律公科": "80", "公服科": "85", "甲司法所": "87", "乙司法所": "88.3"}.items():
        vote(slips[label], {"办公室": points})
    assert ballots.outcomes(the_year().id) == {}
    assert ballots.is_closed(the_year().id) is False
    close()
    assert ballots.is_closed(the_year().id)
    found = ballots.outcomes(the_year().id)
    outcome = found[unit("办公室")]
    assert (outcome.leaders_voted, outcome.units_voted) == (3, 4)
    assert (outcome.leaders, outcome.units) == (Decimal("273.5") / 3, Decimal("340.3") / 4)
    assert outcome.weighted == Decimal("88.7300")
    assert outcome.shown == Decimal("88.73")
    assert (found[unit("律公科")].leaders, found[unit("律公科")].leaders_voted) == (None, 0)
    assert len(found) == 11


def test_without_enough_voters_a_bench_has_no_sum_at_all(begun: Flask) -> None:
    convene()
    slips = make(leaders=3, others=["甲", "乙", "丙"])
    for label in ("局领导 1", "局领导 2", "甲", "乙", "丙"):
        vote(slips[label], {"办公室": "77.7"})
    close()
    rows = {
        row.bench: row for row in db.session.scalars(select(BallotOutcome).filter_by(appraisal_unit_id=unit("办公室")))
    }
    assert (rows["leaders"].voted, rows["leaders"].sum) == (2, None)
    assert (rows["units"].voted, rows["units"].sum) == (3, Decimal("233.1"))
    outcome = ballots.outcomes(the_year().id)[unit("办公室")]
    assert (outcome.leaders, outcome.units, outcome.shown) == (None, Decimal("77.7"), None)
    assert meeting().box == ""


@pytest.mark.parametrize("account", [OFFICE, "songjiang-lvgong"])
def test_only_whoever_compiles_or_leads_holds_ballots(begun: Flask, account: str) -> None:
    with pytest.raises(Forbidden, match="负责汇总的科室"):
        convene(account)
    convene(HEAD)
    with pytest.raises(Forbidden):
        make(leaders=1, account=account)
    with pytest.raises(Forbidden):
        close(account)


def test_another_unit_sees_neither_papers_nor_outcomes_before_publication(begun: Flask) -> None:
    convene()
    make(leaders=2)
    theirs = ballots.meeting_of(person(OFFICE), the_year().id)
    ours = ballots.meeting_of(person(COMPILER), the_year().id)
    assert theirs
    assert ours
    assert (theirs.papers, theirs.turnout, theirs.outcomes) == ((), (), {})
    assert len(ours.papers) == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closes_at": NOON}, "closes_on"),
        ({"least": 1}, "least"),
        ({"most": 101}, "most"),
        ({"most": 0}, "most"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_beside_its_field(begun: Flask, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        convene(**fields)
    assert [*refused.value.problems] == [field]


def test_a_meeting_can_be_corrected_until_somebody_votes(begun: Flask) -> None:
    convene()
    slip = make(leaders=1)["局领导 1"]
    convene(most=10)
    with pytest.raises(EntryRefused):
        vote(slip, {"办公室": "11"})
    vote(slip, {"办公室": "9.5"})
    with pytest.raises(MoveRefused, match="已经有人投票"):
        convene()
    close()
    with pytest.raises(MoveRefused, match="已经结束"):
        convene()


def test_an_approved_year_takes_no_ballots(begun: Flask) -> None:
    convene()
    slip = make(leaders=1)["局领导 1"]
    with transaction():
        values = {"stage": Stage.APPROVED, "approved_on": NOON.date()}
        db.session.execute(update(Appraisal).values(**values))
    with pytest.raises(MoveRefused, match="截止"):
        vote(slip, {"办公室": "90"})
    with pytest.raises(MoveRefused, match="已经审定"):
        close()


def test_papers_are_made_once_though_asked_for_twice(begun: Flask) -> None:
    convene()
    make(leaders=2, each_unit=True)
    with pytest.raises(MoveRefused, match="已经生成过票"), transaction():
        ballot_papers.issue(person(COMPILER), NOON, the_year().id, Wanted(2, True, (), 0))
    assert [*make(leaders=1, each_unit=True)] == ["局领导 3"]
    for others in (["办公室"], ["丙", "丙"], ["丁" * 61]):
        with pytest.raises(EntryRefused):
            make(others=others)


# ---- what is refused


def test_nothing_is_counted_of_what_is_refused(begun: Flask) -> None:
    convene()
    slips = make(leaders=2, each_unit=True)
    lost = slips["局领导 2"]
    number = next(row.id for row in db.session.scalars(select(BallotPaper)) if row.label == lost.label)
    with transaction():
        renewed = ballot_papers.renew(person(COMPILER), NOON, the_year().id, number)
    vote(slips["局领导 1"], {"办公室": "90"})
    before = in_the_box()
    assert before == {("leaders", unit("办公室")): (1, 900)}

    with pytest.raises(MoveRefused, match="已经投过"):
        vote(slips["局领导 1"], {"律公科": "90"})
    with pytest.raises(MoveRefused, match="作废"):
        vote(lost, {"律公科": "90"})
    with pytest.raises(UnknownPaper):
        vote("x" * 32, {"律公科": "90"})
    with pytest.raises(UnknownPaper):
        vote(renewed.token[:-1], {"律公科": "90"})
    with pytest.raises(MoveRefused, match="截止"):
        vote(renewed, {"律公科": "90"}, CLOSING + timedelta(seconds=1))
    for given in ({"律公科": "90"}, {"办公室": "90", "律公科": "90"}):
        with pytest.raises(EntryRefused, match="本科室"):
            vote(slips["律公科"], given)
    with pytest.raises(EntryRefused, match="没有这个科室"), transaction():
        ballot_papers.cast(renewed.token, NOON, {999999: "90"})
    assert in_the_box() == before
    used = next(row.id for row in db.session.scalars(select(BallotPaper)) if row.used)
    with pytest.raises(MoveRefused, match="不能补发"), transaction():
        ballot_papers.renew(person(COMPILER), NOON, the_year().id, used)
    close()
    with pytest.raises(MoveRefused, match="截止"):
        vote(renewed, {"律公科": "90"})


@pytest.mark.parametrize(
    "points", ["100.1", "101", "-1", "9.55", "abc", "1e1", "1,5", "nan", "٣", "9²", "0x1", "9" * 400]
)
def test_points_out_of_range_are_refused_beside_their_unit(begun: Flask, points: str) -> None:
    convene()
    slip = make(leaders=1)["局领导 1"]
    with pytest.raises(EntryRefused) as refused:
        vote(slip, {"办公室": points, "律公科": "90"})
    assert [*refused.value.problems] == [str(unit("办公室"))]
    assert in_the_box() == {}


def test_a_ballot_without_any_points_is_none(begun: Flask) -> None:
    convene()
    with pytest.raises(EntryRefused, match="至少给一个"):
        vote(make(leaders=1)["局领导 1"], {"办公室": " "})


def test_a_ballot_sent_from_many_hands_at_once_counts_once(begun: Flask) -> None:
    convene()
    slips = make(leaders=2)
    points, together = {unit("办公室"): "90"}, Barrier(6)

    def send(token: str) -> bool:
        with begun.app_context():
            together.wait()
            try:
                with transaction():
                    ballot_papers.cast(token, NOON, points)
            except MoveRefused:
                return False
            finally:
                db.session.remove()
            return True

    tokens = [slips["局领导 1"].token] * 5 + [slips["局领导 2"].token]
    with ThreadPoolExecutor(6) as pool:
        counted = list(pool.map(send, tokens))
    assert sum(counted[:5]) == 1
    assert counted[5]
    assert in_the_box() == {("leaders", unit("办公室")): (2, 1800)}
