"""A random but repeatable course of many assignments, and a second record of it to hold the database against."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from tests import factories as make
from tests.assignments.acts import moment
from tracker.assignments.models import Assignment
from tracker.assignments.operations import change_status, publish
from tracker.db import db, transaction
from tracker.people.models import Organization
from tracker.plans.models import Plan, PlanState, Task
from tracker.rules.permissions import SYSTEM, Actor, Role
from tracker.rules.scoring import Fact
from tracker.rules.status import TRANSITIONS, Duty, Move, Status, moves_from

FIRST = date(2021, 3, 1)
DISTRICTS, TASKS, LENGTH = 4, 5, 40
SECOND_PLAN_AFTER = 15
"""The walk publishes another plan on the way, whose assignments were not there before."""


@dataclass
class Owed:
    """One assignment and every state it took, as (day, status, since when it is done)."""

    id: int
    plan_id: int
    unit_id: int
    number: str
    text: str
    due_on: date | None
    states: list[tuple[date, Status, date | None]]
    rechecked: bool = False

    def on(self, day: date) -> Fact | None:
        """Return how it stood at the end of a day, or None before it was there."""
        past = [state for state in self.states if state[0] <= day]
        if not past:
            return None
        _, status, done_on = past[-1]
        return Fact(self.number, self.text, self.due_on, status, done_on, self.id)

    def take(self, day: date, move: Move) -> None:
        """Remember a step; what is found good once more is done since it was accepted at first."""
        status = TRANSITIONS[move].target
        looked_at_again = move is Move.ACCEPT and self.rechecked
        done_on = self.states[-2][2] if looked_at_again else day
        self.rechecked = move is Move.RECHECK
        self.states.append((day, status, done_on if status is Status.COMPLETED else None))


@dataclass
class Walk:
    """Districts with tasks of two plans, and a dice that decides what happens next."""

    dice: Random
    day: date = FIRST
    plans: list[Plan] = field(default_factory=list)
    units: list[Organization] = field(default_factory=list)
    owed: dict[int, Owed] = field(default_factory=dict)

    def begin(self) -> None:
        """Make the units and publish the first plan."""
        with transaction():
            self.units = [make.make_organization() for _ in range(DISTRICTS)]
        self.publish()

    def publish(self) -> None:
        """Publish one more plan, today."""
        with transaction():
            plan = make.make_plan(state=PlanState.DRAFT)
            for _ in range(TASKS):
                # Now and then nothing is due, on the day itself, or long ago.
                due_on = self.dice.choice([None, self.day, self.day + timedelta(days=self.dice.randint(-3, LENGTH))])
                task = make.make_task(plan_id=plan.id, due_on=due_on)
                for unit in self.units:
                    make.make_responsibility(task_id=task.id, organization_id=unit.id)
            publish(SYSTEM, moment(self.day), plan)
        self.plans.append(plan)
        rows = db.session.execute(
            select(Assignment.id, Assignment.unit_id, Task.number, Task.text, Task.due_on)
            .join(Task, Task.id == Assignment.task_id)
            .where(Assignment.plan_id == plan.id)
            .order_by(Assignment.id)
        )
        for id_, unit_id, number, text, due_on in rows:
            self.owed[id_] = Owed(id_, plan.id, unit_id, number, text, due_on, [(self.day, Status.PENDING, None)])

    def days(self) -> Iterator[date]:
        """Yield each day on which something may have happened, when it is over; most days bring several steps."""
        for number in range(LENGTH):
            with transaction():
                for _ in range(self.dice.choice([0, 1, 3, 6])):
                    self.step()
            if number == SECOND_PLAN_AFTER:
                self.publish()
            yield self.day
            self.day += timedelta(days=self.dice.choice([1, 1, 1, 2, 4]))

    def step(self) -> None:
        """Let one assignment take a step that the loop allows, by someone who may; the caller commits."""
        owed = self.dice.choice(list(self.owed.values()))
        # What was due before its document is recorded for a whole task only, and none of these is.
        moves = [move for move in moves_from(owed.states[-1][1]) if move is not Move.RECORD]
        if not moves:
            return
        # Withdrawing ends a course, so it must be rare for the others to become long.
        weights = [1 if TRANSITIONS[move].target is Status.WITHDRAWN else 12 for move in moves]
        move = self.dice.choices(moves, weights)[0]
        handler = Actor(None, "", "经办", Role.CLERK, owed.unit_id, owed.unit_id)
        actor = handler if TRANSITIONS[move].duty is Duty.HANDLER else SYSTEM
        change_status(actor, moment(self.day), owed.id, move, "理由")
        owed.take(self.day, move)

    def facts(self, day: date, plan: Plan, unit_id: int | None = None) -> list[Fact]:
        """Return what a plan's assignments (of one unit) were like on a day, by the second record."""
        found = [
            owed.on(day) for owed in self.owed.values() if owed.plan_id == plan.id and unit_id in (None, owed.unit_id)
        ]
        return [fact for fact in found if fact]


def begun(seed: int) -> Walk:
    """Begin a walk by the number of its dice."""
    found = Walk(Random(seed))
    found.begin()
    return found


def all_days(days: list[date]) -> list[date]:
    """Return every day from before the first to after the last, also those without any step."""
    count = (days[-1] - days[0]).days
    return [days[0] + timedelta(days=number) for number in range(-2, count + 3)]
