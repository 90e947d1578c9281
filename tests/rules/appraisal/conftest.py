"""The appraisal scheme of 2021, read once."""

import json

import pytest

from tests.house.source import ROOT
from tracker.rules.appraisal.reading import read_scheme
from tracker.rules.appraisal.scheme import Scheme
from tracker.rules.appraisal.terms import SchemeTerms, read_terms

SEED = ROOT / "seeds" / "appraisal" / "songjiang-2021-19"


@pytest.fixture(scope="session")
def text() -> str:
    """The document as it stands."""
    return SEED.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def scheme(text: str) -> Scheme:
    """The scheme as it is read."""
    return read_scheme(text)


@pytest.fixture(scope="session")
def terms() -> SchemeTerms:
    """What its companion file says."""
    return read_terms(json.loads(SEED.with_suffix(".json").read_text(encoding="utf-8")))
