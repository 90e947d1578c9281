"""Deductions, appeals, the freeze and the replay in the browser."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import owed, unit_id
from tests.client import FormReader
from tests.web.conftest import Visitor
from tracker.db import db
from tracker.scoring.models import Appeal, Deduction, Freeze


@pytest.fixture
def songjiang(seeded: Flask, on_day: Callable[[str], date]) -> str:
    """Songjiang's page, in the first days of March: two tasks are missed."""
    on_day("2021-03-05")
    return f"/scores/{unit_id('songjiang')}"


def count(model: type) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_supervisor_takes_points_off_and_the_district_reads_why(visitor: Visitor, songjiang: str) -> None:
    browser = visitor("supervisor")
    answer = browser.submit(browser.form(songjiang, f"{songjiang}/deductions"), points="1.5", reason="材料不实")
    assert (answer.status_code, answer.location) == (303, songjiang)
    page = visitor("songjiang-clerk").get(songjiang).get_data(as_text=True)
    assert "20 − 3.5 = 16.5 分" in page
    assert "材料不实" in page
    assert "督办员（演示）登记于 2021-03-05" in page


@pytest.mark.parametrize("points", ["NaN", "Infinity", "1e5", "11", "0.1", "1,5", "0", ""])
def test_points_that_cannot_be_entered_are_refused_with_what_was_typed_kept(
    visitor: Visitor, songjiang: str, points: str
) -> None:
    browser = visitor("supervisor")
    answer = browser.submit(browser.form(songjiang, f"{songjiang}/deductions"), points=points, reason="材料不实")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "材料不实" in page
    assert count(Deduction) == 0


def test_a_deduction_without_reason_is_refused(visitor: Visitor, songjiang: str) -> None:
    browser = visitor("supervisor")
    answer = browser.submit(browser.form(songjiang, f"{songjiang}/deductions"), points="1", reason=" ")
    assert answer.status_code == 422
    assert "请写明理由" in answer.get_data(as_text=True)
    assert count(Deduction) == 0


def test_the_same_form_sent_twice_takes_points_off_once_until_it_is_confirmed(visitor: Visitor, songjiang: str) -> None:
    browser = visitor("supervisor")
    form = browser.form(songjiang, f"{songjiang}/deductions")
    assert browser.submit(form, points="1.5", reason="材料不实").status_code == 303
    again = browser.submit(form, points="2", reason="另有一件")
    page = again.get_data(as_text=True)
    assert (again.status_code, count(Deduction)) == (409, 1)
    assert "这次没有登记" in page
    assert "1.5 分，2021-03-05，督办员（演示）" in page
    assert 'id="deduct" open' in page
    reader = FormReader(songjiang)
    reader.feed(page)
    (confirmed,) = [form for form in reader.forms if form.action == f"{songjiang}/deductions"]
    assert (confirmed.fields["points"], confirmed.fields["reason"].strip()) == ("2", "另有一件")
    assert [browser.submit(confirmed).status_code for _ in "ab"] == [303, 409]
    assert db.session.scalars(select(Deduction.points).order_by(Deduction.id)).all() == [Decimal("1.5"), 2]


def test_a_form_opened_after_an_entry_knows_of_it(visitor: Visitor, songjiang: str) -> None:
    browser = visitor("supervisor")
    for number in (1, 2):
        form = browser.form(songjiang, f"{songjiang}/deductions")
        assert browser.submit(form, points="1", reason="材料不实").status_code == 303
        assert count(Deduction) == number


def test_points_taken_off_another_district_make_no_form_stale(visitor: Visitor, songjiang: str) -> None:
    browser = visitor("supervisor")
    form, elsewhere = browser.form(songjiang, f"{songjiang}/deductions"), f"/scores/{unit_id('huangpu')}"
    other = browser.form(elsewhere, f"{elsewhere}/deductions")
    assert [browser.submit(each, points="1", reason="好").status_code for each in (other, form)] == [303, 303]


