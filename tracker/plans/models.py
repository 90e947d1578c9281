"""The plan as read from its document, with the settings that the document leaves open."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Model, UtcDateTime, Versioned
from tracker.people.models import one_of
from tracker.rules.plan_text.drafts import TaskKind
from tracker.rules.plans import AnomalyState, Closing, Descent, Early, ImportState, ReportEvery


class PlanState(StrEnum):
    """Whether the plan binds anyone yet."""

    DRAFT = "draft"
    PUBLISHED = "published"


class PartyRole(StrEnum):
    """What a named party owes."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATING = "cooperating"


class SourceDocument(Model):
    """The document a plan was read from: its text line by line, and under `file_sha256` the file as it came.

    `places` is a JSON list: where each line stands in the file, empty for plain text. Without a file the text is all.
    """

    __tablename__ = "source_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    text: Mapped[str] = mapped_column(Text)
    places: Mapped[str] = mapped_column(Text, default="[]")
    kind: Mapped[str] = mapped_column(String(10), default="txt")
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Plan(Versioned, Model):
    """An issued plan. Points and thresholds are settings: the document says nothing about them (X1-11).

    With two `review_levels` a district's lead signs off before the city reviews. A plan that is not `scored` knows
    completion only (R3-06). `period_from` and `period_to` are the days it is to run, where the document tells.
    """

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint(one_of("state", PlanState), name="state"),
        CheckConstraint("(state = 'published') = (published_on IS NOT NULL)", name="published_on"),
        CheckConstraint("base_points >= 0 AND points_per_miss >= 0", name="points"),
        CheckConstraint("near_days BETWEEN 0 AND 90", name="near_days"),
        CheckConstraint("review_levels BETWEEN 1 AND 2", name="review_levels"),
        CheckConstraint(one_of("closing", Closing), name="closing"),
        CheckConstraint("period_from <= period_to", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source_document.id"), unique=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    counter_reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    doc_number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    issuer: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    printed_on: Mapped[date | None]
    openness: Mapped[str] = mapped_column(String(20), default="")
    parent_document: Mapped[str] = mapped_column(String(300), default="")
    addressees: Mapped[str] = mapped_column(String(300), default="")
    copied_to: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(20), default=PlanState.DRAFT)
    published_on: Mapped[date | None]
    base_points: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(20))
    points_per_miss: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))
    late_counts: Mapped[bool] = mapped_column(default=False)
    near_days: Mapped[int] = mapped_column(default=7)
    review_levels: Mapped[int] = mapped_column(default=1)
    offices_report: Mapped[bool] = mapped_column(default=True)
    scored: Mapped[bool] = mapped_column(default=True)
    closing: Mapped[str] = mapped_column(String(10), default=Closing.ALL)
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    rule_quote: Mapped[str] = mapped_column(String(300), default="")
    rule_source: Mapped[str] = mapped_column(String(200), default="")


class Section(Model):
    """A numbered part of the plan's task list."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))


class Task(Versioned, Model):
    """A numbered item of the plan: its exact text, its deadline as worded, the lines it stands on (0: added later).

    `evidence` is JSON: by field, the rule that read it, how sure it was, and the spans of the source.
    """

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("line_from <= line_to", name="lines"),
        CheckConstraint(one_of("kind", TaskKind), name="kind"),
        CheckConstraint(one_of("early", Early), name="early"),
        CheckConstraint(one_of("report_every", ReportEvery), name="report_every"),
        Index("ix_task_section", "section_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    deadline_kind: Mapped[str] = mapped_column(String(20))
    deadline_value: Mapped[str] = mapped_column(String(30), default="")
    deadline_raw: Mapped[str] = mapped_column(String(100), default="")
    due_on: Mapped[date | None]
    line_from: Mapped[int]
    line_to: Mapped[int]
    acceptance: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(12), default=TaskKind.TASK)
    early: Mapped[str] = mapped_column(String(10), default=Early.NONE)
    report_every: Mapped[str] = mapped_column(String(10), default=ReportEvery.RULES)
    evidence: Mapped[str] = mapped_column(Text, default="{}")
    withdrawn_on: Mapped[date | None]


class TaskChange(Model):
    """A change of a published task: what stood before, what stands now, why. The document's own text stays findable."""

    __tablename__ = "task_change"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_task_change_task", "task_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(500))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))


