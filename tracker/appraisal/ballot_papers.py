"""The papers of a meeting: made as links that are shown once, renewed where lost, and cast into the sealed box."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, text, update

from tracker.appraisal import ballots, queries
from tracker.appraisal.ballots import TENTHS
from tracker.appraisal.entries import EntryRefused
from tracker.appraisal.heads import Head, head_of
from tracker.appraisal.models import Appraisal, AppraisalUnit, BallotMeeting, BallotPaper
from tracker.audit import operations as audit
from tracker.db import db
from tracker.rules.appraisal.ballots import BENCH_TEXT, Bench
from tracker.rules.decimals import half_width
from tracker.rules.permissions import Actor
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

TOKEN_BYTES = 24
MOST_LEADERS, MOST_PAPERS = 60, 300
LABEL_LENGTH = 60

READERS_WAITED_FOR = 500
"""Milliseconds; where a reader holds SQLite's log longer, the next ballot empties it."""

_POINTS = re.compile(r"([0-9]{1,3})(?:\.([0-9]))?")


@dataclass(frozen=True)
class Wanted:
    """Papers to be made: how many for leaders, whether one for each appraised unit, labels of further ones.

    `seen` is how many papers there were when these were asked for, so that a form sent twice makes them once.
    """

    leaders: int
    each_unit: bool
    others: Sequence[str]
    seen: int


@dataclass(frozen=True)
class Slip:
    """A paper as it is handed out; its token is known here alone, and never again."""

    label: str
    bench: Bench
    token: str

    @property
    def label_text(self) -> str:
        """The label in words."""
        return label_text(self.bench, self.label)

    @property
    def bench_text(self) -> str:
        """The bench in words."""
        return BENCH_TEXT[self.bench]


@dataclass(frozen=True)
class Ballot:
    """What a paper shows: whose it is, the units that its holder votes on, the most points, until when."""

    whose: Head
    bench: Bench
    units: tuple[AppraisalUnit, ...]
    excluded: AppraisalUnit | None
    most: int
    closes_at: datetime


def label_text(bench: str, label: str) -> str:
    """Return a paper's label in words: those of leaders are numbered, those of others are names."""
    return say("局领导 {n}", n=label.rpartition(" ")[2]) if bench == Bench.LEADERS else label


