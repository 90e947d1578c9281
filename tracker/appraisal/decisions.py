"""What the leading group decides where the scheme is silent: every matter, with all decisions of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from tracker.appraisal import entries, queries
from tracker.appraisal.altered import settings_in_force
from tracker.appraisal.models import Appraisal, AppraisalDecision
from tracker.appraisal.queries import UnitSheet, UnknownAppraisal
from tracker.audit import operations as audit
from tracker.db import db
from tracker.rules.appraisal import decisions as rules
from tracker.rules.appraisal.decisions import ASKED, SETTING, Matter
from tracker.rules.appraisal.steps import Part, Stage
from tracker.rules.appraisal.year import Year
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.words import say

LONGEST_REASON = 500


class DecisionRefused(ValueError):
    """A decision that cannot be; `problems` are messages by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        """Keep the messages."""
        super().__init__("；".join(map(str, problems.values())))
        self.problems = problems


class Overtaken(ValueError):
    """Somebody else decided first; what was typed is not stored."""

    def __init__(self, first: AppraisalDecision) -> None:
        """Keep what stands now."""
        super().__init__(say("{who}刚刚先作了决定，您的没有保存。请对照后再决定。", who=first.actor_name))
        self.by, self.at, self.text = first.actor_name, first.at, first.reason


@dataclass(frozen=True)
class Effect:
    """What a matter means for a unit: its total, and the points of the item in question, by each value.

    Without totals: nothing can be worked out, for the unit's record was altered.
    """

    unit_id: int
    unit: str
    totals: Mapping[str, Decimal]
    items: Mapping[str, Decimal]
    """The item's points by value; empty where the matter is not about one item of the unit."""


