"""Find the units and deadlines that a text states: in label lines, in brackets, behind labels in the middle."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from tracker.rules.plan_text.blocks import Block
from tracker.rules.plan_text.brackets import Bracket, outer_brackets
from tracker.rules.plan_text.drafts import Certainty, Role, Span
from tracker.rules.plan_text.labels import Key, Label, find_keys, label_of
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.numbers import Form
from tracker.rules.plan_text.phrases import Part, is_due, read_phrase
from tracker.rules.plan_text.several import names_several
from tracker.rules.plan_text.units import NOBODY, SHORTEST_NAME

LONGEST_BLOCK = 20_000
"""Characters: a longer paragraph is no item of a plan."""

_HINT = re.compile("[(（\\[【〔]|[:：]|负责|牵头|配合|承办|落实|办理|实施")
"""Without any of these a text states nothing."""

LONGEST_TAIL = 100
LONGEST_LABEL = 12
SHORTEST_INLINE = 4
"""In running text a shorter label (责任：, 时间：) is a word like any other."""

LONGEST_STATEMENT = 200
_TELLS = re.compile("负责|牵头|配合|承办|协办|办理|落实|实施")
_THIS_WORK = re.compile(
    "\\s*(?:(?:此|该|本|这)(?:项)?(?:工作|任务|事项|项目|措施|举措)?,?)?(?:具体|主要|统一|均|拟)?(?=由|请|[\u4e00-\u9fff])"
)
_FINAL = re.compile("前$|底$|末$|完成|持续|长期|常态|办结")
BINDING = frozenset({Label.DEADLINE, *(Label(role.value) for role in Role)})


@dataclass(frozen=True)
class Attribute:
    """A stretch of a block that names units or a deadline: the value's place, the place of all that is no task text."""

    label: Label
    value: str
    block: Block
    start: int
    end: int
    rule: str
    certainty: Certainty = Certainty.CERTAIN
    cut: tuple[int, int] = (0, 0)

    @property
    def span(self) -> Span:
        """Give where the value stands in the source."""
        return self.block.span(self.start, self.end)

    @property
    def binds(self) -> bool:
        """Tell whether this makes its item a task: units in a role, or a deadline."""
        return self.label in BINDING


def read_attributes(block: Block) -> list[Attribute]:
    """Find everything a block states about units and deadlines, in the order of the text."""
    if len(block.text) > LONGEST_BLOCK or (block.label is None and not _HINT.search(block.text)):
        return []
    if block.form is Form.CHAPTER and not block.number:
        return []  # 【一季度】: a heading of what follows, and no deadline of what stands above.
    folded = block.folded
    if block.label is not None:
        keys = [Key(block.label, 0, 0), *(key for key in find_keys(folded) if key.start > 0)]
        found = list(_of_keys(block, folded, keys, (0, len(folded)), "label_line"))
    else:
        found = [*_in_brackets(block, folded), *_in_text(block, folded)] or list(_in_sentences(block, folded))
    return sorted((_doubted(part) for one in found for part in _unfold(one)), key=lambda one: one.start)


def _doubted(one: Attribute) -> Attribute:
    """Mark a deadline of two days, or of a day and what goes on: either may be meant."""
    if one.label is Label.DEADLINE and names_several(one.value):
        return replace(one, certainty=Certainty.DOUBTFUL)
    return one


def _in_brackets(block: Block, folded: str) -> Iterator[Attribute]:
    """Read the brackets of a text: with labels inside, or a phrase of units, verbs and dates."""
    for bracket in outer_brackets(folded):
        first, last = bracket.inside
        inside = folded[first:last]
        keys = [Key(key.label, first + key.start, first + key.value) for key in find_keys(inside)]
        if any(key.label in BINDING for key in keys) and not _is_label_bracket(folded, bracket):
            yield from _labelled_bracket(block, folded, bracket, keys)
            continue
        parts = read_phrase(inside) if bracket.closed and _stands_apart(folded, bracket) else None
        if parts and _is_statement(folded, bracket, parts):
            yield from _of_parts(block, folded, first, parts, (bracket.start, bracket.end), "bare_bracket")


