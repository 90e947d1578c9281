"""Know the numbers that official documents put before their parts, items and points."""

import re
from dataclasses import dataclass
from enum import StrEnum

_NUMERAL = "[一二三四五六七八九十百]{1,4}"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_BRACKETED = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
_BRACKETED_NUMERALS = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"
_DIGITS = {numeral: value for value, numeral in enumerate("一二三四五六七八九", 1)}


class Form(StrEnum):
    """How a number is written; the forms stand in the order in which documents nest them."""

    CHAPTER = "chapter"
    PART = "part"
    SECTION = "section"
    STEP = "step"
    ARTICLE = "article"
    NAMED = "named"
    ITEM = "item"
    DOTTED = "dotted"
    DOTTED_TWICE = "dotted_twice"
    POINT = "point"
    HALF_BRACKET = "half_bracket"
    CIRCLED = "circled"
    ORDINAL = "ordinal"
    ENUMERATED = "enumerated"
    BULLET = "bullet"
    PARAGRAPH = "paragraph"
    """No number at all: a paragraph that carries units of its own."""

    @property
    def minor(self) -> bool:
        """Tell whether this counts points inside an item rather than items."""
        return self in MINOR


MINOR = frozenset({Form.POINT, Form.HALF_BRACKET, Form.CIRCLED, Form.ORDINAL, Form.ENUMERATED, Form.BULLET})

OUTERMOST = frozenset({Form.CHAPTER, Form.PART})
"""Forms that begin a new part of the document wherever they stand."""


@dataclass(frozen=True)
class Number:
    """The number at the beginning of a line: its form, its inner wording, how it is printed, where the text begins."""

    form: Form
    value: str
    printed: str
    rest: int

    @property
    def count(self) -> int:
        """Give the number as an integer, 0 where it has none."""
        return count_of(self.value)


FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (Form.CHAPTER, re.compile(rf"第\s?({_NUMERAL}|[0-9]{{1,2}})\s?(?:章|编|篇|部分)[:、\s]{{0,4}}")),
    (Form.SECTION, re.compile(rf"第\s?({_NUMERAL}|[0-9]{{1,2}})\s?节[:、\s]{{0,4}}")),
    (Form.ARTICLE, re.compile(rf"第\s?({_NUMERAL}|[0-9]{{1,3}})\s?条[:、\s]{{0,4}}")),
    (Form.NAMED, re.compile(rf"第\s?({_NUMERAL}|[0-9]{{1,3}})\s?[项件]\s?[:、.\s]\s{{0,4}}")),
    (Form.ENUMERATED, re.compile("([一二三四五六七八九十]{1,2})(?:是|要(?!求|点|素|件))[,:]?")),
    (Form.ORDINAL, re.compile("第([一二三四五六七八九十]{1,3})[,、:]")),
    (Form.PART, re.compile(rf"({_NUMERAL})\s{{0,4}}[、.:]\s{{0,4}}")),
    (Form.STEP, re.compile(rf"\(\s?({_NUMERAL})\s?\)[、.]?\s{{0,4}}")),
    (Form.STEP, re.compile(rf"([{_BRACKETED_NUMERALS}])[、.]?\s{{0,4}}")),
    (
        Form.NAMED,
        re.compile(
            r"[\[(]?\s?[\u4e00-\u9fff]{0,6}?(?:任务|工作|项目|事项|行动|举措|措施|工程|问题|清单|议题)\s?"
            rf"({_NUMERAL}|[0-9]{{1,3}})(?:\s?[:、.\])]|(?=\s))[:、.]?\s{{0,4}}"
        ),
    ),
    (Form.NAMED, re.compile(r"(?:[Nn][Oo]\.?|№)\s?([0-9]{1,3})[.、:\s]\s{0,4}")),
    (Form.POINT, re.compile(rf"\(\s?([0-9]{{1,3}})\s?\)[、.]?\s{{0,4}}|([{_BRACKETED}])[、.]?\s{{0,4}}")),
    (Form.HALF_BRACKET, re.compile(r"([0-9]{1,3})\s?\)[、.]?\s{0,4}")),
    (Form.CIRCLED, re.compile(rf"([{_CIRCLED}])[、.]?\s{{0,4}}")),
    (
        Form.ITEM,
        re.compile(
            r"(1[0-9]{3}|[0-9]{1,3})\s{0,4}(?:、(?![0-9]{1,2}(?![0-9]))|\.(?![0-9]{1,3}(?![0-9]))|\.(?=[0-9]{1,2}月)|:(?=\s{0,2}[\u4e00-\u9fff]))\s{0,4}"
        ),
    ),
    (Form.DOTTED_TWICE, re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2}){2,3})[、.]?\s{0,4}(?=[\u4e00-\u9fff“《]{4})")),
    (
        Form.DOTTED,
        re.compile(r"([0-9]{1,2}\.[0-9]{1,2})[、.]?\s{0,4}(?![年月日万亿倍个元公米项至])(?=[\u4e00-\u9fff“《]{4})"),
    ),
    (Form.BULLET, re.compile(r"([●•■◆▪◇○※★☆]|—{1,3}|–{1,2}|\*)\s{0,4}(?=[\u4e00-\u9fff“《【\[]|20[0-9]{2}\s?年)")),
)
"""The forms of numbers in the order in which they are tried."""


_BARE = re.compile(r"([0-9]{1,3})\s{1,4}(?=[\u4e00-\u9fff“《]{2})(?![年月日个项名家次万亿元人户种类件条份套处岁天周])")


def read_bare_number(folded: str) -> Number | None:
    """Read a number that only a gap divides from its text: "01 修订规程"."""
    match = _BARE.match(folded)
    return Number(Form.ITEM, match[1], match[0].strip(), match.end()) if match else None


def read_number(folded: str) -> Number | None:
    """Recognise the number at the beginning of a folded line."""
    for form, pattern in FORMS:
        if match := pattern.match(folded):
            value = next((group for group in match.groups() if group), "")
            return Number(form, value, match[0].strip(), match.end())
    return None


def count_of(value: str) -> int:
    """Turn 12, 十二, ③ or 2.3 (its last part) into an integer; 0 for a bullet."""
    for circled in (_CIRCLED, _BRACKETED, _BRACKETED_NUMERALS):
        if value and value in circled:
            return circled.index(value) + 1
    last = value.rpartition(".")[2]
    if last.isdecimal():
        return int(last)
    tens, ten, ones = value.rpartition("百")[2].partition("十")
    if not ten:
        return _DIGITS.get(tens, 0)
    return 10 * (_DIGITS.get(tens, 1)) + _DIGITS.get(ones, 0)


def printed_number(form: Form, value: str) -> str:
    """Write a number as people name an item by it: "3." is 3, "（三）" keeps its brackets."""
    written = {
        Form.STEP: f"（{value}）", Form.POINT: f"（{value}）", Form.ARTICLE: f"第{value}条",
        Form.CHAPTER: f"第{value}章", Form.SECTION: f"第{value}节", Form.BULLET: "",
    }  # fmt: skip
    if not value or value in _BRACKETED_NUMERALS:
        return value
    return written.get(form, value)
