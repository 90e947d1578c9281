"""What a district's score would be with some tasks accepted by a day, and what to do first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.plans.models import Plan
from tracker.rules import forecasts as rules
from tracker.rules import scoring
from tracker.rules.forecasts import Saving
from tracker.rules.permissions import Actor
from tracker.rules.score_terms import Rule
from tracker.rules.scoring import Fact, Tally
from tracker.rules.words import say
from tracker.scoring import facts, queries
from tracker.scoring.queries import Standing


class ForecastRefused(LookupError):
    """Nothing can be foretold; the message says why."""


class UnknownTasks(ForecastRefused):
    """Task numbers that the plan does not have."""


@dataclass(frozen=True)
class Forecast:
    """A district's standing on a day with nothing more done, and with some tasks accepted by then."""

    before: Standing
    after: Standing
    completed: tuple[str, ...]
    by: date


@dataclass(frozen=True)
class Outlook:
    """A district's open tasks by what doing each would save until a day; how it stands now, and then."""

    now: Standing
    forecast: Forecast
    savings: list[Saving]


@dataclass(frozen=True)
class _Known:
    """What is on record on a day, and how every district stands on a later one if nothing more is done."""

    rule: Rule
    day: date
    by: date
    district_id: int
    facts: Sequence[Fact]
    tallies: dict[tuple[int, int, str, str], Tally]

    @property
    def key(self) -> tuple[int, int, str, str]:
        """The district's own place among the tallies."""
        return next(key for key in self.tallies if key[1] == self.district_id)


def forecast(
    actor: Actor, plan: Plan, district_id: int, day: date, numbers: Iterable[str], by: date | None = None
) -> Forecast:
    """Return the standing on `by` (`day` if none) if the tasks `numbers` were accepted by then and nothing else moved.

    Raise UnknownTasks for a wrong number, ForecastRefused once scores are final. What is exempt or withdrawn cannot
    be accepted and stays as it is.
    """
    wanted = tuple(dict.fromkeys(numbers))
    if not wanted:
        raise UnknownTasks(say("请写明假定办结的任务编号，用逗号分隔，例如 7,8。"))
    return _forecast(_known(actor, plan, district_id, day, by or day), wanted)


def outlook(actor: Actor, plan: Plan, district_id: int, day: date, by: date, numbers: Iterable[str] = ()) -> Outlook:
    """Return the open tasks, those first that save most points by `by`, and the forecast for some of them.

    Raise as `forecast` does; without numbers the forecast's two sides are the same.
    """
    known = _known(actor, plan, district_id, day, by)
    now = queries.standing_in(queries.ranked(known.rule, queries.tallies(plan, known.rule, day)), district_id)
    savings = rules.savings(known.rule, known.facts, day, known.by, known.tallies[known.key].entered)
    return Outlook(now, _forecast(known, tuple(dict.fromkeys(numbers))), savings)


def _known(actor: Actor, plan: Plan, district_id: int, day: date, by: date) -> _Known:
    queries.require_district(actor, district_id)
    frozen = queries.counted_on(plan, date.max)
    if frozen <= day:
        raise ForecastRefused(say("得分已于 {day:long} 定稿，不再变动，不能测算。", day=frozen))
    rule, end = queries.rule_of(plan, day), max(day, by)
    known = facts.of(plan, rule, day, district_id).get(district_id, [])
    tallies = queries.tallies(plan, rule, day, until=end)
    queries.standing_in(queries.ranked(rule, tallies), district_id)  # Nothing is foretold of what has no score.
    return _Known(rule, day, end, district_id, known, tallies)


def _forecast(known: _Known, wanted: tuple[str, ...]) -> Forecast:
    unknown = set(wanted) - {fact.number for fact in known.facts}
    if unknown:
        raise UnknownTasks(
            say("本方案没有第 {numbers} 项任务。请用逗号分隔任务编号，例如 7,8。", numbers=sorted(unknown))
        )
    day, end = known.day, known.by
    before = queries.standing_in(queries.ranked(known.rule, known.tallies), known.district_id)
    assumed = [rules.accepted(fact, day, end) if fact.number in wanted else fact for fact in known.facts]
    tally = replace(scoring.tally(known.rule, assumed, end), entered=known.tallies[known.key].entered)
    board = queries.ranked(known.rule, known.tallies | {known.key: tally})
    return Forecast(before, queries.standing_in(board, known.district_id), wanted, end)
