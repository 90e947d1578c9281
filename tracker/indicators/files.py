"""Files that prove a unit's answers: attached to an indicator, taken off again, fetched within one's scope."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.indicators import answering
from tracker.indicators.forms import form_names, known_form
from tracker.indicators.models import IndicatorFile, Round, RoundUnit
from tracker.indicators.queries import Sheet, UnknownRound
from tracker.rules.indicators.terms import Link
from tracker.rules.permissions import Action, Actor, Scope, require
from tracker.rules.words import say
from tracker.storage import Kept

NO_SUCH = say("没有找到这个文件，可能刚被移去。请刷新页面。")


@dataclass(frozen=True)
class Proof:
    """A file to be attached: its name, what is stored of it, and the evidence of a task that it is, if it is one."""

    name: str
    kept: Kept
    evidence_id: int | None = None


def links(sheet: Sheet, number: int) -> list[Link]:
    """Return the tasks to which an indicator belongs (C-02)."""
    return [link for link in sheet.known.terms.links if number in link.indicators]


def related(sheet: Sheet, number: int) -> list[int]:
    """Return the other indicators of the same tasks, in their order."""
    numbers = {other for link in links(sheet, number) for other in link.indicators}
    return sorted(numbers - {number})


def attached(sheet: Sheet, number: int) -> list[IndicatorFile]:
    """Return the files that prove an indicator of a unit. One query."""
    wanted = select(IndicatorFile).where(IndicatorFile.round_unit_id == sheet.id, IndicatorFile.indicator == number)
    return list(db.session.scalars(wanted.order_by(IndicatorFile.id)))


def counts(sheet: Sheet) -> dict[int, int]:
    """Return how many files each indicator of a unit has. One query."""
    wanted = select(IndicatorFile.indicator, func.count().label("number")).where(
        IndicatorFile.round_unit_id == sheet.id
    )
    return {row.indicator: row.number for row in db.session.execute(wanted.group_by(IndicatorFile.indicator))}


@dataclass(frozen=True)
class GivenFile:
    """A file that a unit gave for an indicator in a round, with the round's title, by whom and when."""

    id: int
    indicator: int
    title: str
    name: str
    sha256: str
    size: int
    evidence_id: int | None
    by: str
    at: datetime


def elsewhere(sheet: Sheet, number: int, have: Collection[str]) -> list[GivenFile]:
    """Return what a unit gave for indicators of the same tasks in any round of this form, but for what it `have`s here.

    A file that proves several of them comes once. One query.
    """
    return _given(sheet.unit_id, {sheet.round.form: [number, *related(sheet, number)]}, have)


def of_task(unit_id: int, doc_number: str, task: str, have: Collection[str] = ()) -> list[GivenFile]:
    """Return what a unit gave for the indicators of a task in any round (C-02), but for what it `have`s there.

    A file that proves several of them comes once. One query, and none where no indicator belongs to the task.
    """
    indicators: dict[str, list[int]] = {}
    for name in form_names():
        for link in known_form(name).terms.links:
            if (link.doc_number, link.task) == (doc_number, task):
                indicators.setdefault(name, []).extend(link.indicators)
    return _given(unit_id, indicators, have) if indicators else []


def _given(unit_id: int, indicators: Mapping[str, Collection[int]], have: Collection[str]) -> list[GivenFile]:
    """Return what a unit gave for indicators, named by their forms, the newest first."""
    asked = [and_(Round.form == form, IndicatorFile.indicator.in_(numbers)) for form, numbers in indicators.items()]
    wanted = (
        select(IndicatorFile, Round.title)
        .join(RoundUnit, RoundUnit.id == IndicatorFile.round_unit_id)
        .join(Round, Round.id == RoundUnit.round_id)
        .where(RoundUnit.unit_id == unit_id, or_(*asked))
        .order_by(IndicatorFile.id.desc())
    )
    found: dict[str, GivenFile] = {}
    for row, title in db.session.execute(wanted):
        if row.sha256 not in have:
            what = (row.id, row.indicator, title, row.name, row.sha256, row.size, row.evidence_id)
            found.setdefault(row.sha256, GivenFile(*what, row.uploaded_by, row.uploaded_at))
    return list(found.values())


def attach(actor: Actor, at: datetime, round_id: int, unit_id: int, number: int, proof: Proof) -> bool:
    """Attach a file to an indicator; tell whether it was new there. Raise UnknownRound and as `answering.save` does."""
    found, own = answering.writable(actor, at, round_id, unit_id)
    if number not in {indicator.number for indicator in found.known.form.indicators}:
        raise UnknownRound(say("这份指标表没有这项指标。"))
    if proof.kept.sha256 in {each.sha256 for each in attached(found, number)}:
        return False
    db.session.add(
        IndicatorFile(
            round_unit_id=own.id,
            indicator=number,
            name=proof.name,
            sha256=proof.kept.sha256,
            size=proof.kept.size,
            evidence_id=proof.evidence_id,
            uploaded_by=actor.name,
            uploaded_at=at,
        )
    )
    _record(actor, at, "attach_indicator_file", found, f"I{number:03}：{proof.name} {proof.kept.sha256}")
    return True


def remove(actor: Actor, at: datetime, round_id: int, unit_id: int, file_id: int) -> int:
    """Take a file off an indicator, and return the indicator's number; a task's evidence stays where it is."""
    found, own = answering.writable(actor, at, round_id, unit_id)
    row = db.session.scalar(
        select(IndicatorFile).where(IndicatorFile.id == file_id, IndicatorFile.round_unit_id == own.id)
    )
    if row is None:
        raise UnknownRound(NO_SUCH)
    db.session.delete(row)
    _record(actor, at, "remove_indicator_file", found, f"I{row.indicator:03}：{row.name} {row.sha256}")
    return row.indicator


def download(actor: Actor, file_id: int) -> tuple[str, str]:
    """Return a file's name and hash; raise UnknownRound where the person may not see its unit's answers."""
    require(actor, Action.VIEW_INDICATORS)
    wanted = (
        select(IndicatorFile.name, IndicatorFile.sha256)
        .join(RoundUnit, RoundUnit.id == IndicatorFile.round_unit_id)
        .where(IndicatorFile.id == file_id)
    )
    if actor.reach(Action.VIEW_INDICATORS) is not Scope.ALL:
        wanted = wanted.where(RoundUnit.unit_id == actor.district_id)
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise UnknownRound(NO_SUCH)
    return row.name, row.sha256


def _record(actor: Actor, at: datetime, act: str, found: Sheet, words: str) -> None:
    detail = f"{found.round.title}；{words}"
    audit.record(actor, at, act, "indicator_round", found.round.id, detail, about_unit=found.unit_id)
