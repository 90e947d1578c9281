"""A whole year of three hundred entries: every rule, cap and floor is met, and every total is what is worked out anew
from the exported entries alone."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal import recompute_year
from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, the_year
from tests.assignments.acts import moment, person
from tracker.appraisal import decisions, entries, export, history, queries, special
from tracker.appraisal.entries import Recording
from tracker.appraisal.history import Cause
from tracker.appraisal.models import AppraisalUnit
from tracker.appraisal.queries import UnitSheet
from tracker.appraisal.schemes import known_scheme
from tracker.appraisal.special import Applying, Judging
from tracker.db import db, transaction
from tracker.overview.tables import exact_csv
from tracker.people.models import User
from tracker.people.queries import actor_of
from tracker.rules.appraisal.points import Line, cap_of, starts_with
from tracker.rules.appraisal.scheme import Clause, Item, Kind, Scheme, Section
from tracker.rules.permissions import Actor
from tracker.seeding.appraisals import SCHEME

ENTRIES = 300
NOW = moment(DAY)
MANY = Decimal("Infinity")

TOO_LITTLE = {"W2-1", "W5-7", "W6-2", "W6-3", "W10-1"}
"""Items whose clauses take less together than there is."""

GIVEN = {"W1-5", "W5-2", "W7-5", "W8-3"}
"""Items that begin with nothing: their clauses only give."""

NOT_ALONE = (Kind.ZERO, Kind.CONV, Kind.DOUBLE)
"""Kinds that lose a whole item, are worked out elsewhere, or double what another clause takes."""

AS_A_WHOLE = {"W10-2", "W10-3"}
"""Items that come to nothing as a whole or not at all."""

EXACTLY = {"T-1", "W4-1", "W5-1", "W5-3", "W5-8", "W8-1", "W9-2", "W9-4", "W9-5"}
"""Items that come to nothing just so: nothing is left that could not be taken."""

UNAIDED = ("普法科", "W5-1")
"""What chance leaves alone: whoever is given something there does not come to nothing."""

ONCE = {
    *("W2-4.5", "W8-1.1", "W8-1.2", "W8-2.1", "W10-3.1", "W10-5.1", "W10-5.2", "W10-5.3"),
    *("T-1.1", "T-2.4", "T-3.2", "T-4.2", "T-4.3", "T-5.3", "T-6.1"),
}
"""Clauses that are judged or follow the city, and count no cases: no more than their most in a year."""

CAPPED = ONCE | {"W3-2.3", "W4-3.1", "W4-3.2", "W5-1.1", "W5-1.2", "W5-9.4", "W6-4.1"}
"""Clauses with an end of their own, beside what the full points of an item end."""

GROUPS = {
    *(("W2-3.1", "W2-3.2"), ("W2-3.3", "W2-3.4")),
    *(("W5-2.3", "W5-2.4", "W5-2.5"), ("W5-2.6", "W5-2.7")),
}
"""Clauses of which one counts."""


class Year:
    """The year in the making: what was recorded so far, and what was met at each look at it."""

    def __init__(self) -> None:
        """Begin it."""
        begin()
        self.random = Random(2021)
        self.found = the_year()
        self.units = queries.units(self.found)
        self.known = queries.scheme_of(self.found)
        self.recorded: list[int] = []
        self.seen: list[UnitSheet] = []

    def unit(self, name: str) -> AppraisalUnit:
        """Return a unit by the scheme's name."""
        return next(each for each in self.units if each.name == name)

    def most(self, clause: Clause) -> int | None:
        """Return how often a clause counts in a year at most, where its words name a number."""
        return next((each.most for each in self.known.terms.counts if each.clause == clause.code), None)

    def items(self, unit: AppraisalUnit) -> list[Item]:
        """Return the items of a unit, special work left out."""
        found = entries.items_of(self.found, self.known, unit)
        return [item for item in found if not item.code.startswith("F-")]

    def put(self, unit: AppraisalUnit, code: str, **fields: Any) -> int:
        """Record something that happened on some day of the period."""
        day = date(2020, 12, 1) + timedelta(days=self.random.randrange(270))
        actor = person(HEAD if unit.name == "政治处" else COMPILER)
        note = f"{self.random.choice('=+-@甲乙')}{code}，第 {len(self.recorded) + 1} 条"
        wanted = Recording(code, day, note, **fields)
        self.recorded.append(entries.record(actor, NOW, self.found.id, unit.id, wanted).id)
        return self.recorded[-1]

    def take_back(self, entry_id: int) -> None:
        """Take an entry's effect back."""
        entries.reverse(person(HEAD), NOW, self.found.id, entry_id, "登记有误")

    def decide(self, subject: str, value: str) -> None:
        """Let the leading group decide."""
        decisions.decide(person(HEAD), NOW, self.found.id, subject, value, "经会议决定", 0)

    def apply(self, name: str, points: str = "", recognised: bool = False) -> int:
        """Let a unit apply for special work, and judge it where points are given."""
        unit, text = self.unit(name), "推进工作。"
        row = special.apply(
            _clerk(unit),
            NOW,
            self.found.id,
            unit.id,
            Applying(f"{name}的特色工作（{points}）", text, text, text, "张三", "12345678"),
        )
        if points:
            judged = Judging(recognised, Decimal(points), "成效明显", "市局通报" if recognised else "")
            special.judge(person(HEAD), NOW, self.found.id, row.id, judged, row.version)
        return row.id

    def look(self) -> None:
        """Compare every total with the one worked out from the exported file alone."""
        sheets = export.seen(person(HEAD), self.found.id, NOW.date())
        rows = export.rows(sheets, export.decisions_in_force(self.found, whole=True))
        anew = recompute_year.year(exact_csv(export.HEADS, rows))
        assert list(anew) == [sheet.unit.name for sheet in sheets]
        for sheet in sheets:
            own, year = anew[sheet.unit.name], sheet.year
            assert own.items == {code: each.points for code, each in sheet.results.items()}, sheet.unit.name
            assert (own.work, own.team, own.bottom_line, own.special, own.total) == (
                *(year.work_points, year.team_points, year.bottom_line_points),
                *(year.special.points, year.total),
            ), sheet.unit.name
        self.seen += sheets

    def lines(self) -> Iterator[Line]:
        """Yield every line of every look."""
        return (line for sheet in self.seen for each in sheet.results.values() for line in each.lines)


