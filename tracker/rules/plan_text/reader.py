"""Read a plan document: text in, draft and problems out, nothing written."""

from collections.abc import Callable
from dataclasses import replace

from tracker.rules.calendar import DeadlineKind
from tracker.rules.plan_text.checks import find_problems
from tracker.rules.plan_text.dating import year_of_plan
from tracker.rules.plan_text.drafts import PlanDraft, PlanUnreadable, SectionDraft
from tracker.rules.plan_text.head import read_head
from tracker.rules.plan_text.running import read_guessed, read_labelled, read_numbered
from tracker.rules.plan_text.source import Source, read_source
from tracker.rules.plan_text.steps import read_milestones
from tracker.rules.plan_text.tabular import read_tables
from tracker.rules.plan_text.years import read_years
from tracker.rules.words import say

Dialect = Callable[[Source, int | None], tuple[SectionDraft, ...]]

DIALECTS: dict[str, Dialect] = {
    "labelled": read_labelled,
    "numbered": read_numbered,
    "tabular": read_tables,
}
"""The ways in which documents print their tasks; the one that finds most facts reads the document."""

LONGEST = 1_000_000
"""Characters; the longest plan known has some 40,000."""

MOST_LINES = 10_000
"""A thousand tasks take some five thousand lines."""

EMPTY = say("文件里没有可读的文字。请确认它不是扫描图片或空文件；若是扫描件，请先转换成文字，再重新上传。")
TOO_LONG = say(
    "文件过长（超过{characters}万字或{lines}万行）。请只上传方案正文和任务清单，再重新上传。",
    characters=LONGEST // 10_000,
    lines=MOST_LINES // 10_000,
)
NO_TASK = say(
    "没有找到任务。能读的有：带编号的任务（一、（一）、1. 等），写明责任单位或完成时间的段落，每行一项任务的表格。"
    "通知正文、总结、统计表和通讯录里没有任务；若上传的确是方案、要点或任务清单，请给每项任务加上编号或责任单位，再重新上传。"
)


def read_plan(text: str) -> PlanDraft:
    """Read a plan; raise PlanUnreadable, with what to do about it, when no task is found."""
    if len(text) > LONGEST:
        raise PlanUnreadable(TOO_LONG)
    if text.count("\n") > 5 * MOST_LINES:
        raise PlanUnreadable(TOO_LONG)
    source = read_source(text)
    if len(source.lines) > MOST_LINES:
        raise PlanUnreadable(TOO_LONG)
    if not source.lines:
        raise PlanUnreadable(EMPTY)
    head = read_head(source)
    base_year = year_of_plan(source, head)
    readings = {name: dialect(source, base_year) for name, dialect in DIALECTS.items()}
    best = max(readings, key=lambda name: count_facts(readings[name]))
    if not readings[best]:
        best, readings = "guessed", {"guessed": read_guessed(source, base_year)}
    if not readings[best]:
        raise PlanUnreadable(NO_TASK)
    draft = PlanDraft(best, head, readings[best], ())
    milestones = read_milestones(source, draft.tasks, base_year)
    draft = replace(draft, milestones=milestones, years=read_years(source.blocks, head))
    return replace(draft, problems=find_problems(source, draft))


def count_facts(sections: tuple[SectionDraft, ...]) -> int:
    """Count what a dialect found: tasks, units, deadlines."""
    tasks = [task for section in sections for task in section.tasks]
    dated = sum(task.deadline.kind is not DeadlineKind.NONE for task in tasks)
    return len(tasks) + sum(len(task.parties) for task in tasks) + dated
