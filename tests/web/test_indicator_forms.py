"""What is odd about a form stands beside its printed lines, and what is decided of it stays with its reason."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.indicators.acts import FORM, open_round
from tests.web.conftest import Visitor
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.indicators import form_desk
from tracker.indicators.forms import known_form
from tracker.indicators.models import FormDecision
from tracker.indicators.wording import sub_task_text

PLACE = f"/indicators/forms/{FORM}"


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """A supervisor at a browser."""
    return visitor("supervisor")


def decide(browser: Client, concerns: str, decision: str, reason: str = "已核对", seen: int = 0) -> tuple[int, str]:
    """Send a decision, and return what was answered."""
    form = browser.form(PLACE)
    sent = {**form.fields, "concerns": concerns, "decision": decision, "reason": reason, "seen": str(seen)}
    answer = browser.post(PLACE, data=sent)
    return answer.status_code, answer.text


def rows() -> list[FormDecision]:
    return list(db.session.scalars(select(FormDecision).order_by(FormDecision.id)))


def test_every_odd_place_and_every_proposal_stands_beside_its_exact_lines(supervisor: Client) -> None:
    page, known = supervisor.get(PLACE).text, known_form(FORM)
    assert page.count("<article") == len(known.problems) + len(known.terms.remarks)
    printed = known.text.splitlines()
    for line in {each.line_from for each in known.problems} | {each.line_to for each in known.problems}:
        assert f'<span class="as-written">{markup(printed[line - 1])}</span>' in page
    assert "公共法律服务服务站点" in page


def markup(words: str) -> str:
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("'", "&#39;")):
        words = words.replace(sign, name)
    return words


def test_a_decision_stays_with_its_reason_and_the_latest_holds(supervisor: Client) -> None:
    assert decide(supervisor, "I094-text", "asked", "问法规处")[0] == 303
    assert decide(supervisor, "I094-text", "adopted", "法规处已答复", rows()[-1].id)[0] == 303
    page = supervisor.get(f"{PLACE}?show=decided").text
    assert page.count("<article") == 1
    assert page.index("法规处已答复") < page.index("以前的 1 次决定") < page.index("问法规处")
    assert [(each.concerns, each.decision) for each in rows()] == [("I094-text", "asked"), ("I094-text", "adopted")]
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last
    assert (last.act, last.object_type, "法规处已答复" in last.detail) == (
        "decide_indicator_form",
        "indicator_form",
        True,
    )


def test_the_second_of_two_people_is_told_and_may_then_decide(supervisor: Client) -> None:
    decide(supervisor, "typing_slip-88", "as_printed", "先到的理由")
    status, page = decide(supervisor, "typing_slip-88", "asked", "后到的理由")
    assert status == 409
    assert "已作了决定，您的没有保存" in page
    assert "后到的理由</textarea>" in page
    assert len(rows()) == 1
    assert decide(supervisor, "typing_slip-88", "asked", "后到的理由", rows()[0].id)[0] == 303


@pytest.mark.parametrize(
    ("concerns", "decision", "reason", "words"),
    [
        ("I094-text", "adopted", "  ", "请写明理由"),
        ("I094-text", "adopted", "长" * 501, "最多 500 字"),
        ("I094-text", "", "理由", "请选择怎样处理"),
        ("typing_slip-88", "adopted", "没有建议可采纳", "请选择怎样处理"),
    ],
)
def test_what_lacks_a_choice_or_a_reason_is_refused(
    supervisor: Client, concerns: str, decision: str, reason: str, words: str
) -> None:
    status, page = decide(supervisor, concerns, decision, reason)
    assert (status, words in page, rows()) == (422, True, [])


def test_the_filling_page_says_what_was_adopted_and_no_longer_proposes_what_stays(
    supervisor: Client, visitor: Visitor
) -> None:
    part = f"/indicators/{open_round()}/{unit_id('songjiang')}/part/"
    clerk = visitor("songjiang-clerk")
    assert "单位应为“个”" in clerk.get(f"{part}2").text
    assert decide(supervisor, "I042-unit_a", "as_printed")[0] == 303
    assert decide(supervisor, "I009-sub_task", "as_printed")[0] == 303
    assert decide(supervisor, "I010-sub_task", "adopted")[0] == 303
    assert "单位应为“个”" not in clerk.get(f"{part}2").text
    first = clerk.get(f"{part}1").text
    assert "原表没有印任务细化" in first
    assert "<b>已采纳</b> 任务细化4" in first
    assert '<span class="ind-mark">已采纳</span>' in first


def test_others_read_and_do_not_decide(visitor: Visitor, seeded: Flask) -> None:
    clerk = visitor("songjiang-clerk")
    assert "保存决定" not in clerk.get(PLACE).text
    assert visitor("supervisor").get("/indicators/forms/no-such").status_code == 404
    assert visitor("songjiang-office1").get(PLACE).status_code == 403


def test_the_desk_is_found_from_the_definitions_and_from_home(supervisor: Client, tmp_path: Path) -> None:
    for page in ("/indicators", "/indicators/definitions"):
        assert f'href="{PLACE}"' in supervisor.get(page).text


def test_what_was_decided_of_a_sub_task_stands_above_the_question_wherever_it_is_asked(
    supervisor: Client, seeded: Flask
) -> None:
    known = known_form(FORM)
    first = next(each for each in known.form.indicators if each.number == 9)

    def told() -> str:
        return sub_task_text(known, first, form_desk.decided(known))

    assert told().startswith("（推断）")
    number = open_round()
    decide(supervisor, "I009-sub_task", "adopted")
    assert told().startswith("（已采纳）")
    place = f"/indicators/{number}/{unit_id('songjiang')}/files?indicator=9"
    assert "（已采纳）" in supervisor.get(place).text
    decide(supervisor, "I009-sub_task", "as_printed", seen=rows()[-1].id)
    assert told() == ""
