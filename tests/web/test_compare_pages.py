"""Two days of a score side by side in the browser, and the events as a file."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.assignments.acts import complete, owed, take, unit_id
from tests.client import Client
from tests.scoring.recompute import scores
from tracker.rules.status import Move
from tracker.spreadsheets import read_rows

Visitor = Callable[[str], Client]
REVIEWER = "reviewer-xingfazhixing"


@pytest.fixture
def moved(seeded: Flask) -> int:
    """松江, that completed a task late, had another exempted, and lost what came due."""
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    take("supervisor", Move.EXEMPT, "2021-03-12", owed("8", "songjiang"), "没有这项职能<b>")
    return unit_id("songjiang")


def body(client: Client, address: str, status: int = 200) -> str:
    """Return a page."""
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def test_the_page_says_by_how_much_the_score_changed_and_why(moved: int, visitor: Visitor) -> None:
    page = body(visitor("songjiang-clerk"), f"/scores/{moved}/compare?from=2021-03-01&to=2021-03-31")
    assert "松江区司法局：18 → 20 分，+2" in page
    assert "从 2021年3月1日 到 2021年3月31日：2 件事改变了得分的明细" in page
    assert page.index("审核通过（逾期后办结）") < page.index("认定不适用")
    assert "没有这项职能&lt;b&gt;" in page
    assert f'href="/assignments/{owed("7", "songjiang")}"' in page
    assert "签收" not in page
    everything = body(visitor("songjiang-clerk"), f"/scores/{moved}/compare?from=2021-03-01&to=2021-03-31&show=all")
    assert "签收" in everything
    assert "不影响得分" in everything


def test_every_figure_of_both_days_leads_to_its_rows(moved: int, visitor: Visitor) -> None:
    page = body(visitor("supervisor"), f"/scores/{moved}/compare?from=2021-03-01&to=2021-03-31")
    for day, due in (("2021-03-01", "2021-02-28"), ("2021-03-31", "2021-03-30")):
        assert re.search(rf'href="/scores/{moved}\?plan=1&(amp;)?on={day}"', page)
        assert re.search(rf'href="/ledger\?plan=1[^"]*due_by={due}"', page)


def test_without_days_the_end_of_last_month_is_compared_with_today(moved: int, visitor: Visitor) -> None:
    page = body(visitor("leader"), f"/scores/{moved}/compare")
    assert "从 2021年5月31日 到 2021年6月24日" in page


def test_what_a_cap_kept_from_the_score_is_said(moved: int, visitor: Visitor) -> None:
    page = body(visitor("leader"), f"/scores/{moved}/compare?from=2021-09-29&to=2021-10-01")
    assert "未封顶时 −1" in page
    assert "0 → 0 分，没有变化" in page


def test_a_day_to_come_is_said_to_be_foreseen(moved: int, visitor: Visitor) -> None:
    page = body(visitor("leader"), f"/scores/{moved}/compare?from=2021-06-01&to=2021-07-01")
    assert "2021年7月1日还没有到：这是推算" in page


def test_before_the_plan_was_handed_out_there_is_one_day_to_show(moved: int, visitor: Visitor) -> None:
    page = body(visitor("leader"), f"/scores/{moved}/compare?from=2021-02-01&to=2021-02-20")
    assert "2021年2月1日方案还没有交办，从满分 20 分起算。" in page
    assert "这两天之间没有改变得分的事" in page


@pytest.mark.parametrize("query", ["from=x", "to=2021-02-30", "plan=x", "from=0001-01-01", "format=pdf"])
def test_an_address_that_cannot_be_read_is_refused_in_words(moved: int, visitor: Visitor, query: str) -> None:
    assert visitor("supervisor").get(f"/scores/{moved}/compare?{query}").status_code == 400


def test_a_foreign_district_is_not_there(moved: int, visitor: Visitor) -> None:
    client = visitor("huangpu-clerk")
    for address in (f"/scores/{moved}/compare", "/scores/999999/compare"):
        assert client.get(address).status_code == 404, address


def test_the_comparison_can_be_printed_and_taken_as_a_file(moved: int, visitor: Visitor) -> None:
    client, asked = visitor("supervisor"), f"/scores/{moved}/compare?from=2021-03-01&to=2021-03-31"
    paper = body(client, f"{asked}&print=1")
    assert "松江区司法局：18 → 20 分，+2" in paper
    assert "认定不适用：没有这项职能" in paper
    rows = read_rows("x.xlsx", client.get(f"{asked}&format=xlsx").data)
    assert [(row[0], row[7], row[8]) for row in rows[4:]] == [("2021-03-05", "1", "19"), ("2021-03-12", "1", "20")]


def test_the_events_file_is_exact_for_programs_and_gives_every_score(moved: int, visitor: Visitor) -> None:
    answer = visitor("auditor").get("/scores/events")
    assert answer.mimetype == "text/csv"
    text = answer.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert {row["kind"] for row in rows} == {"rule", "step"}
    assert rows[0]["kind"] == "rule"
    exempted = [row for row in rows if row["to_status"] == "exempt"]
    assert [(row["task"], row["district_id"], row["reason"]) for row in exempted] == [
        ("8", str(moved), "没有这项职能<b>")
    ]
    found = scores(rows, "2021-03-31")
    assert (found[str(moved)], set(found.values())) == (20, {20, 18})


def test_the_events_can_be_had_as_a_workbook(moved: int, visitor: Visitor) -> None:
    rows = read_rows("x.xlsx", visitor("supervisor").get("/scores/events?format=xlsx").data)
    assert rows[3][:4] == ["seq", "plan", "at", "day"]
    assert rows[4][1] == "沪司发〔2021〕11号"
