"""Saves and files reports, attaches evidence, reviews completion reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tracker import text
from tracker.assignments import closing, reviewing
from tracker.assignments import operations as assignments
from tracker.assignments import queries as assignment_queries
from tracker.assignments.about import about
from tracker.assignments.models import Assignment
from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import freezes
from tracker.reports import pins, proof, queries
from tracker.reports.models import Evidence, Report, Review
from tracker.rules.permissions import Action, Actor, Forbidden, require
from tracker.rules.pins import says_the_same
from tracker.rules.reports import Decision, PinStep, ReportKind, ReportState, Situation
from tracker.rules.status import WORKING, Move, MoveRefused, Status
from tracker.rules.words import say
from tracker.storage import Kept

NOT_NOW = say("该事项目前不能填报：请先签收；已提交审核的，等待审核结果或撤回后再填。")

REPEATED = timedelta(minutes=10)
"""Within this time the same words are the same report."""


@dataclass(frozen=True)
class Content:
    """What a person writes in the report form."""

    done: str
    problems: str = ""
    next_steps: str = ""
    help_needed: str = ""
    situation: Situation = Situation.SMOOTH
    progress: int = 0
    kind: ReportKind = ReportKind.PROGRESS


@dataclass(frozen=True)
class Upload:
    """A stored file and the name it came with."""

    name: str
    kept: Kept


class ReportRefused(ValueError):
    """A report that cannot be filed as it is; `field` names what to correct."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the message and the field it belongs to."""
        super().__init__(message)
        self.field = field


class StaleReport(ValueError):
    """Someone saved the draft meanwhile; both texts are there for the person to compare."""

    def __init__(self, mine: Content, theirs: Report) -> None:
        """Keep both."""
        super().__init__(say("这份填报已另有保存或报送，您的内容没有覆盖它。"))
        self.mine, self.theirs = mine, theirs


def save(
    actor: Actor,
    at: datetime,
    assignment_id: int,
    content: Content,
    *,
    token: str,
    version: int,
    uploads: Sequence[Upload] = (),
    by_itself: bool = False,
    correcting: bool = False,
) -> Report:
    """Save the draft of a report; a form already filed with this text comes back as it is.

    `token` names the form, `version` the draft it was opened with (0: none). `by_itself`: the page saves while somebody
    writes; only the first of such saves is on record. `correcting`: the form may be written in while the assignment is
    completed, which it stays until the form is filed. Raise StaleReport, ReportRefused or Forbidden.
    """
    assignment = _in_hand(actor, assignment_id)
    report = db.session.scalar(select(Report).where(Report.form_token == token))
    if report and report.assignment_id != assignment_id:
        raise ReportRefused(say("这张填报表属于另一事项。请从本事项的页面重新打开填报。"))
    if report and report.state != ReportState.DRAFT:
        return _filed_already(report, content, uploads)
    if assignment.status not in WORKING and not (correcting and assignment.status == Status.COMPLETED):
        raise MoveRefused(NOT_NOW)
    _check(content, assignment)
    report = report or _new_draft(actor, at, assignment_id, content, token)
    if report.version != version and report.id is not None:
        if _says(report, content) and not uploads:
            return report
        raise StaleReport(content, report)
    on_record = by_itself and report.id is not None and report.author_id == actor.id
    _write(report, actor, at, content)
    db.session.flush()  # the draft's id is needed by its evidence, and a lost race shows here
    for upload in uploads:
        _attach(actor, at, assignment, report, upload)
    if not on_record:
        audit.record(actor, at, "save_report", "report", report.id, **about(assignment))
    return report


def _in_hand(actor: Actor, assignment_id: int) -> Assignment:
    """Return the assignment, kept from others until the end, if the person may report on it."""
    assignment = db.session.get_one(Assignment, assignment_id, with_for_update=True)
    if not assignment_queries.is_handler(actor, assignment.unit_id):
        raise Forbidden(say("只有承办单位的经办人可以填报此事项。"))
    freezes.require_open(assignment.plan_id)
    return assignment


