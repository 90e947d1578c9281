"""Reads points as people type them."""

import re
from decimal import Decimal

from tracker.rules.decimals import half_width

_AMOUNT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?", re.ASCII)


def amount(typed: str | None) -> Decimal | None:
    """Return points of up to two decimals, also in full-width digits; None where they cannot be read."""
    text = half_width(typed)
    return Decimal(text) if _AMOUNT.fullmatch(text) else None
