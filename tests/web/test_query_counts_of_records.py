"""How often the pages of single records and of forms ask the database, and that no page is without its number."""

import hashlib
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.assignments.acts import person
from tests.browser.places import NO_PAGES
from tests.browser.stage import route, routes
from tests.client import Client
from tests.import_texts import opened
from tests.makers import make_reset_link, make_second_factor, make_work
from tests.web.conftest import CLERK
from tests.web.test_pages import places
from tests.web.test_query_counts import PAGES, Counting
from tests.web.test_query_counts_of_appraisal import PAGES as APPRAISAL_PAGES
from tests.web.test_query_counts_of_indicators import PAGES as INDICATOR_PAGES
from tracker import clock
from tracker.db import db, transaction
from tracker.people import held
from tracker.people.models import HeldForm

__all__ = ["places"]

RECORDED = "/admin/audit/verify"
"""The one page that is itself put on record."""

TOKEN, CODED = "a-link-that-was-mailed", "putuo-lead"

# Every page of a person asks who is signed in, and whether the history is invented together with the unread letters.
# A visitor's page asks the second alone.
RECORDS = {
    "": {
        "/login": 1 + 1,  # whom to ask for an account
        "/reset": 1,
        f"/reset/{TOKEN}": 1 + 1,  # whose link it is
    },
    CODED: {"/login/code": 1 + 2},  # who owes the code, and that nobody is signed in
    "admin": {
        "/admin/channels/{endpoint}": 2 + 1,
        "/admin/letters/{letter}": 2 + 3,  # the letter, what is attached, its reader
        "/admin/units/import": 2,
        "/admin/units/new": 2 + 2,  # the units with their aliases
        "/admin/users/{user}": 2 + 8,  # the account, units, logins, sessions, factor, what it did and owes
        "/admin/users/import": 2,
        "/admin/users/new": 2 + 1,  # the units to choose from
        "/patterns": 2,
    },
    "auditor": {"/admin/audit/verify": 2 + 6},  # the entries, the head, the last one; that it was verified is an entry
    "supervisor": {
        "/assignments/{seven}/reports/{report}": 2 + 3,  # the report, its files, the assignment
        "/reports/{report}": 2 + 3,
        "/reports/{report}/history": 2 + 6,  # the same, the reports before it, and what was recorded of it
        "/plans/{plan}/matrix": 2 + 10,
        "/plans/{plan}/settings": 2 + 1,
        "/plans/import": 2 + 2,  # those that are open, those that were published
        "/plans/import/{imported}/check": 2 + 2,  # the import with its draft, what is odd about its source
        "/plans/import/{imported}/check?task=1&around=more": 2 + 2,
        "/plans/import/{imported}/anomalies": 2 + 4,  # the import, their numbers by state and sort, the rows
        "/plans/import/{imported}/history": 2 + 3,  # the import, its steps and their number
        "/plans/import/{imported}/units": 2 + 7,  # the import (2), its issuer, number and text, possible issuers
        "/plans/import/{imported}/rehearsal": 2 + 6,  # the same, its notes; nothing to rehearse while nobody issued it
        "/plans/import/{imported}/publish": 2 + 6,
        "/plans/{plan}/tasks/import": 2 + 2,  # the plan, the groups of units
        "/plans/{plan}/tasks/new": 2 + 2,
    },
    CLERK: {
        "/account/password": 2,
        "/assignments/{seven}/report": 2
        + 7,  # the assignment, whether final, its draft, its last report, what came back, what the plan asks for, files
        "/held/{held}": 2 + 2,  # the form, the others
        "/inbox/{letter}": 2 + 2,  # the letter, what is attached
        "/jobs": 2 + 1,
        "/jobs/{work}": 2 + 2,  # the work, and whether somebody does it
    },
}


@pytest.fixture
def made(places: dict[str, int]) -> dict[str, int]:
    """The numbers of records, among them a kept form, a piece of work, a letter, a mailed link and a second factor."""
    clerk, coded, now = person(CLERK).id, person(CODED).id, clock.utc()
    assert clerk
    with transaction():
        held.hold(clerk, f"/assignments/{places['seven']}/report", {"done": "写到一半"}, now)
        make_second_factor(user_id=coded)
        until = now + timedelta(hours=1)
        mailed = hashlib.sha256(TOKEN.encode()).hexdigest()
        make_reset_link(user_id=coded, token_hash=mailed, created_at=now, expires_at=until)
        work = make_work(owner_id=clerk).id
    return {**places, "held": db.session.query(HeldForm).one().id, "work": work, "imported": opened()}


@pytest.mark.parametrize(
    ("account", "address", "number"),
    [(account, address, number) for account, pages in RECORDS.items() for address, number in pages.items()],
)
def test_a_page_of_a_record_asks_the_database_so_often(
    seeded: Flask, client: Client, made: dict[str, int], query_count: Counting, account: str, address: str, number: int
) -> None:
    if account:
        client.login(account)
    page = address.format(**made)
    assert client.get(page).status_code == 200
    with query_count() as queries:
        client.get(page)
    assert len(queries.statements) == number, "\n".join(queries.statements)
    assert queries.statements == queries.selects or address == RECORDED


COUNTED_TOO = {
    "/assignments/<id:assignment_id>/glance",
    "/scores/statements",
    "/indicators/<id:round_id>/<id:unit_id>/paper",
    "/appraisal/<id:appraisal_id>/units/<id:unit_id>/print",
}
"""What the browser does not look at as a page, and is counted like one."""


def test_every_page_has_its_number(tmp_path: Path) -> None:
    known = routes(tmp_path)
    numbers = dict.fromkeys(("district", "assignment", "task", "plan", "endpoint", "letter", "user"), 1)
    more = dict.fromkeys(("seven", "report", "held", "work", "imported", "round", "unit"), 1)
    more |= dict.fromkeys(("year", "entry", "second", "special", "appeal", "ballot"), 1)
    counted = {
        route(known, urlsplit(address.format(**numbers, **more)).path)
        for account in (*PAGES.values(), *RECORDS.values(), *INDICATOR_PAGES.values(), *APPRAISAL_PAGES.values())
        for address in account
    }
    answering = {rule.rule for rule in known.iter_rules() if "GET" in (rule.methods or ())}
    assert answering - counted == set(NO_PAGES) - COUNTED_TOO
