"""The form of 112 indicators, read once."""

import json

import pytest

from tests.house.source import ROOT
from tracker.rules.indicators.form import Form
from tracker.rules.indicators.reading import read_form
from tracker.rules.indicators.terms import FormTerms, read_terms

SEED = ROOT / "seeds" / "indicators" / "shanghai-112"


@pytest.fixture(scope="session")
def text() -> str:
    """The document as it stands."""
    return SEED.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def form(text: str) -> Form:
    """The form as it is read."""
    return read_form(text)


@pytest.fixture(scope="session")
def terms() -> FormTerms:
    """What its companion file says."""
    return read_terms(json.loads(SEED.with_suffix(".json").read_text(encoding="utf-8")))
