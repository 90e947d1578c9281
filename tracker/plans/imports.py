"""Reads the tasks that a spreadsheet adds to a plan; refuses what is unclear, naming the rows."""

import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import xlsxwriter

from tracker.people.queries import Directory
from tracker.plans.changes import LONGEST_TEXT, ChangeRefused, NewTask, number_read, require_future, text_read
from tracker.rules.dues import DueRefused, read_due_or_none
from tracker.rules.words import say

HEADS: dict[str, tuple[str, ...]] = {
    "number": ("序号", "no"),
    "text": ("任务", "title"),
    "due": ("完成时限", "due"),
    "units": ("责任单位", "units"),
}
"""The columns, and what each may be called; 责任单位 may be absent."""

NEEDED = ("number", "text", "due")
MOST_TASKS = 300
SHOWN = 20

_SEPARATORS = re.compile(r"[、，,；;\s]+")

Row = tuple[str, str, str, str]
"""Number, text, due day and units of a task, as they were written."""


class ImportRefused(ValueError):
    """A list that cannot be taken: every problem with its row; `taken` where only numbers are in use already."""

    def __init__(self, problems: Sequence[str], taken: bool = False) -> None:
        """Keep the problems, the first of them where there are too many to read."""
        shown = (
            [*problems[:SHOWN], say("……共 {n} 处，先改正以上各处。", n=len(problems))]
            if len(problems) > SHOWN
            else problems
        )
        super().__init__(" ".join(shown))
        self.problems, self.taken = list(shown), taken


@dataclass(frozen=True)
class Preview:
    """What a list would add, and what about it should be looked at twice."""

    tasks: list[NewTask]
    rows: list[tuple[int, Row]]
    warnings: list[str]


def split_units(text: str) -> tuple[str, ...]:
    """Return the names in a text, each once, in their order."""
    return tuple(dict.fromkeys(name for name in _SEPARATORS.split(text) if name))


def find_rows(table: Sequence[Sequence[str]]) -> list[tuple[int, Row]]:
    """Return the tasks of a table under its heads, each with the number of its row; raise ImportRefused."""
    heads = [cell.strip().lower() for cell in table[0]] if table else []
    places = {name: heads.index(word) for name, words in HEADS.items() for word in words if word in heads}
    missing = [HEADS[name][0] for name in NEEDED if name not in places]
    if missing:
        raise ImportRefused([say("第 1 行应是表头，缺少：{missing}。请下载模板，填在模板里。", missing=list(missing))])
    found = []
    for number, cells in enumerate(table[1:], 2):
        row = tuple(cells[places[name]].strip() if name in places else "" for name in HEADS)
        if any(row):
            found.append((number, (row[0], row[1], row[2], row[3])))
    if not found:
        raise ImportRefused([say("表头下面没有任务。请每行填一项任务。")])
    if len(found) > MOST_TASKS:
        raise ImportRefused(
            [say("一次最多导入 {most_tasks} 项，现在有 {n} 项。请分几次导入。", most_tasks=MOST_TASKS, n=len(found))]
        )
    return found


def read(rows: Sequence[tuple[int, Row]], directory: Directory, taken: set[str], usual: str, day: date) -> Preview:
    """Return the tasks that rows describe; a row without units is for `usual`. Raise ImportRefused."""
    read = [(at, _read_row(at, row, directory, usual)) for at, row in rows]
    problems = [problem for _, (_, found) in read for problem in found]
    problems += _twice(rows)
    if problems:
        raise ImportRefused(problems)
    used = [
        say("第 {at} 行：本方案已有第{row}项，请换一个没有用过的序号。", at=at, row=row[0])
        for at, row in rows
        if row[0] in taken
    ]
    if used:
        raise ImportRefused(used, taken=True)
    tasks = [task for _, (task, _) in read if task is not None]
    late = [_refusal(partial(require_future, task.due.due_on, day)) for task in tasks]
    if any(late):
        raise ImportRefused(
            [
                say("第 {at} 行：{problem}", at=at, problem=problem)
                for (at, _), problem in zip(rows, late, strict=True)
                if problem
            ]
        )
    return Preview(tasks, list(rows), _warnings(rows))


def _read_row(at: int, row: Row, directory: Directory, usual: str) -> tuple[NewTask | None, list[str]]:
    number, text, due, units = row
    names = split_units(units) or split_units(usual)
    unknown = [name for name in names if name not in directory.organizations and name not in directory.groups]
    problems = [
        _refusal(partial(number_read, number)),
        _refusal(partial(text_read, text)),
        _refusal(partial(read_due_or_none, due)),
        say("单位库中没有：{unknown}。", unknown=[name[:30] for name in unknown]) if unknown else "",
        "" if names else say("请填写责任单位。"),
    ]
    found: list[str] = [say("第 {at} 行：{problem}", at=at, problem=problem) for problem in problems if problem]
    return (None, found) if found else (NewTask(number, text.strip(), read_due_or_none(due), names), [])


def _refusal(check: Callable[[], object]) -> str:
    try:
        check()
    except (ChangeRefused, DueRefused) as refused:
        return str(refused)
    return ""


def _twice(rows: Sequence[tuple[int, Row]]) -> list[str]:
    """Return a line for every number that stands in more than one row."""
    often = [number for number, times in Counter(row[0] for _, row in rows).items() if number and times > 1]
    return [
        say(
            "序号 {number} 重复：第 {rows} 行。",
            number=number[:20],
            rows=[str(at) for at, row in rows if row[0] == number],
        )
        for number in often
    ]


def _warnings(rows: Sequence[tuple[int, Row]]) -> list[str]:
    """Excel makes the first of the month of what was typed as a month; a day so early is to be looked at."""
    first = [str(at) for at, row in rows if row[2].endswith("-01") and row[2].count("-") == 2]
    changed = say("Excel 会把“2021-06”自动改成 6 月 1 日，请核对是否应为月末。")
    return [say("第 {first} 行的完成时限是某月 1 日：{changed}", first=first, changed=changed)] if first else []


def template() -> bytes:
    """Return an empty list with its heads; its cells are text, so that Excel makes no date of a month."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = workbook.add_worksheet("增补任务")
    text, bold = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
    for column, (words, width) in enumerate(zip(HEADS.values(), (8, 60, 16, 30), strict=True)):
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, words[0], bold)
    sheet.data_validation(
        1,
        2,
        MOST_TASKS,
        2,
        {
            "validate": "any",
            "input_title": "完成时限",
            "input_message": "写 2021-06（按月末计）或 2021-06-30；空白表示无截止日。",
        },
    )
    sheet.data_validation(
        1,
        1,
        MOST_TASKS,
        1,
        {"validate": "any", "input_title": "任务", "input_message": f"最多 {LONGEST_TEXT} 字。"},
    )
    sheet.freeze_panes(1, 0)
    workbook.close()
    return out.getvalue()
