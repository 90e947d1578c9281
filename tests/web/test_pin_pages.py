"""Corrections, new reviews and seals in the browser: what is warned of, shown side by side, and refused."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.assignments.acts import moment, person, the_plan
from tests.assignments.two_levels import ask_for_two_levels
from tests.client import Client
from tests.makers import make_freeze
from tests.web.conftest import CLERK, PDF, REVIEWER, Visitor, file, follow, status
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.reports import operations, queries
from tracker.reports.models import ApprovalPin, Evidence, Report
from tracker.rules.reports import ReportState
from tracker.rules.status import Status

Send = Callable[..., TestResponse]


@pytest.fixture
def done(visitor: Visitor, send: Send, seven: int) -> int:
    """Songjiang's task 7, accepted with a file."""
    send("completion", done="走访九个街镇，全部落实。", files=file("证明.pdf"))
    reviewer = visitor(REVIEWER)
    assert reviewer.submit(reviewer.form(f"/assignments/{seven}", "review"), decision="accept").status_code == 303
    return seven


@pytest.fixture
def correct(clerk: Client, done: int) -> Send:
    """Fill in the correction and press a button."""

    def press(intent: str = "correction", **fields: object) -> TestResponse:
        return clerk.submit(clerk.form(f"/assignments/{done}/report"), intent=intent, **fields)

    return press


def tamper() -> None:
    """Change the newest report behind the application's back."""
    with transaction():
        newest = select(Report.id).order_by(Report.id.desc()).limit(1).scalar_subquery()
        db.session.execute(update(Report).where(Report.id == newest).values(done="谁也没有报送过的文字"))


# ---- the correction


def test_the_correction_begins_with_what_was_accepted_and_warns_first(clerk: Client, done: int) -> None:
    assert f'href="/assignments/{done}/report">更正报告</a>' in clerk.get(f"/assignments/{done}").text
    form = clerk.form(f"/assignments/{done}/report")
    assert (
        form.fields["done"].strip(),
        form.fields["progress"],
        form.fields["correcting"],
        form.fields["version"],
    ) == (
        "走访九个街镇，全部落实。",
        "100",
        "1",
        "0",
    )
    page = clerk.get(f"/assignments/{done}/report").text
    assert "在重新审核通过之前不计为办结" in page
    assert "原来的审核不恢复" in page
    assert "销号随之取消" not in page


def test_what_was_struck_off_is_warned_of_as_well(visitor: Visitor, clerk: Client, done: int) -> None:
    supervisor = visitor("supervisor")
    supervisor.submit(supervisor.form(f"/assignments/{done}", "close"))
    assert "销号随之取消" in clerk.get(f"/assignments/{done}/report").text


def test_a_draft_of_a_correction_is_kept_while_the_task_stays_completed(
    clerk: Client, done: int, correct: Send
) -> None:
    assert correct("draft", done="改了一半", files=file("补充.pdf", PDF + b"2")).status_code == 303
    assert status(done) is Status.COMPLETED
    form = clerk.form(f"/assignments/{done}/report")
    assert (form.fields["done"].strip(), form.fields["correcting"]) == ("改了一半", "1")
    assert "补充.pdf" not in clerk.get(f"/assignments/{done}").text


def test_the_page_saves_a_correction_by_itself(clerk: Client, done: int) -> None:
    form = clerk.form(f"/assignments/{done}/report")
    saved = clerk.post(f"/assignments/{done}/report/draft", data={**form.fields, "done": "改了一半"})
    assert saved.status_code == 200
    preview = clerk.post(f"/assignments/{done}/report/preview", data={**form.fields, "done": "**改了**"})
    assert "<strong>改了</strong>" in preview.text
    assert "报送更正报告" in preview.text
    assert status(done) is Status.COMPLETED


def test_a_form_that_was_open_before_the_acceptance_becomes_no_correction(clerk: Client, done: int) -> None:
    form = clerk.form(f"/assignments/{done}/report")
    for intent in ("draft", "progress", "completion"):
        sent = {**form.fields, "correcting": "", "token": "stale", "done": "旧页面", "intent": intent}
        assert clerk.post(f"/assignments/{done}/report", data=sent).status_code == 409
    assert clerk.post(f"/assignments/{done}/report/draft", data={**form.fields, "correcting": ""}).status_code == 409
    assert db.session.scalars(select(Report.state)).all() == [ReportState.ACCEPTED]


