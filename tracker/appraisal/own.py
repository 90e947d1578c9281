"""A unit's own appraisal of its year (l.37): what it gives itself and why, its summary, its material for the city."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from tracker.appraisal import entries, queries
from tracker.appraisal.altered import own_items, settings_in_force
from tracker.appraisal.models import Appraisal, AppraisalSelfScore, AppraisalUnit
from tracker.appraisal.queries import UnitSheet
from tracker.db import db
from tracker.rules.appraisal.points import Result
from tracker.rules.appraisal.scheme import Item, Section
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Actor
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

LONGEST_NOTE = 500
LONGEST_TEXT = 5000


@dataclass(frozen=True)
class OwnPoints:
    """What a unit gives itself for an item, and why; None while it has not said."""

    points: Decimal | None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was said."""
        return self.points is None and not self.note


@dataclass(frozen=True)
class Written:
    """What a unit writes; `points` go by the item's code, `seen` is the version that it had before it.

    `unread` are messages by field of what could not be read: they are told with the rest, and nothing is kept.
    """

    summary: str
    city_material: str
    seen: int
    points: Mapping[str, OwnPoints] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


class OwnRefused(ValueError):
    """Something that cannot be kept or handed in; `problems` are messages by field: summary, points-W1-1, note-W1-1."""

    def __init__(self, problems: dict[str, str]) -> None:
        """Keep the messages."""
        super().__init__("；".join(map(str, problems.values())))
        self.problems = problems


class Overtaken(Exception):
    """Somebody else of the unit saved meanwhile."""


def missing(appraisal_id: int) -> list[str]:
    """Return the names of the units of a year that have not handed their year in, whoever asks. One query."""
    wanted = select(AppraisalUnit.name).where(
        AppraisalUnit.appraisal_id == appraisal_id, AppraisalUnit.submitted_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(AppraisalUnit.position)))


def items(sheet: UnitSheet) -> tuple[Result, ...]:
    """Return what each item that a unit appraises itself by came to so far: its own sheet and the team's."""
    return (*sheet.year.work, *sheet.year.team)


def stands(sheet: UnitSheet) -> Written:
    """Return what a unit wrote last."""
    said = {code: OwnPoints(row.points, row.note) for code, row in sheet.self_scores.items()}
    return Written(sheet.unit.summary, sheet.unit.city_material, sheet.unit.version, said)


# ---- writing


def save(actor: Actor, at: datetime, appraisal_id: int, unit_id: int, written: Written) -> None:
    """Keep what a unit writes; it is not handed in. Raise OwnRefused, Overtaken, MoveRefused, Forbidden."""
    unit = _keep(actor, at, appraisal_id, unit_id, written)
    entries.put_on_record(actor, at, "save_own_appraisal", unit, _told(written))


def submit(actor: Actor, at: datetime, appraisal_id: int, unit_id: int, written: Written) -> None:
    """Keep what a unit writes and hand it in; raise OwnRefused where something is missing, and as `save`."""
    unit = _keep(actor, at, appraisal_id, unit_id, written, whole=True)
    unit.submitted_at, unit.submitted_on, unit.submitted_by = at, at.date(), actor.name
    entries.put_on_record(actor, at, "submit_own_appraisal", unit, _told(written))


def recall(actor: Actor, at: datetime, appraisal_id: int, unit_id: int) -> None:
    """Take back what was handed in, while the year is open; raise MoveRefused, Forbidden, UnknownAppraisal."""
    _, unit = _writable(actor, appraisal_id, unit_id)
    if unit.submitted_at is None:
        raise MoveRefused(say("自评还没有提交，不用撤回。"))
    unit.submitted_at, unit.submitted_on, unit.submitted_by = None, None, ""
    entries.put_on_record(actor, at, "recall_own_appraisal", unit, unit.name)


def _writable(actor: Actor, appraisal_id: int, unit_id: int) -> tuple[Appraisal, AppraisalUnit]:
    found = entries.locked(actor, appraisal_id)
    unit = entries.unit_of(found, unit_id)
    entries.require_own(actor, unit)
    entries.require_stage(found, Stage.OPEN)
    return found, unit


