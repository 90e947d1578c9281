"""A plan that asks for two levels of review, and reports on it, as short as they are told."""

import itertools

from tests.assignments.acts import moment, person, take, the_plan
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.reports import operations
from tracker.reports.models import Report
from tracker.reports.operations import Content
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.status import Move

CLERK, LEAD, REVIEWER = "songjiang-clerk", "songjiang-lead", "reviewer-xingfazhixing"

tokens = itertools.count(1)


def ask_for_two_levels(levels: int = 2) -> None:
    """Let districts sign off before the city reviews."""
    with transaction():
        the_plan().review_levels = levels


def ask_for_closure(
    assignment_id: int, account: str = CLERK, day: str = "2021-02-22", done: str = "已落实。"
) -> Report:
    """File a completion report."""
    content = Content(done, progress=100, kind=ReportKind.COMPLETION)
    with transaction():
        return operations.file(
            person(account), moment(day), assignment_id, content, token=f"t{next(tokens)}", version=0, uploads=[]
        )


def sign(
    assignment_id: int,
    account: str = LEAD,
    decision: Decision = Decision.ACCEPT,
    day: str = "2021-02-23",
    why: str = "",
) -> Report:
    """Decide as the district's lead."""
    with transaction():
        return operations.sign_off(person(account), moment(day), assignment_id, decision, why)


def conclude(
    assignment_id: int,
    account: str = REVIEWER,
    decision: Decision = Decision.ACCEPT,
    day: str = "2021-02-24",
    why: str = "",
) -> Report:
    """Decide as the city."""
    with transaction():
        return operations.review(person(account), moment(day), assignment_id, decision, why)


def completed(assignment_id: int, reviewer: str = REVIEWER, clerk: str = CLERK) -> int:
    """Let a unit sign for, report and get the completion; return the assignment."""
    take(clerk, Move.ACKNOWLEDGE, "2021-02-20", assignment_id)
    ask_for_closure(assignment_id, clerk)
    conclude(assignment_id, reviewer)
    return assignment_id


def now(assignment_id: int) -> Assignment:
    """Return an assignment as it stands."""
    return db.session.get_one(Assignment, assignment_id, populate_existing=True)
