"""Read a statistical form from its own text, whatever columns its cells have slid to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tracker.rules.indicators.cells import is_answer, kind_of, read_cell
from tracker.rules.indicators.form import Content, Form, Indicator, Part, SubTask

HEADS = ("工作项目", "项目内容", "任务细化", "评估指标", "落实情况")
CONTENT_COLUMN, SUB_TASK_COLUMN, INDICATOR_COLUMN = 1, 2, 3

GAP = 2
"""A series may leave one number out; a form that leaves out more is not read by guessing."""

_NUMBERED = re.compile(r"(\d{1,3})[.．、]\s*(.+)", re.S)
_PART = re.compile(r"[一二三四五六七八九十]+、")
_MARKUP = re.compile(r"</?[a-z]+>")


class FormUnreadable(ValueError):
    """The text is not a form of indicators that can be read whole; `line` says where reading stopped."""

    def __init__(self, line: int, message: str) -> None:
        """Keep the line beside the message."""
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Cell:
    """A cell that holds something: its place in the row, counted from 0, and its number where it has one."""

    column: int
    text: str
    number: int | None = None
    words: str = ""


@dataclass(frozen=True)
class FormRow:
    """A row of one of the form's tables."""

    line: int
    width: int
    cells: tuple[Cell, ...]
    is_head: bool
    has_markup: bool


def rows_of(text: str) -> Iterator[FormRow]:
    """Yield the rows of the tables; lines without a tab are none."""
    for line, raw in enumerate(text.splitlines(), 1):
        if "\t" in raw:
            texts = [each.strip() for each in raw.split("\t")]
            cells = tuple(_cell(column, each) for column, each in enumerate(texts) if each)
            is_head = tuple(cell.text for cell in cells) == HEADS
            yield FormRow(line, len(texts), cells, is_head, bool(_MARKUP.search(raw)))


def _cell(column: int, text: str) -> Cell:
    plain = _MARKUP.sub("", text).strip()
    numbered = None if is_answer(plain) else _NUMBERED.fullmatch(plain)
    return Cell(column, plain, int(numbered[1]), numbered[2]) if numbered else Cell(column, plain)


def read_form(text: str) -> Form:
    """Read a form by its number series; raises FormUnreadable where a row does not go on with the series."""
    reading = _Reading(_title(text))
    for row in rows_of(text):
        if not row.is_head:
            reading.take(row)
    if not reading.indicators:
        raise FormUnreadable(1, "没有找到评估指标的表格。")
    return reading.form()


def _title(text: str) -> str:
    before = text.split("\t", 1)[0].splitlines()[:-1]
    return max((line.strip() for line in before), key=len, default="")


@dataclass
class _Reading:
    """What was read so far, and where the series stand."""

    title: str
    part: str = ""
    parts: dict[str, list[int]] = field(default_factory=dict)
    contents: dict[int, Content] = field(default_factory=dict)
    sub_tasks: list[SubTask] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    content: int = 0
    sub_task: int | None = None

    def take(self, row: FormRow) -> None:
        """Take a row in: what stands above the indicator first, then the indicator with its answer cell."""
        answers = [cell for cell in row.cells if is_answer(cell.text)]
        numbered = [cell for cell in row.cells if cell.number is not None]
        if not answers or not numbered or numbered[-1].number != len(self.indicators) + 1:
            raise FormUnreadable(row.line, f"第{row.line}行没有接着读到第{len(self.indicators) + 1}项指标。")
        self._take_part(row)
        for cell in numbered[:-1]:
            self._take_above(cell, row.line)
        self._take_indicator(numbered[-1], answers[-1], row.line)

    def _take_part(self, row: FormRow) -> None:
        titles = [cell.text for cell in row.cells if _PART.match(cell.text)]
        if titles:
            self.part = titles[0]
            self.parts.setdefault(self.part, []).append(row.line)

    def _take_above(self, cell: Cell, line: int) -> None:
        """Take a content or a sub-task: the series tells which; the column only where both would go on."""
        number = cell.number or 0
        is_content = number > 0 and number - self.content in (0, 1)
        last = self.sub_tasks[-1].number if self.sub_tasks else 0
        is_sub_task = last < number <= last + GAP
        if is_content and is_sub_task:
            is_sub_task = cell.column >= SUB_TASK_COLUMN
        if is_sub_task:
            self.sub_tasks.append(SubTask(number, cell.words, self.content, line))
            self.sub_task = number
        elif is_content:
            self._take_content(number, cell.words, line)
        else:
            raise FormUnreadable(line, f"第{line}行的编号{number}既不是下一项内容，也不是下一项任务细化。")

    def _take_content(self, number: int, words: str, line: int) -> None:
        known = self.contents.get(number, Content(number, words.split("。")[0], self.part, (), ()))
        wordings = known.wordings if words in known.wordings else (*known.wordings, words)
        self.contents[number] = replace(known, lines=(*known.lines, line), wordings=wordings)
        self.content, self.sub_task = number, None

    def _take_indicator(self, cell: Cell, answer: Cell, line: int) -> None:
        segments = read_cell(answer.text)
        self.indicators.append(
            Indicator(
                number=cell.number or 0,
                question=cell.words,
                cell=answer.text,
                segments=segments,
                kind=kind_of(segments),
                part=self.part,
                content=self.content,
                sub_task=self.sub_task,
                line=line,
                column=cell.column,
            )
        )

    def form(self) -> Form:
        """Return what was read."""
        parts = tuple(Part(title, tuple(lines)) for title, lines in self.parts.items())
        contents = tuple(self.contents.values())
        return Form(self.title, parts, contents, tuple(self.sub_tasks), tuple(self.indicators))
