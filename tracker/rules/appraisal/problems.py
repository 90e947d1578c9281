"""Say what is odd about a scheme's text, for the leading group to decide: nothing is corrected by itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tracker.rules.appraisal.ballots import LEADERS, UNITS
from tracker.rules.appraisal.grades import SEATS
from tracker.rules.appraisal.reading import MARKUP
from tracker.rules.appraisal.scheme import Clause, Item, Kind, Scheme, Section
from tracker.rules.appraisal.special import MOST, NOT_RECOGNISED, RECOGNISED
from tracker.rules.appraisal.terms import SchemeTerms
from tracker.rules.words import Words, say

_HEAD = re.compile(r"[一二三四五六七八九十]+、责任科室：.+")
_RULE = re.compile(r"-{3,}[\s-]*")
_TURNED = re.compile(r"\d+(?:\.\d+)?扣分")
_NO_POINTS = re.compile(r"[加扣]\d+(?:\.\d+)?-\d+(?:\.\d+)?(?=[，,])")
_BELOW_MEAN = re.compile(r"低于[^（）]{0,4}平均值.*平均值）\s*≥\s*0")
_EMPTIED = re.compile(r"扣完为止(?!，满分)")


@dataclass(frozen=True)
class SchemeProblem:
    """Something odd: its sort, the line, the code it concerns, and what is there."""

    code: str
    line: int
    what: str
    concerns: str = ""


Found = Iterator[SchemeProblem]

ANYBODY = "相关科室"
"""Whoever it concerns: an owner that is no unit."""


@dataclass(frozen=True)
class Figure:
    """A number that the rules of the whole scheme count by, and how a text states it."""

    words: str
    said: re.Pattern[str]
    numbers: tuple[Decimal, ...]


def _figure(words: str, pattern: str, *numbers: Decimal) -> Figure:
    return Figure(words.format(*numbers), re.compile(pattern.replace("N", r"\s*(\d+(?:\.\d+)?)\s*")), numbers)


FIGURES = (
    _figure("特色工作分值上限为{:f}分", "特色工作分值上限为N分", MOST),
    _figure("获得市局加分的，在{:f}-{:f}分内予以加分", "并获得市局加分的，在N-N分", RECOGNISED.least, RECOGNISED.most),
    _figure(
        "未获得市局加分的，在{:f}-{:f}分内予以加分",
        "未获得市局加分的，在N-N分",
        NOT_RECOGNISED.least,
        NOT_RECOGNISED.most,
    ),
    _figure("局领导占{:.0f}%", "局领导占N%", LEADERS * 100),
    _figure("局属各单位、各部门占{:.0f}%", "部门占N%", UNITS * 100),
    _figure("根据考评得分前{:f}名评选为优秀", "得分前N名评选为优秀", Decimal(SEATS)),
)


def find_problems(text: str, scheme: Scheme) -> tuple[SchemeProblem, ...]:
    """Run every check; problems come in the order of the text."""
    found = (problem for check in CHECKS for problem in check(text.splitlines(), scheme))
    return tuple(sorted(found, key=lambda problem: problem.line))


def _late(lines: list[str], scheme: Scheme) -> Found:
    if scheme.issued_on > scheme.starts_on:
        line = next(at for at, each in enumerate(lines, 1) if "日至" in each)
        yield SchemeProblem("late", line, f"{scheme.starts_on}–{scheme.ends_on} / {scheme.issued_on}")


def _heads_twice(lines: list[str], _: Scheme) -> Found:
    seen: set[str] = set()
    for at, line in enumerate(lines, 1):
        if _HEAD.fullmatch(line.strip()):
            if line.strip() in seen:
                yield SchemeProblem("head_twice", at, line.strip())
            seen.add(line.strip())


def _foreign_signs(lines: list[str], _: Scheme) -> Found:
    for at, line in enumerate(lines, 1):
        if marks := MARKUP.findall(line):
            yield SchemeProblem("markup", at, "、".join(dict.fromkeys(marks)))
        elif _RULE.fullmatch(line.strip()):
            yield SchemeProblem("rule_line", at, line.strip()[:3])


def _without_title(lines: list[str], scheme: Scheme) -> Found:
    for sheet in scheme.of_section(Section.WORK):
        for item in sheet.items:
            if not lines[item.line - 1].split("\t")[1].strip():
                yield SchemeProblem("no_title", item.line, item.title, item.code)


def _without_owner(_: list[str], scheme: Scheme) -> Found:
    for section in (Section.TEAM, Section.SPECIAL, Section.BOTTOM_LINE):
        for sheet in scheme.of_section(section):
            for item in sheet.items:
                if not item.owner_printed:
                    yield SchemeProblem("no_owner", item.line, "、".join(item.owners), item.code)


def _signs(_: list[str], scheme: Scheme) -> Found:
    for item, clause in _clauses(scheme):
        if _BELOW_MEAN.search(clause.quote):
            yield SchemeProblem("sign", item.line, "≥0", clause.code)


def _open_caps(_: list[str], scheme: Scheme) -> Found:
    for item, clause in _clauses(scheme):
        if item.points is None or clause.cap is not None or len(item.clauses) < 2:
            continue
        if _EMPTIED.search(clause.quote):
            yield SchemeProblem("open_cap", item.line, f"{item.points:f}", clause.code)


def _printed_slips(_: list[str], scheme: Scheme) -> Found:
    for item in (item for _, item in scheme.items()):
        for sort, pattern in (("turned", _TURNED), ("no_points", _NO_POINTS)):
            yield from (SchemeProblem(sort, item.line, slip[0], item.code) for slip in pattern.finditer(item.text))


def _short(_: list[str], scheme: Scheme) -> Found:
    for item in (item for _, item in scheme.items()):
        fixed = [_fixed(clause) for clause in item.clauses]
        if item.points is None or any(points is None for points in fixed):
            continue
        total = sum((points for points in fixed if points is not None), Decimal(0))
        if total < item.points:
            yield SchemeProblem("short", item.line, f"{total:f} / {item.points:f}", item.code)


def _sums(_: list[str], scheme: Scheme) -> Found:
    for sheet in (*scheme.of_section(Section.WORK), *scheme.of_section(Section.TEAM)):
        if sheet.points is not None and sheet.sum != sheet.points:
            yield SchemeProblem("sum", sheet.line, f"{sheet.sum:f} / {sheet.points:f}", sheet.code)


def _without_clause(_: list[str], scheme: Scheme) -> Found:
    for _sheet, item in scheme.items():
        if not item.clauses:
            yield SchemeProblem("no_clause", item.line, item.title or item.text, item.code)


def _strange_figures(_: list[str], scheme: Scheme) -> Found:
    for figure in FIGURES:
        if not any(figure.said.search(passage.quote) for passage in scheme.passages):
            yield SchemeProblem("unsaid", scheme.passages[0].line if scheme.passages else 1, figure.words)


def other_figures(scheme: Scheme) -> Found:
    """Yield where a scheme states another number than the one that its rules are counted by: it cannot be counted."""
    for passage in scheme.passages:
        for figure in FIGURES:
            said = figure.said.search(passage.quote)
            if said and tuple(map(Decimal, said.groups())) != figure.numbers:
                yield SchemeProblem("other_figure", passage.line, f"{said[0]} / {figure.words}")


def strange_owners(scheme: Scheme, terms: SchemeTerms) -> Found:
    """Yield the printed owners of special work and the bottom line that are no unit of the scheme, once each."""
    units, told = {unit for sheet in scheme.sheets for unit in sheet.units}, {ANYBODY}
    for _sheet, item in scheme.items():
        for owner in item.owners:
            if terms.unit(owner) not in units and owner not in told:
                told.add(owner)
                yield SchemeProblem("owner", item.line, owner, item.code)


def _fixed(clause: Clause) -> Decimal | None:
    """Return what a clause takes at most, where that is certain: one that takes a number of times has no end."""
    return clause.points if clause.kind is Kind.FIX and not clause.gives else None


def _clauses(scheme: Scheme) -> Iterator[tuple[Item, Clause]]:
    return ((item, clause) for _, item, clause in scheme.clauses())


CHECKS: tuple[Callable[[list[str], Scheme], Found], ...] = (
    _late,
    _heads_twice,
    _foreign_signs,
    _without_title,
    _without_owner,
    _signs,
    _open_caps,
    _printed_slips,
    _short,
    _sums,
    _without_clause,
    _strange_figures,
)

PROBLEM_TEXT: dict[str, Words] = {
    "late": say("成文日期晚于考评周期开始：此前的事项是否按本办法考评，请确认（{what}）。"),
    "head_twice": say("标题重复印了一次，按一张表读（{what}）。"),
    "markup": say("表格里混有网页标记 {what}，读时略去。"),
    "rule_line": say("表格里混有一行分隔线，读时略去（{what}）。"),
    "no_title": say("考评内容一栏是空的（合并单元格），沿用上一行：{what}。"),
    "no_owner": say("科室一栏是空的（合并单元格），沿用上一行：{what}。"),
    "sign": say("“低于平均值”的判断标准印作“{what}”，疑为笔误，应为“<0”；等于平均值不算低于。请确认。"),
    "open_cap": say("“扣完为止”没有写明扣到几分；本项共 {what} 分，还有别的扣分。请确认。"),
    "turned": say("文字颠倒，按“扣…分”读：{what}。"),
    "no_points": say("漏印“分”字：{what}。"),
    "short": say("各条扣分合计少于本项分值（{what}）：全部发生也扣不完。"),
    "sum": say("各项分值合计与表头所写不同（{what}）。"),
    "no_clause": say("这一项没有读出怎样计分的话，不能登记：{what}。"),
    "unsaid": say("正文里没有读到“{what}”这句话，仍按它计。"),
    "owner": say("“{what}”不是方案里任何科室的名称，也没有写明是哪个科室的别名。"),
    "other_figure": say("这里写的和本系统的计分办法不同，不能照它计分（所写 / 系统：{what}）。"),
}
"""What each sort of problem says."""
