"""Reads points as people type them."""

import re
import unicodedata
from decimal import Decimal

_AMOUNT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?", re.ASCII)


def amount(typed: str | None) -> Decimal | None:
    """Return points of up to two decimals, also in full-width digits; None where they cannot be read."""
    text = unicodedata.normalize("NFKC", (typed or "").strip())
    return Decimal(text) if _AMOUNT.fullmatch(text) else None
