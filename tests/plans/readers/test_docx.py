"""A Word document becomes lines as a person sees them: merged cells, text boxes, changes that were tracked."""

import io
import time

import docx as word_library
import pytest

from tests.plans.readers.makers import SAMPLES, across, down, p, run, table, tc, tr, word, zipped
from tracker.plans.readers import Unreadable, docx
from tracker.plans.readers.reading import CELL_BREAK


def lines(body: str, numbering: str = "", styles: str = "") -> list[str]:
    """Return the lines that are not blank."""
    return [line for line in docx.read(word(body, numbering, styles)).text.split("\n") if line]


# ---- the samples


def test_the_sample_table_repeats_merged_cells_in_every_row() -> None:
    reading = docx.read((SAMPLES / "s09_fazhi_docx_table_9.docx").read_bytes())
    rows = [line.split("\t") for line in reading.text.split("\n") if "\t" in line]
    assert rows[0] == ["类别", "序号", "重点任务", "牵头单位", "责任单位", "完成时限"]
    assert [row[0] for row in rows[1:]] == [
        *["提升执法规范化水平"] * 3,
        *["健全行政决策制度"] * 2,
        *["化解行政争议"] * 2,
        *["加强队伍建设"] * 2,
    ]
    assert rows[9][4] == ""
    assert "表1第10行" in reading.places


def test_the_sample_with_automatic_numbers_shows_them() -> None:
    text = docx.read((SAMPLES / "s10_tiaojie_docx_autonum_8.docx").read_bytes()).text.split("\n")
    assert [line[:2] for line in text if line[:2] in ("一、", "二、", "三、", "四、")] == [
        "一、",
        "二、",
        "三、",
        "四、",
    ]
    assert [line.split(".")[0] for line in text if line[:1].isdigit() and line[1:2] == "."] == list("12345678")


def test_every_line_has_its_place() -> None:
    reading = docx.read(word(p("甲") + table(tr("乙", "丙")) + p("丁")))
    assert list(zip(reading.text.split("\n"), reading.places, strict=True)) == [
        ("甲", "第1段"),
        ("", ""),
        ("乙\t丙", "表1第1行"),
        ("", ""),
        ("丁", "第2段"),
    ]
    assert reading.kind == "docx"


# ---- text


@pytest.mark.parametrize(
    ("what", "body", "expected"),
    [
        ("a soft break begins a line", f"<w:p>{run('甲')}<w:r><w:br/></w:r>{run('乙')}</w:p>", ["甲", "乙"]),
        ("one tab is a space", f"<w:p>{run('签发人：')}<w:r><w:tab/></w:r>{run('办公室')}</w:p>", ["签发人： 办公室"]),
        (
            "several tabs make columns",
            f"<w:p>{run('1')}<w:r><w:tab/></w:r>{run('任务')}<w:r><w:tab/></w:r>{run('办公室')}</w:p>",
            ["1\t任务\t办公室"],
        ),
        ("a link keeps its text", f"<w:p>{run('见')}<w:hyperlink>{run('附件')}</w:hyperlink></w:p>", ["见附件"]),
        (
            "a content control keeps its text",
            f"<w:sdt><w:sdtPr/><w:sdtContent>{p('标题')}</w:sdtContent></w:sdt>",
            ["标题"],
        ),
        (
            "inserted text is in, deleted text is out",
            f"<w:p>{run('三')}<w:ins>{run('六')}</w:ins><w:del><w:r><w:delText>九</w:delText></w:r></w:del>{run('月')}</w:p>",
            ["三六月"],
        ),
        (
            "moved text stands where it went",
            f"<w:p><w:moveFrom>{run('甲')}</w:moveFrom>{run('乙')}<w:moveTo>{run('甲')}</w:moveTo></w:p>",
            ["乙甲"],
        ),
        (
            "a deleted paragraph end joins two paragraphs",
            f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('责任')}</w:p>{p('部门')}",
            ["责任部门"],
        ),
        ("hidden text is out", f"<w:p>{run('甲')}{run('密', '<w:vanish/>')}</w:p>", ["甲"]),
        (
            "text that is shown again is in",
            f"<w:p>{run('甲', '<w:vanish w:val=' + chr(34) + '0' + chr(34) + '/>')}</w:p>",
            ["甲"],
        ),
        (
            "a field shows its result",
            f"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple>{run('3')}</w:fldSimple></w:p>",
            ["3"],
        ),
        (
            "a sign of a font is written as what it shows",
            '<w:p><w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:sym w:font="Symbol" w:char="F0B7"/></w:r></w:p>',
            ["☑"],
        ),
        (
            "a text box comes behind its paragraph, once",
            f"<w:p>{run('正文')}<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>{p('红头')}"
            f"</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><v:textbox><w:txbxContent>{p('红头')}"
            "</w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            ["正文", "红头"],
        ),
        ("a frame of one cell is no table", table(tr(tc(p("甲") + p("乙")))), ["甲", "乙"]),
    ],
)
def test_text(what: str, body: str, expected: list[str]) -> None:
    assert lines(body) == expected, what


