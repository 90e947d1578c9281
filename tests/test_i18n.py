"""Which language is spoken: for a while, for a request, for a reader."""

import threading
from datetime import date

import pytest
from flask import Flask

from tools import translations
from tracker import i18n
from tracker.rules.words import date_text, say

DAY = date(2021, 6, 24)
ENGLISH = {"帮助": "Help", "{n} 项": "{n} {n:task|tasks}"}


@pytest.fixture(autouse=True)
def _few_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda _language: lambda source: ENGLISH.get(source, source))


def test_chinese_is_spoken_unless_something_else_is_asked_for() -> None:
    assert i18n.language() == "zh"
    assert i18n.translate(say("帮助")) == "帮助"


def test_a_language_is_spoken_for_a_while() -> None:
    with i18n.speaking("en"):
        assert i18n.translate(say("帮助")) == "Help"
        with i18n.speaking("zh"):
            assert i18n.translate(say("帮助")) == "帮助"
        assert i18n.translate(say("{n} 项", n=2)) == "2 tasks"
    assert i18n.language() == "zh"


def test_a_failure_does_not_leave_the_language_behind() -> None:
    with pytest.raises(ZeroDivisionError), i18n.speaking("en"):
        raise ZeroDivisionError
    assert i18n.language() == "zh"


def test_an_unknown_language_is_taken_for_chinese() -> None:
    with i18n.speaking("xx"):
        assert i18n.language() == "zh"


def test_another_thread_speaks_chinese() -> None:
    heard = []
    with i18n.speaking("en"):
        thread = threading.Thread(target=lambda: heard.append(i18n.language()))
        thread.start()
        thread.join()
    assert heard == ["zh"]


@pytest.mark.parametrize("value", ["帮助", 7, None, ["帮助"]])
def test_what_is_no_sentence_is_given_back_as_it_is(value: object) -> None:
    with i18n.speaking("en"):
        assert i18n.translate(value) is value


def test_a_template_speaks_the_language_of_its_reader(app: Flask) -> None:
    template = app.jinja_env.from_string('{{ _("帮助") }}，{{ _("{n} 项", n=1) }}，{{ name }}，{{ "<" }}')
    assert template.render(name="帮助") == "帮助，1 项，帮助，&lt;"
    with i18n.speaking("en"):
        assert template.render(name="帮助") == "Help，1 task，帮助，&lt;"


def test_every_language_has_a_tag_and_writes_days() -> None:
    assert i18n.TAGS.keys() == i18n.LANGUAGES.keys()
    for language in i18n.LANGUAGES:
        assert date_text(DAY, "long", language)


@pytest.mark.parametrize("language", translations.languages())
def test_what_is_compiled_is_what_people_wrote(language: str) -> None:
    compiled = translations.path_of(language).with_suffix(".mo")
    assert compiled.read_bytes() == translations.mo_bytes(translations.read(language))
