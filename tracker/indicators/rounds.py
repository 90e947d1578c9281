"""Open a round of a form, grant a unit more time, end the round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.indicators import answering, queries
from tracker.indicators.forms import form_names, known_form
from tracker.indicators.models import Round, RoundUnit, SparedQuestion
from tracker.indicators.queries import Sheet, UnknownRound
from tracker.people.models import Organization
from tracker.people.trees import root_of
from tracker.rules.indicators.values import State
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say


@dataclass(frozen=True)
class Opening:
    """A round as a person asks for it."""

    form: str
    year: int
    title: str
    opens_on: date
    closes_on: date
    unit_ids: tuple[int, ...]
    instruction: str = ""


class OpeningRefused(ValueError):
    """A round that cannot be; `problems` are messages by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        """Keep the messages."""
        super().__init__("；".join(map(str, problems.values())))
        self.problems = problems


def units(actor: Actor, day: date) -> list[Organization]:
    """Return the districts of the person's own city that stand on a day, in their usual order."""
    require(actor, Action.RUN_ROUNDS)
    issuer = _issuer(actor)
    wanted = select(Organization).where(
        Organization.kind == OrganizationKind.DISTRICT_BUREAU,
        or_(Organization.parent_id == issuer, root_of(Organization.id) == issuer),
        Organization.valid_from <= day,
        Organization.valid_until > day,
    )
    return list(db.session.scalars(wanted.order_by(Organization.position)))


def _issuer(actor: Actor) -> int:
    found = db.session.scalar(select(root_of(Organization.id)).where(Organization.id == actor.unit_id))
    if found is None:
        raise MoveRefused(say("没有找到您所在的市局，不能组织填报。"))
    return found


def open_round(actor: Actor, at: datetime, wanted: Opening) -> Round:
    """Open a round with its units; what they gave for the same year before is carried over. Raise OpeningRefused."""
    require(actor, Action.RUN_ROUNDS)
    known_units = {unit.id for unit in units(actor, at.date())}
    problems = _problems(wanted, known_units, at.date())
    if problems:
        raise OpeningRefused(problems)
    values = {
        "issuer_id": _issuer(actor),
        "form": wanted.form,
        "form_sha256": known_form(wanted.form).sha256,
        "year": wanted.year,
        "title": wanted.title.strip(),
        "instruction": wanted.instruction.strip(),
        "opens_on": wanted.opens_on,
        "closes_on": wanted.closes_on,
        "opened_at": at,
        "opened_by": actor.name,
    }
    if not insert_once(Round, {**values, "closed_by": "", "version": 1}):
        raise OpeningRefused({"title": say("同一年度已经有同名的填报，请换一个名称。")})
    key = {name: values[name] for name in ("issuer_id", "form", "year", "title")}
    found = db.session.scalars(select(Round).filter_by(**key)).one()
    own = [RoundUnit(round_id=found.id, unit_id=unit_id) for unit_id in wanted.unit_ids]
    db.session.add_all(own)
    db.session.flush()  # what is carried over refers to these rows
    spared = _carry_over(actor, at, found, own)
    words = f"{found.title}；{len(own)} 个单位；{found.opens_on} 至 {found.closes_on}；沿用 {spared} 个数"
    audit.record(actor, at, "open_indicator_round", "indicator_round", found.id, words)
    return found


def _problems(wanted: Opening, known_units: set[int], day: date) -> dict[str, str]:
    found: dict[str, str] = {}
    if wanted.form not in form_names():
        found["form"] = say("没有这份指标表，请从列表里选。")
    if not wanted.title.strip():
        found["title"] = say("请填写填报名称，例如“2023年度司法所规范化建设指标”。")
    if not 2000 <= wanted.year <= 2100:
        found["year"] = say("年度请填四位数字，例如 2023。")
    if wanted.closes_on < wanted.opens_on:
        found["closes_on"] = say("截止日不能早于开始日。")
    elif wanted.closes_on < day:
        found["closes_on"] = say("截止日已经过去，请选今天或以后的日期。")
    if not wanted.unit_ids:
        found["unit_ids"] = say("请至少选一个填报单位。")
    elif not set(wanted.unit_ids) <= known_units or len(set(wanted.unit_ids)) != len(wanted.unit_ids):
        found["unit_ids"] = say("选的单位里有不属于本市或已撤销的，请重新选择。")
    return found