class UnknownPaper(LookupError):
    """No paper has this token; the message says what to do."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(say("这个投票链接不正确或不完整。请核对纸条上的网址，或重新扫描二维码。"))


# ---- making


def issue(actor: Actor, at: datetime, appraisal_id: int, wanted: Wanted) -> list[Slip]:
    """Make papers and return them as slips; raise EntryRefused, MoveRefused, Forbidden, UnknownAppraisal."""
    found = ballots.convened(actor, appraisal_id)
    meeting = _taking_votes(found, at)
    present, units = ballots.papers_of(meeting), queries.units(found)
    if wanted.seen != len(present):
        raise MoveRefused(say("这期间已经生成过票，页面上的张数不是最新的。请核对现有的票，不够再生成。"))
    valid = [paper for paper in present if not paper.void]
    problems = _problems(wanted, valid, units)
    if problems:
        raise EntryRefused(problems)
    taken = {paper.appraisal_unit_id for paper in valid}
    first = sum(paper.bench == Bench.LEADERS for paper in valid) + 1
    slips = [
        _add(meeting, Bench.LEADERS, f"{BENCH_TEXT[Bench.LEADERS]} {n}", None)
        for n in range(first, first + wanted.leaders)
    ]
    if wanted.each_unit:
        slips += [_add(meeting, Bench.UNITS, unit.name, unit.id) for unit in units if unit.id not in taken]
    slips += [_add(meeting, Bench.UNITS, label, None) for label in _labels(wanted)]
    if not slips:
        raise EntryRefused({"leaders": say("请填写要生成哪些票。各被考评科室的票已经生成。")})
    told = "；".join(f"{bench} +{sum(slip.bench is bench for slip in slips)}" for bench in Bench)
    audit.record(actor, at, "issue_ballots", "appraisal", found.id, told)
    return slips


def _labels(wanted: Wanted) -> list[str]:
    return [label.strip() for label in wanted.others if label.strip()]


def _problems(wanted: Wanted, valid: Sequence[BallotPaper], units: Sequence[AppraisalUnit]) -> dict[str, str]:
    problems: dict[str, str] = {}
    labels = _labels(wanted)
    if not 0 <= wanted.leaders <= MOST_LEADERS:
        problems["leaders"] = say("请填 {least} 至 {most} 的整数。", least=0, most=MOST_LEADERS)
    elif not wanted.leaders and not wanted.each_unit and not labels:
        problems["leaders"] = say("请填写要生成哪些票。")
    known = {paper.label for paper in valid} | {unit.name for unit in units}
    twice = [label for label in dict.fromkeys(labels) if label in known or labels.count(label) > 1]
    if twice:
        problems["others"] = say(
            "每个单位只有一张票。这些已有票、写了两次，或本来就是被考评科室：{units}。", units=twice
        )
    elif any(len(label) > LABEL_LENGTH for label in labels):
        problems["others"] = say("每行最多 {most} 字，请精简。", most=LABEL_LENGTH)
    elif len(labels) + wanted.leaders + len(units) + len(valid) > MOST_PAPERS:
        problems["others"] = say("一次测评最多 {most} 张票。", most=MOST_PAPERS)
    return problems


def _add(meeting: BallotMeeting, bench: Bench, label: str, unit_id: int | None) -> Slip:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        BallotPaper(
            meeting_id=meeting.id, bench=bench, label=label, appraisal_unit_id=unit_id, token_hash=_digest(token)
        )
    )
    return Slip(label, bench, token)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def renew(actor: Actor, at: datetime, appraisal_id: int, paper_id: int) -> Slip:
    """Make a lost paper void and return another in its place; raise MoveRefused, Forbidden, UnknownAppraisal."""
    found = ballots.convened(actor, appraisal_id)
    meeting = _taking_votes(found, at)
    paper = next((each for each in ballots.papers_of(meeting) if each.id == paper_id), None)
    if paper is None:
        raise queries.UnknownAppraisal(say("没有找到这张票。"))
    if paper.used:
        raise MoveRefused(say("这张票已经投出，不能补发。"))
    if paper.void:
        raise MoveRefused(say("这张票已经作废，补发的票在名单中另列。"))
    paper.void = True
    audit.record(actor, at, "renew_ballot", "appraisal", found.id, paper.label)
    return _add(meeting, Bench(paper.bench), paper.label, paper.appraisal_unit_id)


def _taking_votes(found: Appraisal, at: datetime) -> BallotMeeting:
    meeting = ballots.running(found.id)
    if at > meeting.closes_at:
        raise MoveRefused(say("投票时间已过，不能再生成或补发票。"))
    return meeting


# ---- casting


def ballot(token: str, at: datetime) -> Ballot:
    """Return what a paper shows; raise UnknownPaper, and MoveRefused where it cannot be used."""
    paper, meeting, found = _usable(token, at)
    units = queries.units(found)
    return Ballot(
        whose=head_of(found),
        bench=Bench(paper.bench),
        units=tuple(unit for unit in units if unit.id != paper.appraisal_unit_id),
        excluded=next((unit for unit in units if unit.id == paper.appraisal_unit_id), None),
        most=meeting.most,
        closes_at=meeting.closes_at,
    )


def cast(token: str, at: datetime, given: Mapping[int, str]) -> None:
    """Count a ballot once: add its points, by the unit's number in the year, to the sealed sums and mark the paper.

    Nothing else is stored, no row, no moment, nobody's name. Raise UnknownPaper, MoveRefused, EntryRefused; problems
    are by the unit's number.
    """
    paper, meeting, found = _usable(token, at, lock=True)
    bench, units = Bench(paper.bench), queries.units(found)
    allowed = {unit.id for unit in units if unit.id != paper.appraisal_unit_id}
    tenths = _tenths(given, allowed, meeting.most)
    box = ballots.opened(meeting)
    for unit_id, points in tenths.items():
        voted, total = box.setdefault(bench, {}).get(unit_id, (0, 0))
        box[bench][unit_id] = (voted + 1, total + points)
    _wipe_what_is_replaced()
    meeting.box = ballots.sealed(box, units)
    _mark_used(paper)


def _usable(token: str, at: datetime, lock: bool = False) -> tuple[BallotPaper, BallotMeeting, Appraisal]:
    wanted = select(BallotPaper).where(BallotPaper.token_hash == _digest(token))
    wanted = wanted.execution_options(populate_existing=True)
    paper = db.session.scalar(wanted)
    if paper is None:
        raise UnknownPaper
    if lock:
        meeting = ballots.locked_meeting(paper.meeting_id)
        paper = db.session.scalars(wanted).one()
    else:
        meeting = db.session.get_one(BallotMeeting, paper.meeting_id)
    found = db.session.get_one(Appraisal, meeting.appraisal_id)
    if paper.used:
        raise MoveRefused(say("这张票已经投过了。每张票只能投一次，投出后不能更改。"))
    if paper.void:
        raise MoveRefused(say("这张票已经作废。请用补发的那张票投票。"))
    if meeting.closed_at is not None or at > meeting.closes_at or found.stage not in ballots.STAGES:
        raise MoveRefused(say("投票已经截止，不能再投票。"))
    return paper, meeting, found


def _tenths(given: Mapping[int, str], allowed: set[int], most: int) -> dict[int, int]:
    """Return the points of a ballot in tenths; a blank abstains. Raise EntryRefused."""
    typed = {unit_id: points.strip() for unit_id, points in given.items() if points.strip()}
    if typed.keys() - allowed:
        raise EntryRefused({"": say("票上没有这个科室，或这是本科室：不能给本科室打分。")})
    if not typed:
        raise EntryRefused({"": say("请至少给一个科室打分。不打分的科室按弃权处理。")})
    found: dict[int, int] = {}
    problems: dict[str, str] = {}
    for unit_id, points in typed.items():
        read = _POINTS.fullmatch(half_width(points))
        value = int(read[1]) * TENTHS + int(read[2] or 0) if read else -1
        if 0 <= value <= most * TENTHS:
            found[unit_id] = value
        else:
            problems[str(unit_id)] = say("请填 0 至 {most} 的分数，最多一位小数；弃权的留空。", most=most)
    if problems:
        raise EntryRefused(problems)
    return found


def _mark_used(paper: BallotPaper) -> None:
    """Mark a paper, and write every paper of the meeting anew with it.

    Rows that are written one by one keep the order of the votes in their versions and, on PostgreSQL, in xmin.
    """
    marked = update(BallotPaper).where(BallotPaper.meeting_id == paper.meeting_id)
    marked = marked.values(used=or_(BallotPaper.used, BallotPaper.id == paper.id), version=BallotPaper.version + 1)
    db.session.execute(marked, execution_options={"synchronize_session": False})


# ---- what a disk remembers


def _wipe_what_is_replaced() -> None:
    """Let SQLite overwrite the former box with zeros; PostgreSQL keeps it until a vacuum (docs/ballots.md)."""
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(text("PRAGMA secure_delete=ON"))


def forget_former_boxes() -> None:
    """Empty SQLite's log, which else holds every box since its last turn; for after the transaction, best effort."""
    engine = db.engine
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={READERS_WAITED_FOR}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={patience}")
    finally:
        connection.close()
