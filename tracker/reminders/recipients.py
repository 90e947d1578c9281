"""Who a notice goes to: the handlers of a unit, or the person who holds the post that a rung names."""

from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, or_, select

from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.people.models import Organization, User
from tracker.people.queries import HANDLING_ROLES, serving
from tracker.plans.models import Plan
from tracker.rules.escalation import Target
from tracker.rules.organizations import INSIDE_A_BUREAU, OrganizationKind
from tracker.rules.permissions import Post, Role


def recipient_of(target: Target) -> ColumnElement[bool]:
    """Return the condition that joins a user to an assignment (and its plan) as the person a target means.

    A 司法所 answers to its district's section alone; the leaders of a bureau, and the supervisors of the plan's issuer,
    hear of the bureau's own tasks, and of those of its sections and institutions, which have heads of their own
    besides. A city office's leaders are those of the bureau that issued the plan.
    """
    match target:
        case Target.HANDLER:
            return and_(User.unit_id == Assignment.unit_id, User.role.in_(HANDLING_ROLES))
        case Target.SECTION_HEAD:
            # A district lead without a post of their own is the head of the section (R1-08).
            lead = and_(User.role == Role.LEAD, User.post == Post.NONE)
            of_its_own = or_(Assignment.district_id.is_(None), Assignment.level.in_(INSIDE_A_BUREAU))
            own = and_(of_its_own, Assignment.unit_id == User.unit_id)
            return and_(or_(Assignment.district_id == User.unit_id, own), or_(User.post == Post.SECTION_HEAD, lead))
        case Target.DEPUTY_HEAD | Target.UNIT_HEAD:
            city = and_(Assignment.level == OrganizationKind.CITY_OFFICE, Plan.issuer_id == User.unit_id)
            of_the_bureau = Assignment.level.in_((OrganizationKind.DISTRICT_BUREAU, *INSIDE_A_BUREAU))
            district = and_(of_the_bureau, Assignment.district_id == User.unit_id)
            return and_(or_(district, city), User.post == target.value)
        case Target.SUPERVISOR:
            units = select(Organization.id).where(_of_city(Plan.issuer_id))
            return and_(
                Assignment.level != OrganizationKind.JUSTICE_OFFICE,
                User.role == Role.SUPERVISOR,
                User.unit_id.in_(units.correlate(Plan)),
            )


def hears(target: Target, level: str) -> bool:
    """Tell whether a rung with this target exists for units of a level; the same rule as `recipient_of`."""
    return level != OrganizationKind.JUSTICE_OFFICE or target in (Target.HANDLER, Target.SECTION_HEAD)


def headed_from(unit_id: int, district_id: int | None, level: str) -> tuple[int, ...]:
    """Return the units of which one is the head of section that `recipient_of` means, the nearest first."""
    if district_id is None:
        return (unit_id,)
    return (unit_id, district_id) if level in INSIDE_A_BUREAU else (district_id,)


def holders(unit_ids: set[int], day: date) -> dict[tuple[int, Target], list[str]]:
    """Return the names of those who hold a post in the units; posts that nobody holds are absent. One query."""
    rows = db.session.execute(
        select(User.unit_id, User.name, User.role, User.post).where(User.unit_id.in_(sorted(unit_ids)), serving(day))
    )
    found: dict[tuple[int, Target], list[str]] = {}
    for unit_id, name, role, post in rows:
        for target in _targets(role, post):
            found.setdefault((unit_id, target), []).append(name)
    return found


def supervisors(issuer_id: int, day: date) -> list[str]:
    """Return the names of the supervisors of the bureau that issued a plan."""
    found = (
        select(User.name)
        .join(Organization, Organization.id == User.unit_id)
        .where(_of_city(issuer_id), User.role == Role.SUPERVISOR, serving(day))
        .order_by(User.id)
    )
    return list(db.session.scalars(found))


def _of_city(issuer: SQLColumnExpression[int] | int) -> ColumnElement[bool]:
    """The condition that an organization is the issuer or one of its offices."""
    return or_(Organization.id == issuer, Organization.parent_id == issuer)


def _targets(role: str, post: str) -> list[Target]:
    targets = [Target.HANDLER] if role in HANDLING_ROLES else []
    if role == Role.SUPERVISOR:
        targets.append(Target.SUPERVISOR)
    if post or role == Role.LEAD:
        targets.append(Target(post or Post.SECTION_HEAD))
    return targets
