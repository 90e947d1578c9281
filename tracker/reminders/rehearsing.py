"""Tells who will get a letter about a plan in the days to come, if nothing is signed for or reported."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tracker.reminders import queries
from tracker.reminders.digest import DueNotice
from tracker.reminders.standing import Situation, situation, standing
from tracker.workdays import queries as workdays

DAYS = 30


@dataclass(frozen=True)
class LetterDay:
    """The letters of one day that speak of the plan: who gets one, at which unit, about how many assignments."""

    day: date
    people: tuple[tuple[str, str, int], ...]

    @property
    def items(self) -> int:
        """How many assignments the letters name."""
        return sum(items for _, _, items in self.people)


def letters_ahead(plan_id: int, today: date, days: int = DAYS) -> list[LetterDay]:
    """Return the days, from today on, on which people get letters about a plan; each notice goes out once."""
    calendar = workdays.calendar()
    found = _of_plan(situation(calendar), plan_id)
    tasks, batches = queries.labels(), queries.batches(today)
    had: set[tuple[int, int, date, str, str]] = set()
    told: set[tuple[date, str, str]] = set()
    coming = []
    for day in (today + timedelta(days=n) for n in range(days + 1)):
        if not queries.goes_out(day, calendar, assume_runs=True):
            continue
        rows = standing(day, found)
        marks = {(row.due_on, row.kind, f"{row.step}:{row.target}:{row.anchor}") for row in rows}
        if marks <= told:
            continue
        told |= marks
        notices = [
            notice
            for people in batches
            for notice in queries.notices(day, rows, tasks, people, found.working)
            if queries.given(notice) not in had
        ]
        had |= {queries.given(notice) for notice in notices}
        if notices:
            coming.append(LetterDay(day, _people(notices)))
    return coming


def _of_plan(found: Situation, plan_id: int) -> Situation:
    return replace(found, dates=tuple(dates for dates in found.dates if dates.plan_id == plan_id))


def _people(notices: list[DueNotice]) -> tuple[tuple[str, str, int], ...]:
    """Return who gets letters, in the order of their units."""
    spoken: dict[tuple[int, int], set[int]] = defaultdict(set)
    names: dict[tuple[int, int], tuple[str, str]] = {}
    for notice in notices:
        key = (notice.unit_id, notice.user_id)
        spoken[key].add(notice.assignment_id)
        names[key] = (notice.name, notice.unit)
    return tuple((*names[key], len(spoken[key])) for key in sorted(spoken))
