"""A PDF becomes lines and tables: merged cells repeated, a table that runs over pages put together."""

import pytest

from tests.plans.readers.makers import FILES, pdf, shown
from tracker.plans.readers import Unreadable
from tracker.plans.readers import pdf as reader

MAX_PAGES = reader.MAX_PAGES


def grid(left: int, top: int, columns: list[int], rows: list[list[str]], height: int = 30) -> str:
    """Return what a page needs to show a table: lines around every cell, and the texts."""
    edges = [left]
    for width in columns:
        edges.append(edges[-1] + width)
    drawn = [f"{edges[0]} {top - height * n} m {edges[-1]} {top - height * n} l S" for n in range(len(rows) + 1)]
    drawn += [f"{edge} {top} m {edge} {top - height * len(rows)} l S" for edge in edges]
    drawn += [
        f"BT /F 10 Tf {edges[column] + 4} {top - height * n - 20} Td ({text}) Tj ET"
        for n, row in enumerate(rows)
        for column, text in enumerate(row)
    ]
    return " ".join(drawn)


def lines(content: bytes) -> list[str]:
    """Return the lines of a PDF that are not blank."""
    return [line for line in reader.read(content).text.split("\n") if line]


def test_a_table_over_three_pages_is_one_table() -> None:
    reading = reader.read((FILES / "table.pdf").read_bytes())
    rows = [line.split("\t") for line in reading.text.split("\n") if "\t" in line]
    assert [row[1] for row in rows[2:]] == [str(number) for number in range(1, 25)]
    assert {len(row) for row in rows} == {5}
    assert rows[0] == ["类别", "序\u2028号", "重点任务", "分工和时限", ""]
    assert rows[1][3] == "责任单位"
    kinds = [row[0].replace("\u2028", "") for row in rows[2:]]
    assert kinds[:8] == ["提升执法规范化水平"] * 4 + ["健全行政决策制度"] * 4
    assert kinds[16:20] == ["健全行政决策制度"] * 4
    assert rows[19][2].replace("\u2028", "").endswith("第18项工作按期完成并向社会公布结果。")
    assert reading.kind == "pdf"


def test_lines_stand_around_the_table_and_page_numbers_do_not() -> None:
    reading = reader.read((FILES / "table.pdf").read_bytes())
    text = [line for line in reading.text.split("\n") if line and "\t" not in line]
    assert text[0] == "青湖县法治政府建设2023年重点任务分解表"
    assert text[-1] == "备注：各牵头单位每季度报送一次进展情况。"
    assert len(text) == 3
    assert reading.places[0] == "第1页"
    assert reading.places[-1] == "第3页"
    assert "第3页表1第9行" in reading.places


def test_text_is_read_page_by_page() -> None:
    reading = reader.read(pdf(shown("1. Publish", "2. Train"), shown("3. Report")))
    assert reading.text.split("\n") == ["1. Publish", "2. Train", "3. Report"]
    assert reading.places == ("第1页", "第1页", "第2页")


def test_a_frame_is_no_table_and_a_table_s_text_stands_once() -> None:
    framed, listed = grid(60, 700, [300], [["framed"]]), grid(60, 600, [50, 200], [["1", "task"], ["2", "more"]])
    assert lines(pdf(" ".join([shown("before"), framed, listed]))) == ["before", "framed", "1\ttask", "2\tmore"]


def test_a_row_that_was_cut_by_the_page_is_put_together() -> None:
    first = grid(60, 120, [50, 200], [["1", "a"], ["2", "begin"]])
    second = grid(60, 800, [50, 200], [["", "end"], ["3", "c"]])
    assert lines(pdf(first, second)) == ["1\ta", "2\tbegin\u2028end", "3\tc"]


def test_another_table_on_the_next_page_stays_another() -> None:
    reading = reader.read(pdf(grid(60, 120, [50, 200], [["1", "a"]]), grid(200, 800, [50, 100], [["1", "b"]])))
    assert [place for place in reading.places if place] == ["第1页表1第1行", "第2页表2第1行"]


def test_a_title_above_every_page_stands_once() -> None:
    pages = [shown("Annual plan", top=820) + " " + shown(f"task {n}", f"- {n} -", top=700) for n in range(4)]
    assert lines(pdf(*pages)).count("Annual plan") == 1


def test_a_page_that_is_a_picture_is_noted() -> None:
    content = pdf(shown("1. Publish the list of tasks"), "", picture=True)
    assert reader.read(content).notes == ("第2页是图片，没有读到文字。",)


def test_a_file_that_only_forbids_copying_opens() -> None:
    assert lines((FILES / "owner-locked.pdf").read_bytes()) == ["1. Publish the list", "2. Train the staff"]


@pytest.mark.parametrize(
    ("what", "content", "words"),
    [
        ("a password", (FILES / "locked.pdf").read_bytes(), "密码"),
        ("pictures only", pdf("", "", picture=True), "扫描件"),
        ("pictures and page numbers", pdf(shown("- 1 -"), shown("- 2 -"), picture=True), "扫描件"),
        ("empty pages", pdf("", ""), "没有可以取出的文字"),
        ("too many pages", pdf(*["" for _ in range(MAX_PAGES + 1)]), "超过 300 页"),
        ("no pages", b"%PDF-1.4\n", "损坏"),
    ],
)
def test_it_is_refused(what: str, content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        reader.read(content)
