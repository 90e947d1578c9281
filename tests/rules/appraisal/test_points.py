"""What an item comes to, by hand for every kind, and what must hold for any entries."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.appraisal.points import SCORE_RULES, Entry, Result, misfits, result, starts_with
from tracker.rules.appraisal.scheme import Clause, Item, Kind, Scheme
from tracker.rules.appraisal.terms import SchemeTerms


@pytest.fixture(scope="module")
def items(scheme: Scheme) -> dict[str, Item]:
    return {item.code: item for _, item in scheme.items()}


@pytest.fixture(scope="module")
def groups(scheme: Scheme, terms: SchemeTerms) -> dict[str, str]:
    codes = (clause.code for _, _, clause in scheme.clauses())
    return {code: group for code in codes if (group := terms.group_of(code))}


def work_out(item: Item, *entries: Entry, **more: Any) -> Result:
    """Work an item out after its entries were checked."""
    clauses = {clause.code: clause for clause in item.clauses}
    for entry in entries:
        assert not misfits(clauses[entry.clause], entry)
    return result(item, entries, **more)


def judged(clause: str, points: str, count: int = 1) -> Entry:
    return Entry(clause, count, points=Decimal(points))


@pytest.mark.parametrize(
    ("code", "entries", "points", "unapplied"),
    [
        ("W1-1", [], "10", "0"),
        ("W1-1", [Entry("W1-1.1"), Entry("W1-1.2", 3), Entry("W1-1.3", 2)], "3", "0"),
        ("W1-1", [Entry("W1-1.1"), Entry("W1-1.1")], "8", "0"),
        ("W1-4", [Entry("W1-4.1", 2), Entry("W1-4.2", 2)], "0", "1"),
        ("W1-4", [Entry("W1-4.3"), Entry("W1-4.1")], "0", "0"),
        ("W1-5", [judged("W1-5.1", "8.75")], "8.75", "0"),
        ("W2-3", [Entry("W2-3.1")], "8", "0"),
        ("W2-3", [Entry("W2-3.1"), Entry("W2-3.2"), Entry("W2-3.3")], "4", "0"),
        ("W2-3", [judged("W2-3.6", "1.5", 2), judged("W2-3.6", "1")], "6", "0"),
        ("W2-4", [judged("W2-4.5", "2"), judged("W2-4.5", "1.5")], "8", "0"),
        ("W3-2", [Entry("W3-2.3", 6)], "10", "0"),
        ("W3-2", [Entry("W3-2.3", 6), Entry("W3-2.4", 4), Entry("W3-2.1"), Entry("W3-2.2")], "0", "2"),
        ("W4-3", [Entry("W4-3.1", 6), Entry("W4-3.2", 1)], "0", "3"),
        ("W5-1", [], "4", "0"),
        ("W5-1", [judged("W5-1.1", "3"), Entry("W5-1.3", place=2)], "8", "0"),
        ("W5-1", [judged("W5-1.1", "2.5"), Entry("W5-1.3", place=16), Entry("W5-1.2", 9)], "2.75", "0"),
        ("W5-1", [Entry("W5-1.3", place=16), Entry("W5-1.3", place=5)], "4.75", "0"),
        ("W6-1", [Entry("W6-1.1", 2), Entry("W6-1.2", place=14), Entry("W6-1.3", place=11)], "10", "0"),
        ("W6-4", [Entry("W6-4.1", 3)], "17", "0"),
        ("W6-4", [Entry("W6-4.1", 28), Entry("W6-4.2")], "0", "13"),
        ("W7-4", [Entry("W7-4.4", 2), Entry("W7-4.5", 1)], "18.5", "0"),
        ("W7-5", [], "0", "0"),
        ("W7-5", [Entry("W7-5.1"), Entry("W7-5.2"), Entry("W7-5.2")], "4", "0"),
        ("W8-2", [Entry("W8-2.1"), Entry("W8-2.1"), Entry("W8-2.2", 4)], "7", "0"),
        ("W8-2", [judged("W8-2.1", "3")], "17", "0"),
        ("T-1", [judged("T-1.1", "3"), judged("T-1.1", "1")], "0", "0"),
        ("W8-1", [judged("W8-1.1", "4"), Entry("W8-1.1")], "10", "0"),
        ("W5-1", [judged("W5-1.1", "2"), judged("W5-1.1", "2")], "7", "0"),
        ("W8-3", [judged("W8-3.1", "23")], "20", "3"),
        ("W10-3", [judged("W10-3.1", "5"), Entry("W10-3.2")], "0", "0"),
        ("T-4", [Entry("T-4.1", 9)], "0", "1.5"),
        ("F-1", [Entry("F-1.1", 3), Entry("F-1.2", 2)], "3", "0.5"),
        ("F-12", [Entry("F-12.1", 2), Entry("F-12.2", place=2)], "2.5", "0"),
        ("F-12", [Entry("F-12.2", place=4)], "0", "0"),
        ("F-20", [Entry("F-20.1", 7)], "0.7", "0"),
        ("F-8", [Entry("F-8.1")], "2", "0"),
        ("X-1", [judged("X-1.1", "10", 2), judged("X-1.1", "5.5")], "-25.5", "0"),
    ],
)
def test_an_item_comes_to_what_is_worked_out_by_hand(
    items: dict[str, Item], code: str, entries: list[Entry], points: str, unapplied: str
) -> None:
    found = work_out(items[code], *entries)
    assert (found.points, found.unapplied) == (Decimal(points), Decimal(unapplied))


def test_prizes_that_exclude_each_other_come_to_nine_of_ten(items: dict[str, Item], groups: dict[str, str]) -> None:
    entries = [Entry(clause.code) for clause in items["W5-2"].clauses]
    found = work_out(items["W5-2"], *entries, groups=groups)
    assert found.points == 9
    assert [line.clause.code for line in found.lines if line.unapplied] == ["W5-2.4", "W5-2.5", "W5-2.7"]


def test_what_a_cap_leaves_without_effect_is_told_at_its_clause(items: dict[str, Item]) -> None:
    found = work_out(items["W3-2"], Entry("W3-2.3", 7))
    line = next(line for line in found.lines if line.clause.code == "W3-2.3")
    assert (line.raw, line.applied, line.unapplied) == (14, 10, 4)


def test_the_cap_of_the_28_tasks_is_as_decided(items: dict[str, Item], terms: SchemeTerms) -> None:  # X2-02
    (open_cap,) = terms.caps
    entries = [Entry("W6-4.1", 14), Entry("W6-4.2")]
    by_cap = [work_out(items["W6-4"], *entries, caps={open_cap.clause: cap}).points for cap in open_cap.values]
    assert by_cap == [Decimal(1), Decimal(5)]


@pytest.mark.parametrize(
    ("entry", "field", "words"),
    [
        (Entry("W1-1.2", 0), "count", "至少是 1"),
        (Entry("W1-1.2", 10_000), "count", "1 至 9999"),
        (Entry("W1-1.1", 2), "count", "只计一次"),
        (judged("T-4.2", "1", 2), "count", "只计一次"),
        (Entry("W1-1.1", place=1), "place", "不按名次计"),
        (Entry("W6-1.2"), "place", "名次"),
        (Entry("W6-1.2", place=0), "place", "名次"),
        (Entry("W6-1.2", place=17), "place", "1 至 16 的整数"),
        (judged("W1-1.1", "2"), "points", "由条款定"),
        (judged("W8-1.1", "-2"), "points", "扣分也填正数"),
        (judged("W2-4.5", "2.5"), "points", "分数应在 1 与 2"),
        (judged("T-4.2", "0.4"), "points", "0.5 与 1"),
        (judged("W2-3.6", "2.5"), "points", "每次的分数应在 1 与 2"),
        (Entry("W2-4.5"), "points", "1 与 2"),
        (Entry("W8-3.1"), "points", "折算得分"),
        (judged("W8-3.1", "-1"), "points", "折算得分"),
    ],
)
def test_an_entry_that_its_clause_cannot_have_is_refused(scheme: Scheme, entry: Entry, field: str, words: str) -> None:
    clause = next(clause for _, _, clause in scheme.clauses() if clause.code == entry.clause)
    found = misfits(clause, entry)
    assert list(found) == [field]
    assert words in found[field]


def test_every_kind_has_a_rule() -> None:
    assert set(SCORE_RULES) == set(Kind)


def possible(clause: Clause) -> st.SearchStrategy[Entry]:
    """Entries that a clause can have."""
    least, most = int((clause.least or 0) * 4), int((clause.points or 0) * 4)
    return st.builds(
        Entry,
        st.just(clause.code),
        st.integers(1, 40) if clause.unit else st.just(1),
        st.integers(1, 16) if clause.kind is Kind.RANK else st.none(),
        st.integers(least, most).map(lambda quarters: Decimal(quarters) / 4)
        if clause.kind in (Kind.DISC, Kind.CONV)
        else st.none(),
    )


@given(st.data())
def test_whatever_is_recorded_an_item_stays_between_nothing_and_its_points(scheme: Scheme, data: st.DataObject) -> None:
    item = data.draw(st.sampled_from([item for _, item in scheme.items() if item.points is not None]))
    entries = data.draw(st.lists(st.sampled_from(item.clauses).flatmap(possible), max_size=12))
    found = work_out(item, *entries)
    assert item.points is not None
    assert 0 <= found.points <= item.points
    zeroed = any(line.clause.kind is Kind.ZERO and line.entries for line in found.lines)
    sums = sum(line.applied * (1 if line.clause.gives or line.clause.kind is Kind.CONV else -1) for line in found.lines)
    assert zeroed or abs(starts_with(item) + sums - found.points) == found.unapplied
    assert all(0 <= line.applied <= line.raw for line in found.lines)


def _takes(clause: Clause, kinds: set[Kind]) -> bool:
    return clause.kind in kinds and not clause.gives


@given(st.data())
def test_another_deduction_never_raises_an_item(scheme: Scheme, data: st.DataObject) -> None:
    counted = {Kind.FIX, Kind.PER, Kind.TIER, Kind.SUBCAP, Kind.EXT, Kind.ZERO, Kind.DOUBLE, Kind.DISC}
    items = [item for _, item in scheme.items() if any(_takes(clause, counted) for clause in item.clauses)]
    item = data.draw(st.sampled_from(items))
    entries = data.draw(st.lists(st.sampled_from(item.clauses).flatmap(possible), max_size=8))
    taking = [clause for clause in item.clauses if _takes(clause, counted)]
    one_more = data.draw(st.sampled_from(taking).flatmap(possible))
    assert work_out(item, *entries, one_more).points <= work_out(item, *entries).points


@given(st.data())
def test_the_order_of_entries_makes_no_difference_but_to_places_and_results_of_others(
    scheme: Scheme, data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from([item for _, item in scheme.items()]))
    free = [clause for clause in item.clauses if clause.kind not in (Kind.RANK, Kind.CONV)]
    entries = data.draw(st.lists(st.sampled_from(free or item.clauses).flatmap(possible), max_size=len(free) * 3))
    shuffled = data.draw(st.permutations(entries))
    assert work_out(item, *entries).points == work_out(item, *shuffled).points
