"""Compare a unit's answers with each other, while they are typed and before they are sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tracker.rules.indicators.form import Blank, Form, Indicator
from tracker.rules.indicators.kinds import kind_of
from tracker.rules.indicators.terms import Condition, CrossCheck, FormTerms, Level
from tracker.rules.indicators.values import EMPTY, State, Value, plain

Answers = Mapping[str, Value]
"""Values by the names of their blanks; a blank that is missing is empty."""


@dataclass(frozen=True)
class Objection:
    """What does not fit: the check's name and level, its message, the blanks it looked at and the two sums."""

    name: str
    level: Level
    message: str
    blanks: tuple[str, ...]
    left: str = ""
    right: str = ""


def is_asked(blank: str, terms: FormTerms, answers: Answers) -> bool:
    """Tell whether a blank is to be answered, as far as the answers it hangs on are there."""
    return all(_holds(each, answers) for each in terms.conditions if each.blank == blank)


def _holds(condition: Condition, answers: Answers) -> bool:
    value = answers.get(condition.on, EMPTY)
    return value.state is State.GIVEN and value.text == condition.answer


def unanswered(form: Form, terms: FormTerms, answers: Answers) -> tuple[str, ...]:
    """Return the blanks that are asked and empty, in the form's order; a list asks for as many names as it says."""
    return tuple(
        key
        for key, indicator, blank in form.fields()
        if answers.get(key, EMPTY).state is State.EMPTY
        and is_asked(key, terms, answers)
        and (not kind_of(blank).is_listed or _is_named(indicator, blank, answers))
    )


def asked(form: Form, terms: FormTerms, answers: Answers) -> frozenset[str]:
    """Return the blanks that are filled in, open, or may still come to be asked."""
    filled = {key for key, value in answers.items() if value.state is not State.EMPTY}
    return frozenset({*filled, *unanswered(form, terms, answers), *_undecided(terms, answers)})


def _undecided(terms: FormTerms, answers: Answers) -> set[str]:
    """Return the blanks of which nobody knows yet whether they are asked."""
    return {each.blank for each in terms.conditions if answers.get(each.on, EMPTY).state is State.EMPTY}


def _is_named(indicator: Indicator, blank: Blank, answers: Answers) -> bool:
    """Tell whether a name of a list is asked for: the number before the names says how many there are."""
    names = [each for each in indicator.blanks if kind_of(each).is_listed]
    count = answers.get(indicator.key(indicator.blanks[0]), EMPTY).number
    return count is not None and names.index(blank) < count


def answered_indicators(form: Form, terms: FormTerms, answers: Answers) -> int:
    """Count the indicators that leave nothing open; one that is known not to be asked needs nothing."""
    open_blanks = {*unanswered(form, terms, answers), *_undecided(terms, answers)}
    return sum(
        not any(indicator.key(blank) in open_blanks for blank in indicator.blanks) for indicator in form.indicators
    )


def objections(terms: FormTerms, answers: Answers) -> tuple[Objection, ...]:
    """Return what does not fit; a check with an unanswered blank says nothing."""
    found = [objection for check in terms.checks if (objection := _against(check, answers))]
    return (*found, *_needless(terms, answers))


def _needless(terms: FormTerms, answers: Answers) -> Iterator[Objection]:
    """Yield the blanks that are answered though the answer they hang on says that they are not asked."""
    for each in terms.conditions:
        on, value = answers.get(each.on, EMPTY), answers.get(each.blank, EMPTY)
        if on.state is State.EMPTY or on.text == each.answer:
            continue
        if value.state is State.GIVEN and not value.is_zero:
            yield Objection("needless", Level.BLOCK, "", (each.blank, each.on))


def _against(check: CrossCheck, answers: Answers) -> Objection | None:
    if check.given and not _is_said(answers.get(check.given[0], EMPTY), check.given[1]):
        return None
    left = _sum(check.left, answers, check.counts_nothing)
    right = _sum(check.right, answers, check.counts_nothing) if check.right else check.least
    if left is None or right is None or ORDERS[check.order](left, check.times * right):
        return None
    return Objection(check.name, check.level, check.message, check.blanks, plain(left), plain(check.times * right))


def _is_said(value: Value, answer: str) -> bool:
    """Tell whether a blank has an answer; 不适用 is one."""
    return answer in (value.text, value.state)


def _sum(blanks: tuple[str, ...], answers: Answers, counts_nothing: bool) -> Decimal | None:
    """Add numbers up, 不适用 as none where the check says so; nothing where one of them is not given."""
    values = [answers.get(blank, EMPTY) for blank in blanks]
    none = Decimal(0) if counts_nothing else None
    numbers = [none if value.state is State.NOT_APPLICABLE else value.number for value in values]
    if all(value.state is State.NOT_APPLICABLE for value in values) and not counts_nothing:
        return None
    return sum((number for number in numbers if number is not None), Decimal(0)) if None not in numbers else None


ORDERS = {
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "zero together": lambda left, right: (left == 0) == (right == 0),
}
"""How two sums must stand to each other."""
