"""Check the wording of the source: broken lines, mixed punctuation, what the head leaves out."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from tracker.rules.plan_text.checks.kinds import HEAD_NAMES, Lines, problem
from tracker.rules.plan_text.drafts import PlanDraft, Problem, Role, TaskDraft
from tracker.rules.plan_text.head import quoted_title, same_title
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.source import Source
from tracker.rules.plan_text.units import NOBODY

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff》][,;:()]|[,;)][\u4e00-\u9fff《]|\([一二三四五六七八九十]")
FULL_WIDTH = re.compile(r"[，；：（）]")
SCORING_WORDS = re.compile(r"扣\s?[0-9]{0,2}\s?分|分值|得分|计分|评分|加分")
PERIODIC_REPORT = re.compile(r"定期[^，。；,;]{0,8}(?:上报|报送|报告)")
NAMED_PERIOD = re.compile(r"每(?:日|周|旬|月|季|半年|年)|按(?:周|月|季)")
ROLES = tuple(role.value for role in Role)
SHOWN = 12
"""More line numbers than this are counted, not listed."""
LONGEST_SHOWN = 60


def invisible_characters(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report control and zero-width characters, which were left out."""
    if source.invisible:
        yield problem("invisible_characters", _all_lines(source), f"{source.invisible}个")


def mixed_width(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report half-width punctuation in a document that also uses full-width."""
    half = [line.number for line in source.lines if HALF_WIDTH.search(line.text)]
    if half and any(FULL_WIDTH.search(line.text) for line in source.lines):
        listed = "、".join(map(str, half[:SHOWN])) + (f"等{len(half)}" if len(half) > SHOWN else "")
        yield problem("mixed_width", Lines(half[0], half[-1]), f"半角见第{listed}行")


def page_breaks(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report every place where a cut text was joined."""
    tasks = draft.tasks
    starts = [task.line_from for task in tasks]
    named = {
        span.line_from
        for task in tasks
        for role in ROLES
        for span in (task.evidence[role].spans if role in task.evidence else ())
        if span.line_to > span.line_from
    }
    for block in source.blocks:
        for seam in block.seams:
            code = "parties_joined" if seam.line_from in named else "text_joined"
            number = _task_at(tasks, starts, seam.line_from)
            yield problem(code, Lines(seam.line_from, seam.line_to), seam.around, number)


def stray_labels(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report label lines that no task took its units or its deadline from."""
    tasks = draft.tasks
    starts = [task.line_from for task in tasks]
    used = {
        line
        for task in tasks
        for name, evidence in task.evidence.items()
        if name != "text"
        for span in evidence.spans
        for line in range(span.line_from, span.line_to + 1)
    }
    for block in source.blocks:
        if block.label is None or not (block.label.role or block.label is Label.DEADLINE) or not block.text:
            continue
        if used.isdisjoint(range(block.line_from, block.line_to + 1)) and fold(block.text).strip() not in NOBODY:
            number = _task_at(tasks, starts, block.line_from)
            yield problem("stray_label", Lines(block.line_from, block.line_to), block.text[:LONGEST_SHOWN], number)


def title_spelling(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a title that the notice and the plan write differently."""
    head = draft.head
    quoted = quoted_title(head.notice_title)
    if "title" in head.lines and quoted != head.title and same_title(quoted, head.title):
        lines = Lines(head.lines["notice_title"], head.lines["title"])
        yield problem("title_spelling", lines, f"{quoted} / {head.title}")


def head_gaps(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report what a plan cannot do without and the document does not say."""
    gaps = "、".join(name for key, name in HEAD_NAMES.items() if not getattr(draft.head, key))
    if gaps:
        yield problem("head_incomplete", _all_lines(source), gaps=gaps)


def no_report_period(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a duty to report regularly that names no period."""
    for line in source.lines:
        match = PERIODIC_REPORT.search(line.text)
        if match and not NAMED_PERIOD.search(line.text):
            yield problem("no_report_period", Lines(line.number, line.number), match[0])


def no_scoring(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a plan that says nothing about points."""
    if not any(SCORING_WORDS.search(line.text) for line in source.lines):
        yield problem("no_scoring", _all_lines(source))


def _task_at(tasks: tuple[TaskDraft, ...], starts: list[int], line: int) -> tuple[str, ...]:
    place = bisect_right(starts, line) - 1
    return (tasks[place].number,) if place >= 0 and line <= tasks[place].line_to else ()


def _all_lines(source: Source) -> Lines:
    return Lines(source.lines[0].number, source.lines[-1].number)
