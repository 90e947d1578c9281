"""Every sentence of the interface is there in every language, with the same values in it, and compiled."""

import ast
import re
from string import Formatter

import pytest

from tests.house.source import ROOT
from tools import translations
from tracker.i18n import LANGUAGES
from tracker.rules.words import DATE_FORMS, SOURCE

OTHERS = sorted(set(LANGUAGES) - {SOURCE})
CHINESE = re.compile("[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]+")
EXAMPLES = {"松江区司法局"}
"""Sentences that are nothing but a name somebody might type."""

COUNTED = {"unit"}
"""Chinese counts with a word after the number, which other languages leave out."""


def values(text: str) -> set[str]:
    """The names of the values in a sentence."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_has_a_catalogue() -> None:
    assert translations.languages() == OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_and_none_is_left_over(language: str) -> None:
    catalogue = translations.read(language)
    assert translations.missing(catalogue) == []
    sources = {str(message.id) for message in translations.template() if message.id}
    assert {str(message.id) for message in catalogue if message.id} - sources == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_has_the_same_values_in_every_language(language: str) -> None:
    wrong = {
        str(message.id): str(message.string)
        for message in translations.read(language)
        if message.id and (values(str(message.string)) ^ values(str(message.id))) - COUNTED
    }
    assert wrong == {}


@pytest.mark.parametrize("language", OTHERS)
def test_no_chinese_is_left_in_another_language_but_what_one_must_type(language: str) -> None:
    left = {}
    for message in translations.read(language):
        source, text = str(message.id), str(message.string)
        signs = source.replace("顿号", "顿号、")
        typed = all(run in signs for run in CHINESE.findall(text)) and (re.search("[A-Za-z]", text) or text in EXAMPLES)
        if source and CHINESE.search(text) and not typed:
            left[source] = text
    assert left == {}


@pytest.mark.parametrize("language", OTHERS)
def test_a_form_of_a_value_is_one_that_is_known(language: str) -> None:
    for message in translations.read(language):
        for text in (str(message.id), str(message.string)):
            for _, name, form, _ in Formatter().parse(text):
                assert not form or form in DATE_FORMS or "|" in form or form[0] in ",.0%", f"{name}: {form} in {text}"


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_read_is_what_was_written(language: str) -> None:
    path = translations.path_of(language)
    assert path.read_bytes() == translations.po_text(translations.read(language)), "python tools/translations.py update"
    assert path.with_suffix(".mo").read_bytes() == translations.mo_bytes(translations.read(language))


def test_a_sentence_is_written_where_it_is_said() -> None:
    """A source that is put together at run time would be found by nobody who translates."""
    for path in sorted((ROOT / "tracker").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                if path.name == "words.py":
                    continue
                assert node.args, path
                source = node.args[0]
                said_before = isinstance(source, ast.Attribute) and source.attr == "source"
                assert said_before or isinstance(source, ast.Constant), f"{path}:{node.lineno}"
