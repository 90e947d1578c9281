"""Check the source for what a conversion left behind: page marks, orphan lines, foreign words, unlike brackets."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tracker.rules.plan_text.blocks import Mark
from tracker.rules.plan_text.checks.kinds import Lines, problem
from tracker.rules.plan_text.drafts import PlanDraft, Problem
from tracker.rules.plan_text.head import REVIEW
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.source import Source

LONGEST_ORPHAN = 12
LONGEST_TITLE = 60
LONGEST_BLOCK = 20_000
SHOWN = 12
MOST = 40
FOREIGN = re.compile(r"[\u4e00-\u9fff]\s?\b(?:and|or|the|of|in|to|with|for|by|on)\b\s?[\u4e00-\u9fff]")
UNLIKE = re.compile(r"（[^（）()]{0,200}\)|\([^（）()]{0,200}）")


def page_furniture(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report the lines that were left out as page marks, running heads or buttons of a web page."""
    if source.dropped:
        numbers = [dropped.line.number for dropped in source.dropped]
        listed = "、".join(map(str, numbers[:SHOWN])) + (f"等{len(numbers)}" if len(numbers) > SHOWN else "")
        yield problem("page_furniture", Lines(numbers[0], numbers[-1]), f"第{listed}行")


def orphan_lines(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a short line that repeats the end of the line before it; only a patch may drop it."""
    for before, line in pairwise(source.lines):
        text = line.text
        if 1 < len(text) <= LONGEST_ORPHAN < len(before.text) and before.text.endswith(text) and text[-1] in "。；;.":
            lines = Lines(line.number, line.number)
            yield problem("orphan_line", lines, text, line=line.number, before=before.number)


def foreign_words(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report an English word that stands between Chinese ones like a leftover of translation."""
    for line in source.lines:
        if match := FOREIGN.search(line.text):
            around = line.text[max(0, match.start() - 4) : match.end() + 4]
            yield problem("foreign_word", Lines(line.number, line.number), around)


def unlike_brackets(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report brackets that open in one width and close in the other."""
    texts = ((block, UNLIKE.search(block.text[:LONGEST_BLOCK])) for block in source.blocks)
    found = [block.span(match.start(), match.end()).line_from for block, match in texts if match]
    if found:
        listed = "、".join(map(str, found[:SHOWN])) + (f"等{len(found)}" if len(found) > SHOWN else "")
        yield problem("unlike_brackets", Lines(found[0], found[-1]), f"第{listed}行")


def summary_left_out(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report a summary of past work that stands before the plan in the same file."""
    first = draft.tasks[0].line_from
    titles = [
        block for block in source.blocks
        if block.mark is Mark.PLAIN and block.line_from < first and len(block.text) <= LONGEST_TITLE
        and REVIEW.search(block.text) and not re.search("[。，：:《》]", block.text)
    ]  # fmt: skip
    if titles:
        title = titles[-1]
        own = draft.head.lines.get("title", 0)
        last = own - 1 if own > title.line_from else first - 1
        yield problem("summary_left_out", Lines(title.line_from, max(title.line_from, last)), title.text)


def unknown_labels(source: Source, draft: PlanDraft) -> Iterator[Problem]:
    """Report labels that look like those of units or deadlines and that the reader does not know."""
    unknown = [block for block in source.blocks if block.label is Label.UNKNOWN]
    for block in unknown[:MOST]:
        line = next(line for line in source.lines if line.number == block.line_from)
        yield problem("unknown_label", Lines(block.line_from, block.line_to), line.text[:LONGEST_TITLE])
