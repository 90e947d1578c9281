"""Sums a round up: what the units that submitted come to in every blank, who is missing, and the round before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from sqlalchemy import exists, select

from tracker import clock
from tracker.db import db
from tracker.indicators import queries
from tracker.indicators.forms import KnownForm, known_form
from tracker.indicators.models import Round, RoundUnit
from tracker.indicators.queries import NOTHING, Held, Sheet, UnknownRound
from tracker.people.models import Organization
from tracker.rules.indicators import comparing, outliers
from tracker.rules.indicators.checks import is_asked
from tracker.rules.indicators.comparing import Change
from tracker.rules.indicators.form import Blank, Indicator
from tracker.rules.indicators.kinds import kind_of
from tracker.rules.indicators.outliers import Mark
from tracker.rules.indicators.terms import TotalTerm
from tracker.rules.indicators.totals import Total, term_of, total
from tracker.rules.indicators.values import State, Value, plain, show_value
from tracker.rules.permissions import Action, Actor, Forbidden, Scope
from tracker.rules.words import say

RULE_TEXT: dict[str, str] = {
    "sum": say("各单位相加"),
    "yes_count": say("填“是”的单位数 / 作答的单位数"),
    "tally": say("各选项有几个单位选"),
    "union": say("各单位列举的合在一起，同名的计次"),
    "mean": say("各单位的平均数"),
    "weighted": say("加权平均：各单位的值乘以权数，相加后除以权数之和"),
    "ratio": say("由分子、分母重算：分子之和除以分母之和"),
}
"""How each rule makes a total."""


@dataclass(frozen=True)
class BlankTotal:
    """What the units of a round come to in one blank.

    `missing` units owe an answer: they have not submitted, or left it empty. `not_asked` need none: the answer it hangs
    on says so, or a list has fewer names.
    """

    key: str
    indicator: Indicator
    blank: Blank
    term: TotalTerm
    total: Total
    missing: int
    not_asked: int

    @property
    def name(self) -> str:
        """What the blank is called beside others of its indicator: its printed words, its unit, or what it takes."""
        unit = f"（{self.blank.unit}）" if self.blank.unit and self.blank.label else self.blank.unit
        return f"{self.blank.label}{unit}" or kind_of(self.blank).name

    @property
    def rule_text(self) -> str:
        """How the total is made."""
        return RULE_TEXT[self.total.rule]

    @property
    def text(self) -> str:
        """The total as it is shown; a share has its sign."""
        sign = kind_of(self.blank).sign if self.total.number is not None else ""
        return f"{self.total.text}{sign}"


@dataclass(frozen=True)
class Collected:
    """A round with what of it the person may see; `is_whole` where that is every unit: only then totals mean something.

    `short` are the short names of the units, by id.
    """

    round: Round
    known: KnownForm
    sheets: Sequence[Sheet]
    is_whole: bool
    issuer: str
    short: Mapping[int, str]

    @cached_property
    def submitted(self) -> list[Sheet]:
        """The units whose answers count."""
        return [sheet for sheet in self.sheets if sheet.submitted_on is not None]

    @cached_property
    def missing(self) -> list[Sheet]:
        """The units that have not submitted."""
        return [sheet for sheet in self.sheets if sheet.submitted_on is None]

    @cached_property
    def answers(self) -> Mapping[str, Mapping[str, Value]]:
        """What the submitted units answered, by unit."""
        return {sheet.unit: sheet.answers for sheet in self.submitted}

    @cached_property
    def totals(self) -> dict[str, BlankTotal]:
        """The total of every blank, by its name."""
        return {key: self._total(key, indicator, blank) for key, indicator, blank in self.known.form.fields()}

    def _total(self, key: str, indicator: Indicator, blank: Blank) -> BlankTotal:
        found = total(key, blank, self.known.terms, self.answers)
        empty = [own for own in self.answers.values() if key not in own or own[key].state is State.EMPTY]
        owed = [own for own in empty if not kind_of(blank).is_listed and is_asked(key, self.known.terms, own)]
        term = term_of(key, blank, self.known.terms)
        missing = len(self.missing) + len(owed)
        return BlankTotal(key, indicator, blank, term, found, missing, len(empty) - len(owed))


@dataclass(frozen=True)
class City:
    """A round and the one before it of the same form, as one person may see them."""

    now: Collected
    before: Collected | None

    def last(self, unit_id: int) -> Sheet | None:
        """Return what a unit submitted in the round before."""
        sheets = self.before.submitted if self.before else []
        return next((sheet for sheet in sheets if sheet.unit_id == unit_id), None)

    def change(self, key: str) -> Change | None:
        """Return by how much a total changed."""
        if self.before is None:
            return None
        each = self.now.totals[key]
        now, before = each.total, self.before.totals[key].total
        found = comparing.change(now.number, before.number)
        # A number of units is no quantity that grows by percent.
        return replace(found, percent=None) if found and now.rule == "yes_count" else _pointwise(each.blank, found)


def _pointwise(blank: Blank, found: Change | None) -> Change | None:
    """Leave the change of a share in points: percent of percent mislead."""
    return replace(found, percent=None) if found and kind_of(blank).sign else found


def city(actor: Actor, round_id: int) -> City:
    """Return a round with the one before it, within what the person may see. A fixed number of queries."""
    found = queries.round_of(actor, round_id)
    before = _before(found)
    return City(_collected(actor, found), _collected(actor, before) if before else None)


def whole(actor: Actor, round_id: int) -> City:
    """Return the same for those who see every unit; raise Forbidden for the others: a total of one unit is none."""
    if actor.reach(Action.VIEW_INDICATORS) is not Scope.ALL:
        raise Forbidden(say("全市汇总由市局查看；本区的数据请在本区的填报表中查看。"))
    return city(actor, round_id)


def _collected(actor: Actor, found: Round) -> Collected:
    sheets = queries.all_sheets(actor, found.id)
    is_whole = actor.reach(Action.VIEW_INDICATORS) is Scope.ALL
    issuer = db.session.scalar(select(Organization.name).where(Organization.id == found.issuer_id)) or ""
    wanted = select(Organization.id, Organization.short_name).where(
        Organization.id.in_([sheet.unit_id for sheet in sheets])
    )
    short = {row.id: row.short_name for row in db.session.execute(wanted)}
    return Collected(found, known_form(found.form), sheets, is_whole, issuer, short)


def _before(found: Round) -> Round | None:
    """Return the last round of an earlier year, of the same form and text: others are not to be compared.

    A round in which nobody submitted tells nothing; it stands back behind an earlier one that does.
    """
    was_submitted = exists().where(RoundUnit.round_id == Round.id, RoundUnit.submitted_on.is_not(None))
    wanted = select(Round).where(
        Round.form == found.form,
        Round.form_sha256 == found.form_sha256,
        Round.issuer_id == found.issuer_id,
        Round.year < found.year,
    )
    return db.session.scalar(wanted.order_by(was_submitted.desc(), Round.year.desc(), Round.id.desc()).limit(1))


# ---- one indicator


@dataclass(frozen=True)
class UnitValue:
    """What one unit gave in a blank, beside the total, its last value and what is odd about it."""

    sheet: Sheet
    held: Held
    shown: str
    state: str
    share: Decimal | None
    last: str
    change: Change | None
    marks: tuple[Mark, ...]
    weighed: tuple[str, str] = ("", "")
    """What it counts with in a weighted mean (the weight, value × weight) or a ratio (part, whole)."""


@dataclass(frozen=True)
class Basis:
    """What a weighted mean or a ratio is made of: the two blanks and their sums, for whoever reckons it anew."""

    above: str
    below: str
    blanks: tuple[str, str]


STATES = {
    "given": say("已填"),
    "not_applicable": say("不适用"),
    "empty": say("未填"),
    "not_asked": say("不需填"),
    "not_submitted": say("未报"),
}
"""What a unit's blank is."""


