"""Parts of sums that a district asks its 司法所 for: asked once, taken over where given before, given by each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.indicators import answering, form_desk, queries
from tracker.indicators.answering import Typed
from tracker.indicators.forms import KnownForm, form_names, known_form
from tracker.indicators.models import OfficeFigure, Round, RoundUnit, SparedQuestion
from tracker.indicators.queries import Sheet, stored_value
from tracker.indicators.wording import sentence, sub_task_text
from tracker.people.models import Organization
from tracker.rules.indicators.form import Blank, Indicator
from tracker.rules.indicators.rounds import due_on
from tracker.rules.indicators.totals import term_of
from tracker.rules.indicators.values import State, Value, ValueRefused, read_value, show_value
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

Summable = tuple[str, Indicator, Blank]
"""A blank that is a sum: its name, its indicator, itself."""


def summable(known: KnownForm) -> list[Summable]:
    """Return the blanks of a form of which an office can give a part, in the form's order."""
    return [each for each in known.form.fields() if term_of(each[0], each[2], known.terms).rule == "sum"]


def offices(actor: Actor, unit_id: int, day: date) -> list[Organization]:
    """Return the 司法所 of a district that stand on a day, in their usual order."""
    require(actor, Action.VIEW_INDICATORS)
    wanted = select(Organization).where(
        Organization.kind == OrganizationKind.JUSTICE_OFFICE,
        Organization.parent_id == unit_id,
        Organization.valid_from <= day,
        Organization.valid_until > day,
    )
    return list(db.session.scalars(wanted.order_by(Organization.position, Organization.id)))


# ---- asking


@dataclass(frozen=True)
class Asked:
    """What became of a question to several offices: the blanks newly asked of each, how many were spared or stood."""

    new: Mapping[int, tuple[str, ...]]
    spared: int
    stood: int

    @property
    def asked(self) -> int:
        """How many questions are new."""
        return sum(map(len, self.new.values()))


def ask(
    actor: Actor, at: datetime, round_id: int, unit_id: int, keys: Collection[str], office_ids: Collection[int]
) -> Asked:
    """Ask offices for parts of sums. What one gave for the same year in another round is taken over, not asked again.

    Raise MoveRefused where nothing is chosen or what is chosen cannot be asked, and as `answering.save` does.
    """
    found, own = answering.writable(actor, at, round_id, unit_id)
    known = {office.id for office in offices(actor, unit_id, at.date())}
    if not keys or not office_ids:
        raise MoveRefused(say("请至少选一个空格和一个司法所。"))
    if not set(keys) <= {key for key, _, _ in summable(found.known)} or not set(office_ids) <= known:
        raise MoveRefused(say("选的空格或司法所里有不能收集的，请刷新页面后重新选择。"))
    held = {(each.unit_id, each.blank): each for each in _figures(own.id)}
    before = _given_before(found.round, office_ids)
    stood = {place for place, each in held.items() if each.withdrawn_at is None}
    wanted = [(office, key) for office in sorted(office_ids) for key in sorted(keys) if (office, key) not in stood]
    for office, key in wanted:
        if (office, key) in held:
            held[office, key].withdrawn_at = None
        else:
            _put(actor, at, own, office, key, before.get((office, key)))
    # What was withdrawn before it was answered is open again, whatever the office gave elsewhere meanwhile.
    new = [place for place in wanted if place not in before or place in held]
    spared = len(wanted) - len(new)
    if wanted:
        words = f"{len(office_ids)} 个所，{len(keys)} 个空格；新问 {len(new)} 项，沿用 {spared} 项"
        _record(actor, at, found, words)
    by_office = {id_: tuple(key for office, key in new if office == id_) for id_ in sorted({each for each, _ in new})}
    return Asked(by_office, spared, len(keys) * len(office_ids) - len(wanted))


Given = tuple[OfficeFigure, int]
"""A figure that was given, and the round in which it was."""


def _put(actor: Actor, at: datetime, own: RoundUnit, office: int, key: str, before: Given | None) -> None:
    row = OfficeFigure(
        round_unit_id=own.id, unit_id=office, blank=key, state=State.EMPTY, asked_at=at, asked_by=actor.name
    )
    if before is not None:
        figure, given_in = before
        row.state, row.number = figure.state, figure.number
        row.answered_at, row.answered_by = figure.answered_at, figure.answered_by
        db.session.add(SparedQuestion(round_id=own.round_id, unit_id=office, blank=key, given_in_id=given_in, at=at))
    db.session.add(row)


def _given_before(found: Round, office_ids: Collection[int]) -> dict[tuple[int, str], Given]:
    """Return what offices gave for the same form, text and year in other rounds, the latest of each."""
    wanted = (
        select(OfficeFigure, RoundUnit.round_id)
        .join(RoundUnit, RoundUnit.id == OfficeFigure.round_unit_id)
        .join(Round, Round.id == RoundUnit.round_id)
        .where(
            Round.form == found.form,
            Round.form_sha256 == found.form_sha256,
            Round.year == found.year,
            Round.issuer_id == found.issuer_id,
            Round.id != found.id,
            OfficeFigure.unit_id.in_(office_ids),
            OfficeFigure.state != State.EMPTY,
        )
        .order_by(OfficeFigure.answered_at, OfficeFigure.id)
    )
    return {(row.unit_id, row.blank): (row, round_id) for row, round_id in db.session.execute(wanted)}