def test_what_corrects_nothing_stays_on_the_form(done: int, correct: Send) -> None:
    response = correct()
    assert response.status_code == 422
    assert "没有更正之处" in response.text
    assert "走访九个街镇，全部落实。" in response.text
    assert 'value="correction"' in response.text
    assert status(done) is Status.COMPLETED


def test_a_filed_correction_is_said_everywhere(visitor: Visitor, clerk: Client, done: int, correct: Send) -> None:
    page = follow(clerk, correct(done="走访十二个街镇，全部落实。"))
    assert "审核通过之前，本事项不计为办结" in page
    assert "重新通过之前本事项不计为办结" in page
    assert "撤回更正报告（原审核不恢复）" in page
    assert status(done) is Status.UNDER_REVIEW
    second = db.session.scalars(select(Report.id).order_by(Report.id.desc())).first()
    assert "更正报告" in visitor("supervisor").get(f"/reports/{second}").text
    assert "更正报告" in visitor("supervisor").get(f"/reports/{second}/history").text


def test_the_reviewer_sees_what_is_new_word_by_word_and_file_by_file(
    visitor: Visitor, done: int, correct: Send
) -> None:
    correct(done="走访十二个街镇，全部落实。", problems="一所缺编。", files=file("证明.pdf", PDF + b"2"))
    page = visitor(REVIEWER).get(f"/assignments/{done}").text
    compared = page[page.index('<section class="compared"') :]
    compared = compared[: compared.index("</section>")]
    assert '<del><span class="visually-hidden">【删去】</span>走访九个街镇，</del>全部落实。' in compared
    assert '<ins><span class="visually-hidden">【新增】</span>走访十二个街镇，</ins>全部落实。' in compared
    assert "一所缺编。</ins>" in compared
    assert ["未变" in line for line in compared.splitlines() if "证明.pdf" in line] == [True, False]
    assert "新版本" in compared


def test_what_was_accepted_before_there_were_seals_is_compared_as_it_stands(
    visitor: Visitor, done: int, correct: Send
) -> None:
    with transaction():
        db.session.query(ApprovalPin).delete()
    assert "此项审核早于内容封存" in visitor("supervisor").get(f"/assignments/{done}").text
    correct(done="走访十二个街镇，全部落实。")
    page = visitor(REVIEWER).get(f"/assignments/{done}").text
    assert "按现存的记录对照" in page
    assert "走访九个街镇，</del>" in page


def test_a_correction_taken_back_stays_taken_back(clerk: Client, done: int, correct: Send) -> None:
    correct(done="更正")
    assert clerk.submit(clerk.form(f"/assignments/{done}", "recall")).status_code == 303
    assert status(done) is Status.IN_PROGRESS
    assert clerk.form(f"/assignments/{done}/report").fields["correcting"] == ""


def test_once_scores_are_final_nothing_offers_a_correction(clerk: Client, done: int) -> None:
    form = clerk.form(f"/assignments/{done}/report")
    with transaction():
        make_freeze(plan_id=the_plan().id)
    assert "更正报告" not in clerk.get(f"/assignments/{done}").text
    assert clerk.get(f"/assignments/{done}/report").status_code == 409
    assert clerk.submit(form, intent="correction", done="更正").status_code == 409
    assert status(done) is Status.COMPLETED


# ---- the seal, and a new review


@pytest.mark.parametrize("account", [CLERK, REVIEWER, "supervisor", "leader", "songjiang-lead"])
def test_everybody_who_sees_an_accepted_report_sees_its_seal(visitor: Visitor, done: int, account: str) -> None:
    sha256 = db.session.scalars(select(ApprovalPin.sha256)).one()
    page = visitor(account).get(f"/assignments/{done}").text
    assert "审核通过时封存的内容，与现在的记录一致" in page
    assert sha256 in page


