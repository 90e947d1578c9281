"""Asking for a later due day and deciding on it in the browser; signing off and striking off beside it."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import OWNER, moment, owed, person, take
from tests.assignments.two_levels import ask_for_closure, ask_for_two_levels, completed, now, sign
from tests.client import Client
from tests.web.conftest import CLERK, REVIEWER, follow, same_page, status, token
from tests.web.test_exports import csv_rows
from tracker.assignments import extensions
from tracker.assignments.models import Extension
from tracker.db import db, transaction
from tracker.rules.status import Move, RequestState, Status

Visitor = Callable[[str], Client]

LEAD = "songjiang-lead"
PRESENT = "四个所已完成"
"""How far it has got."""


@pytest.fixture
def ten(seeded: Flask, on_day: Callable[[str], date]) -> int:
    """What Songjiang owes of task 7, on a day before it is due."""
    on_day("2021-02-20")
    return owed("7", "songjiang")


@pytest.fixture
def asked(ten: int) -> int:
    """A request of Songjiang's lead that nobody decided on."""
    with transaction():
        return extensions.ask(person(LEAD), moment("2021-02-20"), ten, date(2021, 4, 30), "人员调整", "四个所已完成").id


def number() -> int:
    """How many requests there are."""
    return db.session.scalar(select(func.count()).select_from(Extension)) or 0


def post(browser: Client, address: str, **fields: str) -> tuple[int, str]:
    """Send fields as a form would; return the status and the page."""
    response = browser.post(address, data={"csrf_token": token(browser), **fields})
    return response.status_code, response.text


# ---- extensions


def test_a_lead_asks_and_a_supervisor_grants(visitor: Visitor, ten: int) -> None:
    lead, supervisor = visitor(LEAD), visitor("supervisor")
    page = follow(
        lead,
        lead.submit(lead.form(f"/assignments/{ten}", "extensions"), due="2021-04", reason="人员调整", present=PRESENT),
    )
    assert "等待市局督办人员裁定" in page
    assert "申请延期：由 2021-02-28 延至 2021-04-30" in page
    assert '延期申请<span class="count">1</span>' in supervisor.get("/todo").text
    listed = supervisor.get("/extensions").text
    assert "人员调整" in listed
    assert PRESENT in listed
    assert "还有 8 天" in listed
    form = supervisor.form(f"/assignments/{ten}", "decide")
    page = follow(supervisor, supervisor.submit(form, decision="grant"))
    assert "2021年4月30日到期" in page
    assert "已延期 1 次，原定 2021年2月28日" in page
    assert "时限变更 1 次" in page
    assert "由 2021-02-28 改为 2021-04-30" in page
    assert "督办员（演示）批准延期：人员调整" in page
    assert "没有等待裁定的延期申请" in supervisor.get("/extensions").text
    assert "人员调整" in supervisor.get("/extensions?state=granted").text


@pytest.mark.parametrize("due", ["2021-05-20", " 2021-05 ", "2021-03-01"])
def test_a_month_or_a_day_is_read(visitor: Visitor, ten: int, due: str) -> None:
    status_, _ = post(visitor(LEAD), f"/assignments/{ten}/extensions", due=due, reason="人员调整", present=PRESENT)
    assert status_ == 303
    assert number() == 1


WRONG = [
    "2021-13",
    "2021-02-30",
    "2021-Q3",
    "2021-03/2021-04",
    "五月",
    "２０２１-05",
    "2021-5",
    "9999-01",
    "0000-01",
    "2021-02-28",
    "2021-02",
    "2020-12",
    "2021-05-20T00:00",
    "';drop-table-extension--",
]


@pytest.mark.parametrize("due", ["", "9" * 5000, *WRONG], ids=lambda due: due[:20] or "nothing")
def test_a_day_that_cannot_be_is_refused_with_everything_kept(visitor: Visitor, ten: int, due: str) -> None:
    status_, page = post(
        visitor(LEAD), f"/assignments/{ten}/extensions", due=due, reason="人员<b>调整</b>", present=PRESENT
    )
    assert PRESENT in page
    assert status_ == 422
    assert "内容尚未提交" in page
    assert "人员&lt;b&gt;调整&lt;/b&gt;" in page
    assert number() == 0


def test_a_request_without_reason_is_refused_with_everything_kept(visitor: Visitor, ten: int) -> None:
    status_, page = post(visitor(LEAD), f"/assignments/{ten}/extensions", due="2021-05", reason=" ", present=PRESENT)
    assert status_ == 422
    assert "请写明申请延期的理由" in page
    assert 'value="2021-05"' in page
    assert PRESENT in page


