"""Where the figures of a plan's progress lead: the ledger, with the very rows that were counted."""

from datetime import date

from tracker.overview.progress import Standing
from tracker.overview.terms import Term
from tracker.rules.status import Light
from tracker.web.overview.links import COUNTED, DONE, ledger

OPEN = tuple(light for light in COUNTED if light not in DONE)

_ROWS: dict[Standing, tuple[tuple[Light, ...], str]] = {
    Standing.DONE: (DONE, ""),
    Standing.OVERDUE: ((Light.OVERDUE,), ""),
    Standing.NEAR: ((Light.NEAR,), ""),
    Standing.NORMAL: ((Light.NORMAL, Light.NOT_STARTED), Term.DATED),
    Standing.ONGOING: (OPEN, Term.ONGOING),
    Standing.REQUIREMENT: (OPEN, Term.REQUIREMENT),
    Standing.EARLY: (OPEN, Term.EARLY),
}


def unit(plan_id: int, day: date, unit_id: int, standing: Standing | None = None) -> str:
    """Return the address of what a unit owes of a plan on a day, all of it or what stands in one way."""
    lights, term = (COUNTED, "") if standing is None else _ROWS[standing]
    return ledger(plan_id, day, lights, level="", unit=unit_id, term=term)


def task(plan_id: int, day: date, task_id: int, done: bool) -> str:
    """Return the address of what all units owe of a task on a day, or of what they have completed."""
    return ledger(plan_id, day, DONE if done else COUNTED, level="", task=task_id)
