"""What happened to the tasks behind a score by a day: who did what, when and why, and which reports and files exist."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from tracker import clock
from tracker.assignments import closing
from tracker.assignments.models import DueChange, Extension, StatusChange
from tracker.audit import models as audit
from tracker.db import db
from tracker.reports.models import Evidence, Report
from tracker.rules.evaluation import VERDICT_TEXT, Stage, Verdict
from tracker.rules.permissions import SYSTEM
from tracker.rules.reports import KIND_TEXT, ReportKind, ReportState
from tracker.rules.status import MOVE_TEXT, Move, RequestState
from tracker.rules.words import say
from tracker.scoring.models import Appeal, Evaluation, EvaluationResult

ACTS: dict[str, str] = {closing.SIGN_OFF: say("区局审签，报市局审核"), closing.CLOSE: say("销号")}
"""What is told of acts that are no steps of the loop."""

FILED = frozenset({Move.SUBMIT, Move.CORRECT})
"""Steps that are taken by filing a report, at the same moment."""


class File(NamedTuple):
    """A file on record: which report it came with, and what exactly it is."""

    id: int
    name: str
    version: int
    sha256: str
    size: int


class Happened(NamedTuple):
    """One thing that happened: when, by whom, what, why; `report_id` and `files` where something was filed.

    `move` is the step it was; a verdict of the evaluation has `judged`.
    """

    at: datetime
    by: str
    what: str
    reason: str = ""
    move: Move | None = None
    report_id: int | None = None
    files: tuple[File, ...] = ()
    judged: bool = False

    @property
    def day(self) -> date:
        """The business day on which it happened."""
        return clock.local(self.at).date()


@dataclass(frozen=True)
class Circumstances:
    """Everything that happened to one task of a district by a day, the earliest first."""

    events: tuple[Happened, ...] = ()

    @property
    def reports(self) -> list[Happened]:
        """What was filed."""
        return [event for event in self.events if event.report_id]

    @property
    def files(self) -> list[File]:
        """The files on record."""
        return [file for event in self.events for file in event.files]

    def last(self, *moves: Move) -> Happened | None:
        """Return the last of some steps, if one was taken."""
        return next((event for event in reversed(self.events) if event.move in moves), None)


Found = Iterator[tuple[int, Happened]]


def of(assignment_ids: Collection[int], day: date) -> dict[int, Circumstances]:
    """Return what happened to assignments by `day`. Seven queries, however many they are."""
    ids = sorted(set(assignment_ids))
    found: dict[int, list[Happened]] = defaultdict(list)
    filed = _filed(ids, day)
    for kind in (_steps(ids, day, filed), _dues(ids, day), _extensions(ids, day), _acts(ids, day), _verdicts(ids, day)):
        for id_, event in kind:
            found[id_].append(event)
    for (id_, _), event in filed.items():
        found[id_].append(event)
    return {id_: Circumstances(tuple(sorted(events, key=lambda event: event.at))) for id_, events in found.items()}


def appeals(found: Iterable[Appeal], day: date) -> dict[tuple[int | None, int | None], list[Happened]]:
    """Return what was objected to and answered by `day`, by the (assignment, deduction) it concerns."""
    told: dict[tuple[int | None, int | None], list[Happened]] = defaultdict(list)
    for appeal in sorted(found, key=lambda appeal: appeal.id):
        if appeal.day > day:
            continue
        events = told[appeal.assignment_id, appeal.deduction_id]
        events.append(Happened(appeal.asked_at, appeal.asked_by, say("提出异议"), appeal.reason))
        if appeal.decided_at is not None and clock.local(appeal.decided_at).date() <= day:
            upheld = appeal.state == RequestState.GRANTED
            what = say("裁定异议成立") if upheld else say("裁定异议不成立")
            events.append(Happened(appeal.decided_at, appeal.decided_by, what, appeal.answer))
    return told


def _name(name: str) -> str:
    return say("系统") if name == SYSTEM.name else name


def _filed(ids: Sequence[int], day: date) -> dict[tuple[int, datetime], Happened]:
    """Return the reports filed by `day` with their files, by assignment and moment. Two queries."""
    reports = [
        Report.assignment_id.in_(ids),
        Report.state != ReportState.DRAFT,
        Report.filed_at.is_not(None),
        Report.filed_on <= day,
    ]
    files: dict[int, list[File]] = defaultdict(list)
    columns = (Evidence.report_id, Evidence.id, Evidence.name, Evidence.file_version, Evidence.sha256, Evidence.size)
    for file in db.session.execute(
        select(*columns).join(Report, Report.id == Evidence.report_id).where(*reports).order_by(Evidence.id)
    ):
        files[file.report_id].append(File(file.id, file.name, file.file_version, file.sha256, file.size))
    rows = db.session.execute(
        select(Report.id, Report.assignment_id, Report.kind, Report.filed_at, Report.author_name)
        .where(*reports)
        .order_by(Report.id)
    )
    return {
        (row.assignment_id, row.filed_at): Happened(
            row.filed_at,
            row.author_name,
            KIND_TEXT[ReportKind(row.kind)],
            report_id=row.id,
            files=tuple(files[row.id]),
        )
        for row in rows
    }


def _steps(ids: Sequence[int], day: date, filed: dict[tuple[int, datetime], Happened]) -> Found:
    """Yield the steps; those that were taken by filing take the report out of `filed`, and its files with them."""
    rows = db.session.execute(
        select(
            StatusChange.assignment_id,
            StatusChange.move,
            StatusChange.at,
            StatusChange.actor_name,
            StatusChange.reason,
        )
        .where(StatusChange.assignment_id.in_(ids), StatusChange.day <= day)
        .order_by(StatusChange.id)
    )
    for row in rows:
        move = Move(row.move)
        report = filed.pop((row.assignment_id, row.at), None) if move in FILED else None
        step = Happened(row.at, _name(row.actor_name), MOVE_TEXT[move], row.reason, move)
        yield row.assignment_id, step._replace(report_id=report.report_id, files=report.files) if report else step


def _dues(ids: Sequence[int], day: date) -> Found:
    """Yield the due days that were moved with the task itself."""
    rows = db.session.execute(
        select(DueChange.assignment_id, DueChange.at, DueChange.actor_name, DueChange.old_due_on, DueChange.new_due_on)
        .where(DueChange.assignment_id.in_(ids), DueChange.extension_id.is_(None), DueChange.day <= day)
        .order_by(DueChange.id)
    )
    for row in rows:
        old, new = row.old_due_on or say("无"), row.new_due_on or say("无")
        yield row.assignment_id, Happened(row.at, row.actor_name, say("完成时限由 {old} 改为 {new}", old=old, new=new))


def _extensions(ids: Sequence[int], day: date) -> Found:
    """Yield the requests for a later due day, and what was decided by the day."""
    rows = db.session.scalars(
        select(Extension).where(Extension.assignment_id.in_(ids), Extension.day <= day).order_by(Extension.id)
    )
    for row in rows:
        days = {"old": row.old_due_on, "new": row.new_due_on}
        asked = say("申请延期：由 {old} 延至 {new}", **days)
        yield row.assignment_id, Happened(row.asked_at, row.asked_by, asked, row.reason)
        if row.decided_at is not None and clock.local(row.decided_at).date() <= day:
            granted = row.state == RequestState.GRANTED
            what = (
                say("批准延期：由 {old} 延至 {new}", **days)
                if granted
                else say("驳回延期：由 {old} 延至 {new}", **days)
            )
            yield row.assignment_id, Happened(row.decided_at, row.decided_by, what, row.answer)


def _acts(ids: Sequence[int], day: date) -> Found:
    """Yield who signed off and who closed, as recorded: the assignment itself forgets it when it comes back."""
    entry = audit.AuditEntry
    rows: Any = db.session.execute(
        select(entry.object_id, entry.at, entry.name, entry.act, entry.detail)
        .where(
            entry.object_type == "assignment",
            entry.object_id.in_(ids),
            entry.act.in_(list(ACTS)),
            entry.outcome == audit.Outcome.DONE,
            entry.day <= day,
        )
        .order_by(entry.number)
    )
    for row in rows:
        yield row.object_id, Happened(row.at, row.name, ACTS[row.act], row.detail)


def _verdicts(ids: Sequence[int], day: date) -> Found:
    """Yield the city's words of an evaluation whose results were published by the day."""
    rows = db.session.execute(
        select(
            EvaluationResult.assignment_id,
            EvaluationResult.verdict,
            EvaluationResult.comment,
            EvaluationResult.actor_name,
            Evaluation.published_at,
        )
        .join(Evaluation, Evaluation.plan_id == EvaluationResult.plan_id)
        .where(
            EvaluationResult.assignment_id.in_(ids),
            EvaluationResult.stage == Stage.CITY,
            Evaluation.published_at.is_not(None),
            Evaluation.published_on <= day,
        )
    )
    for row in rows:
        what = say("评估认定“{verdict}”", verdict=VERDICT_TEXT[Verdict(row.verdict)])
        at: Any = row.published_at
        yield row.assignment_id, Happened(at, row.actor_name, what, row.comment, judged=True)
