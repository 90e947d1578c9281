"""What is said about a scheme beside its text: each thing with its reason, and never as if the document said it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from tracker.rules.appraisal.scheme import Scheme
from tracker.rules.words import Words, written

Made = TypeVar("Made")


@dataclass(frozen=True)
class Alternatives:
    """Clauses of which one counts, the one that gives or takes most."""

    clauses: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Disabled:
    """A clause that takes nothing unless somebody switches it on."""

    clause: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """A cap that the text leaves open: the values in question, the first of which holds."""

    clause: str
    values: tuple[Decimal, ...]
    reason: str


@dataclass(frozen=True)
class Exclusion:
    """A clause that gives nothing where one of others was given."""

    clause: str
    given: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Most:
    """How often a clause can count in a year at most, where its words name a number."""

    clause: str
    most: int
    reason: str


@dataclass(frozen=True)
class Mirror:
    """A clause whose points follow what the city took under a plan, task by task."""

    clause: str
    doc_number: str
    reason: str


@dataclass(frozen=True)
class Split:
    """A sheet of several units: which items look like whose. Together they may be one candidate or several."""

    sheet: str
    items: Mapping[str, tuple[str, ...]]
    reason: str


@dataclass(frozen=True)
class Remark:
    """What a person found odd at a line: the words there, what is proposed instead, and why."""

    line: int
    quote: str
    reason: str
    proposed: str = ""
    concerns: str = ""


@dataclass(frozen=True)
class SchemeTerms:
    """Everything said about a scheme.

    `compiler` is the unit that compiles the year (l.15); `aliases` are other names of units, `totals_entered` the items
    whose total somebody enters, each with the reason.
    """

    compiler: str
    aliases: Mapping[str, str]
    alternatives: tuple[Alternatives, ...]
    disabled: tuple[Disabled, ...]
    caps: tuple[Choice, ...]
    exclusions: tuple[Exclusion, ...]
    counts: tuple[Most, ...]
    mirrors: tuple[Mirror, ...]
    splits: tuple[Split, ...]
    totals_entered: Mapping[str, str]
    undecided: tuple[Remark, ...]
    remarks: tuple[Remark, ...]

    def unit(self, name: str) -> str:
        """Return the name by which a unit has its sheet; an unknown one is its own (X2-11)."""
        return self.aliases.get(name, name)

    def group_of(self, clause: str) -> str:
        """Return the first of the clauses that replace each other, for one of them; else an empty text."""
        return next((each.clauses[0] for each in self.alternatives if clause in each.clauses), "")


class TermsUnreadable(ValueError):
    """A companion file that says something in another form than it should; the message says what and how."""


def _list(values: Any, make: Callable[[Mapping[str, Any]], Made]) -> tuple[Made, ...]:
    if not isinstance(values, list):
        raise TypeError
    return tuple(map(make, values))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value


def _reason(value: Any) -> Words:
    """Return a reason as a sentence, so that it is read in the reader's language where the catalogues have it."""
    return written(_text(value))


def _texts(values: Any) -> tuple[str, ...]:
    found = _list(values, _text)
    if not found:
        raise ValueError
    return found


def _named(values: Any) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in dict.items(values)}


def _reasons(values: Any) -> dict[str, str]:
    return {name: written(value) for name, value in _named(values).items()}


