"""Read and show what a unit answers in a blank; an empty one, 0 and 不适用 are three different answers."""

from tracker.rules.indicators.form import Blank
from tracker.rules.indicators.given import (
    EMPTY,
    MIXED,
    MIXED_TEXT,
    NO,
    NOT_APPLICABLE,
    YES,
    State,
    Value,
    ValueRefused,
    narrow,
    plain,
)
from tracker.rules.indicators.kinds import kind_of

__all__ = [
    "EMPTY",
    "MIXED",
    "MIXED_TEXT",
    "NO",
    "NOT_APPLICABLE",
    "YES",
    "State",
    "Value",
    "ValueRefused",
    "plain",
    "read_value",
    "show_value",
]

_NOT_APPLICABLE = {"不适用", "n/a", "na", "not applicable"}


def read_value(blank: Blank, typed: str) -> Value:
    """Read what was typed or pasted into a blank; raises ValueRefused."""
    text = narrow(typed).strip()
    if not text:
        return EMPTY
    if text.lower() in _NOT_APPLICABLE:
        return NOT_APPLICABLE
    return kind_of(blank).read(blank, text)


def show_value(blank: Blank, value: Value) -> str:
    """Write a value as it is typed; an empty one is the empty text."""
    if value.state is State.EMPTY:
        return ""
    if value.state is State.NOT_APPLICABLE:
        return "不适用"
    return kind_of(blank).show(value)
