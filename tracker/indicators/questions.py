"""How an indicator is counted (口径), and what units ask about it: each question is answered once, for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.indicators import queries
from tracker.indicators.forms import KnownForm, known_form
from tracker.indicators.models import Definition, Question, Round, RoundUnit
from tracker.indicators.queries import UnknownRound
from tracker.people.models import Organization
from tracker.rules.indicators.form import Indicator
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

LONGEST_DEFINITION = 2000
LONGEST_QUESTION = 500
LONGEST_ANSWER = 1000


class TextRefused(ValueError):
    """A text that cannot be taken; `field` is where it was written, the message says what to do."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field beside the words."""
        super().__init__(message)
        self.field = field


class Overtaken(ValueError):
    """Somebody else wrote first: what they wrote, by whom and when; what was typed is not stored."""

    def __init__(self, by: str, at: datetime | None, text: str) -> None:
        """Keep what stands now."""
        super().__init__(say("{who}刚刚先写了，您写的没有保存。请对照后再决定。", who=by))
        self.by, self.at, self.text = by, at, text


@dataclass(frozen=True)
class Asked:
    """A question with the indicator it is about and the name of the unit that asks."""

    question: Question
    indicator: Indicator
    unit: str

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for an answer."""
        return self.question.answered_at is None


# ---- what stands


def definitions(form: str) -> dict[int, list[Definition]]:
    """Return every version of every indicator's definition, the latest first. One query."""
    found: dict[int, list[Definition]] = {}
    wanted = select(Definition).where(Definition.form == form).order_by(Definition.id.desc())
    for row in db.session.scalars(wanted):
        found.setdefault(row.indicator, []).append(row)
    return found


def versions(form: str, indicator: int) -> list[Definition]:
    """Return every version of one indicator's definition, the latest first."""
    wanted = select(Definition).where(Definition.form == form, Definition.indicator == indicator)
    return list(db.session.scalars(wanted.order_by(Definition.id.desc())))


def questions(actor: Actor, round_id: int, indicator: int | None = None) -> list[Asked]:
    """Return what was asked in a round, also by other units: open ones first, then the latest. Raise UnknownRound.

    Whoever takes part in a round reads all of it, so that nobody asks what was answered before.
    """
    known = known_form(queries.round_of(actor, round_id).form)
    about: Sequence[ColumnElement[bool]] = [] if indicator is None else [Question.indicator == indicator]
    return _asked(known, Question.round_id == round_id, *about)


def question(actor: Actor, round_id: int, question_id: int) -> Asked:
    """Return one question of a round; raise UnknownRound."""
    known = known_form(queries.round_of(actor, round_id).form)
    found = _asked(known, Question.round_id == round_id, Question.id == question_id)
    if not found:
        raise UnknownRound(say("没有找到这个提问。"))
    return found[0]


def _asked(known: KnownForm, *conditions: ColumnElement[bool]) -> list[Asked]:
    rows = db.session.execute(
        select(Question, Organization.name)
        .join(Organization, Organization.id == Question.unit_id)
        .where(*conditions)
        .order_by(Question.answered_at.is_not(None), Question.id.desc())
    )
    return [Asked(row.Question, known.form.indicators[row.Question.indicator - 1], row.name) for row in rows]


def indicator_of(known: KnownForm, number: int) -> Indicator:
    """Return an indicator of a form by its number; raise UnknownRound where the form has no such one."""
    if not 1 <= number <= len(known.form.indicators):
        raise UnknownRound(say("这份指标表没有第{number}项指标。", number=number))
    return known.form.indicators[number - 1]


# ---- what is written


