"""Read and show what a unit answers in a blank; an empty one, 0 and 不适用 are three different answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tracker.rules.indicators.form import Blank, Nature
from tracker.rules.words import say

LARGEST = Decimal(10) ** 9
LONGEST_NAME = 60
PLACES = {Nature.NUMBER: 0, Nature.AVERAGE: 2, Nature.SHARE: 2}
"""Decimal places that a blank may have."""

YES, NO = "yes", "no"
MIXED = "mixed"
"""The choice of a district where several options hold; the form prints none for it (X0-12)."""

MIXED_TEXT = "均有"

_YES_NO = {"是": YES, "否": NO, "yes": YES, "no": NO, "y": YES, "n": NO, "√": YES, "×": NO}
_NOT_APPLICABLE = {"不适用", "n/a", "na", "not applicable"}
_MIXED = {"均有", "都有", "both", "mixed"}
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")


class State(StrEnum):
    """Whether a blank is answered."""

    EMPTY = "empty"
    GIVEN = "given"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Value:
    """What stands in a blank: a number where it takes one, otherwise text (yes and no included)."""

    state: State
    number: Decimal | None = None
    text: str = ""

    @property
    def is_zero(self) -> bool:
        """Tell whether it is a number, and that 0."""
        return self.number == 0

    @property
    def is_yes(self) -> bool:
        """Tell whether it is 是."""
        return self.text == YES


EMPTY = Value(State.EMPTY)
NOT_APPLICABLE = Value(State.NOT_APPLICABLE)


class ValueRefused(ValueError):
    """What was typed cannot stand in this blank; the message says what to do."""


def read_value(blank: Blank, typed: str) -> Value:
    """Read what was typed or pasted into a blank; raises ValueRefused."""
    text = _narrow(typed).strip()
    if not text:
        return EMPTY
    if text.lower() in _NOT_APPLICABLE:
        return NOT_APPLICABLE
    return _READ[blank.nature](blank, text)


def show_value(blank: Blank, value: Value) -> str:
    """Write a value as it is typed; an empty one is the empty text."""
    if value.state is State.EMPTY:
        return ""
    if value.state is State.NOT_APPLICABLE:
        return "不适用"
    if blank.nature is Nature.YES_NO:
        return "是" if value.is_yes else "否"
    if blank.nature is Nature.CHOICE and value.text == MIXED:
        return MIXED_TEXT
    return plain(value.number) if value.number is not None else value.text


def plain(number: Decimal) -> str:
    """Write a number without needless zeros and never with an exponent."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _narrow(text: str) -> str:
    """Write wide digits and signs narrow: they are typed with the Chinese keyboard on."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "})


def _yes_no(blank: Blank, text: str) -> Value:
    word = _YES_NO.get(text.lower())
    if word is None:
        raise ValueRefused(say("请填“是”或“否”，不涉及的填“不适用”。"))
    return Value(State.GIVEN, text=word)


def _choice(blank: Blank, text: str) -> Value:
    if text.lower() in _MIXED:
        return Value(State.GIVEN, text=MIXED)
    narrow = {_narrow(option): option for option in blank.options}
    if text not in narrow:
        raise ValueRefused(say("请从“{options}”中选一项，两种都有的填“均有”。", options="、".join(blank.options)))
    return Value(State.GIVEN, text=narrow[text])


def _name(blank: Blank, text: str) -> Value:
    if len(text) > LONGEST_NAME:
        raise ValueRefused(say("名称不能超过{n}个字。", n=LONGEST_NAME))
    if not text.isprintable():
        raise ValueRefused(say("名称里有看不见的控制字符，请删去后重新输入。"))
    return Value(State.GIVEN, text=text)


def _number(blank: Blank, text: str) -> Value:
    """Read a number; its own unit may stand behind it, thousands may be divided."""
    bare = text.removesuffix(blank.unit).strip() if blank.unit else text
    if not _NUMBER.fullmatch(bare):
        raise ValueRefused(say("请只填数字，例如 12；没有的填 0，不涉及的填“不适用”。"))
    number = Decimal(bare.replace(",", ""))
    places = PLACES[blank.nature]
    if number > LARGEST:  # Asked first: a number of more than 28 digits cannot be rounded.
        raise ValueRefused(say("数字过大，请核对是否多写了位数。"))
    if number != round(number, places):
        raise ValueRefused(say("这里填整数，不带小数。") if not places else say("小数最多保留{n}位。", n=places))
    if blank.nature is Nature.SHARE and number > 100:
        raise ValueRefused(say("比例在 0 到 100 之间，例如 35.5。"))
    return Value(State.GIVEN, number=number)


_READ: dict[Nature, Callable[[Blank, str], Value]] = {
    Nature.YES_NO: _yes_no,
    Nature.CHOICE: _choice,
    Nature.NUMBER: _number,
    Nature.AVERAGE: _number,
    Nature.SHARE: _number,
    Nature.NAME: _name,
}
