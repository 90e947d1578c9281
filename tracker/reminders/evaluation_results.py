"""Publishes an evaluation and writes to the lead of each district: score, deductions, until when one may object."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker.db import db
from tracker.outbox import operations as outbox
from tracker.outbox.operations import Letter
from tracker.people import queries as people
from tracker.people.models import User
from tracker.people.queries import Person, serving
from tracker.plans.models import Plan
from tracker.reminders import preferences
from tracker.reminders.digest import shortened
from tracker.reminders.preferences import Way
from tracker.reminders.telling import Telling, worded_for
from tracker.rules.evaluation import VERDICT_TEXT, Stage
from tracker.rules.permissions import Actor, Role
from tracker.scoring import appeals, evaluation_queries, evaluations, queries
from tracker.scoring.evaluation_queries import District
from tracker.scoring.queries import Standing

KIND = "evaluation"


@dataclass(frozen=True)
class Result:
    """What a letter says of one district."""

    plan: Plan
    district: District
    standing: Standing
    day: date
    until: date
    base_url: str


def publish(actor: Actor, at: datetime, plan: Plan, seen: str, base_url: str) -> int:
    """Publish the results and queue one letter to each district's lead; return how many. Raise as the publication."""
    evaluations.publish(actor, at, plan, seen)
    day, until = at.date(), appeal_until(plan)
    board = {standing.district_id: standing for standing in queries.scoreboard(plan, day)}
    known = {each.id: each for each in evaluation_queries.districts(plan, day)}
    leads = _leads(set(known) & set(board), day)
    ways = preferences.channels_of([person.id for person in leads])
    queued = [
        letter
        for person in leads
        for letter in _letters(
            person,
            ways[person.id],
            Result(plan, known[person.unit_id], board[person.unit_id], day, until or day, base_url),
        )
    ]
    outbox.enqueue_all(queued, at)
    return len(leads)


def appeal_until(plan: Plan) -> date | None:
    """Return the last day on which a district may object to published results; None while there are none."""
    found = appeals.window(plan)
    return found.closes_after() if found else None


def _leads(district_ids: set[int], day: date) -> list[Person]:
    accounts = db.session.scalars(
        select(User.account).where(User.unit_id.in_(sorted(district_ids)), User.role == Role.LEAD, serving(day))
    )
    return list(people.persons(accounts).values())


def _letters(person: Person, ways: list[Way], result: Result) -> Iterator[Letter]:
    """Word a letter once and return it for every way."""
    told = Telling(KIND, _context(result), f"{result.plan.doc_number}评估结果公布", result.day)
    return worded_for(person, ways, f"{KIND}:{result.plan.id}", told)


def _context(result: Result) -> dict[str, object]:
    standing, plan = result.standing, result.plan
    points, tally = standing.points, standing.tally
    return {
        "plan": plan,
        "district": result.district.name,
        "day": result.day,
        "until": result.until,
        "completed": tally.completed_due,
        "due": tally.due,
        "raw": f"{points.raw_deduction.normalize():f}",
        "deducted": f"{points.deducted.normalize():f}",
        "base": f"{points.base.normalize():f}",
        "score": f"{points.score.normalize():f}",
        "rank": standing.rank,
        "differing": [
            {
                "number": item.number,
                "text": shortened(item.text),
                "verdict": VERDICT_TEXT[item.city.verdict],
                "comment": item.city.comment,
            }
            for item in result.district.items
            if item.city.verdict is not None and item.differs(Stage.CITY)
        ],
        "link": f"{result.base_url}/scores/{result.district.id}?plan={plan.id}",
    }