def withdraw(actor: Actor, at: datetime, round_id: int, unit_id: int, key: str, office_ids: Collection[int]) -> int:
    """Take questions back that nobody answered yet; return how many."""
    found, own = answering.writable(actor, at, round_id, unit_id)
    chosen = [
        each
        for each in _figures(own.id)
        if each.blank == key and each.unit_id in office_ids and each.state == State.EMPTY and not each.withdrawn_at
    ]
    for each in chosen:
        each.withdrawn_at = at
    if chosen:
        _record(actor, at, found, f"{key}：撤回 {len(chosen)} 个所的收集")
    return len(chosen)


# ---- giving


@dataclass(frozen=True)
class Owed:
    """A figure that an office is asked for: by whom, in which round, until when, and what it gave."""

    id: int
    key: str
    indicator: Indicator
    blank: Blank
    sub_task: str
    round: Round
    district: str
    due: date
    closed: str
    value: Value
    version: int
    by: str
    at: datetime | None

    @property
    def shown(self) -> str:
        """The figure as it is typed."""
        return show_value(self.blank, self.value)

    @property
    def sentence(self) -> str:
        """The words around the blank."""
        return sentence(self.indicator, self.blank)


def owed(actor: Actor, day: date) -> list[Owed]:
    """Return what the person's own office is asked for, the latest round first. One query, and one for each form."""
    require(actor, Action.GIVE_FIGURES)
    wanted = (
        select(OfficeFigure, RoundUnit, Round, Organization.name)
        .join(RoundUnit, RoundUnit.id == OfficeFigure.round_unit_id)
        .join(Round, Round.id == RoundUnit.round_id)
        .join(Organization, Organization.id == RoundUnit.unit_id)
        .where(OfficeFigure.unit_id == actor.unit_id, OfficeFigure.withdrawn_at.is_(None))
        .order_by(Round.opens_on.desc(), Round.id.desc(), OfficeFigure.blank)
    )
    rows = db.session.execute(wanted).all()
    known = {name: known_form(name) for name in form_names()}
    places = {
        (name, key): (indicator, blank, sub_task_text(form, indicator, decided))
        for name, form in known.items()
        for decided in (form_desk.decided(form),)
        for key, indicator, blank in form.form.fields()
    }
    return [_owed(*row, places[row.Round.form, row.OfficeFigure.blank], day) for row in rows]


def _owed(
    figure: OfficeFigure, own: RoundUnit, found: Round, district: str, place: tuple[Indicator, Blank, str], day: date
) -> Owed:
    indicator, blank, sub_task = place
    return Owed(
        id=figure.id,
        key=figure.blank,
        indicator=indicator,
        blank=blank,
        sub_task=sub_task,
        round=found,
        district=district,
        due=due_on(queries.term_of(found), own.extended_to),
        closed=queries.why_closed(found, own.submitted_on, day),
        value=stored_value(figure.state, figure.number, ""),
        version=figure.version,
        by=figure.answered_by,
        at=figure.answered_at,
    )


@dataclass
class Taken:
    """What became of an office's figures: how many were stored, what was refused, what somebody else changed."""

    stored: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    stale: dict[int, str] = field(default_factory=dict)


def give(actor: Actor, at: datetime, typed: Mapping[int, Typed]) -> Taken:
    """Store what an office gives, each figure for itself; unknown ones are ignored."""
    require(actor, Action.GIVE_FIGURES)
    rows = select(OfficeFigure).where(OfficeFigure.unit_id == actor.unit_id, OfficeFigure.id.in_(typed))
    held = {row.id: row for row in db.session.scalars(rows.with_for_update())}
    outcome, given = Taken(), []
    for each in owed(actor, at.date()):
        if each.id in typed and _give(actor, at, each, held[each.id], typed[each.id], outcome):
            given.append(each)
    outcome.stored = len(given)
    for found in {each.round.id: each.round for each in given}.values():
        words = "、".join(each.key for each in given if each.round is found)
        audit.record(actor, at, "give_figures", "indicator_round", found.id, words, about_unit=actor.unit_id)
    return outcome


def _give(actor: Actor, at: datetime, each: Owed, row: OfficeFigure, typed: Typed, outcome: Taken) -> bool:
    try:
        value = read_value(each.blank, typed.text)
    except ValueRefused as refused:
        outcome.refused[each.id] = str(refused)
        return False
    if value == each.value:
        return False
    if each.closed:
        outcome.refused[each.id] = each.closed
        return False
    if typed.seen != row.version:
        outcome.stale[each.id] = show_value(each.blank, each.value)
        return False
    row.state, row.number, row.version = value.state, value.number, row.version + 1
    answered = value.state is not State.EMPTY
    row.answered_at, row.answered_by = (at, actor.name) if answered else (None, "")
    return True


def _figures(round_unit_id: int) -> Iterable[OfficeFigure]:
    return db.session.scalars(select(OfficeFigure).where(OfficeFigure.round_unit_id == round_unit_id))


def _record(actor: Actor, at: datetime, found: Sheet, words: str) -> None:
    audit.record(
        actor,
        at,
        "ask_figures",
        "indicator_round",
        found.round.id,
        f"{found.round.title}；{words}",
        about_unit=found.unit_id,
    )
