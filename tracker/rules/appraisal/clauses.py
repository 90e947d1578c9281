"""Read the clauses of an item: which sentence gives or takes how many points, and how that is counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from tracker.rules.appraisal.scheme import Clause, Kind, Places

_NUMBER = r"\d+(?:\.\d+)?"
_UNITS = "人次|项任务|种途径|次|件|起|人|项|例|个|月|条"
_COUNTED = re.compile(
    rf"每(?:发现|发生|缺少|漏报)?\s*[一1]?\s*(?P<each>{_UNITS})[，,]?\s*(?:视情况?)?可?$"
    rf"|(?:少|发现)\s*[一1]\s*(?P<short>个|人|例)[，,]?\s*$|一(?P<one>项)$"
)
_COUNTED_AT_FIRST = re.compile(r"^[；;。\s]*每个[^，；]*(项目)执行率")
_COUNTED_AS = {"项任务": "任务", "种途径": "途径"}
_JUDGED = re.compile(r"视情况?$")
_SCORE = re.compile(
    rf"(?P<verb>扣|加|得)\s*(?P<a>{_NUMBER})(?:\s*-\s*(?P<b>{_NUMBER}))?(?:\s*分|(?=[，,]))|(?P<turned>{_NUMBER})扣分"
)
_RANKED_DOWN = re.compile(
    rf"前\s*(\d+)\s*名的区不扣分，后\s*(\d+)\s*名的区按名次从\s*({_NUMBER})\s*至\s*({_NUMBER})\s*分扣分"
)
_RANKED_UP = re.compile(rf"(?:排名第?\s*(\d+)-(\d+)\s*的，?得|第([一二三])名加)\s*({_NUMBER})\s*分")
_JUDGED_UP_TO = re.compile(rf"视情评分，此项上限\s*({_NUMBER})\s*分")
_NOTHING = re.compile(r"本项目?不得分")
_CONVERTED = re.compile(r"进行评分折算|计算各区得分")
_TWICE = re.compile(r"加倍扣分")
_CITYS = "根据市局扣分情况定"
_CITYS_FOR_ALL = re.compile(rf"。（{_CITYS}[^（）]*）\s*$")
"""A sentence at the end of a cell that holds for all of it (l.148-150)."""

_CAP = re.compile(
    rf"^，\s*扣完\s*({_NUMBER})\s*分为止|^，共\s*({_NUMBER})\s*分，扣完为止|^，扣完为止(?:，满分为\s*({_NUMBER})\s*分)?"
    rf"|^（至多得分不超过\s*({_NUMBER})\s*分）"
)
_OPENING, _CLOSING = "（【(", "）】)"
_PLACE = {"一": 1, "二": 2, "三": 3}
_THRESHOLD = re.compile(r"低于\s*\d+\s*%")


@dataclass(frozen=True)
class _Piece:
    """A stretch of an item's text: from, to, and the sentence it is of, counted from 0."""

    start: int
    end: int
    sentence: int


def read_clauses(code: str, line: int, text: str) -> tuple[Clause, ...]:
    """Return the clauses of an item's cell in their order; what states no points is part of none, or leads to one."""
    found: list[Clause] = []
    for sentence in _sentences(text):
        for clause in _of_sentence(text, sentence):
            found.append(_after(found, clause))
    for_all = bool(_CITYS_FOR_ALL.search(text))
    found = [_mirrored(clause) if for_all or _CITYS in clause.quote else clause for clause in found]
    return tuple(
        replace(clause, code=f"{code}.{number}", line=line, group=clause.group and f"{code}.{clause.group}")
        for number, clause in enumerate(found, 1)
    )


def _sentences(text: str) -> Iterator[_Piece]:
    """Yield what stands between full stops and semicolons that no bracket holds.

    A semicolon after words without points only separates conditions that share the points at their end (l.157).
    """
    start, depth, number = 0, 0, 0
    for at, sign in enumerate(f"{text}。"):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if depth > 0 or sign not in "；;。\n":
            continue
        states = _states(text[start:at])
        if states or sign in "。\n":
            if states:
                yield _Piece(start, at, number)
                number += 1
            start = at + 1


def _states(words: str) -> bool:
    """Tell whether words state what is given or taken."""
    outside = _outside(words)
    return any(each.search(outside) for each in (_SCORE, _RANKED_DOWN, _JUDGED_UP_TO, _NOTHING, _CONVERTED, _TWICE))


