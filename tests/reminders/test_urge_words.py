"""The words of a 催办: what a sender writes, cleaned, and the letter as it is read."""

from datetime import date
from pathlib import Path

import pytest

from tracker.reminders.urge_words import MAX_TEXT, WORDINGS, Line, Sender, body, clean, subject

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2021, 3, 5)
LINES = [
    Line(7, "7", "沪司发〔2021〕11号", "根据社区矫正机构的委托，承担社区矫正相关工作。其余略。", date(2021, 2, 28)),
    Line(1, "1", "沪司发〔2021〕11号", "制定工作细则" * 12, date(2021, 3, 31)),
    Line(9, "9", "沪司发〔2021〕11号", "持续开展 <培训>", None),
]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  请抓紧。\r\n\r\n\r\n\r\n本周内反馈。\n", "请抓紧。\n\n本周内反馈。"),
        ("请\u202e抓\u200b紧\x07", "请抓紧"),
        ("e\u0301", "é"),
        ("字" * MAX_TEXT, "字" * MAX_TEXT),
        ("<b>请抓紧</b>", "<b>请抓紧</b>"),
    ],
)
def test_a_text_is_cleaned_of_what_nobody_sees(written: str, kept: str) -> None:
    assert clean(written) == kept


@pytest.mark.parametrize("word", WORDINGS)
def test_a_template_is_a_text_that_can_be_sent(word: str) -> None:
    assert clean(WORDINGS[word].text) == WORDINGS[word].text


@pytest.mark.parametrize("form", ["txt", "html"])
def test_a_letter_reads_as_the_golden_one(form: str) -> None:
    sender = Sender("促进法治处", "张督办", "021-12345678")
    text = f"{WORDINGS['summary'].text}\n\n请于 3 月 10 日前反馈 <必办>。"
    letter = body(sender, text, LINES, DAY, "https://tracker.example.invalid", ["督办单（第 1 号）.docx"])
    assert (letter.text if form == "txt" else letter.html) == (GOLDEN / f"urge.{form}").read_text("utf-8")


def test_a_subject_tells_how_many_are_late_where_any_are() -> None:
    assert subject(LINES, DAY) == "【催办】3月5日：请抓紧办理3项任务（其中1项已逾期）"
    assert subject(LINES[1:], DAY) == "【催办】3月5日：请抓紧办理2项任务"


def test_a_letter_without_telephone_or_attachment_names_neither() -> None:
    letter = body(Sender("促进法治处", "张督办", ""), "请抓紧。", LINES[:1], DAY, "")
    assert "如有疑问请联系张督办。" in letter.text
    assert "附件" not in letter.text + letter.html
