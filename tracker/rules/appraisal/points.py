"""Work out what an item comes to: each clause by its kind, then the item's floor and its full points.

Nothing is rounded here: increments go down to 0.1 and 0.25 (R2-09). What the floor or a cap leaves without effect is
told beside it, since a deduction that was recorded must not vanish (X2-15).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tracker.rules.appraisal.scheme import Clause, Item, Kind
from tracker.rules.words import say

NONE = Decimal(0)


@dataclass(frozen=True)
class Entry:
    """Something recorded under a clause: how many cases, or a place in a ranking, or points that somebody judged."""

    clause: str
    count: int = 1
    place: int | None = None
    points: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """What a clause came to: recorded `raw`, of which `applied` counts; both are points, never negative."""

    clause: Clause
    entries: tuple[Entry, ...]
    raw: Decimal
    applied: Decimal

    @property
    def unapplied(self) -> Decimal:
        """What a cap of the clause, or another clause of its group, leaves without effect."""
        return self.raw - self.applied


@dataclass(frozen=True)
class Result:
    """What an item came to: the points it starts with, its clauses, and its points, from 0 to those of the item.

    `unapplied` is what its floor takes from the deductions, or its full points from the additions.
    """

    item: Item
    start: Decimal
    lines: tuple[Line, ...]
    points: Decimal
    unapplied: Decimal

    @property
    def awaits(self) -> tuple[str, ...]:
        """The clauses whose points somebody else works out, and nobody entered yet: what is missing is not 0."""
        missing = (line.clause for line in self.lines if line.clause.kind is Kind.CONV and not line.entries)
        return tuple(clause.code for clause in missing)


class Misrecorded(ValueError):
    """An entry that its clause cannot have: no judged points where a range asks for them, a place that is none."""

    def __init__(self, clause: Clause, message: str) -> None:
        """Keep the clause."""
        super().__init__(message)
        self.clause = clause


def check(clause: Clause, entry: Entry) -> None:
    """Raise Misrecorded unless the entry says what its clause needs, within what the document allows."""
    if entry.count < 1:
        raise Misrecorded(clause, say("次数至少是 1。"))
    if entry.count > 1 and not clause.unit:
        raise Misrecorded(clause, say("这一条不按次数计，只计一次。"))
    if clause.kind is Kind.RANK:
        # A deduction names the last places, so there is none behind them; prizes name the first.
        last = None if clause.gives else clause.places[-1].last
        if entry.place is None or entry.place < 1 or (last is not None and entry.place > last):
            raise Misrecorded(clause, say("请填名次，不大于参加排名的单位数。"))
    elif clause.kind is Kind.DISC:
        least, most = clause.least or NONE, clause.points or NONE
        if entry.points is None or not least <= entry.points <= most:
            raise Misrecorded(clause, say("分数应在 {least} 与 {most} 之间。", least=f"{least:f}", most=f"{most:f}"))
    elif clause.kind is Kind.CONV and (entry.points is None or entry.points < 0):
        raise Misrecorded(clause, say("请填折算得分。"))


def _once(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    return (clause.points or NONE) if entries else NONE


def _each(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    return (clause.points or NONE) * sum(entry.count for entry in entries)


def _mirrored(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    """What the city took, where that was recorded in points; else as the clause says (R2-08)."""
    took = sum((entry.points for entry in entries if entry.points is not None), NONE)
    return took + _each_or_once(clause, [entry for entry in entries if entry.points is None])


def _each_or_once(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    """One that counts nothing counts once, however often it is recorded."""
    return _each(clause, entries) if clause.unit else _once(clause, entries)


def _by_place(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    """The latest place counts: a table that the city issues again replaces the one before."""
    place = entries[-1].place if entries else None
    found = (each.points for each in clause.places if place is not None and each.first <= place <= each.last)
    return next(found, NONE)


def _judged(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    """Each judgement counts: none is lost to a later one; what counts nothing ends at its most, as a cap."""
    return sum(((entry.points or NONE) * entry.count for entry in entries), NONE)


def _converted(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    return (entries[-1].points or NONE) if entries else NONE


def _nothing(clause: Clause, entries: Sequence[Entry]) -> Decimal:
    """The item is lost as a whole, which `result` sees to."""
    return NONE


SCORE_RULES: dict[Kind, Callable[[Clause, Sequence[Entry]], Decimal]] = {
    Kind.FIX: _once,
    Kind.PER: _each,
    Kind.TIER: _once,
    Kind.RANK: _by_place,
    Kind.ZERO: _nothing,
    Kind.DISC: _judged,
    Kind.SUBCAP: _each,
    Kind.ADD: _each_or_once,
    Kind.CONV: _converted,
    Kind.EXT: _mirrored,
    Kind.DOUBLE: _each,
}
"""What the entries of a clause come to before any cap, by its kind: a new kind is one line here."""


def idle(clause: Clause | None, entries: Sequence[Entry]) -> range:
    """Return which entries, by their places in the order of their days, count nothing beside the others.

    Of places and results worked out elsewhere, and of totals (no clause), the latest counts; what counts once, does so
    with its first.
    """
    if clause is None or clause.kind in (Kind.RANK, Kind.CONV):
        return range(len(entries) - 1)
    once = clause.kind in (Kind.FIX, Kind.TIER, Kind.ZERO) or (clause.kind is Kind.ADD and not clause.unit)
    return range(1, len(entries)) if once else range(0)


def result(
    item: Item,
    entries: Iterable[Entry],
    groups: Mapping[str, str] | None = None,
    caps: Mapping[str, Decimal] | None = None,
    void: Collection[str] = (),
) -> Result:
    """Work out an item: deductions down to 0, additions up to its points.

    `groups` names, beside the tiers of the document, what clauses replace each other; `caps` are caps that somebody
    decided on where the document leaves them open; `void` are clauses that come to nothing whatever was recorded.
    Entries of other items are passed over.
    """
    by_clause: dict[str, list[Entry]] = {}
    for entry in entries:
        by_clause.setdefault(entry.clause, []).append(entry)
    lines = _lines(item, by_clause, groups or {}, {**(caps or {}), **dict.fromkeys(void, NONE)})
    start = starts_with(item)
    given = sum((line.applied for line in lines if _gives(line.clause)), NONE)
    taken = sum((line.applied for line in lines if not _gives(line.clause)), NONE)
    if any(line.clause.kind is Kind.ZERO and line.entries and line.clause.code not in void for line in lines):
        return Result(item, start, lines, NONE, NONE)
    raw = start + given - taken
    # Without points of its own an item has no floor either: what breaks the bottom line may cost more than there is.
    points = raw if item.points is None else min(max(NONE, raw), item.points)
    return Result(item, start, lines, points, abs(raw - points))


def starts_with(item: Item) -> Decimal:
    """Return the points of an item under which nothing was recorded.

    Where clauses only take, all of them; where they only give, none; where both are mixed, what cannot be given
    (W5-1: 8 points, of which 3 and 1 are given and 4 are there to be lost). The result of somebody else is awaited.
    """
    if item.points is None or not any(_gives(clause) for clause in item.clauses):
        return item.points or NONE
    if all(_gives(clause) for clause in item.clauses):
        return NONE
    most = sum((clause.cap or clause.points or NONE for clause in item.clauses if _gives(clause)), NONE)
    return max(NONE, item.points - most)


def _gives(clause: Clause) -> bool:
    return clause.gives or clause.kind is Kind.CONV


def _lines(
    item: Item, by_clause: Mapping[str, Sequence[Entry]], groups: Mapping[str, str], caps: Mapping[str, Decimal]
) -> tuple[Line, ...]:
    raw = {clause.code: SCORE_RULES[clause.kind](clause, by_clause.get(clause.code, ())) for clause in item.clauses}
    capped = {clause.code: _capped(clause, raw[clause.code], caps) for clause in item.clauses}
    group = {clause.code: clause.group or groups.get(clause.code, clause.code) for clause in item.clauses}
    best: dict[str, str] = {}
    for code in capped:
        if capped[code] > capped.get(best.get(group[code], ""), NONE):
            best[group[code]] = code
    return tuple(
        Line(
            clause,
            tuple(by_clause.get(clause.code, ())),
            raw[clause.code],
            capped[clause.code] if best.get(group[clause.code]) == clause.code else NONE,
        )
        for clause in item.clauses
    )


def cap_of(clause: Clause) -> Decimal | None:
    """Return the most that a clause alone may come to: 扣1-3分 without 每次 ends at 3, whatever was judged."""
    at_most_once = clause.kind in (Kind.DISC, Kind.EXT) and not clause.unit
    return clause.points if clause.cap is None and at_most_once else clause.cap


def _capped(clause: Clause, raw: Decimal, caps: Mapping[str, Decimal]) -> Decimal:
    cap = caps.get(clause.code, cap_of(clause))
    return raw if cap is None else min(raw, cap)
