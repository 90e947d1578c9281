"""Read what a plan of several years wants in each of them."""

import re
from collections.abc import Sequence

from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.drafts import DocumentHead, YearGoalDraft
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.regions import is_title

FEWEST = 2
"""One year alone is no plan of several."""

_YEAR = re.compile(r"\(?(20[0-9]{2})\s?年(?:度)?\)?\s?(?:[,:、]|是|为|作为|—|目标)?")
_NAME = re.compile('[“"]?([\u4e00-\u9fff]{1,6}年)[”"]?[,。;:]')
_SEVERAL = re.compile(
    r"20[0-9]{2}\s?年?\s?[-—–―~至到]{1,2}\s?20[0-9]{2}|[二两三四五](?:个)?年(?:行动|计划|规划|攻坚|方案|任务|滚动|提升|目标)"
    "|十[一二三四五六七]五"
)
"""2022—2024年, 三年行动, 十四五."""

_SINGLE = re.compile(r"(?<![\[(])20[0-9]{2}\s?年")
LONGEST_SEARCHED = 2_000
LONGEST_NAME_PLACE = 60


def read_years(blocks: Sequence[Block], head: DocumentHead) -> tuple[YearGoalDraft, ...]:
    """Give the goals that begin with a year each, where the years follow one another; none for a plan of one year."""
    first = head.lines.get("title", 0)
    own = [block for block in blocks if block.line_from >= first]
    if not _spans_years(f"{head.title} {head.notice_title}", own):
        return ()
    found: list[YearGoalDraft] = []
    for block in own:
        goal = _goal(block)
        if goal is None:
            continue
        if found and goal.year != found[-1].year + 1:
            if len(found) >= FEWEST:
                break
            found = []
        found.append(goal)
    return tuple(found) if len(found) >= FEWEST else ()


def _spans_years(titles: str, blocks: Sequence[Block]) -> bool:
    """Tell whether a plan is one of several years: its title says so, or its text where the title names none."""
    folded = fold(titles)
    if _SEVERAL.search(folded):
        return True
    return not _SINGLE.search(folded) and any(_SEVERAL.search(block.folded[:LONGEST_SEARCHED]) for block in blocks)


def _goal(block: Block) -> YearGoalDraft | None:
    if block.mark not in (Mark.PLAIN, Mark.POINT, Mark.STEP, Mark.ITEM):
        return None
    folded = fold(block.text[:200])
    match = _YEAR.match(folded)
    if not match or "月" in folded[match.end() : match.end() + 4]:
        return None
    if is_title(block.text):
        return None
    sentence = folded[match.end() : match.end() + LONGEST_NAME_PLACE]
    name = _NAME.search(re.split("(?<=[。;:])", sentence)[0])
    short = re.search("(?:.*[化的设动])?([\u4e00-\u9fff]{2}年)$", name[1]) if name else None
    title = short[1] if short else name[1] if name else ""
    return YearGoalDraft(int(match[1]), title, block.text, block.line_from, block.line_to)
