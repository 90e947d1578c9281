"""Sentences that keep what they were made of: Chinese at once, another language where they show."""

import json
from datetime import date

import pytest

from tracker.rules.words import SOURCE, Words, date_text, in_language, say

DAY = date(2021, 6, 24)
ENGLISH = {
    "{n} 项": "{n} {n:task|tasks}",
    "截至 {day:long}": "as of {day:long}",
    "{a} 和 {b}": "{b} and {a}",
    "“{name}”：{why}": "“{name}”: {why}",
    "已办结": "Completed",
    "只接受 {kinds}": "only {kinds}",
    "保留 {braces}": "keeps {braces}",
}


def english(words: str) -> str:
    """Say a sentence in the English of this test."""
    return in_language(words, "en", lambda source: ENGLISH.get(source, source))


def test_a_sentence_is_an_ordinary_chinese_text() -> None:
    sentence = say("{n} 项", n=3)
    assert sentence == "3 项"
    assert isinstance(sentence, str)
    assert json.dumps({"said": sentence}, ensure_ascii=False) == '{"said": "3 项"}'


def test_an_exception_keeps_what_its_message_was_made_of() -> None:
    error = ValueError(say("{n} 项", n=2))
    assert type(str(error)) is Words
    assert english(str(error)) == "2 tasks"


@pytest.mark.parametrize(("number", "said"), [(0, "0 tasks"), (1, "1 task"), (2, "2 tasks")])
def test_a_plural_follows_its_number(number: int, said: str) -> None:
    assert english(say("{n} 项", n=number)) == said


@pytest.mark.parametrize(
    ("form", "chinese", "in_english"),
    [
        ("long", "2021年6月24日", "24 June 2021"),
        ("month", "2021年6月", "June 2021"),
        ("short", "6月24日", "24 June"),
        ("weekday", "星期四", "Thursday"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(form: str, chinese: str, in_english: str) -> None:
    assert date_text(DAY, form, SOURCE) == chinese
    assert date_text(DAY, form, "en") == in_english


def test_a_day_in_a_sentence_changes_with_the_language() -> None:
    sentence = say("截至 {day:long}", day=DAY)
    assert sentence == "截至 2021年6月24日"
    assert english(sentence) == "as of 24 June 2021"


def test_a_day_without_a_form_is_the_same_everywhere() -> None:
    assert say("到 {day}", day=DAY) == "到 2021-06-24"


def test_values_may_change_places() -> None:
    assert english(say("{a} 和 {b}", a="甲", b="乙")) == "乙 and 甲"


def test_a_value_that_is_a_sentence_is_said_in_the_same_language() -> None:
    assert english(say("“{name}”：{why}", name="松江", why=say("已办结"))) == "“松江”: Completed"


def test_a_list_gets_the_commas_of_the_language() -> None:
    sentence = say("只接受 {kinds}", kinds=["pdf", say("已办结")])
    assert sentence == "只接受 pdf、已办结"
    assert english(sentence) == "only pdf, Completed"


def test_a_sentence_without_values_keeps_its_braces() -> None:
    assert say("保留 {braces}") == "保留 {braces}"
    assert english(say("保留 {braces}")) == "keeps {braces}"


def test_what_is_no_sentence_stays_as_it_is() -> None:
    assert english("已办结") == "已办结"


def test_a_sentence_without_translation_stays_chinese() -> None:
    assert english(say("没有译文 {n}", n=1)) == "没有译文 1"


def test_the_same_sentence_is_made_once() -> None:
    assert say("已办结") is say("已办结")


def test_a_missing_value_fails_at_once() -> None:
    with pytest.raises(KeyError):
        say("{n} 项，{m} 项", n=1)
