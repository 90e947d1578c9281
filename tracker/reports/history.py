"""One report by itself: what happened to it, and what the reports before and after it say differently."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from tracker.assignments import closing
from tracker.assignments import queries as assignments
from tracker.assignments.models import Assignment
from tracker.audit.models import AuditEntry, Outcome
from tracker.db import db
from tracker.reports.models import Report
from tracker.reports.queries import FILED_BY, Filed, files_by_report, files_of, with_review
from tracker.rules.permissions import Actor
from tracker.rules.reports import KIND_TEXT, SITUATION_TEXT, ReportKind, ReportState, Situation
from tracker.rules.status import MOVE_TEXT, Move
from tracker.rules.words import say

ACTS: dict[str, str] = {
    "save_report": say("保存草稿"),
    "file_report": say("报送"),
    closing.SIGN_OFF: say("区局审签，报市局审核"),
}


@dataclass(frozen=True)
class Happened:
    """Something done to a report: when, by whom, what, why."""

    at: datetime
    who: str
    what: str
    reason: str = ""


@dataclass(frozen=True)
class Difference:
    """A field that a report says differently from the one before it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One of an assignment's reports, and what it says differently from the one before it."""

    filed: Filed
    differences: list[Difference]


def _shown_to(actor: Actor) -> ColumnElement[bool]:
    """A draft is its own unit's business."""
    return or_(Report.state != ReportState.DRAFT, Assignment.unit_id == actor.unit_id)


def get(actor: Actor, report_id: int) -> Filed | None:
    """Return a report within the person's scope; a foreign one answers like a missing one."""
    row = db.session.execute(
        with_review()
        .join(Assignment, Assignment.id == Report.assignment_id)
        .where(Report.id == report_id, assignments.visible(actor), _shown_to(actor))
    ).one_or_none()
    return None if row is None else Filed.of(row, files_of(report_id))


def versions(actor: Actor, assignment_id: int) -> list[Version]:
    """Return all reports of an assignment that the person may see, the newest first. Two queries."""
    rows = db.session.execute(
        with_review()
        .join(Assignment, Assignment.id == Report.assignment_id)
        .where(Report.assignment_id == assignment_id, assignments.visible(actor), _shown_to(actor))
        .order_by(Report.id)
    ).all()
    files = files_by_report(assignment_id)
    found: list[Version] = []
    for row in rows:
        filed = Filed.of(row, files.get(row.Report.id, []))
        found.append(Version(filed, differences(found[-1].filed, filed) if found else []))
    return found[::-1]


def differences(before: Filed, after: Filed) -> list[Difference]:
    """Return the fields that two reports fill in differently."""
    old, new = _fields(before), _fields(after)
    return [Difference(label, old[label], new[label]) for label in new if old[label] != new[label]]


def _fields(filed: Filed) -> dict[str, str]:
    report = filed.report
    files = [say("{name}（第 {n} 版）", name=file.name, n=file.file_version) for file in filed.files]
    return {
        say("类别"): KIND_TEXT[ReportKind(report.kind)],
        say("总体情况"): SITUATION_TEXT[Situation(report.situation)],
        say("进度"): f"{report.progress}%",
        say("完成情况"): report.done,
        say("存在问题"): report.problems,
        say("下一步"): report.next_steps,
        say("困难和需要的支持"): report.help_needed,
        say("佐证材料"): say("{files}", files=files),
    }


def happened(report: Report) -> list[Happened]:
    """Return what was done to a report in its order: saved, filed, recalled, signed off, returned, accepted."""
    acts = _acts("report", report.id, ("save_report", "file_report"))
    filed_at = {act.at for act, name in acts if name == "file_report"}
    # Who files also saves, at the same moment.
    found = [act for act, name in acts if name == "file_report" or act.at not in filed_at]
    if report.filed_at is not None and report.kind == ReportKind.COMPLETION:
        steps, ends_at = _steps(report.assignment_id, report.filed_at)
        signed = _acts("assignment", report.assignment_id, (closing.SIGN_OFF,))
        found += [act for act, _ in signed if report.filed_at <= act.at and (ends_at is None or act.at < ends_at)]
        found += steps
    return sorted(found, key=lambda act: act.at)


def _acts(object_type: str, object_id: int, names: tuple[str, ...]) -> list[tuple[Happened, str]]:
    entries = db.session.execute(
        select(AuditEntry.at, AuditEntry.name, AuditEntry.act, AuditEntry.detail)
        .where(
            AuditEntry.object_type == object_type,
            AuditEntry.object_id == object_id,
            AuditEntry.act.in_(names),
            AuditEntry.outcome == Outcome.DONE,
        )
        .order_by(AuditEntry.number)
    )
    # What filing notes down is the kind of report, which is no reason.
    told = {closing.SIGN_OFF}
    return [
        (Happened(entry.at, entry.name, ACTS[entry.act], entry.detail if entry.act in told else ""), entry.act)
        for entry in entries
    ]


def _steps(assignment_id: int, filed_at: datetime) -> tuple[list[Happened], datetime | None]:
    """Return the steps that the report led to, and when the next request began, if there is one."""
    found: list[Happened] = []
    asked = False
    for change in reversed(assignments.changes(assignment_id)):
        if change.move in FILED_BY and asked:
            return found, change.at
        if asked:
            found.append(Happened(change.at, change.actor_name, MOVE_TEXT[Move(change.move)], change.reason))
        asked = asked or (change.move in FILED_BY and change.at == filed_at)
    return found, None
