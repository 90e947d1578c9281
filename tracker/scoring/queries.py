"""The score board, a district's explanation and its forecast, computed from the record of any day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, and_, bindparam, case, func, select

from tracker.assignments import dues
from tracker.assignments.models import Assignment
from tracker.assignments.queries import state_at
from tracker.assignments.state import PAST, PRESENT, State
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan
from tracker.rules import scoring
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action, Actor, Scope, require
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Fact, Line, Outcome, Points, Tally
from tracker.rules.status import Status
from tracker.rules.words import say
from tracker.scoring import facts, ledger, terms
from tracker.scoring.models import Appeal, Freeze


class UnknownDistrict(LookupError):
    """No such district within the person's scope; the message says what to do."""


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


def rule_of(plan: Plan, day: date) -> Rule:
    """Return the version of the plan's score rule that holds on `day`."""
    return terms.rule_at(plan, day)


def counted_on(plan: Plan, day: date) -> date:
    """Return the day whose scores are shown for `day`: from the freeze on, that of the frozen sheet."""
    frozen = db.session.scalar(select(Freeze.day).where(Freeze.plan_id == plan.id))
    return day if frozen is None else min(day, frozen)


def scoreboard(plan: Plan, day: date) -> list[Standing]:
    """Return every district's standing on `day`, the best first; once frozen, as it was frozen. Eight queries."""
    day = counted_on(plan, day)
    rule = rule_of(plan, day)
    return ranked(rule, tallies(plan, rule, day))


def ranked(rule: Rule, tallies: dict[tuple[int, int, str, str], Tally]) -> list[Standing]:
    """Return the standings that tallies make, the best first; equal scores in the districts' usual order."""
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
    rule = rule_of(plan, day)
    return ranked(rule, tallies(plan, rule, day, accepting=True))


