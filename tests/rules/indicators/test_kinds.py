"""Everything that differs from one kind of blank to another stands in one entry."""

import pytest

from tests.house.source import ROOT
from tracker.rules.indicators.form import Blank, Nature
from tracker.rules.indicators.kinds import INDICATOR_KINDS, Control
from tracker.rules.indicators.totals import TOTALS
from tracker.rules.indicators.values import read_value, show_value

TYPED = {
    Nature.YES_NO: "是",
    Nature.CHOICE: "均有",
    Nature.NUMBER: "12",
    Nature.AVERAGE: "4.5",
    Nature.SHARE: "35.5",
    Nature.NAME: "矫正系统",
}


@pytest.mark.parametrize("nature", Nature)
def test_a_kind_is_read_shown_totalled_and_has_a_control(nature: Nature) -> None:
    kind, blank = INDICATOR_KINDS[nature], Blank("a", nature, options=("甲", "乙"))
    assert show_value(blank, read_value(blank, TYPED[nature])) == TYPED[nature]
    assert kind.total in TOTALS
    assert kind.advice.endswith("。")
    assert bool(kind.choices(blank)) == bool(kind.between) == (kind.control is Control.CHOICE)
    for choice in kind.choices(blank):
        assert show_value(blank, read_value(blank, choice)) == choice


def test_no_code_outside_the_entries_asks_for_a_kind_by_its_name() -> None:
    """Besides the reader of the form, which finds the kinds, and what is odd about its text."""
    own = {"form.py", "cells.py", "problems.py", "kinds.py"}
    asking = {path.name for path in (ROOT / "tracker").rglob("*.py") if "Nature." in path.read_text(encoding="utf-8")}
    assert asking == own - {"form.py"}


def test_the_documents_say_where_a_kind_is_added() -> None:
    assert "`INDICATOR_KINDS`" in (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
