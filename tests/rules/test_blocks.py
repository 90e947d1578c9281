"""Facts about joining lines that a page break has cut."""

import pytest

from tracker.rules.plan_text.blocks import Block, Mark, assemble
from tracker.rules.plan_text.lines import read_lines


def blocks(text: str) -> list[Block]:
    return list(assemble(read_lines(text)))


@pytest.mark.parametrize(
    ("line", "mark", "number", "rest"),
    [
        ("一、工作目标", Mark.PART, "一", "工作目标"),
        ("十二、工作目标", Mark.PART, "十二", "工作目标"),
        ("（一）甲", Mark.STEP, "一", "甲"),
        ("(三) 甲", Mark.STEP, "三", "甲"),
        ("1. 甲", Mark.ITEM, "1", "甲"),
        ("12.甲", Mark.ITEM, "12", "甲"),
        ("1．甲", Mark.ITEM, "1", "甲"),
        ("３、甲", Mark.ITEM, "3", "甲"),
        ("2021年2月9日", Mark.DATE, "", "2021年2月9日"),
        ("2021年2月10日印发", Mark.PRINTED, "", "2021年2月10日印发"),
        ("附件2", Mark.ANNEX, "", "附件2"),
        ("3.5 倍", Mark.PLAIN, "", "3.5 倍"),
        ("2021年是关键一年。", Mark.PLAIN, "", "2021年是关键一年。"),
        ("甲一、乙二", Mark.PLAIN, "", "甲一、乙二"),
    ],
)
def test_a_line_is_known_by_how_it_begins(line: str, mark: Mark, number: str, rest: str) -> None:
    (block,) = blocks(line)

    assert (block.mark, block.number, block.text) == (mark, number, rest)


def test_a_word_cut_by_a_page_break_is_joined_without_a_space() -> None:
    (block,) = blocks("1. 建设法治文\n\n化阵地。")

    assert (block.text, block.line_from, block.line_to) == ("建设法治文化阵地。", 1, 3)
    assert block.seams[0].around == "建设法治文｜化阵地。"


def test_a_new_paragraph_of_a_task_is_kept_apart_and_is_no_seam() -> None:
    (block,) = blocks("1. 第一段。\n第二段。")

    assert (block.text, block.seams) == ("第一段。\n第二段。", ())


def test_a_break_after_a_closing_bracket_is_still_a_break_within_the_sentence() -> None:
    item, units = blocks("1. 办案（业务）\n\n经费列入预算。\n责任部门：各县（市、区）\n\n司法局")

    assert (item.text, units.text) == ("办案（业务）经费列入预算。", "各县（市、区）司法局")


def test_a_heading_does_not_swallow_the_text_under_it() -> None:
    heading, body = blocks("（一）加强组织领导\n各区局要加强领导。")

    assert (heading.text, body.text) == ("加强组织领导", "各区局要加强领导。")


def test_running_text_that_fills_the_page_goes_on_over_the_break() -> None:
    cut = "各区局要加强领导，层层压实责任，按照方案确定的时间节点稳妥推进分管领"

    (block,) = blocks(f"{cut}\n\n导要切实担负责任。")

    assert block.text == f"{cut}导要切实担负责任。"


def test_a_title_broken_inside_its_quotation_marks_is_joined() -> None:
    (block,) = blocks("关于印发《甲工作\n乙方案》的通知")

    assert block.text == "关于印发《甲工作乙方案》的通知"


def test_a_list_of_units_goes_on_until_the_next_label() -> None:
    units, due = blocks("责任部门：甲处，各司\n\n法所\n完成时间：2021年3月")

    assert (units.text, due.text) == ("甲处，各司法所", "2021年3月")


def test_a_deadline_takes_the_next_line_only_while_it_is_unreadable() -> None:
    cut, *_ = blocks("完成时间：2021\n年3月\n某局")
    whole, rest = blocks("完成时间：2021年3月\n某局")

    assert cut.text == "2021年3月"
    assert (whole.text, rest.text) == ("2021年3月", "某局")


def test_the_name_over_a_date_is_a_signature() -> None:
    assert [block.mark for block in blocks("某市某局\n2021年2月9日")] == [Mark.SIGNATURE, Mark.DATE]


def test_line_numbers_count_blank_lines_and_every_kind_of_line_end() -> None:
    assert [line.number for line in read_lines("\r\n甲\r\n\r乙\n\n丙")] == [2, 4, 6]


def test_invisible_characters_are_left_out() -> None:
    assert [line.text for line in read_lines("\ufeff\u200b甲\x00乙\u3000")] == ["甲乙"]