def _carry_over(actor: Actor, at: datetime, found: Round, own: Sequence[RoundUnit]) -> int:
    """Carry answers of earlier rounds of the same form and year over; return how many blanks nobody is asked again."""
    blanks = {key: blank for key, _, blank in known_form(found.form).form.fields()}
    number = 0
    for sheet in _of_the_same_year(found):
        unit = next((each for each in own if each.unit_id == sheet.unit_id), None)
        if unit is None:
            continue
        given = {key: held for key, held in sheet.held.items() if held.value.state is not State.EMPTY}
        answering.carry(actor, at, unit, given, blanks)
        db.session.add_all(
            SparedQuestion(round_id=found.id, unit_id=sheet.unit_id, blank=key, given_in_id=sheet.round.id, at=at)
            for key in given
        )
        number += len(given)
    return number


def _of_the_same_year(found: Round) -> list[Sheet]:
    """Return what units submitted last in earlier rounds of the same form, text and year; one per unit."""
    wanted = queries.units_of(
        Round.form == found.form,
        Round.form_sha256 == found.form_sha256,
        Round.year == found.year,
        Round.issuer_id == found.issuer_id,
        Round.id != found.id,
        RoundUnit.submitted_on.is_not(None),
    )
    latest = {sheet.unit_id: sheet for sheet in sorted(queries.sheets(wanted), key=lambda sheet: sheet.round.id)}
    return list(latest.values())


def extend(actor: Actor, at: datetime, round_id: int, unit_id: int, until: date, reason: str) -> None:
    """Grant a unit a later last day, with a reason; the first one stays on record. Raise MoveRefused, UnknownRound."""
    require(actor, Action.RUN_ROUNDS)
    found = _running(actor, round_id)
    wanted = select(RoundUnit).where(RoundUnit.round_id == round_id, RoundUnit.unit_id == unit_id)
    own = db.session.scalar(wanted.with_for_update())
    if own is None:
        raise UnknownRound(say("没有找到这次指标填报。"))
    before = max(found.closes_on, own.extended_to or found.closes_on)
    if own.submitted_on is not None:
        raise MoveRefused(say("该单位已经上报，不用延期。"))
    if until <= before or until < at.date():
        raise MoveRefused(say("延期后的截止日要晚于现在的截止日（{day:long}），也不能早于今天。", day=before))
    if not reason.strip():
        raise MoveRefused(say("请写明延期的理由。"))
    own.extended_to, own.extension_reason = until, reason.strip()[: answering.LONGEST_REASON]
    words = f"{found.title}：{before} → {until}；{own.extension_reason}"
    audit.record(actor, at, "extend_indicators", "indicator_round", found.id, words, about_unit=unit_id)


def close(actor: Actor, at: datetime, round_id: int, missing_seen: int) -> None:
    """End a round; from then on values are only corrected. `missing_seen` is how many units the person saw missing.

    Raise MoveRefused where that number is another by now: somebody submitted or took back meanwhile.
    """
    require(actor, Action.RUN_ROUNDS)
    found = _running(actor, round_id)
    missing = [sheet.unit for sheet in queries.all_sheets(actor, round_id) if sheet.submitted_on is None]
    if len(missing) != missing_seen:
        raise MoveRefused(say("上报情况刚有变化：现在还有 {n} 个单位未报。请核对后再结束。", n=len(missing)))
    found.closed_on, found.closed_at, found.closed_by = at.date(), at, actor.name
    db.session.flush()  # a lost race shows here, not at commit
    words = f"{found.title}；未报：{'、'.join(missing) or '无'}"
    audit.record(actor, at, "close_indicator_round", "indicator_round", found.id, words)


def _running(actor: Actor, round_id: int) -> Round:
    """Hold a round that has not ended until the caller has committed."""
    queries.round_of(actor, round_id)
    found = db.session.scalars(select(Round).where(Round.id == round_id).with_for_update()).one()
    if found.closed_on is not None:
        raise MoveRefused(say("这次填报已于 {day:long} 结束。", day=found.closed_on))
    return found
