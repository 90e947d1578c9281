"""Tells whether a plan's scores were made final; from then on nothing that they rest on may change."""

from sqlalchemy import Date, column, select, table

from tracker.db import db
from tracker.plans.models import Plan
from tracker.rules.status import MoveRefused
from tracker.rules.words import say

# The sheet itself belongs to a floor above; here only its being there counts.
_FREEZE = table("score_freeze", column("id"), column("plan_id"), column("day", Date))

FINAL = select(_FREEZE.c.plan_id)
"""The plans whose scores are final, for the conditions of lists."""

FROZEN = say("本方案得分已定稿封存，任务、填报和办理状态都不能再改动。确需更正的，请联系市局督办人员另行处理。")


def is_frozen(plan_id: int) -> bool:
    """Tell whether the plan's scores are final."""
    return db.session.scalar(select(_FREEZE.c.id).where(_FREEZE.c.plan_id == plan_id)) is not None


def sealed() -> frozenset[int]:
    """Return the plans whose scores are final."""
    return frozenset(db.session.scalars(FINAL))


def hold(plan_id: int) -> None:
    """Wait for every change under way, and keep others out until the caller has made the scores final."""
    db.session.scalar(select(Plan.id).where(Plan.id == plan_id).with_for_update())


def require_open(plan_id: int) -> None:
    """Raise MoveRefused where the plan's scores are final; nobody can make them so until the caller has committed."""
    # Locked and looked up by two statements: PostgreSQL shows the second what was committed while the first waited.
    db.session.scalar(select(Plan.id).where(Plan.id == plan_id).with_for_update(read=True))
    if is_frozen(plan_id):
        raise MoveRefused(FROZEN)