@cache
def _roll_up(present: bool, accepting: bool, ahead: bool) -> Select[*tuple[Any, ...]]:
    """Prepare the sums of every district: how many count, were due, are done, done of the due, done late.

    Whoever holds tasks only as 不适用 is among them, with nothing but zeros; whoever was relieved of all is not. With
    `accepting`, what is under review counts as done on the day asked for. Only `ahead` of the state's day it matters
    that a due day was moved since: neither the old nor the new one had passed.
    """
    state, day = PRESENT if present else PAST, bindparam("day", type_=Date)
    then = dues.of(state) if ahead else dues.PRESENT
    due = and_(then.on < day, state.counted)
    done = state.status.in_([Status.COMPLETED, Status.UNDER_REVIEW] if accepting else [Status.COMPLETED])
    done_on = func.coalesce(state.completed_on, day) if accepting else state.completed_on
    late = and_(done, done_on > then.on)
    sums = [func.count(case((condition, 1))) for condition in (state.counted, due, done, and_(due, done), late)]
    return (
        then.apply(state.apply(select(Assignment.district_id, *sums).select_from(Assignment)))
        .where(
            Assignment.plan_id == bindparam("plan"),
            Assignment.level == OrganizationKind.DISTRICT_BUREAU,
            Assignment.issued_on <= day,
            state.status != Status.WITHDRAWN,
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


def tallies(
    plan: Plan, rule: Rule, day: date, accepting: bool = False, until: date | None = None
) -> dict[tuple[int, int, str, str], Tally]:
    """Return the tally of each district, keyed by (position, id, name, short name).

    With `until`, what stands on record on `day` is looked at from that later day, as if nothing happened in between.
    The database adds up what the record says, and what the evaluation says otherwise is put right; where the rule asks
    for the 司法所, the tasks are counted one by one.
    """
    state = state_at(day)
    count = _one_by_one if rule.needed else _added_up
    found = count(plan, rule, state, day, accepting, until or day)
    entered = ledger.entered(plan.id, day)
    return {
        (position, id_, name, short_name): replace(found[id_], entered=entered.get(id_, scoring.ZERO))
        for position, id_, name, short_name in db.session.execute(_NAMES, {"day": day})
        if id_ in found
    }


def _added_up(plan: Plan, rule: Rule, state: State, day: date, accepting: bool, until: date) -> dict[int, Tally]:
    values = {"plan": plan.id, "day": until, "state_day": state.day}
    tally = cache(_tally)
    excused = ledger.excused(plan, rule, state, day, accepting, until)
    found = {
        district_id: tally(*counts, excused.get(district_id, 0))
        for district_id, *counts in db.session.execute(_roll_up(state.join is None, accepting, until > day), values)
    }
    for district_id, pairs in facts.overridden(plan, state, day).items():
        if district_id not in found:
            continue
        recorded = [_accepted(fact, day) if accepting else fact for fact, _ in pairs]
        evaluated = [fact for _, fact in pairs]
        found[district_id] = scoring.shifted(rule, found[district_id], recorded, evaluated, until)
    return found


def _one_by_one(plan: Plan, rule: Rule, state: State, day: date, accepting: bool, until: date) -> dict[int, Tally]:
    known = {
        district_id: [_accepted(fact, day) for fact in known] if accepting else known
        for district_id, known in facts.of(plan, rule, day, state=state).items()
    }
    return {
        district_id: scoring.tally(rule, assumed, until)
        for district_id, assumed in known.items()
        if any(fact.status is not Status.WITHDRAWN for fact in assumed)
    }


def _accepted(fact: Fact, day: date) -> Fact:
    taken = fact.status is Status.UNDER_REVIEW and not fact.held
    return replace(fact, status=Status.COMPLETED, completed_on=day) if taken else fact


def _tally(total: int, due: int, completed: int, completed_due: int, late: int, excused: int) -> Tally:
    return Tally(total, due, completed, completed_due, due - completed_due, late, excused)


def missed_numbers(plan: Plan, day: date) -> dict[int, list[str]]:
    """Return for each district the numbers of its missed tasks, in the plan's order."""
    day = counted_on(plan, day)
    missed = {
        district_id: [fact.number for fact in known if scoring.is_missed(fact, day)]
        for district_id, known in facts.of(plan, rule_of(plan, day), day).items()
    }
    return {district_id: numbers for district_id, numbers in missed.items() if numbers}


def explanation(actor: Actor, plan: Plan, district_id: int, day: date) -> Explanation:
    """Return a district's score with every line; raise UnknownDistrict outside the person's scope."""
    require_district(actor, district_id)
    return explained(plan, district_id, day)


def explained(plan: Plan, district_id: int, day: date) -> Explanation:
    """Return a district's score with every line, whoever asks."""
    day = counted_on(plan, day)
    rule = rule_of(plan, day)
    standing = standing_in(ranked(rule, tallies(plan, rule, day)), district_id)
    entries = ledger.entries(plan.id, day, district_id).get(district_id, [])
    known = facts.of(plan, rule, day, district_id).get(district_id, [])
    return Explanation(standing, scoring.explain(rule, known, day, entries), day, rule)


def require_district(actor: Actor, district_id: int, action: Action = Action.VIEW_SCORE) -> None:
    """Raise Forbidden without the action, UnknownDistrict where the district is beyond its reach."""
    require(actor, action)
    if actor.reach(action) is not Scope.ALL and actor.district_id != district_id:
        raise UnknownDistrict(say("没有找到这个区的得分。"))


def standing(plan: Plan, day: date, district_id: int) -> Standing:
    """Return one district's standing on `day`; raise UnknownDistrict where it has none."""
    return standing_in(scoreboard(plan, day), district_id)


def appeals(plan: Plan, district_id: int) -> list[Appeal]:
    """Return a district's appeals, the newest first."""
    wanted = select(Appeal).where(Appeal.plan_id == plan.id, Appeal.district_id == district_id)
    return list(db.session.scalars(wanted.order_by(Appeal.id.desc())))


def gave_back(plan: Plan, found: Appeal, day: date) -> bool:
    """Tell whether an upheld appeal gives points back on `day`: a task need not cost anything any more by then."""
    if found.assignment_id is None:
        return True
    rule = rule_of(plan, day)
    lines = scoring.explain(rule, facts.of(plan, rule, day, found.district_id).get(found.district_id, []), day)
    excused = [line.fact.assignment_id for line in lines if line.fact and line.outcome is Outcome.EXCUSED]
    return found.assignment_id in excused


def appeal_of(district_id: int, appeal_id: int) -> Appeal | None:
    """Return one appeal of a district."""
    wanted = select(Appeal).where(Appeal.id == appeal_id, Appeal.district_id == district_id)
    return db.session.scalar(wanted)


def standing_in(standings: Iterable[Standing], district_id: int) -> Standing:
    """Return a district's standing of a board; raise UnknownDistrict where it has none."""
    for standing in standings:
        if standing.district_id == district_id:
            return standing
    raise UnknownDistrict(say("没有找到这个区的得分：该单位在这一天没有承担本方案的任务。"))
