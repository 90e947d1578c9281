"""The parts of an appraisal scheme: its sheets, their items, and the clauses by which points are given and taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """How a clause counts.

    FIX takes points once, PER for each case, SUBCAP as PER up to its own cap, TIER the worst of its group, RANK by a
    place in the city, ZERO the whole item, DISC as many as somebody judges within a range, ADD gives, CONV is worked
    out elsewhere, EXT follows what the city took, DOUBLE takes once more what the clause before it takes.
    """

    FIX = "fix"
    PER = "per"
    TIER = "tier"
    RANK = "rank"
    ZERO = "zero"
    DISC = "disc"
    SUBCAP = "subcap"
    ADD = "add"
    CONV = "conv"
    EXT = "ext"
    DOUBLE = "double"


class Section(StrEnum):
    """A part of the scheme: the work of each unit, the team, special work, the bottom line."""

    WORK = "work"
    TEAM = "team"
    SPECIAL = "special"
    BOTTOM_LINE = "bottom_line"


@dataclass(frozen=True)
class Places:
    """Ranks from a first to a last one, and the points that each of them means."""

    first: int
    last: int
    points: Decimal


@dataclass(frozen=True)
class Clause:
    """One rule of an item in the document's own words.

    `points` are those of one case, or the most where a range is left to judgement, which begins at `least`. `unit` is
    what is counted; `cap` is the most that this clause alone may come to. Clauses of one `group` replace each other:
    the worst tier counts, the best prize.
    """

    code: str
    line: int
    quote: str
    kind: Kind
    gives: bool = False
    points: Decimal | None = None
    least: Decimal | None = None
    unit: str = ""
    cap: Decimal | None = None
    places: tuple[Places, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class Item:
    """A row of a sheet: what is asked, how many points it has, by which clauses.

    `text` is the cell of the rules as printed. `points` is None where the document names no cap; `owners` are the
    printed names of who reports special work or watches over a bottom line, `owner_printed` tells whether the cell
    itself names them (X2-10).
    """

    code: str
    number: int
    line: int
    title: str
    text: str
    points: Decimal | None
    clauses: tuple[Clause, ...]
    owners: tuple[str, ...] = ()
    owner_printed: bool = True


@dataclass(frozen=True)
class Sheet:
    """The items by which one or more units are appraised, and the points they add up to as the heading says."""

    code: str
    section: Section
    line: int
    units: tuple[str, ...]
    points: Decimal | None
    items: tuple[Item, ...]

    @property
    def sum(self) -> Decimal:
        """The points of the items together."""
        return sum((item.points for item in self.items if item.points is not None), Decimal(0))


@dataclass(frozen=True)
class Passage:
    """A sentence of the scheme's text on which a rule rests, with its line."""

    line: int
    quote: str


@dataclass(frozen=True)
class Scheme:
    """A scheme as printed: whose it is, from when to when it counts, when it was issued, and its sheets."""

    doc_number: str
    title: str
    issuer: str
    starts_on: date
    ends_on: date
    issued_on: date
    passages: tuple[Passage, ...]
    sheets: tuple[Sheet, ...]

    def items(self) -> Iterator[tuple[Sheet, Item]]:
        """Yield every item with its sheet, in the order of the text."""
        for sheet in self.sheets:
            for item in sheet.items:
                yield sheet, item

    def clauses(self) -> Iterator[tuple[Sheet, Item, Clause]]:
        """Yield every clause with its item and sheet, in the order of the text."""
        for sheet, item in self.items():
            for clause in item.clauses:
                yield sheet, item, clause

    def of_section(self, section: Section) -> tuple[Sheet, ...]:
        """Return the sheets of a part."""
        return tuple(sheet for sheet in self.sheets if sheet.section is section)
