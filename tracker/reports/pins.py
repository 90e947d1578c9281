"""Seals what is approved: the report and the files on record with it, and finds whatever was altered since."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row, and_, func, select

from tracker import storage
from tracker.assignments.about import about
from tracker.assignments.models import Assignment
from tracker.audit import operations as audit
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Task
from tracker.reports.models import ApprovalPin, Evidence, Report
from tracker.rules import pins
from tracker.rules.permissions import Actor
from tracker.rules.pins import Change, Content
from tracker.rules.reports import PinStep, ReportState
from tracker.rules.status import MoveRefused, Status
from tracker.rules.words import say

ACT = "pin"
"""How a seal is known on record; the entry holds its step and its hash, so that nobody can renew a pin unseen."""

ALTERED = say("封存内容本身")
LOST = say("封存记录")
GONE = say("（已不在）")


class PinBroken(MoveRefused):
    """What is to be approved is no longer what was signed off or approved before; `changes` say where."""

    def __init__(self, changes: Sequence[Change]) -> None:
        """Name the differences, and what to do."""
        super().__init__(
            say(
                "现在的内容与此前审签、审核时封存的不一致（{names}），不能通过。请退回承办单位重新报送，再重新审签、审核。",
                names=[change.what for change in changes],
            )
        )
        self.changes = changes


@dataclass(frozen=True)
class Seal:
    """A pin as pages show it: what it holds (None: it was itself altered), and what differs from it now."""

    pin: ApprovalPin
    content: Content | None
    changes: list[Change]


@dataclass(frozen=True)
class Difference:
    """Something of an accepted assignment that is not what was approved; `what` names the report and field or file."""

    assignment_id: int
    report_id: int
    what: str
    before: str
    after: str
    unit: str
    number: str


def content_of(report: Report, files: Iterable[Evidence]) -> Content:
    """Return what a pin of a report holds; `files` are those on record for its assignment in filed reports."""
    return {
        "format": pins.FORMAT,
        "report": {
            "id": report.id,
            "assignment": report.assignment_id,
            "kind": report.kind,
            "situation": report.situation,
            "progress": report.progress,
            "done": report.done,
            "problems": report.problems,
            "next_steps": report.next_steps,
            "help_needed": report.help_needed,
            "author": report.author_name,
            "filed_at": _moment(report.filed_at),
        },
        "files": sorted(
            (
                {"name": file.name, "version": file.file_version, "sha256": file.sha256, "size": file.size}
                for file in files
            ),
            key=lambda file: (file["name"], file["version"]),
        ),
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def seal(actor: Actor, at: datetime, report: Report, step: PinStep) -> None:
    """Keep what is approved at a step; raise PinBroken where an earlier approval of the report saw something else."""
    content = content_of(report, _files_on_record(report.assignment_id))
    known = list(db.session.scalars(select(ApprovalPin).where(ApprovalPin.report_id == report.id)))
    for pin in known:
        if changes := _changes(pin, content):
            raise PinBroken(changes)
    # The same report asked for again and found unchanged: the pin that it has goes on standing for it.
    if any(pin.step == step for pin in known):
        return
    text = pins.canonical(content)
    sha256 = pins.digest(text)
    db.session.add(
        ApprovalPin(
            assignment_id=report.assignment_id,
            report_id=report.id,
            step=step,
            content=text,
            sha256=sha256,
            day=at.date(),
            at=at,
            actor_id=actor.id,
            actor_name=actor.name,
        )
    )
    assignment = db.session.get_one(Assignment, report.assignment_id)
    audit.record(actor, at, ACT, "report", report.id, f"{step} {sha256}", **about(assignment))


def _files_on_record(assignment_id: int) -> list[Evidence]:
    on_record = select(Evidence).join(Report, Report.id == Evidence.report_id)
    return list(
        db.session.scalars(on_record.where(Evidence.assignment_id == assignment_id, Report.state != ReportState.DRAFT))
    )


def _changes(pin: ApprovalPin, now: Content | None, newest: bool = True) -> list[Change]:
    """Return what differs from a pin; a report that is not there any more has no content."""
    pinned = pins.read(pin.content, pin.sha256)
    if pinned is None:
        return [Change(ALTERED, pin.sha256, pins.digest(pin.content))]
    if now is None:
        return [Change(say("填报"), pin.sha256, GONE)]
    return pins.changes(pinned, now, newest)


def of(assignment_id: int) -> list[ApprovalPin]:
    """Return the pins of an assignment, the newest first. One query."""
    wanted = select(ApprovalPin).where(ApprovalPin.assignment_id == assignment_id)
    return list(db.session.scalars(wanted.order_by(ApprovalPin.id.desc())))


def shown(pin: ApprovalPin, report: Report, files: Iterable[Evidence], newest: bool) -> Seal:
    """Return a pin beside what is on record now: its report and every file of filed reports.

    Files that came with later reports are no change of what an older one had.
    """
    pinned = pins.read(pin.content, pin.sha256)
    return Seal(pin, pinned, _changes(pin, content_of(report, files), newest))


def differences(plan_id: int, files: Path | None = None) -> list[Difference]:
    """Return what is not as it was approved, for every accepted assignment of a plan. Three queries.

    The rows are held against the newest pin and the pin against the record of acts; with `files`, the data directory,
    the bytes of each stored file are hashed as well. What was accepted before there were pins is passed over.
    """
    told, on_record = _told(plan_id), _evidence(plan_id)
    look = cache(lambda sha256: storage.hash_on_disk(files, sha256)) if files is not None else None
    found = []
    for row in _accepted(plan_id):
        for report_id, change in _of_one(row, told.get(row.id), on_record.get(row.id, []), look):
            what = say("报告 {id}：{what}", id=report_id, what=change.what)
            found.append(Difference(row.id, report_id, what, change.before, change.after, row.unit, row.number))
    return found


def _newest() -> Any:
    newest = select(func.max(ApprovalPin.id)).where(ApprovalPin.step == PinStep.ACCEPTED)
    return newest.where(ApprovalPin.assignment_id == Assignment.id).correlate(Assignment).scalar_subquery()


def _accepted(plan_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the accepted assignments of a plan with their newest pin and its report."""
    return db.session.execute(
        select(Assignment.id, Organization.name.label("unit"), Task.number.label("number"), ApprovalPin, Report)
        .join(Organization, Organization.id == Assignment.unit_id)
        .join(Task, Task.id == Assignment.task_id)
        .outerjoin(ApprovalPin, ApprovalPin.id == _newest())
        .outerjoin(Report, Report.id == ApprovalPin.report_id)
        .where(Assignment.plan_id == plan_id, Assignment.status == Status.COMPLETED)
        .order_by(Task.position, Organization.position, Assignment.id)
    ).all()


