"""明天谁会收到什么: a look at the letters of a day before anything is written, some people at a time."""

from dataclasses import dataclass
from datetime import date

from tracker.reminders import operations, queries
from tracker.reminders.operations import Planned
from tracker.rules.words import say
from tracker.workdays import queries as workdays

PEOPLE = 200
"""People whose letters are worked out for one page."""


@dataclass(frozen=True)
class Look:
    """One page of a day's letters; `people` are all who could get one, `quiet` says why nobody does."""

    letters: list[Planned]
    people: int
    quiet: str


def look(day: date, today: date, district_id: int | None, page: int) -> Look:
    """Return one page of the letters that `day` would send; days between today and then count as run."""
    people = queries.people_count(day, district_id)
    if not queries.goes_out(day, workdays.calendar(), assume_runs=day >= today):
        return Look([], people, say("这一天放假，不发提醒；该提醒的已提前到上一个工作日，或顺延到下一个工作日。"))
    run = operations.prepare(day, assume_runs=day >= today)
    batches = queries.batches(day, PEOPLE, district_id) if run.standing else []
    letters = operations.planned(run, batches[page - 1]) if page <= len(batches) else []
    return Look(letters, people, "" if run.standing else say("没有已发布的方案，或方案在静默期内。"))
