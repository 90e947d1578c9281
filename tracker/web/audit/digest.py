"""Gathers the digest of one day: how much of what by whom, what was out of the ordinary, and every entry."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from tracker import clock
from tracker.audit import queries
from tracker.audit.queries import EntryRow, Wanted

MOST = 2000
"""How many entries are printed; the rest is in the export, and the page says so."""

WORK_BEGINS, WORK_ENDS = 8, 20
"""Logins before and after these hours are listed apart."""

TAKEN_OUT = ("export", "download")


@dataclass(frozen=True)
class Digest:
    """A day on record; entries oldest first, as a diary is read."""

    entries: list[EntryRow]
    total: int
    acts: list[tuple[str, str, int]]
    people: list[tuple[str, str, str, int]]
    refused: list[EntryRow]
    out_of_hours: list[EntryRow]
    taken_out: list[EntryRow]
    last: EntryRow | None

    @property
    def left_out(self) -> int:
        """How many entries are not printed."""
        return self.total - len(self.entries)


def digest(day: date) -> Digest:
    """Return the digest of a day; a fixed number of queries, whatever happened."""
    sums = queries.sums(day)
    acts, people = Counter[tuple[str, str]](), Counter[tuple[str, str, str]]()
    for each in sums:
        acts[each.act, each.outcome] += each.number
        people[each.account, each.name, each.unit] += each.number
    newest = queries.entries(Wanted(first=day, last=day), 1)
    return Digest(
        entries=queries.of_day(day, MOST),
        total=acts.total(),
        acts=[(*key, number) for key, number in acts.most_common()],
        people=[(*key, number) for key, number in people.most_common()],
        refused=queries.of_day(day, MOST, outcome=queries.REFUSED),
        out_of_hours=[row for row in queries.of_day(day, MOST, acts=("login",)) if _is_out_of_hours(row)],
        taken_out=queries.of_day(day, MOST, acts=TAKEN_OUT),
        last=newest[0] if newest else None,
    )


def _is_out_of_hours(row: EntryRow) -> bool:
    return not WORK_BEGINS <= clock.local(row.at).hour < WORK_ENDS