def _outside(words: str) -> str:
    """Return words with what stands in brackets blanked out, in their places."""
    depth, told = 0, []
    for sign in words:
        depth += sign in _OPENING
        told.append(" " if depth > 0 else sign)
        depth -= sign in _CLOSING
    return "".join(told)


def _of_sentence(text: str, piece: _Piece) -> Iterator[Clause]:
    words = text[piece.start : piece.end]
    for special in (_ranked, _judged_up_to, _without_points):
        clause = special(words)
        if clause is not None:
            yield clause
            return
    outside, start = _outside(words), 0
    scores = list(_SCORE.finditer(outside))
    tiered = len(scores) > 1 and len(_THRESHOLD.findall(outside)) == len(scores)
    for number, score in enumerate(scores, 1):
        following = scores[number].start() if number < len(scores) else len(words)
        end, cap = _tail(words, score.end(), following)
        quote, before = words[start:end].strip(" ，,"), outside[start : score.start()]
        clause = _scored(score, before, quote, cap)
        yield replace(clause, kind=Kind.TIER, group=f"s{piece.sentence}") if tiered else clause
        start = end


def _tail(words: str, at: int, following: int) -> tuple[int, Decimal | None]:
    """Return where a clause ends behind its points: with its cap and the brackets that explain it; and that cap."""
    capped = _CAP.match(words[at:])
    cap = next((Decimal(each) for each in capped.groups() if each), None) if capped else None
    end = at + (capped.end() if capped else 0)
    while end < following and words[end] in _OPENING:
        depth = 0
        for place in range(end, len(words)):
            depth += (words[place] in _OPENING) - (words[place] in _CLOSING)
            if depth == 0:
                end = place + 1
                break
        else:
            end = len(words)
    return end, cap


def _scored(score: re.Match[str], before: str, quote: str, cap: Decimal | None) -> Clause:
    a, b = score["a"] or score["turned"], score["b"]
    counted = _COUNTED.search(before) or _COUNTED_AT_FIRST.search(before)
    unit = next(filter(None, counted.groups()), "") if counted else ""
    gives = score["verb"] in ("加", "得")
    judged = b is not None or bool(_JUDGED.search(before))
    if judged:
        kind = Kind.DISC
    elif gives:
        kind = Kind.ADD
    elif unit:
        kind = Kind.SUBCAP if cap is not None else Kind.PER
    else:
        kind = Kind.FIX
    return Clause(
        "", 0, quote, kind, gives, Decimal(b or a), Decimal(a) if b else None, _COUNTED_AS.get(unit, unit), cap
    )


def _ranked(words: str) -> Clause | None:
    down = _RANKED_DOWN.search(words)
    if down:
        free, last, least, most = int(down[1]), int(down[2]), Decimal(down[3]), Decimal(down[4])
        step = (most - least) / max(last - 1, 1)
        places = tuple(Places(free + n, free + n, least + step * (n - 1)) for n in range(1, last + 1))
        return Clause("", 0, words.strip(), Kind.RANK, points=most, places=places)
    up = list(_RANKED_UP.finditer(words))
    if len(up) > 1:
        places = tuple(_place(each) for each in up)
        return Clause("", 0, words.strip(), Kind.RANK, True, places[0].points, places=places)
    return None


def _place(said: re.Match[str]) -> Places:
    first = _PLACE[said[3]] if said[3] else int(said[1])
    return Places(first, first if said[3] else int(said[2]), Decimal(said[4]))


def _judged_up_to(words: str) -> Clause | None:
    said = _JUDGED_UP_TO.search(words)
    return Clause("", 0, words.strip(), Kind.DISC, True, Decimal(said[1]), Decimal(0)) if said else None


def _without_points(words: str) -> Clause | None:
    for kind, pattern in ((Kind.ZERO, _NOTHING), (Kind.CONV, _CONVERTED), (Kind.DOUBLE, _TWICE)):
        if pattern.search(words):
            return Clause("", 0, words.strip(), kind)
    return None


def _after(found: list[Clause], clause: Clause) -> Clause:
    """Let a doubling take over what the clause before it takes: it counts on top of that one (l.141)."""
    if clause.kind is not Kind.DOUBLE or not found:
        return clause
    return replace(clause, points=found[-1].points, unit=found[-1].unit)


def _mirrored(clause: Clause) -> Clause:
    """Let a clause follow the city's result; one whose points somebody else works out stays what it is (l.150)."""
    return replace(clause, kind=Kind.EXT) if clause.kind in (Kind.FIX, Kind.PER) else clause
