"""Turn the rows of a table into entries: sections found, rows that go on joined, merged cells carried down."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from tracker.rules.plan_text.lines import fold, squash
from tracker.rules.plan_text.tables.align import align
from tracker.rules.plan_text.tables.cells import (
    BREAK,
    DITTO,
    bare_number,
    count_of,
    is_nothing,
    is_number,
    leading_number,
)
from tracker.rules.plan_text.tables.columns import Field, only, texts_at
from tracker.rules.plan_text.tables.finding import NO_CELL, Cell, Row, join_cells
from tracker.rules.plan_text.tables.heads import TEXT_COLUMNS, UNIT_COLUMNS, Column

LONGEST_SECTION = 60
LONGEST_CODE = 16
LONGEST_NOTE = 10
LEADING = frozenset({Column.LEAD, Column.RESPONSIBLE, Column.UNITS})
"""Units that a table may be ordered by."""
SENTENCE_ENDS = frozenset("。；;！？!?.：:")

_NOTE = re.compile(
    r"(?:备\s?注|附?注|说明|填表|填报|制表|审核|审批|合计|总计|小计|共计|单位\(?盖章|联系人|附件|主要负责人)"
)
_GOES_ON = re.compile(r"续表|[（(]续[)）]|接上页|续$")
_TOTAL = re.compile(r"(?:合\s?计|总\s?计|小\s?计|共\s?计)")


@dataclass(frozen=True)
class Entry:
    """What becomes one task: its row in full, its text and where that stands, its section."""

    number: str
    text: str
    text_places: tuple[int, ...]
    section: str
    row: Row
    several: bool = False
    """Its text counts on from its own number: it may be more than one task."""


def entries_of(fields: Sequence[Field], rows: Sequence[Row], chapter: str = "") -> Iterator[Entry]:
    """Give the entries of a table in order."""
    reading = _Reading(fields, [align(fields, row) for row in rows])
    found = [entry for section, row in reading.joined() for entry in _split(reading, section or chapter, row)]
    for entry, following in zip_longest(found, found[1:]):
        yield replace(entry, several=_counts_on(entry, following))


def _counts_on(entry: Entry, following: Entry | None) -> bool:
    """Tell whether a cell of a row counts on from the row's own number, up to the number of the next one."""
    own = count_of(bare_number(entry.number)) if entry.number else 0
    text = entry.text.replace("\n", BREAK)
    items = items_in(text if leading_number(text)[0] else f"{own}.{text}")
    counts = [count_of(leading_number(item)[0]) for item in items]
    if not own or len(counts) < 2 or counts != list(range(own, own + len(counts))):
        return False
    later = count_of(bare_number(following.number)) if following and following.number else 0
    return own > 1 or later > own + 1


