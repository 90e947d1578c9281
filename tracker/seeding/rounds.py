"""Invents a round of the indicator form: last year's figures, some districts done, some at it, some not begun."""

from datetime import datetime, timedelta
from random import Random

from tracker.indicators import answering, queries, rounds
from tracker.indicators.answering import Cover, Typed
from tracker.indicators.models import Round
from tracker.indicators.rounds import Opening
from tracker.people.models import Organization
from tracker.people.queries import actor_of, user_by_account
from tracker.rules.permissions import Actor
from tracker.seeding.answers import sensible

FORM = "shanghai-112"
RUNS = timedelta(days=9)
DONE, BEGUN = 9, 14
"""Of the districts in their usual order: so many have submitted, the next ones up to here have begun."""

EXPLAINED = "经核对，情况属实。（演示数据）"


def add_round(at: datetime) -> None:
    """Open a round for the year before and fill it in, through the operations that people use."""
    supervisor, day = _actor("supervisor"), at.date()
    districts = rounds.units(supervisor, day)
    found = rounds.open_round(
        supervisor,
        at,
        Opening(
            form=FORM,
            year=day.year - 1,
            title=f"{day.year - 1}年度司法所规范化建设指标（演示数据）",
            opens_on=day,
            closes_on=day + RUNS,
            unit_ids=tuple(district.id for district in districts),
            instruction="请各区局对照口径填写，由区局负责人核对后上报。（演示数据）",
        ),
    )
    for place, district in enumerate(districts[:BEGUN]):
        _fill(found, district, at, submits=place < DONE)


def _fill(found: Round, district: Organization, at: datetime, submits: bool) -> None:
    """Type in a district's answers, all of them where it submits."""
    clerk = _actor(f"{district.slug}-clerk")
    typed = sensible(Random(f"{district.slug}:{found.year}"))  # nosec B311 # invented, and the same each time
    kept = list(typed)[: None if submits else len(typed) // 2]
    answering.save(clerk, at, found.id, district.id, {key: Typed(typed[key], 0) for key in kept})
    if not submits:
        return
    for each in queries.sheet(clerk, found.id, district.id).open_objections:
        answering.explain(clerk, at, found.id, district.id, each.name, EXPLAINED)
    answering.save_cover(clerk, at, found.id, district.id, Cover(clerk.name, "", ""))
    answering.submit(_actor(f"{district.slug}-lead"), at, found.id, district.id)


def _actor(account: str) -> Actor:
    found = user_by_account(account)
    if found is None:
        raise LookupError(f"没有演示账号 {account}")
    return actor_of(found)