@pytest.mark.parametrize("present", ["", " ", "长" * 501])
def test_a_request_says_how_far_it_has_got_in_a_text_that_fits(visitor: Visitor, ten: int, present: str) -> None:
    status_, page = post(
        visitor(LEAD), f"/assignments/{ten}/extensions", due="2021-05", reason="人员调整", present=present
    )
    assert status_ == 422
    assert 'href="#extension-progress"' in page
    assert "人员调整</textarea>" in page
    assert number() == 0


def test_a_second_request_and_one_after_the_due_day_are_refused(
    visitor: Visitor, ten: int, asked: int, on_day: Callable[[str], date]
) -> None:
    lead = visitor(LEAD)
    assert post(lead, f"/assignments/{ten}/extensions", due="2021-06", reason="再延", present=PRESENT)[0] == 409
    on_day("2021-03-01")
    four = owed("7", "songjiang-yueyang")
    status_, page = post(lead, f"/assignments/{four}/extensions", due="2021-06", reason="再延", present=PRESENT)
    assert status_ == 409
    assert "已过，不能再申请延期" in page
    assert number() == 1


def test_a_foreign_assignment_answers_like_a_missing_one(visitor: Visitor, ten: int) -> None:
    browser = visitor("huangpu-lead")
    sent = {"csrf_token": token(browser), "due": "2021-05", "reason": "理由"}
    answers = [same_page(browser.post(f"/assignments/{id_}/extensions", data=sent)) for id_ in (ten, 2_000_000)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize("decision", ["", "1", "ok", "GRANT", "asked"])
def test_a_decision_is_one_of_two(visitor: Visitor, asked: int, decision: str) -> None:
    status_, page = post(visitor("supervisor"), f"/extensions/{asked}/decide", decision=decision, reason="想好了")
    assert status_ == 422
    assert "请选择批准或驳回" in page
    assert "想好了" in page
    assert extensions.counts()[RequestState.ASKED] == 1


def test_a_refusal_without_reason_is_refused_and_one_with_it_is_told(visitor: Visitor, ten: int, asked: int) -> None:
    supervisor = visitor("supervisor")
    assert post(supervisor, f"/extensions/{asked}/decide", decision="refuse")[0] == 422
    assert post(supervisor, f"/extensions/{asked}/decide", decision="refuse", reason="长" * 501)[0] == 422
    assert post(supervisor, f"/extensions/{asked}/decide", decision="refuse", reason="理由不充分")[0] == 303
    assert post(supervisor, f"/extensions/{asked}/decide", decision="grant")[0] == 409
    assert "理由不充分" in visitor(LEAD).get(f"/assignments/{ten}").text
    assert now(ten).due_on == date(2021, 2, 28)


def test_after_the_due_day_the_page_offers_no_grant(
    visitor: Visitor, ten: int, asked: int, on_day: Callable[[str], date]
) -> None:
    on_day("2021-03-01")
    supervisor = visitor("supervisor")
    page = supervisor.get(f"/assignments/{ten}").text
    assert "只能驳回" in page
    assert 'value="grant"' not in page
    status_, page = post(supervisor, f"/extensions/{asked}/decide", decision="grant")
    assert status_ == 409
    assert "异议" in page


def test_lists_and_exports_mark_what_was_put_off(
    visitor: Visitor, ten: int, asked: int, on_day: Callable[[str], date]
) -> None:
    with transaction():
        extensions.decide(person("supervisor"), moment("2021-02-20"), asked, RequestState.GRANTED, "")
    on_day("2021-05-01")
    browser = visitor(CLERK)
    assert "延期 1 次，原 2021-02-28" in browser.get("/overdue?level=district_bureau").text
    assert "延期 1 次，原 2021-02-28" in browser.get("/todo?tab=receipt").text
    assert "延期 1 次，原 2021-02-28" in browser.get(f"/tasks/{now(ten).task_id}").text
    rows = csv_rows(browser, "/overdue?level=district_bureau&format=csv", heads=True)
    places = [rows[0].index(name) for name in ("序号", "完成时限", "原定时限", "延期次数")]
    assert ["7", "2021-04-30", "2021-02-28", "1"] in [[row[place] for place in places] for row in rows[1:]]


# ---- two levels and the supervisor's last word


def test_a_lead_signs_off_and_the_city_concludes(visitor: Visitor, seven: int) -> None:
    ask_for_two_levels()
    ask_for_closure(seven)
    lead, reviewer, clerk = visitor(LEAD), visitor(REVIEWER), visitor(CLERK)
    early = reviewer.get(f"/assignments/{seven}").text
    assert "等待区局负责人审签" in early
    assert "审核办结申请" not in early
    assert "没有等待审核的事项" in reviewer.get("/todo?tab=review").text
    assert post(reviewer, f"/assignments/{seven}/review", decision="accept")[0] == 409
    form = lead.form(f"/assignments/{seven}", "sign-off")
    page = follow(lead, lead.submit(form, decision="accept", reason="情况属实"))
    assert "已审签，报市局审核" in page
    assert "情况属实" in page
    assert lead.submit(form, decision="accept").status_code == 409
    assert post(lead, f"/assignments/{seven}/sign-off", decision="accept")[0] == 409
    assert f"/assignments/{seven}/recall" not in clerk.get(f"/assignments/{seven}").text
    assert post(clerk, f"/assignments/{seven}/recall")[0] == 409
    assert f"/assignments/{seven}#review" in reviewer.get("/todo?tab=review").text
    follow(reviewer, reviewer.submit(reviewer.form(f"/assignments/{seven}", "review"), decision="accept"))
    assert status(seven) is Status.COMPLETED


def test_a_lead_may_not_review_the_districts_own_report(visitor: Visitor, seven: int) -> None:
    ask_for_two_levels()
    ask_for_closure(seven)
    sign(seven)
    for account in (LEAD, CLERK, "songjiang-office1", "leader", "admin"):
        assert post(visitor(account), f"/assignments/{seven}/review", decision="accept")[0] in (403, 404)
    assert post(visitor(LEAD), f"/assignments/{seven}/review", decision="accept")[0] == 403
    assert status(seven) is Status.UNDER_REVIEW


def test_the_levels_of_review_are_a_setting_of_the_plan(visitor: Visitor, seven: int) -> None:
    supervisor = visitor("supervisor")
    plan = now(seven).plan_id
    for levels, expected in (("3", 422), ("x", 422), (None, 422), ("2", 303)):
        form = supervisor.form(f"/plans/{plan}/settings")
        assert form.fields["review_levels"] == "1"
        assert supervisor.submit(form, review_levels=levels).status_code == expected
    assert supervisor.form(f"/plans/{plan}/settings").fields["review_levels"] == "2"


def test_a_supervisor_strikes_off_what_was_accepted(visitor: Visitor, seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    supervisor = visitor("supervisor")
    assert post(visitor(REVIEWER), f"/assignments/{seven}/close")[0] == 403
    form = supervisor.form(f"/assignments/{seven}", "close")
    page = follow(supervisor, supervisor.submit(form))
    assert '<span class="state state-completed">已销号</span>' in page
    status_, page = post(supervisor, f"/assignments/{seven}/close")
    assert status_ == 409
    assert "不用再次销号" in page
    assert "已销号" in visitor(CLERK).get("/todo?tab=done").text
    assert "已销号" in supervisor.get(f"/tasks/{now(seven).task_id}").text
    reopen = supervisor.form(f"/assignments/{seven}", "supervise")
    assert "已销号" not in follow(supervisor, supervisor.submit(reopen, move="reopen", reason="核查未落实"))


def test_without_an_accepted_report_nothing_is_struck_off(visitor: Visitor, seven: int) -> None:
    ask_for_closure(seven)
    supervisor = visitor("supervisor")
    assert f"/assignments/{seven}/close" not in supervisor.get(f"/assignments/{seven}").text
    status_, page = post(supervisor, f"/assignments/{seven}/close")
    assert status_ == 409
    assert "没有审核通过的办结报告，不能销号" in page


def test_a_page_that_is_out_of_date_strikes_nothing_off(visitor: Visitor, seeded: Flask) -> None:
    seven = completed(owed("7", "songjiang"))
    version = str(now(seven).version - 1)
    status_, page = post(visitor("supervisor"), f"/assignments/{seven}/close", version=version)
    assert status_ == 409
    assert "又有了新的办理" in page
    assert now(seven).closed_on is None


@pytest.mark.parametrize("move", ["exempt", "withdraw", "close"])
def test_a_supervisor_keeps_out_of_the_own_units_affairs(visitor: Visitor, seeded: Flask, move: str) -> None:
    six = owed("6", OWNER)
    take(f"reviewer-{OWNER}", Move.ACKNOWLEDGE, "2021-03-01", six)
    supervisor = visitor("supervisor")
    page = supervisor.get(f"/assignments/{six}").text
    assert "须回避" in page
    assert f"/assignments/{six}/supervise" not in page
    address = f"/assignments/{six}/close" if move == "close" else f"/assignments/{six}/supervise"
    status_, page = post(supervisor, address, move=move, reason="理由")
    assert status_ == 403
    assert "须回避" in page
    assert status(six) is Status.IN_PROGRESS