class _Reading:
    """The rows of one table, read from the top."""

    def __init__(self, fields: Sequence[Field], rows: Sequence[Row]) -> None:
        self.fields = fields
        self.heads = {head for field in fields for head in (field.head, *field.head.split("\n"))}
        self.numbers = only(fields, Column.NUMBER)
        self.units = only(fields, *UNIT_COLUMNS)
        self.dues = only(fields, Column.DEADLINE, Column.PERIOD)
        texts = only(fields, *TEXT_COLUMNS)
        counted = (row.at(place).text for row in rows for place in self.numbers[:1])
        self.decimal = any(bare_number(text).isdecimal() for text in counted if is_number(text))
        self.items = _column_of_items(texts, rows) if not self.numbers else None
        self.groups, self.texts = _grouping(fields, texts, rows, self.items)
        self.named = [place for place in self.groups if fields[place].column is not Column.CATEGORY]
        first = min(self.texts, default=0)
        named = [place for place in range(first) if place not in self.numbers]
        before = [place for place in named[:1] if place in self.dues or fields[place].column in LEADING]
        self.rows = _carried(rows, [*self.groups, *before], self.units + self.dues)

    def joined(self) -> Iterator[tuple[str, Row]]:
        """Give the rows of tasks with their section; a row that continues another is part of it."""
        section = ""
        before: tuple[str, Row] | None = None
        for row in self.rows:
            title = self._section_row(row)
            if not title and (row.loose or not row.filled or self._is_note(row)):
                continue
            if before and not title and self._continues(row, before[1]):
                before = (before[0], self._join(before[1], row))
                continue
            if title or self._begins(row):
                if before:
                    yield before
                section = title or section
                before = None if title else self._begun(row, section, before)
        if before:
            yield before

    def _begins(self, row: Row) -> bool:
        """Tell whether a row says something to do, if only by the name of a task without measures."""
        return bool(texts_at(row, self.texts)) or self._names_task(row)

    def _begun(self, row: Row, section: str, before: tuple[str, Row] | None) -> tuple[str, Row]:
        if not texts_at(row, self.texts):
            return section, row
        row = self._inherit(row, before[1] if before else None)
        return self._section_of(row, section), row

    def _section_row(self, row: Row) -> str:
        """Give the title of a row that is nothing else: one cell, a numeral and a cell, or the same words in all."""
        if title := self._numbered_section(row):
            return title
        if row.loose:
            return self._loose_section(row.cells[0].text)
        texts = {squash(cell.text) for cell in row.filled}
        if len(texts) != 1 or len(self.fields) < 3:
            return ""
        text = row.filled[0].text
        if len(text) > LONGEST_SECTION or _NOTE.match(fold(text)) or is_number(text) or is_nothing(text):
            return ""
        place = next(place for place, cell in enumerate(row.cells) if cell.text)
        repeated = len(row.filled) > 1
        if repeated or place in self.numbers or (place == 0 and place not in self.texts):
            return text.replace(BREAK, "")
        number = leading_number(text)[0]
        headed = number and text[-1] not in SENTENCE_ENDS and (place == 0 or not number.isdecimal())
        return text.replace(BREAK, "") if headed else ""

    def _loose_section(self, text: str) -> str:
        """Take a line between two rows as a heading when it is numbered like one, or short and no sentence."""
        if len(text) > LONGEST_SECTION or text[-1] in SENTENCE_ENDS or _NOTE.match(fold(text)) or _GOES_ON.search(text):
            return ""
        return text

    def _numbered_section(self, row: Row) -> str:
        """Read "一 | 基础建设" where the tasks themselves are counted 1, 2, 3."""
        if len(row.filled) != 2 or not self.decimal or len(self.fields) < 4:
            return ""
        number, title = row.at(self.numbers[0]).text, "".join(cell.text for cell in texts_at(row, self.texts))
        bare = bare_number(number)
        if not title or bare.isdecimal() or not count_of(bare) or len(title) > LONGEST_SECTION:
            return ""
        return f"{number}、{title}" if squash(number) == bare else f"{number}{title}"

    def _is_note(self, row: Row) -> bool:
        """Recognise remarks, sums and signatures among the rows."""
        first = fold(row.filled[0].text) if row.filled else ""
        if len(row.filled) > 1 and all(cell.text in self.heads for cell in row.filled):
            return True
        if len(row.filled) == 1:
            return bool(_NOTE.match(first)) or is_number(first)
        if _NOTE.match(first) and ":" in first[:LONGEST_NOTE]:
            return True
        return any(_TOTAL.fullmatch(fold(cell.text)) for cell in row.filled[:2])

    def _names_task(self, row: Row, before: Row | None = None) -> bool:
        """Tell whether a row without measures is a task by its name: the column of names says something new."""
        if texts_at(row, self.texts) or not self.named:
            return False
        name = row.at(self.named[-1])
        new = before is None or squash(before.at(self.named[-1]).text) != squash(name.text)
        return bool(name.text) and not name.inherited and new and bool(texts_at(row, self.units + self.dues))

    def _continues(self, row: Row, before: Row) -> bool:
        """Tell whether a row carries on the one above: neither a number nor what a task of its own would have."""
        if self._names_task(row, before):
            return False
        texts = texts_at(row, self.texts)
        if self.numbers:
            number = row.at(self.numbers[0]).text
            if number and squash(number) != squash(before.at(self.numbers[0]).text):
                return False
            if number and texts:
                return False
        if not texts:
            return bool(texts_at(row, self.units + self.dues))
        if leading_number(texts[0].text)[0]:
            return False
        if texts_at(row, self.dues) or texts_at(row, self.units):
            return False
        upper = texts_at(before, self.texts)
        return bool(upper) and (bool(self.numbers) or upper[-1].text[-1] not in SENTENCE_ENDS)

    def _join(self, before: Row, row: Row) -> Row:
        """Put the cells of a row under those it continues."""
        cells = []
        for place in range(max(len(before.cells), len(row.cells))):
            upper, lower = before.at(place), row.at(place)
            if squash(upper.text) == squash(lower.text) or lower.inherited:
                cells.append(upper)
            else:
                cells.append(join_cells(upper, lower, _between(upper, place in self.texts)))
        return Row(tuple(cells), before.line_from, row.line_to)

    def _inherit(self, row: Row, before: Row | None) -> Row:
        """Carry down what a merged cell left blank: "同上", and all that is blank beside a merged number."""
        if before is None:
            return row
        numbered = not self.numbers or bool(row.at(self.numbers[0]).text)
        cells = list(row.cells) + [NO_CELL] * (len(self.fields) - len(row.cells))
        for place in (*self.units, *self.dues, *self.numbers):
            ditto = squash(cells[place].text) in DITTO
            blank = not cells[place].text and not numbered
            if (ditto or blank) and before.at(place).text:
                cells[place] = replace(before.at(place), inherited=True)
        return replace(row, cells=tuple(cells))

    def _section_of(self, row: Row, section: str) -> str:
        """Give the section: the columns of what rows have in common, otherwise the row above them that names it."""
        titles = [cell.text.replace(BREAK, "") for cell in texts_at(row, self.groups)]
        return " / ".join(dict.fromkeys(filter(None, [section, *titles])))