class Responsibility(Model):
    """A party named for a task, in the document's order; it is an organization or a group."""

    __tablename__ = "responsibility"
    __table_args__ = (
        UniqueConstraint("task_id", "position"),
        CheckConstraint(one_of("role", PartyRole), name="role"),
        CheckConstraint("(organization_id IS NULL) <> (group_id IS NULL)", name="one_party"),
        Index("ix_responsibility_organization", "organization_id", "task_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    printed_name: Mapped[str] = mapped_column(String(60))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("organization_group.id"))


class Milestone(Model):
    """A dated step of the plan besides its tasks: meeting, training, self-evaluation, evaluation."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(100), default="")
    date_raw: Mapped[str] = mapped_column(String(60), default="")
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    line_from: Mapped[int]
    line_to: Mapped[int]
    note: Mapped[str] = mapped_column(String(300), default="")


class Anomaly(Model):
    """Something about the source that a person should know, what the reader did about it, and what a person decided.

    It belongs to the import that found it until that is published, and to the plan from then on; `tasks` are numbers
    of tasks, as a JSON list.
    """

    __tablename__ = "anomaly"
    __table_args__ = (
        CheckConstraint("plan_id IS NOT NULL OR import_id IS NOT NULL", name="belongs"),
        CheckConstraint(one_of("state", AnomalyState), name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index("ix_anomaly_plan", "plan_id"),
        Index("ix_anomaly_import", "import_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("plan_import.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(20))
    line_from: Mapped[int]
    line_to: Mapped[int]
    message: Mapped[str] = mapped_column(Text)
    handled: Mapped[str] = mapped_column(Text, default="")
    found: Mapped[str] = mapped_column(Text, default="")
    tasks: Mapped[str] = mapped_column(Text, default="[]")
    state: Mapped[str] = mapped_column(String(10), default=AnomalyState.OPEN)
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlanYear(Model):
    """What a plan of several years wants in one of them; of a baseline year nothing can be overdue (X4-05)."""

    __tablename__ = "plan_year"
    __table_args__ = (UniqueConstraint("plan_id", "year"), CheckConstraint("line_from <= line_to", name="lines"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    goal: Mapped[str] = mapped_column(Text)
    baseline: Mapped[bool] = mapped_column(default=False)
    line_from: Mapped[int]
    line_to: Mapped[int]


class TaskTarget(Model):
    """A quantity that a task's text names: `raw` as printed; no amount where only a frequency is named."""

    __tablename__ = "task_target"
    __table_args__ = (UniqueConstraint("task_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    position: Mapped[int]
    raw: Mapped[str] = mapped_column(String(100))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    unit: Mapped[str] = mapped_column(String(20), default="")
    per: Mapped[str] = mapped_column(String(40), default="")


class TaskDescent(Model):
    """Which task came out of which, when a published task was split or merged."""

    __tablename__ = "task_descent"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id"),
        CheckConstraint(one_of("what", Descent), name="what"),
        Index("ix_task_descent_to", "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    to_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(10))
    day: Mapped[date]


class PlanImport(Versioned, Model):
    """A document on its way to a running plan; it can be left and taken up again, also by somebody else.

    `text` is the document line by line with `places` beside it, as in SourceDocument; `draft` is what was read and then
    worked on, `patches` the corrected lines, `units` which unit each printed name means, `settings` what the document
    leaves open; all four as JSON. `step` is where the person stood last.
    """

    __tablename__ = "plan_import"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="state"),
        CheckConstraint("state <> 'published' OR plan_id IS NOT NULL", name="plan_id"),
        Index("ix_plan_import_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=ImportState.OPEN)
    step: Mapped[str] = mapped_column(String(20), default="check")
    filename: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    file_sha256: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    places: Mapped[str] = mapped_column(Text, default="[]")
    draft: Mapped[str] = mapped_column(Text)
    patches: Mapped[str] = mapped_column(Text, default="[]")
    units: Mapped[str] = mapped_column(Text, default="{}")
    settings: Mapped[str] = mapped_column(Text, default="{}")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="SET NULL"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ImportChange(Model):
    """What a person did to an import: edited a field, split, merged or withdrew a task, chose a unit; and why."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_import", "import_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("plan_import.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    task_number: Mapped[str] = mapped_column(String(20), default="")
    field: Mapped[str] = mapped_column(String(20), default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
