"""What each line of a score rests on: persons, times, reasons, reports and files, and what did not count."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask

from tests import factories as make
from tests import makers
from tests.assignments.acts import complete, moment, owed, person, take, the_plan, unit_id
from tests.conftest import Queries
from tests.scoring.test_deductions import decide, deduct, object_to
from tests.scoring.test_must_show import REVIEWER
from tracker.assignments import extensions
from tracker.db import transaction
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.reports import ReportKind, ReportState
from tracker.rules.scoring import Outcome
from tracker.rules.status import Move, RequestState, Status
from tracker.scoring import grounds, queries
from tracker.scoring.grounds import Ground
from tracker.scoring.operations import LineKey

Counting = Callable[[], AbstractContextManager[Queries]]

CLERK = "songjiang-clerk"


def told(day: str, number: str = "7", outcome: Outcome | None = None) -> Ground:
    """Return what a task's line of Songjiang's score rests on."""
    found = queries.explained(the_plan(), unit_id("songjiang"), date.fromisoformat(day))
    return next(
        ground
        for ground in grounds.explained(the_plan(), found)
        if ground.line.fact and ground.line.fact.number == number and outcome in (None, ground.line.outcome)
    )


def filed(day: str, kind: ReportKind = ReportKind.PROGRESS, version: int = 1) -> int:
    """Let Songjiang's clerk file a report on task 7, with one file."""
    at = moment(day)
    with transaction():
        report = make.make_report(
            assignment_id=owed("7", "songjiang"),
            kind=kind,
            state=ReportState.FILED,
            filed_at=at,
            filed_on=at.date(),
            author_name="松江经办（演示）",
        )
        make.make_evidence(report_id=report.id, name="证明.pdf", sha256="ab" * 32, file_version=version)
    return report.id


