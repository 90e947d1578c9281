"""For whose decision a completion report waits: the district's lead where its plan asks for two levels, then the city.

Of a plan that a district's bureau issued itself, its owner is the one: the lead has no part in the daily work there.
Lists and checks use the same condition, `reviewable`.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select

from tracker.assignments.models import Assignment, TaskReviewer
from tracker.assignments.queries import OF_A_BUREAU, owner_reviews_others, within
from tracker.db import db
from tracker.plans.models import Plan
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.permissions import Action, Actor, Role, may

_TWO_LEVELS = select(Plan.id).where(Plan.review_levels == 2)
_SIGNED_IN_DISTRICT = and_(Assignment.level == OrganizationKind.DISTRICT_BUREAU, Assignment.plan_id.in_(_TWO_LEVELS))
_UNSIGNED = and_(_SIGNED_IN_DISTRICT, Assignment.signed_off_on.is_(None))


def concluding(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the person's word on a report is the last one; nobody reviews their own unit's."""
    if may(actor, Action.SIGN_OFF):
        below = and_(Assignment.level.in_(BELOW_A_DISTRICT), Assignment.plan_id.not_in(OF_A_BUREAU))
        return and_(below, within(actor, Action.SIGN_OFF))
    if not may(actor, Action.REVIEW):
        return false()
    if actor.role is Role.SUPERVISOR:
        return Assignment.unit_id != (0 if actor.unit_id is None else actor.unit_id)
    named = select(TaskReviewer.task_id).where(TaskReviewer.office_id == actor.unit_id)
    districts = and_(Assignment.level == OrganizationKind.DISTRICT_BUREAU, Assignment.task_id.in_(named))
    return or_(districts, owner_reviews_others(actor))


def signing(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the person signs off the district's own reports before the city sees them."""
    return and_(_SIGNED_IN_DISTRICT, within(actor, Action.SIGN_OFF)) if may(actor, Action.SIGN_OFF) else false()


def reviewable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a report, once filed, waits for this very person."""
    if may(actor, Action.SIGN_OFF):
        return or_(concluding(actor), and_(signing(actor), Assignment.signed_off_on.is_(None)))
    return and_(concluding(actor), ~_UNSIGNED)


def is_reviewer(actor: Actor, assignment_id: int) -> bool:
    """Tell whether the person may conclude on the assignment's reports, be it their turn or not."""
    return _holds(assignment_id, concluding(actor))


def is_signer(actor: Actor, assignment_id: int) -> bool:
    """Tell whether the person signs off the assignment's reports before the city."""
    return _holds(assignment_id, signing(actor))


def is_turn(actor: Actor, assignment_id: int) -> bool:
    """Tell whether the assignment's report waits for this very person; the same condition as the list's."""
    return _holds(assignment_id, reviewable(actor))


def awaits_sign_off(assignment_id: int) -> bool:
    """Tell whether the assignment's report needs the word of the district's lead first."""
    return _holds(assignment_id, _UNSIGNED)


def _holds(assignment_id: int, condition: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(Assignment.id).where(Assignment.id == assignment_id, condition)) is not None