def state_of(sheet: Sheet, key: str, blank: Blank) -> str:
    """Return what a unit's blank is, by its word in STATES, whether it has submitted or not."""
    held = sheet.held.get(key, NOTHING).value
    if held.state is not State.EMPTY:
        return held.state.value
    asked = not kind_of(blank).is_listed and is_asked(key, sheet.known.terms, sheet.answers)
    return "empty" if asked else "not_asked"


def values_of(found: City, each: BlankTotal) -> list[UnitValue]:
    """Return what every unit gave in a blank; who has not submitted shows nothing but that, save to itself."""
    numbers = {unit: own[each.key].number for unit, own in found.now.answers.items() if each.key in own}
    marks = outliers.outliers({unit: number for unit, number in numbers.items() if number is not None})
    return [_value(found, each, sheet, marks.get(sheet.unit)) for sheet in found.now.sheets]


def _value(found: City, each: BlankTotal, sheet: Sheet, mark: Mark | None) -> UnitValue:
    key, blank = each.key, each.blank
    if sheet.submitted_on is None and found.now.is_whole:
        return UnitValue(sheet, NOTHING, "", "not_submitted", None, _last(found, sheet, key, blank), None, ())
    held, before = sheet.held.get(key, NOTHING), found.last(sheet.unit_id)
    earlier = before.held.get(key, NOTHING).value.number if before else None
    risen = outliers.jump(held.value.number, earlier)
    return UnitValue(
        sheet=sheet,
        held=held,
        shown=show_value(blank, held.value),
        state=state_of(sheet, key, blank),
        share=comparing.share_of(held.value.number, each.total) if found.now.is_whole else None,
        last=_last(found, sheet, key, blank),
        change=_pointwise(blank, comparing.change(held.value.number, earlier)),
        marks=tuple(filter(None, (mark, risen))),
        weighed=_weighed(sheet, each),
    )


