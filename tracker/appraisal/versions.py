"""What changed from one approval of a year to the next: total, place and grade of each unit, as they were frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import exists, select

from tracker.appraisal import frozen, queries, results
from tracker.appraisal.models import Appraisal, AppraisalFreeze
from tracker.appraisal.queries import UnknownAppraisal
from tracker.appraisal.results import Row
from tracker.db import db
from tracker.people.models import Organization
from tracker.rules.appraisal.steps import Part, Stage, sees_results
from tracker.rules.permissions import Action, Actor, Scope
from tracker.rules.words import say


@dataclass(frozen=True)
class Change:
    """A unit in two results; None where it is in one only."""

    unit: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True)
class Step:
    """Two results of a year, one approved after the other; without rows where one was altered beyond reading."""

    before: AppraisalFreeze
    after: AppraisalFreeze
    changes: tuple[Change, ...]


def steps(actor: Actor, appraisal_id: int) -> list[Step]:
    """Return what changed between the results of a year that a person may see, the latest first.

    Whoever does not work on all units is shown what was published. Raise UnknownAppraisal.
    """
    found = queries.appraisal_of(actor, appraisal_id)
    if not sees_results(queries.part_of(actor, found), Stage(found.stage)):
        raise UnknownAppraisal(say("考评结果在审定公布前保密。"))
    shown = seen(actor, found, frozen.every(found))
    return [Step(before, after, _changes(before, after)) for before, after in pairwise(shown)][::-1]


def seen(actor: Actor, found: Appraisal, rows: Sequence[AppraisalFreeze]) -> list[AppraisalFreeze]:
    """Return the results that a person may see, who sees the one that stands: published ones, or all."""
    works = queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER)
    return [row for row in rows if works or row.published_on is not None or row.replaced_at is None]


def taken_off(actor: Actor) -> list[tuple[Appraisal, str]]:
    """Return the years whose published result is being decided anew, with the bureau's name, the latest first.

    For whoever sees published years of every bureau, and would else find such a year gone without a word; no other
    needs it. One query at most.
    """
    if actor.reach(Action.VIEW_APPRAISAL) is not Scope.ALL:
        return []
    was_published = exists().where(
        AppraisalFreeze.appraisal_id == Appraisal.id, AppraisalFreeze.published_on.is_not(None)
    )
    wanted = select(Appraisal, Organization.name).join(Organization, Organization.id == Appraisal.issuer_id)
    wanted = wanted.where(was_published, Appraisal.stage != Stage.PUBLISHED)
    rows = db.session.execute(wanted.order_by(Appraisal.ends_on.desc(), Appraisal.id.desc()))
    return [(found, issuer) for found, issuer in rows]


def whys_reopened(actor: Actor, years: Sequence[Appraisal]) -> dict[int, str]:
    """Return why years are being decided anew, by their numbers; empty for one that is not.

    Whoever does not work on all units is told why what was published no longer stands, until it is published again,
    and nothing of other approvals. One query at most.
    """
    works = {found.id: queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER) for found in years}
    told = {found.id: found.reopened_reason if works[found.id] else "" for found in years}
    hidden = [found for found in years if not works[found.id]]
    asked = [found.id for found in hidden if found.reopened_reason or found.stage == Stage.APPROVED]
    if asked:
        of, reason = AppraisalFreeze.appraisal_id, AppraisalFreeze.replaced_reason
        published = select(of, reason).where(of.in_(asked), AppraisalFreeze.published_on.is_not(None))
        told |= dict(db.session.execute(published.order_by(AppraisalFreeze.number)).all())
    return told


def _changes(before: AppraisalFreeze, after: AppraisalFreeze) -> tuple[Change, ...]:
    old, new = (results.rows_of(frozen.read(row)) for row in (before, after))
    if old is None or new is None:
        return ()
    was, now = ({row.id: row for row in rows} for rows in (old, new))
    both = {**now, **was}
    return tuple(Change(both[number].unit, was.get(number), now.get(number)) for number in both)
