"""A holiday file is read as people write it, or refused with every wrong line named."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.workdays import arrangements
from tracker.workdays.entries import MAX_NOTE, WORDS, CalendarRefused, Entry, read_note
from tracker.workdays.holiday_files import MAX_BYTES, SHOWN, ImportRefused, read, write
from tracker.workdays.queries import Calendar, days_of

SEED = Path(__file__).parents[2] / "seeds" / "holidays" / "2026.csv"
GOLDEN = [Entry(date(2027, 10, 1), False, "国庆节"), Entry(date(2027, 10, 9), True, "国庆节调休")]
ROWS = "2027-10-01,休,国庆节\n2027-10-09,班,国庆节调休\n"


def acceptable(note: str) -> bool:
    """Tell whether a note is stored as it is written."""
    try:
        return read_note(note) == note
    except CalendarRefused:
        return False


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.dates(date(2000, 1, 1), date(2100, 12, 31)),
        st.booleans(),
        st.text(max_size=MAX_NOTE).filter(acceptable),
    ),
    min_size=1,
    unique_by=lambda entry: entry.day,
)


@given(ENTRIES)
def test_what_was_written_is_read_again(entries: list[Entry]) -> None:
    text = write(entries)
    assert read(text) == sorted(entries)
    assert read(text.encode("utf-8-sig")) == sorted(entries)


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("gb18030"),
        ROWS.replace("\n", "\r\n").encode(),
        ROWS,
        "\ufeff日期,类型,说明\n" + ROWS,
        "日期,类型（休/班）,说明\n" + ROWS,
        "Date,kind\n" + ROWS,
        "\n\n日期,类型,说明\n\n" + ROWS + "\n,,\n",
        ROWS.replace(",", "\t"),
        ROWS.replace(",", "，"),
        ROWS.replace("\n", ",,\n"),
        "2027/10/1,放假,国庆节\n2027/10/9,补班,国庆节调休",
        "2027年10月1日,OFF,国庆节\n2027年10月9日,Work,国庆节调休",
        "２０２７-10-01 ,休息, 国庆节 \n2027.10.9,上班,国庆节调休",
        '"2027-10-01","休","国庆节"\n"2027-10-09","班","国庆节\n调休"'.replace("节\n调", "节调"),
    ],
)
def test_a_file_is_read_as_people_write_it(content: str | bytes) -> None:
    assert read(content) == GOLDEN


@pytest.mark.parametrize("word", WORDS)
def test_a_kind_of_day_has_many_words(word: str) -> None:
    assert read(f"2027-10-01,{word}") == [Entry(date(2027, 10, 1), WORDS[word])]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2027-13-01,休", "日期“2027-13-01”不对"),
        ("2027-02-29,休", "日期“2027-02-29”不对"),
        ("2027/10-01,休", "日期“2027/10-01”不对"),
        ("10月1日,休", "日期“10月1日”不对"),
        ("20271001,休", "日期“20271001”不对"),
        ("0000-01-01,休", "日期“0000-01-01”不对"),
        ("1999-10-01,休", "年份应在 2000 到 2100 之间"),
        ("2101-10-01,休", "年份应在 2000 到 2100 之间"),
        ("46296,休", "日期“46296”不对"),
        (",休", "日期“”不对"),
        ("日期,类型", "日期“日期”不对"),
        ("2027-10-01", "类型“”不对"),
        ("2027-10-01,", "类型“”不对"),
        ("2027-10-01,玩", "类型“玩”不对"),
        ("2027-10-01,休,国庆节,放七天", "多于三列"),
        (f"2027-10-01,休,{'长' * (MAX_NOTE + 1)}", "说明最多 100 字"),
        ("2027-10-01,休,=1+1", "说明不能以“=”开头"),
        ("2027-01-01,班", "2027-01-01 已在第 1 行写过"),
        ('2027-10-01,"休', "引号不成对"),
        ('2027-10-01,"休"x', "引号不成对"),
    ],
)
def test_a_wrong_line_is_named(line: str, words: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(f"2027-01-01,休,元旦\n{line}\n")
    [problem] = refused.value.problems
    assert problem.startswith("第 2 行：")
    assert words in problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "没有任何日期"),
        ("日期,类型,说明\n", "没有任何日期"),
        (b"PK\x03\x04rest of a workbook", "另存为 CSV"),
        (b"\xd0\xcf\x11\xe0old workbook", "另存为 CSV"),
        (ROWS.encode("utf-16"), "另存为 CSV"),
        (b"\xff\x80\x80\x81", "编码读不出来"),
        (b"2027-10-01,\x00", "不是文本"),
        (b"x" * (MAX_BYTES + 1), "文件超过 200 KB"),
    ],
)
def test_another_kind_of_file_is_refused_with_what_to_do(content: str | bytes, words: str) -> None:
    with pytest.raises(ImportRefused, match=words):
        read(content)


def test_every_wrong_line_is_named_and_of_a_great_many_the_first() -> None:
    with pytest.raises(ImportRefused) as refused:
        read("昨天,休\n2027-10-01,休\n今天,休\n")
    assert [problem[:5] for problem in refused.value.problems] == ["第 1 行", "第 3 行"]
    with pytest.raises(ImportRefused) as refused:
        read("昨天,休\n" * (SHOWN + 7))
    assert len(refused.value.problems) == SHOWN + 1
    assert refused.value.problems[-1].startswith("另有 7 行")


def test_the_example_is_the_arrangement_that_the_library_knows() -> None:
    example = Calendar({entry.day: entry.working for entry in read(SEED.read_bytes())}, frozenset({2026}))
    assert [example.is_working(day) for day in days_of(2026)] == [arrangements.is_working(d) for d in days_of(2026)]