def _filed_already(report: Report, content: Content, uploads: Sequence[Upload]) -> Report:
    """Let a second click change nothing; another text or file, or a report that came back, would be lost silently."""
    if not _says(report, content) or report.state in (ReportState.RECALLED, ReportState.RETURNED):
        raise StaleReport(content, report)
    attached = set(db.session.scalars(select(Evidence.sha256).where(Evidence.report_id == report.id)))
    if not attached.issuperset(upload.kept.sha256 for upload in uploads):
        raise ReportRefused(say("这份填报已经报送，新选的附件没有保存。请从事项页面另填一份再上传。"), "files")
    return report


def _says(report: Report, content: Content) -> bool:
    """Tell whether a report holds just this content; the progress of a completion report is 100 by itself."""
    same = (report.done, report.problems, report.next_steps, report.help_needed, report.situation, report.kind) == (
        *(content.done, content.problems, content.next_steps, content.help_needed),
        *(content.situation, content.kind),
    )
    return same and (report.kind == ReportKind.COMPLETION or report.progress == content.progress)


def _new_draft(actor: Actor, at: datetime, assignment_id: int, content: Content, token: str) -> Report:
    other = queries.draft(assignment_id)
    if other:
        raise StaleReport(content, other)
    report = Report(assignment_id=assignment_id, form_token=token, state=ReportState.DRAFT)
    db.session.add(report)
    return report


def _write(report: Report, actor: Actor, at: datetime, content: Content) -> None:
    report.author_id, report.author_name, report.saved_at = actor.id, actor.name, at
    report.kind, report.situation, report.progress = content.kind, content.situation, content.progress
    report.done, report.problems = content.done, content.problems
    report.next_steps, report.help_needed = content.next_steps, content.help_needed


def _check(content: Content, assignment: Assignment) -> None:
    for field in ("done", "problems", "next_steps", "help_needed"):
        try:
            text.to_html(getattr(content, field))
        except text.TextRefused as error:
            raise ReportRefused(str(error), field) from error
    if not is_progress(assignment.progress, content.progress):
        raise ReportRefused(no_progress(assignment.progress), "progress")


def is_progress(least: int, progress: int) -> bool:
    """Tell whether a progress in percent can follow the last one: it never goes back."""
    return least <= progress <= 100


def no_progress(least: int) -> str:
    """Return why another progress is refused."""
    return say("进度应在上次的 {least} 与 100 之间。", least=least)


def file(
    actor: Actor,
    at: datetime,
    assignment_id: int,
    content: Content,
    *,
    token: str,
    version: int,
    uploads: Sequence[Upload] = (),
    correcting: bool = False,
) -> Report:
    """File a report; a completion report goes to review. A second click files nothing.

    `correcting`: it takes the place of the one that was accepted, and the assignment is not completed until this one
    is accepted, too.
    """
    report = save(
        actor, at, assignment_id, content, token=token, version=version, uploads=uploads, correcting=correcting
    )
    if report.state != ReportState.DRAFT:
        return report
    if not content.done.strip():
        raise ReportRefused(say("请写明完成情况。"), "done")
    if content.situation is not Situation.SMOOTH and not content.help_needed.strip():
        raise ReportRefused(say("有困难或需市局协调时，请写明困难和需要的支持。"), "help_needed")
    _require_news(report, content, at)
    if correcting:
        _require_correction(report)
    assignment = db.session.get_one(Assignment, assignment_id)
    if content.kind is ReportKind.COMPLETION:
        obstacle, field = proof.why_not(assignment, report, correcting)
        if obstacle:
            raise ReportRefused(obstacle, field)
        report.progress = 100
        assignments.change_status(actor, at, assignment_id, Move.CORRECT if correcting else Move.SUBMIT)
    report.state, report.filed_at, report.filed_on = ReportState.FILED, at, at.date()
    assignment.progress = report.progress
    audit.record(actor, at, "file_report", "report", report.id, report.kind, **about(assignment))
    db.session.flush()  # a lost race shows here, not at commit
    return report


