"""Automatic numbers stand in the text as Word shows them."""

import pytest

from tests.plans.readers.makers import kind, level, list_, p, word
from tracker.plans.readers import docx
from tracker.plans.readers.numerals import FORMS, numeral


def lines(body: str, numbering: str, styles: str = "") -> list[str]:
    """Return the lines of a document with these lists."""
    return docx.read(word(body, numbering, styles)).text.split("\n")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("decimal", "1 2 10 11 21 105"),
        ("decimalZero", "01 02 10 11 21 105"),
        ("decimalFullWidth", "１ ２ １０ １１ ２１ １０５"),
        ("chineseCounting", "一 二 十 十一 二十一 一百零五"),
        ("chineseCountingThousand", "一 二 十 十一 二十一 一百零五"),
        ("japaneseCounting", "一 二 十 十一 二十一 一百零五"),
        ("ideographDigital", "一 二 一〇 一一 二一 一〇五"),
        ("chineseLegalSimplified", "壹 贰 壹拾 壹拾壹 贰拾壹 壹佰零伍"),
        ("ideographTraditional", "甲 乙 癸 11 21 105"),
        ("ideographZodiac", "子 丑 酉 戌 21 105"),
        ("upperRoman", "I II X XI XXI CV"),
        ("lowerRoman", "i ii x xi xxi cv"),
        ("upperLetter", "A B J K U AAAAA"),
        ("lowerLetter", "a b j k u aaaaa"),
        ("decimalEnclosedCircle", "① ② ⑩ ⑪ ㉑ 105"),
        ("decimalEnclosedParen", "⑴ ⑵ ⑽ ⑾ 21 105"),
        ("decimalEnclosedFullstop", "⒈ ⒉ ⒑ ⒒ 21 105"),
        ("unheardOf", "1 2 10 11 21 105"),
    ],
)
def test_a_number_in_its_form(form: str, expected: str) -> None:
    assert " ".join(numeral(number, form) for number in (1, 2, 10, 11, 21, 105)).split() == expected.split()


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_number_is_out_of_reach(form: str) -> None:
    for number in (0, 1, 36, 50, 51, 1000, 3999, 4000, 999_999_999):
        assert len(numeral(number, form)) < 200


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("%1.", "1. 甲"), ("（%1）", "（1）甲"), ("第%1条", "第1条 甲"), ("%1、", "1、甲"), ("任务%1：", "任务1：甲")],
)
def test_what_stands_around_a_number(shape: str, expected: str) -> None:
    assert lines(p("甲", (1, 0)), kind(0, level(0, "decimal", shape)) + list_(1, 0)) == [expected]


LEVELS = kind(
    0,
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3.", more='<w:suff w:val="nothing"/>'),
    level(3, "decimal", "%1.%4", more="<w:isLgl/>"),
)


def test_levels_count_within_the_level_above() -> None:
    body = "".join(p("题", (1, at)) for at in (0, 1, 2, 2, 1, 2, 0, 1, 3))
    assert lines(body, LEVELS + list_(1, 0)) == [
        *("一、题", "（一）题", "1.题", "2.题", "（二）题", "1.题", "二、题", "（一）题", "2.1 题"),
    ]


def test_a_level_that_never_restarts_counts_on() -> None:
    levels = kind(0, level(0, "decimal", "%1、"), level(1, "decimal", "%2.", more='<w:lvlRestart w:val="0"/>'))
    body = "".join(p("题", (1, at)) for at in (0, 1, 1, 0, 1))
    assert lines(body, levels + list_(1, 0)) == ["1、题", "1. 题", "2. 题", "2、题", "3. 题"]


def test_two_lists_of_a_kind_count_on_and_one_that_says_so_begins_anew() -> None:
    fresh = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = kind(0, level(0, "decimal", "%1、")) + list_(1, 0) + list_(2, 0) + list_(3, 0, fresh)
    body = "".join(p("题", (number, 0)) for number in (1, 1, 2, 3, 3))
    assert lines(body, numbering) == ["1、题", "2、题", "3、题", "1、题", "2、题"]


def test_a_list_begins_where_it_says() -> None:
    assert lines(p("题", (1, 0)), kind(0, level(0, "decimal", "%1、", start=16)) + list_(1, 0)) == ["16、题"]


def test_a_style_brings_its_list_and_its_level_and_a_paragraph_may_refuse_it() -> None:
    numbering = kind(
        0, level(0, "chineseCounting", "%1、"), level(1, "decimal", "%2.", more='<w:pStyle w:val="H2"/>')
    ) + list_(7, 0)
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="H1"/></w:style>'
    )
    body = p("题", style="H1") + p("题", style="H2") + p("题", style="Own") + p("题", (0, 0), style="H1")
    assert lines(body, numbering, styles) == ["一、题", "1. 题", "二、题", "题"]


def test_a_list_may_borrow_the_levels_of_a_style() -> None:
    numbering = (
        kind(0, level(0, "decimal", "%1）")) + kind(1, more='<w:numStyleLink w:val="L"/>') + list_(1, 0) + list_(2, 1)
    )
    styles = (
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    assert lines(p("题", (2, 0)) + p("题", (2, 0)), numbering, styles) == ["1）题", "2）题"]


def test_bullets_of_symbol_fonts_become_a_plain_one() -> None:
    assert lines(p("题", (1, 0)), kind(0, level(0, "bullet", "\uf0b7")) + list_(1, 0)) == ["● 题"]


def test_an_empty_numbered_cell_shows_its_number() -> None:
    body = "".join(
        f"<w:tbl><w:tr><w:tc>{p('', (1, 0))}</w:tc><w:tc>{p('任务')}</w:tc></w:tr></w:tbl>" for _ in range(2)
    )
    assert [line for line in lines(body, kind(0, level(0, "decimal", "%1")) + list_(1, 0)) if line] == [
        "1\t任务",
        "2\t任务",
    ]


@pytest.mark.parametrize(
    "numbering",
    [
        kind(0) + list_(1, 0),
        list_(1, 9),
        kind(0, more='<w:numStyleLink w:val="X"/>') + list_(1, 0),
        kind(0, level(0, "decimal", "%9.")) + list_(1, 0),
        '<w:abstractNum/><w:num w:numId="1"/>',
    ],
)
def test_broken_lists_leave_the_text_alone(numbering: str) -> None:
    styles = (
        '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    assert lines(p("题", (1, 0), style="A"), numbering, styles)[0].endswith("题")