def _clerk(unit: AppraisalUnit) -> Actor:
    found = db.session.scalars(select(User).where(User.unit_id == unit.unit_id).order_by(User.id)).first()
    assert found
    return actor_of(found)


def some(random: Random, clause: Clause) -> dict[str, Any]:
    """Return what an entry of a clause may say."""
    least, most = clause.least or Decimal(0), clause.points if clause.points is not None else Decimal(9)
    judged = clause.kind in (Kind.DISC, Kind.CONV)
    return {
        "count": random.choice((1, 1, 1, 2, 3)) if clause.unit else 1,
        "place": random.randint(1, 16) if clause.kind is Kind.RANK else None,
        "points": least + (most - least) * random.randint(0, 4) / 4 if judged else None,
    }


def by_chance(year: Year, number: int) -> None:
    """Record what happens to happen; a whole item is seldom lost, and totals are entered once in a while."""
    while number:
        unit = year.random.choice(year.units)
        item = year.random.choice(year.items(unit))
        if (unit.name, item.code) == UNAIDED:
            continue
        if item.code in year.known.terms.totals_entered:
            year.put(unit, item.code, points=Decimal(year.random.randint(0, 24)) / 2)
        else:
            clause = year.random.choice(item.clauses)
            if clause.kind in (Kind.ZERO, Kind.DOUBLE) or clause.code == "T-3.4" or year.most(clause):
                continue
            year.put(unit, clause.code, **some(year.random, clause))
        number -= 1


def exhaust(year: Year, unit: AppraisalUnit, item: Item) -> list[int]:
    """Record more under an item than it has points, where its clauses can take that much."""
    taking = [each for each in item.clauses if not each.gives and each.kind not in NOT_ALONE and each.code != "T-3.4"]
    endless = [each for each in taking if _at_most(year, each) == MANY]
    if endless and item.points is not None:
        clause = year.random.choice(endless)
        times = int(item.points / (clause.points or 1)) + year.random.randint(1, 3)
        judged = clause.points if clause.kind is Kind.DISC else None
        return [year.put(unit, clause.code, count=times, points=judged)]
    found = []
    for clause in taking:
        often = year.most(clause) or (9 if clause.cap else 1)
        fields = {"place": 16} if clause.kind is Kind.RANK else {"count": often}
        fields |= {"points": clause.points} if clause.kind is Kind.DISC else {}
        if clause.code != "W6-4.1":
            found.append(year.put(unit, clause.code, **fields))
    return found


