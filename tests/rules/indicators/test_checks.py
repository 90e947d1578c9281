"""Conditions and cross-checks fire on what cannot be and stay silent on what can (R0-05, R0-06)."""

import random

import pytest

from tests.rules.indicators.answers import read, sensible
from tracker.rules.indicators.checks import answered_indicators, is_asked, objections, unanswered
from tracker.rules.indicators.form import Form
from tracker.rules.indicators.terms import FormTerms, Level
from tracker.rules.indicators.values import EMPTY, NOT_APPLICABLE

WRONG = {
    "part_of_34": {"I034a": "3", "I034b": "4"},
    "part_of_36": {"I036a": "3", "I036b": "4"},
    "part_of_88": {"I088a": "3", "I088b": "4"},
    "part_of_92": {"I092": "3", "I093": "4"},
    "part_of_83": {"I083": "3", "I087": "4"},
    "posts_filled": {"I083": "5", "I082a": "4"},
    "branches_of_offices": {"I004": "5", "I005": "5", "I006": "5", "I082b": "14"},
    "premises_of_offices": {"I099": "8", "I100": "7", "I082b": "14"},
    "stations_of_towns": {"I066a": "是", "I067a": "14", "I067b": "13"},
    "rest_of_offices": {"I066b": "15", "I082b": "14"},
    "leaders_counted": {"I046": "是", "I047": "0"},
    "knowers_counted": {"I046": "是", "I048": "0"},
    "advisers_of_villages": {"I075a": "100", "I075b": "99"},
    "four_posts_each": {"I082a": "55", "I082b": "14"},
    "share_rises_2021": {"I091a": "30", "I091b": "29.9"},
    "share_rises_2022": {"I091b": "30", "I091c": "29.9"},
    "share_rises_2023": {"I091c": "30", "I091d": "29.9"},
    "share_rises_over_2021": {"I091a": "30", "I091b": "不适用", "I091c": "29.9"},
    "share_rises_over_2022": {"I091b": "30", "I091c": "不适用", "I091d": "29.9"},
    "holders_of_posts": {"I093": "5", "I094": "4"},
    "both_zero_1": {"I001a": "0", "I001b": "10"},
    "both_zero_39": {"I039a": "2", "I039b": "0"},
    "both_zero_40": {"I040a": "0", "I040b": "10"},
    "both_zero_43": {"I043a": "2", "I043b": "0"},
    "both_zero_95": {"I095a": "0", "I095b": "10"},
}
"""The least that makes each check speak."""

BLOCKING = ("part_of_34", "part_of_36", "part_of_88", "part_of_92", "part_of_83", "rest_of_offices")


def test_every_check_has_a_wrong_value_here_and_looks_at_blanks_that_exist(form: Form, terms: FormTerms) -> None:
    assert {check.name for check in terms.checks} == set(WRONG)
    keys = {key for key, _, _ in form.fields()}
    assert all(set(check.blanks) <= keys for check in terms.checks)
    assert {each.blank for each in terms.conditions} | {each.on for each in terms.conditions} <= keys


@pytest.mark.parametrize("name", WRONG)
def test_a_check_speaks_on_a_wrong_value_and_names_the_blanks(form: Form, terms: FormTerms, name: str) -> None:
    found = {objection.name: objection for objection in objections(terms, read(form, WRONG[name]))}
    assert set(found) == {name}
    assert set(found[name].blanks) == set(WRONG[name])
    assert found[name].message.endswith("。")
    blocks = name in BLOCKING or name.startswith("both_zero")
    assert found[name].level is (Level.BLOCK if blocks else Level.WARN)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"I034a": "不适用", "I034b": "2"}, "part_of_34"),
        ({"I046": "是", "I047": "不适用"}, "leaders_counted"),
        ({"I001a": "不适用", "I001b": "10"}, "both_zero_1"),
        ({"I024": "不适用", "I025": "5"}, "needless"),
    ],
)
def test_what_does_not_apply_counts_as_none(form: Form, terms: FormTerms, typed: dict[str, str], name: str) -> None:
    assert [each.name for each in objections(terms, read(form, typed))] == [name]


def test_a_share_that_does_not_apply_is_no_share_of_0(form: Form, terms: FormTerms) -> None:
    assert objections(terms, read(form, {"I091a": "30", "I091b": "不适用", "I091c": "31"})) == ()


def test_a_list_asks_for_as_many_names_as_it_says(form: Form, terms: FormTerms) -> None:
    typed = {"I108": "否", "I109a": "2", "I109b": "甲系统"}
    assert "I109c" in unanswered(form, terms, read(form, typed))
    assert "I109d" not in unanswered(form, terms, read(form, typed))


@pytest.mark.parametrize("seed", range(40))
def test_right_answers_leave_every_check_silent_and_nothing_open(form: Form, terms: FormTerms, seed: int) -> None:
    answers = read(form, sensible(random.Random(seed)))
    assert objections(terms, answers) == ()
    assert unanswered(form, terms, answers) == ()
    assert answered_indicators(form, terms, answers) == 112


def test_a_half_filled_pair_waits_for_its_other_half(form: Form, terms: FormTerms) -> None:
    assert objections(terms, read(form, {"I034b": "4"})) == ()
    assert objections(terms, read(form, {"I034a": "3"}) | {"I034b": NOT_APPLICABLE}) == ()


@pytest.mark.parametrize(
    ("blank", "on", "answer"),
    [
        ("I020", "I019", "是"),
        ("I025", "I024", "是"),
        ("I027", "I026", "是"),
        ("I066b", "I066a", "否"),
        ("I081b", "I081a", "是"),
        ("I081c", "I081a", "是"),
        ("I109a", "I108", "否"),
    ],
)  # R0-05
def test_a_blank_is_asked_only_after_the_answer_it_hangs_on(
    form: Form, terms: FormTerms, blank: str, on: str, answer: str
) -> None:
    other = {"是": "否", "否": "是"}[answer]
    assert is_asked(blank, terms, read(form, {on: answer}))
    assert not is_asked(blank, terms, read(form, {on: other}))
    assert not is_asked(blank, terms, {})
    kept = read(form, {on: other, blank: "是" if blank.startswith("I081") else "3"})
    assert ("needless", (blank, on)) in [(each.name, each.blanks) for each in objections(terms, kept)]


def test_an_empty_form_has_everything_open_but_what_hangs_on_answers(form: Form, terms: FormTerms) -> None:
    still_open = unanswered(form, terms, {})
    assert len(still_open) == 136 - len(terms.conditions)
    assert answered_indicators(form, terms, {"I002": EMPTY}) == answered_indicators(form, terms, {})


def test_bad_if_yes_and_survey_questions_are_known(terms: FormTerms) -> None:  # R0-07, R0-08
    assert terms.bad_if_yes == {13, 15, 60, 107}
    assert terms.survey_only == {108, 109}


def test_links_lead_from_tasks_to_their_indicators(terms: FormTerms) -> None:  # C-02
    of = {(link.doc_number, link.task): link.indicators for link in terms.links}
    assert of["沪司发〔2021〕11号", "18"] == (87, 90, 91, 92, 93, 94)
    assert of["京司发〔2022〕42号", "14"] == (108, 109, 110, 111, 112)
    assert all(1 <= number <= 112 for numbers in of.values() for number in numbers)
