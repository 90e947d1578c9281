"""What is typed into a blank is read, refused with words that help, and shown as it was meant."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.indicators.form import Blank, Nature
from tracker.rules.indicators.values import (
    EMPTY,
    NOT_APPLICABLE,
    State,
    Value,
    ValueRefused,
    read_value,
    show_value,
)

COUNT = Blank("a", Nature.NUMBER, "个")
YES_NO = Blank("a", Nature.YES_NO)
SIDE = Blank("a", Nature.CHOICE, options=("街道（乡镇）", "区司法局"))
SHARE = Blank("a", Nature.SHARE, "%")
AVERAGE = Blank("a", Nature.AVERAGE, "次/年")
NAME = Blank("a", Nature.NAME)


@pytest.mark.parametrize("blank", [COUNT, YES_NO, SIDE, SHARE, AVERAGE, NAME])
def test_nothing_and_not_applicable_are_answers_of_their_own(blank: Blank) -> None:  # X0-15
    assert read_value(blank, " \u3000") == EMPTY
    assert read_value(blank, "不适用") == read_value(blank, "N/A") == NOT_APPLICABLE
    assert (show_value(blank, EMPTY), show_value(blank, NOT_APPLICABLE)) == ("", "不适用")


def test_zero_is_a_number_and_not_nothing() -> None:
    assert read_value(COUNT, "0") == Value(State.GIVEN, Decimal(0)) != EMPTY
    assert read_value(COUNT, "0").is_zero
    assert not EMPTY.is_zero


@pytest.mark.parametrize(
    ("blank", "typed", "shown"),
    [
        (COUNT, "１２", "12"),
        (COUNT, "1,234 个", "1234"),
        (COUNT, "007", "7"),
        (COUNT, "12.0", "12"),
        (AVERAGE, "3.50次/年", "3.5"),
        (SHARE, "35.25%", "35.25"),
        (SHARE, "100", "100"),
        (YES_NO, "是", "是"),
        (YES_NO, "No", "否"),
        (SIDE, "街道(乡镇)", "街道（乡镇）"),
        (SIDE, "均有", "均有"),
        (NAME, "矫正系统", "矫正系统"),
    ],
)
def test_what_people_write_is_read(blank: Blank, typed: str, shown: str) -> None:
    assert show_value(blank, read_value(blank, typed)) == shown


@pytest.mark.parametrize(
    ("blank", "typed", "words"),
    [
        (COUNT, "若干", "只填数字"),
        (COUNT, "-1", "只填数字"),
        (COUNT, "1e5", "只填数字"),
        (COUNT, "12人", "只填数字"),
        (COUNT, "1,23", "只填数字"),
        (COUNT, "2.5", "整数"),
        (COUNT, "99999999999", "过大"),
        (AVERAGE, "1.234", "2位"),
        (SHARE, "101", "0 到 100"),
        (YES_NO, "基本是", "是"),
        (SIDE, "街道", "均有"),
        (NAME, "名" * 61, "60"),
        (COUNT, "²", "只填数字"),
        (COUNT, "١٢", "只填数字"),
    ],
)
def test_what_cannot_stand_there_is_refused_with_what_to_do(blank: Blank, typed: str, words: str) -> None:
    with pytest.raises(ValueRefused, match=words):
        read_value(blank, typed)


@given(st.sampled_from([COUNT, YES_NO, SIDE, SHARE, AVERAGE, NAME]), st.text(max_size=80))
def test_whatever_is_read_is_read_the_same_again(blank: Blank, typed: str) -> None:
    try:
        value = read_value(blank, typed)
    except ValueRefused:
        return
    assert read_value(blank, show_value(blank, value)) == value
