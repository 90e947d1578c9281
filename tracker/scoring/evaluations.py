"""Opens the evaluation of a plan's districts, keeps the city's word on each task, and publishes the results."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import freezes
from tracker.plans.models import Plan, PlanState
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.status import MoveRefused, Outdated
from tracker.rules.words import say
from tracker.scoring import evaluation_queries as queries
from tracker.scoring import terms, verdicts
from tracker.scoring.evaluation_queries import District
from tracker.scoring.models import Evaluation, EvaluationResult
from tracker.scoring.queries import UnknownDistrict
from tracker.scoring.verdicts import RowsChanged, Said

PUBLISHED = say("评估结果已经公布，认定不能再改。区局有不同意见的，由区局负责人提出异议。")
NAMED = 3
"""Districts that a refusal names, where there are more."""


def open_evaluation(actor: Actor, at: datetime, plan: Plan) -> Evaluation:
    """Begin the evaluation of a published plan; raise MoveRefused before its first day, or where it was begun."""
    require(actor, Action.EVALUATE)
    freezes.hold(plan.id)
    freezes.require_open(plan.id)
    if plan.state != PlanState.PUBLISHED:
        raise MoveRefused(say("{number} 还没有发布，没有可以评估的任务。", number=plan.doc_number))
    if queries.evaluation(plan.id) is not None:
        raise MoveRefused(say("{number} 的评估已经开始。", number=plan.doc_number))
    begins = terms.at(plan, at.date()).procedure.evaluation_from
    if begins is not None and at.date() < begins:
        raise MoveRefused(say("评估从 {day:long} 起进行，现在还不能开始。", day=begins))
    found = Evaluation(plan_id=plan.id, opened_on=at.date(), opened_at=at, opened_by=actor.name)
    db.session.add(found)
    db.session.flush()  # two at once: the second finds the plan's place taken
    audit.record(actor, at, "open_evaluation", "plan", plan.id, plan.doc_number)
    return found


def judge(actor: Actor, at: datetime, plan: Plan, district_id: int, said: dict[int, Said], rest: bool = False) -> int:
    """Keep the city's word on a district's tasks, with `rest` also on all others as the record says; return how many.

    Raise RowsRefused, RowsChanged, MoveRefused, UnknownDistrict; then nothing is kept.
    """
    require(actor, Action.EVALUATE)
    _held(plan)
    found = queries.district(plan, district_id, at.date())
    if found is None:
        raise UnknownDistrict(say("没有找到这个区的评估：该单位没有承担本方案的任务。"))
    stale = verdicts.changed(found.items, Stage.CITY, said)
    if stale:
        raise RowsChanged(stale)
    new = verdicts.check(found.items, Stage.CITY, said)
    told = verdicts.words(new)
    if rest:
        by_record = _others(found, {item.assignment_id for item, _ in new})
        told = "；".join(part for part in (told, f"其余 {len(by_record)} 项按记录认定") if part)
        new += by_record
    if new:
        verdicts.keep(actor, at, Stage.CITY, plan.id, new)
        audit.record(actor, at, "judge_tasks", "plan", plan.id, told, about_unit=district_id)
    return len(new)


def _others(found: District, ids: set[int]) -> list[tuple[queries.Item, Said]]:
    return [pair for pair in verdicts.by_record(found.items, Stage.CITY) if pair[0].assignment_id not in ids]


def rest(found: Sequence[District]) -> tuple[dict[int, dict[Verdict, int]], str]:
    """Return how many tasks of each district would be judged how, as the record says, and a token of it all."""
    open_ones = {each.id: [(item.assignment_id, said.verdict) for item, said in _others(each, set())] for each in found}
    numbers = {
        id_: {verdict: sum(one is verdict for _, one in pairs) for verdict in Verdict}
        for id_, pairs in open_ones.items()
        if pairs
    }
    return numbers, queries.mark(*(f"{id_} {verdict}" for pairs in open_ones.values() for id_, verdict in pairs))


def judge_rest(actor: Actor, at: datetime, plan: Plan, seen: str | None = None) -> int:
    """Judge everything of which nothing was said yet as the record says, in all districts; return how many.

    `seen` is the token of what the person confirmed; raise Outdated where it is something else now.
    """
    require(actor, Action.EVALUATE)
    _held(plan)
    every, number = queries.districts(plan, at.date()), 0
    if seen is not None and rest(every)[1] != seen:
        raise Outdated(say("您打开页面之后，记录或认定又有改动，这次没有认定。请再看一遍各区的项数，再确认。"))
    for found in every:
        new = _others(found, set())
        if new:
            verdicts.keep(actor, at, Stage.CITY, plan.id, new)
            detail = f"其余 {len(new)} 项按记录认定"
            audit.record(actor, at, "judge_tasks", "plan", plan.id, detail, about_unit=found.id)
        number += len(new)
    return number


def publish(actor: Actor, at: datetime, plan: Plan, seen: str) -> Evaluation:
    """Publish the results: from this day on the score follows them where they differ from the record.

    Raise MoveRefused unless every task is judged, every difference has its reason, and nothing changed since `seen`.
    """
    require(actor, Action.EVALUATE)
    held = _held(plan)
    found = queries.districts(plan, at.date())
    _require_complete(found)
    if queries.seen(found) != seen:
        raise Outdated(say("您打开页面之后，认定又有改动。请再看一遍各区的情况，再公布。"))
    for each in found:
        for item in each.items:
            if item.differs(Stage.CITY):
                _override(item.assignment_id, item.status)
    held.published_on, held.published_at, held.published_by = at.date(), at, actor.name
    differing = sum(each.differing for each in found)
    detail = f"{plan.doc_number} {len(found)} 个区，{differing} 项与记录不同"
    audit.record(actor, at, "publish_evaluation", "plan", plan.id, detail)
    db.session.flush()  # the letters state the scores that follow from it
    return held


def _override(assignment_id: int, status: str) -> None:
    db.session.execute(
        update(EvaluationResult)
        .where(EvaluationResult.assignment_id == assignment_id, EvaluationResult.stage == Stage.CITY)
        .values(overrides=status)
        .execution_options(synchronize_session=False)
    )


def _require_complete(found: Sequence[District]) -> None:
    if not found:
        raise MoveRefused(say("没有区局承担本方案的任务，没有可以公布的结果。"))
    missing = {each.name: len(each.items) - each.judged for each in found if each.judged < len(each.items)}
    if missing:
        raise MoveRefused(
            say("还有 {n} 项没有认定（{names}），认定完再公布。", n=sum(missing.values()), names=_named(missing))
        )
    unexplained = {each.name: each.unexplained for each in found if each.unexplained}
    if unexplained:
        raise MoveRefused(
            say(
                "有 {n} 项在认定之后记录变了，认定与记录不同又没有写理由（{names}）。请到该区核对。",
                n=sum(unexplained.values()),
                names=_named(unexplained),
            )
        )


def _named(numbers: dict[str, int]) -> str:
    shown = [say("{district} {n} 项", district=name, n=number) for name, number in list(numbers.items())[:NAMED]]
    return say("{names}等 {n} 个区", names=shown, n=len(numbers)) if len(numbers) > NAMED else say("{each}", each=shown)


def require_open(plan: Plan) -> None:
    """Raise MoveRefused where nothing can be said of a plan's tasks: not begun, published, or the scores are final."""
    freezes.require_open(plan.id)
    _require_open(plan, queries.evaluation(plan.id))


def _held(plan: Plan) -> Evaluation:
    """Hold the evaluation until the caller has committed; raise MoveRefused where nothing can be said any more."""
    freezes.require_open(plan.id)
    held = db.session.scalar(select(Evaluation).where(Evaluation.plan_id == plan.id).with_for_update())
    return _require_open(plan, held)


def _require_open(plan: Plan, held: Evaluation | None) -> Evaluation:
    if held is None:
        raise MoveRefused(say("{number} 的评估还没有开始。", number=plan.doc_number))
    if held.published_on is not None:
        raise MoveRefused(PUBLISHED)
    return held


def shown_on(found: Evaluation | None, today: date) -> date:
    """Return of which day an evaluation's pages show the record: once published, of that day."""
    return found.published_on or today if found else today
