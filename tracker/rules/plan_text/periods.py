"""Read the headings of a calendar of work: months, quarters and the year, over the tasks that are due in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tracker.rules.plan_text.blocks import NUMBERED, Block, Mark
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import squash
from tracker.rules.plan_text.numbers import count_of
from tracker.rules.plan_text.regions import PERIOD

LONGEST = 40
"""Characters: a longer line is no heading of a period."""

NEXT = "次年"
_NAMED = re.compile(
    "(?P<next>次年|翌年|明年)?(?P<words>(?P<year>20[0-9]{2}年)?"
    "(?:(?P<whole>全年|[上下]半年)|第?(?P<quarter>[一二三四1-4])季度|(?:[一二三四五六七八九十0-9]{1,3}月?[-—–~至])?(?P<month>[一二三四五六七八九十0-9]{1,3})月份?(?:[上中下]旬)?))"
)
LATE, EARLY = 10, 3
"""A calendar that goes on from one of the last months with one of the first has come to the next year."""


def is_period(heading: str) -> bool:
    """Tell whether a heading is nothing but a period of a calendar."""
    return len(heading) <= LONGEST and PERIOD.fullmatch(squash(heading).rstrip(":")) is not None


def period_wordings(headings: Iterable[str]) -> Iterator[str]:
    """Give what each heading of one calendar means as a deadline, where its month or quarter alone does not say it.

    Months that go on behind the last ones of a year with the first ones are those of the next year.
    """
    first = before = 0
    turned = False
    for heading in headings:
        named = _NAMED.search(squash(heading))
        month = _month(named) if named else 0
        if named and month:
            if named["next"] or (before >= LATE and month <= EARLY and month < first):
                turned = True
            elif month < before or not first:
                first, turned = month, False
            before = month
        yield _wording(named, turned and month > 0) if named else ""


def _wording(named: re.Match[str], turned: bool) -> str:
    if named["year"] or named["whole"]:
        return named["words"]
    if turned:
        return NEXT + named["words"]
    return named["words"] if named["quarter"] in set("1234") else ""


def lacks_year(wording: str) -> bool:
    """Tell whether a deadline names a month and leaves its year to be understood."""
    return re.search("月", wording) is not None and not re.search("20[0-9]{2}|[今明次翌去上]年", wording)


def _month(named: re.Match[str]) -> int:
    """Give the month, or the first one of a quarter; 0 for a year and half of one."""
    if named["quarter"]:
        return 3 * count_of(named["quarter"]) - 2
    return count_of(named["month"]) if named["month"] else 0


def settled_periods(blocks: Iterable[Block]) -> list[Block]:
    """Tell lines with nothing but a period, which look like headings, from the deadlines of what stands above them."""
    settled: list[Block] = []
    for block in blocks:
        above = settled[-1] if settled else None
        if above and above.label is Label.DEADLINE and not above.text and _is_alone(block):
            settled[-1] = replace(above, text=block.text, line_to=block.line_to, pieces=block.pieces)
        else:
            settled.append(block)
    places = [place for place, block in enumerate(settled) if _is_alone(block) and block.text[0] in "【[（(〔"]
    if places and _stand_below(settled, places):
        for place in places:
            settled[place] = replace(settled[place], mark=Mark.PLAIN, form=None)
    return settled


def _is_alone(block: Block) -> bool:
    return block.mark is Mark.PART and not block.number and is_period(block.text)


def _stand_below(blocks: Sequence[Block], places: Sequence[int]) -> bool:
    """Tell whether periods stand below the items they hold for: one behind the first item, none before the last."""
    items = NUMBERED - {Mark.PART}
    if all(blocks[place - 1].mark is Mark.PART and blocks[place - 1].number for place in places):
        items = NUMBERED
    before, behind = blocks[: places[0]][-1:], blocks[places[-1] + 1 :][:1]
    stands = any(block.mark in items or block.label is not None for block in before)
    return stands and not any(block.mark in items for block in behind)
