"""Find the quantities a task sets itself: 组织2次, 不少于10个, 覆盖率达到90%, 每季度."""

import re
from decimal import Decimal

from tracker.rules.plan_text.drafts import TargetDraft
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.numbers import count_of

MOST = 12
"""Quantities of one task; a text with more is a table of figures."""

_UNITS = (
    "平方公里|平方千米|平方米|立方米|公里|千米|公顷|万亩|亿元|万元|万人次|万吨|万户|万人|人次|场次|批次|个百分点|个工作日"
    "|㎡|千瓦|次|场|个|家|名|人|件|项|部|篇|套|处|所|支|期|条|座|户|亩|吨|元|起|份|天|宗|辆|台|节|课时|学时|盏|株|棵|面|张|册|幅|米|%|％|‰"
)
_NUMERAL = "[一二两三四五六七八九十]{1,3}"
_BOUND = "(?:不少于|不低于|不超过|不高于|至少|至多|最多|达到|达|超过|突破|降低|提高|增长|力争|以上|控制在)"
_QUANTITY = re.compile(
    rf"(?:(?:每(?:年|半年|季度|季|月|周|日|天|学期|个?[\u4e00-\u9fff]{{0,6}}?))(?:{_BOUND}|[\u4e00-\u9fff]{{0,4}}?))?"
    rf"{_BOUND}?\s?(?<![0-9年月第.-])([0-9]{{1,7}}(?:\.[0-9]{{1,3}})?|{_NUMERAL})\s?({_UNITS})(?:以上|以内)?"
)
_PER = re.compile("每(年|半年|季度|季|月|周|日|天|学期)")
_NOT_COUNTED = re.compile("^(?:一个|一项|一批|一次性|一人|一条龙|一件事|一场|三农|两个|一方面|一家)$")
_NAMED = re.compile("规定|制度|原则|机制|要求")
"""A counted noun that is a name (八项规定), not a quantity."""

_PER_THING = re.compile("每个?([\u4e00-\u9fff()]{1,20}?)(?:至少|不少于|不低于|建设|配备|培养|设置|达到)")


def read_targets(text: str) -> tuple[TargetDraft, ...]:
    """Give the quantities of a text with their wording; a frequency alone (每季度) has no amount."""
    folded = fold(text[:4000])
    found: list[TargetDraft] = []
    taken: set[int] = set()
    for match in _QUANTITY.finditer(folded):
        raw = text[match.start() : match.end()].strip()
        quoted = folded.count("“", 0, match.start()) > folded.count("”", 0, match.start())
        named = _NAMED.match(folded, match.end())
        if quoted or named or _NOT_COUNTED.match(raw) or len(found) >= MOST:
            continue
        amount = Decimal(match[1]) if match[1][0].isdecimal() else Decimal(count_of(match[1].replace("两", "二")))
        taken.update(range(match.start(), match.end()))
        found.append(TargetDraft(raw, amount, match[2], _per(folded, match.start(), match.end())))
    frequencies = (match for match in _PER.finditer(folded) if match.start() not in taken)
    found += [TargetDraft(match[0], None, "", f"每{match[1]}") for match in frequencies]
    return tuple(found[:MOST])


def _per(folded: str, start: int, end: int) -> str:
    """Give for each what a quantity holds: 每季度, 每个行政村."""
    sentence = max(folded.rfind(sign, 0, start) for sign in "。;,\n") + 1
    within = folded[sentence:end]
    if match := _PER.search(within):
        return match[0]
    match = _PER_THING.search(within)
    return match[0][: 1 + match[0][1:].index(match[1]) + len(match[1])] if match else ""
