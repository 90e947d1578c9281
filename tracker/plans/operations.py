"""Publishes a plan, changes its terms and standards, and takes a draft out again."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, func, select

from tracker.audit import operations as audit
from tracker.db import db
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
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say


class PlanRefused(ValueError):
    """A plan that cannot be stored as it is; the message says what to correct."""


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
