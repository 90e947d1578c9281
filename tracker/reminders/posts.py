"""Who holds the posts of the ladder in the bureaus that answer for a plan."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.people.models import Organization
from tracker.reminders.recipients import holders
from tracker.rules.escalation import Target
from tracker.rules.organizations import OrganizationKind

POSTS = (Target.SECTION_HEAD, Target.DEPUTY_HEAD, Target.UNIT_HEAD)
"""The targets that are posts; handlers and supervisors are whoever has that role."""

LEADERS = (Target.DEPUTY_HEAD, Target.UNIT_HEAD)
"""The posts that an issuing city bureau answers with; each of its offices has a head of its own."""


@dataclass(frozen=True)
class Bureau:
    """A bureau and, for each post it answers with, the names of those who hold it; an empty list is a vacancy."""

    name: str
    held: dict[Target, list[str]]


def posts(plan_id: int, issuer_id: int, day: date) -> list[Bureau]:
    """Return the bureaus whose leaders answer for a plan's assignments, in their order. Two queries."""
    led = select(func.coalesce(Assignment.district_id, issuer_id)).where(Assignment.plan_id == plan_id)
    bureaus = (
        select(Organization.id, Organization.name, Organization.kind)
        .where(Organization.id.in_(led))
        .order_by(Organization.position, Organization.id)
    )
    found = db.session.execute(bureaus).all()
    held = holders({row.id for row in found}, day)
    cities = {row.id for row in found if row.id == issuer_id and row.kind != OrganizationKind.DISTRICT_BUREAU}
    return [
        Bureau(row.name, {post: held.get((row.id, post), []) for post in (LEADERS if row.id in cities else POSTS)})
        for row in found
    ]
