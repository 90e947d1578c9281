"""What a scheme leaves open is asked with its words and line; a decision of a setting changes what is counted by."""

from decimal import Decimal

import pytest

from tracker.rules.appraisal.decisions import SETTING, Matter, matters, settings_of
from tracker.rules.appraisal.problems import find_problems
from tracker.rules.appraisal.scheme import Scheme
from tracker.rules.appraisal.terms import SchemeTerms
from tracker.rules.appraisal.year import Settings


@pytest.fixture(scope="module")
def found(text: str, scheme: Scheme, terms: SchemeTerms) -> dict[str, Matter]:
    """Every matter by its subject."""
    listed = matters(text, scheme, terms, find_problems(text, scheme))
    assert len({each.subject for each in listed}) == len(listed)
    return {each.subject: each for each in listed}


def test_every_matter_quotes_the_words_at_its_line(found: dict[str, Matter], text: str) -> None:
    printed = text.splitlines()
    for each in found.values():
        assert each.quote in printed[each.line - 1], each.subject
        assert each.reason or each.kind == "note"
        assert len(each.subject) <= 40
        assert all(len(option.value) <= 60 for option in each.options)


def test_four_settings_hold_without_a_decision_as_the_companion_file_says(found: dict[str, Matter]) -> None:
    settings = {name: each for name, each in found.items() if each.kind in SETTING}
    assert {name: each.held for name, each in settings.items()} == {
        "cap:W6-4.1": "20",
        "enable:T-3.4": "no",
        "split:W5": "no",
        "floor": "no",
    }
    assert [option.value for option in settings["cap:W6-4.1"].options] == ["20", "10"]
    assert "2026" in settings["enable:T-3.4"].reason


def test_the_sign_error_is_to_be_confirmed(found: dict[str, Matter]) -> None:
    sign = found["confirm:W6-4.3"]
    assert (sign.line, sign.held) == (134, "yes")
    assert "≥0" in sign.question
    assert "<0" in sign.words_of("yes")
    assert {"confirm:late", "confirm:W6-4.1"} <= set(found)


def test_splitting_the_shared_sheet_warns_that_its_parts_do_not_compare(found: dict[str, Matter]) -> None:
    warning = found["split:W5"].warning
    assert "秘书科 38 分" in warning
    assert "普法科 22 分" in warning
    assert "60 分" in warning
    assert "不能直接比较" in warning


def test_what_the_document_leaves_undecided_is_noted_each_by_itself(found: dict[str, Matter]) -> None:
    of_grades = [each for name, each in found.items() if name.startswith("note:47")]
    assert [each.subject for each in of_grades] == ["note:47", "note:47/2", "note:47/3"]
    assert ["并列" in of_grades[0].question, "分数线" in of_grades[1].question, "递补" in of_grades[2].question] == [
        True
    ] * 3
    assert {each.held for each in of_grades} == {""}
    assert {"note:116", "note:W5-9", "note:W3-1.2"} <= set(found)


def test_decisions_become_settings(terms: SchemeTerms) -> None:
    assert settings_of({}, terms) == Settings(caps={}, enabled=[], split=[], ends_at_zero=False)
    decided = {"cap:W6-4.1": "10", "enable:T-3.4": "yes", "split:W5": "yes", "floor": "yes", "note:47": "noted"}
    assert settings_of(decided, terms) == Settings(
        caps={"W6-4.1": Decimal(10)}, enabled=["T-3.4"], split=["W5"], ends_at_zero=True
    )
    assert settings_of({"enable:T-3.4": "no", "split:W5": "no", "floor": "no"}, terms) == settings_of({}, terms)
