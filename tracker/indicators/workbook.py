"""A unit's form as a workbook to be filled in away from the network, and the reading of one that came back."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import xlsxwriter

from tracker.indicators.heights import Measured, heights
from tracker.indicators.queries import NOTHING, Sheet
from tracker.indicators.wording import conditions, sentence, sub_task_text
from tracker.rules.indicators.decisions import Decision
from tracker.rules.indicators.form import Blank
from tracker.rules.indicators.kinds import LONGEST_NAME, Control, kind_of
from tracker.rules.indicators.values import show_value
from tracker.rules.words import say
from tracker.spreadsheets import SpreadsheetRefused, read_rows
from tracker.workbooks import CONTENT, TYPE, Limits

LIMITS = Limits(size=2 << 20, rows=1000, columns=30)
CODE, FILLED, BASE, SUM = "代码", "填报值", "下发时的值", "校验码"
HEADS = (CODE, "任务细化", "指标", "填空处", "单位", FILLED, "上年值", "备注", BASE, SUM)
WIDTHS = (8, 34, 40, 34, 8, 16, 12, 26, 12, 12)
SIZE = 11
"""Of the letters, in points: what a workbook has where nothing else is said."""

DEMANDED = (CODE, FILLED, BASE, SUM)
MARK_ROW, HEAD_ROW, FIRST_ROW = 2, 3, 4
HEAD_WITHIN = 12
"""Among how many rows the mark and the heads are looked for."""

MACRO_ENDINGS = ("xlsm", "xltm", "xlsb", "xlam")
_MACROS = re.compile(r"vbaproject|macrosheets/", re.IGNORECASE)
_MARK = re.compile(r"R(\d{1,10})-U(\d{1,10})-([0-9a-f]{12})")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

GUIDE = (
    "只有“填报值”一列可以填写，其他各列锁定，请不要插入、删除、移动行。",
    "没有的填 0，不涉及的填“不适用”，还不知道的空着：三者意思不同。",
    "不要填公式；数字只填数，不带单位。",
    "填好后在系统“Excel 填报簿”页面上传。系统逐格与下发时、现在的值比较，先出报告，确认后才写入，不会覆盖他人填的数。",
    "两个人各填一份也可以，先后上传即可；改了同一格的，上传时会并排列出，由您选择。",
)


def mark_of(sheet: Sheet) -> str:
    """Return what names the form, the round and the unit of a workbook."""
    return f"R{sheet.round.id}-U{sheet.unit_id}-{sheet.round.form_sha256[:12]}"


def sum_of(sheet: Sheet, key: str, base: str) -> str:
    """Return the sum by which an altered base value is recognised; it guards against slips, not against intent."""
    return sha256("\x1f".join((mark_of(sheet), key, base)).encode()).hexdigest()[:12]


def shown(sheet: Sheet) -> dict[str, str]:
    """Return what stands in every blank of the form, as typed."""
    fields = sheet.known.form.fields()
    return {key: show_value(blank, sheet.held.get(key, NOTHING).value) for key, _, blank in fields}


# ---- out


def make(sheet: Sheet, before: Sheet | None, decided: Mapping[str, Decision]) -> bytes:
    """Return the workbook: a row per blank, everything locked but the values; `decided` is what holds of the form."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, guide = book.add_worksheet("填报表"), book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8EEF7", "border": 1, "valign": "vcenter"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    free = book.add_format(
        {"locked": False, "num_format": "@", "bg_color": "#FFF8DC", "border": 1, "text_wrap": True, "valign": "top"}
    )
    page.write_string(0, 0, _writable(f"{sheet.unit}　{sheet.round.title}"), book.add_format({"bold": True}))
    page.write_string(1, 0, "只填黄色的“填报值”一列；没有的填 0，不涉及的填“不适用”，还不知道的空着。")
    page.write_string(MARK_ROW, 0, mark_of(sheet))
    for column, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        page.write_string(HEAD_ROW, column, head, bold)
        page.set_column(column, column, width, None, {"hidden": head in (BASE, SUM)})
    values, earlier = shown(sheet), shown(before) if before else {}
    rows = _rows(sheet, values, earlier, decided)
    for line, (cells, blank) in enumerate(rows, FIRST_ROW):
        for column, text in enumerate(cells):
            page.write_string(line, column, _writable(text), free if HEADS[column] == FILLED else plain)
        _guard(page, line, blank)
    measured = [
        Measured(line, 1, text, width)
        for line, (texts, _) in enumerate(rows, FIRST_ROW)
        for text, width in zip(texts, WIDTHS, strict=True)
    ]
    for line, points in heights(measured, SIZE).items():
        page.set_row(line, points)
    at = HEADS.index(FILLED)
    page.ignore_errors({"number_stored_as_text": f"{_letter(at)}1:{_letter(at + 1)}{FIRST_ROW + len(rows)}"})
    page.freeze_panes(FIRST_ROW, 1)
    page.protect("", {"format_columns": True, "format_rows": True})
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEAD_ROW)
    for line, words in enumerate(GUIDE):
        guide.write_string(line, 0, f"{line + 1}. {words}")
    guide.set_column(0, 0, 110)
    book.close()
    return out.getvalue()


