"""A hundred times the assignments: every page asks the database as often as before, and shows as much."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench import data
from tests.client import Client
from tests.conftest import Queries
from tests.web.test_query_counts import PAGES, numbers
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people import security, sessions
from tracker.rules.organizations import OrganizationKind

Counting = Callable[[], AbstractContextManager[Queries]]

WITHOUT_PAGES = ("/tasks/", "/scores/", "/admin/units")
"""A task lists all its units, a district's explanation all its tasks, and units are one tree: no second page."""


@pytest.mark.slow
def test_a_hundred_times_the_assignments_ask_no_more_of_the_database(
    seeded: Flask, query_count: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Now and then a page also notes that its session is in use, and reads the settings anew; how long this test takes
    # must not show.
    monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(hours=1))
    monkeypatch.setattr(security, "KEPT", timedelta(hours=1))
    with transaction():
        data.grow(16, reports=0)
    assert assignments_of_districts() == 448
    before = measured(seeded, query_count)
    with transaction():
        data.grow(1600, reports=1)
    assert assignments_of_districts() == 44_800
    after = measured(seeded, query_count)
    assert {page: asked for page, (asked, _) in after.items()} == {page: asked for page, (asked, _) in before.items()}
    longest = max(size for page, (_, size) in before.items())
    grown = {page: size for page, (_, size) in after.items() if not any(part in page for part in WITHOUT_PAGES)}
    assert {page: size for page, size in grown.items() if size > 1.3 * longest} == {}


def assignments_of_districts() -> int:
    """How many assignments count for scores."""
    wanted = select(func.count()).where(Assignment.level == OrganizationKind.DISTRICT_BUREAU)
    return db.session.scalar(wanted) or 0


def measured(app: Flask, query_count: Counting) -> dict[str, tuple[int, int]]:
    """How often each page asks the database, and how long it is in bytes."""
    known, found = numbers(), {}
    for account, pages in PAGES.items():
        client = app.test_client()
        assert isinstance(client, Client)
        client.login(account)
        for address in pages:
            with query_count() as queries:
                response = client.get(address.format(**known))
            assert response.status_code == 200
            found[f"{account} {address}"] = (len(queries.statements), len(response.data))
    return found
