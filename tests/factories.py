"""Rows for tests: each factory adds one minimal valid row in the caller's transaction; `fields` win."""

import itertools
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from tracker.assignments.models import Assignment, StatusChange, TaskReviewer
from tracker.audit.models import AuditEntry
from tracker.db import Model, db
from tracker.outbox.models import Endpoint, Message, MessageAttachment
from tracker.people.models import (
    Group,
    Marker,
    Organization,
    OrganizationAlias,
    User,
)
from tracker.people.queries import district_of
from tracker.plans.models import (
    Anomaly,
    Milestone,
    PartyRole,
    Plan,
    PlanState,
    Responsibility,
    Section,
    SourceDocument,
    Task,
)
from tracker.reminders.models import (
    CalendarFeed,
    EscalationRung,
    JobRun,
    Lease,
    Notice,
    Preference,
    PreferredEndpoint,
    QuietPeriod,
    ReminderOffset,
    ReminderPause,
    ReminderPolicy,
    ReminderRun,
    Urge,
)
from tracker.reports.models import Evidence, Report, Review
from tracker.rules.deadlines import DeadlineKind
from tracker.rules.escalation import Target, Trigger
from tracker.rules.notices import DEFAULT_PLAN, Unit
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Role
from tracker.rules.reports import Decision, ReportKind, ReportState
from tracker.rules.status import Move, Status
from tracker.workdays.models import HolidayYear, WorkdayOverride

AT = datetime(2021, 1, 29, 1, tzinfo=UTC)
DAY = date(2021, 1, 29)
DUE = date(2021, 3, 31)
NOBODY = "no password belongs to this"

Row = TypeVar("Row", bound=Model)
numbers = itertools.count(1)


def add(row: Row) -> Row:
    """Add a row, whatever it is."""
    db.session.add(row)
    db.session.flush()  # whoever made it needs its id
    return row


def make_organization(**fields: Any) -> Organization:
    """A district bureau without parent."""
    n = next(numbers)
    named = {"slug": f"unit-{n}", "name": f"测试{n}区司法局", "short_name": f"测试{n}", "position": n}
    return add(Organization(**{"kind": OrganizationKind.DISTRICT_BUREAU, **named, **fields}))


def make_alias(**fields: Any) -> OrganizationAlias:
    """Another name of a new organization."""
    own = {} if "organization_id" in fields else {"organization_id": make_organization().id}
    return add(OrganizationAlias(**{"name": f"别名{next(numbers)}", **own, **fields}))


def make_group(**fields: Any) -> Group:
    """Every district bureau below a new root."""
    own = {} if "root_id" in fields else {"root_id": make_organization(kind=OrganizationKind.CITY_BUREAU).id}
    return add(Group(**{"name": "各区局", "member_kind": OrganizationKind.DISTRICT_BUREAU, **own, **fields}))


def make_user(**fields: Any) -> User:
    """A clerk of a new unit, with a password nobody knows."""
    n = next(numbers)
    own = {} if "unit_id" in fields else {"unit_id": make_organization().id}
    named = {"account": f"user-{n}", "name": f"测试用户{n}", "password_hash": NOBODY}
    return add(User(**{"role": Role.CLERK, "created_at": AT, "password_set_at": AT, **named, **own, **fields}))


def make_marker(**fields: Any) -> Marker:
    """A fact about the installation."""
    return add(Marker(**{"name": f"marker-{next(numbers)}", "value": "测试", **fields}))


def make_source(**fields: Any) -> SourceDocument:
    """A stored document."""
    n = next(numbers)
    return add(
        SourceDocument(**{"filename": f"{n}.txt", "sha256": f"{n:064x}", "text": "正文", "stored_at": AT, **fields})
    )


def make_plan(**fields: Any) -> Plan:
    """A published plan of a new city bureau; `state=PlanState.DRAFT` makes a draft."""
    n = next(numbers)
    own: dict[str, Any] = {}
    if "source_id" not in fields:
        own["source_id"] = make_source().id
    if "issuer_id" not in fields:
        own["issuer_id"] = make_organization(kind=OrganizationKind.CITY_BUREAU).id
    state = fields.get("state", PlanState.PUBLISHED)
    own |= {"state": state, "published_on": DAY if state == PlanState.PUBLISHED else None}
    named = {"doc_number": f"测司发〔2021〕{n}号", "title": f"测试方案{n}", "issuer": "测试市司法局", "issued_on": DAY}
    return add(Plan(**{**named, **own, **fields}))


def make_section(**fields: Any) -> Section:
    """A part of a new plan."""
    n = next(numbers)
    own = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    return add(Section(**{"position": n, "number": "一", "title": f"测试部分{n}", **own, **fields}))


def make_task(**fields: Any) -> Task:
    """A task of a new plan, due at the end of March 2021."""
    n = next(numbers)
    own = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    named = {"position": n, "number": str(n), "text": f"测试任务{n}", "line_from": n, "line_to": n}
    due = {"deadline_kind": DeadlineKind.MONTH, "deadline_value": "2021-03", "deadline_raw": "2021年3月", "due_on": DUE}
    return add(Task(**{**named, **due, **own, **fields}))