def _labelled_bracket(block: Block, folded: str, bracket: Bracket, keys: list[Key]) -> Iterator[Attribute]:
    """Read the labels of one bracket; what stands before the first label may be a phrase."""
    first, last = bracket.inside
    cut = (bracket.start, bracket.end)
    before = folded[first : keys[0].start]
    if parts := read_phrase(before.rstrip(" ,;。")):
        yield from _of_parts(block, folded, first, parts, cut, "label_bracket")
    for one in _of_keys(block, folded, keys, (first, last), "label_bracket"):
        yield replace(one, cut=cut)


def _stands_apart(folded: str, bracket: Bracket) -> bool:
    """Tell whether a bracket stands at the end of a sentence, a title or the text."""
    behind = folded[bracket.end : bracket.end + 1]
    return not behind or behind in "。;,\n!:("


def _is_statement(folded: str, bracket: Bracket, parts: list[Part]) -> bool:
    """Tell units and dates that bind from a remark: a verb says so, or the bracket follows a whole sentence."""
    if any(part.stated and part.label is not Label.DEADLINE for part in parts):
        return True
    before = folded[: bracket.start].rstrip()[-1:]
    at_end = not folded[bracket.end :].strip("。;\n ")
    if not at_end:
        return False
    inside = folded[slice(*bracket.inside)]
    if all(part.label is Label.DEADLINE for part in parts) and at_end and _FINAL.search(inside):
        return True
    if _says_who_and_when(parts):
        return True
    if not (before in "。;!)" or before == ""):
        return False
    return all(part.label is Label.DEADLINE for part in parts) or len(inside) >= SHORTEST_NAME


def _says_who_and_when(parts: Sequence[Part]) -> bool:
    labels = {part.label is Label.DEADLINE for part in parts}
    return len(labels) > 1


_AT_END = re.compile(r"(?:[(\[]([^()\[\]]{2,80})[)\]]|[—–-]{1,2}\s?([^—–()\[\]。;]{2,80}))[。;]?\s*$")


def units_at_end(block: Block) -> list[Attribute]:
    """Read a bracket or a dash with nothing but units at the very end; it binds only where its neighbours do alike."""
    first, _, _ = block.text.partition("\n")
    match = _AT_END.search(block.folded[: len(first)], max(0, len(first) - 2 * LONGEST_TAIL))
    if match is None or match.start() == 0:
        return []
    start = match.start(match.lastindex or 1)
    parts = read_phrase(match[match.lastindex or 1])
    return (
        list(_of_parts(block, block.folded, start, parts, (match.start(), match.end()), "bare_bracket"))
        if parts
        else []
    )


def _in_text(block: Block, folded: str) -> Iterator[Attribute]:
    """Read labels that stand in the text itself, without a bracket round them."""
    brackets = [bracket for bracket in outer_brackets(folded) if not _is_label_bracket(folded, bracket)]
    keys: list[Key] = []
    found = find_keys(folded)
    for key, following in zip_longest(found, found[1:]):
        outside = not any(bracket.start <= key.start < bracket.end for bracket in brackets)
        leads_on = following is not None and key.label in BINDING and _goes_on(folded, [key], following)
        stated = _is_label(folded, key) or leads_on or _goes_on(folded, keys, key)
        if outside and (stated or _is_answered(folded, key, following)):
            keys.append(key)
    if any(key.label in BINDING for key in keys):
        yield from _of_keys(block, folded, keys, (0, len(folded)), "label_inline")


def _in_sentences(block: Block, folded: str) -> Iterator[Attribute]:
    """Read whole sentences that say nothing but who and until when: 由甲科牵头，乙科配合，9月底前完成。"""
    place = 0
    for sentence in re.split("(?<=[。;\n])", folded):
        opening = _THIS_WORK.match(sentence)
        start = opening.end() if opening else 0
        bare = sentence[start:].rstrip("。;\n ")
        tells = len(bare) <= LONGEST_STATEMENT and _TELLS.search(bare)
        parts = read_phrase(bare) if tells else None
        if parts and any(part.stated and part.label is not Label.DEADLINE for part in parts):
            yield from _of_parts(
                block, folded, place + start, parts, (place, place + len(sentence)), "stating_sentence"
            )
        elif clause := _CLAUSE.search(sentence[:LONGEST_BLOCK]):
            yield from _in_clause(block, folded, place + clause.start(1), clause[1].rstrip("。;\n "))
        place += len(sentence)


_CLAUSE = re.compile(r",(由[^。;\n]{2,200}?[。;\n]?\s*)$")
"""The end of a sentence that says who: …，由甲科牵头，9月底前完成。"""


