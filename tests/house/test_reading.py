"""What the documentation says of the way from a document to a plan is what the code does."""

import re

from tests.house.source import ROOT
from tracker.plans.readers import READERS
from tracker.rules.plan_text.rule_texts import RULE_TEXT
from tracker.web.plans.wizard.words import DIALECT_TEXT

READING = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
PLAN_TEXT = "tracker/rules/plan_text"
FOLDERS = (".", "tracker", "tracker/rules", PLAN_TEXT, f"{PLAN_TEXT}/tables", "tracker/plans", "tests")


def test_every_file_that_the_way_names_is_there() -> None:
    for name in re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", READING):
        assert any((ROOT / folder / name).is_file() for folder in FOLDERS), name


def test_every_kind_of_file_is_told_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [ending for ending in READERS if f".{ending}" not in readme] == []


def test_every_rule_and_dialect_has_its_sentence() -> None:
    assert all(str(sentence).endswith("。") for sentence in RULE_TEXT.values())
    assert all(DIALECT_TEXT.values())
