"""Acts on a year's meeting, as short as they are told: convene(), make(leaders=3), vote(slip, {"办公室": "90"})."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, the_year, unit
from tests.assignments.acts import moment, person
from tracker.appraisal import ballot_papers, ballots
from tracker.appraisal.ballot_papers import Slip, Wanted
from tracker.appraisal.ballots import Opening
from tracker.appraisal.models import BallotMeeting, BallotPaper
from tracker.db import db, transaction

NOON = moment(DAY, 12)
CLOSING = moment(DAY, 17)

Given = Mapping[str, str]


def convene(account: str = COMPILER, **fields: Any) -> None:
    """Open the year's meeting."""
    wanted = Opening(NOON.date(), **{"closes_at": CLOSING, **fields})
    with transaction():
        ballots.open_meeting(person(account), NOON, the_year().id, wanted)


def make(
    leaders: int = 0, each_unit: bool = False, others: Sequence[str] = (), account: str = COMPILER
) -> dict[str, Slip]:
    """Make papers and return their slips by label."""
    seen = len(list(db.session.scalars(select(BallotPaper))))
    with transaction():
        slips = ballot_papers.issue(person(account), NOON, the_year().id, Wanted(leaders, each_unit, others, seen))
    return {slip.label: slip for slip in slips}


def vote(slip: Slip | str, given: Given, at: datetime = NOON) -> None:
    """Cast a ballot, its points by the unit's name."""
    token = slip if isinstance(slip, str) else slip.token
    points = {unit(name): value for name, value in given.items()}
    with transaction():
        ballot_papers.cast(token, at, points)


def close(account: str = COMPILER) -> None:
    """Close the meeting."""
    with transaction():
        ballots.close(person(account), CLOSING, the_year().id)


def meeting() -> BallotMeeting:
    """Return the one meeting."""
    db.session.rollback()
    return db.session.scalars(select(BallotMeeting).execution_options(populate_existing=True)).one()


def in_the_box() -> dict[tuple[str, int], tuple[int, int]]:
    """Return what the box holds beside zeros: by bench and unit the number of voters and tenths of points."""
    box = ballots.opened(meeting())
    return {(str(bench), id_): pair for bench, units in box.items() for id_, pair in units.items() if pair[0]}
