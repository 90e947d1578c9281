"""Numbers as people type them."""

import pytest

from tracker.rules.decimals import half_width


@pytest.mark.parametrize(
    ("typed", "read"),
    [("１２．５", "12.5"), (" 3　", "3"), ("－２", "-2"), ("10²", "10²"), ("①", "①"), ("", ""), (None, "")],
)
def test_full_width_signs_are_read_and_nothing_else_is_taken_for_a_digit(typed: str | None, read: str) -> None:
    assert half_width(typed) == read
