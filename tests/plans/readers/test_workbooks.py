"""A workbook becomes rows as they show: sheets in order, merged cells, dates and percentages in their forms."""

import io
import struct
import time
from datetime import date, datetime

import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter.workbook import Workbook

from tests.plans.readers.makers import SAMPLES, book, changed, zipped
from tests.test_spreadsheets import label, old_workbook, record
from tracker.plans.readers import Unreadable, xls, xlsx
from tracker.plans.readers.cell_formats import shown
from tracker.plans.readers.reading import CELL_BREAK

SHEET = "xl/worksheets/sheet1.xml"


def lines(content: bytes) -> list[str]:
    """Return the lines of a workbook."""
    return xlsx.read(content).text.split("\n")


# ---- the samples


def test_the_sample_with_two_rows_of_heads_repeats_what_is_merged_downward() -> None:
    text = lines((SAMPLES / "s11_renju_xlsx_10.xlsx").read_bytes())
    assert text[0].split("\t") == ["石桥县农村人居环境整治2024年任务清单", "", "", "", "", ""]
    assert text[1].split("\t") == ["序号", "工作任务", "责任分工", "", "完成时限", "备注"]
    assert text[2].split("\t") == ["序号", "工作任务", "牵头单位", "配合单位", "完成时限", "备注"]
    assert text[4].split("\t")[0] == "1"
    assert text[16:18] == ["", "填报说明"]


def test_the_sample_with_dates_shows_them_and_keeps_breaks_inside_cells() -> None:
    reading = xlsx.read((SAMPLES / "s12_yingshang_xlsx_9.xlsx").read_bytes())
    row = reading.text.split("\n")[3].split("\t")
    assert row[0] == "窗口服务"
    assert row[3] == CELL_BREAK.join(["市自然资源局", "市住房城乡建设局", "市税务局"])
    assert row[4] == "2023-06-30"
    assert reading.places[3] == "工作表“Sheet1”第4行"


@pytest.mark.parametrize("name", ["s11_renju_xlsx_10.xlsx", "s12_yingshang_xlsx_9.xlsx"])
def test_another_reader_finds_the_same_texts(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    others = CalamineWorkbook.from_filelike(io.BytesIO(content))
    texts = {
        str(value).replace("\n", CELL_BREAK).removesuffix(".0")
        for sheet in others.sheet_names
        for row in others.get_sheet_by_name(sheet).to_python()
        for value in row
        if value != ""
    }
    assert {cell for line in lines(content) for cell in line.split("\t") if cell} == texts


# ---- sheets and rows


def test_sheets_follow_one_another_and_hidden_ones_are_noted() -> None:
    def fill(workbook: Workbook) -> None:
        for number, name in enumerate(("任务", "空", "旧稿", "字典")):
            sheet = workbook.add_worksheet(name)
            if name != "空":
                sheet.write(0, 0, f"内容{number}")
        sheets = workbook.worksheets()
        sheets[2].hide()
        sheets[3].very_hidden()

    reading = xlsx.read(book(fill))
    assert reading.text.split("\n") == ["内容0", "", "内容2"]
    assert reading.places == ("工作表“任务”第1行", "", "工作表“旧稿”第1行（隐藏）")
    assert reading.notes == ("工作表“旧稿”是隐藏的，也读了进来。",)


def test_empty_rows_and_columns_divide_and_vanish() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        for row, column, text in ((2, 1, "序号"), (2, 5, "任务"), (6, 1, "1"), (6, 5, "建库")):
            sheet.write(row, column, text)
        sheet.set_row(6, None, None, {"hidden": True})

    reading = xlsx.read(book(fill))
    assert reading.text.split("\n") == ["序号\t任务", "", "1\t建库"]
    assert reading.places == ("工作表“Sheet1”第3行", "", "工作表“Sheet1”第7行（隐藏）")


def test_a_cell_far_out_costs_nothing() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "任务")
        sheet.write(1_048_575, 16_383, "角落")

    assert lines(book(fill)) == ["任务\t", "", "\t角落"]


def test_what_lies_under_a_merged_cell_does_not_show() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.merge_range(0, 0, 2, 0, "类别")
        sheet.write(1, 0, "旧字")
        for row in range(3):
            sheet.write(row, 1, row + 1)
        sheet.merge_range(3, 0, 4, 1, "备注")

    assert lines(book(fill)) == ["类别\t1", "类别\t2", "类别\t3", "备注\t"]


def test_rich_and_inline_texts_are_put_together() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_rich_string(0, 0, "建立", workbook.add_format({"bold": True}), "台账", "并公布")
        sheet.write(1, 0, "甲\t乙\r\n丙")

    assert lines(book(fill)) == ["建立台账并公布", f"甲 乙{CELL_BREAK}丙"]
    inline = b'<c r="A1" t="inlineStr"><is><t>_x000D_\xe5\x8f\xb0</t><rPh><t>x</t></rPh></is></c>'
    plain = book(lambda workbook: workbook.add_worksheet().write(0, 0, 1))
    one = changed(plain, lambda name, part: part.replace(b'<c r="A1"><v>1</v></c>', inline) if name == SHEET else part)
    assert lines(one) == ["台"]