def _last(found: City, sheet: Sheet, key: str, blank: Blank) -> str:
    before = found.last(sheet.unit_id)
    return show_value(blank, before.held.get(key, NOTHING).value) if before else ""


def _pair(each: BlankTotal) -> tuple[str, str] | None:
    """Return the two blanks that a total is made of; nothing where it is made of its own alone."""
    pairs = {"weighted": (each.key, each.term.weight), "ratio": (each.term.part, each.term.whole)}
    return pairs.get(each.term.rule)


def _numbers(sheet: Sheet, pair: tuple[str, str]) -> tuple[Decimal, Decimal] | None:
    first, second = (sheet.held.get(key, NOTHING).value.number for key in pair)
    return None if first is None or second is None else (first, second)


def _weighed(sheet: Sheet, each: BlankTotal) -> tuple[str, str]:
    pair = _pair(each)
    both = _numbers(sheet, pair) if pair else None
    if both is None:
        return "", ""
    first, second = both
    return (plain(second), plain(first * second)) if each.term.rule == "weighted" else (plain(first), plain(second))


def basis(found: Collected, each: BlankTotal) -> Basis | None:
    """Return what a weighted mean or a ratio is made of; nothing for totals that need no such account."""
    pair = _pair(each)
    if pair is None:
        return None
    given = [both for sheet in found.submitted if (both := _numbers(sheet, pair))]
    weighted = each.term.rule == "weighted"
    above = sum((first * second if weighted else first for first, second in given), Decimal(0))
    return Basis(plain(above), plain(sum((second for _, second in given), Decimal(0))), pair)


# ---- files for programs

ANSWER_HEADS = (
    "unit",
    "submitted_on",
    "code",
    "blank",
    "question",
    "label",
    "value",
    "state",
    "by",
    "at",
    "source",
)
TABLE_HEADS = ("blank", "code", "question", "label", "rule", "total", "counted", "na", "missing", "not_asked", "last")


def answer_rows(found: Collected) -> list[list[str]]:
    """Return every unit × blank, in the columns of ANSWER_HEADS; a unit that has not submitted has no values here."""
    return [
        _answer_row(found, sheet, key, indicator, blank)
        for sheet in found.sheets
        for key, indicator, blank in found.known.form.fields()
    ]


def _answer_row(found: Collected, sheet: Sheet, key: str, indicator: Indicator, blank: Blank) -> list[str]:
    row = [sheet.unit, _day(sheet), indicator.code, key, indicator.question, blank.label]
    if sheet.submitted_on is None and found.is_whole:
        return [*row, "", "not_submitted", "", "", ""]
    held = sheet.held.get(key, NOTHING)
    shown, state = show_value(blank, held.value), state_of(sheet, key, blank)
    written = (held.by, _moment(held.at), held.source.value) if held.version else ("", "", "")
    return [*row, shown, state, *written]


def _day(sheet: Sheet) -> str:
    return sheet.submitted_on.isoformat() if sheet.submitted_on else ""


def _moment(at: datetime | None) -> str:
    return clock.local(at).isoformat(" ", "seconds") if at else ""


def total_rows(found: City) -> list[list[str | int]]:
    """Return the total of every blank, in the columns of TABLE_HEADS."""
    return [
        [
            each.key,
            each.indicator.code,
            each.indicator.question,
            each.blank.label,
            each.total.rule,
            each.total.text,
            each.total.counted,
            each.total.not_applicable,
            each.missing,
            each.not_asked,
            found.before.totals[each.key].total.text if found.before else "",
        ]
        for each in found.now.totals.values()
    ]


def indicator_of(found: Collected, number: int) -> Indicator:
    """Return an indicator by its number; raise UnknownRound where the form has none."""
    indicator = next((each for each in found.known.form.indicators if each.number == number), None)
    if indicator is None:
        raise UnknownRound(say("这份指标表没有第 {n} 项指标。", n=number))
    return indicator
