"""A correction or a new review takes the completion away until the report is accepted again."""

import json
from datetime import date

import pytest
from sqlalchemy import delete, update

from tests.assignments.acts import complete, moment, person, the_plan
from tests.assignments.two_levels import LEAD, sign
from tests.makers import make_freeze
from tests.reports.conftest import (
    CLERK,
    REVIEWER,
    Act,
    Store,
    assignment,
    behind_the_back,
    decide,
    found_differences,
    recheck,
    score,
)
from tracker.assignments import closing
from tracker.db import transaction
from tracker.overview.timeline import events
from tracker.reports import history, operations, pins, queries
from tracker.reports.models import ApprovalPin, Evidence, Report
from tracker.reports.operations import ReportRefused
from tracker.reports.pins import PinBroken
from tracker.rules.permissions import Forbidden
from tracker.rules.reports import Decision, PinStep, ReportKind, ReportState
from tracker.rules.status import MoveRefused, Status

# ---- correction


def test_a_draft_of_a_correction_leaves_the_completion_as_it_is(seven: int, accepted: Report, correct: Act) -> None:
    correct("save", done="改了一半")
    assert (assignment(seven).status, assignment(seven).completed_on) == (Status.COMPLETED, date(2021, 2, 25))
    assert found_differences() == []


def test_a_correction_takes_the_completion_away_until_it_is_accepted_from_that_day_on(
    seven: int, accepted: Report, correct: Act
) -> None:
    second = correct(done="已落实，人数更正为 12 人。")
    assert (assignment(seven).status, assignment(seven).completed_on) == (Status.UNDER_REVIEW, None)
    assert [score(day) for day in ("2021-03-09", "2021-03-10")] == [(1, 0), (0, 0)]
    decide(seven, day="2021-03-12")
    assert [score(day) for day in ("2021-03-09", "2021-03-11", "2021-03-12")] == [(1, 0), (0, 0), (1, 1)]
    assert [pin.report_id for pin in pins.of(seven)] == [second.id, accepted.id]
    assert [entry.report.state for entry in queries.filed(seven)] == [ReportState.ACCEPTED, ReportState.ACCEPTED]
    assert found_differences() == []


def test_a_correction_may_bring_nothing_but_a_file(seven: int, accepted: Report, correct: Act, upload: Store) -> None:
    correct(uploads=(upload("证明.pdf", b"two"),))
    decide(seven, day="2021-03-11")
    files = json.loads(pins.of(seven)[0].content)["files"]
    assert [(file["name"], file["version"]) for file in files] == [("名单.pdf", 1), ("证明.pdf", 1), ("证明.pdf", 2)]


def test_a_correction_that_corrects_nothing_is_refused(seven: int, accepted: Report, correct: Act) -> None:
    with pytest.raises(ReportRefused, match="没有更正之处"):
        correct(day="2021-03-10")
    assert assignment(seven).status == Status.COMPLETED


def test_a_form_that_was_not_opened_as_a_correction_is_none(seven: int, accepted: Report, report: Act) -> None:
    for how, kind in (("save", ReportKind.PROGRESS), ("file", ReportKind.PROGRESS), ("file", ReportKind.COMPLETION)):
        with pytest.raises(MoveRefused, match="目前不能填报"):
            report(how, token="other", kind=kind, progress=100, day="2021-03-10")
    assert assignment(seven).status == Status.COMPLETED


def test_only_what_is_completed_is_corrected(seven: int, correct: Act, ask: Act) -> None:
    with pytest.raises(MoveRefused, match="不能更正报告"):
        correct(done="更正")
    ask()
    with pytest.raises(MoveRefused, match="等待审核结果"):
        correct(done="更正")


@pytest.mark.parametrize("account", ["huangpu-clerk", "songjiang-lead", "songjiang-office1", REVIEWER, "supervisor"])
def test_only_the_unit_itself_corrects(seven: int, accepted: Report, correct: Act, account: str) -> None:
    with pytest.raises(Forbidden, match="只有承办单位的经办人"):
        correct(done="更正", account=account)
    assert assignment(seven).status == Status.COMPLETED


def test_once_scores_are_final_nothing_is_corrected_nor_reviewed_anew(
    seven: int, accepted: Report, correct: Act
) -> None:
    with transaction():
        make_freeze(plan_id=the_plan().id)
    for how in ("save", "file"):
        with pytest.raises(MoveRefused, match="定稿封存"):
            correct(how, done="更正")
    with pytest.raises(MoveRefused, match="定稿封存"):
        recheck(seven)
    assert assignment(seven).status == Status.COMPLETED


def test_a_correction_taken_back_does_not_bring_the_old_approval_back(
    seven: int, accepted: Report, correct: Act
) -> None:
    correct(done="更正")
    with transaction():
        operations.recall(person(CLERK), moment("2021-03-11"), seven)
    assert (assignment(seven).status, assignment(seven).progress) == (Status.IN_PROGRESS, 0)
    assert found_differences() == []


def test_a_correction_undoes_the_closing(seven: int, accepted: Report, correct: Act) -> None:
    with transaction():
        closing.close(person("supervisor"), moment("2021-03-05"), seven)
    correct(done="更正")
    assert assignment(seven).closed_on is None