@dataclass(frozen=True)
class Decided:
    """A matter with every decision of it, the latest first, and what its values would mean, where that is shown."""

    matter: Matter
    decisions: tuple[AppraisalDecision, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def latest(self) -> AppraisalDecision | None:
        """The decision that holds."""
        return next(iter(self.decisions), None)

    @property
    def seen(self) -> int:
        """The number of the decision that holds, or 0."""
        return self.latest.id if self.latest else 0

    @property
    def value(self) -> str:
        """The value that holds now, by decision or without one."""
        return self.latest.value if self.latest else self.matter.held

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has decided, or somebody has still to ask."""
        return self.latest is None or self.latest.value == ASKED


def matters(actor: Actor, appraisal_id: int, day: date) -> list[Decided]:
    """Return all that the scheme of a year leaves open, with what was decided of it.

    What the values of a setting would mean is shown for the units whose sheets the person sees.
    """
    found = queries.appraisal_of(actor, appraisal_id)
    listed, sheets = _listed(found), _sheets(actor, found, day)
    decided = {each.matter.subject: each.latest.value for each in listed if each.latest}
    return [
        replace(each, effects=_effects(each.matter, decided, sheets)) if each.matter.kind in SETTING else each
        for each in listed
    ]


def _sheets(actor: Actor, found: Appraisal, day: date) -> list[UnitSheet]:
    if queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER):
        return queries.every_sheet(found, day)
    own = queries.own_unit(actor, found)
    return [queries.sheet(actor, found.id, own.id, day)] if own else []


def open_matters(found: Appraisal, rows: Mapping[str, Sequence[AppraisalDecision]]) -> list[Matter]:
    """Return what nobody has decided of a year, given its decisions by subject, the latest first."""
    return [each.matter for each in _beside(found, rows) if each.is_open]


def of_subjects(found: Appraisal, prefix: str) -> dict[str, list[AppraisalDecision]]:
    """Return the decisions of the subjects that begin in one way, the latest first. One query."""
    grouped: dict[str, list[AppraisalDecision]] = {}
    wanted = select(AppraisalDecision).where(
        AppraisalDecision.appraisal_id == found.id, AppraisalDecision.subject.startswith(prefix, autoescape=True)
    )
    for row in db.session.scalars(wanted.order_by(AppraisalDecision.id.desc())):
        grouped.setdefault(row.subject, []).append(row)
    return grouped


def decide(
    actor: Actor, at: datetime, appraisal_id: int, subject: str, value: str, reason: str, seen: int
) -> AppraisalDecision:
    """Decide of a matter; earlier decisions stay. `seen` is the number of the one seen, or 0.

    Raise DecisionRefused, Overtaken where somebody else decided meanwhile, MoveRefused, Forbidden, UnknownAppraisal.
    """
    found = entries.locked(actor, appraisal_id)
    require_leading(actor, found)
    entries.require_stage(found, Stage.OPEN, Stage.COMPILED)
    decided = next((each for each in _listed(found) if each.matter.subject == subject), None)
    if decided is None:
        raise UnknownAppraisal(say("考评方案里没有这个待定事项。"))
    problems = reason_problems(reason)
    if value not in {each.value for each in decided.matter.options}:
        problems["value"] = say("请选择怎样处理。")
    if problems:
        raise DecisionRefused(problems)
    row = add(actor, at, found, subject, value, reason, decided.latest, seen)
    words = f"{subject}：{decided.matter.words_of(value)}；{row.reason}"
    audit.record(actor, at, "decide_appraisal", "appraisal", found.id, words)
    return row


def require_leading(actor: Actor, found: Appraisal) -> None:
    """Raise Forbidden unless the person is of the leading group."""
    require(actor, Action.DECIDE_APPRAISAL)
    if queries.part_of(actor, found) is not Part.LEADING:
        raise Forbidden(say("由考评领导小组决定。"))


def reason_problems(reason: str) -> dict[str, str]:
    """Return what is wrong with the reason of a decision, by field."""
    reason = reason.strip()
    if not reason:
        return {"reason": say("请写明理由，以后有人问起时看得到。")}
    if len(reason) > LONGEST_REASON:
        return {"reason": say("最多 {most} 字，现有 {found} 字，请精简。", most=LONGEST_REASON, found=len(reason))}
    return {}


def add(
    actor: Actor,
    at: datetime,
    found: Appraisal,
    subject: str,
    value: str,
    reason: str,
    latest: AppraisalDecision | None,
    seen: int,
) -> AppraisalDecision:
    """Add a decision to those of a locked year; raise Overtaken where the latest is not the one that was seen."""
    if latest is not None and latest.id != seen:
        raise Overtaken(latest)
    row = AppraisalDecision(
        appraisal_id=found.id,
        subject=subject,
        value=value,
        reason=reason.strip(),
        day=at.date(),
        at=at,
        actor_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()  # its number is what the next person has seen
    return row


def _listed(found: Appraisal) -> list[Decided]:
    return _beside(found, of_subjects(found, ""))


def _beside(found: Appraisal, rows: Mapping[str, Sequence[AppraisalDecision]]) -> list[Decided]:
    known = queries.scheme_of(found)
    every = rules.matters(known.text, known.scheme, known.terms, known.problems)
    return [Decided(matter, tuple(rows.get(matter.subject, ()))) for matter in every]


def _effects(matter: Matter, decided: Mapping[str, str], sheets: Sequence[UnitSheet]) -> tuple[Effect, ...]:
    """Return the units for which the values of a setting make a difference, with what each would mean."""
    return tuple(effect for sheet in sheets if (effect := _effect(matter, decided, sheet)) is not None)


def _effect(matter: Matter, decided: Mapping[str, str], sheet: UnitSheet) -> Effect | None:
    if not sheet.is_known:
        return Effect(sheet.unit.id, sheet.unit.name, {}, {})
    years = {option.value: _year(sheet, {**decided, matter.subject: option.value}) for option in matter.options}
    items = {value: _item_points(found, matter.concerns) for value, found in years.items()}
    own = {value: points for value, points in items.items() if points is not None}
    totals = {value: found.total for value, found in years.items()}
    # Of a cap both values are shown even where they come to the same (X2-02).
    differs = len(set(totals.values())) > 1 or (matter.kind == rules.CAP and bool(own))
    return Effect(sheet.unit.id, sheet.unit.name, totals, own) if differs else None


def _year(sheet: UnitSheet, decided: Mapping[str, str]) -> Year:
    return replace(sheet, settings=settings_in_force(decided, sheet.known)).year


def _item_points(found: Year, concerns: str) -> Decimal | None:
    every = (*found.work, *found.team, *found.bottom_line)
    code = concerns.partition(".")[0]
    return next((each.points for each in every if each.item.code == code and concerns), None)