def test_a_completed_task_rests_on_its_acceptance_by_a_person_at_a_time(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    found = told("2021-03-05")
    assert found.line.outcome is Outcome.DONE
    assert found.rests_on is not None
    assert (found.rests_on.move, found.rests_on.by) == (Move.ACCEPT, person(REVIEWER).name)
    assert found.rests_on.at == moment("2021-02-25")
    assert [event.what for event in found.found.events] == ["交办", "签收", "申请办结", "审核通过"]
    assert found.left_out == ""


def test_a_past_day_knows_nothing_of_what_came_later(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    filed("2021-03-06")
    found = told("2021-03-04")
    assert [event.what for event in found.found.events] == ["交办"]
    assert (found.rests_on, found.found.reports) == (None, [])
    assert found.left_out == "没有填报。"


def test_a_task_done_late_says_how_late_and_whether_that_costs(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    found = told("2021-03-05")
    assert (found.line.points, found.late_days) == (0, 5)
    assert found.left_out == "超过时限 5 天；按规则 missed-task/1，逾期后办结不扣分。"
    with transaction():
        the_plan().late_counts = True
    found = told("2021-03-05")
    assert (found.line.points, found.left_out) == (-1, "超过时限 5 天；按规则 missed-task/1，逾期后办结同样扣分。")


@pytest.mark.parametrize(("move", "outcome"), [(Move.EXEMPT, "认定不适用"), (Move.WITHDRAW, "撤销事项")])
def test_what_is_exempt_or_withdrawn_names_who_decided_so_and_why(seeded: Flask, move: Move, outcome: str) -> None:
    take("supervisor", move, "2021-03-03", owed("7", "songjiang"), "该区没有这项职能")
    found = told("2021-03-05")
    assert found.rests_on is not None
    assert (found.rests_on.what, found.rests_on.by, found.rests_on.reason, found.rests_on.day) == (
        outcome,
        "督办员（演示）",
        "该区没有这项职能",
        date(2021, 3, 3),
    )
    assert found.left_out == "不计入应办结，也不扣分。"


def test_a_report_stands_with_its_files_and_does_not_count_as_completion(seeded: Flask) -> None:
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", owed("7", "songjiang"))
    number = filed("2021-02-22")
    found = told("2021-03-05")
    (report,) = found.found.reports
    assert (report.report_id, report.what, report.by, report.day) == (
        number,
        "进展填报",
        "松江经办（演示）",
        date(2021, 2, 22),
    )
    assert [(file.name, file.version, file.sha256) for file in report.files] == [("证明.pdf", 1, "ab" * 32)]
    assert found.left_out == "填报 1 次，没有申请并通过办结审核，不计为完成。"


def test_the_report_that_asks_for_completion_is_told_once(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    take(CLERK, Move.SUBMIT, "2021-02-25", seven)
    number = filed("2021-02-25", ReportKind.COMPLETION)
    found = told("2021-03-05")
    assert [(event.what, event.report_id) for event in found.found.events][2:] == [("申请办结", number)]
    assert [file.name for file in found.found.files] == ["证明.pdf"]
    assert found.left_out == "已申请办结，截至当天没有审核通过，不计为完成。"
    take(REVIEWER, Move.RETURN, "2021-03-06", seven, "材料不全")
    assert told("2021-03-06").left_out == "办结申请已被退回，不计为完成。"


def test_what_was_accepted_once_and_reopened_says_why_it_counts_no_more(seeded: Flask) -> None:
    seven = complete("7", "songjiang", REVIEWER, "2021-02-25")
    take("supervisor", Move.REOPEN, "2021-03-10", seven, "抽查发现未落实")
    found = told("2021-03-10")
    assert (found.line.outcome, found.rests_on) == (Outcome.MISSED, None)
    assert found.left_out == "此前的审核通过因“重新办理”失效，不计为完成。"
    assert [event.reason for event in found.found.events if event.move is Move.REOPEN] == ["抽查发现未落实"]
    assert told("2021-03-09").line.outcome is Outcome.DONE


def test_an_extension_keeps_the_first_day_and_tells_who_granted_it(seeded: Flask) -> None:
    with transaction():
        asked = extensions.ask(
            person("songjiang-lead"),
            moment("2021-02-20"),
            owed("7", "songjiang"),
            date(2021, 4, 30),
            "人员调整",
            "已完成一半",
        )
    with transaction():
        extensions.decide(person("supervisor"), moment("2021-02-22"), asked.id, RequestState.GRANTED, "同意")
    found, before = told("2021-03-05"), told("2021-02-21")
    fact = found.line.fact
    assert fact is not None
    assert (fact.due_on, fact.original_due_on, fact.extensions) == (date(2021, 4, 30), date(2021, 2, 28), 1)
    assert [(event.what, event.by, event.reason) for event in found.found.events[1:]] == [
        ("申请延期：由 2021-02-28 延至 2021-04-30", "松江负责人（演示）", "人员调整"),
        ("批准延期：由 2021-02-28 延至 2021-04-30", "督办员（演示）", "同意"),
    ]
    assert [event.what for event in before.found.events] == ["交办", "申请延期：由 2021-02-28 延至 2021-04-30"]


def test_an_upheld_appeal_stands_on_both_lines_with_its_answer(seeded: Flask) -> None:
    decide(object_to(LineKey(assignment_id=owed("7", "songjiang"))), granted=True)
    lost, back = told("2021-03-10", outcome=Outcome.MISSED), told("2021-03-10", outcome=Outcome.EXCUSED)
    assert (lost.line.points, back.line.points) == (-1, 1)
    for ground in (lost, back):
        assert [(event.what, event.reason) for event in ground.objections] == [
            ("提出异议", "已按期完成"),
            ("裁定异议成立", "经核对属实"),
        ]
    assert [event.what for event in told("2021-03-09").objections] == ["提出异议"]


def test_a_rejected_appeal_shows_its_answer_on_the_entered_line(seeded: Flask) -> None:
    entry = deduct("2")
    decide(object_to(LineKey(deduction_id=entry.id)), granted=False)
    found = queries.explained(the_plan(), unit_id("songjiang"), date(2021, 3, 10))
    (ground,) = [ground for ground in grounds.explained(the_plan(), found) if ground.line.outcome is Outcome.ENTERED]
    assert [event.what for event in ground.objections] == ["提出异议", "裁定异议不成立"]


def test_what_the_evaluation_judged_names_the_person_and_the_comment(seeded: Flask) -> None:
    plan, at = the_plan(), moment("2021-10-20")
    with transaction():
        makers.make_evaluation(plan_id=plan.id, published_on=at.date(), published_at=at, published_by="督办员（演示）")
        makers.make_evaluation_result(
            plan_id=plan.id,
            assignment_id=owed("7", "songjiang"),
            stage=Stage.CITY,
            verdict=Verdict.DONE,
            comment="现场核实",
            overrides=Status.PENDING,
            actor_name="督办员（演示）",
        )
    found = told("2021-10-20")
    assert (found.line.outcome, found.line.points) == (Outcome.DONE, 0)
    assert found.rests_on is not None
    assert (found.rests_on.what, found.rests_on.by, found.rests_on.reason) == (
        "评估认定“完成”",
        "督办员（演示）",
        "现场核实",
    )
    assert told("2021-10-19").line.outcome is Outcome.MISSED


def test_however_much_happened_the_questions_are_as_many(seeded: Flask, query_count: Counting) -> None:
    plan = the_plan()
    found = queries.explained(plan, unit_id("songjiang"), date(2021, 3, 10))
    with query_count() as few:
        grounds.explained(plan, found)
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    decide(object_to(LineKey(assignment_id=owed("8", "songjiang"))), granted=True)
    for version, day in enumerate(("2021-02-26", "2021-02-27", "2021-02-28"), 1):
        filed(day, version=version)
    plan = the_plan()
    found = queries.explained(plan, unit_id("songjiang"), date(2021, 3, 10))
    with query_count() as many:
        grounds.explained(plan, found)
    assert len(few.statements) == len(many.statements) == 8


def test_the_points_of_all_lines_add_up_to_the_score(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    deduct("1.5")
    for day in (date(2021, 3, 5), date(2021, 6, 24), date(2021, 11, 1)):
        found = queries.explained(the_plan(), unit_id("songjiang"), day)
        lines = [ground.line for ground in grounds.explained(the_plan(), found)]
        assert sum(line.points for line in lines) == found.standing.points.score
        assert len([line for line in lines if line.fact]) == 28
