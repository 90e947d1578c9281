"""Decide what stands in each column of a table: by its head first, by its contents where the head says nothing."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from tracker.rules.plan_text.tables.cells import (
    is_amount,
    is_dated,
    is_mark,
    is_nothing,
    is_number,
    is_phone,
    is_tick,
    is_unit,
    unit_share,
)
from tracker.rules.plan_text.tables.finding import Cell, Row
from tracker.rules.plan_text.tables.heads import LONGEST_HEAD, TEXT_COLUMNS, UNIT_COLUMNS, Column, plain_head, read_head

SAMPLE = 200
"""Rows looked at to learn what a column holds."""

MOST = 0.7
HARDLY = 0.25
STRONG = 4
LONG_TEXT = 8
LONGEST_NUMBER = 16


_SENTENCE = re.compile(r"[,;。!?]|^[0-9]{1,3}[.、]|^[一二三四五六七八九十]{1,3}、")


@dataclass(frozen=True)
class Field:
    """One column: what stands in it, under which head, and whether only its contents say so."""

    column: Column
    head: str = ""
    with_persons: bool = False
    by_content: bool = False
    weak: bool = False
    """Whether the head says only "单位", not what part they have."""


@dataclass(frozen=True)
class Profile:
    """What the filled cells of one column have in common, each a share from 0 to 1."""

    texts: tuple[str, ...]

    def share(self, test: Callable[[str], object]) -> float:
        """Give the share of cells that pass a test."""
        return sum(bool(test(text)) for text in self.texts) / len(self.texts) if self.texts else 0.0

    @cached_property
    def units(self) -> float:
        """Give how far the cells name units."""
        return sum(map(unit_share, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def length(self) -> float:
        """Give the mean length in characters."""
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0


def may_be_head(text: str) -> bool:
    """Tell whether a text has the form of a head: short, no sentence, no number of a row."""
    head = plain_head(text)
    return len(head) <= LONGEST_HEAD and not _SENTENCE.search(head) and not is_number(text)


def head_cells(row: Row) -> int:
    """Count the heads of a row; 0 when the row cannot be a head."""
    filled = row.filled
    if len(filled) < 2 or not all(may_be_head(cell.text) for cell in filled):
        return 0
    found = [head.column for cell in filled if (head := read_head(cell.text))]
    units = sum(is_unit(cell.text) and read_head(cell.text) is None for cell in filled)
    if units and len(found) == 2 and Column.PERIOD in found:
        return 0  # 丙任务, 装备科, 2023年6月: a row; a head that names months names several, or no unit.
    many = len(found) >= 0.6 * (len(filled) - (units if len(found) > 2 else 0))
    return len(found) if many and len(set(found)) > 1 else 0


def is_under_head(upper: Row, row: Row) -> bool:
    """Tell whether a row is the second line of a head: cells of the first repeated, or heads of their own."""
    filled = [(place, cell) for place, cell in enumerate(row.cells) if cell.text]
    if not filled or not all(may_be_head(cell.text) for _, cell in filled):
        return False
    same = [plain_head(upper.at(place).text) == plain_head(cell.text) for place, cell in filled]
    known = [equal or read_head(cell.text) is not None for equal, (_, cell) in zip(same, filled, strict=True)]
    return all(known) and not all(same)


def merge_heads(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    """Write the lines of a head as one text for each column, upper words before lower ones."""
    first, *others = ([cell.text for cell in row.cells] for row in rows)
    merged = [[text] for text in first]
    for texts in others:
        filled = [text for text in texts if text]
        if len(first) < width and len(first) + len(filled) - 1 == width and len(filled) == len(texts):
            merged = _opened(merged, filled)
            continue
        merged += [[] for _ in range(len(texts) - len(merged))]
        for place, text in enumerate(texts):
            if text and text not in merged[place]:
                merged[place].append(text)
    return tuple("\n".join(filter(None, texts)) for texts in merged)


def _opened(merged: list[list[str]], lower: list[str]) -> list[list[str]]:
    """Put the lower heads where the head over them stands that names units in general, or a period."""
    wide = {Column.UNITS, Column.RESPONSIBLE, Column.DEADLINE}
    heads = [read_head(texts[-1]) if texts else None for texts in merged]
    place = next((place for place, head in enumerate(heads) if head and head.column in wide), len(merged) - 1)
    return merged[:place] + [[text] for text in lower] + merged[place + 1 :]


def read_fields(heads: Sequence[str], rows: Sequence[Row]) -> tuple[Field, ...]:
    """Decide what each column holds; heads may be shorter than the rows, or empty."""
    width = max([len(heads), *(len(row.cells) for row in rows[:SAMPLE])], default=0)
    profiles = [_profile(rows, place) for place in range(width)]
    padded = [*heads, *[""] * (width - len(heads))]
    fields = _weighed([_by_head(head, profile) for head, profile in zip(padded, profiles, strict=True)])
    return tuple(_by_contents(fields, padded, profiles))


def _profile(rows: Sequence[Row], place: int) -> Profile:
    texts = (row.at(place).text for row in rows[:SAMPLE] if len(row.filled) > 1)
    return Profile(tuple(text for text in texts if not is_nothing(text)))


def _by_head(text: str, profile: Profile) -> Field | None:
    """Read a head, its lowest line first; a head that may mean units or not is asked again by its contents."""
    lines = [line for line in text.split("\n") if line]
    if lines and is_unit(lines[-1]) and profile.share(is_mark) >= MOST:
        return Field(Column.MARKED, text)
    for line in (*reversed(lines), "".join(lines)):
        if head := read_head(line):
            if head.column in UNIT_COLUMNS and head.weight < STRONG and profile.texts and profile.units < HARDLY:
                return Field(Column.REMARK, text)
            if head.column is Column.NUMBER and profile.length > LONGEST_NUMBER:
                return Field(Column.CONTENT, text)
            return Field(head.column, text, head.with_persons, weak=head.weight < STRONG)
    return None


def _weighed(fields: list[Field | None]) -> list[Field | None]:
    """Look at them side by side: "单位" says nothing beside "责任单位"; a problem left of its measures is a task."""
    units = [field for field in fields if field and field.column in UNIT_COLUMNS]
    if any(not field.weak for field in units):
        fields = [
            replace(field, column=Column.REMARK) if field in units and field and field.weak else field
            for field in fields
        ]
    ends = [place for place, field in enumerate(fields) if field and field.column in (*UNIT_COLUMNS, Column.DEADLINE)]
    return [
        replace(field, column=Column.TITLE)
        if field and field.column is Column.PROGRESS and "问题" in field.head and ends and place < ends[0]
        else field
        for place, field in enumerate(fields)
    ]


def _by_contents(fields: list[Field | None], heads: Sequence[str], profiles: Sequence[Profile]) -> Iterable[Field]:
    """Name the columns without a known head by what they hold, each thing that the heads left open."""
    named = {field.column for field in fields if field}
    open_places = [place for place, field in enumerate(fields) if field is None and profiles[place].texts]
    for place in open_places:
        column = _guess(profiles[place], named)
        if column is not None:
            fields[place] = Field(column, heads[place], by_content=True)
            named.add(column)
    if not named & set(TEXT_COLUMNS):
        texts = [place for place in open_places if fields[place] is None and profiles[place].length >= LONG_TEXT]
        if texts:
            longest = max(texts, key=lambda place: profiles[place].length)
            fields[longest] = Field(Column.CONTENT, heads[longest], by_content=True)
    return [field or Field(Column.REMARK, head, by_content=True) for field, head in zip(fields, heads, strict=True)]


def _guess(profile: Profile, named: set[Column]) -> Column | None:
    """Tell what short cells are; None for texts."""
    if profile.share(is_number) >= MOST:
        return Column.NUMBER if Column.NUMBER not in named else Column.REMARK
    if profile.share(is_phone) >= MOST or profile.share(is_amount) >= MOST:
        return Column.FOREIGN
    if profile.share(is_dated) >= MOST:
        return Column.DEADLINE if Column.DEADLINE not in named else Column.REMARK
    if profile.units >= MOST and not named & UNIT_COLUMNS:
        return Column.RESPONSIBLE
    if profile.share(is_tick) >= MOST:
        return Column.REMARK
    repeated = sum(upper == lower for upper, lower in pairwise(profile.texts))
    if profile.length < 2 * LONG_TEXT and repeated * 3 >= len(profile.texts) > 2 and Column.CATEGORY not in named:
        return Column.CATEGORY
    return None


def is_plan(fields: Sequence[Field], headed: bool) -> bool:
    """Tell whether a table with these columns holds tasks: something to do, and by whom or by when."""
    columns = [field.column for field in fields]
    text = any(column in TEXT_COLUMNS for column in columns)
    units = any(column in UNIT_COLUMNS or column is Column.MARKED for column in columns)
    dated = Column.DEADLINE in columns or Column.PERIOD in columns
    foreign = columns.count(Column.FOREIGN)
    if not text or not (units or dated):
        return False
    if units and dated:
        return foreign < 4
    if not headed:
        return foreign == 0 and Column.NUMBER in columns and len(columns) > 2
    return foreign == 0 and (units or Column.NUMBER in columns or _asks_for_work(fields))


def _asks_for_work(fields: Sequence[Field]) -> bool:
    words = ("任务", "工作", "事项", "举措", "措施")
    return any(word in field.head for field in fields if field.column in TEXT_COLUMNS for word in words)


def only(fields: Sequence[Field], *columns: Column) -> list[int]:
    """Give the places of the columns of some kinds."""
    return [place for place, field in enumerate(fields) if field.column in columns]


def texts_at(row: Row, places: Iterable[int]) -> list[Cell]:
    """Give the filled cells of a row at some places."""
    return [cell for place in places if (cell := row.at(place)).text]
