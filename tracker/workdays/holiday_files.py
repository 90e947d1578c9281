"""Reads holiday arrangements from CSV files as people make them, and writes files that can be read again."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tracker.rules.sentences import together
from tracker.rules.words import say
from tracker.workdays.entries import CalendarRefused, Entry, read_day, read_kind, read_note

HEADS = ("日期", "类型（休/班）", "说明")
HEAD_WORDS = ("日期", "date")
MAX_BYTES = 200_000
"""Room for ten years of nothing but exceptions; whatever is larger is some other file."""

SHOWN = 100
"""Lines that are complained about one by one."""

SEPARATORS = (",", "\t", "，", ";", "；")


class ImportRefused(CalendarRefused):
    """A file that was not imported; `problems` names what is wrong line by line."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the problems; of a great many only the first."""
        more = len(problems) - SHOWN
        self.problems = (
            *problems[:SHOWN],
            *((say("另有 {more} 行也不对，请先改正以上各行。", more=more),) if more > 0 else ()),
        )
        super().__init__(together(self.problems))


def read(content: bytes | str) -> list[Entry]:
    """Read the rows 日期, 类型, 说明, with or without a head, in the order of days; raise ImportRefused."""
    problems: list[str] = []
    entries: dict[date, Entry] = {}
    lines: dict[date, int] = {}
    for line, cells in _rows(_text(content), problems):
        try:
            entry = _entry(cells)
            if entry.day in entries:
                raise CalendarRefused(
                    say("{day} 已在第 {lines} 行写过，请删去一行。", day=entry.day, lines=lines[entry.day])
                )
        except CalendarRefused as wrong:
            problems.append(say("第 {line} 行：{wrong}", line=line, wrong=str(wrong)))
        else:
            entries[entry.day], lines[entry.day] = entry, line
    if problems:
        raise ImportRefused(problems)
    if not entries:
        raise ImportRefused([say("文件里没有任何日期：每行应写 日期,类型（休/班）,说明。")])
    return [entries[day] for day in sorted(entries)]


def write(entries: Iterable[Entry]) -> str:
    """Return a file with these days, which `read` gives back."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows((entry.day.isoformat(), entry.word, entry.note) for entry in entries)
    return out.getvalue()


def _text(content: bytes | str) -> str:
    if len(content) > MAX_BYTES:
        raise ImportRefused(
            [say("文件超过 {max_bytes} KB，不像一份放假安排，请核对后重新选择。", max_bytes=MAX_BYTES // 1000)]
        )
    if isinstance(content, bytes):
        content = _decoded(content)
    if "\0" in content:
        raise ImportRefused([say("文件不是文本：请在表格软件中另存为 CSV（逗号分隔）后再导入。")])
    return content.removeprefix("\ufeff")


def _decoded(content: bytes) -> str:
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff")):
        raise ImportRefused([say("这是表格文件或 Unicode 文本，不是 CSV：请在表格软件中另存为 CSV UTF-8 后再导入。")])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportRefused([say("文件的文字编码读不出来：请另存为 CSV UTF-8（或 GB18030）后再导入。")])


def _rows(text: str, problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of every line that says something; the head says nothing."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((sign for sign in SEPARATORS if sign in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    head_possible = True
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            problems.append(say("第 {line_num} 行：引号不成对，其后的内容没有读。", line_num=reader.line_num))
            return
        is_head = head_possible and bool(cells) and cells[0].casefold() in HEAD_WORDS
        head_possible = head_possible and not any(cells)
        if any(cells) and not is_head:
            yield reader.line_num, cells


def _entry(cells: list[str]) -> Entry:
    day, kind, note, *rest = (*cells, "", "")[: max(3, len(cells))]
    if any(rest):
        raise CalendarRefused(say("多于三列：只应有日期、类型、说明，说明中的逗号要用全角“，”。"))
    return Entry(read_day(day), read_kind(kind), read_note(note))