def _require_news(report: Report, content: Content, at: datetime) -> None:
    """Refuse what was filed minutes ago in the very same words, without a file: somebody went back and sent again."""
    before = db.session.scalar(
        select(Report)
        .where(
            Report.assignment_id == report.assignment_id,
            Report.state == ReportState.FILED,
            Report.filed_at > at - REPEATED,
        )
        .order_by(Report.filed_at.desc(), Report.id.desc())
        .limit(1)
    )
    if before is None or not _says(before, content):
        return
    if db.session.scalar(select(Evidence.id).where(Evidence.report_id == report.id).limit(1)) is None:
        raise ReportRefused(
            say("刚才已经报送过一份内容完全相同的填报，这一份没有再报。有新进展请改写后再报送。"), "done"
        )


def _require_correction(report: Report) -> None:
    """Refuse a correction that corrects nothing: it would only undo what was accepted."""
    if report.kind != ReportKind.COMPLETION:
        raise MoveRefused(NOT_NOW)
    accepted = queries.accepted(report.assignment_id)
    if accepted is None or queries.files_of(report.id):
        return
    if says_the_same(pins.content_of(accepted, ()), pins.content_of(report, ())):
        raise ReportRefused(say("内容与已审核通过的完全相同，没有更正之处，没有报送。请改正后再报送。"), "done")


def attach(actor: Actor, at: datetime, assignment_id: int, upload: Upload) -> None:
    """Add a file to the unit's draft while somebody writes: beside its text, whose version it leaves alone."""
    assignment = _in_hand(actor, assignment_id)
    draft = queries.draft(assignment_id)
    if draft is None:
        raise ReportRefused(say("草稿还没有保存，附件没有地方放。请先保存草稿，再上传附件。"), "files")
    _attach(actor, at, assignment, draft, upload)


def _attach(actor: Actor, at: datetime, assignment: Assignment, report: Report, upload: Upload) -> None:
    """Add a file; the same name again becomes the next version and the old one stays."""
    latest = db.session.scalar(
        select(func.max(Evidence.file_version)).where(
            Evidence.assignment_id == report.assignment_id, Evidence.name == upload.name
        )
    )
    evidence = Evidence(
        assignment_id=report.assignment_id,
        report_id=report.id,
        name=upload.name,
        file_version=(latest or 0) + 1,
        sha256=upload.kept.sha256,
        size=upload.kept.size,
        uploaded_by=actor.name,
        uploaded_at=at,
    )
    db.session.add(evidence)
    db.session.flush()  # the next file of the same name needs this version
    detail = f"{upload.name} {upload.kept.sha256}"
    audit.record(actor, at, "upload", "evidence", evidence.id, detail, **about(assignment))


def review(
    actor: Actor, at: datetime, assignment_id: int, decision: Decision, reason: str, seen: int | None = None
) -> Report:
    """Accept the completion report under review, or return it with a reason; `seen` is the version that was read."""
    move = Move.ACCEPT if decision is Decision.ACCEPT else Move.RETURN
    assignment = assignments.change_status(actor, at, assignment_id, move, reason, seen)
    report = under_review(assignment_id)
    _require_another(actor, report)
    if decision is Decision.ACCEPT:
        if proof.is_missing(assignment, report):
            raise MoveRefused(proof.UNPROVEN)
        pins.seal(actor, at, report, PinStep.ACCEPTED)
    report.state = ReportState.ACCEPTED if decision is Decision.ACCEPT else ReportState.RETURNED
    # A report that a supervisor had reviewed anew keeps its first review; the steps tell the second one.
    if not queries.is_reviewed(report.id):
        db.session.add(
            Review(
                report_id=report.id,
                reviewer_id=actor.id,
                reviewer_name=actor.name,
                decision=decision,
                reason=reason.strip(),
                at=at,
                day=at.date(),
            )
        )
    if assignment.status == Status.RETURNED:
        assignment.progress = _progress_before(assignment_id)
    db.session.flush()  # a lost race shows here, not at commit
    return report


