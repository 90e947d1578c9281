"""Stores a plan as read from its document, with what the document leaves open."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.people import queries as people
from tracker.people.models import Organization
from tracker.people.queries import Directory, UnknownUnit
from tracker.plans import rows
from tracker.plans.changes import Changed, note
from tracker.plans.models import Plan, Responsibility, Section, SourceDocument, Task, TaskTarget
from tracker.plans.operations import PlanRefused
from tracker.plans.settings import EarlyChoice, Means, PlanSettings, Source
from tracker.rules.calendar import DeadlineKind
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text.drafts import (
    DocumentHead,
    PartyDraft,
    PlanDraft,
    TaskDraft,
    TaskKind,
)
from tracker.rules.plan_text.editing import BY_PERSON
from tracker.rules.plan_text.patches import Patch
from tracker.rules.plans import Early, ReportEvery
from tracker.rules.words import say


def create_plan(
    actor: Actor,
    at: datetime,
    draft: PlanDraft,
    *,
    source: Source,
    settings: PlanSettings,
    patches: Sequence[Patch] = (),
    anomalies: bool = True,
) -> Plan:
    """Store a draft with its source and the corrections it was read with; raise PlanRefused.

    A plan known already, unknown units and unread deadlines are refused. Without `anomalies` the caller keeps what is
    odd about the source.
    """
    require(actor, Action.EDIT_PLAN)
    head = draft.head
    if not head.doc_number or not head.issued_on:
        raise PlanRefused(say("文件中没有找到文号或印发日期，无法建立方案。请核对文件是否完整。"))
    if db.session.scalar(select(Plan.id).where(Plan.doc_number == head.doc_number)):
        raise PlanRefused(say("{doc_number} 已经导入过，不能重复导入。", doc_number=head.doc_number))
    refuse_unread_deadlines(draft)
    issuer = issuer_of(head)
    names = meanings(issuer.id, head.issued_on, settings.units)
    _refuse_unknown(draft, names)
    plan = _plan(head, issuer.id, people.directory(issuer.id, head.issued_on), settings)
    plan.source_id = _keep_source(at, source)
    db.session.add(plan)
    db.session.flush()  # its id is needed by everything below it
    _Builder(actor, at, plan, names, settings).add_sections(draft)
    db.session.add_all(rows.milestone(plan.id, place, step) for place, step in enumerate(draft.milestones, 1))
    db.session.add_all(rows.year(plan, goal) for goal in draft.years)
    if anomalies:
        db.session.add_all(rows.anomaly(problem, plan_id=plan.id) for problem in draft.problems)
        db.session.add_all(rows.patched(patch, plan_id=plan.id) for patch in patches)
    audit.record(actor, at, "create_plan", "plan", plan.id, head.doc_number)
    return plan


def issuer_of(head: DocumentHead) -> Organization:
    """Return the unit that issued a document; raise PlanRefused where the directory does not know it."""
    try:
        return people.find_unit(head.issuer)
    except UnknownUnit as unknown:
        raise PlanRefused(say("发文单位：{unknown}", unknown=str(unknown))) from None


def meanings(issuer_id: int, day: date, chosen: Mapping[str, Means]) -> dict[str, Means]:
    """Return what each name means on a day in a document of this issuer: as chosen, otherwise as the directory says."""
    directory = people.directory(issuer_id, day)
    groups = {name: Means(group_id=id_) for name, id_ in directory.groups.items()}
    units = {name: Means(organization_id=id_) for name, id_ in directory.organizations.items()}
    return {**groups, **units, **chosen}


def unknown_names(draft: PlanDraft, names: Mapping[str, Means]) -> list[str]:
    """Return the names that no unit or group bears, in their alphabet's order; withdrawn tasks bind nobody."""
    return sorted({party.name for task in binding(draft) for party in task.parties if party.name not in names})


def binding(draft: PlanDraft) -> Iterable[TaskDraft]:
    """Return the tasks that were not withdrawn."""
    return (task for task in draft.tasks if not task.withdrawn)


def key_of(task: TaskDraft) -> str:
    """Return under which name settings know a task."""
    return task.key or task.number


def is_early(task: TaskDraft, head: DocumentHead) -> bool:
    """Tell whether a task was due before its document was issued (X3-01)."""
    due_on = task.deadline.due_on
    return due_on is not None and head.issued_on is not None and due_on < head.issued_on


def needs_choice(task: TaskDraft, head: DocumentHead) -> bool:
    """Tell whether a person has to say what becomes of a task that was due before its document was issued."""
    return not task.withdrawn and task.kind is TaskKind.TASK and is_early(task, head)


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
        scored=settings.scored,
        closing=settings.closing,
        period_from=settings.period_from,
        period_to=settings.period_to,
        rule_quote=settings.rule_quote,
        rule_source=settings.rule_source,
    )


def refuse_unread_deadlines(draft: PlanDraft) -> None:
    """Raise PlanRefused for a deadline that names no day: it would never be overdue, and the task be forgotten."""
    unread = [
        say(
            "第 {deadline_line} 行“{raw}”（第{number}项）",
            deadline_line=task.deadline_line or task.line_to,
            raw=task.deadline.raw,
            number=task.number,
        )
        for task in unread_deadlines(draft)
    ]
    if unread:
        raise PlanRefused(
            say(
                "完成时间读不懂：{unread}。请在文件中改正，或用更正文件（--patches）说明后重新导入。",
                unread="；".join(unread),
            )
        )


