"""Changes a plan's score rule and procedure: a new version from the day on, after a look at what it does to whom."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tracker.audit import operations as audit
from tracker.db import db
from tracker.plans import freezes
from tracker.plans import queries as plans
from tracker.plans.models import Plan, PlanState
from tracker.rules.calendar import YEARS
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.score_terms import OfficesCondition, Procedure, Rule
from tracker.rules.scoring import CENT
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.scoring import queries, terms
from tracker.scoring.models import ScoreRule
from tracker.scoring.queries import Standing
from tracker.scoring.terms import Terms

MOST_POINTS = Decimal(1000)
MOST_APPEAL_DAYS, MOST_ANSWER_DAYS = 365, 90
MAX_REASON, MAX_QUOTE, MAX_SOURCE = 500, 300, 200
TOO_FINE = say("小数点后最多写两位，例如 0.25。")

BOARD_TEXT: dict[bool, str] = {
    True: say("各区都能看到全部区的得分和名次"),
    False: say("各区只能看到本区的得分和名次"),
}


class Problem(NamedTuple):
    """What is wrong with a proposed version; `field` is what to correct, empty where it is no single one."""

    field: str
    text: str


class RuleRefused(ValueError):
    """A version that cannot be stored as it is; the problems say what to correct."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__(problems[0].text)
        self.problems = tuple(problems)


class StaleRule(ValueError):
    """Someone else made a version first; both are kept for the person to compare."""

    def __init__(self, mine: Terms, theirs: Terms) -> None:
        """Keep both; theirs knows the number that now stands."""
        super().__init__(say("评分规则刚被他人修改，您的修改没有保存。"))
        self.mine, self.theirs = mine, theirs


class Effect(NamedTuple):
    """A district's standing of a day by the rule in force, and by a proposed one."""

    before: Standing
    after: Standing

    @property
    def moved(self) -> bool:
        """Tell whether its score, its rank or what counts as done differs."""
        return self.before != self.after


# ---- writing


def change(actor: Actor, at: datetime, plan_id: int, number: int, wanted: Terms) -> Terms:
    """Make a plan's next version, valid from the day of `at` on, if `number` is the one that stands.

    Raise StaleRule where somebody was faster, RuleRefused for what cannot stand, MoveRefused for a draft or after
    the freeze.
    """
    require(actor, Action.EDIT_RULE)
    plan = plans.known(plan_id)
    # Held alone, not shared as by other changes: two who change the rule come one after the other.
    freezes.hold(plan.id)
    require_changeable(plan)
    standing = terms.at(plan, at.date())
    if standing.rule.number != number:
        raise StaleRule(wanted, standing)
    if found := list(problems(plan, standing, wanted)):
        raise RuleRefused(found)
    row = _row(plan.id, number + 1, at, actor, wanted)
    db.session.add(row)
    db.session.flush()  # a lost race shows here, not at commit
    made = terms.at(plan, at.date())
    detail = f"{plan.doc_number} 第{row.number}版：{'；'.join(differences(standing, made))}。理由：{row.reason}"
    audit.record(actor, at, "change_rule", "plan", plan.id, detail)
    return made


def require_changeable(plan: Plan) -> None:
    """Raise MoveRefused where a plan's rule cannot have a next version."""
    if plan.state != PlanState.PUBLISHED:
        raise MoveRefused(say("方案还没有发布：评分规则请在方案设定中修改，发布时即为第 1 版。"))
    if freezes.is_frozen(plan.id):
        raise MoveRefused(say("本方案得分已定稿封存，评分规则不能再改动。"))


def _row(plan_id: int, number: int, at: datetime, actor: Actor, wanted: Terms) -> ScoreRule:
    rule, procedure = wanted.rule, wanted.procedure
    return ScoreRule(
        plan_id=plan_id,
        number=number,
        day=at.date(),
        base_points=rule.base,
        points_per_miss=rule.per_miss,
        cap_points=rule.cap,
        late_counts=rule.late_counts,
        offices_condition=rule.offices,
        offices_share=rule.share,
        quote=rule.quote,
        source=rule.source,
        evaluation_from=procedure.evaluation_from,
        evaluation_to=procedure.evaluation_to,
        self_evaluation_on=procedure.self_evaluation_on,
        appeal_days=procedure.appeal_days,
        answer_days=procedure.answer_days,
        board_open=procedure.board_open,
        reason=wanted.reason.strip(),
        at=at,
        actor_name=actor.name,
    )


# ---- checking


def problems(plan: Plan, standing: Terms, wanted: Terms) -> Iterator[Problem]:
    """Walk what is wrong with a proposed version of a plan's terms."""
    yield from _wrong_rule(plan, wanted.rule)
    yield from _wrong_days(wanted.procedure)
    yield from _wrong_text(wanted)
    if same(standing, wanted):
        yield Problem("", say("各项设定与现行规则相同，没有可以保存的改动。"))


def _wrong_rule(plan: Plan, rule: Rule) -> Iterator[Problem]:
    for field, points in (("base_points", rule.base), ("points_per_miss", rule.per_miss)):
        if not 0 <= points <= MOST_POINTS:
            yield Problem(field, say("请填写 0 到 1000 之间的数。"))
        elif _is_fine(points):
            yield Problem(field, TOO_FINE)
    if rule.cap is not None and not 0 <= rule.cap <= rule.base:
        yield Problem("cap_points", say("请填写 0 到满分之间的数；不另设时留空。"))
    elif rule.cap is not None and _is_fine(rule.cap):
        yield Problem("cap_points", TOO_FINE)
    if rule.offices is not OfficesCondition.NONE and not plan.offices_report:
        yield Problem(
            "offices_condition", say("本方案设定为司法所不填报，不能以司法所办结作条件。请先在方案设定中改为填报。")
        )
    if rule.offices is OfficesCondition.SHARE and not 1 <= rule.share <= 100:
        yield Problem("offices_share", say("请填写 1 到 100 之间的整数。"))


