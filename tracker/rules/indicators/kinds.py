"""What a blank takes, one entry per kind: how it is read, shown, totalled, filled in on a page and in a sheet."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tracker.rules.indicators.form import Blank, Nature
from tracker.rules.indicators.given import MIXED, MIXED_TEXT, NO, YES, State, Value, ValueRefused, narrow, plain
from tracker.rules.words import say

LARGEST = Decimal(10) ** 9
LONGEST_NAME = 60

_YES_NO = {"是": YES, "否": NO, "yes": YES, "no": NO, "y": YES, "n": NO, "√": YES, "×": NO}
_MIXED = {"均有", "都有", "both", "mixed"}
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")


class Control(StrEnum):
    """What a blank is filled in with."""

    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True)
class Kind:
    """All that differs from one kind of blank to another.

    `total` is the rule of which the form's terms say nothing (a name in TOTALS), `advice` what a sheet says of a wrong
    cell, `name` what a blank is called where the form prints neither words nor a unit. Options are those printed,
    `between` is printed between them, `beyond` are those a person may choose besides. A number has at most `places`
    decimals and is at most `most`; `sign` is written behind it. A blank of a list may stay empty: nobody owes a name.
    """

    read: Callable[[Blank, str], Value]
    control: Control
    total: str
    advice: str
    show: Callable[[Value], str] = lambda value: plain(value.number) if value.number is not None else value.text
    name: str = say("数量")
    options: Callable[[Blank], tuple[str, ...]] = lambda blank: ()
    between: str = ""
    beyond: tuple[str, ...] = ()
    places: int = 0
    most: int | None = None
    sign: str = ""
    is_listed: bool = False

    def choices(self, blank: Blank) -> tuple[str, ...]:
        """Return everything that can be chosen in a blank, as it is shown; nothing where it is typed."""
        return (*self.options(blank), *self.beyond)


def kind_of(blank: Blank) -> Kind:
    """Return the kind of a blank."""
    return INDICATOR_KINDS[blank.nature]


def _yes_no(blank: Blank, text: str) -> Value:
    word = _YES_NO.get(text.lower())
    if word is None:
        raise ValueRefused(say("请填“是”或“否”，不涉及的填“不适用”。"))
    return Value(State.GIVEN, text=word)


def _choice(blank: Blank, text: str) -> Value:
    if text.lower() in _MIXED:
        return Value(State.GIVEN, text=MIXED)
    printed = {narrow(option): option for option in blank.options}
    if text not in printed:
        raise ValueRefused(say("请从“{options}”中选一项，两种都有的填“均有”。", options="、".join(blank.options)))
    return Value(State.GIVEN, text=printed[text])


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
    number, kind = Decimal(bare.replace(",", "")), kind_of(blank)
    if number > LARGEST:  # Asked first: a number of more than 28 digits cannot be rounded.
        raise ValueRefused(say("数字过大，请核对是否多写了位数。"))
    if number != round(number, kind.places):
        raise ValueRefused(say("小数最多保留{n}位。", n=kind.places) if kind.places else say("这里填整数，不带小数。"))
    if kind.most is not None and number > kind.most:
        raise ValueRefused(say("比例在 0 到 100 之间，例如 35.5。"))
    return Value(State.GIVEN, number=number)


_UNSAID = "没有的填 0，不涉及的填“不适用”。"

INDICATOR_KINDS: dict[Nature, Kind] = {
    Nature.YES_NO: Kind(
        read=_yes_no,
        show=lambda value: "是" if value.is_yes else "否",
        control=Control.CHOICE,
        options=lambda blank: ("是", "否"),
        between="或",
        total="yes_count",
        advice="请选“是”“否”或“不适用”。",
        name=say("是或否"),
    ),
    Nature.CHOICE: Kind(
        read=_choice,
        show=lambda value: MIXED_TEXT if value.text == MIXED else value.text,
        control=Control.CHOICE,
        options=lambda blank: blank.options,
        between="/",
        beyond=(MIXED_TEXT,),
        total="tally",
        advice="请从列表里选一项。",
    ),
    Nature.NUMBER: Kind(read=_number, control=Control.NUMBER, total="sum", advice=f"请填整数，例如 12；{_UNSAID}"),
    Nature.AVERAGE: Kind(
        read=_number, control=Control.NUMBER, places=2, total="mean", advice=f"请填数字，例如 4.5；{_UNSAID}"
    ),
    Nature.SHARE: Kind(
        read=_number,
        control=Control.NUMBER,
        places=2,
        most=100,
        sign="%",
        total="mean",
        advice=f"请填数字，例如 4.5；{_UNSAID}",
    ),
    Nature.NAME: Kind(
        read=_name,
        control=Control.TEXT,
        total="union",
        advice=f"名称不能超过{LONGEST_NAME}个字。",
        name=say("列举"),
        is_listed=True,
    ),
}
