"""Changes how a plan reminds: a policy is checked, compared with what stands, and replaced as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, update

from tracker.audit import operations as audit
from tracker.db import Model, db, insert_once
from tracker.plans import queries as plans
from tracker.reminders.models import EscalationRung, QuietPeriod, ReminderOffset, ReminderPolicy
from tracker.reminders.policy import DEFAULT_POLICY, Policy, Quiet, policy_of
from tracker.rules.calendar import LONGEST_HOLIDAY, YEARS, IsWorking, next_working_day, previous_working_day
from tracker.rules.escalation import TARGET_TEXT, Rung, Target, Trigger
from tracker.rules.notices import (
    PERIOD_TEXT,
    SHIFT_TEXT,
    UNIT_TEXT,
    NoticePlan,
    NoticeStep,
    Period,
    Unit,
    in_order,
    step_text,
)
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.sentences import SHORT_WEEKDAY_TEXT, together
from tracker.rules.words import say
from tracker.workdays import queries as workdays

AMOUNTS: dict[tuple[Unit, bool], range] = {
    (Unit.MONTH_STARTS, False): range(13),
    (Unit.QUARTER_ENDS, False): range(1, 9),
    (Unit.DAYS, False): range(367),
    (Unit.WORKDAYS, False): range(1, 251),
    (Unit.DAYS, True): range(1, 367),
    (Unit.WORKDAYS, True): range(1, 251),
}
"""How far a notice may lie from the due day, by unit and by whether it lies after it; what is absent makes no sense."""

NUMBERS: dict[str, tuple[str, range]] = {
    "repeat_days": (say("重复间隔"), range(91)),
    "repeat_weekday": (say("重复的星期"), range(6)),
    "crowded_percent": (say("集中到期的比例"), range(101)),
    "daily_budget": (say("每人每天的项数"), range(1, 501)),
    "urge_hours": (say("催办间隔"), range(1, 721)),
}
"""The numbers of a plan of notices: what they are called and what they may be."""

RUNG_WORKDAYS = range(1, 251)
LONGEST_QUIET = 31
LONGEST_REASON = 100
MOST_ROWS = 30
"""Rows of each sort that one policy may have; a form has to hold them."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one part of a policy and how to mend it; `row` counts from 0 in parts that are lists."""

    part: str
    text: str
    row: int | None = None


