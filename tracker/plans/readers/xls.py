"""Old workbooks (.xls, .et) and those of LibreOffice (.ods), by a library that reads their cells."""

import io
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from tracker.plans.readers.cell_formats import shown
from tracker.plans.readers.limits import MAX_CELLS, MAX_CHARACTERS, MAX_COLUMNS, MAX_MERGED, MAX_SHEETS
from tracker.plans.readers.reading import Lines, Reading, storable
from tracker.plans.readers.sheets import Sheet
from tracker.plans.readers.unreadable import damaged, locked, too_large
from tracker.plans.readers.xlsx import add_sheet
from tracker.rules.words import say


def read(content: bytes) -> Reading:
    """Read a workbook; raise Unreadable where it is damaged, locked or too large."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return _read(workbook)
    except PasswordError:
        raise locked() from None
    except (CalamineError, OSError):
        raise damaged() from None


def _read(workbook: CalamineWorkbook) -> Reading:
    lines, notes = Lines(), []
    if len(workbook.sheets_metadata) > MAX_SHEETS:
        raise too_large()
    for index, about in enumerate(workbook.sheets_metadata):
        if about.visible == SheetVisibleEnum.VeryHidden:
            continue
        name = storable(about.name)
        sheet = _sheet(workbook.get_sheet_by_index(index))
        is_hidden = about.visible != SheetVisibleEnum.Visible
        if is_hidden and sheet.cells:
            notes.append(say("工作表“{name}”是隐藏的，也读了进来。", name=name))
        lines.add_blank()
        add_sheet(lines, name, sheet, is_hidden)
    return lines.reading("xls", notes)


def _sheet(sheet: CalamineSheet) -> Sheet:
    found, size = Sheet(), 0
    if sheet.start is None:
        return found
    top, left = sheet.start
    for row, values in enumerate(sheet.iter_rows()):
        for column, value in enumerate(values):
            if value == "" or not (text := told(value).strip()):
                continue
            found.cells[top + row, left + column] = text
            size += len(text)
            if len(found.cells) > MAX_CELLS or size > MAX_CHARACTERS or column > MAX_COLUMNS:
                raise too_large()
    found.merged = list(sheet.merged_cell_ranges or ())
    if len(found.merged) > MAX_MERGED:
        raise too_large()
    return found


def told(value: object) -> str:
    """Return a cell's value as a person would write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return shown(float(value), "")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)[:5] if isinstance(value, time) else str(value)
    return str(value)
