"""Reports are filed once, overwrite nobody's text, and move the assignment as they should."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.assignments.acts import moment, owed, person, take
from tests.reports.conftest import CLERK, REVIEWER, assignment
from tracker.assignments.queries import changes
from tracker.db import db, transaction
from tracker.reports import operations, queries
from tracker.reports.models import Report, Review
from tracker.reports.operations import ReportRefused, StaleReport
from tracker.rules.permissions import Forbidden
from tracker.rules.reports import Decision, ReportKind, ReportState, Situation
from tracker.rules.status import Move, MoveRefused, Status
from tracker.text import MAX_LENGTH

Act = Callable[..., Report]


def reports() -> int:
    """Return how many reports there are."""
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def decide(assignment_id: int, decision: Decision, reason: str = "", day: str = "2021-03-02") -> None:
    """Review as the city office and commit."""
    with transaction():
        operations.review(person(REVIEWER), moment(day), assignment_id, decision, reason)


# ---- once


def test_a_progress_report_is_filed_and_the_work_goes_on(seven: int, report: Act) -> None:
    filed = report("file", progress=40, next_steps="准备材料", situation=Situation.SMOOTH)
    assert (filed.state, filed.kind, filed.filed_on) == (ReportState.FILED, ReportKind.PROGRESS, date(2021, 3, 1))
    assert (assignment(seven).status, assignment(seven).progress) == (Status.IN_PROGRESS, 40)


def test_a_completion_report_goes_to_review(seven: int, ask: Act) -> None:
    filed = ask(progress=0)
    assert (filed.state, filed.progress) == (ReportState.FILED, 100)
    assert (assignment(seven).status, assignment(seven).progress) == (Status.UNDER_REVIEW, 100)


@pytest.mark.parametrize("kind", ReportKind)
def test_a_second_click_files_nothing_twice(seven: int, report: Act, kind: ReportKind) -> None:
    first = report("file", kind=kind, progress=40)
    steps = len(changes(seven))
    second = report("file", kind=kind, progress=40)
    assert second.id == first.id
    assert (reports(), len(changes(seven))) == (1, steps)


def test_a_draft_becomes_the_filed_report(report: Act) -> None:
    draft = report("save", done="写了一半", progress=10)
    assert (draft.state, draft.filed_at) == (ReportState.DRAFT, None)
    filed = report("file", done="写完了", progress=40, version=draft.version)
    assert (filed.id, filed.state, filed.done) == (draft.id, ReportState.FILED, "写完了")
    assert reports() == 1


def test_a_draft_is_seen_by_nobody_else(seven: int, report: Act) -> None:
    report("save")
    assert queries.filed(seven) == []
    assert queries.previous(seven) is None


# ---- nobody's text is overwritten


def test_two_drafts_conflict_and_both_texts_are_kept(seven: int, report: Act) -> None:
    report("save", token="form-1", done="甲写的")
    with pytest.raises(StaleReport) as stale:
        report("save", token="form-2", done="乙写的")
    assert (stale.value.mine.done, stale.value.theirs.done) == ("乙写的", "甲写的")
    draft = queries.draft(seven)
    assert draft
    assert draft.done == "甲写的"


def test_a_draft_saved_from_an_older_version_is_refused_with_both_texts(seven: int, report: Act) -> None:
    version = report("save", done="初稿").version
    report("save", done="甲改的", version=version)
    for how in ("save", "file"):
        with pytest.raises(StaleReport) as stale:
            report(how, done="乙改的", version=version)
        assert (stale.value.mine.done, stale.value.theirs.done) == ("乙改的", "甲改的")
    assert assignment(seven).progress == 0


@pytest.mark.parametrize("how", ["save", "file"])
def test_another_text_from_a_form_already_filed_is_refused_and_not_lost(report: Act, how: str) -> None:
    report("file", done="甲报送的", progress=40)
    with pytest.raises(StaleReport) as stale:
        report(how, done="乙随后写的", progress=40)
    assert (stale.value.mine.done, stale.value.theirs.done) == ("乙随后写的", "甲报送的")
    assert reports() == 1


def test_the_form_of_a_report_that_was_taken_back_is_not_taken_for_filed(seven: int, ask: Act) -> None:
    ask()
    with transaction():
        operations.recall(person(CLERK), moment("2021-03-01"), seven)
    with pytest.raises(StaleReport):
        ask()
    assert ask(token="new form").state == ReportState.FILED


def test_the_form_of_a_report_that_was_returned_is_not_taken_for_filed(seven: int, ask: Act) -> None:
    ask()
    decide(seven, Decision.RETURN, "缺附件")
    with pytest.raises(StaleReport):
        ask(day="2021-03-02")
    assert assignment(seven).status == Status.RETURNED


def test_a_form_belongs_to_one_assignment(seven: int, report: Act) -> None:
    eight = owed("8", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", eight)
    report("save", token="of seven", done="第7项的草稿")
    for how in ("save", "file"):
        with pytest.raises(ReportRefused, match="另一事项"):
            report(how, token="of seven", on=eight, kind=ReportKind.COMPLETION)
    draft = queries.draft(seven)
    assert draft
    assert (draft.done, draft.state) == ("第7项的草稿", ReportState.DRAFT)
    assert assignment(eight).status == Status.IN_PROGRESS


# ---- what cannot be filed


def test_progress_does_not_go_back(seven: int, report: Act) -> None:
    report("file", progress=40)
    for progress in (39, 0, 101, -1):
        with pytest.raises(ReportRefused, match="进度应在上次的 40 与 100 之间") as refused:
            report("file", token="form-2", progress=progress)
        assert refused.value.field == "progress"
    report("file", token="form-2", progress=40, done="又办了一件。")
    assert assignment(seven).progress == 40


@pytest.mark.parametrize("done", ["", "  \n　"])
@pytest.mark.parametrize("kind", ReportKind)
def test_a_report_without_text_is_refused_and_leaves_nothing(
    seven: int, report: Act, kind: ReportKind, done: str
) -> None:
    with pytest.raises(ReportRefused, match="请写明完成情况") as refused:
        report("file", kind=kind, done=done)
    assert refused.value.field == "done"
    assert (reports(), assignment(seven).status) == (0, Status.IN_PROGRESS)


@pytest.mark.parametrize("situation", [Situation.DIFFICULT, Situation.NEEDS_CITY])
def test_whoever_has_difficulties_says_which(report: Act, situation: Situation) -> None:
    with pytest.raises(ReportRefused, match="请写明困难和需要的支持") as refused:
        report("file", situation=situation)
    assert refused.value.field == "help_needed"
    assert report("file", situation=situation, help_needed="需协调编制").state == ReportState.FILED


@pytest.mark.parametrize("field", ["done", "problems", "next_steps", "help_needed"])
@pytest.mark.parametrize("text", ["字" * (MAX_LENGTH + 1), "[" * 201])
def test_a_text_that_cannot_be_shown_is_refused_by_its_field(report: Act, field: str, text: str) -> None:
    with pytest.raises(ReportRefused) as refused:
        report("file", **{field: text})
    assert refused.value.field == field
    assert reports() == 0


@pytest.mark.parametrize("how", ["save", "file"])
def test_before_signing_and_under_review_nothing_is_reported(seven: int, report: Act, ask: Act, how: str) -> None:
    with pytest.raises(MoveRefused, match="请先签收"):
        report(how, on=owed("8", "songjiang"))
    ask()
    with pytest.raises(MoveRefused, match="等待审核结果或撤回"):
        report(how, token="another")


@pytest.mark.parametrize(
    "account", ["huangpu-clerk", "songjiang-lead", "songjiang-office1", REVIEWER, "supervisor", "admin"]
)
def test_only_the_unit_itself_reports(report: Act, account: str) -> None:
    with pytest.raises(Forbidden, match="只有承办单位的经办人"):
        report("save", account=account)
    assert reports() == 0


# ---- review, return, recall, reopen


def test_an_accepted_report_completes_the_assignment(seven: int, ask: Act) -> None:
    ask()
    decide(seven, Decision.ACCEPT, day="2021-03-05")
    review = db.session.scalars(select(Review)).one()
    assert (review.decision, review.reviewer_name, review.day) == (
        Decision.ACCEPT,
        person(REVIEWER).name,
        date(2021, 3, 5),
    )
    assert (assignment(seven).status, assignment(seven).completed_on) == (Status.COMPLETED, date(2021, 3, 5))
    assert queries.filed(seven)[0].report.state == ReportState.ACCEPTED


@pytest.mark.parametrize("before", [0, 40])
def test_a_return_restores_the_progress_before(seven: int, report: Act, ask: Act, before: int) -> None:
    if before:
        report("file", progress=before)
    ask()
    decide(seven, Decision.RETURN, "  缺附件 ")
    entry = queries.filed(seven)[0]
    assert entry.review
    assert (entry.report.state, entry.review.reason) == (ReportState.RETURNED, "缺附件")
    assert (assignment(seven).status, assignment(seven).progress) == (Status.RETURNED, before)


def test_a_recall_restores_the_progress_before(seven: int, report: Act, ask: Act) -> None:
    report("file", progress=40)
    ask()
    with transaction():
        operations.recall(person(CLERK), moment("2021-03-02"), seven)
    assert (assignment(seven).status, assignment(seven).progress) == (Status.IN_PROGRESS, 40)
    assert queries.filed(seven)[0].report.state == ReportState.RECALLED


def test_what_is_reopened_can_report_progress_again(seven: int, report: Act, ask: Act) -> None:
    report("file", progress=40)
    ask()
    decide(seven, Decision.ACCEPT)
    with transaction():
        operations.reopen(person("supervisor"), moment("2021-03-08"), seven, "抽查发现未落实")
    assert (assignment(seven).status, assignment(seven).progress) == (Status.IN_PROGRESS, 40)
    report("file", token="after", progress=60, day="2021-03-09")
    assert assignment(seven).progress == 60


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_return_without_reason_is_refused_and_changes_nothing(seven: int, ask: Act, reason: str) -> None:
    ask()
    with pytest.raises(MoveRefused, match="退回必须写明理由"):
        decide(seven, Decision.RETURN, reason)
    assert assignment(seven).status == Status.UNDER_REVIEW
    assert db.session.scalar(select(func.count()).select_from(Review)) == 0


def test_the_decision_is_on_the_newest_completion_report(seven: int, ask: Act) -> None:
    ask()
    decide(seven, Decision.RETURN, "缺附件")
    second = ask(token="again", done="已补附件。", day="2021-03-03")
    decide(seven, Decision.ACCEPT, day="2021-03-04")
    states = [(entry.report.id, entry.report.state) for entry in queries.filed(seven)]
    assert states[0] == (second.id, ReportState.ACCEPTED)
    assert [state for _, state in states] == [ReportState.ACCEPTED, ReportState.RETURNED]


def test_what_the_last_report_planned_stands_beside_the_next(seven: int, report: Act, ask: Act) -> None:
    report("file", next_steps="走访九个街镇")
    previous = queries.previous(seven)
    assert previous
    assert previous.next_steps == "走访九个街镇"
    ask(next_steps="被撤回的计划")
    with transaction():
        operations.recall(person(CLERK), moment("2021-03-02"), seven)
    assert queries.previous(seven) is not None
    assert queries.previous(seven).next_steps == "走访九个街镇"  # type: ignore[union-attr]


# ---- the same words again


def test_the_same_words_sent_again_within_minutes_are_refused(seven: int, report: Act) -> None:
    report("file", progress=40, token="first")
    with pytest.raises(ReportRefused, match="内容完全相同"):
        report("file", progress=40, token="second")
    db.session.rollback()
    assert reports() == 1


def test_other_words_or_the_same_ones_a_day_later_are_a_report(seven: int, report: Act) -> None:
    report("file", progress=40, token="first")
    report("file", progress=40, done="又办了一件", token="second")
    report("file", progress=40, done="又办了一件", token="third", day="2021-03-02")
    assert reports() == 3