# ---- tables


@pytest.mark.parametrize(
    ("what", "body", "expected"),
    [
        (
            "a cell merged downward is repeated, one merged sideways is not",
            table(tr(down("甲", True), "1", across("宽", 2)), tr(down(), "2", "丙", "丁")),
            ["甲\t1\t宽\t", "甲\t2\t丙\t丁"],
        ),
        (
            "a cell may be merged both ways",
            table(
                tr(tc("大", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), "1"),
                tr(tc("", '<w:gridSpan w:val="2"/><w:vMerge/>'), "2"),
            ),
            ["大\t\t1", "大\t\t2"],
        ),
        (
            "a row that only repeats is left out",
            table(tr(down("甲", True), down("乙", True)), tr(down(), down()), tr("丙", "丁")),
            ["甲\t乙", "丙\t丁"],
        ),
        (
            "rows are as wide as the widest",
            table(tr(across("题目", 3)), tr("1", "2", "3")),
            ["题目\t\t", "1\t2\t3"],
        ),
        (
            "a row may begin in a later column",
            table(tr("1", "2"), f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{tc("3")}</w:tr>'),
            ["1\t2", "\t3"],
        ),
        (
            "paragraphs of a cell are divided inside the line",
            table(tr(tc(p("甲局") + p("乙局")), "3月")),
            [f"甲局{CELL_BREAK}乙局\t3月"],
        ),
        (
            "a table in a cell becomes text of the cell",
            table(tr(tc(p("分工") + table(tr("甲", "乙"), tr("丙", "丁"))), "3月")),
            [f"分工{CELL_BREAK}甲 乙{CELL_BREAK}丙 丁\t3月"],
        ),
        (
            "a deleted row is out",
            table(tr("1", "2"), f"<w:tr><w:trPr><w:del/></w:trPr>{tc('3')}{tc('4')}</w:tr>"),
            ["1\t2"],
        ),
        (
            "a tab inside a cell does not divide it",
            table(tr(tc(f"<w:p>{run('甲')}<w:r><w:tab/></w:r>{run('乙')}</w:p>"), "丙")),
            ["甲 乙\t丙"],
        ),
    ],
)
def test_tables(what: str, body: str, expected: list[str]) -> None:
    assert lines(body) == expected, what


def test_what_a_library_writes_is_read() -> None:
    document = word_library.Document()
    document.add_paragraph("实施方案")
    grid = document.add_table(rows=3, cols=3)
    for row in range(3):
        for column in range(3):
            grid.cell(row, column).text = f"{row}{column}"
    grid.cell(0, 0).merge(grid.cell(1, 0)).text = "高"
    grid.cell(2, 1).merge(grid.cell(2, 2)).text = "宽"
    out = io.BytesIO()
    document.save(out)
    text = docx.read(out.getvalue()).text.split("\n")
    assert [line for line in text if line] == ["实施方案", "高\t01\t02", "高\t11\t12", "20\t宽\t"]


def test_three_hundred_tasks_take_less_than_a_second() -> None:
    rows = [tr(str(n), f"任务{n}。" * 20, "甲局、乙局", "2024年6月底前", "每季度") for n in range(300)]
    content = word("".join(p(f"{n}. 任务" * 10) for n in range(300)) + table(*rows))
    began = time.process_time()
    assert docx.read(content).text.count("\n") > 600
    assert time.process_time() - began < 1


# ---- what is refused


@pytest.mark.parametrize(
    ("what", "content", "words"),
    [
        ("no text", word(p() + p(" ")), "没有文字"),
        ("tables in tables in tables", word("<w:tbl><w:tr><w:tc>" * 45 + "</w:tc></w:tr></w:tbl>" * 45), "层次太多"),
        (
            "a document type, and the entities that it could bring",
            zipped({"word/document.xml": '<!DOCTYPE d [<!ENTITY a "aa">]><d><body/></d>'}),
            "损坏",
        ),
        ("markup that does not close", zipped({"word/document.xml": "<w:document"}), "损坏"),
        ("an archive without a text", zipped({"word/styles.xml": "<a/>"}), "损坏"),
        ("more elements than a text has", word("<w:p/>" * 400_001), "太大"),
        (
            "one merged cell that fills a book",
            word(table(tr(down("字" * 60_000, True), "1"), *[tr(down(), "2")] * 100)),
            "太多",
        ),
    ],
)
def test_it_is_refused(what: str, content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        docx.read(content)
