"""The progress of a plan by completion alone: its figures, units, chapters and months, and the tasks behind them."""

import re
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request

from tracker.assignments import years
from tracker.overview.progress import STANDING_TEXT, Progress, Standing, Tally, TaskLine, UnitLine, progress
from tracker.plans import queries as plans
from tracker.rules.permissions import Action, Scope
from tracker.rules.status import LIGHT_TEXT
from tracker.rules.words import say
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import BadAddress, Page, address, choice, day, number, page_number
from tracker.web.plans.progress import links, tables
from tracker.web.session import actor

plan_progress = Blueprint("plan_progress", __name__)

UNDATED = "none"
"""The due month, in an address, of what has none."""


class UnitPage(Page):
    """One page of the units, turned by a word of its own: the tasks have pages, too."""

    def url(self, number: int) -> str:
        """Return the address of another page of the units."""
        return address(units=number) + "#units"


@plan_progress.get("/plans/<id:plan_id>/progress")
@allowed(Action.VIEW_ASSIGNMENTS)
def page(plan_id: int) -> str | Response:
    """Show how far a plan has come, on a day, and which tasks stand how."""
    plan, asked, kind = plans.published(plan_id), day(), file_kind()
    found, month = progress(actor(), plan, asked), _month()
    chosen = [task for task in found.tasks if _wanted(task, month)]
    if kind:
        return table_file(tables.table(plan, asked, found, chosen, choice("part", set(tables.PARTS), "units")), kind)
    if printing.is_wanted():
        return _on_paper(plan, asked, found, chosen)
    tasks, units = Page(page_number(), len(chosen)), UnitPage(max(1, number("units") or 1), len(found.units))
    return render_template(
        "plans/progress/progress.html",
        plan=plan,
        plans=plans.published_choices(),
        years=years.runs_for_years(plan.id),
        day=asked,
        found=found,
        figures=_figures(found, plan.near_days, _withdrawn(plan.id, asked)),
        columns=tables.columns(found),
        sections=_sections(found),
        months=_months(found),
        tasks=chosen[tasks.first - 1 if tasks.total else 0 : tasks.last],
        units=_shown(found.units, units),
        pages={"tasks": tasks, "units": units},
        chosen=_chosen(found, month),
        link=lambda unit, standing=None: links.unit(plan.id, asked, unit, standing),
        task_link=lambda task, done: links.task(plan.id, asked, task, done),
        standing_text=STANDING_TEXT,
        light_text=LIGHT_TEXT,
        address=address,
        print_address=printing.print_address(),
    )


def _shown(units: list[UnitLine], page: Page) -> list[UnitLine]:
    return units[page.first - 1 : page.last] if units else []


Tallies = list[tuple[str, Tally, dict[str, object]]]
"""A name, the standings of its tasks, and the filters that leave only these."""


def _sections(found: Progress) -> Tallies:
    none = say("未分章节")
    return [(title or none, tally, {"section": id_ or "0", "due": None}) for id_, title, tally in found.by_section()]


def _months(found: Progress) -> Tallies:
    return [
        (
            say("{day:month}", day=month) if month else say("没有完成时限"),
            tally,
            {"section": None, "due": f"{month:%Y-%m}" if month else UNDATED},
        )
        for month, tally in found.by_month()
    ]


def _month() -> date | str | None:
    """Return the first day of the due month asked for, `none` for tasks without one, or None for any."""
    typed = request.args.get("due", "").strip()
    if not typed or typed == UNDATED:
        return typed or None
    found = re.fullmatch(r"(20[0-9]{2}|2100)-(0[1-9]|1[0-2])", typed)
    if not found:
        raise BadAddress(say("到期月份应写作 2021-06，年份在 2000 到 2100 之间。"))
    return date(int(found[1]), int(found[2]), 1)


def _wanted(task: TaskLine, month: date | str | None) -> bool:
    """Tell whether a task is among those that the address asks for."""
    due_month = task.due_on.replace(day=1) if task.due_on else UNDATED
    section, show = number("section"), choice("show", set(Standing))
    return (
        (not show or task.standing == show)
        and (month is None or month == due_month)
        and (section is None or section == (task.section_id or 0))
    )


def _chosen(found: Progress, month: date | str | None) -> list[object]:
    """Say in words which tasks are listed."""
    show, section = choice("show", set(Standing)), number("section")
    told: list[object] = [STANDING_TEXT[Standing(show)]] if show else []
    told += [title for id_, title, _ in found.by_section() if section is not None and (id_ or 0) == section]
    if isinstance(month, date):
        told.append(say("{day:month}到期", day=month))
    return [*told, say("没有完成时限")] if month == UNDATED else told


def _withdrawn(plan_id: int, asked: date) -> int:
    """Return how many tasks were withdrawn, to who sees every task: beside one's own they would tell nothing."""
    return plans.withdrawn(plan_id, asked) if actor().reach(Action.VIEW_ASSIGNMENTS) is Scope.ALL else 0


def _figures(found: Progress, near_days: int, withdrawn: int) -> list[dict[str, object]]:
    """Return the figures with the address of the tasks behind each; rare ones only where there are any."""
    total = {"label": say("任务"), "value": len(found.tasks), "unit": say("项"), "href": _tasks(None)}
    if withdrawn:
        total["note"] = say("另有已撤下 {n} 项", n=withdrawn)
    tones = {Standing.DONE: "done", Standing.OVERDUE: "overdue", Standing.NEAR: "near"}
    notes = {
        Standing.DONE: say("完成率 {share}%", share=found.share),
        Standing.OVERDUE: say("已到期，尚未办结"),
        Standing.NEAR: say("{n} 天内到期", n=near_days),
        Standing.NORMAL: say("未到期"),
        Standing.ONGOING: say("没有时限，按期报告"),
        Standing.REQUIREMENT: say("每年报告，不逾期"),
        Standing.EARLY: say("待督办人员决定"),
    }
    always = (Standing.DONE, Standing.OVERDUE, Standing.NEAR, Standing.NORMAL)
    return [total] + [
        {
            "label": STANDING_TEXT[standing],
            "value": found.tally[standing],
            "unit": say("项"),
            "note": notes[standing],
            "href": _tasks(standing),
            "tone": tones.get(standing, "") if found.tally[standing] else "",
        }
        for standing in Standing
        if standing in always or found.tally[standing]
    ]


def _tasks(standing: Standing | None) -> str:
    changed = {"show": standing and standing.value, "section": None, "due": None, "page": None}
    return address(**changed) + "#tasks"


def _on_paper(plan: Any, asked: date, found: Progress, chosen: list[TaskLine]) -> str:
    title = say("{number} 办理进度", number=plan.doc_number)
    note = say("截至 {day:long}，任务 {n} 项，完成率 {share}%", day=asked, n=len(found.tasks), share=found.share)
    sheets = [tables.table(plan, asked, found, chosen, part) for part in tables.PARTS]
    return printing.print_page("progress", title, note, sheets=sheets)
