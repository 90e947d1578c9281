"""What the record holds for the lines of a score: how often was reported, with how many files, and when last."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from tracker.db import db
from tracker.reports.models import Evidence, Report
from tracker.rules.reports import ReportState


class Record(NamedTuple):
    """What was filed for an assignment by a day."""

    reports: int
    files: int
    last_on: date | None


NOTHING = Record(0, 0, None)


def records(assignment_ids: Collection[int], day: date) -> dict[int, Record]:
    """Return what was filed for assignments by `day`; those without a report are left out. One query."""
    statement = (
        select(
            Report.assignment_id,
            func.count(Report.id.distinct()),
            func.count(Evidence.id),
            func.max(Report.filed_on),
        )
        .outerjoin(Evidence, Evidence.report_id == Report.id)
        .where(
            Report.assignment_id.in_(sorted(assignment_ids)),
            Report.state != ReportState.DRAFT,
            Report.filed_on <= day,
        )
        .group_by(Report.assignment_id)
    )
    return {row[0]: Record(*row[1:]) for row in db.session.execute(statement)}
