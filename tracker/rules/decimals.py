"""Reads and writes numbers as people do."""

from decimal import Decimal

_FULL_WIDTH = {sign + 0xFEE0: sign for sign in range(0x21, 0x7F)} | {0x3000: 0x20}


def half_width(typed: str | None) -> str:
    """Return what was typed with its full-width digits and signs narrow, without blanks around it.

    Nothing else is taken for a digit: 10² is no 102.
    """
    return (typed or "").translate(_FULL_WIDTH).strip()


def plain(points: Decimal | None) -> str:
    """Return points without needless zeros, never in powers of ten: 1, 0.5; none are 0."""
    return f"{(points or Decimal(0)).normalize():f}"