def the_worst(year: Year) -> list[int]:
    """Bring every item of every unit to its floor that can be brought there."""
    found = []
    for unit in year.units:
        of_team = unit.name == "公服科"
        for item in year.items(unit):
            if item.points is not None and (of_team or not item.code.startswith("T-")) and item.code != "W5-9":
                found += exhaust(year, unit, item)
    return found


def what_is_rare(year: Year) -> None:
    """Record what chance alone would not bring: both of a pair, over the full points, special work, the bottom line."""
    secretary = year.unit("秘书科")
    for code in chain.from_iterable(sorted(GROUPS)):
        year.put(year.unit("政治处") if code.startswith("W2") else secretary, code)
    for _ in range(2):
        year.put(secretary, "W5-1.1", points=Decimal(2))
    year.put(secretary, "W5-9.4", count=9)
    year.put(year.unit("执法监督科"), "W3-3.3", count=2)
    year.put(year.unit("执法监督科"), "W3-2.3", count=7)
    year.put(secretary, "W5-9", points=Decimal("10.5"))
    year.put(year.unit("办公室"), "W1-5.1", points=Decimal("9.75"))
    year.put(year.unit("公服科"), "W8-3.1", points=Decimal("17.4"))
    year.put(year.unit("公服科"), "W8-2.2", points=Decimal("3.5"), line="办件窗口")
    year.put(year.unit("律公科"), "X-4.1", count=2, points=Decimal("2.5"))
    more_than_their_most(year)
    corrections = year.unit("社区矫正（教育帮扶）科")
    year.put(corrections, "W7-5.6")
    year.put(corrections, "W7-4.4", count=2)
    year.put(corrections, "W7-4.5", count=2)
    year.apply("办公室", "9.5", recognised=True)
    year.apply("办公室", "4")
    year.apply("律公科", "2.5")
    year.apply("普法科")
    year.put(corrections, "F-17.2", application_id=year.apply(corrections.name, "5", recognised=True))
    withdrawn = year.apply("政治处")
    special.withdraw(_clerk(year.unit("政治处")), NOW, year.found.id, withdrawn)


def more_than_their_most(year: Year) -> None:
    """Judge twice what may come to its most once."""
    owners = {"W2": "政治处", "W8": "公服科", "W1": "法律援助中心", "T-": "律公科"}
    for code in sorted(ONCE):
        most = next(clause.points for _, _, clause in year.known.scheme.clauses() if clause.code == code)
        for _ in range(2):
            year.put(year.unit(owners[code[:2]]), code, points=most)


@pytest.fixture
def year(seeded: Flask) -> Year:
    """A year of three hundred entries, looked at four times while it was recorded."""
    year = Year()
    with transaction():
        by_chance(year, 120)
        for entry in year.random.sample(year.recorded, 12):
            year.take_back(entry)
    year.look()
    with transaction():
        worst = the_worst(year)
    year.look()
    with transaction():
        what_is_rare(year)
        for entry in worst[::2]:
            year.take_back(entry)
        year.decide("cap:W6-4.1", "10")
        year.decide("enable:T-3.4", "yes")
        year.decide("floor", "yes")
        year.put(year.unit("公服科"), "X-1.1", count=9, points=Decimal(10))
        year.put(year.unit("公服科"), "T-3.4", count=2)
    year.look()
    with transaction():
        for unit, code in (("办公室", "W1-4.3"), ("法律援助中心", "W10-2.1"), ("法律援助中心", "W10-3.2")):
            year.put(year.unit(unit), code)
        year.put(year.unit("律公科"), "T-5.4")
        year.decide("split:W5", "yes")
        by_chance(year, ENTRIES - len(year.recorded))
    year.look()
    return year


def test_a_year_of_three_hundred_entries_is_what_its_export_comes_to_and_meets_every_rule(year: Year) -> None:
    assert len(year.recorded) == ENTRIES
    last = year.seen[-len(year.units) :]
    assert sum(len(sheet.recorded) for sheet in last) == ENTRIES
    for sought in (every_kind, every_group, every_cap, every_floor):
        sought(year)
    for sheet in last:
        every_event(sheet)


def every_event(sheet: UnitSheet) -> None:
    """What the events of the year moved, one after another, is what the year came to; the city alone has no event."""
    eve, today = sheet.appraisal.starts_on - timedelta(days=1), NOW.date()
    found = history.course(sheet, eve, today, today)
    assert found.after.year == sheet.year
    assert sum(each.change for each in found.movements) == found.change == sheet.year.total - found.before.year.total
    assert [each.cause for each in found.movements].count(Cause.CITY) == len(sheet.taken)
    assert len(found.movements) >= len(sheet.recorded)


