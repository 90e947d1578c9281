"""Whose completion finishes a task, and the light of the whole."""

from datetime import date

import pytest

from tracker.assignments.closures import Part, deciding, is_done, standing
from tracker.rules.status import Light

DONE, LATE, OVER, NEAR, OPEN = Light.DONE, Light.DONE_LATE, Light.OVERDUE, Light.NEAR, Light.NORMAL
DUE = date(2024, 12, 31)


def parts(*named: tuple[str, Light]) -> list[Part]:
    return [Part(role, shown, DUE, place) for place, (role, shown) in enumerate(named, 1)]


L, R, C = "lead", "responsible", "cooperating"


@pytest.mark.parametrize(
    ("named", "closing", "done", "shown"),
    [
        ([(L, DONE), (R, OVER)], "all", True, DONE),
        ([(L, OPEN), (R, DONE)], "any", False, OPEN),
        ([(L, DONE), (L, OVER)], "any", False, OVER),
        ([(R, DONE), (R, OPEN)], "all", False, OPEN),
        ([(R, DONE), (R, LATE)], "all", True, LATE),
        ([(R, OVER), (R, NEAR)], "all", False, OVER),
        ([(R, DONE), (R, OPEN)], "any", True, DONE),
        ([(R, OVER), (R, NEAR)], "any", False, NEAR),
        ([(R, DONE), (R, OVER)], "first", True, DONE),
        ([(R, OVER), (R, DONE)], "first", False, OVER),
        ([(R, DONE), (C, OVER)], "all", True, DONE),
        ([(C, DONE), (C, DONE)], "all", True, DONE),
        ([(L, Light.EXCLUDED), (R, DONE)], "all", True, DONE),
        ([], "all", False, Light.EXCLUDED),
    ],
)
def test_a_task_is_done_when_those_who_decide_are(
    named: list[tuple[str, Light]], closing: str, done: bool, shown: Light
) -> None:
    asked = deciding(parts(*named), closing)
    assert is_done(asked, closing) is done
    assert standing(asked, closing) is shown
