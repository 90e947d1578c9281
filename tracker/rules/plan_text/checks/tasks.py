"""Check the tasks themselves: numbering, duties without an end, terms longer than the deadline."""

import re
from collections.abc import Iterator

from tracker.rules.plan_text.checks.kinds import Lines, problem, whole
from tracker.rules.plan_text.drafts import PlanDraft, Problem
from tracker.rules.plan_text.items import left_out
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.numbers import count_of
from tracker.rules.plan_text.source import Source

DUTY = re.compile(r"(?:^|[,。;])(承担|办理|指导|协调|参与|协助|统筹|牵头|负责)")
RESULT = re.compile(r"[0-9]|建立|建成|制定|制订|出台|形成|完成|完善|健全|配备|达到|实现|至少|不少于")
TERM = re.compile(r"(?:在\s?)?(?<![0-9])([0-9]{1,2}|[一二两三四五六七八九十])\s?年之?内")
LAST_NUMBER = re.compile("[0-9]{1,3}|[一二三四五六七八九十百]{1,4}|[①-⒇]")
MOST_SHOWN, LONGEST_SHOWN = 20, 60
YEARS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


def numbering(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report numbers that neither follow the one before nor begin again in a new section."""
    previous, section, before = 0, None, ""
    for task in draft.tasks:
        printed = LAST_NUMBER.findall(task.number)
        number = count_of(printed[-1]) if printed else 0
        begins_again = task.section != section and (number == 1 or previous == 0)
        if number and number != previous + 1 and not begins_again:
            lines = Lines(task.line_from, task.line_from)
            yield problem("numbering", lines, f"{before or 0}之后是{task.number}", (task.number,))
        previous, section, before = number, task.section, task.number


def points_left_out(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report numbered points that look like tasks in their form and place, and of which none was made."""
    if draft.dialect != "labelled":
        return
    left = left_out(source.outline, [range(task.line_from, task.line_to + 1) for task in draft.tasks])
    for node in left[:MOST_SHOWN]:
        yield problem(
            "point_left_out", Lines(node.block.line_from, node.block.line_to), node.block.text[:LONGEST_SHOWN]
        )


def continuing_duties(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report duties that have a deadline but name no result by which anyone could call them done."""
    for task in draft.tasks:
        folded = fold(task.text)
        duty = DUTY.search(folded)
        if task.deadline.due_on and duty and not RESULT.search(folded):
            yield problem("continuing_duty", whole(task), f"{duty[1]}……", (task.number,))


def long_terms(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a term in the text ("在2年内") that runs past the deadline of the task."""
    start = draft.head.published_on
    for task in draft.tasks:
        match, due_on = TERM.search(fold(task.text)), task.deadline.due_on
        if not (match and due_on and start):
            continue
        year = start.year + (YEARS.get(match[1]) or int(match[1]))
        if (due_on.year, due_on.month) < (year, start.month):
            found = f"{match[0]}；完成时间：{task.deadline.raw}"
            yield problem("long_term", whole(task), found, (task.number,), end=f"{year}年{start.month}月")