def test_a_formula_shows_its_last_result() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_formula(0, 0, "=ROW()", None, 1)
        sheet.write_formula(0, 1, '="2024年"&"6月"', None, "2024年6月")
        sheet.write_boolean(0, 2, True)

    assert lines(book(fill)) == ["1\t2024年6月\t是"]


# ---- numbers in their forms


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (1.0, "", "1"),
        (0.1 + 0.2, "General", "0.3"),
        (12345678.5, "#,##0.00", "12345678.5"),
        (310101199001010000.0, "", "310101199001010000"),
        (0.85, "0%", "85%"),
        (0.9955, "0.00%", "99.55%"),
        (1.0, "0%", "100%"),
        (45444.0, "yyyy-mm-dd", "2024-06-01"),
        (45444.0, 'yyyy"年"m"月"d"日"', "2024-06-01"),
        (45444.0, '[$-804]yyyy"年"m"月";@', "2024年6月"),
        (45444.0, "mmm-yy", "2024年6月"),
        (45444.0, 'm"月"', "6月"),
        (45444.0, 'm"月"d"日"', "2024-06-01"),
        (45444.0, "yyyy", "2024年"),
        (45444.5, "yyyy/m/d h:mm", "2024-06-01 12:00"),
        (0.5, "h:mm", "12:00"),
        (7.0, '"第"0"项"', "第7项"),
        (7.0, "000", "007"),
        (-1.0, "yyyy-mm-dd", "-1"),
        (9e9, "yyyy-mm-dd", "9000000000"),
    ],
)
def test_a_number_shows_in_its_form(number: float, form: str, expected: str) -> None:
    assert shown(number, form) == expected


def test_a_month_that_was_typed_stays_a_month() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        forms = ("yyyy-mm-dd", 'yyyy"年"m"月"', "0%")
        sheet.write_datetime(0, 0, datetime(2024, 6, 1), workbook.add_format({"num_format": forms[0]}))  # noqa: DTZ001
        sheet.write_datetime(0, 1, datetime(2024, 6, 1), workbook.add_format({"num_format": forms[1]}))  # noqa: DTZ001
        sheet.write_number(0, 2, 0.95, workbook.add_format({"num_format": forms[2]}))
        sheet.write_number(0, 3, 45444, workbook.add_format({"num_format": 57}))

    assert lines(book(fill)) == ["2024-06-01\t2024年6月\t95%\t2024年6月"]


def test_the_other_calendar_of_workbooks_is_known() -> None:
    out = io.BytesIO()
    workbook = Workbook(out, {"date_1904": True})
    form = workbook.add_format({"num_format": "yyyy-mm-dd"})
    workbook.add_worksheet().write_datetime(0, 0, datetime(2024, 6, 1), form)  # noqa: DTZ001
    workbook.close()
    assert lines(out.getvalue()) == ["2024-06-01"]


# ---- old workbooks


def test_an_old_workbook_is_read_with_its_merged_cells() -> None:
    merged = record(0x00E5, struct.pack("<HHHHH", 1, 0, 1, 0, 0))
    cells = label(0, 0, "类别") + label(0, 1, "甲") + label(1, 1, "乙") + merged
    reading = xls.read(old_workbook(cells, dimensions=(2, 2)))
    assert reading.text.split("\n") == ["类别\t甲", "类别\t乙"]
    assert reading.places == ("工作表“表0”第1行", "工作表“表0”第2行")


@pytest.mark.parametrize(
    ("value", "expected"), [(True, "是"), (2.0, "2"), (date(2024, 6, 1), "2024-06-01"), ("甲", "甲")]
)
def test_values_of_an_old_workbook_are_told_as_a_person_would(value: object, expected: str) -> None:
    assert xls.told(value) == expected


# ---- size


def test_three_hundred_tasks_take_less_than_a_second() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        for row in range(300):
            sheet.write_row(row, 0, [row, "任务" * 50, "甲局、乙局", "2024年6月底前", "每季度"])

    content = book(fill)
    began = time.process_time()
    assert len(lines(content)) == 300
    assert time.process_time() - began < 1


def rows(count: int, cell: str) -> bytes:
    """Return a workbook whose first sheet has this cell in so many rows, as markup."""
    sheet = f"<worksheet><sheetData>{f'<row>{cell}</row>' * count}</sheetData></worksheet>"
    plain = book(lambda workbook: workbook.add_worksheet())
    return changed(plain, lambda name, part: sheet.encode() if name == SHEET else part)


@pytest.mark.parametrize(
    ("what", "content", "words"),
    [
        ("nothing in it", book(lambda workbook: workbook.add_worksheet()), "没有文字"),
        ("more cells than a plan has", rows(400_001, "<c><v>1</v></c>"), "太大"),
        ("more rows than a plan has", rows(50_001, "<c><v>1</v></c>"), "太多"),
        ("a cell outside of every sheet", rows(1, '<c r="ZZZ1"><v>1</v></c>'), "损坏"),
        ("no sheets at all", zipped({"xl/workbook.xml": "<workbook/>"}), "没有文字"),
        ("no list of sheets", zipped({"xl/worksheets/sheet1.xml": "<worksheet/>"}), "损坏"),
        ("a document type", zipped({"xl/workbook.xml": "<!DOCTYPE a []><workbook/>"}), "损坏"),
    ],
)
def test_it_is_refused(what: str, content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        xlsx.read(content)
