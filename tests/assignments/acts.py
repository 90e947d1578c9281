"""Acts of the demo accounts on the 28-task plan, as short as they are told: take("songjiang-clerk", Move.SUBMIT, …)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tracker.assignments.models import Assignment
from tracker.assignments.operations import change_status
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.people.queries import actor_of, user_by_account
from tracker.plans.models import Plan, Task
from tracker.rules.permissions import Actor
from tracker.rules.status import Move

ZONE = ZoneInfo("Asia/Shanghai")
OWNER = "cujinfazhi"
"""促进法治处 owns the plan; its own assignments are reviewed by the counter reviewer, 办公室."""

COUNTER = "bangongshi"


def person(account: str) -> Actor:
    """Return a demo account as an actor."""
    user = user_by_account(account)
    assert user, account
    return actor_of(user)


def moment(day: str | date, hour: int = 10) -> datetime:
    """Return a working hour of a day, in Shanghai."""
    return datetime.combine(date.fromisoformat(day) if isinstance(day, str) else day, time(hour), ZONE)


def the_plan() -> Plan:
    """Return the one plan of a seeded database."""
    return db.session.scalars(select(Plan)).one()


def unit_id(slug: str) -> int:
    """Return the id of an organization."""
    return db.session.scalars(select(Organization.id).where(Organization.slug == slug)).one()


def owed(task: str, unit: str) -> int:
    """Return the id of what a unit (its slug) owes of a task (its number)."""
    return db.session.scalars(
        select(Assignment.id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Organization, Organization.id == Assignment.unit_id)
        .where(Task.number == task, Organization.slug == unit)
    ).one()


def take(account: str, move: Move, day: str, assignment_id: int, reason: str = "") -> None:
    """Take a step and commit it."""
    with transaction():
        change_status(person(account), moment(day), assignment_id, move, reason)


def complete(task: str, district: str, reviewer: str, day: str) -> int:
    """Let a district sign for, ask for and get the completion of a task on one day; return the assignment."""
    assignment_id = owed(task, district)
    take(f"{district}-clerk", Move.ACKNOWLEDGE, day, assignment_id)
    take(f"{district}-clerk", Move.SUBMIT, day, assignment_id)
    take(reviewer, Move.ACCEPT, day, assignment_id)
    return assignment_id
