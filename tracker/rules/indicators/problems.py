"""Say what is odd about a form's text: for a person to accept, to correct on record, or to ask about."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tracker.rules.indicators.form import Form, Indicator, Nature
from tracker.rules.indicators.reading import HEADS, INDICATOR_COLUMN, FormRow, rows_of
from tracker.rules.words import Words, say

_TWICE = re.compile(r"([\u4e00-\u9fff]{2,6})\1")
_CUT_WORD = re.compile(r"[和与及、]。")
_NEEDS_CONTEXT = re.compile(r"相关(?:工作)?(?:职责|要求)")
_TURNED = ("街道（乡镇）", "乡镇（街道）")


@dataclass(frozen=True)
class FormProblem:
    """Something odd: its sort, the lines of the text, the codes it concerns, and what is there."""

    code: str
    line_from: int
    line_to: int
    what: str
    concerns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """A form beside the rows it was read from."""

    form: Form
    rows: tuple[FormRow, ...]


Found = Iterator[FormProblem]


def find_problems(text: str, form: Form) -> tuple[FormProblem, ...]:
    """Run every check; problems come in the order of the text."""
    seen = _Seen(form, tuple(rows_of(text)))
    found = (problem for check in CHECKS for problem in check(seen))
    return tuple(sorted(found, key=lambda problem: (problem.line_from, problem.line_to)))


def _missing_sub_tasks(seen: _Seen) -> Found:
    for before, after in pairwise(seen.form.sub_tasks):
        for number in range(before.number + 1, after.number):
            yield FormProblem(
                "missing_sub_task", before.line, after.line, f"{before.number} → {after.number}", (f"S{number:02}",)
            )


def _without_sub_task(seen: _Seen) -> Found:
    for each in seen.form.indicators:
        if each.sub_task is None:
            yield FormProblem("without_sub_task", each.line, each.line, each.question, (each.code,))


def _column_drift(seen: _Seen) -> Found:
    for each in seen.form.indicators:
        if each.column != INDICATOR_COLUMN:
            yield FormProblem("column_drift", each.line, each.line, str(each.column + 1), (each.code,))


def _table_width(seen: _Seen) -> Found:
    for row in seen.rows:
        if row.is_head and row.width != len(HEADS):
            yield FormProblem("table_width", row.line, row.line, str(row.width))


def _repeated_heads(seen: _Seen) -> Found:
    heads = [row.line for row in seen.rows if row.is_head]
    if len(heads) > 1:
        yield FormProblem("repeated_head", heads[0], heads[-1], str(len(heads)))


def _repeated_parts(seen: _Seen) -> Found:
    for part in seen.form.parts:
        if len(part.lines) > 1:
            yield FormProblem("repeated_part", part.lines[0], part.lines[-1], f"{part.title} × {len(part.lines)}")


def _markup(seen: _Seen) -> Found:
    for row in seen.rows:
        if row.has_markup:
            yield FormProblem("markup", row.line, row.line, row.cells[0].text)


def _repeated_contents(seen: _Seen) -> Found:
    for content in seen.form.contents:
        if len(content.lines) > 1:
            sort = "content_differs" if len(content.wordings) > 1 else "repeated_content"
            yield FormProblem(sort, content.lines[0], content.lines[-1], _difference(content.wordings), (content.code,))


def _difference(wordings: tuple[str, ...]) -> str:
    """Return the places at which the first wording and the last differ, each with a sign around it."""
    first, last = wordings[0], wordings[-1]
    if len(first) != len(last):
        return f"{len(first)} / {len(last)}"
    places = [place for place, signs in enumerate(zip(first, last, strict=True)) if signs[0] != signs[1]]
    return "；".join(f"{first[place - 2 : place + 3]} / {last[place - 2 : place + 3]}" for place in places)


def _series(seen: _Seen) -> Found:
    form = seen.form
    first, last = form.indicators[0].line, form.indicators[-1].line
    what = f"P1–P{form.contents[-1].number}、S1–S{form.sub_tasks[-1].number}、I1–I{form.indicators[-1].number}"
    yield FormProblem("three_series", first, last, what)


def _units(seen: _Seen) -> Found:
    for each in seen.form.indicators:
        counted = [blank for blank in each.blanks if blank.nature is Nature.NUMBER]
        units = "、".join(blank.unit or "—" for blank in counted)
        if any(not blank.unit for blank in counted):
            yield FormProblem("no_unit", each.line, each.line, each.cell, (each.code,))
        elif any("、" in blank.unit for blank in counted):
            yield FormProblem("double_unit", each.line, each.line, units, (each.code,))
        elif _is_unit_odd(each):
            yield FormProblem("odd_unit", each.line, each.line, f"{each.question}：{units}", (each.code,))


def _is_unit_odd(indicator: Indicator) -> bool:
    """Tell whether units do not fit the question: 场次 and 人次 for places, 个 for persons or posts."""
    units = {blank.unit for blank in indicator.blanks}
    if {"场次", "人次"} <= units:
        return "场次" not in indicator.question
    return units == {"个"} and bool(re.search(r"人员数量|编制", indicator.question))


def _same_wording(seen: _Seen) -> Found:
    times = Counter(each.question for each in seen.form.indicators)
    for question, count in times.items():
        if count > 1:
            same = [each for each in seen.form.indicators if each.question == question]
            codes = tuple(each.code for each in same)
            yield FormProblem("same_wording", same[0].line, same[-1].line, question, codes)


def _needs_context(seen: _Seen) -> Found:
    for each in seen.form.indicators:
        if _NEEDS_CONTEXT.search(each.question):
            yield FormProblem("needs_sub_task", each.line, each.line, each.question, (each.code,))


def _typing_slips(seen: _Seen) -> Found:
    form = seen.form
    printed = [(each.code, each.line, each.question) for each in form.indicators]
    printed += [(each.code, each.line, each.text) for each in form.sub_tasks]
    printed += [(each.code, each.lines[0], each.text) for each in form.contents]
    for code, line, text in printed:
        for found in (*_TWICE.finditer(text), *_CUT_WORD.finditer(text)):
            around = text[max(0, found.start() - 4) : found.end() + 2]
            yield FormProblem("typing_slip", line, line, around, (code,))


def _turned_words(seen: _Seen) -> Found:
    form = seen.form
    printed = [(each.line, each.question) for each in form.indicators] + [
        (each.line, each.text) for each in form.sub_tasks
    ]
    lines = [sorted(line for line, text in printed if words in text) for words in _TURNED]
    if all(lines):
        both = sorted(lines[0] + lines[1])
        yield FormProblem("turned_words", both[0], both[-1], " / ".join(_TURNED))


def _cut_off(seen: _Seen) -> Found:
    for each in seen.form.sub_tasks:
        if not each.text.endswith("。"):
            yield FormProblem("cut_off", each.line, each.line, each.text[-8:], (each.code,))


def _single_choice(seen: _Seen) -> Found:
    for each in seen.form.indicators:
        if each.kind == Nature.CHOICE:
            yield FormProblem("single_choice", each.line, each.line, each.cell, (each.code,))


def _same_as_above(seen: _Seen) -> Found:
    above = {each.number: each.text for each in seen.form.sub_tasks}
    for each in seen.form.indicators:
        asked = each.question.removeprefix("是否")
        if len(asked) > 8 and asked in above.get(each.sub_task or 0, ""):
            yield FormProblem("same_as_sub_task", each.line, each.line, each.question, (each.code,))


def _no_cover(seen: _Seen) -> Found:
    yield FormProblem("no_cover", 1, seen.rows[0].line, "填报单位、填报人、审核人、日期、联系电话")


def _only_blanks(seen: _Seen) -> Found:
    yield FormProblem("only_blanks", seen.rows[0].line, seen.rows[-1].line, "空白、0、不适用")


CHECKS: tuple[Callable[[_Seen], Found], ...] = (
    _missing_sub_tasks,
    _without_sub_task,
    _column_drift,
    _table_width,
    _repeated_heads,
    _repeated_parts,
    _markup,
    _repeated_contents,
    _series,
    _units,
    _same_wording,
    _needs_context,
    _typing_slips,
    _turned_words,
    _cut_off,
    _single_choice,
    _same_as_above,
    _no_cover,
    _only_blanks,
)

PROBLEM_TEXT: dict[str, Words] = {
    "missing_sub_task": say("任务细化的编号有空缺：{what}。空缺保留，不另编一项。"),
    "without_sub_task": say("这项指标所在的行没有任务细化：{what}"),
    "column_drift": say("指标不在第4列，而在第{what}列，已按编号顺序读出。"),
    "table_width": say("这张表有{what}列，其他表有5列。"),
    "repeated_head": say("一份表被分成{what}张，表头重复，已合并。"),
    "repeated_part": say("工作项目重复印出，已合并：{what}"),
    "markup": say("文字里带有网页标记，已去掉：{what}"),
    "repeated_content": say("项目内容重复印出，文字相同，已合并。"),
    "content_differs": say("项目内容重复印出，文字有出入，按最后一次：{what}"),
    "three_series": say("三列编号各自从1开始（{what}），引用时以字母区分。"),
    "no_unit": say("空格后没有单位：{what}"),
    "double_unit": say("一个空格有两个单位：{what}"),
    "odd_unit": say("单位与所问不相称：{what}"),
    "same_wording": say("几项指标一字不差，要连同任务细化一起看：{what}"),
    "needs_sub_task": say("离开任务细化看不懂所问：{what}"),
    "typing_slip": say("文字疑有重复或缺漏：{what}"),
    "turned_words": say("同一称呼有两种写法：{what}"),
    "cut_off": say("任务细化的文字没有写完：……{what}"),
    "single_choice": say("只能选一项，而一个区可能两种都有：{what}"),
    "same_as_sub_task": say("所问与任务细化的要求文字相同：{what}"),
    "no_cover": say("表上没有{what}，填报时另加封面。"),
    "only_blanks": say("表上只有空格，分不出{what}，填报时分开记。"),
}
"""What each sort says, `what` being the place."""