def make_responsibility(**fields: Any) -> Responsibility:
    """A responsible district bureau of a new task."""
    own: dict[str, Any] = {} if "task_id" in fields else {"task_id": make_task().id}
    if "organization_id" not in fields and "group_id" not in fields:
        own["organization_id"] = make_organization().id
    named = {"position": next(numbers), "role": PartyRole.RESPONSIBLE, "printed_name": "测试局"}
    return add(Responsibility(**{**named, **own, **fields}))


def make_milestone(**fields: Any) -> Milestone:
    """A dated step of a new plan."""
    own = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    named = {"position": next(numbers), "kind": "meeting", "title": "推进会", "line_from": 1, "line_to": 1}
    return add(Milestone(**{**named, **own, **fields}))


def make_anomaly(**fields: Any) -> Anomaly:
    """Something odd about a new plan."""
    own = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    named = {"code": "test", "severity": "info", "line_from": 1, "line_to": 1, "message": "测试"}
    return add(Anomaly(**{**named, **own, **fields}))


def make_assignment(**fields: Any) -> Assignment:
    """What a new district bureau owes of a new task, waiting to be signed for; completed ones get their day."""
    own: dict[str, Any] = {}
    task = db.session.get_one(Task, fields["task_id"]) if "task_id" in fields else make_task()
    if "unit_id" not in fields:
        own["unit_id"] = make_organization().id
    unit = db.session.get_one(Organization, fields.get("unit_id", own.get("unit_id")))
    own |= {"task_id": task.id, "plan_id": task.plan_id, "due_on": task.due_on, "level": unit.kind}
    own["district_id"] = district_of(unit.id, unit.kind, unit.parent_id)
    if fields.get("status") == Status.COMPLETED:
        own["completed_on"] = DUE
    return add(Assignment(**{"issued_on": DAY, **own, **fields}))


def make_task_reviewer(**fields: Any) -> TaskReviewer:
    """A city office that reviews what is reported on a new task."""
    own: dict[str, Any] = {} if "task_id" in fields else {"task_id": make_task().id}
    if "office_id" not in fields:
        own["office_id"] = make_organization(kind=OrganizationKind.CITY_OFFICE).id
    return add(TaskReviewer(**{"position": next(numbers), **own, **fields}))


def make_status_change(**fields: Any) -> StatusChange:
    """The dispatch of a new assignment, still open."""
    own = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    named = {"move": Move.DISPATCH, "to_status": Status.PENDING, "day": DAY, "at": AT, "actor_name": "系统"}
    return add(StatusChange(**{**named, **own, **fields}))


def make_report(**fields: Any) -> Report:
    """A draft on a new assignment; `state=ReportState.FILED` files it."""
    own: dict[str, Any] = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    if fields.get("state", ReportState.DRAFT) != ReportState.DRAFT:
        own |= {"filed_at": AT, "filed_on": DAY}
    named = {"author_name": "测试用户", "form_token": f"form-{next(numbers)}", "saved_at": AT}
    return add(Report(**{**named, **own, **fields}))


def make_evidence(**fields: Any) -> Evidence:
    """A file of a new report; its content is not stored."""
    n = next(numbers)
    report = db.session.get_one(Report, fields["report_id"]) if "report_id" in fields else make_report()
    own = {"report_id": report.id, "assignment_id": report.assignment_id}
    named = {"name": f"佐证{n}.pdf", "sha256": f"{n:064x}", "size": 1, "uploaded_by": "测试用户", "uploaded_at": AT}
    return add(Evidence(**{**named, **own, **fields}))


def make_review(**fields: Any) -> Review:
    """An acceptance of a new completion report."""
    own: dict[str, Any] = {}
    if "report_id" not in fields:
        own["report_id"] = make_report(kind=ReportKind.COMPLETION, state=ReportState.ACCEPTED).id
    named = {"reviewer_name": "测试审核员", "decision": Decision.ACCEPT, "at": AT, "day": DAY}
    return add(Review(**{**named, **own, **fields}))


def make_message(**fields: Any) -> Message:
    """A letter that waits to be sent."""
    n = next(numbers)
    named = {"key": f"test:{n}", "kind": "digest", "channel": "email", "recipient": f"user-{n}"}
    letter = {
        "address": f"user-{n}@example.invalid",
        "subject": "测试",
        "body_text": "测试",
        "body_html": "<p>测试</p>",
    }
    return add(
        Message(**{"reason": "测试", "day": DAY, "queued_at": AT, "next_try_at": AT, **named, **letter, **fields})
    )


def make_notice(**fields: Any) -> Notice:
    """A notice that a new letter carried."""
    own: dict[str, Any] = {}
    for name, make in (("user_id", make_user), ("assignment_id", make_assignment), ("message_id", make_message)):
        if name not in fields:
            own[name] = make().id
    return add(Notice(**{"due_on": DUE, "step": "due_month", "day": DAY, **own, **fields}))


