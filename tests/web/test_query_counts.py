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

# Every page asks who is signed in and whether the history is invented. What it asks besides:
PAGES = {
    "supervisor": {
        "/overdue": 2 + 5,  # the state, the count, the rows, the contacts, the districts to choose from
        "/overdue?on=2021-03-15": 2 + 5,
        "/matrix": 2 + 6,  # the plan, the districts and their number, the state, the cells, the tasks
        "/scores": 2 + 4,  # the plan, the state, the sums, the names
        "/scores/{district}": 2 + 6,  # the board for the rank, and the district's own tasks with their state
        "/scores/{district}?complete=7": 2 + 11,  # all that, and the board and the tasks again for the forecast
        "/overview": 2 + 6,  # the board, and the figures with their state
        "/todo": 2 + 2,
        "/assignments/{assignment}": 2 + 7,
        "/plans": 2 + 1,
        "/plans/{plan}": 2 + 6,
        "/tasks/{task}": 2 + 9,
        "/admin/letters": 2 + 4,
    },
    "songjiang-clerk": {
        "/todo": 2 + 2,  # the tabs' counts, the rows
        "/overdue": 2 + 5,
        "/matrix": 2 + 6,
        "/assignments/{assignment}": 2 + 7,
    },
    "reviewer-xingfazhixing": {
        "/todo": 2 + 3,  # the tabs' counts, what waits for review, the rows
        "/overdue": 2 + 5,
        "/matrix": 2 + 6,
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
