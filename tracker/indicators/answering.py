"""Write what a unit answers: blank by blank, never over what the writer has not seen; submit; correct afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.indicators import queries
from tracker.indicators.models import Answer, AnswerChange, Explanation, Round, RoundUnit
from tracker.indicators.queries import NOTHING, Held, Sheet, UnknownRound
from tracker.rules.indicators.form import Blank
from tracker.rules.indicators.rounds import Source
from tracker.rules.indicators.values import State, Value, ValueRefused, read_value, show_value
from tracker.rules.permissions import Action, Actor, Scope, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

LONGEST_REASON = 500


@dataclass(frozen=True)
class Typed:
    """What was typed into a blank, and the version of the answer that the writer saw there; 0 where none stood."""

    text: str
    seen: int


@dataclass(frozen=True)
class Stale:
    """A blank that somebody else changed since it was seen: what stands now, and what was typed."""

    held: Held
    theirs: str
    mine: str


@dataclass(frozen=True)
class Change:
    """A blank that gets another value: what stood there, and what comes."""

    blank: Blank
    held: Held
    value: Value


@dataclass
class Outcome:
    """What became of typed blanks: stored ones with their new version, refused ones, and ones changed by others."""

    stored: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    stale: dict[str, Stale] = field(default_factory=dict)


class NotReady(ValueError):
    """Answers that cannot be submitted yet: what is missing, and what does not fit."""

    def __init__(self, found: Sheet) -> None:
        """Keep the answers as they stood."""
        self.sheet = found
        super().__init__(
            say(
                "还不能上报：{missing} 个空格没有填，{wrong} 处核对没有通过或没有说明。",
                missing=len(found.unanswered),
                wrong=len(found.open_objections),
            )
        )


def save(
    actor: Actor, at: datetime, round_id: int, unit_id: int, typed: Mapping[str, Typed], source: Source = Source.FORM
) -> Outcome:
    """Store what was typed, each blank for itself: what is readable and not stale is kept whatever the others are.

    Raise UnknownRound, Forbidden, or MoveRefused where the unit cannot write now; blanks the form lacks are ignored.
    """
    found, own = _writable(actor, at, round_id, unit_id)
    outcome, changes = Outcome(), dict[str, Change]()
    for key, _, blank in found.known.form.fields():
        change = _change(found.held.get(key, NOTHING), key, blank, typed[key], outcome) if key in typed else None
        if change is not None:
            changes[key] = change
    outcome.stored = _store(actor, at, own.id, changes, source)
    if outcome.stored:
        _record(actor, at, "answer_indicators", found, "、".join(outcome.stored))
    return outcome


def _change(held: Held, key: str, blank: Blank, typed: Typed, outcome: Outcome) -> Change | None:
    """Return what typing changes; note in the outcome what cannot be read, or was not seen."""
    try:
        value = read_value(blank, typed.text)
    except ValueRefused as refused:
        outcome.refused[key] = str(refused)
        return None
    if value == held.value:
        return None
    if typed.seen != held.version:
        outcome.stale[key] = Stale(held, show_value(blank, held.value), show_value(blank, value))
        return None
    return Change(blank, held, value)


def _store(
    actor: Actor, at: datetime, sheet_id: int, changes: Mapping[str, Change], source: Source, reason: str = ""
) -> dict[str, int]:
    """Put values in their blanks, note the changes, and return the new versions. One reading query for all."""
    wanted = select(Answer).where(Answer.round_unit_id == sheet_id, Answer.blank.in_(changes))
    stands = {answer.blank: answer for answer in db.session.scalars(wanted)} if changes else {}
    for key, change in changes.items():
        answer = stands.get(key) or Answer(round_unit_id=sheet_id, blank=key)
        answer.state, answer.number, answer.text = change.value.state, change.value.number, change.value.text
        answer.source, answer.version = source, change.held.version + 1
        answer.at, answer.actor_id, answer.actor_name = at, actor.id, actor.name
        db.session.add(answer)
        db.session.add(
            AnswerChange(
                round_unit_id=sheet_id,
                blank=key,
                before=show_value(change.blank, change.held.value),
                after=show_value(change.blank, change.value),
                source=source,
                reason=reason,
                day=at.date(),
                at=at,
                actor_id=actor.id,
                actor_name=actor.name,
            )
        )
    return {key: change.held.version + 1 for key, change in changes.items()}


@dataclass(frozen=True)
class Cover:
    """The cover's persons (X0-14), as typed."""

    prepared_by: str
    checked_by: str
    phone: str


def save_cover(actor: Actor, at: datetime, round_id: int, unit_id: int, cover: Cover) -> None:
    """Store who filled in the form, who checked it, and whom to call."""
    found, own = _writable(actor, at, round_id, unit_id)
    if (own.prepared_by, own.checked_by, own.phone) == (cover.prepared_by, cover.checked_by, cover.phone):
        return
    own.prepared_by, own.checked_by, own.phone = cover.prepared_by, cover.checked_by, cover.phone
    _record(actor, at, "answer_indicators", found, "封面")


