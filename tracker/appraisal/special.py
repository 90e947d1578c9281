"""Special work: a unit applies with the form of annex 4, somebody judges it within its band, annex 2 is evidence."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from unicodedata import normalize

from sqlalchemy import select

from tracker.appraisal import entries, files
from tracker.appraisal.files import Proof
from tracker.appraisal.models import (
    Appraisal,
    AppraisalEntry,
    AppraisalFile,
    AppraisalUnit,
    SpecialApplication,
    SpecialJudgement,
)
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import db
from tracker.people.account_details import phone_problem
from tracker.rules.appraisal import special
from tracker.rules.appraisal.special import LENGTHS, OutsideTheBand
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Actor
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

NO_SUCH = say("没有找到这份申报，或者您看不到它。")
STANDS = SpecialApplication.withdrawn_at.is_(None)
WAITS = SpecialApplication.judged_at.is_(None)
MOST = {"title": 120, **LENGTHS, "contact": 60, "phone": 40}
"""The most characters of each field: those of annex 4 where it says so."""

LONGEST_REASON = 500


@dataclass(frozen=True)
class Applying:
    """What a unit writes in the form of annex 4; 申报单位 is the unit itself."""

    title: str
    idea: str
    contents: str
    results: str
    contact: str
    phone: str


@dataclass(frozen=True)
class Judging:
    """What somebody judges: whether the city gave points, by what proof, how many points, and why."""

    recognised: bool | None
    points: Decimal | None
    reason: str
    proof: str = ""


class ApplicationRefused(ValueError):
    """Something that cannot be taken; `problems` are messages by field, `twin` is the application of the same title."""

    def __init__(self, problems: dict[str, str], twin: int | None = None) -> None:
        """Keep the messages."""
        super().__init__("；".join(map(str, problems.values())))
        self.problems = problems
        self.twin = twin


class Overtaken(Exception):
    """The application is not the one that the person had before them."""


# ---- applying


def apply(actor: Actor, at: datetime, appraisal_id: int, unit_id: int, wanted: Applying) -> SpecialApplication:
    """Apply for special work; raise ApplicationRefused, MoveRefused, Forbidden, UnknownAppraisal."""
    found = entries.locked(actor, appraisal_id)
    unit = entries.unit_of(found, unit_id)
    entries.require_own(actor, unit)
    entries.require_stage(found, Stage.OPEN)
    values = _checked(unit, wanted)
    row = SpecialApplication(appraisal_unit_id=unit.id, filed_at=at, filed_by=actor.name, **values)
    db.session.add(row)
    db.session.flush()  # its number goes on record
    entries.put_on_record(actor, at, "apply_special", unit, f"#{row.id} {row.title}")
    return row


def change(
    actor: Actor, at: datetime, appraisal_id: int, application_id: int, wanted: Applying, seen: int
) -> SpecialApplication:
    """Write an application anew until it is judged; raise as `apply`, and Overtaken."""
    row, unit = _own(actor, appraisal_id, application_id)
    if row.version != seen:
        raise Overtaken
    for name, value in _checked(unit, wanted, row.id).items():
        setattr(row, name, value)
    entries.put_on_record(actor, at, "change_special", unit, f"#{row.id} {row.title}")
    return row


def withdraw(actor: Actor, at: datetime, appraisal_id: int, application_id: int) -> None:
    """Take an application back until it is judged; what was recorded as its evidence counts no more either."""
    row, unit = _own(actor, appraisal_id, application_id)
    row.withdrawn_at = at
    for entry in _standing(row.id):
        entries.add_reversal(actor, at, entry, unit, "申报已由科室撤回。")
    entries.put_on_record(actor, at, "withdraw_special", unit, f"#{row.id} {row.title}")


def attach(actor: Actor, at: datetime, appraisal_id: int, application_id: int, proof: Proof) -> bool:
    """Add a page (附页) or a proof to an application until it is judged; tell whether it was new there."""
    row, unit = _own(actor, appraisal_id, application_id)
    return files.attach(actor, at, appraisal_id, unit.id, proof, application_id=row.id)


def withdraw_file(actor: Actor, at: datetime, appraisal_id: int, application_id: int, file_id: int) -> str:
    """Take a page or a proof off an application until it is judged, and return its name."""
    row, unit = _own(actor, appraisal_id, application_id)
    return files.withdraw(actor, at, appraisal_id, unit.id, file_id, application_id=row.id)


def _own(actor: Actor, appraisal_id: int, application_id: int) -> tuple[SpecialApplication, AppraisalUnit]:
    found = entries.locked(actor, appraisal_id)
    row, unit = _row(found, application_id)
    entries.require_own(actor, unit)
    entries.require_stage(found, Stage.OPEN)
    _require_standing(row)
    if row.judged_at is not None:
        raise MoveRefused(say("这份申报已由{who}评定，不能再改。", who=row.judged_by))
    return row, unit


def _row(found: Appraisal, application_id: int) -> tuple[SpecialApplication, AppraisalUnit]:
    row = db.session.execute(
        select(SpecialApplication, AppraisalUnit)
        .join(AppraisalUnit, AppraisalUnit.id == SpecialApplication.appraisal_unit_id)
        .where(SpecialApplication.id == application_id, AppraisalUnit.appraisal_id == found.id)
    ).one_or_none()
    if row is None:
        raise UnknownAppraisal(NO_SUCH)
    return row[0], row[1]


def _require_standing(row: SpecialApplication) -> None:
    if row.withdrawn_at is not None:
        raise MoveRefused(say("这份申报已经撤回。"))


def _standing(application_id: int) -> list[AppraisalEntry]:
    """Return the evidence of an application that nobody took back."""
    of_it = AppraisalEntry.application_id == application_id
    reversed_ones = select(AppraisalEntry.reverses_id).where(of_it, AppraisalEntry.reverses_id.is_not(None))
    wanted = select(AppraisalEntry).where(
        of_it, AppraisalEntry.reverses_id.is_(None), AppraisalEntry.id.not_in(reversed_ones)
    )
    return list(db.session.scalars(wanted.order_by(AppraisalEntry.id)))


def written(text: str) -> str:
    """Return a text as it is counted and kept: a line's end is one character, blanks around it none."""
    return "\n".join(text.strip().splitlines())


