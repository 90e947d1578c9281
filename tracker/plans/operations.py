"""Stores a plan as read from its document, with the settings the document leaves open."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, func, select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.people import queries as people
from tracker.people.queries import Directory
from tracker.plans import freezes
from tracker.plans.models import (
    Anomaly,
    Milestone,
    Plan,
    PlanState,
    Responsibility,
    Section,
    SourceDocument,
    Task,
)
from tracker.rules.calendar import DeadlineKind
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text.drafts import DocumentHead, MilestoneDraft, PartyDraft, PlanDraft, TaskDraft
from tracker.rules.plan_text.patches import Patch
from tracker.rules.words import say


class PlanRefused(ValueError):
    """A plan that cannot be stored as it is; the message says what to correct."""


@dataclass(frozen=True)
class PlanSettings:
    """What no document says and someone must decide; the defaults are those of requirements, part 5."""

    owner: str = ""
    counter_reviewer: str = ""
    base_points: Decimal = Decimal(20)
    points_per_miss: Decimal = Decimal(1)
    late_counts: bool = False
    near_days: int = 7
    offices_report: bool = True
    rule_quote: str = ""
    rule_source: str = ""
    acceptance: Mapping[str, str] = field(default_factory=dict)
    """The acceptance sentence of each task, by number."""


def create_plan(
    actor: Actor,
    at: datetime,
    draft: PlanDraft,
    *,
    filename: str,
    text: str,
    settings: PlanSettings,
    patches: Sequence[Patch] = (),
) -> Plan:
    """Store a draft with its source and the corrections it was read with; raise PlanRefused.

    `text` is the document as it came; a plan known already, unknown units and unread deadlines are refused.
    """
    require(actor, Action.EDIT_PLAN)
    head = draft.head
    if not head.doc_number or not head.issued_on:
        raise PlanRefused(say("文件中没有找到文号或印发日期，无法建立方案。请核对文件是否完整。"))
    if db.session.scalar(select(Plan.id).where(Plan.doc_number == head.doc_number)):
        raise PlanRefused(say("{doc_number} 已经导入过，不能重复导入。", doc_number=head.doc_number))
    _refuse_unread_deadlines(draft)
    issuer = people.find_unit(head.issuer)
    directory = people.directory(issuer.id, head.issued_on)
    _refuse_unknown(draft, directory)
    plan = _plan(head, issuer.id, directory, settings)
    plan.source_id = _keep_source(at, filename, text)
    db.session.add(plan)
    db.session.flush()  # its id is needed by everything below it
    _add_sections(plan, draft, directory, settings.acceptance)
    for position, milestone in enumerate(draft.milestones, 1):
        db.session.add(_milestone(plan.id, position, milestone))
    _add_anomalies(plan.id, draft)
    _add_patches(plan.id, patches)
    audit.record(actor, at, "create_plan", "plan", plan.id, head.doc_number)
    return plan


def _plan(head: DocumentHead, issuer_id: int, directory: Directory, settings: PlanSettings) -> Plan:
    return Plan(
        issuer_id=issuer_id,
        owner_id=_office(directory, settings.owner),
        counter_reviewer_id=_office(directory, settings.counter_reviewer),
        doc_number=head.doc_number,
        title=head.title,
        issuer=head.issuer,
        issued_on=head.issued_on,
        printed_on=head.printed_on,
        openness=head.openness,
        parent_document=f"{head.parent.title}（{head.parent.doc_number}）" if head.parent else "",
        addressees="、".join(head.addressees),
        copied_to="、".join(head.copied_to),
        base_points=settings.base_points,
        points_per_miss=settings.points_per_miss,
        late_counts=settings.late_counts,
        near_days=settings.near_days,
        offices_report=settings.offices_report,
        rule_quote=settings.rule_quote,
        rule_source=settings.rule_source,
    )


def mark_published(actor: Actor, at: datetime, plan: Plan) -> None:
    """Let the plan bind from the day of `at`; raise PlanRefused if it does already, or two tasks have one number."""
    require(actor, Action.EDIT_PLAN)
    if plan.state == PlanState.PUBLISHED:
        raise PlanRefused(say("{doc_number} 已经发布。", doc_number=plan.doc_number))
    _refuse_repeated_numbers(plan)
    plan.state = PlanState.PUBLISHED
    plan.published_on = at.date()
    audit.record(actor, at, "publish_plan", "plan", plan.id)


def _refuse_repeated_numbers(plan: Plan) -> None:
    """A task is told by its number in every list, letter and score: two of one number could not be told apart."""
    of_plan = select(Task.number).where(Task.plan_id == plan.id).group_by(Task.number).having(func.count() > 1)
    repeated = db.session.scalars(of_plan.order_by(func.min(Task.position))).all()
    if repeated:
        raise PlanRefused(
            say(
                "{doc_number} 中序号重复：{numbers} 各有不止一项任务，不能发布。"
                "请删除草稿，在文件中改正，或用更正文件（--patches）说明后重新导入。",
                doc_number=plan.doc_number,
                numbers=list(repeated),
            )
        )


def edit_acceptance(actor: Actor, at: datetime, task_id: int, version: int, sentence: str) -> Task:
    """Change a task's acceptance sentence, if nobody changed it since `version`; else raise StaleText."""
    require(actor, Action.EDIT_PLAN)
    task = db.session.get_one(Task, task_id)
    if task.version != version:
        raise StaleText(mine=sentence, theirs=task.acceptance, version=task.version)
    freezes.require_open(task.plan_id)
    task.acceptance = sentence.strip()
    audit.record(actor, at, "edit_acceptance", "task", task.id, task.acceptance, about_task=task.id)
    db.session.flush()  # a lost race shows here, not at commit
    return task


