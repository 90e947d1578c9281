"""The course of an assignment: steps, reports and letters, the newest first."""

from datetime import date

from flask import Flask

from tests.assignments.acts import moment, owed, person, take
from tracker.db import transaction
from tracker.overview.timeline import events
from tracker.reminders import operations as reminders
from tracker.reports import operations, queries
from tracker.reports.operations import Content
from tracker.rules.permissions import SYSTEM
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.status import Move

CLERK, REVIEWER = "songjiang-clerk", "reviewer-xingfazhixing"


def told(assignment_id: int) -> list[tuple[str, str, str]]:
    """Return who did what and why, the newest first."""
    return [(event.who, event.what, event.reason) for event in events(assignment_id, queries.filed(assignment_id))]


def test_everything_that_happened_is_told_with_who_and_why(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    clerk, reviewer = person(CLERK), person(REVIEWER)
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    with transaction():
        operations.file(
            clerk, moment("2021-02-24"), seven, Content("进行中", progress=40), token="a", version=0, uploads=[]
        )
    run = reminders.prepare(date(2021, 2, 25))
    with transaction():
        for people in run.batches:
            reminders.queue_reminders(run, moment("2021-02-25", 8), "http://tracker.example.invalid", people)
    with transaction():
        content = Content("已完成", progress=100, kind=ReportKind.COMPLETION)
        operations.file(clerk, moment("2021-02-26"), seven, content, token="b", version=0, uploads=[])
    with transaction():
        operations.review(reviewer, moment("2021-02-27"), seven, Decision.RETURN, "缺附件")

    found = told(seven)
    assert found[0] == (reviewer.name, "退回", "缺附件")
    assert found[1][:2] == (clerk.name, "申请办结")
    assert found[2][:2] == ("系统", f"向{clerk.name}发出提醒信（邮件待发送）")
    assert found[3][:2] == (clerk.name, "填报进展：进度 40%，进展顺利（已报送）")
    assert found[4][:2] == (clerk.name, "签收")
    assert found[5][:2] == (SYSTEM.name, "由方案立项，交办到承办单位")
    assert len(found) == 6


def test_a_draft_is_not_told(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    take(CLERK, Move.ACKNOWLEDGE, "2021-02-20", seven)
    before = told(seven)
    with transaction():
        operations.save(person(CLERK), moment("2021-02-24"), seven, Content("草稿"), token="a", version=0, uploads=[])
    assert told(seven) == before
