"""Offers what a unit already filed as evidence of a task where it answers an indicator of that task (C-02)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from tracker.assignments import queries as assignments
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.plans.models import Plan, Task
from tracker.reports.models import Evidence, Report
from tracker.rules.indicators.terms import Link
from tracker.rules.permissions import Actor
from tracker.rules.reports import ReportState
from tracker.rules.status import STATUS_TEXT, Status


@dataclass(frozen=True)
class LinkedTask:
    """What a unit owes of a task to which an indicator belongs; without `assignment_id` it owes nothing of it."""

    doc_number: str
    number: str
    text: str = ""
    assignment_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Offer:
    """A piece of evidence that may prove an indicator, too."""

    evidence_id: int
    name: str
    version: int
    sha256: str
    size: int
    task: str
    by: str
    at: datetime


def tasks(actor: Actor, unit_id: int, links: Sequence[Link]) -> list[LinkedTask]:
    """Return the linked tasks in the order of the links, each with what the unit owes of it. One query."""
    if not links:
        return []
    named = [and_(Plan.doc_number == link.doc_number, Task.number == link.task) for link in links]
    wanted = (
        select(Plan.doc_number, Task.number, Task.text, Assignment.id, Assignment.status)
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Task.plan_id)
        .where(or_(*named), Assignment.unit_id == unit_id, assignments.visible(actor))
    )
    owed = {
        (row.doc_number, row.number): LinkedTask(
            row.doc_number, row.number, row.text, row.id, STATUS_TEXT[Status(row.status)]
        )
        for row in db.session.execute(wanted)
    }
    return [owed.get((link.doc_number, link.task), LinkedTask(link.doc_number, link.task)) for link in links]


def offers(found: Sequence[LinkedTask], have: Collection[str]) -> list[Offer]:
    """Return what was filed as evidence of the tasks, but for what is there already; every content once. One query."""
    ids = {task.assignment_id: task.number for task in found if task.assignment_id is not None}
    wanted = (
        select(Evidence)
        .join(Report, Report.id == Evidence.report_id)
        .where(Evidence.assignment_id.in_(ids), Report.state != ReportState.DRAFT)
        .order_by(Evidence.id.desc())
    )
    offered: dict[str, Offer] = {}
    for row in db.session.scalars(wanted):
        if row.sha256 not in have:
            task = ids[row.assignment_id]
            one = (row.id, row.name, row.file_version, row.sha256, row.size, task, row.uploaded_by, row.uploaded_at)
            offered.setdefault(row.sha256, Offer(*one))
    return list(offered.values())