def _evidence(plan_id: int) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = {}
    wanted = (
        select(Evidence)
        .join(Report, Report.id == Evidence.report_id)
        .join(Assignment, Assignment.id == Evidence.assignment_id)
        .where(
            Assignment.plan_id == plan_id,
            Assignment.status == Status.COMPLETED,
            Report.state != ReportState.DRAFT,
        )
    )
    for file in db.session.scalars(wanted):
        found.setdefault(file.assignment_id, []).append(file)
    return found


def _told(plan_id: int) -> dict[int, tuple[int, str]]:
    """Return for each accepted assignment of a plan the newest seal that the record of acts tells: report and hash."""
    wanted = (
        select(Report.assignment_id, Report.id, AuditEntry.detail)
        .join(AuditEntry, and_(AuditEntry.object_type == "report", AuditEntry.object_id == Report.id))
        .join(Assignment, Assignment.id == Report.assignment_id)
        .where(Assignment.plan_id == plan_id, Assignment.status == Status.COMPLETED, AuditEntry.act == ACT)
        .order_by(AuditEntry.number)
    )
    found = {}
    for assignment_id, report_id, detail in db.session.execute(wanted):
        step, _, sha256 = detail.partition(" ")
        if step == PinStep.ACCEPTED:
            found[assignment_id] = report_id, sha256
    return found


def _of_one(
    row: Row[*tuple[Any, ...]], told: tuple[int, str] | None, files: list[Evidence], look: Any
) -> Iterator[tuple[int, Change]]:
    pin = row.ApprovalPin
    if pin is None:
        if told is not None:
            yield told[0], Change(LOST, told[1], GONE)
        return
    if told is None or told != (pin.report_id, pin.sha256):
        yield pin.report_id, Change(LOST, told[1] if told else "", pin.sha256)
    for change in _changes(pin, content_of(row.Report, files) if row.Report else None):
        yield pin.report_id, change
    pinned = pins.read(pin.content, pin.sha256)
    if look is None or pinned is None:
        return
    for file in pinned["files"]:
        if (stored := look(file["sha256"])) != file["sha256"]:
            yield (
                pin.report_id,
                Change(
                    say("附件 {name} 第 {n} 版（存储的文件）", name=file["name"], n=file["version"]),
                    file["sha256"],
                    stored or GONE,
                ),
            )
