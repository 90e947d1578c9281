"""Put a unit's year together: 60 points of work, 20 of the team, up to 10 of special work, less the bottom line.

Full marks are 90 and not scaled (X2-03). 述职测评 stands beside the result and is no part of it (R2-04).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tracker.rules.appraisal.points import NONE, Entry, Result, result
from tracker.rules.appraisal.scheme import Item, Scheme, Section, Sheet
from tracker.rules.appraisal.special import Added, added
from tracker.rules.appraisal.terms import SchemeTerms


@dataclass(frozen=True)
class Settings:
    """What the leading group decided where the document is silent.

    `caps` of clauses whose own end is not said (X2-02), `enabled` clauses that are disabled from the start (X2-16),
    `split` sheets whose units are appraised by their own items (X2-05), and whether a total ends at 0.
    """

    caps: Mapping[str, Decimal] = field(default_factory=dict)
    enabled: Collection[str] = ()
    split: Collection[str] = ()
    ends_at_zero: bool = False


@dataclass(frozen=True)
class Year:
    """What a unit's year came to, item by item. Points of the bottom line are negative."""

    unit: str
    work: tuple[Result, ...]
    team: tuple[Result, ...]
    special: Added
    bottom_line: tuple[Result, ...]
    ends_at_zero: bool
    awaits: tuple[str, ...]
    """Clauses and items whose points somebody has still to enter: until then the total is not final."""

    @property
    def work_points(self) -> Decimal:
        """The points of the unit's own sheet."""
        return _sum(self.work)

    @property
    def team_points(self) -> Decimal:
        """The points that the personnel section gives."""
        return _sum(self.team)

    @property
    def bottom_line_points(self) -> Decimal:
        """What was taken for breaking the bottom line; 0 or less."""
        return _sum(self.bottom_line)

    @property
    def is_barred(self) -> bool:
        """Tell whether something below the bottom line bars the unit from 优秀 (l.47)."""
        return any(line.entries for each in self.bottom_line for line in each.lines)

    @property
    def total(self) -> Decimal:
        """The points of the year; below 0 only where nobody decided that they end there."""
        total = self.work_points + self.team_points + self.special.points + self.bottom_line_points
        return max(NONE, total) if self.ends_at_zero else total


def year_of(
    scheme: Scheme,
    terms: SchemeTerms,
    unit: str,
    entries: Iterable[Entry],
    *,
    special: Sequence[Decimal] = (),
    totals: Mapping[str, Decimal] | None = None,
    settings: Settings | None = None,
) -> Year:
    """Put a unit's year together from what was recorded for it; raise LookupError for a unit without a sheet.

    `special` are the points of its applications, each in its band; `totals` those of items whose total is entered by
    hand (X2-06), which begin at 0.
    """
    settings, recorded = settings or Settings(), list(entries)
    worked_out = _Rules(scheme, terms, recorded, totals or {}, settings)
    work = tuple(worked_out.item(item) for item in own_items(scheme, terms, unit, settings))
    by_hand = [each.item.code for each in work if each.item.code in terms.totals_entered]
    return Year(
        unit=unit,
        work=work,
        team=tuple(map(worked_out.item, _items(scheme, Section.TEAM))),
        special=added(special),
        bottom_line=tuple(map(worked_out.item, _items(scheme, Section.BOTTOM_LINE))),
        ends_at_zero=settings.ends_at_zero,
        awaits=(
            *(code for each in work if each.item.code not in by_hand for code in each.awaits),
            *(code for code in by_hand if code not in (totals or {})),
        ),
    )


def sheet_of(scheme: Scheme, terms: SchemeTerms, unit: str) -> Sheet | None:
    """Return the sheet by which a scheme appraises a unit of this name, alone or with others; None where none."""
    return next((each for each in scheme.of_section(Section.WORK) if terms.unit(unit) in each.units), None)


def caps_in_force(terms: SchemeTerms, settings: Settings) -> dict[str, Decimal]:
    """Return the caps of the clauses whose end is not said (X2-02): as decided, or the usual reading, the first."""
    return {each.clause: each.values[0] for each in terms.caps} | dict(settings.caps)


def recordable(scheme: Scheme, terms: SchemeTerms, unit: str) -> frozenset[str]:
    """Return the codes under which something may be on record of a unit, whatever was decided of a shared sheet."""
    items = [item for sheet, item in scheme.items() if not sheet.units or terms.unit(unit) in sheet.units]
    codes = {clause.code for item in items for clause in item.clauses}
    return frozenset(codes | {item.code for item in items if item.code in terms.totals_entered})


def own_items(scheme: Scheme, terms: SchemeTerms, unit: str, settings: Settings) -> tuple[Item, ...]:
    """Return the items of a unit's own sheet, or its part of a shared one that was split; raise LookupError."""
    sheet = sheet_of(scheme, terms, unit)
    if sheet is None:
        raise LookupError(unit)
    split = next((each for each in terms.splits if each.sheet == sheet.code and each.sheet in settings.split), None)
    return tuple(item for item in sheet.items if split is None or item.code in split.items[terms.unit(unit)])


class _Rules:
    """Works items out by what holds of the whole scheme."""

    def __init__(
        self,
        scheme: Scheme,
        terms: SchemeTerms,
        entries: Sequence[Entry],
        totals: Mapping[str, Decimal],
        settings: Settings,
    ) -> None:
        """Gather what replaces what, what is capped, and what comes to nothing."""
        self.entries, self.totals, self.terms = entries, totals, terms
        codes = [clause.code for _, _, clause in scheme.clauses()]
        self.groups = {code: group for code in codes if (group := terms.group_of(code))}
        self.caps = caps_in_force(terms, settings)
        recorded = {entry.clause for entry in entries}
        self.void = {each.clause for each in terms.disabled} - set(settings.enabled)
        self.void |= {each.clause for each in terms.exclusions if recorded & set(each.given)}

    def item(self, item: Item) -> Result:
        """Work an item out, or take the total that was entered for it."""
        found = result(item, self.entries, self.groups, self.caps, self.void)
        if item.code not in self.terms.totals_entered:
            return found
        entered = min(max(NONE, self.totals.get(item.code, NONE)), item.points or NONE)
        return Result(item, NONE, found.lines, entered, NONE)


def _items(scheme: Scheme, section: Section) -> tuple[Item, ...]:
    return tuple(item for sheet in scheme.of_section(section) for item in sheet.items)


def _sum(results: Iterable[Result]) -> Decimal:
    return sum((each.points for each in results), NONE)
