"""A unit's year: its sheet, the team, special work, the bottom line; what is decided changes what it comes to."""

from decimal import Decimal
from random import Random

import pytest

from tests.rules.appraisal.year_anew import year_anew
from tracker.rules.appraisal.points import Entry, misfits
from tracker.rules.appraisal.scheme import Clause, Kind, Scheme, Section
from tracker.rules.appraisal.terms import SchemeTerms
from tracker.rules.appraisal.year import Settings, year_of

UNITS = ("办公室", "政治处", "执法监督科", "复议应诉科", "促进法治科", "社区矫正（教育帮扶）科", "公服科", "律公科")


def test_a_year_without_any_entry_is_eighty_points(scheme: Scheme, terms: SchemeTerms) -> None:
    for unit in ("办公室", "政治处", "执法监督科", "复议应诉科", "促进法治科", "律公科", "法律援助中心"):
        found = year_of(scheme, terms, unit, [])
        awaited = 10 if found.awaits == ("W1-5.1",) else 0
        assert (found.work_points, found.team_points, found.total) == (60 - awaited, 20, 80 - awaited)
        assert bool(found.awaits) == bool(awaited)
        assert not found.is_barred


def test_a_year_names_what_somebody_has_still_to_enter(scheme: Scheme, terms: SchemeTerms) -> None:
    assert year_of(scheme, terms, "公服科", []).awaits == ("W8-3.1",)
    assert year_of(scheme, terms, "公服科", [Entry("W8-3.1", points=Decimal(0))]).awaits == ()
    assert year_of(scheme, terms, "普法科", []).awaits == ("W5-9",)
    assert year_of(scheme, terms, "普法科", [], totals={"W5-9": Decimal(0)}).awaits == ()


def test_a_year_is_the_sum_of_its_parts(scheme: Scheme, terms: SchemeTerms) -> None:
    entries = [Entry("W6-4.1", 3), Entry("T-2.1", 2), Entry("X-3.1", points=Decimal("2.5"))]
    found = year_of(scheme, terms, "促进法治科", entries, special=[Decimal(7), Decimal(4)])
    assert (found.work_points, found.team_points) == (57, 19)
    assert (found.special.points, found.special.unapplied) == (10, 1)
    assert found.bottom_line_points == Decimal("-2.5")
    assert found.total == Decimal("83.5")
    assert found.is_barred


def test_a_unit_is_found_by_its_other_names(scheme: Scheme, terms: SchemeTerms) -> None:
    assert year_of(scheme, terms, "应诉复议科", []).work_points == 60
    with pytest.raises(LookupError):
        year_of(scheme, terms, "团总支", [])


def test_the_shared_sheet_is_the_same_for_both_unless_it_is_split(scheme: Scheme, terms: SchemeTerms) -> None:
    entries, totals = [Entry("W5-3.1"), Entry("W5-7.1")], {"W5-9": Decimal(11)}
    both = [year_of(scheme, terms, unit, entries, totals=totals).work_points for unit in ("秘书科", "普法科")]
    own = [
        year_of(scheme, terms, unit, entries, totals=totals, settings=Settings(split=("W5",))).work_points
        for unit in ("秘书科", "普法科")
    ]
    assert both[0] == both[1] == sum(own)
    assert own == [4 + 0 + Decimal("2.5") + 5 + 5 + 5, 4 + 5 + 11]


def test_a_total_by_hand_stays_between_nothing_and_the_items_points(scheme: Scheme, terms: SchemeTerms) -> None:
    for entered, counts in (("13", 12), ("-1", 0), ("7.5", Decimal("7.5"))):
        found = year_of(scheme, terms, "普法科", [Entry("W5-9.1")], totals={"W5-9": Decimal(entered)})
        (item,) = [each for each in found.work if each.item.code == "W5-9"]
        assert item.points == counts


def test_learning_time_counts_only_once_it_is_switched_on(scheme: Scheme, terms: SchemeTerms) -> None:
    entries = [Entry("T-3.4", 4)]
    assert year_of(scheme, terms, "办公室", entries).team_points == 20
    assert year_of(scheme, terms, "办公室", entries, settings=Settings(enabled=("T-3.4",))).team_points == 18


def test_what_the_ministry_named_gives_nothing_twice(scheme: Scheme, terms: SchemeTerms) -> None:
    unit, created, named = "社区矫正（教育帮扶）科", Entry("W7-5.6"), Entry("F-17.2")
    gain = [
        year_of(scheme, terms, unit, entries).work_points - year_of(scheme, terms, unit, []).work_points
        for entries in ([created], [created, named])
    ]
    assert gain == [3, 0]


def test_a_total_ends_at_nothing_only_where_that_was_decided(scheme: Scheme, terms: SchemeTerms) -> None:
    entries = [Entry("X-1.1", 9, points=Decimal(10))]
    assert year_of(scheme, terms, "公服科", entries).total == -30
    assert year_of(scheme, terms, "公服科", entries, settings=Settings(ends_at_zero=True)).total == 0


def generated(random: Random, clause: Clause) -> Entry:
    """An entry that a clause can have."""
    count = random.choice((1, 1, 2, 3, 12)) if clause.unit else 1
    place = random.randint(1, 16) if clause.kind is Kind.RANK else None
    least, most = clause.least or Decimal(0), clause.points if clause.points is not None else Decimal(12)
    judged = least + (most - least) * random.randint(0, 4) / 4
    return Entry(clause.code, count, place, judged if clause.kind in (Kind.DISC, Kind.CONV) else None)


@pytest.mark.parametrize("seed", range(20))
def test_a_year_of_generated_entries_is_what_is_worked_out_anew(scheme: Scheme, terms: SchemeTerms, seed: int) -> None:
    random = Random(seed)
    own = [clause for sheet, _, clause in scheme.clauses() if sheet.section is not Section.SPECIAL]
    entries = [generated(random, random.choice(own)) for _ in range(300)]
    clauses = {clause.code: clause for clause in own}
    for entry in entries:
        assert not misfits(clauses[entry.clause], entry)
    for unit in (*UNITS, "法律援助中心"):
        found = year_of(scheme, terms, unit, entries)
        assert found.total == year_anew(scheme, terms, unit, entries), unit