def make_lease(**fields: Any) -> Lease:
    """A duty somebody held."""
    return add(Lease(**{"name": f"duty-{next(numbers)}", "holder": "test", "until": AT, "beat_at": AT, **fields}))


def make_policy(**fields: Any) -> ReminderPolicy:
    """The default way of reminding, as a new plan's own."""
    own = {} if "plan_id" in fields else {"plan_id": make_plan().id}
    names = ("shift", "repeat_days", "repeat_weekday", "crowded_percent", "period", "daily_budget", "urge_hours")
    return add(ReminderPolicy(**{**{name: getattr(DEFAULT_PLAN, name) for name in names}, **own, **fields}))


def make_offset(**fields: Any) -> ReminderOffset:
    """One offset of a new policy."""
    own = {} if "plan_id" in fields else {"plan_id": make_policy().plan_id}
    return add(ReminderOffset(**{"unit": Unit.DAYS, "amount": -7, **own, **fields}))


def make_rung(**fields: Any) -> EscalationRung:
    """One rung of a new policy."""
    own = {} if "plan_id" in fields else {"plan_id": make_policy().plan_id}
    return add(
        EscalationRung(**{"trigger": Trigger.OVERDUE, "workdays": 3, "target": Target.SECTION_HEAD, **own, **fields})
    )


def make_quiet_period(**fields: Any) -> QuietPeriod:
    """One quiet day of a new policy."""
    own = {} if "plan_id" in fields else {"plan_id": make_policy().plan_id}
    return add(QuietPeriod(**{"first_day": DUE, "last_day": DUE, "reason": "测试", **own, **fields}))


def make_pause(**fields: Any) -> ReminderPause:
    """A pause of a new assignment's reminders."""
    own = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    named = {"first_day": DAY, "until_day": DUE, "reason": "测试", "at": AT, "actor_name": "测试"}
    return add(ReminderPause(**{**named, **own, **fields}))


def make_urge(**fields: Any) -> Urge:
    """A 催办 of a new assignment."""
    own = {} if "assignment_id" in fields else {"assignment_id": make_assignment().id}
    return add(Urge(**{"day": DAY, "at": AT, "actor_name": "测试", "text": "请抓紧办理。", **own, **fields}))


def make_reminder_run(**fields: Any) -> ReminderRun:
    """A day whose letters were planned."""
    return add(ReminderRun(**{"day": DAY, "at": AT, "letters": 0, **fields}))


def make_preference(**fields: Any) -> Preference:
    """A new person's own way of being reminded."""
    own = {} if "user_id" in fields else {"user_id": make_user().id}
    return add(Preference(**{**own, **fields}))


def make_endpoint(**fields: Any) -> Endpoint:
    """A webhook that nobody answers."""
    named = {"kind": "webhook", "name": f"测试{next(numbers)}", "url": "http://127.0.0.1:9/hook"}
    return add(Endpoint(**{**named, **fields}))


def make_preferred_endpoint(**fields: Any) -> PreferredEndpoint:
    """A new person who wants letters on a new webhook."""
    own: dict[str, Any] = {}
    for name, make in (("user_id", make_user), ("endpoint_id", make_endpoint)):
        if name not in fields:
            own[name] = make().id
    return add(PreferredEndpoint(**{**own, **fields}))


def make_calendar_feed(**fields: Any) -> CalendarFeed:
    """A new person's calendar feed."""
    own = {} if "user_id" in fields else {"user_id": make_user().id}
    return add(CalendarFeed(**{"token_hash": f"{next(numbers):064x}", "created_at": AT, **own, **fields}))


def make_attachment(**fields: Any) -> MessageAttachment:
    """A file that goes with a new letter."""
    own = {} if "message_id" in fields else {"message_id": make_message().id}
    named = {"position": next(numbers), "name": "附件.pdf", "sha256": "0" * 64, "size": 1}
    return add(MessageAttachment(**{**named, **own, **fields}))


def make_job_run(**fields: Any) -> JobRun:
    """A run of a job."""
    return add(JobRun(**{"name": f"job-{next(numbers)}", "holder": "test", "started_at": AT, **fields}))


def make_workday_override(**fields: Any) -> WorkdayOverride:
    """A Monday off."""
    return add(WorkdayOverride(**{"day": date(2021, 3, 1), "working": False, **fields}))


def make_holiday_year(**fields: Any) -> HolidayYear:
    """A year whose arrangement was imported."""
    return add(HolidayYear(**{"year": 2027, "source": "测试", "at": AT, "actor_name": "测试", **fields}))


def make_audit_entry(**fields: Any) -> AuditEntry:
    """One act on record."""
    named = {"at": AT, "day": DAY, "account": "system", "act": "test", "object_type": "plan", "object_id": 1}
    return add(AuditEntry(**{"number": next(numbers), **named, **fields}))
