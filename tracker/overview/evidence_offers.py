"""Offers what a unit gave to prove an indicator where it reports on a task to which the indicator belongs (C-02)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from tracker.db import db
from tracker.indicators.forms import form_names, known_form
from tracker.indicators.models import IndicatorFile, Round, RoundUnit
from tracker.reports.models import Evidence, Report
from tracker.rules.reports import ReportState


@dataclass(frozen=True)
class GivenFile:
    """A file of an indicator that may prove a task, too."""

    id: int
    name: str
    sha256: str
    size: int
    indicator: int
    round: str
    by: str
    at: datetime
    in_draft: bool
    """Whether the draft of the task's report has the same content already."""


def given(assignment_id: int, unit_id: int, doc_number: str, task: str) -> list[GivenFile]:
    """Return what a unit gave for the indicators of a task in any round.

    Every content comes once, the newest first. One query, and none where no indicator belongs to the task.
    """
    indicators = _indicators(doc_number, task)
    if not indicators:
        return []
    asked = [and_(Round.form == form, IndicatorFile.indicator.in_(numbers)) for form, numbers in indicators.items()]
    # What an earlier report has is offered again: each completion has its own evidence (see `reports.proof`).
    draft = select(Evidence.sha256).join(Report, Report.id == Evidence.report_id)
    draft = draft.where(Evidence.assignment_id == assignment_id, Report.state == ReportState.DRAFT)
    wanted = (
        select(IndicatorFile, Round.title, IndicatorFile.sha256.in_(draft))
        .join(RoundUnit, RoundUnit.id == IndicatorFile.round_unit_id)
        .join(Round, Round.id == RoundUnit.round_id)
        .where(RoundUnit.unit_id == unit_id, or_(*asked))
        .order_by(IndicatorFile.id.desc())
    )
    offered: dict[str, GivenFile] = {}
    for row, title, in_draft in db.session.execute(wanted):
        one = (row.id, row.name, row.sha256, row.size, row.indicator, title, row.uploaded_by, row.uploaded_at, in_draft)
        offered.setdefault(row.sha256, GivenFile(*one))
    return list(offered.values())


def _indicators(doc_number: str, task: str) -> dict[str, list[int]]:
    """Return the numbers of a task's indicators, by the name of the form that has them."""
    found: dict[str, list[int]] = {}
    for name in form_names():
        links = (link for link in known_form(name).terms.links if (link.doc_number, link.task) == (doc_number, task))
        if numbers := sorted({number for link in links for number in link.indicators}):
            found[name] = numbers
    return found
