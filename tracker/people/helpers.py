"""Whom to ask: the people with a telephone number who can help somebody on."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, or_, select

from tracker.db import db
from tracker.people.models import Organization, User
from tracker.people.queries import serving
from tracker.rules.permissions import ROLE_TEXT, Actor, Role

MOST = 6
"""Telephone numbers on a page; whoever finds none of these in the office needs no seventh."""


class Helper(NamedTuple):
    """Somebody to ask."""

    role: str
    name: str
    unit: str
    phone: str

    @property
    def role_text(self) -> str:
        """The role in the reader's words."""
        return ROLE_TEXT[Role(self.role)]


def helpers(actor: Actor, day: date) -> list[Helper]:
    """Return the leads of a person's own district, the supervisors and the administrators. One query."""
    near = and_(User.role == Role.LEAD, User.unit_id == actor.district_id)
    return _asked(day, or_(near, User.role.in_((Role.SUPERVISOR, Role.ADMIN))))


def administrators(day: date) -> list[Helper]:
    """Return the administrators, whom somebody asks who cannot sign in. One query."""
    return _asked(day, User.role == Role.ADMIN)


def _asked(day: date, wanted: ColumnElement[bool]) -> list[Helper]:
    nearest = case((User.role == Role.LEAD, 0), (User.role == Role.SUPERVISOR, 1), else_=2)
    found = (
        select(User.role, User.name, Organization.name, User.phone)
        .join(Organization, Organization.id == User.unit_id)
        .where(serving(day), User.phone != "", wanted)
        .order_by(nearest, User.id)
        .limit(MOST)
    )
    return [Helper(*row) for row in db.session.execute(found)]
