"""Read a plan document: text in, draft and problems out, nothing written."""

from collections.abc import Callable
from dataclasses import replace

from tracker.rules.calendar import DeadlineKind
from tracker.rules.plan_text.checks import find_problems
from tracker.rules.plan_text.drafts import PlanDraft, PlanUnreadable, SectionDraft
from tracker.rules.plan_text.head import read_head
from tracker.rules.plan_text.labelled import read_labelled
from tracker.rules.plan_text.source import Source, read_source
from tracker.rules.plan_text.steps import read_milestones

Dialect = Callable[[Source, int | None], tuple[SectionDraft, ...]]

DIALECTS: dict[str, Dialect] = {
    "labelled": read_labelled,
}
"""The ways in which documents print their tasks; the one that finds most facts reads the document."""

LONGEST = 5_000_000
"""Characters; the longest plan known has some 40,000."""

EMPTY = "文件里没有可读的文字。请确认它不是扫描图片或空文件；若是扫描件，请先转换成文字，再重新上传。"
TOO_LONG = f"文件过长（超过{LONGEST // 10_000}万字）。请只上传方案正文和任务清单，再重新上传。"
NO_TASK = (
    "没有找到任务。目前能读的写法是：每项任务以“1.”“2.”编号，另起一行写“责任部门：”和“完成时间：”。"
    "请核对文件是否含有任务清单，或按此写法整理后重新上传。"
)


def read_plan(text: str) -> PlanDraft:
    """Read a plan; raise PlanUnreadable, with what to do about it, when no task is found."""
    if len(text) > LONGEST:
        raise PlanUnreadable(TOO_LONG)
    source = read_source(text)
    if not source.lines:
        raise PlanUnreadable(EMPTY)
    head = read_head(source)
    base_year = head.issued_on.year if head.issued_on else None
    readings = {name: dialect(source, base_year) for name, dialect in DIALECTS.items()}
    best = max(readings, key=lambda name: count_facts(readings[name]))
    if not readings[best]:
        raise PlanUnreadable(NO_TASK)
    draft = PlanDraft(best, head, readings[best], ())
    draft = replace(draft, milestones=read_milestones(source, draft.tasks, base_year))
    return replace(draft, problems=find_problems(source, draft))


def count_facts(sections: tuple[SectionDraft, ...]) -> int:
    """Count what a dialect found: tasks, units, deadlines."""
    tasks = [task for section in sections for task in section.tasks]
    dated = sum(task.deadline.kind is not DeadlineKind.NONE for task in tasks)
    return len(tasks) + sum(len(task.parties) for task in tasks) + dated
