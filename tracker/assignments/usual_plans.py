"""Which plan a page shows that is asked for none: one of the person's own bureau, in which the person has to do."""

from typing import Any

from sqlalchemy import ColumnElement, case, exists, literal, true

from tracker.assignments.models import Assignment
from tracker.assignments.queries import visible
from tracker.people.models import Organization
from tracker.people.trees import root_of
from tracker.plans import queries as plans
from tracker.plans.models import Plan
from tracker.rules.permissions import Action, Actor, Scope
from tracker.rules.words import say


def published(actor: Actor, plan_id: int | None = None) -> Plan:
    """Return the published plan asked for; without one, where the person sees something, of the own bureau. One query.

    Raise UnknownPlan, or NoPlan where there is none at all.
    """
    if plan_id is not None:
        return plans.published(plan_id)
    return plans.published(None, _last(_seen(actor)), _last(_own(actor)))


def scored(actor: Actor, plan_id: int | None = None) -> Plan:
    """Return the same of the plans that are scored; without a number, of the own bureau only.

    Another city's ranking is nothing to show unasked. Raise UnscoredPlan, naming the usual plan, or NoPlan.
    """
    if plan_id is not None:
        return plans.scored(plan_id)
    found = plans.usual_scored(_own(actor))
    if found is None:
        usual = published(actor)
        if usual.scored:
            raise plans.NoPlan(say("本局还没有计分的方案。"))
        return plans.require_scored(usual)
    return found


def _last(wanted: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return the order that puts last what is not so."""
    return case((wanted, 0), else_=1)


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Say that the person sees an assignment of the plan; who sees everything sees all plans."""
    if actor.reach(Action.VIEW_ASSIGNMENTS) is Scope.ALL:
        return true()
    return exists().where(Assignment.plan_id == Plan.id, visible(actor)).correlate(Plan)


def _own(actor: Actor) -> ColumnElement[bool]:
    """Say that the plan's issuer stands in the person's own tree."""
    return root_of(Organization.id) == root_of(literal(actor.unit_id)) if actor.unit_id is not None else true()
