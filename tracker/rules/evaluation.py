"""The evaluation's words, and what one makes of a task's record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tracker.rules.scoring import Cause, Fact, Judged
from tracker.rules.status import EXCLUDED, STATUS_TEXT, Status
from tracker.rules.words import say


class Stage(StrEnum):
    """Whose word it is: the district's own, or the city's."""

    SELF = "self"
    CITY = "city"


class Verdict(StrEnum):
    """What is said of a task."""

    DONE = "done"
    NOT_DONE = "not_done"
    NOT_APPLICABLE = "not_applicable"


VERDICT_TEXT: dict[Verdict, str] = {
    Verdict.DONE: say("完成"),
    Verdict.NOT_DONE: say("未完成"),
    Verdict.NOT_APPLICABLE: say("不适用"),
}

_STATUS = {
    Verdict.DONE: Status.COMPLETED,
    Verdict.NOT_DONE: Status.IN_PROGRESS,
    Verdict.NOT_APPLICABLE: Status.EXEMPT,
}


def recorded(status: Status) -> Verdict:
    """Return the verdict that the record itself gives; a withdrawn task applies to nobody."""
    if status is Status.COMPLETED:
        return Verdict.DONE
    return Verdict.NOT_APPLICABLE if status in (Status.EXEMPT, Status.WITHDRAWN) else Verdict.NOT_DONE


def evaluated(fact: Fact, verdict: Verdict, comment: str, published_on: date, excused: bool = False) -> Fact:
    """Return a task as an evaluation that differs from its record counts it; what was withdrawn counts for nothing.

    Done means done by the due day, or by the publication where that is earlier: the word concerns whether, not when.
    The word stands above an appeal that was upheld before it; `excused` tells of one that was upheld since.
    """
    if fact.status is Status.WITHDRAWN:
        return fact
    done_on = min(fact.due_on or published_on, published_on) if verdict is Verdict.DONE else None
    reason = say(
        "{day} 评估认定“{verdict}”，记录为“{status}”：{comment}",
        day=published_on,
        verdict=VERDICT_TEXT[verdict],
        status=STATUS_TEXT[fact.status],
        comment=comment,
    )
    judged = Judged(Cause.EVALUATION, fact.status, reason)
    return replace(fact, status=_STATUS[verdict], completed_on=done_on, excused=excused, judged=judged, held="")


class Share(NamedTuple):
    """How many of a district's 司法所 have done a task, of how many, and since when that is enough."""

    done: int
    total: int
    reached_on: date | None


def share(done_on: Sequence[date | None], needed: int) -> Share:
    """Return the share of 司法所 by the day each finished (None: not yet); `needed` percent is rounded up."""
    days = sorted(day for day in done_on if day is not None)
    enough = -(-len(done_on) * needed // 100)
    return Share(len(days), len(done_on), days[enough - 1] if 0 < enough <= len(days) else None)


def with_offices(fact: Fact, offices: Share, needed: int) -> Fact:
    """Return a task as the share of its 司法所 counts it (C-05): done once it is accepted and both are there."""
    if fact.status in EXCLUDED or not offices.total:
        return fact
    if offices.reached_on is None:
        reason = say(
            "司法所办结 {done}/{total}，未达到 {needed}%", done=offices.done, total=offices.total, needed=needed
        )
        if fact.status is not Status.COMPLETED:
            return replace(fact, held=reason)
        judged = Judged(Cause.OFFICES, fact.status, reason)
        return replace(fact, status=Status.IN_PROGRESS, completed_on=None, judged=judged, held=reason)
    if fact.completed_on is None or offices.reached_on <= fact.completed_on:
        return fact
    reason = say(
        "市局 {day} 审核通过，司法所 {reached} 达到 {needed}%",
        day=fact.completed_on,
        reached=offices.reached_on,
        needed=needed,
    )
    return replace(fact, completed_on=offices.reached_on, judged=Judged(Cause.OFFICES, fact.status, reason))
