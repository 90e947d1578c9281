"""City totals follow the rule of each blank (R0-09, R0-10)."""

import random
from decimal import Decimal

import pytest

from tests.rules.indicators.answers import read, sensible
from tracker.rules.indicators.form import Form
from tracker.rules.indicators.terms import FormTerms
from tracker.rules.indicators.totals import Total, total
from tracker.rules.indicators.values import NOT_APPLICABLE


def of(form: Form, terms: FormTerms, key: str, *typed: dict[str, str]) -> Total:
    blank = next(blank for own, _, blank in form.fields() if own == key)
    return total(key, blank, terms, {f"区{place}": read(form, each) for place, each in enumerate(typed)})


def test_numbers_are_added_and_who_is_missing_is_counted(form: Form, terms: FormTerms) -> None:
    found = of(form, terms, "I007", {"I007": "3"}, {"I007": "0"}, {}, {"I007": "不适用"})
    assert found == Total("sum", Decimal(3), counted=2, not_applicable=1, missing=1)
    assert of(form, terms, "I007", {}, {}).text == ""
    assert of(form, terms, "I007", {"I007": "0"}).text == "0"


def test_yes_is_counted_of_those_who_answered(form: Form, terms: FormTerms) -> None:
    found = of(form, terms, "I002", {"I002": "是"}, {"I002": "是"}, {"I002": "否"}, {}, {"I002": "不适用"})
    assert (found.text, found.missing, found.not_applicable) == ("2/3", 1, 1)


def test_the_average_is_weighed_by_the_number_of_offices(form: Form, terms: FormTerms) -> None:
    typed = ({"I020": "2", "I082b": "10"}, {"I020": "6", "I082b": "5"}, {"I020": "9"})
    found = of(form, terms, "I020", *typed)
    assert (found.rule, found.number, found.counted) == ("weighted", Decimal("3.33"), 2)


def test_a_share_of_the_city_is_made_of_its_parts(form: Form, terms: FormTerms) -> None:
    typed = (
        {"I091d": "50", "I087": "5", "I083": "10", "I091a": "40"},
        {"I091d": "10", "I087": "9", "I083": "90", "I091a": "8"},
    )
    assert of(form, terms, "I091d", *typed).number == Decimal("14.00")
    assert of(form, terms, "I091a", *typed).number == Decimal("11.20")


def test_a_share_of_nobody_is_no_number(form: Form, terms: FormTerms) -> None:
    assert of(form, terms, "I091d", {"I087": "0", "I083": "0"}).number is None


def test_choices_are_tallied_and_names_are_united(form: Form, terms: FormTerms) -> None:
    assert of(form, terms, "I003", {"I003": "区司法局"}, {"I003": "均有"}, {"I003": "区司法局"}).parts == (
        ("区司法局", 2),
        ("mixed", 1),
    )
    assert of(form, terms, "I109b", {"I109b": "矫正系统"}, {"I109b": "矫正系统"}, {}).text == "矫正系统：2"


@pytest.mark.parametrize("seed", range(5))
def test_the_city_table_of_16_districts_is_what_plain_sums_say(form: Form, terms: FormTerms, seed: int) -> None:
    drawn = random.Random(seed)
    typed = {f"区{place}": sensible(drawn) for place in range(16)}
    answers = {unit: read(form, each) for unit, each in typed.items()}
    for key, _, blank in form.fields():
        found = total(key, blank, terms, answers)
        texts = [each[key] for each in typed.values() if key in each]
        assert found.counted + found.missing == 16 or found.rule in ("weighted", "ratio")
        if found.rule == "sum":
            assert found.number == (sum(map(int, texts)) if texts else None)
        if found.rule == "yes_count":
            assert found.number == (texts.count("是") if texts else None)


def test_every_not_applicable_leaves_the_sum_empty(form: Form, terms: FormTerms) -> None:
    blank = next(blank for key, _, blank in form.fields() if key == "I007")
    assert total("I007", blank, terms, {"区": {"I007": NOT_APPLICABLE}}).number is None
