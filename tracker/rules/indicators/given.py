"""What stands in a blank of a form: nothing, 不适用, or a number or a text that was given."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

YES, NO = "yes", "no"
MIXED = "mixed"
"""The choice of a district where several options hold; the form prints none for it (X0-12)."""

MIXED_TEXT = "均有"


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


def plain(number: Decimal) -> str:
    """Write a number without needless zeros and never with an exponent."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def narrow(text: str) -> str:
    """Write wide digits and signs narrow: they are typed with the Chinese keyboard on."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "})
