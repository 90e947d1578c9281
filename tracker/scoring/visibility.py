"""Whose scores a person is shown: all of the board, or, where a plan says so, of the districts only one's own."""

from collections.abc import Sequence
from datetime import date

from tracker.plans.models import Plan
from tracker.rules.permissions import Action, Actor, Scope
from tracker.scoring import terms
from tracker.scoring.queries import Standing


def sees_all(actor: Actor, plan: Plan, today: date) -> bool:
    """Tell whether a person is shown every district's score; by what holds today, whatever day is asked for.

    Two queries at most, for people of a district; none for the city's.
    """
    return actor.reach(Action.VIEW_SCORE) is not Scope.DISTRICT or terms.at(plan, today).procedure.board_open


def shown(actor: Actor, plan: Plan, board: Sequence[Standing], today: date) -> list[Standing]:
    """Return what a person is shown of a board; ranks are those among all."""
    if sees_all(actor, plan, today):
        return list(board)
    return [standing for standing in board if standing.district_id == actor.district_id]
