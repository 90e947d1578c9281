"""The score board, a district's explanation and its forecast, computed from the record of any day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, and_, bindparam, case, func, select

from tracker.assignments.models import Assignment
from tracker.assignments.queries import state_at
from tracker.assignments.state import PAST, PRESENT, State
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Task
from tracker.rules import scoring
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Scope, require
from tracker.rules.scoring import Fact, Line, Points, Rule, Tally
from tracker.rules.status import EXCLUDED, Status
from tracker.rules.words import say
from tracker.scoring import ledger
from tracker.scoring.models import Appeal


class UnknownDistrict(LookupError):
    """No such district within the person's scope; the message says what to do."""


class UnknownTasks(LookupError):
    """Task numbers that the plan does not have."""


class Standing(NamedTuple):
    """A district's place on the board."""

    district_id: int
    district: str
    short_name: str
    rank: int
    tally: Tally
    points: Points


@dataclass(frozen=True)
class Explanation:
    """A district's standing with every line of its score."""

    standing: Standing
    lines: list[Line]
    day: date
    rule: Rule


@dataclass(frozen=True)
class Forecast:
    """A district's standing now, and as it would be with some tasks accepted."""

    before: Standing
    after: Standing
    completed: tuple[str, ...]


def rule_of(plan: Plan) -> Rule:
    """Return the plan's score rule."""
    return Rule(plan.base_points, plan.points_per_miss, plan.late_counts, plan.rule_quote, plan.rule_source)


def scoreboard(plan: Plan, day: date) -> list[Standing]:
    """Return every district's standing on `day`, the best first. One roll-up query (and one for the state)."""
    return _ranked(plan, _tallies(plan, state_at(day), day))


def _ranked(plan: Plan, tallies: dict[tuple[int, int, str, str], Tally]) -> list[Standing]:
    rule = rule_of(plan)
    # Many districts miss the same number of tasks: their points are worked out once.
    points = cache(lambda tally: scoring.points(rule, tally))
    totals = [points(tally) for tally in tallies.values()]
    places = scoring.ranks([total.score for total in totals])
    standings = [
        (place, key[0], Standing(key[1], key[2], key[3], place, tally, total))
        for (key, tally), total, place in zip(tallies.items(), totals, places, strict=True)
    ]
    return [standing for _, _, standing in sorted(standings, key=lambda entry: entry[:2])]


def draft(plan: Plan, day: date) -> list[Standing]:
    """Return every district's standing if whatever is under review on `day` were accepted that day."""
    return _ranked(plan, _tallies(plan, state_at(day), day, accepting=True))


@cache
def _roll_up(present: bool, accepting: bool) -> Select[*tuple[Any, ...]]:
    """Prepare the sums of every district: how many count, were due, are done, done of the due, done late.

    With `accepting`, what is under review counts as done on the day asked for.
    """
    state, day = PRESENT if present else PAST, bindparam("day", type_=Date)
    due = Assignment.due_on < day
    done = state.status.in_([Status.COMPLETED, Status.UNDER_REVIEW] if accepting else [Status.COMPLETED])
    done_on = func.coalesce(state.completed_on, day) if accepting else state.completed_on
    late = and_(done, done_on > Assignment.due_on)
    sums = [func.count(case((condition, 1))) for condition in (due, done, and_(due, done), late)]
    return (
        state.apply(select(Assignment.district_id, func.count(), *sums).select_from(Assignment))
        .where(
            Assignment.plan_id == bindparam("plan"),
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.issued_on <= day,
            state.counted,
        )
        .group_by(Assignment.district_id)
    )


_NAMES = (
    select(Organization.position, Organization.id, Organization.name, Organization.short_name)
    .where(
        Organization.kind == OrganizationKind.DISTRICT_BUREAU,
        # On its last day a district still stands there: scores may have been made final that morning.
        Organization.valid_until >= bindparam("day", type_=Date),
    )
    .order_by(Organization.position)
)


def _tallies(plan: Plan, state: State, day: date, accepting: bool = False) -> dict[tuple[int, int, str, str], Tally]:
    """Return the tally of each district, keyed by (position, id, name, short name)."""
    values = {"plan": plan.id, "day": day, "state_day": state.day}
    tally = cache(_tally)
    entered = ledger.entered(plan.id, day)
    excused = ledger.excused(plan, state, day, accepting)
    tallies = {
        district_id: tally(*counts, excused.get(district_id, 0), entered.get(district_id, scoring.ZERO))
        for district_id, *counts in db.session.execute(_roll_up(state.join is None, accepting), values)
    }
    return {
        (position, id_, name, short_name): tallies[id_]
        for position, id_, name, short_name in db.session.execute(_NAMES, {"day": day})
        if id_ in tallies
    }


def _tally(
    total: int, due: int, completed: int, completed_due: int, late: int, excused: int, entered: Decimal
) -> Tally:
    missed = due - completed_due
    return Tally(total, due, completed, completed_due, missed, late, excused, entered)


