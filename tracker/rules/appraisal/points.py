"""Work out what an item comes to: each clause by its kind, then the item's floor and its full points.

Nothing is rounded here: increments go down to 0.1 and 0.25 (R2-09). What the floor or a cap leaves without effect is
told beside it, since a deduction that was recorded must not vanish (X2-15).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tracker.rules.appraisal.scheme import Clause, Item, Kind
from tracker.rules.words import Words, say

NONE = Decimal(0)
MOST_COUNT = 9999


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


def misfits(clause: Clause, entry: Entry) -> dict[str, Words]:
    """Return why a clause cannot have an entry, by field: what it needs within what the document allows, and no more.

    What a clause has no use for is refused as well: nothing that is told of a case is left out in silence.
    """
    found = {
        "count": _count_misfit(clause, entry.count),
        "place": _place_misfit(clause, entry.place),
        "points": _points_misfit(clause, entry.points),
    }
    return {name: why for name, why in found.items() if why}


def _count_misfit(clause: Clause, count: int) -> Words | None:
    if count < 1:
        return say("次数至少是 1。")
    if count > MOST_COUNT:
        return say("次数请填 1 至 {most} 的整数。", most=MOST_COUNT)
    return say("这一条不按次数计，只计一次。") if count > 1 and not clause.unit else None


def _place_misfit(clause: Clause, place: int | None) -> Words | None:
    if clause.kind is not Kind.RANK:
        return None if place is None else say("这一条不按名次计，请留空。")
    # A deduction names the last places, so there is none behind them; prizes name the first.
    last = None if clause.gives else clause.places[-1].last
    if place is not None and 1 <= place <= (last or place):
        return None
    return say("请填名次，1 至 {last} 的整数。", last=last) if last else say("请填名次，从 1 开始的整数。")


def _points_misfit(clause: Clause, points: Decimal | None) -> Words | None:
    if clause.kind is Kind.DISC:
        return _range_misfit(clause, points)
    if clause.kind is Kind.CONV:
        return say("请填折算得分。") if points is None or points < 0 else None
    if points is None:
        return None
    if clause.kind is not Kind.EXT:
        return say("这一条的分数由条款定，请留空。")
    return say("分数请填数字，最多两位小数，例如 1.5；扣分也填正数。") if points < 0 else None


def _range_misfit(clause: Clause, points: Decimal | None) -> Words | None:
    least, most = clause.least or NONE, clause.points or NONE
    if points is not None and least <= points <= most:
        return None
    bounds = {"least": f"{least:f}", "most": f"{most:f}"}
    if is_judged_per_case(clause):
        return say("每{unit}的分数应在 {least} 与 {most} 之间。", unit=clause.unit, **bounds)
    return say("分数应在 {least} 与 {most} 之间。", **bounds)


def is_judged_per_case(clause: Clause) -> bool:
    """Tell whether the points of an entry are those of each of its cases: 每起视情扣 5–10 分."""
    return clause.kind is Kind.DISC and bool(clause.unit)


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

    Where the latest counts, those before it; what counts once, does so with its first.
    """
    if latest_counts(clause):
        return range(len(entries) - 1)
    if clause is None:
        return range(0)
    once = clause.kind in (Kind.FIX, Kind.TIER, Kind.ZERO) or (clause.kind is Kind.ADD and not clause.unit)
    return range(1, len(entries)) if once else range(0)


def latest_counts(clause: Clause | None) -> bool:
    """Tell whether the latest entry replaces the ones before: of places, of results worked out elsewhere, of totals,
    which have no clause."""
    return clause is None or clause.kind in (Kind.RANK, Kind.CONV)


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
