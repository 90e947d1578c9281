"""Total what units answered in one blank, by the rule that fits it: sum, n of m, weighted mean, ratio, union."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tracker.rules.indicators.checks import Answers
from tracker.rules.indicators.form import Blank
from tracker.rules.indicators.kinds import kind_of
from tracker.rules.indicators.terms import FormTerms, TotalTerm
from tracker.rules.indicators.values import EMPTY, MIXED, MIXED_TEXT, State, plain

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Total:
    """What units come to in one blank.

    `counted` units gave a value that counts, `not_applicable` said so, `missing` left it empty. `number` is nothing
    where no unit counts; `parts` are options or names with how often each was given.
    """

    rule: str
    number: Decimal | None
    counted: int
    not_applicable: int
    missing: int
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def text(self) -> str:
        """Write the total as a cell of the city's table: 12, 14/16, 甲：3、乙：2."""
        if self.rule == "yes_count":
            return f"{plain(self.number or Decimal(0))}/{self.counted}"
        if self.rule in ("tally", "union"):
            return "、".join(f"{MIXED_TEXT if name == MIXED else name}：{times}" for name, times in self.parts)
        return "" if self.number is None else plain(self.number)


Rule = Callable[[str, TotalTerm, Mapping[str, Answers]], tuple[Decimal | None, int, tuple[tuple[str, int], ...]]]
"""Blank, term and answers by unit → number, units that count, parts."""


def total(key: str, blank: Blank, terms: FormTerms, answers: Mapping[str, Answers]) -> Total:
    """Total one blank over the answers of all units; those who owe an answer and gave none are in with empty ones."""
    term = term_of(key, blank, terms)
    states = Counter(own.get(key, EMPTY).state for own in answers.values())
    number, counted, parts = TOTALS[term.rule](key, term, answers)
    return Total(term.rule, number, counted, states[State.NOT_APPLICABLE], states[State.EMPTY], parts)


def term_of(key: str, blank: Blank, terms: FormTerms) -> TotalTerm:
    """Return how a blank is totalled: as the form's terms say, or else as its kind is."""
    return (terms.totals or {}).get(key, TotalTerm(kind_of(blank).total))


def _numbers(key: str, answers: Mapping[str, Answers]) -> dict[str, Decimal]:
    found = ((unit, own.get(key, EMPTY).number) for unit, own in answers.items())
    return {unit: number for unit, number in found if number is not None}


def _texts(key: str, answers: Mapping[str, Answers]) -> list[str]:
    return [text for own in answers.values() if (text := own.get(key, EMPTY).text)]


def _sum(key: str, term: TotalTerm, answers: Mapping[str, Answers]) -> tuple[Decimal | None, int, tuple[()]]:
    numbers = _numbers(key, answers)
    return (sum(numbers.values(), Decimal(0)) if numbers else None), len(numbers), ()


def _yes_count(key: str, term: TotalTerm, answers: Mapping[str, Answers]) -> tuple[Decimal | None, int, tuple[()]]:
    texts = _texts(key, answers)
    return (Decimal(texts.count("yes")) if texts else None), len(texts), ()


def _tally(
    key: str, term: TotalTerm, answers: Mapping[str, Answers]
) -> tuple[Decimal | None, int, tuple[tuple[str, int], ...]]:
    texts = _texts(key, answers)
    return None, len(texts), tuple(Counter(texts).most_common())


def _mean(key: str, term: TotalTerm, answers: Mapping[str, Answers]) -> tuple[Decimal | None, int, tuple[()]]:
    numbers = _numbers(key, answers)
    return _rounded(sum(numbers.values(), Decimal(0)), Decimal(len(numbers))), len(numbers), ()


def _weighted(key: str, term: TotalTerm, answers: Mapping[str, Answers]) -> tuple[Decimal | None, int, tuple[()]]:
    """Weigh every unit's value by another of its numbers; who left out either does not count."""
    values, weights = _numbers(key, answers), _numbers(term.weight, answers)
    both = [unit for unit in values if unit in weights]
    weighed = sum((values[unit] * weights[unit] for unit in both), Decimal(0))
    return _rounded(weighed, sum((weights[unit] for unit in both), Decimal(0))), len(both), ()


def _ratio(key: str, term: TotalTerm, answers: Mapping[str, Answers]) -> tuple[Decimal | None, int, tuple[()]]:
    """Make a share anew from the sums of its parts; shares of units cannot be added up."""
    parts, wholes = _numbers(term.part, answers), _numbers(term.whole, answers)
    both = [unit for unit in parts if unit in wholes]
    part = sum((parts[unit] for unit in both), Decimal(0))
    return _rounded(100 * part, sum((wholes[unit] for unit in both), Decimal(0))), len(both), ()


def _rounded(above: Decimal, below: Decimal) -> Decimal | None:
    return (above / below).quantize(HUNDREDTH, ROUND_HALF_UP) if below else None


TOTALS: dict[str, Rule] = {
    "sum": _sum,
    "yes_count": _yes_count,
    "tally": _tally,
    "union": _tally,
    "mean": _mean,
    "weighted": _weighted,
    "ratio": _ratio,
}
