"""Lay a form out as its text prints it: its tables, their rows, and what stands merged beside several rows."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from tracker.rules.indicators.form import Blank, Form, Indicator
from tracker.rules.indicators.kinds import Control, kind_of
from tracker.rules.indicators.reading import FormRow, rows_of
from tracker.rules.indicators.values import EMPTY, MIXED, NOT_APPLICABLE, State, Value, show_value

_TOKEN = re.compile(r"_{2,}|是或否")

Filling = Callable[[str, Blank], Value | str]
"""What stands in a blank, by its name: the value of a unit, or a total as text; the empty text is an empty blank."""


@dataclass(frozen=True)
class Cell:
    """A merged cell: its text, and over how many rows it reaches; 0 in the rows below its first."""

    text: str
    span: int = 1


@dataclass(frozen=True)
class PrintedRow:
    """One indicator as printed, with the part, the content and the sub-task it stands beside."""

    part: Cell
    content: Cell
    sub_task: Cell
    question: str
    indicator: Indicator


PrintedTable = tuple[PrintedRow, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of a filled answer cell: printed words, or what was put in (`filled`), which is underlined."""

    text: str
    filled: bool = False


def preamble(text: str) -> list[str]:
    """Return the lines above the form's tables."""
    before = text.split("\t", 1)[0].splitlines()[:-1]
    return [line.strip() for line in before if line.strip()]


def layout(text: str, form: Form) -> list[PrintedTable]:
    """Return the form's tables in its order, every wording as the text prints it there."""
    indicators = {each.line: each for each in form.indicators}
    tables: list[list[FormRow]] = []
    for row in rows_of(text):
        if row.is_head:
            tables.append([])
        else:
            tables[-1].append(row)
    return [_table([_Line(row, indicators[row.line], form) for row in rows]) for rows in tables]


class _Line:
    """A row of the text and what it prints itself."""

    def __init__(self, row: FormRow, indicator: Indicator, form: Form) -> None:
        content = form.contents[indicator.content - 1]
        begun = next((each for each in form.sub_tasks if each.line == row.line), None)
        numbered = [cell for cell in row.cells if cell.number is not None]
        others = [cell for cell in numbered[:-1] if begun is None or cell.words != begun.text]
        self.indicator, self.question = indicator, numbered[-1].text
        self.part = indicator.part if any(row.line in part.lines for part in form.parts) else None
        self.content = others[0].text if others and row.line in content.lines else None
        self.sub_task = next((cell.text for cell in numbered if begun and cell.words == begun.text), None)


def _table(lines: list[_Line]) -> PrintedTable:
    """Merge what stands beside several rows; a new content or sub-task ends what was merged before it."""
    parts = list(_merged([line.part for line in lines]))
    contents = list(_merged([line.content for line in lines]))
    marks, last = [], None
    for line in lines:
        begins = line.sub_task is not None or line.content is not None or line.indicator.sub_task != last
        marks.append((line.sub_task or "") if begins else None)
        last = line.indicator.sub_task
    cells = zip(lines, parts, contents, _merged(marks), strict=True)
    return tuple(PrintedRow(part, content, sub, line.question, line.indicator) for line, part, content, sub in cells)


def _merged(texts: list[str | None]) -> Iterator[Cell]:
    """Yield a cell per row: one that begins has its text and its length, the others continue it."""
    starts = [place for place, text in enumerate(texts) if text is not None or place == 0]
    for start, end in zip(starts, [*starts[1:], len(texts)], strict=True):
        yield Cell(texts[start] or "", end - start)
        yield from (Cell("", 0) for _ in range(end - start - 1))


# ---- answer cells


def filled(indicator: Indicator, filling: Filling) -> tuple[Piece, ...]:
    """Return an answer cell with what stands in its blanks; an empty one is printed as the form has it."""
    printed = iter(_TOKEN.findall(indicator.cell))
    pieces: list[Piece] = []
    for segment in indicator.segments:
        if not isinstance(segment, Blank):
            pieces.append(Piece(segment))
            continue
        held = filling(indicator.key(segment), segment)
        pieces.extend(_blank(segment, held, next(printed, "")))
    return tuple(_joined(pieces))


def _blank(blank: Blank, held: Value | str, printed: str) -> Iterator[Piece]:
    kind = kind_of(blank)
    if kind.control is Control.CHOICE:
        yield from _boxes(kind.options(blank), kind.between, blank, held)
    else:
        shown = held if isinstance(held, str) else show_value(blank, held)
        sign = kind.sign if shown[-1:].isdigit() else ""
        yield Piece(f" {shown}{sign} ", filled=True) if shown else Piece(printed)


def _boxes(options: tuple[str, ...], between: str, blank: Blank, held: Value | str) -> Iterator[Piece]:
    """Print options with a box each and tick the one that was chosen; a total stands behind them."""
    if isinstance(held, str):
        yield Piece(between.join(options))
        if held:
            yield Piece(f" {held} ", filled=True)
        return
    chosen = show_value(blank, held) if held.state is State.GIVEN else ""
    for place, option in enumerate(options):
        ticked = chosen == option or held.text == MIXED
        yield Piece(f"{between if place else ''}{'☑' if ticked else '☐'}{option}")
    if held == NOT_APPLICABLE or held.text == MIXED:
        yield Piece(f" {show_value(blank, held)} ", filled=True)


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    for is_filled, group in groupby(pieces, lambda piece: piece.filled):
        if is_filled:
            yield from group
        else:
            yield Piece("".join(piece.text for piece in group))


def of_unit(answers: Mapping[str, Value]) -> Filling:
    """Return what a unit put in the blanks."""
    return lambda key, blank: answers.get(key, EMPTY)
