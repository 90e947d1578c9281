"""The score board, a district's explanation and its forecast, computed from the record of any day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, case, func, select

from tracker.assignments.models import Assignment
from tracker.assignments.queries import State, state_at
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Task
from tracker.rules import scoring
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Scope, require
from tracker.rules.scoring import Fact, Line, Points, Rule, Tally
from tracker.rules.status import Status


class UnknownDistrict(LookupError):
    """No such district within the person's scope; the message says what to do."""


class UnknownTasks(LookupError):
    """Task numbers that the plan does not have."""


@dataclass(frozen=True)
class Standing:
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
    tallies = _tallies(plan, state_at(day), day)
    return _ranked(plan, tallies)


def _ranked(plan: Plan, tallies: dict[tuple[int, int, str, str], Tally]) -> list[Standing]:
    rule = rule_of(plan)
    totals = [scoring.points(rule, tally.missed, tally.late) for tally in tallies.values()]
    places = scoring.ranks([total.score for total in totals])
    standings = [
        (place, key[0], Standing(key[1], key[2], key[3], place, tally, total))
        for (key, tally), total, place in zip(tallies.items(), totals, places, strict=True)
    ]
    return [standing for _, _, standing in sorted(standings, key=lambda entry: entry[:2])]


def _tallies(plan: Plan, state: State, day: date) -> dict[tuple[int, int, str, str], Tally]:
    """Return the tally of each district, keyed by (position, id, name, short name)."""
    due = Assignment.due_on < day
    done = state.status == Status.COMPLETED
    late = and_(done, state.completed_on > Assignment.due_on)
    sums = [func.sum(case((condition, 1), else_=0)) for condition in (due, done, and_(due, done), late)]
    rolled = (
        state.apply(select(Assignment.district_id, func.count().label("total"), *sums).select_from(Assignment))
        .where(
            Assignment.plan_id == plan.id,
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.issued_on <= day,
            state.counted,
        )
        .group_by(Assignment.district_id)
    )
    counts = {row[0]: tuple(int(number) for number in row[1:]) for row in db.session.execute(rolled)}
    names = db.session.execute(
        select(Organization.position, Organization.id, Organization.name, Organization.short_name)
        .where(Organization.kind == OrganizationKind.DISTRICT_BUREAU)
        .order_by(Organization.position)
    )
    return {
        (row.position, row.id, row.name, row.short_name): _tally(counts[row.id]) for row in names if row.id in counts
    }


def _tally(counts: tuple[int, ...]) -> Tally:
    total, due, completed, completed_due, late = counts
    return Tally(total, due, completed, completed_due, due - completed_due, late)


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
    _require_district(actor, district_id)
    standing = _standing(scoreboard(plan, day), district_id)
    lines = scoring.explain(rule_of(plan), facts(plan, district_id, day), day)
    return Explanation(standing, lines, day, rule_of(plan))


def _require_district(actor: Actor, district_id: int) -> None:
    require(actor, Action.VIEW_SCORE)
    if actor.scope is not Scope.ALL and actor.district_id != district_id:
        raise UnknownDistrict("没有找到这个区的得分。")


def _standing(standings: Iterable[Standing], district_id: int) -> Standing:
    for standing in standings:
        if standing.district_id == district_id:
            return standing
    raise UnknownDistrict("没有找到这个区的得分：该单位在这一天没有承担本方案的任务。")


def facts(plan: Plan, district_id: int, day: date) -> list[Fact]:
    """Return a district's tasks as they stood on `day`, in the plan's order."""
    state = state_at(day)
    statement = (
        state.apply(
            select(
                Task.number,
                Task.text,
                Assignment.due_on,
                state.status,
                state.completed_on,
                Assignment.id,
                Task.line_from,
                Task.line_to,
            ).select_from(Assignment)
        )
        .join(Task, Task.id == Assignment.task_id)
        .where(
            Assignment.plan_id == plan.id,
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.district_id == district_id,
            Assignment.issued_on <= day,
        )
        .order_by(Task.position)
    )
    return [Fact(row[0], row[1], row[2], Status(row[3]), *row[4:]) for row in db.session.execute(statement)]


def forecast(actor: Actor, plan: Plan, district_id: int, day: date, numbers: Iterable[str]) -> Forecast:
    """Return the standing if the tasks `numbers` were accepted by `day`; raise UnknownTasks for a wrong number."""
    _require_district(actor, district_id)
    wanted = tuple(dict.fromkeys(numbers))
    known = facts(plan, district_id, day)
    unknown = set(wanted) - {fact.number for fact in known}
    if unknown:
        raise UnknownTasks(f"本方案没有第 {'、'.join(sorted(unknown))} 项任务。请用逗号分隔任务编号，例如 7,8。")
    assumed = [
        replace(fact, status=Status.COMPLETED, completed_on=fact.completed_on or day) if fact.number in wanted else fact
        for fact in known
    ]
    tallies = _tallies(plan, state_at(day), day)
    before = _standing(_ranked(plan, tallies), district_id)
    key = next(key for key in tallies if key[1] == district_id)
    after = _standing(_ranked(plan, tallies | {key: scoring.tally(assumed, day)}), district_id)
    return Forecast(before, after, wanted)