def missed_numbers(plan: Plan, day: date) -> dict[int | None, list[str]]:
    """Return for each district the numbers of its missed tasks, in the plan's order. One query."""
    state = state_at(day)
    statement = (
        state.apply(select(Assignment.district_id, Task.number).select_from(Assignment))
        .join(Task, Task.id == Assignment.task_id)
        .where(
            Assignment.plan_id == plan.id,
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.due_on < day,
            state.live,
        )
        .order_by(Task.position)
    )
    found: dict[int | None, list[str]] = {}
    for row in db.session.execute(statement).all():
        found.setdefault(row[0], []).append(row[1])
    return found


def explanation(actor: Actor, plan: Plan, district_id: int, day: date) -> Explanation:
    """Return a district's score with every line; raise UnknownDistrict outside the person's scope."""
    require_district(actor, district_id)
    standing = _standing(scoreboard(plan, day), district_id)
    entries = ledger.entries(plan.id, day, district_id).get(district_id, [])
    lines = scoring.explain(rule_of(plan), facts(plan, district_id, day), day, entries)
    return Explanation(standing, lines, day, rule_of(plan))


def require_district(actor: Actor, district_id: int, action: Action = Action.VIEW_SCORE) -> None:
    """Raise Forbidden without the action, UnknownDistrict where the district is beyond its reach."""
    require(actor, action)
    if actor.reach(action) is not Scope.ALL and actor.district_id != district_id:
        raise UnknownDistrict(say("没有找到这个区的得分。"))


def standing(plan: Plan, day: date, district_id: int) -> Standing:
    """Return one district's standing on `day`; raise UnknownDistrict where it has none."""
    return _standing(scoreboard(plan, day), district_id)


def appeals(plan: Plan, district_id: int) -> list[Appeal]:
    """Return a district's appeals, the newest first."""
    wanted = select(Appeal).where(Appeal.plan_id == plan.id, Appeal.district_id == district_id)
    return list(db.session.scalars(wanted.order_by(Appeal.id.desc())))


def appeal_of(district_id: int, appeal_id: int) -> Appeal | None:
    """Return one appeal of a district."""
    wanted = select(Appeal).where(Appeal.id == appeal_id, Appeal.district_id == district_id)
    return db.session.scalar(wanted)


def _standing(standings: Iterable[Standing], district_id: int) -> Standing:
    for standing in standings:
        if standing.district_id == district_id:
            return standing
    raise UnknownDistrict(say("没有找到这个区的得分：该单位在这一天没有承担本方案的任务。"))


def facts(plan: Plan, district_id: int, day: date) -> list[Fact]:
    """Return a district's tasks as they stood on `day`, in the plan's order."""
    return facts_by_district(plan, day, district_id).get(district_id, [])


def facts_by_district(plan: Plan, day: date, district_id: int | None = None) -> dict[int, list[Fact]]:
    """Return the tasks of every district, or of one, as they stood on `day`, in the plan's order. One query."""
    state = state_at(day)
    statement = (
        state.apply(
            select(
                Assignment.district_id,
                Task.number,
                Task.text,
                Assignment.due_on,
                state.status,
                state.completed_on,
                Assignment.id,
                Task.line_from,
                Task.line_to,
                ledger.excusal(day),
            ).select_from(Assignment)
        )
        .join(Task, Task.id == Assignment.task_id)
        .where(
            Assignment.plan_id == plan.id,
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.issued_on <= day,
        )
        .order_by(Task.position)
    )
    if district_id is not None:
        statement = statement.where(Assignment.district_id == district_id)
    found: dict[int, list[Fact]] = {}
    for row in db.session.execute(statement):
        fact = Fact(row[1], row[2], row[3], Status(row[4]), row[5], row[6], row[7], row[8], bool(row[9]))
        found.setdefault(row[0] or 0, []).append(fact)
    return found


def forecast(actor: Actor, plan: Plan, district_id: int, day: date, numbers: Iterable[str]) -> Forecast:
    """Return the standing if the tasks `numbers` were accepted by `day`; raise UnknownTasks for a wrong number.

    What is exempt or withdrawn cannot be accepted and stays as it is.
    """
    require_district(actor, district_id)
    wanted = tuple(dict.fromkeys(numbers))
    if not wanted:
        raise UnknownTasks(say("请写明假定办结的任务编号，用逗号分隔，例如 7,8。"))
    known = facts(plan, district_id, day)
    unknown = set(wanted) - {fact.number for fact in known}
    if unknown:
        raise UnknownTasks(
            say("本方案没有第 {numbers} 项任务。请用逗号分隔任务编号，例如 7,8。", numbers=sorted(unknown))
        )
    assumed = [
        replace(fact, status=Status.COMPLETED, completed_on=fact.completed_on or day)
        if fact.number in wanted and fact.status not in EXCLUDED
        else fact
        for fact in known
    ]
    tallies = _tallies(plan, state_at(day), day)
    before = _standing(_ranked(plan, tallies), district_id)
    key = next(key for key in tallies if key[1] == district_id)
    tally = replace(scoring.tally(rule_of(plan), assumed, day), entered=tallies[key].entered)
    after = _standing(_ranked(plan, tallies | {key: tally}), district_id)
    return Forecast(before, after, wanted)
