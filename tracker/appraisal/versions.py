"""What changed from one approval of a year to the next: total, place and grade of each unit, as they were frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.appraisal import frozen, queries, results
from tracker.appraisal.models import Appraisal, AppraisalFreeze
from tracker.appraisal.queries import UnknownAppraisal
from tracker.appraisal.results import Row
from tracker.rules.appraisal.steps import Part, Stage, sees_results
from tracker.rules.permissions import Actor
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


def why_reopened(actor: Actor, found: Appraisal) -> str:
    """Return why a year is being decided anew; empty where it is not.

    Whoever does not work on all units is told why what was published no longer stands, and nothing of other approvals.
    One query at most.
    """
    if not found.reopened_reason or queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER):
        return found.reopened_reason
    published = [row.replaced_reason for row in frozen.replaced(found) if row.published_on is not None]
    return published[-1] if published else ""


def _changes(before: AppraisalFreeze, after: AppraisalFreeze) -> tuple[Change, ...]:
    old, new = (results.rows_of(frozen.read(row)) for row in (before, after))
    if old is None or new is None:
        return ()
    was, now = ({row.id: row for row in rows} for rows in (old, new))
    both = {**now, **was}
    return tuple(Change(both[number].unit, was.get(number), now.get(number)) for number in both)