def _between(upper: Cell, text: bool) -> str:
    if text:
        return "\n" if upper.text and upper.text[-1] in SENTENCE_ENDS else ""
    return BREAK


def _carried(rows: Sequence[Row], categories: Sequence[int], others: Sequence[int]) -> list[Row]:
    """Carry a category down to the rows it covers, and with it the columns that are blank exactly where it is."""
    if not categories:
        return list(rows)
    full = [row for row in rows if len(row.filled) > 1]
    first = categories[0]
    blanks = [not row.at(first).text for row in full]
    merged = [place for place in others if any(blanks) and [not row.at(place).text for row in full] == blanks]
    carried: list[Row] = []
    above: Row | None = None
    for row in rows:
        if len(row.filled) > 1:
            row = _filled_from(row, above, (*categories, *merged)) if above else row
            above = row
        elif row.filled:
            above = None
        carried.append(row)
    return carried


def _filled_from(row: Row, above: Row, places: Sequence[int]) -> Row:
    cells = list(row.cells) + [NO_CELL] * (max(places) + 1 - len(row.cells))
    for place in places:
        if not cells[place].text and above.at(place).text:
            cells[place] = replace(above.at(place), inherited=True)
    return replace(row, cells=tuple(cells))


def _column_of_items(texts: Sequence[int], rows: Sequence[Row]) -> int | None:
    """Find the column whose cells hold several items, numbered on from row to row: each of them is a task."""
    for place in texts:
        cells = [items for row in rows if (items := items_in(row.at(place).text))]
        numbers = [count_of(leading_number(item)[0]) for items in cells for item in items]
        runs_on = all(second == first + 1 for first, second in pairwise(numbers))
        if runs_on and len(cells) > 1 and len(numbers) > len(cells):
            return place
    return None