class PolicyRefused(ValueError):
    """A policy that cannot be stored as it is; the problems say what to correct."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__(together(problem.text for problem in problems))
        self.problems = tuple(problems)


class StalePolicy(ValueError):
    """Someone else changed the policy first; both are kept for the person to compare."""

    def __init__(self, mine: Policy, theirs: Policy) -> None:
        """Keep both; theirs knows the version that now stands."""
        super().__init__(say("该方案的提醒设定刚被他人修改，您的修改没有保存。"))
        self.mine, self.theirs = mine, theirs


# ---- writing


def save(actor: Actor, at: datetime, plan_id: int, version: int, policy: Policy) -> bool:
    """Replace a plan's policy, if nobody changed it since `version`; tell whether there was anything to change.

    Raise PolicyRefused for what cannot be kept, StalePolicy where somebody else was faster.
    """
    return _replace(actor, at, plan_id, version, policy, "edit_reminders")


def reset(actor: Actor, at: datetime, plan_id: int, version: int) -> bool:
    """Give a plan the defaults again, as `save` would.

    The row stays and its version grows: a form opened before must not pass for a form opened after.
    """
    return _replace(actor, at, plan_id, version, DEFAULT_POLICY, "reset_reminders")


def _replace(actor: Actor, at: datetime, plan_id: int, version: int, policy: Policy, act: str) -> bool:
    require(actor, Action.EDIT_REMINDERS)
    plans.known(plan_id)
    if found := list(problems(policy, workdays.calendar().is_working)):
        raise PolicyRefused(found)
    standing = policy_of(plan_id)
    if same(policy, standing):
        return False
    if standing.version != version or not _claim(plan_id, version, policy.notices):
        db.session.expire_all()
        raise StalePolicy(policy, policy_of(plan_id))
    _write_rows(plan_id, policy)
    audit.record(actor, at, act, "plan", plan_id, "；".join(changes(standing, policy)))
    return True


def _claim(plan_id: int, version: int, notices: NoticePlan) -> bool:
    """Write the policy's own row; whoever changes or makes the one row has won."""
    values: dict[str, Any] = {
        "shift": notices.shift.value,
        "period": notices.period.value,
        **{name: getattr(notices, name) for name in NUMBERS},
    }
    if not version:
        return insert_once(ReminderPolicy, {"plan_id": plan_id, "version": 1, **values})
    mine = update(ReminderPolicy).where(ReminderPolicy.plan_id == plan_id, ReminderPolicy.version == version)
    done = db.session.execute(
        mine.values(version=version + 1, **values), execution_options={"synchronize_session": False}
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _write_rows(plan_id: int, policy: Policy) -> None:
    steps = [{"unit": step.unit.value, "amount": step.amount} for step in in_order(policy.notices.steps)]
    ladder = [
        {"trigger": rung.trigger.value, "workdays": rung.workdays, "target": rung.target.value}
        for rung in policy.ladder
    ]
    quiet = [{"first_day": each.first_day, "last_day": each.last_day, "reason": each.reason} for each in policy.quiet]
    tables: tuple[tuple[type[Model], list[dict[str, Any]]], ...] = (
        (ReminderOffset, steps),
        (EscalationRung, ladder),
        (QuietPeriod, quiet),
    )
    for model, rows in tables:
        db.session.execute(delete(model).where(model.plan_id == plan_id))  # type: ignore[attr-defined]
        if rows:
            db.session.execute(insert(model), [{"plan_id": plan_id, **row} for row in rows])


# ---- checking


def problems(policy: Policy, is_working: IsWorking) -> Iterator[Problem]:
    """Walk what is wrong with a policy; a working day must stay within reach of every day it keeps quiet."""
    yield from _wrong_numbers(policy.notices)
    yield from _wrong_steps(policy.notices.steps)
    for row, rung in enumerate(policy.ladder):
        if rung.workdays not in RUNG_WORKDAYS:
            yield Problem("ladder", _between(say("工作日数"), RUNG_WORKDAYS), row)
    yield from _twice("ladder", policy.ladder)
    yield from _wrong_quiet(policy, is_working)


def _between(what: str, allowed: range) -> str:
    return say("{what}应为 {allowed} 到 {allowed2} 的整数。", what=what, allowed=allowed[0], allowed2=allowed[-1])


def _wrong_numbers(notices: NoticePlan) -> Iterator[Problem]:
    for name, (what, allowed) in NUMBERS.items():
        if getattr(notices, name) not in allowed:
            yield Problem(name, _between(what, allowed))


def _wrong_steps(steps: Sequence[NoticeStep]) -> Iterator[Problem]:
    if not steps:
        yield Problem("steps", say("请至少保留一个提醒时点，否则任务到期也没有人知道。"))
    for row, step in enumerate(steps):
        allowed = AMOUNTS.get((step.unit, step.amount > 0))
        if allowed is None:
            yield Problem("steps", say("逾期后只能按天或工作日计。"), row)
        elif abs(step.amount) not in allowed:
            yield Problem("steps", _between(say("“{unit}”的数", unit=UNIT_TEXT[step.unit]), allowed), row)
    yield from _twice("steps", steps)


def _twice(part: str, rows: Sequence[object]) -> Iterator[Problem]:
    if len(rows) > MOST_ROWS:
        yield Problem(part, say("最多 {most_rows} 行，请合并或移除一些。", most_rows=MOST_ROWS))
    for row, each in enumerate(rows):
        if each in rows[:row]:
            yield Problem(part, say("与前面的一行相同，请移除一行。"), row)


def _wrong_quiet(policy: Policy, is_working: IsWorking) -> Iterator[Problem]:
    if len(policy.quiet) > MOST_ROWS:
        yield Problem("quiet", say("最多 {most_rows} 行，请移除已经过去的。", most_rows=MOST_ROWS))
    refused = [(row, text) for row, quiet in enumerate(policy.quiet) if (text := _wrong_period(quiet))]
    yield from (Problem("quiet", text, row) for row, text in refused)
    if refused:
        return
    for row, quiet in enumerate(policy.quiet):
        others = [other for other in policy.quiet[:row] if _overlap(quiet, other)]
        if others:
            yield Problem("quiet", say("与 {days} 重叠，请合并成一段或改开日期。", days=_days(others[0])), row)
        elif not _within_reach(quiet, policy.working(is_working)):
            yield Problem(
                "quiet",
                say(
                    "与前后的静默期、节假日连成一片，{longest_holiday} 天内没有一个工作日可以提醒，请缩短。",
                    longest_holiday=LONGEST_HOLIDAY,
                ),
                row,
            )


def _wrong_period(quiet: Quiet) -> str:
    if quiet.first_day.year not in YEARS or quiet.last_day.year not in YEARS:
        return say("年份应在 {years} 到 {years2} 之间。", years=YEARS[0], years2=YEARS[-1])
    if quiet.first_day > quiet.last_day:
        return say("结束日期早于开始日期，请对调。")
    if (quiet.last_day - quiet.first_day).days >= LONGEST_QUIET:
        return say("一段静默期最长 {longest_quiet} 天，请缩短。", longest_quiet=LONGEST_QUIET)
    if not quiet.reason:
        return say("请写明静默的原因，例如“春节”。")
    return (
        ""
        if len(quiet.reason) <= LONGEST_REASON
        else say("原因最多 {longest_reason} 字。", longest_reason=LONGEST_REASON)
    )


def _overlap(one: Quiet, other: Quiet) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _within_reach(quiet: Quiet, is_working: IsWorking) -> bool:
    try:
        before, after = previous_working_day(quiet.first_day, is_working), next_working_day(quiet.last_day, is_working)
    except ValueError:
        return False
    return (after - before).days <= LONGEST_HOLIDAY


# ---- words


def same(one: Policy, other: Policy) -> bool:
    """Tell whether two policies remind alike, whatever the order of their rows."""
    return _content(one) == _content(other)


def _content(policy: Policy) -> tuple[NoticePlan, frozenset[object], frozenset[object], frozenset[object]]:
    notices = policy.notices
    return replace(notices, steps=()), frozenset(notices.steps), frozenset(policy.ladder), frozenset(policy.quiet)


def in_ladder_order(ladder: Iterable[Rung]) -> list[Rung]:
    """Sort rungs as they are climbed: from dispatch to the due day and on, the lower target first."""
    return sorted(
        ladder, key=lambda rung: (list(Trigger).index(rung.trigger), rung.workdays, list(Target).index(rung.target))
    )


def described(policy: Policy) -> dict[str, str]:
    """Say a policy part by part, for the record, for readers and for comparison."""
    notices = policy.notices
    rungs = [
        say("{text}告知{target}", text=rung.text, target=TARGET_TEXT[rung.target])
        for rung in in_ladder_order(policy.ladder)
    ]
    quiet = [
        say("{days}（{reason}）", days=_days(each), reason=each.reason)
        for each in sorted(policy.quiet, key=lambda each: each.first_day)
    ]
    return {
        say("提醒时点"): _listed(step_text(step.name, notices) for step in in_order(notices.steps)),
        say("遇休息日"): SHIFT_TEXT[notices.shift],
        say("逾期后重复"): _repeat_text(notices),
        say("集中到期"): say(
            "某月任务超过全部的 {crowded_percent}% 时，在此前各季度末增加检查点",
            crowded_percent=notices.crowded_percent,
        ),
        say("持续推进"): say("不要求定期报告")
        if notices.period is Period.NONE
        else say("{period}报告一次", period=PERIOD_TEXT[notices.period]),
        say("每日上限"): say("每人每天 {daily_budget} 项", daily_budget=notices.daily_budget),
        say("催办间隔"): say("同一事项 {urge_hours} 小时内只催一次", urge_hours=notices.urge_hours),
        say("逐级升级"): _listed(rungs) or say("不升级"),
        say("静默期"): _listed(quiet) or say("没有"),
    }


def changes(before: Policy, after: Policy) -> list[str]:
    """Say what differs between two policies, a sentence for each part."""
    old, new = described(before), described(after)
    return [
        say("{part}：{old} → {new}", part=part, old=old[part], new=new[part]) for part in old if old[part] != new[part]
    ]


def _listed(words: Iterable[str]) -> str:
    return say("{each}", each=list(words))


def _repeat_text(notices: NoticePlan) -> str:
    if not notices.repeat_days:
        return say("不重复")
    gathered = (
        say("，集中在{weekday}", weekday=SHORT_WEEKDAY_TEXT[notices.repeat_weekday - 1])
        if notices.repeat_weekday
        else ""
    )
    return say("每 {repeat_days} 天一次{gathered}", repeat_days=notices.repeat_days, gathered=gathered)


def _days(quiet: Quiet) -> str:
    return say("{day}至{day2}", day=_day(quiet.first_day), day2=_day(quiet.last_day))


def _day(day: date) -> str:
    return say("{day:long}", day=day)