def _checked(unit: AppraisalUnit, wanted: Applying, own: int | None = None) -> dict[str, str]:
    """Return what was written, as it is kept; raise ApplicationRefused. `own` is the application that is changed."""
    values = {name: written(getattr(wanted, name)) for name in MOST}
    problems: dict[str, str] = {}
    for name, value in values.items():
        if not value:
            problems[name] = say("请填写。申报表各栏都要填。")
        elif len(value) > MOST[name]:
            problems[name] = say("最多 {most} 字，现有 {found} 字，请精简。", most=MOST[name], found=len(value))
    if "phone" not in problems and (wrong := phone_problem(values["phone"])):
        problems["phone"] = wrong
    twin = _twin(unit, values["title"], own)
    if twin is not None:
        told = say("本科室已申报过同名的特色工作。同一件的不用再报；确是另一件的，请换一个名称。")
        problems = {"title": told} | problems
    if problems:
        raise ApplicationRefused(problems, twin)
    return values


def _twin(unit: AppraisalUnit, title: str, own: int | None) -> int | None:
    """Return the standing application of a unit with the same title, whatever its blanks and the width of its signs."""
    of_unit = select(SpecialApplication.id, SpecialApplication.title).where(
        SpecialApplication.appraisal_unit_id == unit.id, STANDS
    )
    others = (row for row in db.session.execute(of_unit.order_by(SpecialApplication.id)) if row.id != own)
    return next((row.id for row in others if _plain(row.title) == _plain(title)), None)


def _plain(title: str) -> str:
    return "".join(normalize("NFKC", title).casefold().split())


# ---- judging


def judge(
    actor: Actor, at: datetime, appraisal_id: int, application_id: int, wanted: Judging, seen: int
) -> SpecialApplication:
    """Judge an application within its band; a judgement that stands goes on record with the one that replaces it.

    Raise ApplicationRefused, Overtaken, MoveRefused, Forbidden, UnknownAppraisal.
    """
    found = entries.locked(actor, appraisal_id)
    row, unit = _row(found, application_id)
    entries.require_appraiser(actor, found, unit)
    entries.require_stage(found, Stage.OPEN)
    _require_standing(row)
    if row.version != seen:
        raise Overtaken
    standing = select(AppraisalFile.id).where(AppraisalFile.application_id == row.id, files.STANDS)
    has_files = db.session.scalar(standing.limit(1))
    recognised, judged, reason = _judgement(wanted, has_files is not None)
    former = _told(row) if row.judged_at is not None else ""
    row.recognised, row.points, row.judgement = recognised, judged, reason
    row.judged_at, row.judged_by = at, actor.name
    db.session.add(
        SpecialJudgement(
            application_id=row.id, recognised=recognised, points=judged, reason=reason, at=at, actor_name=actor.name
        )
    )
    words = f"#{row.id} {row.title}：{_told(row)}" + (f"；原为 {former}" if former else "")
    entries.put_on_record(actor, at, "judge_special", unit, words)
    return row


def _told(row: SpecialApplication) -> str:
    """Tell a judgement for the record: the audit trail speaks Chinese."""
    return f"{'获得' if row.recognised else '未获得'}市局加分，{row.points:f} 分，{row.judgement}（{row.judged_by}）"


def _judgement(wanted: Judging, has_files: bool) -> tuple[bool, Decimal, str]:
    problems: dict[str, str] = {}
    reason, proof = wanted.reason.strip(), wanted.proof.strip()
    if wanted.recognised is None:
        problems["recognised"] = say("请选择是否获得市局加分。")
    elif wanted.recognised and not proof and not has_files:
        problems["proof"] = say("获得市局加分的，请写明凭据：文号、通报名称，或由申报科室上传凭据文件。")
    if wanted.points is None or wanted.points != round(wanted.points, 2):
        problems["points"] = say("请填分数，最多两位小数。")
    elif wanted.recognised is not None:
        try:
            special.check(wanted.points, wanted.recognised)
        except OutsideTheBand as refused:
            problems["points"] = str(refused)
    whole = f"{reason}（凭据：{proof}）" if proof and reason else reason
    if not reason:
        problems["reason"] = say("请写明评分的理由。")
    elif len(whole) > LONGEST_REASON:
        problems["reason"] = say(
            "理由连同凭据最多 {most} 字，现有 {found} 字，请精简。", most=LONGEST_REASON, found=len(whole)
        )
    if problems or wanted.recognised is None or wanted.points is None:
        raise ApplicationRefused(problems)
    return wanted.recognised, wanted.points, whole


# ---- what is left


class Waiting(NamedTuple):
    """An application that nobody judged yet."""

    id: int
    unit: str
    title: str


def unjudged(appraisal_id: int) -> list[Waiting]:
    """Return the applications of a year that nobody judged or took back, whoever asks. One query."""
    rows = db.session.execute(
        select(SpecialApplication.id, AppraisalUnit.name, SpecialApplication.title)
        .join(AppraisalUnit, AppraisalUnit.id == SpecialApplication.appraisal_unit_id)
        .where(AppraisalUnit.appraisal_id == appraisal_id, STANDS, WAITS)
        .order_by(AppraisalUnit.position, SpecialApplication.id)
    )
    return [Waiting(*row) for row in rows]
