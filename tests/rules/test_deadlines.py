"""Facts about reading the wording of a deadline."""

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.calendar import DeadlineKind, DeadlineSpec, exact_date, read_deadline, read_window


@pytest.mark.parametrize(
    ("text", "kind", "value", "due_on"),
    [
        ("2021年3月", "month", "2021-03", date(2021, 3, 31)),
        ("2021 年 3 月", "month", "2021-03", date(2021, 3, 31)),
        ("２０２１年３月", "month", "2021-03", date(2021, 3, 31)),
        ("2021年03月", "month", "2021-03", date(2021, 3, 31)),
        ("2021年2月", "month", "2021-02", date(2021, 2, 28)),
        ("2024年2月", "month", "2024-02", date(2024, 2, 29)),
        ("2000年2月", "month", "2000-02", date(2000, 2, 29)),
        ("2100年2月", "month", "2100-02", date(2100, 2, 28)),
        ("2021年6月底前", "month", "2021-06", date(2021, 6, 30)),
        ("2021年10月份", "month", "2021-10", date(2021, 10, 31)),
        ("2022.6", "month", "2022-06", date(2022, 6, 30)),
        ("2022-06", "month", "2022-06", date(2022, 6, 30)),
        ("二〇二一年三月", "month", "2021-03", date(2021, 3, 31)),
        ("二○二一年十二月".replace("○", "〇"), "month", "2021-12", date(2021, 12, 31)),
        ("12月", "month", "2020-12", date(2020, 12, 31)),
        ("12 月", "month", "2020-12", date(2020, 12, 31)),
        ("上半年", "month", "2020-06", date(2020, 6, 30)),
        ("2021年下半年", "month", "2021-12", date(2021, 12, 31)),
        ("2021年5月15日前", "date", "2021-05-15", date(2021, 5, 15)),
        ("2021-05-15", "date", "2021-05-15", date(2021, 5, 15)),
        ("2021/5/15", "date", "2021-05-15", date(2021, 5, 15)),
        ("二〇二一年二月二十八日", "date", "2021-02-28", date(2021, 2, 28)),
        ("2021年9月中旬前", "date", "2021-09-20", date(2021, 9, 20)),
        ("2021年9月上旬", "date", "2021-09-10", date(2021, 9, 10)),
        ("2021年2月下旬", "date", "2021-02-28", date(2021, 2, 28)),
        ("2021年第一季度", "quarter", "2021-Q1", date(2021, 3, 31)),
        ("2021年三季度末", "quarter", "2021-Q3", date(2021, 9, 30)),
        ("4季度", "quarter", "2020-Q4", date(2020, 12, 31)),
        ("2021年底前", "year_end", "2021-12-31", date(2021, 12, 31)),
        ("年底", "year_end", "2020-12-31", date(2020, 12, 31)),
        ("2021年内", "year_end", "2021-12-31", date(2021, 12, 31)),
        ("2021年度", "year_end", "2021-12-31", date(2021, 12, 31)),
        ("2021年2月至9月", "range", "2021-02/2021-09", date(2021, 9, 30)),
        ("2022年3月—8月", "range", "2022-03/2022-08", date(2022, 8, 31)),
        ("2022.3-2022.11", "range", "2022-03/2022-11", date(2022, 11, 30)),
        ("3-9月", "range", "2020-03/2020-09", date(2020, 9, 30)),
        ("2021年11月至次年2月", "range", "2021-11/2022-02", date(2022, 2, 28)),
        ("2021年3月1日至4月15日", "range", "2021-03-01/2021-04-15", date(2021, 4, 15)),
        ("3月1日至5日", "range", "2020-03-01/2020-03-05", date(2020, 3, 5)),
        ("2022-2024年", "range", "2022-01/2024-12", date(2024, 12, 31)),
        ("持续推进", "ongoing", None, None),
        ("长期坚持", "ongoing", None, None),
        ("常态化开展", "ongoing", None, None),
        ("每年12月", "ongoing", None, None),
        ("印发之日起30日内", "relative", None, None),
        ("收到通知后5个工作日内", "relative", None, None),
        ("2年内", "relative", None, None),
        ("", "none", None, None),
        ("尽快", "none", None, None),
        ("2021年13月", "none", None, None),
        ("2021年2月30日", "none", None, None),
        ("0000年3月", "none", None, None),
    ],
)
def test_a_wording_is_read_as_its_last_day(text: str, kind: str, value: str | None, due_on: date | None) -> None:
    spec = read_deadline(text, base_year=2020)

    assert (spec.kind, spec.value, spec.due_on) == (kind, value, due_on)


def test_the_wording_of_the_document_is_kept() -> None:
    assert read_deadline(" 2021 年 3 月 ").raw == "2021 年 3 月"


def test_a_month_without_any_year_has_no_due_day() -> None:
    assert read_deadline("12月") == DeadlineSpec(DeadlineKind.MONTH, None, "12月")
    assert read_deadline("12月").due_on is None


def test_a_due_day_is_found_again_from_the_stored_value() -> None:
    assert DeadlineSpec(DeadlineKind.RANGE, "2021-02/2021-09", "").due_on == date(2021, 9, 30)
    assert DeadlineSpec(DeadlineKind.MONTH, "nonsense", "").due_on is None


@given(st.integers(1, 9998), st.integers(1, 12))
def test_a_month_ends_on_its_last_calendar_day_in_every_year(year: int, month: int) -> None:
    due_on = read_deadline(f"{year:04}年{month}月").due_on

    assert due_on == date(year, month, calendar.monthrange(year, month)[1])


@given(st.text(alphabet="2021年月日至-.前底中旬季度持续每内后 \t０９十二〇第", max_size=40))
def test_no_wording_makes_the_reader_fail(text: str) -> None:
    spec = read_deadline(text, 2021)

    assert spec.due_on is None or spec.value


def test_a_third_of_a_month_covers_ten_days_or_what_is_left() -> None:
    window = read_window("2021年2月下旬")

    assert window is not None
    assert (window.starts_on, window.ends_on, window.ambiguous) == (date(2021, 2, 21), date(2021, 2, 28), False)


def test_before_the_middle_third_is_read_as_by_the_twentieth_and_marked_ambiguous() -> None:
    window = read_window("9月中旬前", 2021)

    assert window is not None
    assert (window.starts_on, window.ends_on, window.ambiguous) == (None, date(2021, 9, 20), True)
    assert window.raw == "9月中旬前"


def test_a_wording_without_a_day_gives_no_window() -> None:
    assert read_window("持续推进", 2021) is None
    assert read_window("10月份") is None


@pytest.mark.parametrize("text", ["2021年2月9日", "2021 年 2 月 9 日", "二〇二一年二月九日"])
def test_a_line_that_is_nothing_but_a_date_is_a_date(text: str) -> None:
    assert exact_date(text) == date(2021, 2, 9)


@pytest.mark.parametrize("text", ["2021年2月9日印发", "于2021年2月9日", "2021年2月", "2021年2月30日"])
def test_a_line_with_more_or_less_than_a_date_is_not(text: str) -> None:
    assert exact_date(text) is None
