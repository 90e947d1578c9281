"""The first three are candidates; what the document leaves open is asked and never decided here (X2-04)."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.rules.appraisal.grades import SEATS, Candidates, Reading, candidates, standings


def of(points: str, barred: str = "", seats: int = SEATS) -> Candidates:
    """Return the candidates among units with one-letter names: a=80 b=79.5."""
    given = {unit: Decimal(own) for unit, own in (each.split("=") for each in points.split())}
    return candidates(standings(given, barred), seats)


def told(reading: Reading) -> str:
    """Say a reading shortly: ab, of cd 1."""
    tied = f", of {''.join(reading.tied)} {reading.left}" if reading.tied else ""
    beside = f" beside {''.join(reading.beside)}" if reading.beside else ""
    return f"{''.join(reading.certain)}{tied}{beside}"


@pytest.mark.parametrize(
    ("points", "barred", "kept_empty", "passed_on", "questions"),
    [
        ("a=88 b=87 c=86 d=85", "", "abc", "abc", 0),
        ("d=85 c=86 b=87 a=88", "", "abc", "abc", 0),
        ("a=88 b=87 c=86 d=86 e=80", "", "ab, of cd 1", "ab, of cd 1", 1),
        ("a=88 b=87 c=87 d=87 e=80", "", "a, of bcd 2", "a, of bcd 2", 1),
        ("a=88 b=88 c=88 d=88", "", ", of abcd 3", ", of abcd 3", 1),
        ("a=88 b=88 c=88 d=80", "", "abc", "abc", 0),
        ("a=88 b=87 c=86 d=85", "b", "ac", "acd", 1),
        ("a=88 b=87 c=86 d=85", "d", "abc", "abc", 0),
        ("a=88 b=87 c=86 d=86", "d", "ab, of c 1 beside d", "abc", 2),
        ("a=88 b=87 c=86 d=86 e=86", "d", "ab, of ce 1 beside d", "ab, of ce 1", 3),
        ("a=88 b=87 c=86 d=85 e=85", "a", "bc", "bc, of de 1", 2),
        ("a=88 b=87", "", "ab", "ab", 0),
        ("a=88 b=87", "ab", "", "", 0),
    ],
)
def test_both_readings_of_the_first_three(
    points: str, barred: str, kept_empty: str, passed_on: str, questions: int
) -> None:
    found = of(points, barred)
    assert (told(found.kept_empty), told(found.passed_on)) == (kept_empty, passed_on)
    assert len(found.questions) == questions


def test_the_questions_name_whom_they_concern() -> None:
    assert "c、d得分相同，名额还剩 1 个" in of("a=88 b=87 c=86 d=86").questions[0]
    assert "b因突破底线不得评优" in of("a=88 b=87 c=86 d=85", "b").questions[0]


def test_equal_points_share_a_place() -> None:
    found = standings({"a": Decimal(80), "b": Decimal(90), "c": Decimal(80), "d": Decimal(70)})
    assert [(each.unit, each.place) for each in found] == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]


@given(st.dictionaries(st.sampled_from("abcdefghijk"), st.integers(0, 6).map(Decimal)), st.sets(st.sampled_from("abk")))
@example({"a": Decimal(2), "b": Decimal(2), "k": Decimal(2), "f": Decimal(1)}, {"a", "b", "k"})
def test_nobody_barred_is_a_candidate_and_nobody_behind_overtakes(points: dict[str, Decimal], barred: set[str]) -> None:
    found = candidates(standings(points, barred))
    for reading in (found.kept_empty, found.passed_on):
        named = {*reading.certain, *reading.tied}
        assert not named & barred
        assert len(reading.certain) + reading.left <= SEATS
        assert not reading.tied or reading.beside or len(reading.tied) > reading.left > 0
        # Where nobody is named, nobody stands before them: then as many barred ones as there are seats are before all.
        worst = min((points[unit] for unit in named), default=Decimal("Infinity"))
        assert {unit for unit in points if points[unit] > worst} - barred <= named
        ahead = barred & points.keys() if reading is found.kept_empty else set()
        free = points.keys() - barred
        assert named or all(sum(points[each] > points[unit] for each in ahead) >= SEATS for unit in free)
    assert set(found.kept_empty.certain) <= {*found.passed_on.certain, *found.passed_on.tied}
