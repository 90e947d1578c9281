"""Reads points and whole numbers as people type them."""

import re
from decimal import Decimal

from wtforms import Field

from tracker.rules.decimals import half_width
from tracker.web.paging import whole

_AMOUNT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?", re.ASCII)


def amount(typed: str | None) -> Decimal | None:
    """Return points of up to two decimals, also in full-width digits; None where they cannot be read."""
    text = half_width(typed)
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def number(field: Field, refusal: str) -> int | None:
    """Return the whole number in a field, None where it is empty or none, which the field then says."""
    typed = half_width(field.data)
    found = whole(typed) if typed else None
    if typed and found is None:
        field.errors = [refusal]
    return found
