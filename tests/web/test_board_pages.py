"""Overview, matrix, score board and explanation in the browser: every figure leads to its rows, and onto paper."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests import tables
from tests.assignments.acts import complete, owed, the_plan, unit_id
from tests.client import Client
from tests.web.conftest import CLERK, REVIEWER, Visitor

NEAR, OVERDUE = "light-near", "light-overdue"


@pytest.fixture
def march(seeded: Flask, on_day: Callable[[str], date]) -> None:
    """The fifth of March: the two tasks of February are overdue in every district."""
    on_day("2021-03-05")


@pytest.fixture
def leader(march: None, visitor: Visitor) -> Client:
    """A leader at the browser."""
    return visitor("leader")


def page(browser: Client, address: str) -> str:
    """Return a page that must exist."""
    response = browser.get(address)
    assert response.status_code == 200, response.text
    return response.get_data(as_text=True)


def rows_behind(browser: Client, address: str) -> int:
    """Return how many rows the page says that an address has."""
    found = re.search(r"共 (\d+) 项", page(browser, address.replace("&amp;", "&")))
    assert found, address
    return int(found[1])


# ---- overview


def test_every_figure_of_the_overview_leads_to_the_rows_that_it_counts(leader: Client) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    text = page(leader, "/overview?on=2021-03-24")
    figures = dict(re.findall(r'class="figure[^"]*" href="(/ledger[^"]+)".*?class="figure-value">(\d+)', text))
    assert sorted(map(int, figures.values())) == [1, 31, 32, 96]
    assert {address: rows_behind(leader, address) for address in figures} == {
        address: int(value) for address, value in figures.items()
    }


def test_the_months_of_the_overview_lead_to_the_rows_that_they_count(leader: Client) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    text = page(leader, "/overview").split('class="chart-table"')[1].split("</table>")[0]
    links = re.findall(r'<a href="([^"]+)">(\d+)</a>', text)
    falling, due = [32, 96, 64, 64, 64, 48, 32, 48], [32, 128, 192, 256, 320, 368, 400, 448]
    done = [[1], [1], [], [], [], [], [], []]
    figures = [value for row in zip(falling, due, done, strict=True) for value in (*row[:2], *row[2])]
    assert [int(value) for _, value in links] == figures
    assert [rows_behind(leader, address) for address, _ in links] == figures


def test_the_overview_names_the_worst_and_what_comes_next(leader: Client) -> None:
    text = page(leader, "/overview")
    assert text.count("未完成 2 项") == 5
    assert "2021年3月到期 6 项任务" in text
    assert "2021年4月到期 4 项任务" in text
    assert "<svg" in text


def test_before_the_plan_the_overview_says_so(leader: Client) -> None:
    assert "这一天还没有交办任务" in page(leader, "/overview?on=2021-01-10")


# ---- matrix


def test_the_totals_of_the_matrix_lead_to_the_rows_that_they_count(leader: Client) -> None:
    text = page(leader, "/matrix")
    column = re.search(r'<tfoot>.*?<a href="([^"]+)">2</a>', text)
    row = re.search(r'<a class="sum" href="([^"]+)">16</a>', text)
    assert column
    assert row
    assert (rows_behind(leader, column[1]), rows_behind(leader, row[1])) == (2, 16)
    assert 'aria-current="true"' not in text.split('class="legend matrix-legend"')[1].split("</ul>")[0]


def test_a_light_dims_the_others_and_is_what_the_edges_count(leader: Client) -> None:
    text = page(leader, "/matrix?light=overdue")
    assert text.count('class="dim"') == 26 * 16
    assert "逾期合计" in text
    text = page(leader, "/matrix?light=near&on=2021-03-24")
    assert "临期合计" in text
    assert 'light=near"' not in text.split('class="active"')[1].split(">")[0]
    near = re.search(r'<tfoot>.*<a href="([^"]+)">96</a>', text)
    assert near
    assert rows_behind(leader, near[1]) == 96


def test_an_unknown_light_dims_nothing(leader: Client) -> None:
    assert 'class="dim"' not in page(leader, "/matrix?light=purple")


def test_one_district_of_the_matrix_is_a_list(leader: Client) -> None:
    text = page(leader, f"/matrix?district={unit_id('songjiang')}")
    assert "松江区司法局：28 项任务" in text
    assert f'href="/assignments/{owed("7", "songjiang")}"' in text
    assert f'href="/assignments/{owed("7", "huangpu")}"' not in text


def test_a_foreign_district_of_the_matrix_answers_like_a_missing_one(march: None, visitor: Visitor) -> None:
    lead = visitor("songjiang-lead")
    for district in (unit_id("huangpu"), 2_000_000):
        assert lead.get(f"/matrix?district={district}").status_code == 404


def test_another_plan_has_a_matrix_of_its_own_address(leader: Client) -> None:
    assert page(leader, f"/plans/{the_plan().id}/matrix").count("<tr") == page(leader, "/matrix").count("<tr")
    assert leader.get("/matrix?plan=4711").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_matrix_can_be_had_as_a_file_with_what_is_on_the_screen(leader: Client, kind: str) -> None:
    response = leader.get(f"/matrix?format={kind}&light=overdue")
    assert response.headers["Content-Disposition"].startswith("attachment")
    if kind == "csv":
        lines = response.get_data(as_text=True).splitlines()
        assert "只列“逾期”，共 32 项" in lines[0]
        assert len(lines) == 2 + 28 + 1
        assert sum(line.count("逾期") for line in lines[2:]) == 32
        assert "未开始" not in response.get_data(as_text=True)
    one = leader.get(f"/matrix?format={kind}&district={unit_id('songjiang')}")
    assert one.headers["Content-Disposition"].startswith("attachment")


def test_a_cell_is_told_beside_the_matrix(leader: Client) -> None:
    text = page(leader, f"/assignments/{owed('7', 'songjiang')}/glance?on=2021-03-05")
    assert "松江区司法局" in text
    assert "逾期 5 天" in text
    assert "没有填报" in text
    assert "<html" not in text


def test_a_foreign_cell_answers_like_a_missing_one(march: None, visitor: Visitor) -> None:
    clerk = visitor(CLERK)
    for assignment in (owed("7", "huangpu"), 2_000_000):
        assert clerk.get(f"/assignments/{assignment}/glance").status_code == 404


# ---- scores


def test_the_board_stands_beside_another_day(leader: Client) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-04")
    text = page(leader, "/scores?against=2021-02-28")
    assert "2021-02-28 名次" in text
    assert text.count("↓ 降 1 位") == 15
    assert text.count("−2</a>") == 15
    assert text.count("−1</a>") == 1
    assert f'href="/scores/{unit_id("songjiang")}?plan={the_plan().id}&amp;on=2021-02-28"' in text


def test_an_export_of_a_comparison_has_the_columns_of_the_other_day(march: None, visitor: Visitor) -> None:
    lines = visitor("supervisor").get("/scores?against=2021-02-28&format=csv").get_data(as_text=True).splitlines()
    assert "对照 2021-02-28" in lines[0]
    assert lines[1].endswith("对照日名次,对照日得分,得分变化")
    assert lines[2].split(",")[-3:] == ["1", "20.00", "'-2.00"] or lines[2].endswith("-2.00")


@pytest.mark.parametrize("value", ["gestern", "2021-13-01", "0000-01-01", "9999-12-31"])
def test_a_day_to_compare_with_that_is_none_is_refused(leader: Client, value: str) -> None:
    assert leader.get(f"/scores?against={value}").status_code == 400


def test_each_lost_point_has_its_row_with_days_rule_and_record(leader: Client) -> None:
    text = page(leader, f"/scores/{unit_id('songjiang')}").split('id="lost"')[1].split("</table>")[0]
    assert text.count("5 天") == 2
    assert text.count("截至 2021-03-05 未办结") == 2
    assert text.count("扣完为止") == 2
    assert text.count("没有填报，催办 0 次") == 2
    assert [row["得分"] for row in tables.rows(text)].count("−1") == 2


def test_a_lead_comes_from_a_lost_point_to_the_objection_to_it(march: None, visitor: Visitor) -> None:
    lead, here = visitor("songjiang-lead"), f"/scores/{unit_id('songjiang')}"
    word = f"task:{owed('8', 'songjiang')}"
    assert f"{here}?line={word.replace(':', '%3A')}#appeal" in page(lead, here)
    form = lead.form(f"{here}?line={word}", f"{here}/appeals")
    assert form.fields["line"] == word
    assert lead.submit(form, reason="已按期完成").status_code == 303
    assert "异议：待裁定" in page(lead, here)


def test_what_was_filed_stands_beside_the_lost_point(march: None, visitor: Visitor) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-04")
    text = page(visitor("supervisor"), f"/scores/{unit_id('songjiang')}?on=2021-03-05")
    assert "没有扣分的任务" in text
    assert "2021-03-04 逾期后办结" in text.split('id="rest"')[1]


# ---- on paper


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/matrix?print=1", "28 项任务 × 16 区"),
        ("/matrix?print=1&light=overdue", "只列“逾期”，共 32 项"),
        ("/matrix?print=1&district={songjiang}", "松江区司法局：28 项任务"),
        ("/overdue?print=1&level=district_bureau", "逾期清单"),
        ("/ledger?print=1&level=district_bureau", "督办台账"),
        ("/scores?print=1", "得分排名"),
        ("/scores?print=1&against=2021-02-28", "对照日得分"),
        ("/scores/{songjiang}?print=1", "松江区司法局得分说明"),
        ("/overview?print=1", "办理情况总览"),
    ],
)
def test_a_page_on_paper_has_a_head_and_no_frame(leader: Client, address: str, title: str) -> None:
    text = page(leader, address.format(songjiang=unit_id("songjiang")))
    assert title in text
    assert "业务日期 2021年3月5日" in text
    assert 'class="bar-top"' not in text
    assert 'href="/' in text.split('class="sheet-bar"')[1].split("</nav>")[0]


@pytest.mark.parametrize("address", ["/matrix", "/overdue", "/ledger", "/scores", "/overview"])
def test_each_page_leads_to_its_sheet(leader: Client, address: str) -> None:
    assert "print=1" in page(leader, address)


@pytest.mark.parametrize("address", ["/scores", "/scores/35", "/matrix", "/ledger", "/overview"])
def test_a_day_still_to_come_is_called_a_forecast(visitor: Visitor, address: str) -> None:
    supervisor = visitor("supervisor")
    words = "2021年12月31日还没有到：这是推算，假定从今天（2021年6月24日）起没有新的进展"
    assert words in supervisor.get(f"{address}?on=2021-12-31").text
    assert "这是推算" not in supervisor.get(f"{address}?on=2021-06-24").text


def test_paper_and_files_of_a_day_still_to_come_say_so_too(visitor: Visitor) -> None:
    supervisor = visitor("supervisor")
    assert "这是推算" in supervisor.get("/ledger?on=2021-12-31&print=1").text
    assert "这是推算" in supervisor.get("/ledger?on=2021-12-31&format=csv").data.decode("utf-8-sig")
