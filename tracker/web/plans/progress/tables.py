"""The progress of a plan as tables: the same columns on the page, on paper and in files."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker import clock
from tracker.overview.progress import STANDING_TEXT, Progress, Standing, Tally, TaskLine
from tracker.overview.tables import Table, Value
from tracker.rules.words import say

PARTS = ("units", "sections", "months", "tasks")
"""What can be had as a file, by the word in the address."""

TITLES = {
    "units": say("各单位进度"),
    "sections": say("各章节进度"),
    "months": say("各月进度"),
    "tasks": say("任务进度"),
}
UNIT_TEXT = {**STANDING_TEXT, Standing.NORMAL: say("未到期")}
"""The same of what a unit owes: what is not due yet may not have been begun."""

USUAL = (Standing.DONE, Standing.OVERDUE, Standing.NEAR, Standing.NORMAL)


def columns(found: Progress) -> list[tuple[Standing, str]]:
    """Return the standings that have a column: the usual ones, and the rare ones of which there are any."""
    used = set(found.tally).union(*(unit.tally for unit in found.units))
    return [(standing, UNIT_TEXT[standing]) for standing in Standing if standing in USUAL or standing in used]


def table(plan: Any, day: date, found: Progress, chosen: list[TaskLine], part: str) -> Table:
    """Return one part of the progress as a table; of the tasks those that were asked for."""
    heads, rows = {"units": _units, "sections": _sections, "months": _months, "tasks": _tasks}[part](found, chosen)
    at = f"{clock.now():%Y-%m-%d %H:%M}"
    note = say("{number}，截至 {day:long}，导出于 {at}", number=plan.doc_number, day=day, at=at)
    return Table(TITLES[part], note, heads, rows)


Rows = tuple[Sequence[str], list[tuple[Value, ...]]]


def _units(found: Progress, _: list[TaskLine]) -> Rows:
    shown = columns(found)
    heads = [say("单位"), say("应办"), *(text for _, text in shown), say("完成率（%）")]
    return heads, [
        (unit.name, unit.owed, *(unit.tally[standing] for standing, _ in shown), unit.share) for unit in found.units
    ]


def _sections(found: Progress, _: list[TaskLine]) -> Rows:
    heads = [say("章节"), say("任务数"), *(text for _, text in columns(found))]
    return heads, [(title or say("未分章节"), *_counts(found, tally)) for _, title, tally in found.by_section()]


def _months(found: Progress, _: list[TaskLine]) -> Rows:
    heads = [say("到期月份"), say("任务数"), *(text for _, text in columns(found))]
    return heads, [
        (say("{day:month}", day=month) if month else say("没有完成时限"), *_counts(found, tally))
        for month, tally in found.by_month()
    ]


def _counts(found: Progress, tally: Tally) -> list[Value]:
    return [tally.total(), *(tally[standing] for standing, _ in columns(found))]


def _tasks(found: Progress, chosen: list[TaskLine]) -> Rows:
    heads = [
        say("章节"),
        say("序号"),
        say("任务"),
        say("完成时限"),
        say("办理情况"),
        say("已办结单位"),
        say("应办单位"),
    ]
    return heads, [
        (
            task.section,
            task.number,
            task.text,
            task.due_on.isoformat() if task.due_on else task.deadline_raw,
            STANDING_TEXT[task.standing],
            task.completed,
            task.units,
        )
        for task in chosen
    ]