def _keep(
    actor: Actor, at: datetime, appraisal_id: int, unit_id: int, written: Written, *, whole: bool = False
) -> AppraisalUnit:
    found, unit = _writable(actor, appraisal_id, unit_id)
    if unit.submitted_at is not None:
        raise MoveRefused(say("自评已由{who}提交。要修改，请先撤回。", who=unit.submitted_by))
    known_items = _items(found, unit)
    problems = (_missing(known_items, written) if whole else {}) | _problems(known_items, written)
    problems |= written.unread
    if problems:
        raise OwnRefused(problems)
    if unit.version != written.seen:
        raise Overtaken
    unit.summary, unit.city_material = written.summary, written.city_material
    # Points stand in rows of their own: the version counts every save, also one that changes them alone.
    flag_modified(unit, "summary")
    _keep_points(actor, at, unit, known_items, written)
    return unit


def _keep_points(
    actor: Actor, at: datetime, unit: AppraisalUnit, known_items: tuple[Item, ...], written: Written
) -> None:
    of_unit = select(AppraisalSelfScore).where(AppraisalSelfScore.appraisal_unit_id == unit.id)
    stored = {row.item: row for row in db.session.scalars(of_unit)}
    for item in known_items:
        said, row = written.points.get(item.code, OwnPoints(None)), stored.get(item.code)
        if said.points is None:
            if row is not None:
                db.session.delete(row)
            continue
        if row is None:
            row = AppraisalSelfScore(appraisal_unit_id=unit.id, item=item.code)
            db.session.add(row)
        elif (row.points, row.note) == (said.points, said.note):
            continue
        row.points, row.note, row.at, row.actor_name = said.points, said.note, at, actor.name


def _items(found: Appraisal, unit: AppraisalUnit) -> tuple[Item, ...]:
    known = queries.scheme_of(found)
    own = own_items(known, unit.name, settings_in_force(queries.decisions(found), known))
    return (*own, *(item for sheet in known.scheme.of_section(Section.TEAM) for item in sheet.items))


def _problems(known_items: tuple[Item, ...], written: Written) -> dict[str, str]:
    """Return what cannot even be kept as a draft."""
    problems: dict[str, str] = {}
    for name, text in (("summary", written.summary), ("city_material", written.city_material)):
        if len(text) > LONGEST_TEXT:
            problems[name] = say("最多 {most} 字，现有 {found} 字，请精简。", most=LONGEST_TEXT, found=len(text))
    for item in known_items:
        said, most = written.points.get(item.code, OwnPoints(None)), item.points or Decimal(0)
        if said.points is None and said.note:
            problems[f"points-{item.code}"] = say("请先填自评分，说明才能一起保存。")
        elif said.points is not None and (not 0 <= said.points <= most or said.points != round(said.points, 2)):
            problems[f"points-{item.code}"] = say("自评分应在 0 与 {most} 之间，最多两位小数。", most=f"{most:f}")
        if len(said.note) > LONGEST_NOTE:
            problems[f"note-{item.code}"] = say(
                "最多 {most} 字，现有 {found} 字，请精简。", most=LONGEST_NOTE, found=len(said.note)
            )
    return problems


def _missing(known_items: tuple[Item, ...], written: Written) -> dict[str, str]:
    """Return what is still to be written before the year can be handed in."""
    problems: dict[str, str] = {}
    for item in known_items:
        said = written.points.get(item.code, OwnPoints(None))
        if said.points is None:
            problems[f"points-{item.code}"] = say("提交前请填自评分。")
        elif not said.note and said.points != item.points:
            problems[f"note-{item.code}"] = say("没有给满分的，提交前请写明理由。")
    if not written.summary:
        problems["summary"] = say("提交前请写全年工作总结。")
    if not written.city_material:
        problems["city_material"] = say("提交前请填写考核上报材料；没有要上报的，写明“无”。")
    return problems


def _told(written: Written) -> str:
    given = [f"{code} {said.points:f}" for code, said in sorted(written.points.items()) if said.points is not None]
    return "、".join(given) or "—"
