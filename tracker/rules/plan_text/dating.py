"""Find the year that a plan's months belong to when they are printed without one."""

import re
from collections import Counter
from itertools import takewhile

from tracker.rules.plan_text.blocks import NUMBERED, Mark
from tracker.rules.plan_text.drafts import DocumentHead
from tracker.rules.plan_text.head import REVIEW
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.regions import is_title
from tracker.rules.plan_text.source import Source

OPENING_LINES = 40
LONGEST_TITLE = 80
LONGEST_FREE = 40
"""Characters of a title in words of its own."""

_YEARS = re.compile("(?<![0-9])(20[0-9]{2})(?![0-9])")
DASH = "[-—–―~至]{1,2}"
_SPAN_OF_YEARS = re.compile(rf"20[0-9]{{2}}年?\s?{DASH}\s?20[0-9]{{2}}")
_MONTH = r"(20[0-9]{2})\s?年\s?([0-9]{1,2})\s?月"
_WINTER = re.compile(rf"{_MONTH}\s?{DASH}\s?{_MONTH}")
"""2025年10月—2026年3月."""

_SENTENCE = re.compile("[,。;:、!?]")
_DATED = re.compile(r"(?<![0-9])(20[0-9]{2})\s?[年./-]\s?[0-9]{1,2}\s?[月./-]?")


def year_of_plan(source: Source, head: DocumentHead) -> int | None:
    """Give the year that the title names or that of the issue, the later one; otherwise the year named most often."""
    titles = (head.title, head.notice_title, *_title_lines(source), *_first_lines(source))
    told = next((year for title in titles if (year := _single_year(title)) is not None), None)
    issued = head.issued_on or head.printed_on
    if told or issued:
        return max(told or 0, issued.year if issued else 0)
    named = [int(year) for line in source.lines for year in _DATED.findall(line.folded[:2000])]
    return Counter(named).most_common(1)[0][0] if named else None


def _title_lines(source: Source) -> list[str]:
    """Give the short lines at the beginning that have the form of a title."""
    lines = (line.text for line in source.lines[:OPENING_LINES] if len(line.text) <= LONGEST_TITLE)
    return [text for text in lines if is_title(text)]


def _first_lines(source: Source) -> list[str]:
    """Give the lines over the first number that could be a title: short, no sentence, no date of its own."""
    over = list(takewhile(lambda block: block.mark not in NUMBERED, source.blocks[:OPENING_LINES]))
    plain = (block for block in over if block.mark is Mark.PLAIN and len(block.text) <= LONGEST_FREE)
    return [block.text for block in plain if not _SENTENCE.search(block.folded) and not _DATED.search(block.folded)]


def _single_year(title: str) -> int | None:
    """Give the year of a title that names one (2024年工作要点), or months up to the next: the year they begin in.

    A span of years decides nothing.
    """
    folded = fold(title)
    if (winter := _WINTER.search(folded)) and int(winter[3]) == int(winter[1]) + 1 and int(winter[4]) < int(winter[2]):
        return int(winter[1])
    if _SPAN_OF_YEARS.search(folded) or REVIEW.search(folded):
        return None
    years = set(_YEARS.findall(re.sub(r"[\[(]20[0-9]{2}[\])]", "", folded)))
    return int(years.pop()) if len(years) == 1 else None
