"""What is still open before a plan's scores are made final: what forbids it, and what one should know."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from tracker.assignments.models import Assignment, Extension
from tracker.db import db
from tracker.plans.models import Plan
from tracker.rules.organizations import OrganizationKind
from tracker.rules.status import RequestState, Status
from tracker.scoring import appeals, terms
from tracker.scoring.models import Appeal, Evaluation


@dataclass(frozen=True)
class Pending:
    """What is open on a day: numbers of rows; until when one may object; whether an evaluation is still to come."""

    appeals: int
    objections_until: date | None
    extensions: int
    under_review: int
    evaluation_missing: bool

    @property
    def forbids(self) -> bool:
        """Tell whether scores must not be made final yet, whatever the reason."""
        return bool(self.appeals) or self.objections_until is not None

    @property
    def nothing(self) -> bool:
        """Tell whether nothing is open."""
        return not (self.forbids or self.extensions or self.under_review or self.evaluation_missing)


def pending(plan: Plan, day: date) -> Pending:
    """Return what is open on `day` before the scores are made final."""
    until = appeals.open_until(plan, day)
    asked = select(func.count()).select_from(Appeal)
    extensions = select(func.count()).select_from(Extension).join(Assignment, Assignment.id == Extension.assignment_id)
    waiting = select(func.count()).select_from(Assignment)
    return Pending(
        db.session.scalar(asked.where(Appeal.plan_id == plan.id, Appeal.state == RequestState.ASKED)) or 0,
        until if until is not None and day <= until else None,
        db.session.scalar(extensions.where(Assignment.plan_id == plan.id, Extension.state == RequestState.ASKED)) or 0,
        db.session.scalar(
            waiting.where(
                Assignment.plan_id == plan.id,
                Assignment.level == OrganizationKind.DISTRICT_BUREAU,
                Assignment.status == Status.UNDER_REVIEW,
            )
        )
        or 0,
        evaluation_missing(plan, day),
    )


def evaluation_missing(plan: Plan, day: date) -> bool:
    """Tell whether the plan is to be evaluated (R1-05) and the results were not published by `day`."""
    procedure = terms.at(plan, day).procedure
    if procedure.evaluation_from is None and procedure.evaluation_to is None:
        return False
    published = select(Evaluation.id).where(Evaluation.plan_id == plan.id, Evaluation.published_on <= day)
    return db.session.scalar(published) is None
