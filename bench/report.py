"""The table that a benchmark prints."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One measurement beside its floor; of a rate more is better, of anything else less."""

    what: str
    unit: str
    ours: float
    bare: float
    target: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times worse than the floor."""
        return self.bare / self.ours if self.unit.endswith("/s") else self.ours / self.bare

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.target is None:
            return ""
        return f"≤ {self.target:.1f}  {'met' if self.ratio <= self.target else 'MISSED'}"


def show(database: str, lines: Sequence[Line], seconds: float) -> None:
    """Print the table; in the rows of growth, the floor's column is the smallest database."""
    print(f"Tracker beside a bare Flask application · {database} · {os.cpu_count()} cores · Python ", end="")
    print(f"{platform.python_version()} · 2 workers × 4 threads · {seconds:.0f} s\n")
    head = ("measured", "Tracker", "floor", "unit", "ratio", "target", "")
    rows = [
        (line.what, f"{line.ours:.2f}", f"{line.bare:.2f}", line.unit, f"{line.ratio:.2f}", line.verdict, line.note)
        for line in lines
    ]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    for row in (head, tuple("-" * width for width in widths), *rows):
        first, *rest = (
            cell.ljust(width) if place in (0, 3, 5, 6) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *rest)).rstrip())