def unread_deadlines(draft: PlanDraft) -> list[TaskDraft]:
    """Return the tasks whose printed deadline names no day; one that a person took away was read by that person."""
    dated = (DeadlineKind.NONE, DeadlineKind.MONTH, DeadlineKind.DATE, DeadlineKind.QUARTER, DeadlineKind.RANGE)
    return [
        task
        for task in binding(draft)
        if task.deadline.raw and task.deadline.kind in dated and task.deadline.due_on is None
        if "deadline" not in task.evidence or task.evidence["deadline"].rule != BY_PERSON.rule
    ]


def _refuse_unknown(draft: PlanDraft, names: Mapping[str, Means]) -> None:
    if unknown := unknown_names(draft, names):
        raise PlanRefused(say("单位库中没有：{unknown}。请先在单位管理中登记名称或别名，再重新导入。", unknown=unknown))


def _keep_source(at: datetime, source: Source) -> int:
    kept = SourceDocument(
        filename=source.filename,
        sha256=hashlib.sha256(source.text.encode()).hexdigest(),
        text=source.text,
        places=json.dumps(list(source.places), ensure_ascii=False),
        kind=source.kind,
        file_sha256=source.file_sha256,
        stored_at=at,
    )
    db.session.add(kept)
    db.session.flush()  # its id is needed by the plan
    return kept.id


def _office(directory: Directory, name: str) -> int | None:
    if not name:
        return None
    if name not in directory.organizations:
        raise PlanRefused(say("设置中的“{name}”不在单位库中。", name=name))
    return directory.organizations[name]


@dataclass(frozen=True)
class _Builder:
    """Writes the rows of one plan's sections and tasks."""

    actor: Actor
    at: datetime
    plan: Plan
    names: Mapping[str, Means]
    settings: PlanSettings

    def add_sections(self, draft: PlanDraft) -> None:
        position = 0
        for order, drawn in enumerate(draft.sections, 1):
            section = Section(plan_id=self.plan.id, position=order, number=drawn.number, title=drawn.title)
            db.session.add(section)
            db.session.flush()  # its id is needed by its tasks
            for task in drawn.tasks:
                position += 1
                self._add_task(draft.head, section.id, position, task)

    def _add_task(self, head: DocumentHead, section_id: int, position: int, draft: TaskDraft) -> None:
        task = _task(self.plan.id, section_id, position, draft, self.settings)
        db.session.add(task)
        db.session.flush()  # its id is needed by its parties
        bound = (party for party in draft.parties if self.names.get(party.name, _NOBODY) != _NOBODY)
        for place, party in enumerate(bound, 1):
            db.session.add(_responsibility(task.id, place, party, self.names[party.name]))
        for place, target in enumerate(draft.targets, 1):
            named = {"raw": target.raw, "amount": target.amount, "unit": target.unit, "per": target.per}
            db.session.add(TaskTarget(task_id=task.id, position=place, **named))
        if draft.withdrawn:
            task.withdrawn_on = self.at.date()
            note(self.actor, self.at, task, Changed.WITHDRAWN, "", "", draft.withdrawn)
        elif is_early(draft, head):
            self._settle_early(task, self.settings.early.get(key_of(draft)))

    def _settle_early(self, task: Task, decided: EarlyChoice | None) -> None:
        task.early = decided.choice if decided else Early.UNDECIDED
        if decided and decided.choice is Early.MOVED:
            if decided.due_on is None:
                raise PlanRefused(say("第{number}项选择了顺延，请写明新的完成时限。", number=task.number))
            note(self.actor, self.at, task, Changed.DUE, str(task.due_on), str(decided.due_on), decided.reason)
            task.due_on = decided.due_on
        elif decided:
            note(self.actor, self.at, task, Changed.EARLY, "", decided.choice, decided.reason)


_NOBODY = Means()


def _task(plan_id: int, section_id: int, position: int, draft: TaskDraft, settings: PlanSettings) -> Task:
    usual = ReportEvery.YEAR if draft.kind is TaskKind.REQUIREMENT else ReportEvery.RULES
    return Task(
        plan_id=plan_id,
        section_id=section_id,
        position=position,
        number=draft.number,
        text=draft.text,
        deadline_kind=draft.deadline.kind,
        deadline_value=draft.deadline.value or "",
        deadline_raw=draft.deadline.raw[:100],
        due_on=None if draft.kind is TaskKind.REQUIREMENT else draft.deadline.due_on,
        line_from=draft.line_from,
        line_to=draft.line_to,
        acceptance=settings.acceptance.get(key_of(draft), ""),
        kind=draft.kind,
        report_every=settings.report_every.get(key_of(draft), usual),
        evidence=json.dumps({name: asdict(found) for name, found in draft.evidence.items()}, ensure_ascii=False),
    )


def _responsibility(task_id: int, position: int, party: PartyDraft, means: Means) -> Responsibility:
    return Responsibility(
        task_id=task_id,
        position=position,
        role=party.role.value,
        printed_name=party.printed[:60],
        organization_id=means.organization_id,
        group_id=means.group_id if means.organization_id is None else None,
    )
