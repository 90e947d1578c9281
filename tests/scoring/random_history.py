"""A random but repeatable history of several plans: every kind of event that moves a score, day after day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import and_, select, update

from tests import factories as make
from tests import makers
from tests.assignments.acts import moment
from tracker.assignments import dues
from tracker.assignments.models import Assignment, StatusChange
from tracker.assignments.operations import change_status, publish
from tracker.db import FOREVER, db, transaction
from tracker.people.models import Organization
from tracker.plans.models import Plan, PlanState
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import SYSTEM, Actor, Role
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.status import LIVE, TRANSITIONS, Duty, Move, RequestState, Status, moves_from
from tracker.scoring.models import Appeal, Evaluation, ScoreRule

FIRST = date(2021, 3, 1)
BEGUN = moment(FIRST)
ASIDE = (Move.CORRECT, Move.RECORD)
"""What is no step of an ordinary day: it takes a report of its own, or a task that was due before its document."""

RARE = frozenset({Move.WITHDRAW, Move.EXEMPT, Move.REOPEN, Move.RECHECK})
"""Steps that end a course or take it back: it would not become long if they came often."""

CLOCK = (1, 1, 1, 1, -3)
"""How many minutes a clock goes on between two acts of a day: at times it is set back."""


@dataclass
class Shape:
    """How much of everything there is; `steps` is how many events each day brings, one number of them by the dice."""

    plans: int = 2
    districts: int = 4
    offices: int = 2
    tasks: int = 5
    days: int = 30
    steps: tuple[int, ...] = (0, 4, 9)


@dataclass
class RandomHistory:
    """Districts with their 司法所, and a dice that decides what happens next; `events` counts what did."""

    dice: Random
    shape: Shape = field(default_factory=Shape)
    day: date = FIRST
    at: datetime = BEGUN
    events: int = 0
    districts: list[Organization] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    frozen: set[int] = field(default_factory=set)

    def days(self) -> Iterator[date]:
        """Yield each day on which something may have happened, when it is over."""
        with transaction():
            self._make_units()
        last = self.shape.days - 1
        for number in range(self.shape.days):
            self.at = moment(self.day)
            with transaction():
                if number * self.shape.plans // self.shape.days >= len(self.plans):
                    self._publish()
                for _ in range(self.dice.choice(self.shape.steps)):
                    self.at += timedelta(minutes=self.dice.choice(CLOCK))
                    self.step()
                if number in (last * 2 // 3, last * 4 // 5):
                    self._evaluate()
                if number == last - 2:
                    self._freeze()
            yield self.day
            self.day += timedelta(days=self.dice.choice([1, 1, 1, 2, 4]))

    def step(self) -> None:
        """Let something happen to one of the plans, if it can; the caller commits."""
        open_plans = [plan for plan in self.plans if plan.id not in self.frozen]
        plan = self.dice.choice(open_plans)
        acts = (self._move, self._extend, self._move_due, self._deduct, self._uphold, self._change_rule)
        (act,) = self.dice.choices(acts, (100, 9, 4, 3, 4, 2))
        self.events += act(plan)

    # ---- what is there

    def _make_units(self) -> None:
        for _ in range(self.shape.districts):
            district = make.make_organization()
            self.districts.append(district)
            for _ in range(self.shape.offices):
                make.make_organization(kind=OrganizationKind.JUSTICE_OFFICE, parent_id=district.id)

    def _publish(self) -> None:
        base, late_counts = Decimal(self.dice.randint(2, 6)), self.dice.random() < 0.5
        plan = make.make_plan(
            state=PlanState.DRAFT, base_points=base, points_per_miss=Decimal("0.75"), late_counts=late_counts
        )
        units = db.session.scalars(select(Organization).where(Organization.kind.in_(COUNTING)).order_by("id")).all()
        for _ in range(self.shape.tasks):
            length = self.shape.days
            due_on = self.dice.choice([None, self.day, self.day + timedelta(days=self.dice.randint(-3, length))])
            task = make.make_task(plan_id=plan.id, due_on=due_on)
            for unit in units:
                make.make_responsibility(task_id=task.id, organization_id=unit.id)
        publish(SYSTEM, self.at, plan)
        self.plans.append(plan)

    def _any(self, plan: Plan, *conditions: object) -> Assignment | None:
        wanted = select(Assignment.id).where(Assignment.plan_id == plan.id, *conditions)  # type: ignore[arg-type]
        ids = db.session.scalars(wanted.order_by(Assignment.id)).all()
        return db.session.get(Assignment, self.dice.choice(ids)) if ids else None

    # ---- what happens

    def _move(self, plan: Plan) -> bool:
        found = self._any(plan, Assignment.status != Status.WITHDRAWN)
        moves = [move for move in moves_from(Status(found.status)) if move not in ASIDE] if found else []
        if found is None or not moves:
            return False
        (move,) = self.dice.choices(moves, [1 if move in RARE else 12 for move in moves])
        if found.level == OrganizationKind.JUSTICE_OFFICE:
            self._write(found, move)
            return True
        handler = Actor(None, "", "经办", Role.CLERK, found.unit_id, found.district_id)
        actor = handler if TRANSITIONS[move].duty is Duty.HANDLER else SYSTEM
        change_status(actor, self.at, found.id, move, "理由")
        return True

    def _write(self, found: Assignment, move: Move) -> None:
        """Let a 司法所 take a step by writing what the operation would: they are many, and their steps are the same."""
        open_period = and_(StatusChange.assignment_id == found.id, StatusChange.until_day == FOREVER)
        db.session.execute(update(StatusChange).where(open_period).values(until_day=self.day))
        before, found.status = found.status, TRANSITIONS[move].target
        found.completed_on = self.day if found.status is Status.COMPLETED else None
        taken = {"move": move, "from_status": before, "to_status": found.status, "day": self.day, "at": self.at}
        make.make_status_change(assignment_id=found.id, **taken)

    def _extend(self, plan: Plan) -> bool:
        found = self._any(plan, Assignment.status.in_(LIVE), Assignment.due_on >= self.day)
        if found is None or found.due_on is None:
            return False
        later = found.due_on + timedelta(days=self.dice.randint(1, 12))
        request = makers.make_extension(
            assignment_id=found.id,
            state=RequestState.GRANTED,
            old_due_on=found.due_on,
            new_due_on=later,
            day=self.day,
            decided_at=self.at,
        )
        dues.move(SYSTEM, self.at, found, later, request.id)
        return True

    def _move_due(self, plan: Plan) -> bool:
        found = self._any(plan, Assignment.status.in_(LIVE))
        if found is None or (found.due_on is not None and found.due_on < self.day):
            return False
        dues.move(SYSTEM, self.at, found, self.day + timedelta(days=self.dice.randint(0, 20)))
        return True

    def _deduct(self, plan: Plan) -> bool:
        points = Decimal(self.dice.randint(1, 4)) / 2
        district = self.dice.choice(self.districts)
        makers.make_deduction(plan_id=plan.id, district_id=district.id, points=points, day=self.day, at=self.at)
        return True

    def _uphold(self, plan: Plan) -> bool:
        """Uphold an appeal: against a missed task, or against what was entered a moment before."""
        missed = self._any(
            plan,
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.status.in_(LIVE),
            Assignment.due_on < self.day,
            Assignment.id.not_in(select(Appeal.assignment_id).where(Appeal.assignment_id.is_not(None))),
        )
        if missed is None or missed.district_id is None or self.dice.random() < 0.3:
            district_id = self.dice.choice(self.districts).id
            entered = makers.make_deduction(plan_id=plan.id, district_id=district_id, day=self.day, at=self.at)
            line = {"deduction_id": entered.id}
        else:
            district_id, line = missed.district_id, {"assignment_id": missed.id}
        owned = {"plan_id": plan.id, "district_id": district_id, "day": self.day}
        reversal = makers.make_deduction(**owned, points=Decimal(-1), at=self.at)
        decided = {"state": RequestState.GRANTED, "decided_at": self.at, "reversal_id": reversal.id}
        makers.make_appeal(**owned, **line, **decided)
        return True

    def _change_rule(self, plan: Plan) -> bool:
        before = db.session.query(ScoreRule).filter_by(plan_id=plan.id).count()
        makers.make_score_rule(
            plan_id=plan.id,
            number=before + 2,
            day=self.day,
            at=self.at,
            base_points=Decimal(self.dice.randint(2, 8)),
            points_per_miss=self.dice.choice([Decimal(1), Decimal("0.5"), Decimal("1.25")]),
            cap_points=self.dice.choice([None, None, Decimal(2)]),
            late_counts=self.dice.random() < 0.5,
            offices_condition=self.dice.choice(list(OfficesCondition)),
            offices_share=self.dice.choice([1, 50, 51, 100]),
        )
        return True

    def _evaluate(self) -> None:
        """Publish an evaluation of the first plan that has none; every third word differs from the record."""
        judged = set(db.session.scalars(select(Evaluation.plan_id)))
        for plan in [plan for plan in self.plans if plan.id not in judged | self.frozen][:1]:
            makers.make_evaluation(plan_id=plan.id, opened_on=self.day, published_on=self.day, published_at=self.at)
            own = Assignment.level == OrganizationKind.DISTRICT_BUREAU
            wanted = select(Assignment).where(Assignment.plan_id == plan.id, own).order_by(Assignment.id)
            for assignment in db.session.scalars(wanted).all():
                makers.make_evaluation_result(
                    assignment_id=assignment.id,
                    plan_id=plan.id,
                    stage=self.dice.choice([Stage.CITY, Stage.CITY, Stage.SELF]),
                    verdict=self.dice.choice(list(Verdict)),
                    comment="评估所见",
                    overrides=self.dice.choice(["", "", assignment.status]),
                    day=self.day,
                    at=self.at,
                )

    def _freeze(self) -> None:
        if len(self.plans) > 1:
            plan = self.plans[0]
            self.frozen.add(plan.id)
            makers.make_freeze(plan_id=plan.id, day=self.day, at=self.at)


COUNTING = (OrganizationKind.DISTRICT_BUREAU, OrganizationKind.JUSTICE_OFFICE)


def lived(seed: int, shape: Shape | None = None) -> tuple[RandomHistory, list[date]]:
    """Return a whole history, and the days on which something may have happened."""
    history = RandomHistory(Random(seed), shape or Shape())
    return history, list(history.days())
