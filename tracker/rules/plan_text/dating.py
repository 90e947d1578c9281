"""Find the year that a plan's months belong to when they are printed without one."""

import re
from collections import Counter

from tracker.rules.plan_text.drafts import DocumentHead
from tracker.rules.plan_text.head import REVIEW
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.regions import is_title
from tracker.rules.plan_text.source import Source

OPENING_LINES = 40
LONGEST_TITLE = 80

_YEARS = re.compile("(?<![0-9])(20[0-9]{2})(?![0-9])")
_SPAN_OF_YEARS = re.compile(r"20[0-9]{2}年?\s?[-—–―~至]{1,2}\s?20[0-9]{2}")
_DATED = re.compile(r"(?<![0-9])(20[0-9]{2})\s?[年./-]\s?[0-9]{1,2}\s?[月./-]?")


def year_of_plan(source: Source, head: DocumentHead) -> int | None:
    """Give the year that the title names or that of the issue, the later one; otherwise the year named most often."""
    titles = (head.title, head.notice_title, *_title_lines(source))
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


def _single_year(title: str) -> int | None:
    """Give the year of a title that names one (2024年工作要点); a span of years decides nothing."""
    folded = fold(title)
    if _SPAN_OF_YEARS.search(folded) or REVIEW.search(folded):
        return None
    years = set(_YEARS.findall(re.sub(r"[\[(]20[0-9]{2}[\])]", "", folded)))
    return int(years.pop()) if len(years) == 1 else None