def _in_clause(block: Block, folded: str, start: int, bare: str) -> Iterator[Attribute]:
    """Read who and until when at the end of a sentence that says what; the sentence is left whole."""
    parts = read_phrase(bare)
    if parts and any(part.stated and part.label is not Label.DEADLINE for part in parts):
        for one in _of_parts(block, folded, start, parts, (0, 0), "stating_clause"):
            yield replace(one, certainty=Certainty.LIKELY)


def _is_label_bracket(folded: str, bracket: Bracket) -> bool:
    """Tell whether a bracket holds a label word and nothing else: 【责任单位】."""
    first, last = bracket.inside
    word = folded[first:last].strip(" :")
    return folded[bracket.start] == "[" and len(word) <= LONGEST_LABEL and label_of(word) is not None


def _is_label(folded: str, key: Key) -> bool:
    at_line_start = key.start == 0 or folded[key.start - 1] == "\n"
    return (
        at_line_start
        or folded[key.start] == "["
        or len(re.sub(r"\W", "", folded[key.start : key.value])) >= SHORTEST_INLINE
    )


def _is_answered(folded: str, key: Key, following: Key | None) -> bool:
    """Tell whether nothing but a deadline follows a short label at the end of a sentence: 时限：一季度."""
    if key.label is not Label.DEADLINE or folded[key.start - 1 : key.start] not in ("。", ";", " "):
        return False
    limit = following.start if following else len(folded)
    return is_due(folded[key.value : _value_end(folded, key, limit)].rstrip("。;\n "))


def _goes_on(folded: str, keys: list[Key], key: Key) -> bool:
    """Tell whether a short label follows another one in the same sentence (责任部门：甲局；时限：9月)."""
    return bool(keys) and not any(sign in folded[keys[-1].value : key.start] for sign in "。\n")


def _of_keys(block: Block, folded: str, keys: list[Key], within: tuple[int, int], rule: str) -> Iterator[Attribute]:
    """Give the value of every label: up to the next label, the line end, or the end of its sentence."""
    ends = [*(key.start for key in keys[1:]), within[1]]
    for key, limit in zip(keys, ends, strict=True):
        end = _value_end(folded, key, limit)
        value = block.text[key.value : end].strip().rstrip("；;，, 。|｜/→—-◆●■★▲·\t")
        start = key.value + len(folded[key.value : end]) - len(folded[key.value : end].lstrip())
        yield Attribute(key.label, value, block, start, start + len(value), rule, cut=(key.start, end))
        behind = read_phrase(folded[end:limit]) if key.label in BINDING and end < limit else None
        if behind and any(part.stated for part in behind):
            yield from _of_parts(block, folded, end, behind, (key.start, limit), rule)


def _value_end(folded: str, key: Key, limit: int) -> int:
    """Find where a value ends: units and deadlines are one sentence on one line."""
    if key.label not in BINDING:
        return limit
    depth = 0
    for place in range(key.value, limit):
        sign = folded[place]
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 and (sign == "。" or (sign == "\n" and folded[key.value : place].strip())):
            return place + 1
    return limit


def _of_parts(
    block: Block, folded: str, offset: int, parts: list[Part], cut: tuple[int, int], rule: str
) -> Iterator[Attribute]:
    for part in parts:
        start, end = offset + part.start, offset + part.end
        certainty = Certainty.CERTAIN if part.stated else Certainty.LIKELY
        yield Attribute(part.label, block.text[start:end], block, start, end, rule, certainty, cut)


def _unfold(one: Attribute) -> list[Attribute]:
    """Read role verbs inside the value of a label (责任单位：甲局牵头，乙局配合); drop values that say nobody."""
    if one.label.role is None:
        return [one]
    if not one.value or fold(one.value) in NOBODY:
        return [replace(one, value="")]
    parts = read_phrase(one.value)
    if not parts or not any(_changes(part, one) for part in parts):
        return [one]
    unfolded = []
    for part in parts:
        label = part.label if part.stated else one.label
        label = one.label if label is Label.RESPONSIBLE and part.label.role else label
        start, end = one.start + part.start, one.start + part.end
        unfolded.append(replace(one, label=label, value=one.value[part.start : part.end], start=start, end=end))
    return unfolded


def _changes(part: Part, one: Attribute) -> bool:
    return part.stated and part.label is not one.label
