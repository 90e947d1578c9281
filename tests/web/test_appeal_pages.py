"""The list of objections, their clocks, and who is shown a form to answer them."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import owed, take, unit_id
from tests.scoring.test_deductions import decide, deduct, object_to
from tests.web.conftest import Visitor, follow
from tests.web.test_exports import csv_rows
from tracker.db import db, transaction
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.rules.status import Move
from tracker.scoring.models import Appeal
from tracker.scoring.operations import LineKey


@pytest.fixture
def filed(seeded: Flask, on_day: Callable[[str], date]) -> tuple[Appeal, Appeal]:
    """An objection of Songjiang to a missed task, and one to what the first supervisor entered."""
    on_day("2021-03-12")
    return object_to(LineKey(assignment_id=owed("7", "songjiang"))), object_to(LineKey(deduction_id=deduct("1").id))


def test_the_list_shows_what_waits_until_when_and_who_may_answer(
    visitor: Visitor, filed: tuple[Appeal, Appeal]
) -> None:
    page = visitor("supervisor").get("/appeals").text
    assert page.count("应于 2021-03-15 前答复（剩 1 个工作日）") == 2
    assert page.count("须由他人裁定") == 1
    assert f"#appeal-{filed[0].id}" in page
    assert "须由他人裁定" not in visitor("supervisor2").get("/appeals").text


def test_a_clock_that_ran_out_says_so(
    visitor: Visitor, filed: tuple[Appeal, Appeal], on_day: Callable[[str], date]
) -> None:
    on_day("2021-03-17")
    page = visitor("supervisor").get("/appeals").text
    assert page.count("应于 2021-03-15 前答复（已超 2 个工作日）") == 2


def test_a_lead_sees_the_own_districts_alone(visitor: Visitor, filed: tuple[Appeal, Appeal]) -> None:
    assert "已按期完成" in visitor("songjiang-lead").get("/appeals").text
    other = visitor("huangpu-lead").get(f"/appeals?district={unit_id('songjiang')}").text
    assert "没有等待裁定的异议" in other
    assert "已按期完成" not in other


def test_answered_objections_stand_in_tabs_of_their_own_and_in_files(
    visitor: Visitor, filed: tuple[Appeal, Appeal]
) -> None:
    decide(filed[0], granted=True)
    decide(filed[1], granted=False)
    supervisor = visitor("supervisor")
    assert "经核对属实" in supervisor.get("/appeals").text
    rows = csv_rows(supervisor, "/appeals?state=refused&format=csv", heads=True)
    assert rows[1][rows[0].index("内容")] == "材料不实"
    assert supervisor.get("/appeals?state=granted&format=xlsx").data.startswith(b"PK")
    assert "第7项" in supervisor.get("/appeals?state=granted&print=1").text


def test_who_entered_the_points_has_no_form_and_is_refused_by_name(
    visitor: Visitor, filed: tuple[Appeal, Appeal]
) -> None:
    address = f"/scores/{unit_id('songjiang')}"
    own = f"{address}/appeals/{filed[1].id}/decide"
    supervisor = visitor("supervisor")
    page = supervisor.get(address).text
    assert own not in page
    assert "可以裁定的人：督办员乙（演示）" in page
    form = supervisor.form(address, f"{address}/appeals/{filed[0].id}/decide")
    form.action = own
    answer = supervisor.submit(form, decision="grant", answer="属实")
    assert answer.status_code == 403
    assert "可以裁定的人：督办员乙（演示）" in answer.text


def test_an_objection_filed_on_the_page_writes_to_the_supervisors_and_its_answer_to_the_leads(
    visitor: Visitor, seeded: Flask, on_day: Callable[[str], date]
) -> None:
    on_day("2021-03-12")
    address = f"/scores/{unit_id('songjiang')}"
    lead, supervisor = visitor("songjiang-lead"), visitor("supervisor")
    form = lead.form(address, f"{address}/appeals")
    page = follow(lead, lead.submit(form, line=f"task:{owed('7', 'songjiang')}", reason="已按期完成"))
    assert "应于 2021-03-19 前答复（剩 5 个工作日）" in page
    assert '异议<span class="count">1</span>' in supervisor.get("/todo").text
    appeal = db.session.scalars(select(Appeal.id)).one()
    form = supervisor.form(address, f"{address}/appeals/{appeal}/decide")
    follow(supervisor, supervisor.submit(form, decision="refuse", answer="台账缺签名"))
    keys = db.session.scalars(select(Message.key).where(Message.kind == "appeal").order_by(Message.id)).all()
    assert keys == [
        f"appeal:{appeal}:filed:supervisor",
        f"appeal:{appeal}:filed:supervisor2",
        f"appeal:{appeal}:answered:songjiang-lead",
        f"appeal:{appeal}:answered:songjiang-deputy",
        f"appeal:{appeal}:answered:songjiang-head",
    ]
    assert "台账缺签名" in lead.get(address).text


def test_an_answer_without_a_choice_says_what_is_missing_and_keeps_the_words(
    visitor: Visitor, filed: tuple[Appeal, Appeal]
) -> None:
    supervisor, address = visitor("supervisor"), f"/scores/{unit_id('songjiang')}"
    answer = supervisor.submit(supervisor.form(address, f"{filed[0].id}/decide"), answer="经核对属实")
    assert answer.status_code == 422
    assert answer.text.count("请选择成立或不成立。") == 2
    assert "经核对属实</textarea>" in answer.text


def test_what_a_barred_supervisor_wrote_is_not_lost(visitor: Visitor, filed: tuple[Appeal, Appeal]) -> None:
    supervisor, address = visitor("supervisor"), f"/scores/{unit_id('songjiang')}"
    form = supervisor.form(address, f"{filed[0].id}/decide")
    form.action = f"{address}/appeals/{filed[1].id}/decide"
    answer = supervisor.submit(form, decision="refuse", answer="台账缺签名，扣分无误")
    assert answer.status_code == 403
    assert "裁定理由</label>" in answer.text
    assert "台账缺签名，扣分无误</textarea>" in answer.text


def test_a_day_gone_by_shows_objections_as_they_stood_on_it(
    visitor: Visitor, filed: tuple[Appeal, Appeal], on_day: Callable[[str], date]
) -> None:
    decide(filed[0], granted=True, day="2021-03-11")
    on_day("2021-03-12")
    supervisor, address = visitor("supervisor2"), f"/scores/{unit_id('songjiang')}"
    before, between, today = (supervisor.get(f"{address}{on}").text for on in ("?on=2021-03-07", "?on=2021-03-10", ""))
    assert 'id="appeals"' not in before
    assert "异议：" not in before
    assert "异议：待裁定" in between
    assert "裁定成立" not in between
    assert "经核对属实" not in between
    assert "应于 2021-03-15 前答复（剩 3 个工作日）" in between
    assert "/decide" not in between
    assert "异议：裁定成立" in today
    assert f"{filed[1].id}/decide" in today
    lead = visitor("songjiang-lead")
    assert "提出、裁定异议，请到今天的页面" in lead.get(f"{address}?on=2021-03-07").text
    assert '/appeals"' not in lead.get(f"{address}?on=2021-03-07").text


def test_a_line_whose_appeal_was_upheld_is_not_offered_again_and_says_why(
    visitor: Visitor, filed: tuple[Appeal, Appeal]
) -> None:
    decide(filed[0], granted=True)
    lead, address, line = visitor("songjiang-lead"), f"/scores/{unit_id('songjiang')}", f"task:{owed('7', 'songjiang')}"
    form = lead.form(address, f"{address}/appeals")
    assert f'value="{line}"' not in lead.get(address).text
    answer = lead.submit(form, line=line, reason="已按期完成")
    assert answer.status_code == 409
    assert "对这一行的异议已经裁定成立，不用再提。" in answer.text


def test_the_filer_is_told_when_nobody_may_decide(
    visitor: Visitor, seeded: Flask, on_day: Callable[[str], date]
) -> None:
    on_day("2021-03-12")
    entry = deduct("1")
    with transaction():
        db.session.scalars(select(User).where(User.account == "supervisor2")).one().active = False
    lead, address = visitor("songjiang-lead"), f"/scores/{unit_id('songjiang')}"
    form = lead.form(address, f"{address}/appeals")
    page = follow(lead, lead.submit(form, line=f"entry:{entry.id}", reason="材料属实"))
    assert "已请系统管理员增设督办人员账号" in page
    assert "已通知市局督办人员裁定" not in page


def test_an_upheld_objection_to_what_costs_nothing_any_more_claims_no_point(
    visitor: Visitor, filed: tuple[Appeal, Appeal]
) -> None:
    take("supervisor2", Move.EXEMPT, "2021-03-12", owed("7", "songjiang"), "没有此事项")
    supervisor, address = visitor("supervisor"), f"/scores/{unit_id('songjiang')}"
    form = supervisor.form(address, f"{filed[0].id}/decide")
    page = follow(supervisor, supervisor.submit(form, decision="grant", answer="经核对属实"))
    assert "已裁定：异议成立；这一行现在不扣分，没有分可退。" in page
    assert "已退回" not in page
    assert "已退回" not in supervisor.get("/appeals?state=granted").text