def every_kind(year: Year) -> None:
    """Each kind of rule took or gave something."""
    assert {line.clause.kind for line in year.lines() if line.entries} == set(Kind)


def every_group(year: Year) -> None:
    """Of clauses that replace each other at least two were recorded, and one alone counted."""
    scheme, terms = year.known.scheme, year.known.terms
    own = [clause for sheet, _, clause in scheme.clauses() if sheet.section is not Section.SPECIAL]
    named = {clause.code: clause.group or terms.group_of(clause.code) for clause in own}
    grouped = {name: tuple(code for code in named if named[code] == name) for name in named.values() if name}
    assert set(grouped.values()) == GROUPS
    met = set()
    for sheet in year.seen:
        lines = {line.clause.code: line for each in sheet.results.values() for line in each.lines}
        for codes in GROUPS:
            found = [lines[code] for code in codes if code in lines and lines[code].entries]
            if len(found) > 1 and sum(bool(line.applied) for line in found) == 1:
                met.add(codes)
    assert met == GROUPS


def every_cap(year: Year) -> None:
    """Each clause with an end of its own went past it, points given ended at an item's own, and special work at 10."""
    assert _with_caps(year.known.scheme) | {each.clause for each in year.known.terms.caps} == CAPPED
    assert {line.clause.code for line in year.lines() if line.entries and _is_past(line)} == CAPPED
    assert {each.year.special.unapplied for each in year.seen if each.unit.name == "办公室"} == {0, Decimal("3.5")}


def _with_caps(scheme: Scheme) -> set[str]:
    own = [clause for sheet, _, clause in scheme.clauses() if sheet.section is not Section.SPECIAL]
    return {each.code for each in own if cap_of(each) is not None}


def _is_past(line: Line) -> bool:
    return line.unapplied > 0 and line.applied > 0


def every_floor(year: Year) -> None:
    """Each item that can come to nothing did, and what was over was told; the others are known by name."""
    items = [item for _, item in year.known.scheme.items() if item.points is not None and item.code[0] in "WT"]
    items = [item for item in items if item.code not in year.known.terms.totals_entered]
    deep = {item.code: deepest(year, item) - starts_with(item) for item in items}
    assert {code for code, over in deep.items() if over < 0} == TOO_LITTLE | AS_A_WHOLE
    assert {code for code, over in deep.items() if over == 0} == EXACTLY | GIVEN
    at_zero = _met(year, lambda sheet, code: not sheet.results[code].points)
    below = _met(year, lambda sheet, code: not sheet.results[code].points and sheet.results[code].unapplied > 0)
    assert {item.code for item in items} - TOO_LITTLE - GIVEN <= at_zero
    assert {code for code, over in deep.items() if over > 0} == below


def _met(year: Year, is_met: Callable[[UnitSheet, str], bool]) -> set[str]:
    return {code for sheet in year.seen for code in sheet.results if code[0] in "WT" and is_met(sheet, code)}


def deepest(year: Year, item: Item) -> Decimal:
    """Return what the clauses of an item can take together at most."""
    most: dict[str, Decimal] = {}
    for clause in item.clauses:
        if not clause.gives and clause.kind not in (Kind.ZERO, Kind.CONV):
            name = clause.group or clause.code
            most[name] = max(most.get(name, Decimal(0)), _at_most(year, clause))
    return sum(most.values(), Decimal(0))


def _at_most(year: Year, clause: Clause) -> Decimal:
    most, caps = year.most(clause), {each.clause: each.values[0] for each in year.known.terms.caps}
    if cap := cap_of(clause) or caps.get(clause.code):
        return cap
    if most is not None:
        return most * (clause.points or Decimal(0))
    return MANY if clause.unit else clause.points or Decimal(0)


def test_the_clauses_written_down_for_the_second_working_out_are_those_of_the_scheme() -> None:
    known = known_scheme(SCHEME)
    tables = "\n".join((recompute_year.WORK, recompute_year.TEAM, recompute_year.BOTTOM_LINE)).splitlines()
    written = {line.split()[0]: line.partition(":")[2].split() for line in tables if ":" in line}
    items = {item.code: item for _, item in known.scheme.items() if item.code[0] != "F"}
    assert list(written) == list(items)
    for code, clauses in written.items():
        by_hand = code in known.terms.totals_entered
        assert len(clauses) == (1 if by_hand else len(items[code].clauses)), code
