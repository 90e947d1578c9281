"""Leave out what a conversion or a web page put between the lines: page marks, running heads, buttons."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.rules.plan_text.lines import Line, squash

LONGEST_MARK = 40
"""Characters: a longer line is text."""

PAGE_MARK = re.compile(
    r"[-—–―~·•]{1,3}[0-9]{1,4}[-—–―~·•]{1,3}"
    r"|第(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4})页(?:[,/]?[\(]?共(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4})页\)?)?"
    r"|[0-9]{1,4}/[0-9]{1,4}(?:页)?|[Pp]age[0-9]{1,4}(?:of[0-9]{1,4})?|[Pp]\.?[0-9]{1,4}"
)
BARE_NUMBER = re.compile("[0-9]{1,3}")
PAGE_CHARACTERS = 240
"""Between two bare numbers that count pages lies at least this much text; between those that count rows, far less."""

FURNITURE = re.compile(
    r"(?:[\[]?(?:打印(?:本页|页面)?|关闭(?:窗口|本页)?|收藏|返回顶部|返回|分享|下载)[\]]?)+"
    r"|分享到.{0,20}|扫一扫.{0,20}|(?:字体|字号|视力保护色|保护视力色).{0,30}|上一[篇条]:.{0,60}|下一[篇条]:.{0,60}"
    r"|(?:当前位置|您(?:现在)?(?:所在)?的?位置|首页)[:>].{0,60}|[★☆_]{4,}|━{4,}"
)
"""What stands on web pages and printed forms round the text of a document."""

PRINTED_ADDRESS = re.compile(
    r"file:/{3}\S{1,300}(?:\s*[0-9]{1,4}/[0-9]{1,4})?|https?://\S{1,300}\s+[0-9]{1,4}/[0-9]{1,4}"
)
"""What a browser prints at the foot of a page: where it was read, and which page of how many it is."""

RUNNING = 2
"""A running head stands at least so many times beside a page mark."""


@dataclass(frozen=True)
class Dropped:
    """A line left out, and what it was taken for."""

    line: Line
    reason: str


@dataclass(frozen=True)
class Repaired:
    """The lines that hold the document, and those left out."""

    lines: tuple[Line, ...]
    dropped: tuple[Dropped, ...] = ()


def repair(lines: Sequence[Line]) -> Repaired:
    """Leave out page marks, the running heads beside them, and the furniture of web pages."""
    reasons = dict(_furniture(lines))
    marks = {place for place, line in enumerate(lines) if _is_page_mark(line)} | _bare_page_numbers(lines)
    reasons |= dict.fromkeys(_running_heads(lines, marks), "running_head")
    reasons |= dict.fromkeys(marks, "page_mark")
    kept = tuple(line for place, line in enumerate(lines) if place not in reasons)
    return Repaired(kept, tuple(Dropped(lines[place], reasons[place]) for place in sorted(reasons)))


def _furniture(lines: Iterable[Line]) -> Iterable[tuple[int, str]]:
    for place, line in enumerate(lines):
        is_short = len(line.text) <= 2 * LONGEST_MARK
        if (is_short and FURNITURE.fullmatch(squash(line.text))) or PRINTED_ADDRESS.fullmatch(line.text):
            yield place, "furniture"


def _is_page_mark(line: Line) -> bool:
    return len(line.text) <= LONGEST_MARK and PAGE_MARK.fullmatch(squash(line.text)) is not None


def _bare_page_numbers(lines: Sequence[Line]) -> set[int]:
    """Find lines that hold nothing but 1, 2, 3 … with a page of text between each two."""
    places = [place for place, line in enumerate(lines) if BARE_NUMBER.fullmatch(line.text)]
    if len(places) < 2:
        return set()
    counts = [int(lines[place].text) for place in places]
    if any(later != earlier + 1 for earlier, later in pairwise(counts)):
        return set()
    between = [sum(len(line.text) for line in lines[first + 1 : second]) for first, second in pairwise(places)]
    return set(places) if min(between) >= PAGE_CHARACTERS else set()


def _running_heads(lines: Sequence[Line], marks: set[int]) -> set[int]:
    """Find short lines that stand beside page marks again and again, or repeat a line of the document there."""
    beside = {place for mark in marks for place in (mark - 1, mark + 1) if 0 <= place < len(lines)} - marks
    short = {place: squash(lines[place].text) for place in beside if _could_be_head(lines[place])}
    times = Counter(short.values())
    opening = {squash(line.text) for line in lines[:8] if len(line.text) <= LONGEST_MARK}
    first = min(marks, default=0)
    return {
        place
        for place, text in short.items()
        if times[text] >= RUNNING or (text in opening and place > max(first - 1, 8))
    }


def _could_be_head(line: Line) -> bool:
    """Tell whether a line could be printed above every page: short, unnumbered, no label, no sentence."""
    if len(line.text) > LONGEST_MARK or any(sign in line.folded for sign in ":,。;、"):
        return False
    return not re.match(r"[0-9一二三四五六七八九十(]+[.、)]", line.folded)
