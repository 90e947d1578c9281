"""Record what counts in a unit's year, take it back by another row, and let the unit answer. Nothing is ever edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from tracker.appraisal import mirrors, queries
from tracker.appraisal.altered import own_items, settings_in_force
from tracker.appraisal.models import Appraisal, AppraisalAnswer, AppraisalEntry, AppraisalUnit, SpecialApplication
from tracker.appraisal.queries import UnitSheet, UnknownAppraisal
from tracker.appraisal.schemes import KnownScheme
from tracker.audit import operations as audit
from tracker.db import db
from tracker.rules.appraisal.points import Entry, misfits
from tracker.rules.appraisal.scheme import Clause, Item, Kind, Section
from tracker.rules.appraisal.steps import Part, Stage, may_appraise
from tracker.rules.appraisal.year import sheet_of
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

LONGEST_NOTE = 500
LINE_LENGTH = 60


@dataclass(frozen=True)
class Recording:
    """What is to be recorded of a unit, under a clause or as the total of an item (X2-06).

    `day` is when it happened; `count` None where nobody said how many; `line` the section that answers for it where
    another pays (R2-08); `unread` are messages by field of what could not be read, which are told with the rest:
    whatever stands there meanwhile is not recorded.
    """

    code: str
    day: date
    note: str
    count: int | None = 1
    place: int | None = None
    points: Decimal | None = None
    line: str = ""
    application_id: int | None = None
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many are recorded: once, of what is not counted."""
        return 1 if self.count is None else self.count


class EntryRefused(ValueError):
    """An entry that cannot be; `problems` are messages by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        """Keep the messages."""
        super().__init__("；".join(map(str, problems.values())))
        self.problems = problems


# ---- the year and the unit


def locked(actor: Actor, appraisal_id: int) -> Appraisal:
    """Return a year that the person sees, so that nobody compiles it before the transaction ends."""
    queries.appraisal_of(actor, appraisal_id)
    wanted = select(Appraisal).where(Appraisal.id == appraisal_id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def require_stage(found: Appraisal, *stages: Stage) -> None:
    """Raise MoveRefused unless a year is at one of the stages."""
    if found.stage in stages:
        return
    if found.stage == Stage.OPEN:
        raise MoveRefused(say("考评还没有汇总，现在不能这样办。"))
    if found.stage == Stage.COMPILED:
        raise MoveRefused(say("考评已经汇总，等领导小组审定。要再登记或修改，请领导小组先退回汇总。"))
    raise MoveRefused(say("考评结果已经审定，不能再改。登记有误的，请领导小组重新审定。"))


def unit_of(found: Appraisal, unit_id: int) -> AppraisalUnit:
    """Return a unit of a year by its number there; raise UnknownAppraisal."""
    unit = db.session.scalar(
        select(AppraisalUnit).where(AppraisalUnit.id == unit_id, AppraisalUnit.appraisal_id == found.id)
    )
    if unit is None:
        raise UnknownAppraisal(say("没有找到这个科室的考评，或者您看不到它。"))
    return unit


def require_appraiser(actor: Actor, found: Appraisal, unit: AppraisalUnit) -> None:
    """Raise Forbidden unless the person may record and judge for a unit (R2-06)."""
    require(actor, Action.APPRAISE)
    part = queries.part_of(actor, found)
    if may_appraise(part, own_unit=unit.unit_id == actor.unit_id):
        return
    if part is Part.COMPILER:
        raise Forbidden(say("本科室的考评由考评领导小组评定，不能由本科室登记。"))
    raise Forbidden(say("考评登记由负责汇总的科室办理。您可以对本科室的登记作答复或提出异议。"))


def require_own(actor: Actor, unit: AppraisalUnit) -> None:
    """Raise Forbidden unless the unit is the person's own."""
    require(actor, Action.ANSWER_APPRAISAL)
    if unit.unit_id != actor.unit_id:
        raise Forbidden(say("只能由该科室自己办理。"))


# ---- recording


def items_of(found: Appraisal, known: KnownScheme, unit: AppraisalUnit) -> tuple[Item, ...]:
    """Return the items under which something can be recorded of a unit, special work included."""
    settings = settings_in_force(queries.decisions(found), known)
    common = [
        item
        for section in (Section.TEAM, Section.SPECIAL, Section.BOTTOM_LINE)
        for sheet in known.scheme.of_section(section)
        for item in sheet.items
    ]
    return (*own_items(known, unit.name, settings), *common)


