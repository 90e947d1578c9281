"""Rows of long lists: shorter than they are written, and the same to a browser."""

import re

import pytest
from markupsafe import Markup, escape

from tests import tables
from tests.house.source import ROOT
from tracker.web.rows import LONGEST, brief, lean

STATIC = ROOT / "tracker" / "static"
SYMBOLS = re.findall(
    r'<symbol id="light-(\w+)" viewBox="0 0 24 24">(.*?)</symbol>', (STATIC / "icons.svg").read_text("utf-8")
)


def table(rows: str) -> str:
    """A table of two columns."""
    return f"<table><thead><tr><th>甲</th><th>乙</th></tr></thead><tbody>{rows}</tbody></table>"


ROWS = """
<tr>
<td><input type="checkbox" name="id" value="7" aria-label="第 7 项"></td>
<td><a href="/tasks/7">承担 <i>工作</i></a></td>
</tr>
<tr>
<td></td>
<td><b class="overdue">逾期</b></td>
</tr>
"""


def test_lean_rows_have_the_same_cells() -> None:
    assert (
        tables.rows(table(lean(ROWS)))
        == tables.rows(table(ROWS))
        == [
            {"甲": "", "乙": "承担工作"},
            {"甲": "", "乙": "逾期"},
        ]
    )


def test_lean_rows_leave_out_end_tags_space_and_quotes_of_boxes_and_lights() -> None:
    assert lean(ROWS) == (
        '<tr><td><input type=checkbox name=id value=7 aria-label="第 7 项"><td><a href="/tasks/7">承担 <i>工作</i></a>'
        "<tr><td><td><b class=overdue>逾期</b>"
    )


@pytest.mark.parametrize("typed", ["</td>", '<input name="id">', '<b class="x">'])
def test_what_people_typed_stays_as_it_is(typed: str) -> None:
    cell = Markup("<td>{}</td>").format(typed)
    assert lean(cell) == f"<td>{escape(typed)}"


def test_a_long_sentence_is_cut_and_a_short_one_is_not() -> None:
    assert brief("字" * LONGEST) == "字" * LONGEST
    assert brief("字" * (LONGEST + 1)) == "字" * (LONGEST - 1) + "…"


@pytest.mark.parametrize(("name", "drawing"), SYMBOLS)
def test_a_light_of_a_row_is_drawn_as_the_light_of_the_sprite(name: str, drawing: str) -> None:
    file = (STATIC / "lights" / f"{name}.svg").read_text("utf-8")
    assert file == f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{drawing}</svg>\n'
    assert (
        f'.rows b.{name}::before {{ -webkit-mask-image: url("lights/{name}.svg")' in (STATIC / "lists.css").read_text()
    )
