"""What does not fit among a unit's answers, as pages tell it: in words, with both figures and the way to the blanks."""

from dataclasses import dataclass
from typing import Any

from tracker.indicators.queries import Sheet
from tracker.rules.indicators.checks import Objection
from tracker.rules.indicators.form import Blank, Indicator
from tracker.rules.indicators.terms import CrossCheck, Level
from tracker.rules.indicators.values import EMPTY, YES, show_value
from tracker.rules.words import say
from tracker.web.indicators.filling_names import blank_address, short_name


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its blanks with what stands in each, and what they come to."""

    blanks: tuple[tuple[str, str, str], ...]
    figure: str
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit; `explanation` is why it stands, where somebody wrote that for these figures."""

    name: str
    is_blocking: bool
    words: str
    blanks: tuple[str, ...]
    sides: tuple[Side, Side]
    explanation: Any = None
    error: str = ""
    typed: str = ""

    @property
    def tone(self) -> str:
        """Name how grave it is: it blocks, it asks for an explanation, it has one."""
        return "block" if self.is_blocking else "explained" if self.explanation else "warn"

    @property
    def live(self) -> str:
        """What stands under the blanks while they are filled in."""
        left, right = (side.figure for side in self.sides)
        words = say("{message}现为 {left} 与 {right}。", message=self.words, left=left, right=right)
        what = words if left else self.words
        if self.is_blocking:
            return say("改正后才能上报：{what}", what=what)
        if self.explanation:
            return say("已说明：{what}", what=what)
        return say("请核对，属实的写明原因：{what}", what=what)


def findings(found: Sheet, wrong: str = "", typed: str = "", error: str = "") -> list[Finding]:
    """Return what does not fit, the blocking ones first; `wrong` names one whose explanation was refused."""
    blanks = {key: (indicator, blank) for key, indicator, blank in found.known.form.fields()}
    checks = {check.name: check for check in found.known.terms.checks}
    refused = {wrong: (typed, error)} if wrong else {}
    made = [
        _finding(found, each, checks.get(each.name), blanks, refused.get(each.name, ("", "")))
        for each in found.objections
    ]
    return sorted(made, key=lambda each: not each.is_blocking)


def _finding(
    found: Sheet,
    objection: Objection,
    check: CrossCheck | None,
    blanks: dict[str, tuple[Indicator, Blank]],
    refused: tuple[str, str],
) -> Finding:
    def side(keys: tuple[str, ...], figure: str, note: str = "") -> Side:
        return Side(tuple(_shown(found, key, *blanks[key]) for key in keys), figure, note)

    if check is None:
        asked, on = objection.blanks
        words = _needless(found, blanks[asked], *blanks[on], on)
        sides = side((asked,), ""), side((on,), "")
    else:
        times = say("乘以 {n}", n=check.times) if check.times != 1 else ""
        words, sides = check.message, (side(check.left, objection.left), side(check.right, objection.right, times))
    explanation = found.explanation(objection)
    is_blocking = objection.level is Level.BLOCK
    return Finding(objection.name, is_blocking, words, objection.blanks, sides, explanation, refused[1], refused[0])


def _needless(found: Sheet, asked: tuple[Indicator, Blank], on: Indicator, blank: Blank, key: str) -> str:
    """Say that a blank is answered though it is not asked."""
    answer = show_value(blank, found.answers.get(key, EMPTY))
    return say(
        "{on}填的是“{answer}”，{asked}不用填：请清空或改填“不适用”，或者改正前一项。",
        on=short_name(on, blank),
        answer=answer,
        asked=short_name(*asked),
    )


def _shown(found: Sheet, key: str, indicator: Indicator, blank: Blank) -> tuple[str, str, str]:
    value = show_value(blank, found.answers.get(key, EMPTY))
    return short_name(indicator, blank), blank_address(found, key, indicator), value


def answer_word(answer: str) -> str:
    """Return the word for the answer that a condition names."""
    return say("是") if answer == YES else say("否")
