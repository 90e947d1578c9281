"""The meeting at which units are voted on: its opening, its sealed box, its close, and what the ballots came to.

Nothing of a single ballot is ever stored. The box holds sums and numbers alone; it always has the same length, and
bears no moment. How far that goes is told in docs/ballots.md.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from tracker import sealing
from tracker.appraisal import entries, queries
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.models import Appraisal, AppraisalUnit, BallotMeeting, BallotOutcome, BallotPaper
from tracker.audit import operations as audit
from tracker.db import db
from tracker.rules.appraisal.ballots import Bench, Outcome
from tracker.rules.appraisal.steps import Part, Stage, sees_results
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

STAGES = (Stage.OPEN, Stage.COMPILED)
"""When ballots are held: before the leading group approves the year."""

LEAST, LEAST_POSSIBLE, LEAST_HIGHEST = 3, 2, 50
MOST, MOST_POSSIBLE = 100, 100
TENTHS = 10
"""Points have one decimal; the box counts in tenths."""

ROOM_OF_SUM = 40
"""Signs that the box keeps free for the number and the sum of one unit on one bench."""

Box = dict[Bench, dict[int, tuple[int, int]]]
"""How many gave a unit points, and how many tenths these are, by bench and the unit's number in the year."""


@dataclass(frozen=True)
class Opening:
    """A meeting to be opened: its day, until when votes are taken, the least voters of a bench, the most points."""

    held_on: date
    closes_at: datetime
    least: int = LEAST
    most: int = MOST


@dataclass(frozen=True)
class Turnout:
    """How many of a bench's papers were used."""

    bench: Bench
    used: int
    papers: int


@dataclass(frozen=True)
class Meeting:
    """A meeting as a person sees it; papers only whoever works on the year, outcomes whoever sees its results."""

    row: BallotMeeting
    papers: tuple[BallotPaper, ...]
    turnout: tuple[Turnout, ...]
    outcomes: Mapping[int, Outcome]

    @property
    def anybody_voted(self) -> bool:
        """Tell whether a paper was used."""
        return any(each.used for each in self.turnout)

    def takes_votes(self, at: datetime) -> bool:
        """Tell whether votes are taken at a moment."""
        return self.row.closed_at is None and at <= self.row.closes_at


# ---- reading


def meeting_of(actor: Actor, appraisal_id: int) -> Meeting | None:
    """Return a year's meeting; None before there is one. Raise UnknownAppraisal. Four queries."""
    found = queries.appraisal_of(actor, appraisal_id)
    row = db.session.scalar(select(BallotMeeting).where(BallotMeeting.appraisal_id == found.id))
    if row is None:
        return None
    part = queries.part_of(actor, found)
    sees = sees_results(part, Stage(found.stage))
    works = part in (Part.LEADING, Part.COMPILER)
    papers = papers_of(row) if sees else []
    return Meeting(
        row,
        tuple(papers) if works else (),
        tuple(_turnout(bench, papers) for bench in Bench) if sees else (),
        outcomes(found.id) if sees else {},
    )


def papers_of(meeting: BallotMeeting) -> list[BallotPaper]:
    """Return every paper of a meeting in the order in which they were made. One query."""
    wanted = select(BallotPaper).where(BallotPaper.meeting_id == meeting.id).order_by(BallotPaper.id)
    return list(db.session.scalars(wanted))


def _turnout(bench: Bench, papers: Iterable[BallotPaper]) -> Turnout:
    valid = [paper for paper in papers if paper.bench == bench and not paper.void]
    return Turnout(bench, sum(paper.used for paper in valid), len(valid))


def is_closed(appraisal_id: int) -> bool | None:
    """Tell whether a year's meeting was closed; None where there was none. One query."""
    wanted = select(BallotMeeting.closed_at.is_not(None)).where(BallotMeeting.appraisal_id == appraisal_id)
    return db.session.scalar(wanted)


def outcomes(appraisal_id: int) -> dict[int, Outcome]:
    """Return what the ballots came to, by the unit's number in the year; nothing before the meeting is closed.

    One query. Whoever calls makes sure that the reader sees results.
    """
    wanted = (
        select(BallotOutcome)
        .join(BallotMeeting, BallotMeeting.id == BallotOutcome.meeting_id)
        .where(BallotMeeting.appraisal_id == appraisal_id)
    )
    found: dict[int, dict[str, BallotOutcome]] = {}
    for row in db.session.scalars(wanted):
        found.setdefault(row.appraisal_unit_id, {})[row.bench] = row
    return {unit_id: _outcome(rows) for unit_id, rows in found.items()}


def _outcome(rows: Mapping[str, BallotOutcome]) -> Outcome:
    leaders, units = rows.get(Bench.LEADERS), rows.get(Bench.UNITS)
    return Outcome(_mean(leaders), _mean(units), leaders.voted if leaders else 0, units.voted if units else 0)


def _mean(row: BallotOutcome | None) -> Decimal | None:
    return None if row is None or row.sum is None else row.sum / row.voted


# ---- opening and closing


def convened(actor: Actor, appraisal_id: int) -> Appraisal:
    """Return a year, locked, for whoever holds its ballots; raise Forbidden, MoveRefused, UnknownAppraisal."""
    found = entries.locked(actor, appraisal_id)
    require(actor, Action.APPRAISE)
    if queries.part_of(actor, found) not in (Part.LEADING, Part.COMPILER):
        raise Forbidden(say("述职测评由负责汇总的科室组织。"))
    entries.require_stage(found, *STAGES)
    return found