def explain(actor: Actor, at: datetime, round_id: int, unit_id: int, check_name: str, text: str) -> None:
    """Say why a warning is right as it stands; an empty text takes the explanation back. Raise MoveRefused."""
    found, own = _writable(actor, at, round_id, unit_id)
    against = next((each for each in found.objections if each.name == check_name), None)
    if against is None:
        raise MoveRefused(say("这处核对现在没有问题，不用说明。"))
    stands = found.explained.get(check_name)
    if not text.strip():
        if stands is not None:
            db.session.delete(stands)
        return
    row = stands or Explanation(round_unit_id=own.id, check_name=check_name)
    row.left_figure, row.right_figure, row.text = against.left, against.right, text.strip()[:LONGEST_REASON]
    row.at, row.actor_name = at, actor.name
    db.session.add(row)
    _record(actor, at, "explain_indicators", found, f"{check_name}：{row.text}")


def submit(actor: Actor, at: datetime, round_id: int, unit_id: int) -> None:
    """Hand a unit's answers in and lock them; raise NotReady, MoveRefused, UnknownRound."""
    require(actor, Action.SUBMIT_INDICATORS)
    found, own = _writable(actor, at, round_id, unit_id)
    if found.unanswered or found.open_objections:
        raise NotReady(found)
    own.submitted_on, own.submitted_at, own.submitted_by = at.date(), at, actor.name
    db.session.flush()  # a lost race shows here, not at commit
    _record(actor, at, "submit_indicators", found)


def recall(actor: Actor, at: datetime, round_id: int, unit_id: int) -> None:
    """Take back what was handed in, while the round runs; raise MoveRefused, UnknownRound."""
    require(actor, Action.SUBMIT_INDICATORS)
    found, own = _locked(actor, round_id, unit_id)
    if found.submitted_on is None:
        raise MoveRefused(say("指标还没有上报，不用撤回。"))
    closed = queries.why_closed(found.round, None, at.date())
    if closed:
        raise MoveRefused(closed)
    own.submitted_on, own.submitted_at, own.submitted_by = None, None, ""
    db.session.flush()  # a lost race shows here, not at commit
    _record(actor, at, "recall_indicators", found)


def correct(actor: Actor, at: datetime, round_id: int, unit_id: int, key: str, typed: Typed, reason: str) -> None:
    """Correct one blank after the round has ended; both values stay on record with the reason.

    Raise ValueRefused, MoveRefused where the round still runs, nothing changes or no reason is given, UnknownRound.
    """
    require(actor, Action.RUN_ROUNDS)
    found, own = _locked(actor, round_id, unit_id)
    blanks = {name: blank for name, _, blank in found.known.form.fields()}
    if found.round.closed_on is None:
        raise MoveRefused(say("填报还没有结束，由区局自己修改；已上报的，由区局负责人撤回后再改。"))
    if key not in blanks:
        raise UnknownRound(say("这份指标表没有这个空格。"))
    if not reason.strip():
        raise MoveRefused(say("请写明更正的理由。"))
    held, value = found.held.get(key, NOTHING), read_value(blanks[key], typed.text)
    if typed.seen != held.version:
        raise MoveRefused(say("这个数刚被他人更正过，请重新打开页面核对后再更正。"))
    if value == held.value:
        raise MoveRefused(say("填的就是现在的数，没有要更正的。"))
    change = {key: Change(blanks[key], held, value)}
    _store(actor, at, own.id, change, Source.CORRECTION, reason.strip()[:LONGEST_REASON])
    before, after = show_value(blanks[key], held.value) or "空", show_value(blanks[key], value) or "空"
    _record(actor, at, "correct_indicators", found, f"{key}：{before} → {after}；{reason.strip()}")


def carry(
    actor: Actor, at: datetime, unit: RoundUnit, answers: Mapping[str, Held], blanks: Mapping[str, Blank]
) -> None:
    """Put answers that a unit gave for the same year into a new round, so that nobody types them twice."""
    changes = {
        key: Change(blanks[key], NOTHING, held.value)
        for key, held in answers.items()
        if held.value.state is not State.EMPTY and key in blanks
    }
    _store(actor, at, unit.id, changes, Source.CARRIED)


def writable(actor: Actor, at: datetime, round_id: int, unit_id: int) -> tuple[Sheet, RoundUnit]:
    """Hold a unit's answers until the commit, for whatever belongs to them; raise as `save` does."""
    return _writable(actor, at, round_id, unit_id)


def _writable(actor: Actor, at: datetime, round_id: int, unit_id: int) -> tuple[Sheet, RoundUnit]:
    require(actor, Action.ANSWER_INDICATORS)
    found, own = _locked(actor, round_id, unit_id)
    closed = queries.why_closed(found.round, found.submitted_on, at.date())
    if closed:
        raise MoveRefused(closed)
    return found, own


def _locked(actor: Actor, round_id: int, unit_id: int) -> tuple[Sheet, RoundUnit]:
    """Hold the round, which nobody can end meanwhile, and the unit until the commit; return the answers."""
    db.session.scalar(select(Round).where(Round.id == round_id).with_for_update(read=True))
    wanted = select(RoundUnit).where(RoundUnit.round_id == round_id, RoundUnit.unit_id == unit_id)
    own = db.session.scalar(wanted.with_for_update())
    if own is None or (actor.reach(Action.VIEW_INDICATORS) is not Scope.ALL and actor.district_id != unit_id):
        raise UnknownRound(say("没有找到这次指标填报。"))
    return queries.sheet(actor, round_id, unit_id), own


def _record(actor: Actor, at: datetime, act: str, found: Sheet, detail: str = "") -> None:
    words = "；".join(filter(None, (found.round.title, detail)))
    audit.record(actor, at, act, "indicator_round", found.round.id, words, about_unit=found.unit_id)