def _grouping(
    fields: Sequence[Field], texts: list[int], rows: Sequence[Row], items: int | None
) -> tuple[list[int], list[int]]:
    """Divide the columns of text: those whose words several rows share are headings, the others say what to do."""
    if items is not None:
        return [place for place in (*only(fields, Column.CATEGORY), *texts) if place != items], [items]
    groups = only(fields, Column.CATEGORY)
    own = [place for place in texts if fields[place].column is not Column.TARGET] or texts[:1]
    targets = [place for place in texts if place not in own]
    while len(own) > 1 and _is_shared(own[0], own[1], rows):
        groups.append(own.pop(0))
    if not own and groups:
        own = [groups.pop()]
    return groups, own + targets


def _is_shared(place: int, following: int, rows: Sequence[Row]) -> bool:
    """Tell whether a column is written once for several rows: repeated words, or blanks beside a full column."""
    full = [row for row in rows if row.at(following).text and len(row.filled) > 1]
    shared = sum(not lower.at(place).text or squash(upper.at(place).text) == squash(lower.at(place).text)
                 for upper, lower in pairwise(full))  # fmt: skip
    return shared * 5 >= len(full) > 1


def _split(reading: _Reading, section: str, row: Row) -> Iterator[Entry]:
    """Give one entry for a row, or one for each numbered item of its text where rows have no number of their own."""
    places = tuple(place for place in reading.texts if row.at(place).text) or tuple(reading.named[-1:])
    number = next((bare_number(cell.text) for cell in texts_at(row, reading.numbers) if _is_code(cell.text)), "")
    text = _text(reading.fields, row, places)
    if number:
        yield Entry(number, text, places, section, row)
        return
    items = items_in(row.at(places[0]).text) if len(places) == 1 else []
    if len(items) < 2:
        found, rest = leading_number(text)
        yield Entry(found, text[rest:], places, section, row)
        return
    shares = [_lines_of(row.at(place).text, len(items)) for place in range(len(row.cells))]
    for count, item in enumerate(items):
        found, rest = leading_number(item)
        cells = tuple(
            replace(cell, text=share[count]) if share and place not in places else cell
            for place, (cell, share) in enumerate(zip(row.cells, shares, strict=True))
        )
        yield Entry(found, unwrap(item[rest:]), places, section, replace(row, cells=cells))


def items_in(text: str) -> list[str]:
    """Divide a cell at the lines that begin with the next number of a row of numbers: "1. …⏎2. …"."""
    items: list[str] = []
    for piece in filter(None, (piece.strip() for piece in text.split(BREAK))):
        found = leading_number(piece)[0]
        if not items and not found:
            return []
        if found:
            items.append(piece)
        else:
            items[-1] += f"{BREAK}{piece}"
    return items


def _lines_of(text: str, count: int) -> list[str]:
    """Give the lines of a cell when there is one for each item beside it."""
    lines = [line.strip() for line in text.split(BREAK) if line.strip()]
    numbered = all(leading_number(line)[0] for line in lines)
    return [line[leading_number(line)[1] :] for line in lines] if numbered and len(lines) == count else []


def _is_code(text: str) -> bool:
    return is_number(text) or (len(text) <= LONGEST_CODE and any(sign.isdigit() for sign in text))


def _text(fields: Sequence[Field], row: Row, places: Sequence[int]) -> str:
    """Write the text of a task: its name, under it what to do, under that the aim with its head."""
    parts: list[str] = []
    for place in places:
        text = unwrap(row.at(place).text)
        if any(squash(text) == squash(part) for part in parts) or is_nothing(text):
            continue
        if parts and fields[place].column is Column.TARGET:
            text = f"{squash(fields[place].head)}：{text}"
        parts.append(text)
    return "\n".join(parts)


def unwrap(text: str) -> str:
    """Write the breaks of a cell as paragraphs where a sentence ends, and leave out those inside a sentence."""
    pieces = [piece.strip() for piece in text.split(BREAK) if piece.strip()]
    written = pieces[0] if pieces else ""
    for piece in pieces[1:]:
        written += f"\n{piece}" if written[-1] in SENTENCE_ENDS or leading_number(piece)[0] else piece
    return written
