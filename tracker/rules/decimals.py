"""Writes points as people do."""

from decimal import Decimal


def plain(points: Decimal | None) -> str:
    """Return points without needless zeros, never in powers of ten: 1, 0.5; none are 0."""
    return f"{(points or Decimal(0)).normalize():f}"
