"""Read sentences that hold for many tasks at once: 以上任务由…牵头, 未注明时限的，均于…前完成."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from tracker.rules.plan_text.attributes import Attribute
from tracker.rules.plan_text.blocks import Block
from tracker.rules.plan_text.drafts import Certainty
from tracker.rules.plan_text.labels import Label
from tracker.rules.plan_text.lines import squash
from tracker.rules.plan_text.numbers import count_of
from tracker.rules.plan_text.phrases import is_due, read_phrase
from tracker.rules.plan_text.units import looks_like_unit, split

_COUNT = "[0-9]{1,3}|[一二三四五六七八九十]{1,4}"
_SCOPE = re.compile(
    rf"(?P<last>(?:以上|上述|前述)(?P<several>{_COUNT})[项条](?:工作|任务|事项|重点任务)?)"
    rf"|第?\(?(?P<first>{_COUNT})\)?项?(?:至|到|—|－|-|~)第?\(?(?P<final>{_COUNT})\)?[项条](?:工作|任务|工作任务|重点任务)?"
    rf"|第(?P<listed>(?:(?:{_COUNT})[、和及,]第?){{0,12}}(?:{_COUNT}))[项条](?:工作|任务)?"
    r"|((?:以上|上述|前述|前款|以下|下列|下述|本(?:清单|方案|表|计划|通知|部分|章|节|项)?(?:所列|中)?的?|所列|全部|所有|各项)"
    r"(?:各项|所有|全部|重点|工作|具体|年度|目标|任务|事项|项目){0,4}(?:任务|工作|事项|项目|举措|措施))"
    r"|((?:凡)?(?:未|没有|除)(?:单独|特别|另行)?(?:注明|明确|标明|列明|规定|标注|说明|写明)(?:的)?[^,。;]{0,20}(?:的|外|者|任务|工作|事项)?)"
)
_ALL_WHO = re.compile(r"(?:均|都|全部|统一|一律)?由([^,。;]{2,60}?)(?:负责)?(牵头|负责|承办|统筹|组织实施|落实|配合)")
_ARE = re.compile(
    r"(牵头|责任|承办|配合|主办|协办)(?:单位|部门|处室|科室|主体)?(?:均|都|统一|一律)?(?:为|是|:)([^,。;]{2,60})"
)
_BY = re.compile(
    r"(?:完成)?(?:时限|时间|期限)?(?:均|都|统一|一律|须|应|要|原则上|请)*(?:为|是|:|于|在)?([^,。;为于在均]{2,30}?(?:完成|前|底|止|内|推进|坚持|日|月))(?:$|[,。;])"
)
_ROLES = {"牵": Label.LEAD, "统": Label.LEAD, "配": Label.COOPERATING, "协": Label.COOPERATING}
_FIRST = "(?:第一(?!季|批|阶段|时间|步|责任人|书记|年|周|产业|轮|期|次)|首位|首个|最前|首家|前列)"
_FIRST_LEADS = re.compile(
    rf"{_FIRST}[^。;,:由]{{0,12}}(?:,(?=[为是即]))?[^。;,:由]{{0,6}}牵头"
    rf"|牵头[^。;,全各]{{0,6}}(?:排|列|在|为|是)[^。;,全各]{{0,4}}{_FIRST}"
)
MOST = 40
"""A document with more such sentences than this is a made-up one."""

LONGEST_NOTE = 300
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Cover:
    """What one sentence states for many tasks; numbers is empty where it holds for all."""

    attributes: tuple[Attribute, ...]
    line: int
    numbers: frozenset[int] = frozenset()
    backward: bool = False
    """True for 以上: it holds only for what stands before it."""
    last: int = 0
    """How many of the tasks before it 以上三项 means; 0 for all."""


def read_covers(blocks: Iterable[Block]) -> list[Cover]:
    """Find the sentences outside the tasks that state units or deadlines for many of them."""
    return list(islice((cover for block in blocks for cover in _of_block(block)), MOST))


def _of_block(block: Block) -> Iterable[Cover]:
    text = block.folded[:LONGEST_TEXT]
    place = 0
    for sentence in re.split("(?<=[。\n;])", text):
        if len(sentence) <= LONGEST_NOTE and (scope := _SCOPE.search(sentence)) and scope.start() <= 12:
            found = tuple(_stated(block, sentence, place, scope.end()))
            if found:
                backward = scope[0].startswith(("以上", "上述", "前述", "前款"))
                several = count_of(scope["several"]) if scope["last"] else 0
                yield Cover(found, block.line_to, _numbers(scope), backward, several)
        place += len(sentence)


def first_leads(text: str) -> bool:
    """Tell whether a text says that the unit named first leads (排在第一位的为牵头单位)."""
    return _FIRST_LEADS.search(squash(text)) is not None


def _numbers(scope: re.Match[str]) -> frozenset[int]:
    if scope["first"] and scope["final"]:
        first, last = count_of(scope["first"]), count_of(scope["final"])
        return frozenset(range(first, min(last, first + 1000) + 1))
    if scope["listed"]:
        return frozenset(count_of(number) for number in re.findall(_COUNT, scope["listed"]))
    return frozenset()


def _stated(block: Block, sentence: str, offset: int, begin: int) -> Iterable[Attribute]:
    """Read what follows the scope: 由…负责, 责任单位均为…, 于…前完成."""
    if whole := _as_phrase(block, sentence, offset, begin):
        yield from whole
        return
    for match in _ALL_WHO.finditer(sentence, begin):
        if _are_units(match[1]):
            yield _attribute(block, _ROLES.get(match[2][0], Label.RESPONSIBLE), offset, match.span(1))
    for match in _ARE.finditer(sentence, begin):
        if _are_units(match[2]):
            yield _attribute(block, _ROLES.get(match[1][0], Label.RESPONSIBLE), offset, match.span(2))
    for match in _BY.finditer(sentence, max(0, begin - 1)):
        if is_due(match[1]):
            yield _attribute(block, Label.DEADLINE, offset, match.span(1))
            return


def _as_phrase(block: Block, sentence: str, offset: int, begin: int) -> list[Attribute]:
    """Read a sentence that holds nothing more than who and until when."""
    opening = re.compile("[\u4e00-\u9fff]{0,4}?(?:的)?,?(?:均|都|统一|一律|全部)?(?=由|请|于|在|[0-9])").match(
        sentence, begin
    )
    start = opening.end() if opening else begin
    parts = read_phrase(sentence[start:].rstrip("。;\n "))
    return [_attribute(block, part.label, offset + start, (part.start, part.end)) for part in parts or ()]


def _are_units(text: str) -> bool:
    names = [name for name in split(text, frozenset("、")) if name]
    return bool(names) and all(looks_like_unit(name) for name in names)


def _attribute(block: Block, label: Label, offset: int, span: tuple[int, int]) -> Attribute:
    start, end = offset + span[0], offset + span[1]
    return Attribute(label, block.text[start:end], block, start, end, "covering_note", Certainty.LIKELY)