@dataclass(frozen=True)
class FirstRule:
    """How a plan scores from its publication on; later versions belong to scoring."""

    base_points: Decimal
    points_per_miss: Decimal
    late_counts: bool

    def __str__(self) -> str:
        """Say it in one line, for the record and for comparison."""
        return (
            f"满分 {self.base_points.normalize():f} 分；每项未完成扣 {self.points_per_miss.normalize():f} 分；"
            f"逾期后办结{'扣分' if self.late_counts else '不扣分'}；"
        )


@dataclass(frozen=True)
class Terms:
    """What may be changed on a plan: when a task is near, who reports, who reviews; before its publication the score.

    Without `rule` the score is left as it is: on a published plan it would change the scores of days that passed.
    """

    near_days: int
    offices_report: bool
    review_levels: int = 1
    rule: FirstRule | None = None

    def __str__(self) -> str:
        """Say it in one line, for the record and for comparison."""
        return (
            f"{self.rule or ''}{self.near_days} 天内为临期；"
            f"司法所{'填报' if self.offices_report else '不填报'}；"
            f"{'区局审签后市局审核' if self.review_levels == 2 else '市局审核'}"
        )


def terms_of(plan: Plan) -> Terms:
    """Return a plan's present terms, with the score where it may still be changed here."""
    rule = FirstRule(plan.base_points, plan.points_per_miss, plan.late_counts)
    draft = plan.state != PlanState.PUBLISHED
    return Terms(plan.near_days, plan.offices_report, plan.review_levels, rule if draft else None)


def edit_terms(actor: Actor, at: datetime, plan_id: int, version: int, terms: Terms) -> Plan:
    """Change a plan's terms, if nobody changed it since `version`; else raise StaleText.

    Raise PlanRefused for the score of a published plan: it changes by a new version of the rule, from a day on.
    """
    require(actor, Action.EDIT_PLAN)
    plan = db.session.get_one(Plan, plan_id, with_for_update=True)
    if plan.version != version:
        raise StaleText(mine=str(terms), theirs=str(terms_of(plan)), version=plan.version)
    freezes.require_open(plan.id)
    if terms.rule is not None:
        if plan.state == PlanState.PUBLISHED:
            raise PlanRefused(say("方案已经发布，计分设定请在评分规则中修改，从修改当天起算。"))
        plan.base_points, plan.points_per_miss = terms.rule.base_points, terms.rule.points_per_miss
        plan.late_counts = terms.rule.late_counts
    plan.near_days, plan.offices_report = terms.near_days, terms.offices_report
    plan.review_levels = terms.review_levels
    audit.record(actor, at, "edit_terms", "plan", plan.id, str(terms))
    db.session.flush()  # a lost race shows here, not at commit
    return plan


class StaleText(ValueError):
    """Someone else changed the text first; both texts are kept for the person to compare."""

    def __init__(self, mine: str, theirs: str, version: int) -> None:
        """Keep both texts and the version that now stands."""
        super().__init__(say("该内容刚被他人修改，您的修改没有保存。"))
        self.mine, self.theirs, self.version = mine, theirs, version


def _refuse_unread_deadlines(draft: PlanDraft) -> None:
    """A deadline that names no day would never be overdue: better no plan than one that forgets a task."""
    dated = (DeadlineKind.NONE, DeadlineKind.MONTH, DeadlineKind.DATE, DeadlineKind.QUARTER, DeadlineKind.RANGE)
    unread = [
        say(
            "第 {deadline_line} 行“{raw}”（第{number}项）",
            deadline_line=task.deadline_line or task.line_to,
            raw=task.deadline.raw,
            number=task.number,
        )
        for task in draft.tasks
        if task.deadline.raw and task.deadline.kind in dated and task.deadline.due_on is None
    ]
    if unread:
        raise PlanRefused(
            say(
                "完成时间读不懂：{unread}。请在文件中改正，或用更正文件（--patches）说明后重新导入。",
                unread="；".join(unread),
            )
        )


def _refuse_unknown(draft: PlanDraft, directory: Directory) -> None:
    unknown = sorted(
        {
            party.name
            for task in draft.tasks
            for party in task.parties
            if party.name not in directory.organizations and party.name not in directory.groups
        }
    )
    if unknown:
        raise PlanRefused(
            say("单位库中没有：{unknown}。请先在单位管理中登记名称或别名，再重新导入。", unknown=list(unknown))
        )


