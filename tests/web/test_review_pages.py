"""Reviewing and supervising in the browser: nobody decides on what they did not read."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import take
from tests.client import Client
from tests.web.conftest import REVIEWER, Visitor, follow, status, token
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.reports.models import Report
from tracker.rules.status import Move, Status


def test_a_return_without_reason_stays_on_the_page(
    visitor: Visitor, send: Callable[..., TestResponse], seven: int
) -> None:
    send("completion")
    reviewer = visitor(REVIEWER)
    for reason in ("", "   "):
        response = reviewer.submit(reviewer.form(f"/assignments/{seven}", "review"), decision="return", reason=reason)
        assert response.status_code == 422
        assert "退回必须写明理由" in response.text
    assert status(seven) is Status.UNDER_REVIEW


def test_a_decision_on_what_was_decided_meanwhile_is_refused_in_words(
    visitor: Visitor, send: Callable[..., TestResponse], seven: int
) -> None:
    send("completion")
    first, second = visitor(REVIEWER), visitor("supervisor")
    forms = [browser.form(f"/assignments/{seven}", "review") for browser in (first, second)]
    assert first.submit(forms[0], decision="accept").status_code == 303
    response = second.submit(forms[1], decision="return", reason="缺附件")
    assert response.status_code == 409
    assert "又有了新的办理" in response.text
    assert "缺附件" in response.text
    assert status(seven) is Status.COMPLETED


def test_a_report_that_took_the_place_of_the_one_that_was_read_is_not_accepted(
    visitor: Visitor, send: Callable[..., TestResponse], clerk: Client, seven: int
) -> None:
    send("completion", done="第一稿。")
    reviewer = visitor(REVIEWER)
    read = reviewer.form(f"/assignments/{seven}", "review")
    clerk.submit(clerk.form(f"/assignments/{seven}", "recall"))
    send("completion", done="完全不同的第二稿。")
    response = reviewer.submit(read, decision="accept")
    assert response.status_code == 409
    assert "完全不同的第二稿。" in response.text
    assert status(seven) is Status.UNDER_REVIEW


def test_a_second_click_on_signing_changes_nothing(clerk: Client, seven: int) -> None:
    response = clerk.post(f"/assignments/{seven}/sign", data={"csrf_token": token(clerk)})
    assert response.status_code == 303
    assert status(seven) is Status.IN_PROGRESS


@pytest.mark.parametrize("move", ["exempt", "withdraw", "reopen"])
def test_a_supervisors_step_needs_its_reason(visitor: Visitor, seven: int, move: str) -> None:
    if move == "reopen":
        take("supervisor", Move.EXEMPT, "2021-03-01", seven, "不适用")
    before = status(seven)
    supervisor = visitor("supervisor")
    form = supervisor.form(f"/assignments/{seven}", "supervise")
    refused = supervisor.submit(form, move=move, reason=" ")
    assert refused.status_code == 422
    assert "必须写明理由" in refused.text
    assert status(seven) is before
    page = follow(supervisor, supervisor.submit(form, move=move, reason="情况说明"))
    assert "情况说明" in page
    assert status(seven) is not before


@pytest.mark.parametrize("move", ["accept", "submit", "dispatch", "", "nonsense"])
def test_a_supervisor_cannot_send_anothers_step(visitor: Visitor, seven: int, move: str) -> None:
    supervisor = visitor("supervisor")
    form = supervisor.form(f"/assignments/{seven}", "supervise")
    assert supervisor.submit(form, move=move, reason="x").status_code == 400
    assert status(seven) is Status.IN_PROGRESS


def test_a_business_day_before_the_last_step_is_refused_in_words(
    clerk: Client, send: Callable[..., TestResponse], on_day: Callable[[str], object]
) -> None:
    on_day("2021-02-15")
    response = send("completion")
    assert response.status_code == 409
    assert "业务日期 2021-02-15 早于该事项最近一次办理（2021-02-20）" in response.text
    assert db.session.scalar(select(func.count()).select_from(Report)) == 0


def test_a_stale_acceptance_sentence_shows_both_texts(visitor: Visitor, seven: int) -> None:
    task = db.session.get_one(Assignment, seven).task_id
    first, second = visitor("supervisor"), visitor("supervisor")
    forms = [browser.form(f"/tasks/{task}", "acceptance") for browser in (first, second)]
    assert "办结标准已保存" in follow(first, first.submit(forms[0], acceptance="第一位写的"))
    response = second.submit(forms[1], acceptance="第二位写的")
    assert response.status_code == 409
    assert "第一位写的" in response.text
    assert "第二位写的" in response.text
