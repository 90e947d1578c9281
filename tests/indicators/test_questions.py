"""Definitions keep every version, a question is answered once for all, and who comes second overwrites nobody."""

import pytest
from flask import Flask

from tests.assignments.acts import moment, person, unit_id
from tests.indicators.acts import FORM, OPENS, close, open_round, stored
from tracker.db import transaction
from tracker.indicators import questions
from tracker.indicators.forms import known_form
from tracker.indicators.models import Definition, Question
from tracker.indicators.queries import UnknownRound
from tracker.indicators.questions import Overtaken, TextRefused
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused


def define(text: str, example: str = "", seen: int = 0, indicator: int = 7, account: str = "supervisor") -> int:
    """Let somebody write how an indicator is counted."""
    with transaction():
        return questions.define(person(account), moment(OPENS), FORM, indicator, text, example, seen).id


def ask(round_id: int, text: str = "临时党支部算不算？", indicator: int = 7, account: str = "songjiang-clerk") -> int:
    """Let a district ask."""
    with transaction():
        return questions.ask(person(account), moment(OPENS), round_id, indicator, text).id


def answer(round_id: int, question_id: int, text: str = "不算。", account: str = "supervisor") -> None:
    """Let the city answer."""
    with transaction():
        questions.answer(person(account), moment(OPENS), round_id, question_id, text)


def test_a_definition_keeps_every_version(seeded: Flask) -> None:
    first = define("按年末在册的数填。")
    define("按年末在册的数填，借调的不算。", "在册 5 人、借调 1 人，填 5。", first)
    found = questions.versions(FORM, 7)
    assert [each.text for each in found] == ["按年末在册的数填，借调的不算。", "按年末在册的数填。"]
    assert questions.definitions(FORM)[7][0].example == "在册 5 人、借调 1 人，填 5。"


def test_who_writes_a_definition_over_an_unseen_one_is_told(seeded: Flask) -> None:
    define("甲")
    with pytest.raises(Overtaken) as first:
        define("乙", account="supervisor2")
    assert (first.value.text, first.value.by) == ("甲", person("supervisor").name)
    assert stored(Definition) == 1


@pytest.mark.parametrize(
    ("text", "example", "field"), [("  ", "", "text"), ("长" * 2001, "", "text"), ("好", "长" * 2001, "example")]
)
def test_what_is_wrong_with_a_definition_is_said_by_field(seeded: Flask, text: str, example: str, field: str) -> None:
    with pytest.raises(TextRefused) as refused:
        define(text, example)
    assert refused.value.field == field


def test_only_the_supervisor_defines_and_only_what_the_form_has(seeded: Flask) -> None:
    with pytest.raises(Forbidden):
        define("甲", account="songjiang-lead")
    with pytest.raises(UnknownRound, match="没有第113项"):
        define("甲", indicator=113)
    same = define("甲")
    with pytest.raises(TextRefused, match="一样"):
        define("甲", seen=same)


def test_every_unit_reads_what_one_asked_and_what_was_answered(seeded: Flask) -> None:
    number = open_round()
    first = ask(number)
    ask(number, "怎么算？", 8)
    answer(number, first)
    found = questions.questions(person("huangpu-clerk"), number)
    assert [(each.question.text, each.is_open, each.unit) for each in found] == [
        ("怎么算？", True, "松江区司法局"),
        ("临时党支部算不算？", False, "松江区司法局"),
    ]
    assert found[1].question.answer == "不算。"
    assert found[1].indicator == known_form(FORM).form.indicators[6]
    assert [each.question.id for each in questions.questions(person("leader"), number, 7)] == [first]


def test_of_two_who_answer_the_second_hears_what_the_first_said(seeded: Flask) -> None:
    number = open_round()
    asked = ask(number)
    answer(number, asked)
    with pytest.raises(Overtaken) as first:
        answer(number, asked, "算。", "supervisor2")
    assert first.value.text == "不算。"
    assert questions.question(person("leader"), number, asked).question.answer == "不算。"


def test_what_cannot_be_asked_is_refused_in_words(seeded: Flask) -> None:
    number = open_round()
    ask(number)
    with pytest.raises(TextRefused, match="同样的问题"):
        ask(number)
    with pytest.raises(TextRefused, match="要问什么"):
        ask(number, " ")
    with pytest.raises(TextRefused, match="最多 500 字"):
        ask(number, "长" * 501)
    with pytest.raises(UnknownRound):
        ask(number, indicator=113)
    with pytest.raises(Forbidden):
        ask(number, account="supervisor")
    close(number, 16)
    with pytest.raises(MoveRefused, match="不再提问"):
        ask(number, "还能问吗？")
    assert stored(Question) == 1


def test_a_question_of_another_round_is_not_found(seeded: Flask) -> None:
    number = open_round()
    asked = ask(number)
    with pytest.raises(UnknownRound):
        answer(open_round(2021), asked)
    with pytest.raises(TextRefused, match="答复"):
        answer(number, asked, "")
    with pytest.raises(Forbidden):
        answer(number, asked, account="songjiang-lead")
    assert unit_id("songjiang") == questions.question(person("leader"), number, asked).question.unit_id
