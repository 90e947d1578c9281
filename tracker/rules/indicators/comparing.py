"""Compare a figure with the one of the last round."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tracker.rules.indicators.totals import Total
from tracker.rules.indicators.values import plain

_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Change:
    """By how much a figure changed; `percent` is nothing where the last one was 0."""

    difference: Decimal
    percent: Decimal | None

    @property
    def text(self) -> str:
        """Write it with its sign: +12（+8.5%）, −3, 0."""
        share = "" if self.percent is None or not self.difference else f"（{_signed(self.percent)}%）"
        return f"{_signed(self.difference)}{share}"


def change(now: Decimal | None, before: Decimal | None) -> Change | None:
    """Return the change between two numbers; nothing where one of them is not there."""
    if now is None or before is None:
        return None
    percent = (100 * (now - before) / before).quantize(_TENTH, ROUND_HALF_UP) if before else None
    return Change(now - before, percent)


def is_like(now: Total, before: Total) -> bool:
    """Tell whether two totals are over as many units: otherwise their difference says little."""
    return now.counted == before.counted


def share_of(number: Decimal | None, total: Total) -> Decimal | None:
    """Return how many percent of a sum one unit gave; nothing for totals that are no sums."""
    if number is None or total.rule != "sum" or not total.number:
        return None
    return (100 * number / total.number).quantize(_TENTH, ROUND_HALF_UP)


def _signed(number: Decimal) -> str:
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return f"{sign}{plain(abs(number))}"
