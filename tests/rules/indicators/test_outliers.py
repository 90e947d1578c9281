"""A value far from the others', or from its own last one, is marked with the reason; nothing is marked lightly."""

from decimal import Decimal

import pytest

from tracker.rules.indicators.comparing import change, is_like, share_of
from tracker.rules.indicators.outliers import LEAST, Sort, jump, median, outliers
from tracker.rules.indicators.totals import Total


def of(*numbers: int | str) -> dict[str, Decimal]:
    return {f"区{place}": Decimal(number) for place, number in enumerate(numbers)}


def test_the_median_is_the_middle_or_the_mean_of_the_middle_two() -> None:
    assert median(of(9, 1, 5).values()) == 5
    assert median(of(9, 1, 5, 6).values()) == Decimal("5.5")


def test_one_far_above_the_others_is_marked_with_the_median() -> None:
    found = outliers(of(20, 22, 25, 19, 21, 23, 900))
    assert [*found] == ["区6"]
    assert (found["区6"].sort, found["区6"].text) == (Sort.HIGH, "偏高")
    assert found["区6"].reason == "7 个单位的中位数是 22，这里是 900，高出 878，超过界限 10.4。"


def test_one_far_below_the_others_is_marked_too() -> None:
    assert outliers(of(200, 202, 205, 199, 201, 0))["区5"].sort is Sort.LOW


def test_few_numbers_equal_numbers_and_usual_numbers_are_not_marked() -> None:
    assert outliers(of(*[1] * (LEAST - 2), 900)) == {}
    assert outliers(of(*[7] * 16)) == {}
    assert outliers(of(5, 8, 11, 14, 17, 20)) == {}
    assert outliers({}) == {}


def test_where_most_are_equal_the_mean_deviation_stands_in() -> None:
    found = outliers(of(*[0] * 15, 40))
    assert [*found] == ["区15"]
    assert outliers(of(*[0] * 10, *[1] * 6)) == {}


def test_the_bound_grows_with_the_numbers_not_with_one_of_them() -> None:
    usual = of(20, 22, 25, 19, 21, 23)
    far = outliers(usual | {"远": Decimal(100)})["远"]
    farther = outliers(usual | {"远": Decimal(10**9)})["远"]
    assert far.reason.split("界限")[1] == farther.reason.split("界限")[1]


@pytest.mark.parametrize(
    ("now", "before", "sort"),
    [
        (31, 10, Sort.RISEN),
        (30, 10, None),
        (10, 31, Sort.FALLEN),
        (12, 0, Sort.RISEN),
        (0, 12, Sort.FALLEN),
        (4, 1, None),
        (0, 0, None),
    ],
)
def test_a_great_change_is_marked_and_a_small_one_is_not(now: int, before: int, sort: Sort | None) -> None:
    found = jump(Decimal(now), Decimal(before))
    assert (found and found.sort) == sort


def test_what_was_not_given_has_not_changed() -> None:
    assert jump(None, Decimal(90)) is None
    assert change(None, Decimal(90)) is None
    assert change(Decimal(90), None) is None


def test_a_change_has_its_sign_and_its_percent() -> None:
    pairs = ((12, 10), (7, 10), (10, 10), (3, 0))
    texts = [found.text for now, before in pairs if (found := change(Decimal(now), Decimal(before)))]
    assert texts == ["+2（+20%）", "−3（−30%）", "0", "+3"]


def test_only_sums_have_shares_and_only_like_totals_compare() -> None:
    total = Total("sum", Decimal(300), 16, 0, 0)
    assert share_of(Decimal(20), total) == Decimal("6.7")
    assert share_of(Decimal(20), Total("weighted", Decimal(3), 16, 0, 0)) is None
    assert share_of(Decimal(0), Total("sum", Decimal(0), 16, 0, 0)) is None
    assert is_like(total, Total("sum", Decimal(1), 16, 0, 0))
    assert not is_like(total, Total("sum", Decimal(1), 15, 0, 1))
