"""Days are set and years imported on record; what is refused leaves everything as it was."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from tests.factories import AT, make_holiday_year, make_workday_override
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.calendar import LONGEST_HOLIDAY
from tracker.rules.permissions import SYSTEM, Actor, Forbidden, Role
from tracker.workdays import operations, queries
from tracker.workdays.entries import CalendarRefused, Entry
from tracker.workdays.holiday_files import ImportRefused
from tracker.workdays.imports import compare

ADMIN = Actor(None, "admin", "管理员", Role.ADMIN, None)
GOLDEN = [Entry(date(2027, 10, day), False, "国庆节") for day in range(1, 8)]
FILE = "".join(f"{entry.day},休,国庆节\n" for entry in GOLDEN)
MONDAY = date(2027, 5, 3)


def record() -> list[tuple[str, str, int | None, str]]:
    """Who did what to which year, and the detail."""
    rows = db.session.execute(
        select(AuditEntry.account, AuditEntry.act, AuditEntry.object_id, AuditEntry.detail).order_by(AuditEntry.id)
    )
    return [tuple(row) for row in rows]


def load(content: str, seen: str | None = None) -> None:
    """Import a file and commit."""
    with transaction():
        operations.import_csv(ADMIN, AT, content, "安排.csv", seen)


def test_a_day_is_set_changed_and_given_back_on_record(app: Flask) -> None:
    with transaction():
        operations.set_day(ADMIN, AT, MONDAY, False, " 台风  停工 ")
    assert not queries.calendar().is_working(MONDAY)
    with transaction():
        operations.set_day(ADMIN, AT, MONDAY, True, "")
    assert queries.overrides([2027]) == [Entry(MONDAY, True)]
    with transaction():
        operations.remove_day(ADMIN, AT, MONDAY)
    assert queries.overrides([2027]) == []
    assert record() == [
        ("admin", "set_workday", 2027, "2027-05-03 休 台风 停工"),
        ("admin", "set_workday", 2027, "2027-05-03 班"),
        ("admin", "remove_workday", 2027, "2027-05-03 班"),
    ]


def test_a_day_that_nobody_set_cannot_be_given_back(app: Flask) -> None:
    with pytest.raises(NoResultFound), transaction():
        operations.remove_day(ADMIN, AT, MONDAY)
    assert record() == []


@pytest.mark.parametrize(
    ("day", "note", "words"),
    [
        (date(1999, 12, 31), "", "年份应在 2000 到 2100 之间"),
        (date(2101, 1, 1), "", "年份应在 2000 到 2100 之间"),
        (MONDAY, "长" * 101, "说明最多 100 字"),
        (MONDAY, "@SUM(1)", "不能以“@”开头"),
    ],
)
def test_a_day_that_will_not_do_is_refused(app: Flask, day: date, note: str, words: str) -> None:
    with pytest.raises(CalendarRefused, match=words), transaction():
        operations.set_day(ADMIN, AT, day, False, note)
    assert record() == []


def off_for(days: int) -> None:
    """Let so many days from a Monday on be days off, of which the last is no weekend."""
    for offset in range(days):
        make_workday_override(day=MONDAY + timedelta(days=offset), working=False)
    db.session.commit()


def test_no_single_day_makes_a_holiday_without_end(app: Flask) -> None:
    # The Monday follows a weekend, which is off anyway.
    off_for(LONGEST_HOLIDAY - 3)
    last = MONDAY + timedelta(days=LONGEST_HOLIDAY - 3)
    with pytest.raises(CalendarRefused, match="连续放假 60 天"), transaction():
        operations.set_day(ADMIN, AT, last, False, "")
    with transaction():
        operations.set_day(ADMIN, AT, last, True, "")
    with pytest.raises(CalendarRefused, match="连续放假 60 天"), transaction():
        operations.set_day(ADMIN, AT, last, False, "")


def test_nor_does_a_day_given_back(app: Flask) -> None:
    off_for(LONGEST_HOLIDAY - 3)
    saturday = date(2027, 5, 1)
    make_workday_override(day=saturday, working=True)
    make_workday_override(day=MONDAY + timedelta(days=LONGEST_HOLIDAY - 3), working=False)
    db.session.commit()
    with pytest.raises(CalendarRefused, match="连续放假 60 天"), transaction():
        operations.remove_day(ADMIN, AT, saturday)


def test_an_import_replaces_its_years_and_no_other_on_record(app: Flask) -> None:
    for entry in (
        Entry(date(2027, 10, 1), True, "错"),
        Entry(date(2027, 10, 2), False, "国庆节"),
        Entry(MONDAY, False),
    ):
        make_workday_override(**entry._asdict())
    make_workday_override(day=date(2028, 1, 3), working=False, note="元旦")
    db.session.commit()
    load(FILE)
    assert queries.overrides([2027]) == GOLDEN
    assert queries.overrides([2028]) == [Entry(date(2028, 1, 3), False, "元旦")]
    found = queries.imported(2027)
    assert found
    assert (found.source, found.at, found.actor_name) == ("安排.csv", AT, "管理员")
    assert queries.calendar().is_known(2027)
    [(account, act, year, detail)] = record()
    assert (account, act, year) == ("admin", "import_holidays", 2027)
    assert "来源 安排.csv；新增 2027-10-03 休 国庆节、" in detail
    assert "；改为 2027-10-01 休 国庆节；删除 2027-05-03 休；不变 1 天" in detail


def test_importing_the_same_file_again_changes_no_day(app: Flask) -> None:
    load(FILE)
    found = compare(FILE)
    assert (found.added, found.changed, found.removed, found.unchanged) == ((), (), (), tuple(GOLDEN))
    load(FILE.replace("国庆节", "国庆"))
    assert {entry.note for entry in queries.overrides([2027])} == {"国庆"}


def test_a_file_of_two_years_arranges_both(app: Flask) -> None:
    load(FILE + FILE.replace("2027-", "2028-"))
    assert queries.calendar().imported == {2027, 2028}
    assert [entry[2] for entry in record()] == [2027, 2028]
    assert len(queries.overrides([2027, 2028])) == 2 * len(GOLDEN)


def test_an_import_replaces_the_built_in_arrangement(app: Flask) -> None:
    assert not queries.calendar().is_working(date(2026, 2, 17))
    load(FILE.replace("2027-", "2026-"))
    assert queries.calendar().is_working(date(2026, 2, 17))
    assert not queries.calendar().is_working(date(2026, 10, 1))


def test_a_file_with_one_wrong_line_stores_nothing(app: Flask) -> None:
    with pytest.raises(ImportRefused, match="第 8 行"):
        load(f"{FILE}2027-10-32,休\n")
    assert queries.overrides([2027]) == []
    assert queries.imported(2027) is None
    assert record() == []


def test_a_year_that_is_off_altogether_is_refused(app: Flask) -> None:
    year = "".join(f"{day},休\n" for day in queries.days_of(2027))
    with pytest.raises(ImportRefused, match="连续放假 60 天"):
        load(year)
    assert queries.overrides([2027]) == []


def test_a_holiday_without_end_may_not_lie_across_two_years(app: Flask) -> None:
    make_holiday_year(year=2027)
    for offset in range(40):
        make_workday_override(day=date(2027, 12, 31) - timedelta(days=offset), working=False)
    db.session.commit()
    with pytest.raises(ImportRefused, match="连续放假 60 天"):
        compare("".join(f"{date(2028, 1, 1) + timedelta(days=offset)},休\n" for offset in range(30)))


def test_what_changed_since_the_preview_is_not_overwritten(app: Flask) -> None:
    seen = compare(FILE).seen
    with transaction():
        operations.set_day(ADMIN, AT, MONDAY, False, "台风停工")
    with pytest.raises(operations.CalendarChanged) as changed:
        load(FILE, seen)
    assert changed.value.comparison.removed == (Entry(MONDAY, False, "台风停工"),)
    assert queries.imported(2027) is None
    load(FILE, changed.value.comparison.seen)
    assert queries.overrides([2027]) == GOLDEN


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("2027-10-08,休\n", []),
        ("2027-10-09,班\n", []),
        ("2027-10-11,班\n", ["10月11日（周一）本来就上班"]),
        ("2027-05-08,休\n", ["5月8日（周六）是普通周末"]),
        ("2027-04-30,休\n2027-05-01,休\n2027-05-02,休\n", []),
        ("2027-05-01,休\n2027-05-02,休\n2027-05-03,休\n", []),
    ],
)
def test_an_odd_day_is_pointed_out_and_may_stand(app: Flask, lines: str, words: list[str]) -> None:
    warnings = compare(FILE + lines).warnings
    assert len(warnings) == len(words)
    assert all(word in warning for word, warning in zip(words, warnings, strict=True))


def test_an_odd_year_is_pointed_out(app: Flask) -> None:
    few, none = compare("2027-10-01,休\n").warnings, compare("2027-01-01,休\n").warnings
    assert "没有全部放假" not in "".join(few)
    assert "只有 1 天写成“休”" in "".join(few)
    assert "10月1日（周五）是工作日" in none[0]


def test_a_file_that_forgets_what_the_program_knows_is_pointed_out(app: Flask) -> None:
    [warning] = compare(FILE.replace("2027-", "2026-")).warnings
    assert "2026 年已有内置的放假安排" in warning
    assert "1月1日（周四）" in warning
    assert compare(FILE).warnings == ()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_changes_the_calendar(app: Flask, role: Role) -> None:
    somebody = Actor(1, "somebody", "某人", role, 1)
    for act in (
        lambda: operations.set_day(somebody, AT, MONDAY, False, ""),
        lambda: operations.remove_day(somebody, AT, MONDAY),
        lambda: operations.import_csv(somebody, AT, FILE, "a.csv"),
    ):
        with pytest.raises(Forbidden), transaction():
            act()
    assert record() == []


def test_the_command_line_may_as_well(app: Flask) -> None:
    with transaction():
        operations.import_csv(SYSTEM, AT, FILE, "")
    found = queries.imported(2027)
    assert found
    assert found.source == "未命名文件"