def _keep_source(at: datetime, filename: str, text: str) -> int:
    source = SourceDocument(
        filename=filename, sha256=hashlib.sha256(text.encode()).hexdigest(), text=text, stored_at=at
    )
    db.session.add(source)
    db.session.flush()  # its id is needed by the plan
    return source.id


def _office(directory: Directory, name: str) -> int | None:
    if not name:
        return None
    if name not in directory.organizations:
        raise PlanRefused(say("设置中的“{name}”不在单位库中。", name=name))
    return directory.organizations[name]


def _add_sections(plan: Plan, draft: PlanDraft, directory: Directory, acceptance: Mapping[str, str]) -> None:
    position = 0
    for order, section_draft in enumerate(draft.sections, 1):
        section = Section(plan_id=plan.id, position=order, number=section_draft.number, title=section_draft.title)
        db.session.add(section)
        db.session.flush()  # its id is needed by its tasks
        for task_draft in section_draft.tasks:
            position += 1
            task = _task(plan.id, section.id, position, task_draft, acceptance.get(task_draft.number, ""))
            db.session.add(task)
            db.session.flush()  # its id is needed by its parties
            for order_in_task, party in enumerate(task_draft.parties, 1):
                db.session.add(_responsibility(task.id, order_in_task, party, directory))


def _task(plan_id: int, section_id: int, position: int, draft: TaskDraft, acceptance: str) -> Task:
    return Task(
        plan_id=plan_id,
        section_id=section_id,
        position=position,
        number=draft.number,
        text=draft.text,
        deadline_kind=draft.deadline.kind,
        deadline_value=draft.deadline.value or "",
        deadline_raw=draft.deadline.raw,
        due_on=draft.deadline.due_on,
        line_from=draft.line_from,
        line_to=draft.line_to,
        acceptance=acceptance,
    )


def _responsibility(task_id: int, position: int, party: PartyDraft, directory: Directory) -> Responsibility:
    return Responsibility(
        task_id=task_id,
        position=position,
        role=party.role.value,
        printed_name=party.printed,
        organization_id=directory.organizations.get(party.name),
        group_id=directory.groups.get(party.name) if party.name not in directory.organizations else None,
    )


def _milestone(plan_id: int, position: int, draft: MilestoneDraft) -> Milestone:
    notes = []
    if draft.sessions:
        notes.append(f"分{draft.sessions}期、每期{draft.days_per_session}天")
    if draft.window.ambiguous:
        notes.append("原文时限有两种理解，按较晚一日计")
    if draft.outside_phase:
        notes.append("时间超出所在阶段标题的起止")
    return Milestone(
        plan_id=plan_id,
        position=position,
        kind=draft.kind,
        title=draft.title,
        owner=draft.owner,
        date_raw=draft.window.raw,
        starts_on=draft.window.starts_on,
        due_on=draft.window.ends_on,
        line_from=draft.line_from,
        line_to=draft.line_to,
        note="；".join(notes),
    )


def _add_anomalies(plan_id: int, draft: PlanDraft) -> None:
    for problem in draft.problems:
        db.session.add(
            Anomaly(
                plan_id=plan_id,
                code=problem.code,
                severity=problem.severity.value,
                line_from=problem.line_from,
                line_to=problem.line_to,
                message=problem.message,
                handled=problem.handled,
            )
        )


def _add_patches(plan_id: int, patches: Sequence[Patch]) -> None:
    for patch in patches:
        db.session.add(
            Anomaly(
                plan_id=plan_id,
                code="patched",
                severity="notice",
                line_from=patch.line,
                line_to=patch.line,
                message=f"更正：“{patch.old}”改为“{patch.new}”。",
                handled=f"{patch.author}：{patch.reason}",
            )
        )


def remove_draft(actor: Actor, at: datetime, plan: Plan) -> None:
    """Take an unpublished plan out again, so that a corrected document can be imported; raise PlanRefused."""
    require(actor, Action.EDIT_PLAN)
    if plan.state == PlanState.PUBLISHED:
        raise PlanRefused(say("{doc_number} 已经发布交办，不能删除。个别事项可以撤销。", doc_number=plan.doc_number))
    source_id = plan.source_id
    tasks = select(Task.id).where(Task.plan_id == plan.id)
    db.session.execute(delete(Responsibility).where(Responsibility.task_id.in_(tasks)))
    for model in (Task, Section, Milestone, Anomaly):
        db.session.execute(delete(model).where(model.plan_id == plan.id))
    db.session.delete(plan)
    db.session.flush()  # the plan refers to its source
    db.session.execute(delete(SourceDocument).where(SourceDocument.id == source_id))
    audit.record(actor, at, "remove_plan", "plan", plan.id, plan.doc_number)


def published_day(plan: Plan) -> date:
    """Return the day the document went out: its printing, otherwise its date."""
    return plan.printed_on or plan.issued_on
