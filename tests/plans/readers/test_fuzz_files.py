"""Whatever somebody sends ends as a draft, or in words: some hundred of the documents of `python -m drills.fuzz`."""

import random
from functools import partial

import pytest

from drills.documents import BOMBS, Bomb, document, sources
from drills.fuzz import SECONDS, Outcome, attempt
from tracker.plans.readers import READERS, docx, xlsx
from tracker.plans.readers.apart import guarded

NUMBERS = range(100_000, 100_150)
"""Not among the numbers of the drill, so that each of both tries what the other does not."""

ENDINGS = {"draft", "unreadable", "no plan"}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the markup of parts in this process, which spares starting hundreds."""
    monkeypatch.setitem(READERS, "docx", partial(guarded, docx.read))
    monkeypatch.setitem(READERS, "xlsx", partial(guarded, xlsx.read))


def troubles(outcomes: list[Outcome]) -> list[str]:
    """Return what went otherwise than it may."""
    wrong = [one for one in outcomes if one.ending not in ENDINGS or one.seconds > SECONDS]
    return [f"{one.number} ({one.name}): {one.ending}, {one.seconds:.1f} s, {one.words}" for one in wrong]


@pytest.mark.parametrize("name", sorted(sources()))
def test_a_sound_document_is_no_trouble(name: str, here: None) -> None:
    assert troubles([attempt(0, name, sources()[name])]) == []


def test_damaged_documents_end_in_a_draft_or_in_words(here: None) -> None:
    outcomes = [attempt(number, *document(number)) for number in NUMBERS]
    assert troubles(outcomes) == []
    assert {one.ending for one in outcomes} == ENDINGS
    assert all("请" in one.words for one in outcomes if one.ending == "unreadable")


def test_the_same_numbers_give_the_same_documents() -> None:
    assert document(7, 1) == document(7, 1)
    assert len({document(number)[1] for number in range(20)}) > 15


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__.strip("_"))
def test_a_bomb_ends_in_words_or_costs_little(bomb: Bomb) -> None:
    ending, content = bomb(random.Random(3))
    assert troubles([attempt(0, f"方案.{ending}", content)]) == []