def locked_meeting(meeting_id: int) -> BallotMeeting:
    """Return a meeting so that no ballot is cast and no paper made before the transaction ends."""
    wanted = select(BallotMeeting).where(BallotMeeting.id == meeting_id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def open_meeting(actor: Actor, at: datetime, appraisal_id: int, wanted: Opening) -> BallotMeeting:
    """Open a year's meeting, or correct it while nobody has voted; raise EntryRefused, MoveRefused, Forbidden."""
    found = convened(actor, appraisal_id)
    problems = _opening_problems(at, wanted)
    if problems:
        raise EntryRefused(problems)
    row = _present(found.id)
    act = "open_ballots" if row is None else "change_ballots"
    if row is None:
        row = BallotMeeting(appraisal_id=found.id, box=sealed({}, queries.units(found)), opened_by=actor.name)
        db.session.add(row)
    elif row.closed_at is not None:
        raise MoveRefused(say("述职测评已经结束。"))
    elif any(paper.used for paper in papers_of(row)):
        raise MoveRefused(say("已经有人投票，测评的日期、截止时间和分值不能再改。"))
    row.held_on, row.closes_at = wanted.held_on, wanted.closes_at
    row.least, row.most = wanted.least, wanted.most
    db.session.flush()  # the unique key refuses a second meeting here, and papers name it
    detail = f"{wanted.held_on}；{wanted.closes_at:%Y-%m-%d %H:%M}；≥{wanted.least}；0–{wanted.most}"
    audit.record(actor, at, act, "appraisal", found.id, detail)
    return row


def _present(appraisal_id: int) -> BallotMeeting | None:
    meeting_id = db.session.scalar(select(BallotMeeting.id).where(BallotMeeting.appraisal_id == appraisal_id))
    return None if meeting_id is None else locked_meeting(meeting_id)


def _opening_problems(at: datetime, wanted: Opening) -> dict[str, str]:
    problems: dict[str, str] = {}
    if wanted.held_on < at.date():
        problems["held_on"] = say("述职测评的日期已经过了。")
    if wanted.closes_at <= at:
        problems["closes_on"] = say("截止时间已经过了，请填以后的时间。")
    elif wanted.closes_at.date() < wanted.held_on:
        problems["closes_on"] = say("截止时间不能早于述职测评的日期。")
    if not LEAST_POSSIBLE <= wanted.least <= LEAST_HIGHEST:
        problems["least"] = say("请填 {least} 至 {most} 的整数。", least=LEAST_POSSIBLE, most=LEAST_HIGHEST)
    if not 1 <= wanted.most <= MOST_POSSIBLE:
        problems["most"] = say("请填 {least} 至 {most} 的整数。", least=1, most=MOST_POSSIBLE)
    return problems


def running(appraisal_id: int) -> BallotMeeting:
    """Return a year's meeting, locked, that was opened and not closed; raise MoveRefused."""
    row = _present(appraisal_id)
    if row is None:
        raise MoveRefused(say("还没有开始述职测评。"))
    if row.closed_at is not None:
        raise MoveRefused(say("述职测评已经结束。"))
    return row


def close(actor: Actor, at: datetime, appraisal_id: int) -> None:
    """Close a meeting for good: keep the sums of benches with enough voters, and empty the box.

    Raise MoveRefused, Forbidden, UnknownAppraisal.
    """
    found = convened(actor, appraisal_id)
    row = running(found.id)
    box, units = opened(row), queries.units(found)
    for bench in Bench:
        for unit in units:
            voted, tenths = box.get(bench, {}).get(unit.id, (0, 0))
            kept = Decimal(tenths) / TENTHS if voted >= row.least else None
            db.session.add(
                BallotOutcome(meeting_id=row.id, appraisal_unit_id=unit.id, bench=bench, voted=voted, sum=kept)
            )
    row.box, row.closed_at, row.closed_by = "", at, actor.name
    papers = papers_of(row)
    told = "；".join(f"{each.bench} {each.used}/{each.papers}" for each in (_turnout(bench, papers) for bench in Bench))
    audit.record(actor, at, "close_ballots", "appraisal", found.id, told)


# ---- the box


def sealed(box: Box, units: Iterable[AppraisalUnit]) -> str:
    """Return what a box holds as only the installation's secret opens it: always as long, and without a moment."""
    ids = [unit.id for unit in units]
    held = {bench: {unit_id: box.get(bench, {}).get(unit_id, (0, 0)) for unit_id in ids} for bench in Bench}
    return sealing.seal_undated(json.dumps(held).ljust(ROOM_OF_SUM * (len(ids) + 1) * len(Bench)))


def opened(meeting: BallotMeeting) -> Box:
    """Return what the box of a meeting holds; raise MoveRefused where the secret is another than it was."""
    try:
        held = json.loads(sealing.unseal(meeting.box))
    except sealing.CannotUnseal as error:
        raise MoveRefused(str(error)) from error
    return {
        Bench(bench): {int(unit_id): (voted, tenths) for unit_id, (voted, tenths) in of_units.items()}
        for bench, of_units in held.items()
    }
