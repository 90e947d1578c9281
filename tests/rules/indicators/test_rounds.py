"""A round's days, and what comes back in a file."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.indicators.merging import Change, merge
from tracker.rules.indicators.rounds import Stage, Term, due_on, is_late, reminder_step

TERM = Term(date(2024, 1, 2), date(2024, 1, 31))


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        ("2024-01-01", Stage.PLANNED),
        ("2024-01-02", Stage.OPEN),
        ("2024-01-31", Stage.OPEN),
        ("2024-02-01", Stage.ENDED),
    ],
)
def test_a_round_runs_from_its_first_to_its_last_day(day: str, stage: Stage) -> None:
    assert TERM.stage(date.fromisoformat(day)) is stage


def test_who_closed_it_closed_it() -> None:
    assert Term(TERM.opens_on, TERM.closes_on, date(2024, 1, 20)).stage(date(2024, 1, 5)) is Stage.CLOSED


def test_a_later_day_of_ones_own_counts() -> None:
    assert due_on(TERM, date(2024, 2, 9)) == date(2024, 2, 9)
    assert due_on(TERM, None) == TERM.closes_on
    assert not is_late(None, TERM.closes_on, TERM.closes_on)
    assert is_late(None, TERM.closes_on, TERM.closes_on + timedelta(1))


def test_reminders_stand_before_and_after_the_last_day() -> None:
    steps = {days: reminder_step(TERM.closes_on, TERM.closes_on + timedelta(days)) for days in range(-9, 16)}
    assert {days: step for days, step in steps.items() if step} == {
        -7: "-7", -3: "-3", -1: "-1", 1: "+1", 3: "+3", 7: "+7", 14: "+14",
    }  # fmt: skip


TEXTS = st.sampled_from(["", "0", "1", "不适用"])


@given(TEXTS, TEXTS, TEXTS)
def test_no_change_is_dropped_unseen(base: str, mine: str, theirs: str) -> None:
    (merged,) = merge(["a"], {"a": base}, {"a": mine}, {"a": theirs})
    changed = (mine != base, theirs != base)
    expected = {(False, False): Change.UNCHANGED, (True, False): Change.TAKEN, (False, True): Change.KEPT}
    both = Change.SAME if mine == theirs else Change.CONFLICT
    assert merged.change is expected.get(changed, both)