def define(actor: Actor, at: datetime, form: str, indicator: int, text: str, example: str, seen: int) -> Definition:
    """Write how an indicator is counted; earlier versions stay. `seen` is the id of the one that was seen, or 0.

    Raise TextRefused, and Overtaken where somebody else wrote another version meanwhile; UnknownRound, UnknownForm.
    """
    require(actor, Action.RUN_ROUNDS)
    found = indicator_of(known_form(form), indicator)
    text, example = text.strip(), example.strip()
    _require_length("text", text, LONGEST_DEFINITION, say("请写明这项指标怎样统计。"))
    _require_length("example", example, LONGEST_DEFINITION)
    # Two who write at once come one after the other; without any round of the form nobody waits for the words.
    db.session.execute(select(Round.id).where(Round.form == form).order_by(Round.id).with_for_update())
    latest = next(iter(versions(form, indicator)), None)
    if latest is not None and (latest.text, latest.example) == (text, example):
        raise TextRefused("text", say("和现在的口径一样，没有要修改的。"))
    if latest is not None and latest.id != seen:
        raise Overtaken(latest.actor_name, latest.at, latest.text)
    row = Definition(form=form, indicator=indicator, text=text, example=example, at=at, actor_name=actor.name)
    db.session.add(row)
    db.session.flush()  # its number is what the next writer has seen
    audit.record(actor, at, "define_indicator", "indicator_form", row.id, f"{form} {found.code}：{text}")
    return row


def ask(actor: Actor, at: datetime, round_id: int, indicator: int, text: str) -> Question:
    """Ask about an indicator for the person's district; raise TextRefused, MoveRefused, UnknownRound."""
    require(actor, Action.ANSWER_INDICATORS)
    found = queries.round_of(actor, round_id)
    unit_id = db.session.scalar(
        select(RoundUnit.unit_id).where(RoundUnit.round_id == round_id, RoundUnit.unit_id == actor.district_id)
    )
    if unit_id is None:
        raise UnknownRound(say("没有找到这次指标填报。"))
    about, text = indicator_of(known_form(found.form), indicator), text.strip()
    _require_length("text", text, LONGEST_QUESTION, say("请写明要问什么。"))
    if found.closed_on is not None:
        raise MoveRefused(say("这次填报已于 {day:long} 结束，不再提问。", day=found.closed_on))
    same = select(Question.id).filter_by(round_id=round_id, indicator=indicator, unit_id=unit_id, text=text)
    if db.session.scalar(same.limit(1)) is not None:
        raise TextRefused("text", say("本区已经问过同样的问题，不用再问。"))
    row = Question(round_id=round_id, indicator=indicator, unit_id=unit_id, text=text, asked_at=at, asked_by=actor.name)
    db.session.add(row)
    db.session.flush()  # the record names it
    words = f"{found.title}；{about.code}：{text}"
    audit.record(actor, at, "ask_indicator_question", "indicator_round", round_id, words, about_unit=unit_id)
    return row


def answer(actor: Actor, at: datetime, round_id: int, question_id: int, text: str) -> Asked:
    """Answer a question for all units of its round, once; raise TextRefused, Overtaken, UnknownRound."""
    require(actor, Action.RUN_ROUNDS)
    asked, text = question(actor, round_id, question_id), text.strip()
    _require_length("answer", text, LONGEST_ANSWER, say("请写明答复。"))
    row = db.session.scalars(
        select(Question).where(Question.id == question_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if row.answered_at is not None:
        raise Overtaken(row.answered_by, row.answered_at, row.answer)
    row.answer, row.answered_at, row.answered_by = text, at, actor.name
    db.session.flush()  # the letters are worded from what is on record
    words = f"{asked.indicator.code}：{asked.question.text} → {text}"
    audit.record(actor, at, "answer_indicator_question", "indicator_round", round_id, words, about_unit=row.unit_id)
    return asked


def _require_length(field: str, text: str, most: int, empty: str = "") -> None:
    """Raise TextRefused where a text is too long, or empty while `empty` says what to write."""
    if not text and empty:
        raise TextRefused(field, empty)
    if len(text) > most:
        raise TextRefused(field, say("最多 {most} 字，现有 {found} 字，请精简。", most=most, found=len(text)))
