"""Special work stands in its band and stops at ten points; ballots weigh 60 to 40 and tell nothing of too few."""

from decimal import Decimal

import pytest

from tracker.rules.appraisal.ballots import outcome
from tracker.rules.appraisal.scheme import Scheme
from tracker.rules.appraisal.special import LENGTHS, MOST, OutsideTheBand, added, check


def numbers(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("points", "recognised"), [("5", True), ("10", True), ("1", False), ("5", False), ("3.25", False)]
)
def test_points_within_the_band_are_taken(points: str, recognised: bool) -> None:
    check(Decimal(points), recognised)


@pytest.mark.parametrize(
    ("points", "recognised", "words"),
    [
        ("4.9", True, "5 与 10"),
        ("10.1", True, "5 与 10"),
        ("5.1", False, "1 与 5"),
        ("0.9", False, "1 与 5"),
        ("0", True, "获得市局加分的"),
    ],
)
def test_points_outside_the_band_are_refused_with_the_band(points: str, recognised: bool, words: str) -> None:
    with pytest.raises(OutsideTheBand, match=words):
        check(Decimal(points), recognised)


def test_bands_and_lengths_are_those_of_the_document(scheme: Scheme, text: str) -> None:
    passage = next(each for each in scheme.passages if each.line == 29)
    assert "上限为10分" in passage.quote
    assert "在5-10分内予以加分" in passage.quote
    assert "在1-5分内予以加分" in passage.quote
    lines = text.splitlines()
    assert [
        f"{most} 字以内" in lines[line - 1] for most, line in zip(LENGTHS.values(), (231, 232, 234), strict=True)
    ] == [
        True,
        True,
        True,
    ]


def test_what_is_over_ten_points_is_told() -> None:
    assert (added(numbers("5", "2.5")).points, added(numbers("5", "2.5")).unapplied) == (Decimal("7.5"), 0)
    over = added(numbers("8", "4.5"))
    assert (over.points, over.unapplied) == (MOST, Decimal("2.5"))
    assert added([]).points == 0


def test_leaders_count_sixty_and_units_forty() -> None:
    found = outcome(numbers("90", "80"), numbers("70", "75", "80"), 2)
    assert (found.leaders, found.units, found.weighted) == (85, 75, 81)
    assert (found.leaders_voted, found.units_voted) == (2, 3)


def test_rounding_is_half_up_and_once() -> None:
    thirds = outcome(numbers("90", "90", "91"), numbers("80"), 1)
    assert (thirds.weighted, thirds.shown) == (Decimal("86.2000"), Decimal("86.20"))
    half = outcome(numbers("80.005"), numbers("80.005"), 1)
    assert (half.weighted, half.shown) == (Decimal("80.0050"), Decimal("80.01"))
    once = outcome(numbers("80.00499"), numbers("80.00499"), 1)
    assert (once.weighted, once.shown) == (Decimal("80.0050"), Decimal("80.00"))


@pytest.mark.parametrize(("leaders", "units"), [((), ("80", "81", "82")), (("80", "81", "82"), ("80", "81"))])
def test_a_bench_with_too_few_voters_has_no_result(leaders: tuple[str, ...], units: tuple[str, ...]) -> None:
    found = outcome(numbers(*leaders), numbers(*units), 3)
    assert (found.weighted, found.shown) == (None, None)
    assert (found.leaders is None, found.units is None) == (not leaders, len(units) < 3)
