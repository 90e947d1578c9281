"""The status loop, edge by edge, and the lights on the days where they change."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.status import (
    EXCLUDED,
    LIGHT_TEXT,
    LIVE,
    MOVE_TEXT,
    STATUS_TEXT,
    TRANSITIONS,
    Duty,
    Light,
    Move,
    MoveRefused,
    Status,
    light,
    moves_from,
    next_status,
)

NEEDS_REASON = {Move.RETURN, Move.RECHECK, Move.REOPEN, Move.EXEMPT, Move.WITHDRAW, Move.RECORD}
LOOP: dict[Status, dict[Move, Status]] = {
    Status.PENDING: {
        Move.ACKNOWLEDGE: Status.IN_PROGRESS,
        Move.EXEMPT: Status.EXEMPT,
        Move.WITHDRAW: Status.WITHDRAWN,
        Move.RECORD: Status.COMPLETED,
    },
    Status.IN_PROGRESS: {
        Move.SUBMIT: Status.UNDER_REVIEW,
        Move.EXEMPT: Status.EXEMPT,
        Move.WITHDRAW: Status.WITHDRAWN,
        Move.RECORD: Status.COMPLETED,
    },
    Status.UNDER_REVIEW: {
        Move.RECALL: Status.IN_PROGRESS,
        Move.ACCEPT: Status.COMPLETED,
        Move.RETURN: Status.RETURNED,
        Move.EXEMPT: Status.EXEMPT,
        Move.WITHDRAW: Status.WITHDRAWN,
    },
    Status.RETURNED: {
        Move.SUBMIT: Status.UNDER_REVIEW,
        Move.EXEMPT: Status.EXEMPT,
        Move.WITHDRAW: Status.WITHDRAWN,
        Move.RECORD: Status.COMPLETED,
    },
    Status.COMPLETED: {
        Move.CORRECT: Status.UNDER_REVIEW,
        Move.RECHECK: Status.UNDER_REVIEW,
        Move.REOPEN: Status.IN_PROGRESS,
    },
    Status.EXEMPT: {Move.REOPEN: Status.IN_PROGRESS, Move.WITHDRAW: Status.WITHDRAWN},
    Status.WITHDRAWN: {},
}
"""The whole loop, written a second time: what leads where."""

DUE = date(2021, 3, 31)


def days(number: int) -> date:
    """Return the day so many days after the due day."""
    return DUE + timedelta(days=number)


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("status", Status)
def test_a_move_leads_where_the_loop_says_or_nowhere(status: Status, move: Move) -> None:
    expected = LOOP[status].get(move)
    if expected is None:
        with pytest.raises(MoveRefused, match=STATUS_TEXT[status]):
            next_status(status, move, "理由")
    else:
        assert next_status(status, move, "理由") is expected


@pytest.mark.parametrize("reason", ["", " ", "\n\t　"])
@pytest.mark.parametrize(("status", "move"), [(status, move) for status in Status for move in LOOP[status]])
def test_a_blank_reason_is_refused_where_one_is_needed(status: Status, move: Move, reason: str) -> None:
    if move in NEEDS_REASON:
        with pytest.raises(MoveRefused, match=f"{MOVE_TEXT[move]}必须写明理由"):
            next_status(status, move, reason)
    else:
        assert next_status(status, move, reason) is LOOP[status][move]


@pytest.mark.parametrize("status", Status)
def test_the_moves_out_of_a_status_are_those_of_the_loop(status: Status) -> None:
    assert set(moves_from(status)) == set(LOOP[status])


@pytest.mark.parametrize(
    ("duty", "moves"),
    [
        (Duty.HANDLER, {Move.ACKNOWLEDGE, Move.SUBMIT, Move.RECALL, Move.CORRECT}),
        (Duty.REVIEWER, {Move.ACCEPT, Move.RETURN}),
        (Duty.SUPERVISOR, {Move.RECHECK, Move.REOPEN, Move.EXEMPT, Move.WITHDRAW, Move.RECORD}),
    ],
)
def test_each_duty_has_its_own_moves(duty: Duty, moves: set[Move]) -> None:
    assert {move for move, edge in TRANSITIONS.items() if edge.duty is duty} == moves


def test_dispatch_is_no_move_that_anyone_can_make() -> None:
    assert Move.DISPATCH not in TRANSITIONS


def test_only_a_reviewer_completes_but_for_what_was_due_before_its_document_was_issued() -> None:
    completing = [move for move, edge in TRANSITIONS.items() if edge.target is Status.COMPLETED]
    assert completing == [Move.ACCEPT, Move.RECORD]
    assert TRANSITIONS[Move.ACCEPT].duty is Duty.REVIEWER
    assert TRANSITIONS[Move.ACCEPT].sources == {Status.UNDER_REVIEW}


def test_a_status_is_live_excluded_or_completed() -> None:
    assert frozenset(Status) == LIVE | EXCLUDED | {Status.COMPLETED}
    assert not LIVE & EXCLUDED


@pytest.mark.parametrize(("words", "kinds"), [(STATUS_TEXT, Status), (MOVE_TEXT, Move), (LIGHT_TEXT, Light)])
def test_every_kind_has_a_word_of_its_own(words: dict[str, str], kinds: type) -> None:
    assert set(words) == set(kinds)
    assert all(words.values())


@pytest.mark.parametrize(
    ("day", "pending", "working"),
    [
        (-400, Light.NOT_STARTED, Light.NORMAL),
        (-8, Light.NOT_STARTED, Light.NORMAL),
        (-7, Light.NEAR, Light.NEAR),
        (-1, Light.NEAR, Light.NEAR),
        (0, Light.NEAR, Light.NEAR),
        (1, Light.OVERDUE, Light.OVERDUE),
        (400, Light.OVERDUE, Light.OVERDUE),
    ],
)
def test_a_light_changes_seven_days_before_and_the_day_after_the_due_day(
    day: int, pending: Light, working: Light
) -> None:
    assert light(Status.PENDING, DUE, None, days(day), near_days=7) is pending
    for status in LIVE - {Status.PENDING}:
        assert light(status, DUE, None, days(day), near_days=7) is working


@pytest.mark.parametrize(
    ("near_days", "day", "shown"), [(0, -1, Light.NORMAL), (0, 0, Light.NEAR), (90, -90, Light.NEAR)]
)
def test_how_near_is_near_is_a_setting(near_days: int, day: int, shown: Light) -> None:
    assert light(Status.IN_PROGRESS, DUE, None, days(day), near_days) is shown


@pytest.mark.parametrize(
    ("completed", "shown"), [(-30, Light.DONE), (0, Light.DONE), (1, Light.DONE_LATE), (30, Light.DONE_LATE)]
)
def test_done_on_the_due_day_is_in_time_and_a_day_later_is_late(completed: int, shown: Light) -> None:
    for day in (completed, completed + 1, 400):
        assert light(Status.COMPLETED, DUE, days(completed), days(day), near_days=7) is shown


@pytest.mark.parametrize("status", sorted(EXCLUDED))
@pytest.mark.parametrize("day", [-8, 0, 1])
def test_what_is_excluded_has_no_other_light(status: Status, day: int) -> None:
    assert light(status, DUE, None, days(day), near_days=7) is Light.EXCLUDED


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.PENDING, Light.NOT_STARTED),
        (Status.IN_PROGRESS, Light.NORMAL),
        (Status.UNDER_REVIEW, Light.NORMAL),
        (Status.RETURNED, Light.NORMAL),
        (Status.COMPLETED, Light.DONE),
        (Status.WITHDRAWN, Light.EXCLUDED),
    ],
)
def test_what_has_no_due_day_is_never_near_nor_overdue(status: Status, shown: Light) -> None:
    completed_on = DUE if status is Status.COMPLETED else None
    assert light(status, None, completed_on, date(2030, 1, 1), near_days=90) is shown


@given(status=st.sampled_from(sorted(LIVE)), day=st.dates(), due_on=st.dates(), near_days=st.integers(0, 90))
def test_a_live_assignment_has_a_light_on_every_day_of_the_calendar(
    status: Status, day: date, due_on: date, near_days: int
) -> None:
    shown = light(status, due_on, None, day, near_days)
    assert (shown is Light.OVERDUE) == (due_on < day)
    assert (shown is Light.NEAR) == (0 <= (due_on - day).days <= near_days)