def sharing(sheet: UnitSheet) -> tuple[AppraisalUnit, ...]:
    """Return the other units of a year that are appraised by a unit's own sheet, unless that was split (X2-05).

    One query where the sheet is shared, else none.
    """
    terms = sheet.known.terms
    own = sheet_of(sheet.known.scheme, terms, sheet.unit.name)
    if own is None or len(own.units) == 1 or own.code in sheet.settings.split:
        return ()
    units = queries.units(sheet.appraisal)
    return tuple(unit for unit in units if unit.id != sheet.unit.id and terms.unit(unit.name) in own.units)


def record(actor: Actor, at: datetime, appraisal_id: int, unit_id: int, wanted: Recording) -> AppraisalEntry:
    """Record something of a unit; raise EntryRefused, MoveRefused, Forbidden, UnknownAppraisal."""
    found = locked(actor, appraisal_id)
    unit = unit_of(found, unit_id)
    require_appraiser(actor, found, unit)
    require_stage(found, Stage.OPEN)
    known = queries.scheme_of(found)
    problems = _problems(found, known, unit, wanted, at.date()) or _twin_problems(unit, wanted)
    if problems:
        raise EntryRefused(problems)
    row = AppraisalEntry(
        appraisal_unit_id=unit.id,
        code=wanted.code,
        count=wanted.cases,
        place=wanted.place,
        points=wanted.points,
        day=wanted.day,
        note=wanted.note.strip(),
        line=wanted.line.strip(),
        application_id=wanted.application_id,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()  # files and the record name it
    put_on_record(actor, at, "record_appraisal", unit, f"{_told(row)}；{row.note}")
    return row


def _problems(
    found: Appraisal, known: KnownScheme, unit: AppraisalUnit, wanted: Recording, today: date
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not found.starts_on <= wanted.day <= found.ends_on:
        first, last = found.starts_on, found.ends_on
        problems["day"] = say("日期应在考评周期内：{first:long} 至 {last:long}。", first=first, last=last)
    elif wanted.day > today:
        problems["day"] = say("这一天还没有到，今天是{today:long}。请填已经发生的日期。", today=today)
    if not wanted.note.strip():
        problems["note"] = say("请写明事由：发生了什么，根据什么。")
    elif len(wanted.note.strip()) > LONGEST_NOTE:
        problems["note"] = say("最多 {most} 字，请精简。", most=LONGEST_NOTE)
    if len(wanted.line.strip()) > LINE_LENGTH:
        problems["line"] = say("最多 {most} 字，请精简。", most=LINE_LENGTH)
    problems |= _code_problems(found, known, unit, wanted) | _application_problems(unit, wanted)
    return problems | _count_problems(known, unit, wanted) | dict(wanted.unread)


def _code_problems(found: Appraisal, known: KnownScheme, unit: AppraisalUnit, wanted: Recording) -> dict[str, str]:
    items = items_of(found, known, unit)
    total = next((item for item in items if item.code == wanted.code), None)
    if total is not None and total.code in known.terms.totals_entered:
        return _total_problems(total, wanted)
    clause = next((each for item in items for each in item.clauses if each.code == wanted.code), None)
    if clause is None:
        return {"code": say("请选择一条适用于该科室的条款。")}
    item = next(each for each in items if clause in each.clauses)
    closed = _closed(found, known, clause)
    if closed:
        return {"code": closed}
    entry = Entry(wanted.code, wanted.cases, wanted.place, wanted.points)
    return _left_empty(clause, wanted) | _beyond(known, item, clause, wanted) | misfits(clause, entry)


def _left_empty(clause: Clause, wanted: Recording) -> dict[str, str]:
    """Ask how many, where a clause counts them: whoever left that empty did not say one."""
    if wanted.count is not None or not clause.unit or clause.kind is Kind.EXT:
        return {}
    return {"count": say("这一条按{unit}计，请填数量。", unit=clause.unit)}


def _total_problems(item: Item, wanted: Recording) -> dict[str, str]:
    """Refuse what is no total of an item: it has points, and neither a count nor a place."""
    problems: dict[str, str] = {}
    if wanted.cases != 1:
        problems["count"] = say("这一条不按次数计，只计一次。")
    if wanted.place is not None:
        problems["place"] = say("这一条不按名次计，请留空。")
    most = item.points or Decimal(0)
    if wanted.points is None or not 0 <= wanted.points <= most:
        problems["points"] = say("请填总分，0 至 {most}。", most=f"{most:f}")
    return problems


def _beyond(known: KnownScheme, item: Item, clause: Clause, wanted: Recording) -> dict[str, str]:
    """Refuse more than there is: points over those of the item, a place behind the last of all rankings."""
    last = max((places.last for _, _, each in known.scheme.clauses() for places in each.places), default=0)
    if wanted.place is not None and wanted.place > last:
        return {"place": say("请填名次，1 至 {last} 的整数。", last=last)}
    most = item.points if clause.kind is Kind.CONV else clause.points if clause.kind is Kind.EXT else None
    if most is not None and wanted.points is not None and wanted.points > most and not clause.unit:
        return {"points": say("这一条最多 {most} 分。", most=f"{most:f}")}
    return {}


def _closed(found: Appraisal, known: KnownScheme, clause: Clause) -> str:
    """Say why nobody records a clause by hand; nothing where it is open."""
    settings = settings_in_force(queries.decisions(found), known)
    disabled = next((each for each in known.terms.disabled if each.clause == clause.code), None)
    if disabled is not None and clause.code not in settings.enabled:
        return say("这一条已停用：{reason}", reason=disabled.reason)
    mirror = mirrors.is_mirrored(known.terms.mirrors, clause.code)
    if mirror is not None:
        return say("这一条由本区在 {doc} 的得分自动带出，不用登记。", doc=mirror.doc_number)
    return ""


def _twin_problems(unit: AppraisalUnit, wanted: Recording) -> dict[str, str]:
    """Refuse the very same as is on record: a second click, or a second run, takes no points twice."""
    undone = select(AppraisalEntry.reverses_id).where(AppraisalEntry.reverses_id.is_not(None))
    alike = select(AppraisalEntry).where(
        AppraisalEntry.appraisal_unit_id == unit.id,
        AppraisalEntry.code == wanted.code,
        AppraisalEntry.day == wanted.day,
        AppraisalEntry.reverses_id.is_(None),
        AppraisalEntry.id.not_in(undone),
    )
    told = (wanted.note.strip(), wanted.cases, wanted.place, wanted.points, wanted.application_id)
    for row in db.session.scalars(alike):
        if told == (row.note, row.count, row.place, row.points, row.application_id):
            who = row.actor_name
            return {"note": say("{who}已登记过同样的一条。确是另一件的，请在事由里写清区别。", who=who)}
    return {}


def _application_problems(unit: AppraisalUnit, wanted: Recording) -> dict[str, str]:
    special = wanted.code.startswith("F-")
    if not special and wanted.application_id is None:
        return {}
    own = wanted.application_id is not None and db.session.scalar(
        select(SpecialApplication.id).where(
            SpecialApplication.id == wanted.application_id,
            SpecialApplication.appraisal_unit_id == unit.id,
            SpecialApplication.withdrawn_at.is_(None),
        )
    )
    if special and own:
        return {}
    return {"code": say("特色工作的加分项要登记在该科室的申报之下。")}


def _count_problems(known: KnownScheme, unit: AppraisalUnit, wanted: Recording) -> dict[str, str]:
    """Refuse what a clause cannot come to: 共两次 is twice a year, whatever is typed."""
    most = next((each for each in known.terms.counts if each.clause == wanted.code), None)
    doubled = _doubled(known, wanted.code)
    if most is None and doubled is None:
        return {}
    already = _counted(unit, wanted.code)
    if doubled is not None and already + wanted.cases > (there := _counted(unit, doubled.code)):
        return {"count": say("加倍的不能多于先登记的：“{quote}”已登记 {n}。", quote=doubled.quote, n=there)}
    if most is None or already + wanted.cases <= most.most:
        return {}
    return {"count": say("这一条全年最多计 {most}，已登记 {n}。{why}", most=most.most, n=already, why=most.reason)}


def _doubled(known: KnownScheme, code: str) -> Clause | None:
    """Return the clause before a doubling one, whose cases it doubles."""
    for _, item, clause in known.scheme.clauses():
        if clause.code == code and clause.kind is Kind.DOUBLE:
            return item.clauses[item.clauses.index(clause) - 1]
    return None


def _counted(unit: AppraisalUnit, code: str) -> int:
    undone = select(AppraisalEntry.reverses_id).where(AppraisalEntry.reverses_id.is_not(None))
    counting = select(func.coalesce(func.sum(AppraisalEntry.count), 0)).where(
        AppraisalEntry.appraisal_unit_id == unit.id,
        AppraisalEntry.code == code,
        AppraisalEntry.reverses_id.is_(None),
        AppraisalEntry.id.not_in(undone),
    )
    return db.session.scalar(counting) or 0


def _told(row: AppraisalEntry) -> str:
    parts = [f"{row.code} ×{row.count}"]
    parts += [f"{row.points:f}"] if row.points is not None else []
    parts += [f"#{row.place}"] if row.place is not None else []
    return " ".join(parts)


# ---- taking back, answering


def entry_of(found: Appraisal, entry_id: int) -> tuple[AppraisalEntry, AppraisalUnit]:
    """Return an entry of a year with its unit; raise UnknownAppraisal. What reverses another is no entry."""
    row = db.session.execute(
        select(AppraisalEntry, AppraisalUnit)
        .join(AppraisalUnit, AppraisalUnit.id == AppraisalEntry.appraisal_unit_id)
        .where(
            AppraisalEntry.id == entry_id,
            AppraisalEntry.reverses_id.is_(None),
            AppraisalUnit.appraisal_id == found.id,
        )
    ).one_or_none()
    if row is None:
        raise UnknownAppraisal(say("没有找到这条登记。"))
    return row[0], row[1]


def reverse(actor: Actor, at: datetime, appraisal_id: int, entry_id: int, reason: str) -> AppraisalEntry:
    """Take an entry's effect back with a reason; both rows stay. Raise EntryRefused, MoveRefused, Forbidden."""
    found = locked(actor, appraisal_id)
    row, unit = entry_of(found, entry_id)
    require_appraiser(actor, found, unit)
    require_stage(found, Stage.OPEN)
    return add_reversal(actor, at, row, unit, reason)


def add_reversal(actor: Actor, at: datetime, row: AppraisalEntry, unit: AppraisalUnit, reason: str) -> AppraisalEntry:
    """Add the row that takes an entry's effect back; raise EntryRefused, and MoveRefused where there is one."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_NOTE:
        raise EntryRefused({"reason": say("请写明为什么撤销这条登记，最多 {most} 字。", most=LONGEST_NOTE)})
    if db.session.scalar(select(AppraisalEntry.id).where(AppraisalEntry.reverses_id == row.id)) is not None:
        raise MoveRefused(say("这条登记已经撤销。"))
    undo = AppraisalEntry(
        appraisal_unit_id=row.appraisal_unit_id,
        code=row.code,
        count=row.count,
        place=row.place,
        points=row.points,
        day=at.date(),
        note=reason,
        line=row.line,
        application_id=row.application_id,
        reverses_id=row.id,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    db.session.add(undo)
    db.session.flush()  # the unique key refuses a second reversal here, not at the end
    put_on_record(actor, at, "reverse_appraisal", unit, f"{_told(row)}；{reason}")
    return undo


def answer(actor: Actor, at: datetime, appraisal_id: int, entry_id: int, text: str) -> AppraisalAnswer:
    """Say something to an entry of one's own unit; raise EntryRefused, MoveRefused, Forbidden, UnknownAppraisal."""
    found = locked(actor, appraisal_id)
    row, unit = entry_of(found, entry_id)
    require_own(actor, unit)
    require_stage(found, Stage.OPEN, Stage.COMPILED)
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise EntryRefused({"text": say("请写明情况，最多 {most} 字。", most=LONGEST_NOTE)})
    said = AppraisalAnswer(entry_id=row.id, text=text, at=at, actor_name=actor.name)
    db.session.add(said)
    db.session.flush()  # the letter about it names it
    put_on_record(actor, at, "answer_appraisal", unit, f"{_told(row)}；{text}")
    return said


def put_on_record(actor: Actor, at: datetime, act: str, unit: AppraisalUnit, words: str) -> None:
    """Put an act about a unit of a year on record."""
    detail = f"{unit.name}：{words}"
    audit.record(actor, at, act, "appraisal", unit.appraisal_id, detail, about_unit=unit.unit_id)