@pytest.mark.parametrize(("account", "asks"), [("supervisor", True), (REVIEWER, False), (CLERK, False)])
def test_what_was_altered_stands_beside_what_was_sealed(visitor: Visitor, done: int, account: str, asks: bool) -> None:
    tamper()
    with transaction():
        db.session.execute(update(Evidence).values(sha256="f" * 64))
    page = visitor(account).get(f"/assignments/{done}").text
    assert "现在的记录与封存的内容不一致" in page
    assert "走访九个街镇，全部落实。" in page
    assert "谁也没有报送过的文字" in page
    assert "附件 证明.pdf 第 1 版（内容与封存的不同）" in page
    assert ("写明理由，要求重新审核" in page) is asks
    assert ('value="recheck"' in page) is asks


def test_a_supervisor_has_a_report_reviewed_anew(visitor: Visitor, clerk: Client, done: int) -> None:
    supervisor = visitor("supervisor")
    form = supervisor.form(f"/assignments/{done}", "supervise")
    refused = supervisor.submit(form, move="recheck", reason=" ")
    assert (refused.status_code, status(done)) == (422, Status.COMPLETED)
    assert "要求重新审核必须写明理由" in refused.text
    page = follow(supervisor, supervisor.submit(form, move="recheck", reason="抽查发现人数不符"))
    assert "要求重新审核：抽查发现人数不符。" in page
    assert "此前由" in page
    assert supervisor.submit(form, move="recheck", reason="又一次").status_code == 409
    assert "抽查发现人数不符" in clerk.get(f"/assignments/{done}").text
    reviewer = visitor(REVIEWER)
    assert reviewer.submit(reviewer.form(f"/assignments/{done}", "review"), decision="accept").status_code == 303
    assert status(done) is Status.COMPLETED


def test_an_altered_report_can_only_be_returned(visitor: Visitor, clerk: Client, done: int) -> None:
    tamper()
    with transaction():
        operations.recheck(person("supervisor"), moment("2021-06-24"), done, "内容不一致")
    reviewer = visitor(REVIEWER)
    page = reviewer.get(f"/assignments/{done}").text
    assert "不能通过，只能退回" in page
    assert 'value="accept"' not in page
    form = reviewer.form(f"/assignments/{done}", "review")
    refused = reviewer.submit(form, decision="accept", reason="没看清")
    assert refused.status_code == 409
    assert "封存的不一致（完成情况）" in refused.text
    assert "没看清" in refused.text
    assert status(done) is Status.UNDER_REVIEW
    reviewer.submit(form, decision="return", reason="请照实重报")
    assert status(done) is Status.RETURNED
    assert "请照实重报" in clerk.get(f"/assignments/{done}/report").text


def test_what_the_lead_signed_off_is_sealed_for_the_city(visitor: Visitor, send: Send, seven: int) -> None:
    ask_for_two_levels()
    send("completion")
    lead, reviewer = visitor("songjiang-lead"), visitor(REVIEWER)
    lead.submit(lead.form(f"/assignments/{seven}", "sign-off"), decision="accept")
    assert "区局审签时封存的内容，与现在的记录一致" in reviewer.get(f"/assignments/{seven}").text
    form = reviewer.form(f"/assignments/{seven}", "review")
    tamper()
    assert "不能通过，只能退回" in reviewer.get(f"/assignments/{seven}").text
    assert reviewer.submit(form, decision="accept").status_code == 409
    assert db.session.get_one(Assignment, seven, populate_existing=True).completed_on is None


def test_a_seal_costs_one_question_and_a_page_without_a_request_none(
    visitor: Visitor, done: int, query_count: Callable[..., object]
) -> None:
    browser = visitor("supervisor")
    browser.get(f"/assignments/{done}")
    with query_count() as counted:  # type: ignore[attr-defined]
        browser.get(f"/assignments/{done}")
    assert sum("FROM approval_pin" in statement for statement in counted.statements) == 1


def test_a_report_of_progress_has_no_seal(clerk: Client, send: Send, seven: int) -> None:
    send("progress", progress="40")
    page = clerk.get(f"/assignments/{seven}").text
    assert "封存" not in page
    assert queries.accepted(seven) is None