def sign_off(
    actor: Actor, at: datetime, assignment_id: int, decision: Decision, reason: str, seen: int | None = None
) -> Report:
    """Let the district's lead decide: finally on what a 司法所 filed, before the city on what the district filed."""
    require(actor, Action.SIGN_OFF)
    if decision is Decision.RETURN or not reviewing.is_signer(actor, assignment_id):
        return review(actor, at, assignment_id, decision, reason, seen)
    closing.sign_off(actor, at, assignment_id, reason, seen)
    report = under_review(assignment_id)
    _require_another(actor, report)
    pins.seal(actor, at, report, PinStep.SIGNED)
    return report


def _require_another(actor: Actor, report: Report) -> None:
    """Whoever filed a report does not decide on it, whatever their role has become since."""
    if actor.id is not None and report.author_id == actor.id:
        raise Forbidden(say("这份办结申请是您本人报送的，须由他人审签或审核。"))


def _progress_before(assignment_id: int) -> int:
    """Return the progress that stood before completion was claimed."""
    return (
        db.session.scalar(
            select(func.max(Report.progress)).where(
                Report.assignment_id == assignment_id,
                Report.kind == ReportKind.PROGRESS,
                Report.state == ReportState.FILED,
            )
        )
        or 0
    )


def recall(actor: Actor, at: datetime, assignment_id: int) -> None:
    """Take back a completion report that nobody has reviewed yet."""
    assignment = assignments.change_status(actor, at, assignment_id, Move.RECALL)
    report = under_review(assignment_id)
    if queries.is_reviewed(report.id):
        raise MoveRefused(say("督办人员已要求重新审核这份报告，不能撤回。请等待审核结果。"))
    report.state = ReportState.RECALLED
    assignment.progress = _progress_before(assignment_id)


def reopen(actor: Actor, at: datetime, assignment_id: int, reason: str, seen: int | None = None) -> None:
    """Take up again what was completed or exempt; its progress is again what was reported before."""
    assignment = assignments.change_status(actor, at, assignment_id, Move.REOPEN, reason, seen)
    assignment.progress = _progress_before(assignment_id)


def recheck(actor: Actor, at: datetime, assignment_id: int, reason: str, seen: int | None = None) -> None:
    """Have the very report that was accepted reviewed anew; until then the assignment is not completed."""
    assignments.change_status(actor, at, assignment_id, Move.RECHECK, reason, seen)
    report = queries.accepted(assignment_id)
    if report is None:
        raise MoveRefused(say("没有审核通过的办结报告，无从重新审核。确需重新办理的，请选“重新办理”。"))
    report.state = ReportState.FILED
    db.session.flush()  # a lost race shows here, not at commit


def under_review(assignment_id: int) -> Report:
    """Return the completion report that waits for a decision."""
    return db.session.scalars(
        select(Report)
        .where(
            Report.assignment_id == assignment_id,
            Report.kind == ReportKind.COMPLETION,
            Report.state == ReportState.FILED,
        )
        .order_by(Report.id.desc())
        .limit(1)
    ).one()


def detach(actor: Actor, at: datetime, evidence_id: int) -> int:
    """Take a file out of a draft that nobody has filed; return the assignment it belonged to."""
    evidence = db.session.get_one(Evidence, evidence_id)
    assignment = db.session.get_one(Assignment, evidence.assignment_id)
    if not assignment_queries.is_handler(actor, assignment.unit_id):
        raise Forbidden(say("只有承办单位的经办人可以删除草稿中的附件。"))
    if db.session.get_one(Report, evidence.report_id).state != ReportState.DRAFT:
        raise MoveRefused(say("已经报送的附件不能删除；请另报一份并说明。"))
    db.session.delete(evidence)
    detail = f"{evidence.name} {evidence.sha256}"
    audit.record(actor, at, "detach", "evidence", evidence_id, detail, **about(assignment))
    return assignment.id