def _number(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise TypeError
    return value


def _points(values: Any) -> tuple[Decimal, ...]:
    found = tuple(map(Decimal, _texts(values)))
    if not all(each.is_finite() and each >= 0 for each in found):
        raise ValueError
    return found


def _remark(said: Mapping[str, Any]) -> Remark:
    further = {name: _text(said[name]) for name in ("proposed", "concerns") if said.get(name)}
    return Remark(_number(said["line"]), _text(said["quote"]), _reason(said["reason"]), **further)


_READERS: dict[str, tuple[Callable[[Any], Any], Any, str]] = {
    "compiler": (_text, "", '"政治处"'),
    "aliases": (_named, {}, '{"法援中心": "法律援助中心"}'),
    "alternatives": (
        lambda said: _list(said, lambda each: Alternatives(_texts(each["clauses"]), _reason(each["reason"]))),
        [],
        '[{"clauses": ["F-6.1", "F-6.2"], "reason": "…"}]',
    ),
    "disabled": (
        lambda said: _list(said, lambda each: Disabled(_text(each["clause"]), _reason(each["reason"]))),
        [],
        '[{"clause": "T-3.4", "reason": "…"}]',
    ),
    "caps": (
        lambda said: _list(
            said, lambda each: Choice(_text(each["clause"]), _points(each["values"]), _reason(each["reason"]))
        ),
        [],
        '[{"clause": "W6-4.1", "values": ["20", "10"], "reason": "…"}]',
    ),
    "exclusions": (
        lambda said: _list(
            said, lambda each: Exclusion(_text(each["clause"]), _texts(each["given"]), _reason(each["reason"]))
        ),
        [],
        '[{"clause": "W7-5.6", "given": ["F-17.1"], "reason": "…"}]',
    ),
    "counts": (
        lambda said: _list(
            said, lambda each: Most(_text(each["clause"]), _number(each["most"]), _reason(each["reason"]))
        ),
        [],
        '[{"clause": "W3-3.3", "most": 2, "reason": "…"}]',
    ),
    "mirrors": (
        lambda said: _list(
            said, lambda each: Mirror(_text(each["clause"]), _text(each["doc_number"]), _reason(each["reason"]))
        ),
        [],
        '[{"clause": "W6-4.1", "doc_number": "某司发〔2021〕11号", "reason": "…"}]',
    ),
    "splits": (
        lambda said: _list(
            said,
            lambda each: Split(
                _text(each["sheet"]),
                {_text(unit): _texts(items) for unit, items in dict.items(each["items"])},
                _reason(each["reason"]),
            ),
        ),
        [],
        '[{"sheet": "W5", "items": {"秘书科": ["W5-1"], "普法科": ["W5-2"]}, "reason": "…"}]',
    ),
    "totals_entered": (_reasons, {}, '{"W5-9": "…"}'),
    "undecided": (lambda said: _list(said, _remark), [], '[{"line": 47, "quote": "…", "reason": "…"}]'),
    "remarks": (
        lambda said: _list(said, _remark),
        [],
        '[{"line": 88, "quote": "…", "proposed": "…", "reason": "…", "concerns": "W1-6.7"}]',
    ),
}
"""What a companion file may say: how each is read, what holds where it is not said, and an example of its form."""

NOTES = frozenset({"in_source", "note"})
"""What a companion file may say of itself."""


def read_terms(said: Mapping[str, Any], compiler: str = "") -> SchemeTerms:
    """Make terms of a companion file's values, `compiler` where it names none; raise TermsUnreadable."""
    if not isinstance(said, Mapping):
        raise TermsUnreadable("附属文件应是一个 JSON 对象，例如 {}。")
    if strange := sorted(said.keys() - _READERS.keys() - NOTES):
        raise TermsUnreadable(f"附属文件里有不认识的项：{'、'.join(strange)}。可以写的有：{'、'.join(_READERS)}。")
    found: dict[str, Any] = {}
    for name, (read, default, example) in _READERS.items():
        if name not in said and name == "compiler":
            found[name] = compiler
            continue
        try:
            found[name] = read(said.get(name, default))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            raise TermsUnreadable(f"附属文件的“{name}”写法不对，应像这样：{example}。") from None
    return SchemeTerms(**found)


def named_compiler(scheme: Scheme) -> str:
    """Return the one unit of which the text says that it compiles (政治处汇总考评情况, l.45); else an empty text."""
    units = {unit for sheet in scheme.sheets for unit in sheet.units}
    said = [each.quote for each in scheme.passages]
    found = [unit for unit in units if any(f"{unit}汇总考评情况" in quote for quote in said)]
    return found[0] if len(found) == 1 else ""


def strays(scheme: Scheme, terms: SchemeTerms, text: str) -> Iterator[str]:
    """Yield what terms speak of that the scheme does not have: clauses, items, units, and quotes at their lines."""
    clauses = {clause.code for _, _, clause in scheme.clauses()}
    items = {item.code for _, item in scheme.items()}
    units = {unit for sheet in scheme.sheets for unit in sheet.units}
    named = [code for each in terms.alternatives for code in each.clauses]
    named += [each.clause for each in terms.disabled]
    named += [each.clause for each in terms.caps]
    named += [each.clause for each in terms.exclusions]
    named += [code for each in terms.exclusions for code in each.given]
    named += [each.clause for each in terms.counts]
    named += [each.clause for each in terms.mirrors]
    yield from (code for code in named if code not in clauses)
    yield from (code for code in terms.totals_entered if code not in items)
    yield from (code for split in terms.splits for codes in split.items.values() for code in codes if code not in items)
    yield from (unit for split in terms.splits for unit in split.items if unit not in units)
    of_sheet = {sheet.code: sheet.units for sheet in scheme.sheets}
    yield from (split.sheet for split in terms.splits if split.sheet not in of_sheet)
    yield from (unit for split in terms.splits for unit in of_sheet.get(split.sheet, ()) if unit not in split.items)
    yield from (name for name in (terms.compiler, *terms.aliases.values()) if name and name not in units)
    lines = text.splitlines()
    for each in (*terms.remarks, *terms.undecided):
        if each.quote not in "".join(lines[each.line - 1 : each.line]):
            yield each.quote