def test_an_appeal_sent_twice_is_filed_once(visitor: Visitor, songjiang: str) -> None:
    lead = visitor("songjiang-lead")
    form, line = lead.form(songjiang, f"{songjiang}/appeals"), f"task:{owed('7', 'songjiang')}"
    assert [lead.submit(form, line=line, reason="已按期完成").status_code for _ in "ab"] == [303, 409]
    assert count(Appeal) == 1


def test_a_lead_objects_and_the_supervisor_upholds_it(visitor: Visitor, songjiang: str) -> None:
    lead = visitor("songjiang-lead")
    form = lead.form(songjiang, f"{songjiang}/appeals")
    line = f"task:{owed('7', 'songjiang')}"
    assert lead.submit(form, line=line, reason="已按期完成").status_code == 303
    assert "待裁定" in lead.get(songjiang).get_data(as_text=True)
    appeal = db.session.scalars(select(Appeal.id)).one()
    supervisor = visitor("supervisor")
    form = supervisor.form(songjiang, f"{songjiang}/appeals/{appeal}/decide")
    for decision, answer in (("maybe", "好"), ("grant", "")):
        assert supervisor.submit(form, decision=decision, answer=answer).status_code == 422
    assert supervisor.submit(form, decision="grant", answer="经核对属实").status_code == 303
    assert supervisor.submit(form, decision="grant", answer="再来").status_code == 409
    page = lead.get(songjiang).get_data(as_text=True)
    assert "20 − 1 = 19 分" in page
    assert "异议成立，退回所扣的分" in page
    assert "经核对属实" in page


def test_an_appeal_is_decided_only_under_its_own_district(visitor: Visitor, songjiang: str) -> None:
    lead = visitor("songjiang-lead")
    form = lead.form(songjiang, f"{songjiang}/appeals")
    lead.submit(form, line=f"task:{owed('7', 'songjiang')}", reason="已按期完成")
    appeal = db.session.scalars(select(Appeal.id)).one()
    supervisor = visitor("supervisor")
    form = supervisor.form(songjiang, f"{songjiang}/appeals/{appeal}/decide")
    form.action = f"/scores/{unit_id('huangpu')}/appeals/{appeal}/decide"
    assert supervisor.submit(form, decision="grant", answer="好").status_code == 404


def test_a_foreign_district_answers_a_lead_like_a_missing_one(visitor: Visitor, songjiang: str) -> None:
    lead = visitor("songjiang-lead")
    form = lead.form(songjiang, f"{songjiang}/appeals")
    for district in (unit_id("huangpu"), 2_000_000):
        form.action = f"/scores/{district}/appeals"
        assert lead.submit(form, line=f"task:{owed('7', 'huangpu')}", reason="好").status_code == 404
    assert count(Appeal) == 0


def test_the_supervisor_freezes_the_scores_and_the_auditor_counts_them_again(visitor: Visitor, songjiang: str) -> None:
    browser = visitor("supervisor")
    form = browser.form("/scores/freeze", "/scores/freeze")
    assert browser.submit(form, confirmed="y", unevaluated="演练").status_code == 303
    assert count(Freeze) == 1
    page = browser.get("/scores").get_data(as_text=True)
    assert "定稿封存" in page
    assert "/scores/freeze" not in page
    replay = visitor("auditor").get("/scores/replay").get_data(as_text=True)
    assert "全部一致，共 16 个区局。" in replay
    assert "与封存内容相符" in replay


def test_the_draft_ranking_shows_what_waits_for_review(visitor: Visitor, songjiang: str) -> None:
    page = visitor("leader").get("/scores/draft").get_data(as_text=True)
    assert "预计得分" in page
    assert "黄浦区司法局" in page


def test_a_districts_lines_can_be_had_as_files_by_those_who_may_export(visitor: Visitor, songjiang: str) -> None:
    text = visitor("songjiang-lead").get(f"{songjiang}?format=csv").get_data(as_text=True)
    assert "本项满分" in text
    assert "截至 2021-03-05 未办结" in text
    assert visitor("supervisor").get(f"{songjiang}?format=xlsx").data.startswith(b"PK")
    assert visitor("songjiang-clerk").get(f"{songjiang}?format=csv").status_code == 403
    assert visitor("huangpu-lead").get(f"{songjiang}?format=csv").status_code == 404