def _rows(
    sheet: Sheet, values: Mapping[str, str], earlier: Mapping[str, str], decided: Mapping[str, Decision]
) -> list[tuple[list[str], Blank]]:
    found = []
    for key, indicator, blank in sheet.known.form.fields():
        cells = [
            key,
            sub_task_text(sheet.known, indicator, decided),
            f"{indicator.number}. {indicator.question}",
            sentence(indicator, blank),
            blank.unit,
            values[key],
            earlier.get(key, ""),
            conditions(sheet.known, key, indicator, blank),
            values[key],
            sum_of(sheet, key, values[key]),
        ]
        found.append((cells, blank))
    return found


def _guard(page: xlsxwriter.worksheet.Worksheet, line: int, blank: Blank) -> None:
    """Let the spreadsheet program say at once what does not fit; cells are text, so that none turns into a date."""
    column = HEADS.index(FILLED)
    cell = f"{_letter(column)}{line + 1}"
    number = f'VALUE(SUBSTITUTE({cell},"%",""))'
    kind = kind_of(blank)
    rule: dict[str, object]
    if kind.control is Control.CHOICE:
        rule = {"validate": "list", "source": [*kind.choices(blank), "不适用"]}
    elif kind.control is Control.TEXT:
        rule = {"validate": "length", "criteria": "<=", "value": LONGEST_NAME}
    else:
        whole = "" if kind.places else f",{number}=INT({number})"
        most = "" if kind.most is None else f",{number}<={kind.most}"
        rule = {"validate": "custom", "value": f'=OR({cell}="不适用",IFERROR(AND({number}>=0{whole}{most}),FALSE))'}
    rule |= {"error_title": "这里不能这样填", "error_message": kind.advice, "error_type": "stop"}
    page.data_validation(line, column, line, column, rule)


def _letter(column: int) -> str:
    return chr(65 + column)


def _writable(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


# ---- in


@dataclass(frozen=True)
class Row:
    """A blank as a workbook tells it: its row as the person sees it, what went out, what came back.

    `trusted` says that what went out is what the system wrote there.
    """

    row: int
    key: str
    base: str
    mine: str
    trusted: bool


@dataclass(frozen=True)
class Returned:
    """What came back: the rows of known blanks; blanks without a row; rows that are none, with what stands there."""

    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    strange: tuple[tuple[int, str], ...]


def read(sheet: Sheet, name: str, data: bytes) -> Returned:
    """Read a workbook that was filled in; raise SpreadsheetRefused for what is none, or another unit's or round's."""
    _refuse_macros(name, data)
    rows = read_rows(name, data, limits=LIMITS)
    _require_own(sheet, rows)
    top, columns = _heads(rows)
    keys = {key for key, _, _ in sheet.known.form.fields()}
    found: dict[str, Row] = {}
    strange: list[tuple[int, str]] = []
    for number, cells in enumerate(rows[top:], top + 1):
        key, mine, base, told = (cells[columns[head]] for head in DEMANDED)
        if key in keys and key not in found:
            found[key] = Row(number, key, base, mine, told == sum_of(sheet, key, base))
        elif any(cells):
            strange.append((number, key or mine or next(filter(None, cells))))
    missing = tuple(key for key, _, _ in sheet.known.form.fields() if key not in found)
    return Returned(tuple(found.values()), missing, tuple(strange))


def _refuse_macros(name: str, data: bytes) -> None:
    ending = name.rpartition(".")[2].lower()
    if ending in MACRO_ENDINGS or (ending == "xlsx" and _has_macros(data)):
        raise SpreadsheetRefused(
            TYPE, say("这是带宏的工作簿，没有读取。请另存为不带宏的 Excel 工作簿（.xlsx）后再上传。")
        )
    if ending != "xlsx":
        raise SpreadsheetRefused(TYPE, say("请上传从本页下载、填好的 .xlsx 工作簿；其他格式请先另存为 .xlsx。"))


def _has_macros(data: bytes) -> bool:
    """Tell whether a container has parts with programs in them; one that cannot be opened is refused later."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(_MACROS.search(name) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return False


def _require_own(sheet: Sheet, rows: Sequence[Sequence[str]]) -> None:
    marks = (_MARK.fullmatch(row[0]) for row in rows[:HEAD_WITHIN] if row)
    mark = next(filter(None, marks), None)
    if mark is None:
        raise SpreadsheetRefused(
            CONTENT, say("这份工作簿不是从本系统下载的，或者编号行被删去了。请从本页重新下载，把数填进去再上传。")
        )
    if (int(mark[1]), int(mark[2])) != (sheet.round.id, sheet.unit_id):
        raise SpreadsheetRefused(
            CONTENT,
            say(
                "这份工作簿属于另一个单位或另一次填报，没有读取。这里是{unit}的“{title}”，请核对文件。",
                unit=sheet.unit,
                title=sheet.round.title,
            ),
        )
    if mark[3] != sheet.round.form_sha256[:12]:
        raise SpreadsheetRefused(CONTENT, say("这份工作簿用的是另一版指标表，没有读取。请从本页重新下载。"))


def _heads(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return the number of the row with the heads, from 1, and the column of each; raise SpreadsheetRefused."""
    for number, row in enumerate(rows[:HEAD_WITHIN], 1):
        if all(head in row for head in DEMANDED):
            return number, {head: row.index(head) for head in DEMANDED}
    raise SpreadsheetRefused(
        CONTENT, say("没有找到表头：应有 {heads} 各列。请从本页重新下载，把数填进去再上传。", heads=list(DEMANDED))
    )