def test_with_two_levels_a_correction_needs_both_words_again(seven: int, signed: Report, correct: Act) -> None:
    decide(seven, day="2021-03-03")
    correct(done="更正")
    with pytest.raises(MoveRefused, match="尚未审签"):
        decide(seven, day="2021-03-11")
    sign(seven, LEAD, day="2021-03-11")
    decide(seven, day="2021-03-12")
    assert [pin.step for pin in pins.of(seven)] == [PinStep.ACCEPTED, PinStep.SIGNED] * 2


def test_a_correction_is_told_as_one(seven: int, accepted: Report, correct: Act) -> None:
    second = correct(done="更正")
    decide(seven, Decision.RETURN, "仍不符", day="2021-03-11")
    filed = queries.filed(seven)
    assert [entry.correction for entry in filed] == [True, False]
    assert [event.what for event in events(seven, filed)][:2] == ["退回", "报送更正报告，等待重新审核"]
    assert [act.what for act in history.happened(second)] == ["报送", "退回"]
    assert [act.what for act in history.happened(accepted)] == ["报送", "审核通过"]


# ---- a new review of the same report


def test_a_new_review_takes_the_completion_away_and_gives_it_back_as_it_was(seven: int, accepted: Report) -> None:
    recheck(seven)
    assert (assignment(seven).status, queries.filed(seven)[0].rechecked) == (Status.UNDER_REVIEW, True)
    decide(seven, day="2021-03-10")
    # Nobody did anything later than at first: what was in time is in time still.
    assert (assignment(seven).status, assignment(seven).completed_on) == (Status.COMPLETED, date(2021, 2, 25))
    assert [score(day) for day in ("2021-03-07", "2021-03-09", "2021-03-10")] == [(1, 0), (0, 0), (1, 0)]
    assert len(pins.of(seven)) == 1
    assert found_differences() == []


def test_the_first_review_stays_when_the_second_one_returns(seven: int, accepted: Report, ask: Act) -> None:
    recheck(seven)
    decide(seven, Decision.RETURN, "名单不实", day="2021-03-09")
    (entry,) = queries.filed(seven)
    assert entry.review
    assert (entry.report.state, entry.review.decision, entry.rechecked) == (
        ReportState.RETURNED,
        Decision.ACCEPT,
        True,
    )
    assert [act.what for act in history.happened(accepted)] == ["报送", "审核通过", "要求重新审核", "退回"]
    second = ask(token="second", done="名单已核实。", day="2021-03-10")
    decide(seven, day="2021-03-11")
    assert [pin.report_id for pin in pins.of(seven)] == [second.id, accepted.id]


def test_an_altered_report_is_not_accepted_again(seven: int, accepted: Report) -> None:
    behind_the_back(update(Evidence).where(Evidence.name == "证明.pdf").values(sha256="f" * 64))
    recheck(seven)
    with pytest.raises(PinBroken, match=r"附件 证明\.pdf 第 1 版"):
        decide(seven, day="2021-03-09")
    decide(seven, Decision.RETURN, "附件与审核时不同", day="2021-03-09")
    assert assignment(seven).status == Status.RETURNED


def test_a_new_review_seals_what_was_accepted_before_there_were_pins(seven: int, accepted: Report) -> None:
    behind_the_back(delete(ApprovalPin))
    recheck(seven)
    decide(seven, day="2021-03-09")
    assert [pin.day for pin in pins.of(seven)] == [date(2021, 3, 9)]


def test_the_unit_cannot_take_back_what_is_reviewed_anew(seven: int, accepted: Report) -> None:
    recheck(seven)
    with pytest.raises(MoveRefused, match="不能撤回"), transaction():
        operations.recall(person(CLERK), moment("2021-03-09"), seven)
    assert assignment(seven).status == Status.UNDER_REVIEW


def test_with_two_levels_the_lead_signs_the_same_report_again(seven: int, signed: Report) -> None:
    decide(seven, day="2021-03-03")
    recheck(seven)
    with pytest.raises(MoveRefused, match="尚未审签"):
        decide(seven, day="2021-03-09")
    sign(seven, LEAD, day="2021-03-09")
    decide(seven, day="2021-03-10")
    assert [pin.step for pin in pins.of(seven)] == [PinStep.ACCEPTED, PinStep.SIGNED]


@pytest.mark.parametrize("account", [CLERK, "songjiang-lead", REVIEWER, "leader", "admin"])
def test_only_a_supervisor_asks_for_a_new_review(seven: int, accepted: Report, account: str) -> None:
    with pytest.raises(Forbidden):
        recheck(seven, account=account)
    assert assignment(seven).status == Status.COMPLETED


def test_a_new_review_needs_a_reason_and_a_report(seven: int, accepted: Report) -> None:
    with pytest.raises(MoveRefused, match="要求重新审核必须写明理由"):
        recheck(seven, why=" ")
    eight = complete("8", "songjiang", "supervisor", "2021-03-02")
    with pytest.raises(MoveRefused, match="没有审核通过的办结报告"):
        recheck(eight)
    assert {assignment(seven).status, assignment(eight).status} == {Status.COMPLETED}