def _is_fine(points: Decimal) -> bool:
    """Tell whether points say more than is kept of them."""
    return points != points.quantize(CENT)


def _wrong_days(procedure: Procedure) -> Iterator[Problem]:
    begins, ends = procedure.evaluation_from, procedure.evaluation_to
    for field, day in (
        ("evaluation_from", begins),
        ("evaluation_to", ends),
        ("self_evaluation_on", procedure.self_evaluation_on),
    ):
        if day is not None and day.year not in YEARS:
            yield Problem(field, say("年份应在 {years} 到 {years2} 之间。", years=YEARS[0], years2=YEARS[-1]))
    if (begins is None) != (ends is None):
        yield Problem("evaluation_from" if begins is None else "evaluation_to", say("评估的起止日期请都填写或都留空。"))
    elif begins is not None and ends is not None and begins > ends:
        yield Problem("evaluation_to", say("结束日期早于开始日期，请对调。"))
    if not 0 <= procedure.appeal_days <= MOST_APPEAL_DAYS:
        yield Problem("appeal_days", say("请填写 0 到 {most} 的整数。", most=MOST_APPEAL_DAYS))
    if not 1 <= procedure.answer_days <= MOST_ANSWER_DAYS:
        yield Problem("answer_days", say("请填写 1 到 {most} 的整数。", most=MOST_ANSWER_DAYS))


def _wrong_text(wanted: Terms) -> Iterator[Problem]:
    if not wanted.reason.strip():
        yield Problem("reason", say("请写明修改的理由。"))
    for field, text, most in (
        ("reason", wanted.reason.strip(), MAX_REASON),
        ("quote", wanted.rule.quote, MAX_QUOTE),
        ("source", wanted.rule.source, MAX_SOURCE),
    ):
        if len(text) > most:
            yield Problem(field, say("最多 {most} 个字，现在有 {found} 个，请精简。", most=most, found=len(text)))


# ---- what it would do


def effects(plan: Plan, day: date, rule: Rule) -> list[Effect]:
    """Return how every district stands on `day` by the rule in force and by another, in the other's order."""
    present = queries.rule_of(plan, day)
    before = {row.district_id: row for row in queries.ranked(present, queries.tallies(plan, present, day))}
    after = queries.ranked(rule, queries.tallies(plan, rule, day))
    return [Effect(before[row.district_id], row) for row in after if row.district_id in before]


# ---- words


def same(one: Terms, other: Terms) -> bool:
    """Tell whether two versions say the same, whoever made them when and why."""
    return _content(one) == _content(other)


def _content(version: Terms) -> tuple[Rule, Procedure]:
    return replace(version.rule, number=0, since=None), version.procedure


def described(version: Terms) -> dict[str, str]:
    """Say a version setting by setting, for readers, for comparison and for the record."""
    rule, procedure = version.rule, version.procedure
    return {
        say("满分"): _points(rule.base),
        say("每项未完成扣分"): _points(rule.per_miss),
        say("未完成合计最多扣"): say("不另设，扣到 0 分为止") if rule.cap is None else _points(rule.cap),
        say("逾期后办结"): say("扣分") if rule.late_counts else say("不扣分，但注明"),
        say("司法所作为完成条件"): _offices(rule),
        say("评估时间"): _span(procedure),
        say("自评上报期限"): _day(procedure.self_evaluation_on),
        say("提出异议的期限"): say("评估结果公布后 {n} 个工作日内", n=procedure.appeal_days),
        say("答复异议的期限"): say("{n} 个工作日内", n=procedure.answer_days),
        say("得分排名给谁看"): BOARD_TEXT[procedure.board_open],
        say("依据的原文"): rule.quote or say("没有登记"),
        say("原文的出处"): rule.source or say("没有登记"),
    }


def _points(points: Decimal) -> str:
    # A number, not a text: English asks whether it is one point.
    return say("{points} 分", points=Decimal(f"{points.normalize():f}"))


def _offices(rule: Rule) -> str:
    return {
        OfficesCondition.NONE: say("不作条件，只显示占比"),
        OfficesCondition.ALL: say("本区司法所全部办结才算完成"),
        OfficesCondition.SHARE: say("本区司法所办结达到 {share}% 才算完成", share=rule.share),
    }[rule.offices]


def _span(procedure: Procedure) -> str:
    if procedure.evaluation_from is None or procedure.evaluation_to is None:
        return say("未设定")
    return say("{first:long}至{last:long}", first=procedure.evaluation_from, last=procedure.evaluation_to)


def _day(day: date | None) -> str:
    return say("未设定") if day is None else say("{day:long}", day=day)


def differences(old: Terms, new: Terms) -> list[str]:
    """Say what differs between two versions, a sentence for each setting."""
    before, after = described(old), described(new)
    return [
        say("{part}：{old} → {new}", part=part, old=before[part], new=after[part])
        for part in before
        if before[part] != after[part]
    ]


def origins(versions: Sequence[Terms]) -> dict[str, Terms]:
    """Return for each setting the version that gave it its present value, of versions with the newest first."""
    told = [described(version) for version in versions]
    found: dict[str, Terms] = {}
    for part, value in told[0].items():
        older = next((place for place, parts in enumerate(told) if parts[part] != value), len(told))
        found[part] = versions[older - 1]
    return found
