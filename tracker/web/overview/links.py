"""Where a figure leads: the ledger, with the very rows that were counted."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Scope
from tracker.rules.status import Light

DONE = (Light.DONE, Light.DONE_LATE)
"""What is completed, in time or not."""

COUNTED = tuple(light for light in Light if light is not Light.EXCLUDED)
"""Whatever counts for anything: all but what is exempt or withdrawn."""

OWED = ",".join(light for light in COUNTED if light not in DONE)
"""What is still owed, as an address says it."""


def ledger(plan_id: int, day: date, lights: Iterable[Light] = (), **filters: object) -> str:
    """Return the address of the districts' rows of a plan on a day that have one of the lights, and match filters."""
    light = ",".join(light.value for light in lights)
    asked = {"plan": plan_id, "on": day, "light": light, "level": OrganizationKind.DISTRICT_BUREAU.value, **filters}
    return f"/ledger?{urlencode({name: value for name, value in asked.items() if value}, safe=',')}"


def opens_tasks(person: Actor) -> bool:
    """Tell whether the pages of a district's tasks are the person's to open: a 司法所 sees its own alone."""
    return person.reach(Action.VIEW_ASSIGNMENTS) not in (Scope.UNIT, Scope.NONE)
