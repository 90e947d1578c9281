"""How often each page asks the database: a number for every page, so that one more is a decision."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.conftest import Queries
from tracker.assignments.models import Assignment
from tracker.db import db
from tracker.people.models import Organization
from tracker.plans.models import Plan, Task
from tracker.rules.organizations import OrganizationKind

Counting = Callable[[], AbstractContextManager[Queries]]

# Every page asks who is signed in, and whether the history is invented together with the unread letters. Besides:
PAGES = {
    "admin": {
        "/admin/channels": 2 + 5,  # the endpoints, their letters and errors, the own address, the units
        "/admin/channels/new": 2,
        "/admin/security": 2 + 2,  # what was changed, and the version of it all
        "/admin/users": 2 + 4,  # their number, the rows, the locked ones, the units to choose from
        "/admin/users?q=songjiang&role=clerk&state=active": 2 + 4,
        "/admin/units": 2 + 3,  # the units, their aliases, what they owe
        "/admin/units?q=松江": 2 + 3,
        "/admin/units/{district}": 2 + 5,  # the unit and all others, each with aliases; what they owe
        "/admin/units/{district}/merge": 2 + 4,
        "/admin/permissions": 2,
        "/admin/backups": 2 + 1,  # when the last one was made
        "/admin/calendar": 2 + 4,  # the overrides, the imported years, the year's overrides with notes, its import
    },
    "supervisor": {
        "/overdue": 2 + 7,  # the state, the count, the rows, the contacts, the 催办, the districts, the saved views
        "/overdue?on=2021-03-15": 2 + 7,
        "/ledger": 2 + 7,
        "/ledger?more=1&group=office&light=near": 2 + 10,  # also the chapters, the offices, the groups' numbers
        "/views": 2 + 1,
        "/matrix": 2 + 10,  # the plan, all plans, units and their number, the state, lights (2), tasks, cells, choices
        "/matrix?light=near&district={district}": 2 + 10,
        "/matrix?open={district}": 2 + 10,  # instead of the districts to choose from the name of this one
        "/assignments/{assignment}/glance": 2 + 3,  # the state, the assignment, its last report
        "/scores": 2 + 11,  # plan, plans, rule, evaluation, state, sums, names, entered, excused, whether frozen
        "/scores/draft": 2 + 16,
        "/scores/replay": 2 + 19,  # the freeze and its entry, the histories, what was approved (3), board and tasks
        "/scores/freeze": 2 + 18,  # the board, and what is open: appeals, extensions, reviews, the evaluation
        "/scores/{district}/statement": 2 + 25,  # the board, the tasks, and what is on record for them (10)
        "/scores/statements": 2 + 25,
        "/scores?against=2021-03-01": 2 + 19,  # all that, and the board again
        "/scores/{district}": 2 + 24,  # the board, own tasks, entries, what happened (7), 催办, appeals, their window
        "/scores/{district}/forecast": 2 + 21,  # the terms, the tasks, the board as it is and as it will be
        "/scores/{district}/forecast?complete=7": 2 + 21,
        "/overview": 2 + 18,  # the plans, the board, figures, months and coming tasks with states, the heartbeat
        "/todo": 2 + 5,  # what waits for review and its rows, what is returned again, later due days, objections
        "/todo?tab=returns": 2 + 6,  # the same, and the districts to choose from
        "/todo?tab=returns&q=a": 2 + 7,  # and how many match
        "/extensions": 2 + 2,
        "/appeals": 2 + 5,  # their numbers, the open ones and their rows, the plans, the districts; some: clocks, parts
        "/plans/{plan}/evaluation": 2 + 14,  # the same for all districts, and whether one may still object
        "/plans/{plan}/evaluation/{district}": 2 + 11,
        "/assignments/{assignment}": 2 + 33,  # 11 for the reminders ahead, 3 for its part, task and targets
        "/plans": 2 + 1,
        "/plans/{plan}/progress": 2 + 9,  # plan, all plans, years, state, parts, tasks (2), units, withdrawn
        "/plans/{plan}/progress?on=2021-03-01&show=overdue": 2 + 9,
        "/plans/{plan}/years": 2 + 4,
        "/plans/{plan}/years/{task}": 2 + 7,
        "/plans/{plan}/source": 2 + 3,  # the plan, its document, its tasks
        "/plans/{plan}/anomalies": 2 + 5,  # the plan, their numbers by state and sort, the rows, the tasks they name
        "/plans/{plan}/anomalies?view=open": 2 + 5,
        "/plans/{plan}": 2 + 7,  # also the rule in force
        "/plans/{plan}/rule": 2 + 5,  # the plan, its versions and days (2), the steps it names, whether frozen
        "/plans/{plan}/reminders": 2 + 12,  # the plan, its policy (4), its tasks (2), the calendar (2), who is told (3)
        "/scores/{district}/compare?from=2021-03-01": 2 + 30,  # the plan, both boards, the district's whole record (9)
        "/tasks/{task}": 2 + 15,  # also its changes, descent (2), closing, targets, whether frozen
        "/tasks": 2 + 3,  # the number, the rows, the plans to choose from
        "/tasks?q=a&sort=due&plan={plan}": 2 + 3,
        "/reminders?on=2021-07-01": 2 + 25,  # the policies (4), the calendar (2), what stands, one per target
        "/reminders?on=2021-07-03": 2 + 3,  # a day off: the calendar, how many people
        "/reminders/escalations": 2 + 15,  # as above, by unit, with the holders of posts
        "/admin/scheduler": 2 + 3,  # the heartbeat, the runs, the backlog
        "/admin/letters": 2 + 4,  # the states, the rows and their number, the heartbeat; with letters, the recipients
        "/admin/letters?state=dead&recipient=somebody": 2 + 4,
    },
    "leader": {
        "/todo": 2 + 4,  # the tabs' counts, the rows, the next due day, the districts to choose from
        "/todo?tab=returns": 2 + 3,
        "/overview": 2 + 17,  # as the supervisor's, without the heartbeat
    },
    "auditor": {
        "/admin/audit": 2 + 1,
        "/admin/audit?unit=松江&task=7&person=admin": 2 + 3,  # the unit, the tasks of that number, the entries
        "/admin/audit/day": 2 + 6,  # the sums, the last one, all, the refused, the logins, what was taken out
    },
    "songjiang-clerk": {
        "/help": 2 + 1,  # whom to ask
        "/help/keys": 2,
        "/search?q=用房": 2 + 3,  # the tasks, the documents, the units
        "/plans/{plan}/reminders": 2 + 9,  # all but who is told
        "/inbox": 2 + 2,  # the rows and their number
        "/account": 2 + 4,  # the account, its last logins, its sessions, whether there is a second factor
        "/account/factor": 2 + 2,  # whether it is on, or begun
        "/settings/reminders": 2 + 4,  # the choice, the endpoints, the own address, the feed
        "/todo": 2 + 6,  # the tabs' counts, the 催办, the rows, their lead offices, the own evaluation, the indicators
        "/self-evaluation": 2 + 13,  # the plan, all plans, the tasks with both words, the days, where that stands
        "/overdue": 2 + 7,
        "/ledger": 2 + 7,
        "/matrix": 2 + 9,
        "/assignments/{assignment}": 2 + 33,  # 11 for the reminders ahead, 3 for its part, task and targets
    },
    "reviewer-xingfazhixing": {
        "/todo": 2 + 5,  # the tabs' counts, the 催办, what waits for review, the rows, their lead offices
        "/overdue": 2 + 7,
        "/matrix": 2 + 10,
    },
}


@pytest.mark.parametrize(
    ("account", "address", "number"),
    [(account, address, number) for account, pages in PAGES.items() for address, number in pages.items()],
)
def test_a_page_asks_the_database_so_often(
    seeded: Flask, client: Client, query_count: Counting, account: str, address: str, number: int
) -> None:
    client.login(account)
    page = address.format(**numbers())
    assert client.get(page).status_code == 200
    with query_count() as queries:
        client.get(page)
    assert len(queries.statements) == number, "\n".join(queries.statements)
    assert queries.statements == queries.selects


def numbers() -> dict[str, int]:
    """The numbers of records of the seed: 松江, its first assignment with the task, the plan."""
    district, assignment, task, plan = db.session.execute(
        select(Organization.id, Assignment.id, Task.id, Plan.id)
        .join(Assignment, Assignment.unit_id == Organization.id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Plan, Plan.id == Task.plan_id)
        .where(Organization.slug == "songjiang", Organization.kind == OrganizationKind.DISTRICT_BUREAU)
        .order_by(Assignment.id)
        .limit(1)
    ).one()
    return {"district": district, "assignment": assignment, "task": task, "plan": plan}
