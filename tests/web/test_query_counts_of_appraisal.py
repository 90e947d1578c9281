"""How often each page of the appraisal asks the database: as often for a full year as for one that has just begun."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from tests.appraisal.acts import begin, put, say_to, take_back, the_year, unit
from tests.appraisal_makers import make_ballot_meeting, make_ballot_paper
from tests.assignments.acts import moment, person
from tests.client import Client
from tests.conftest import Queries
from tracker.appraisal import appeals, special
from tracker.appraisal.special import Applying
from tracker.db import transaction

Counting = Callable[[], AbstractContextManager[Queries]]
OFFICE, BALLOT = "songjiang-bangongshi", "a-paper"

# Every page asks who is signed in, and whether the history is invented together with the unread letters. Besides:
PAGES = {
    "songjiang-head": {
        "/appraisal": 2 + 1,
        "/appraisal/{year}": 2 + 25,
        "/appraisal/{year}/scheme": 2 + 1,
        "/appraisal/{year}/scheme/W6": 2 + 2,
        "/appraisal/{year}/scheme/text": 2 + 1,
        "/appraisal/{year}/units/{unit}": 2 + 9,
        "/appraisal/{year}/units/{unit}/changes": 2 + 11,
        "/appraisal/{year}/units/{unit}/record": 2 + 10,
        "/appraisal/{year}/units/{unit}/own": 2 + 11,
        "/appraisal/{year}/units/{unit}/print": 2 + 13,
        "/appraisal/{year}/entries/{entry}": 2 + 12,
        "/appraisal/{year}/special": 2 + 6,
        "/appraisal/{year}/special/{special}": 2 + 14,
        "/appraisal/{year}/appeals": 2 + 6,
        "/appraisal/{year}/appeals/{appeal}": 2 + 14,
        "/appraisal/{year}/ballots": 2 + 3,
        "/appraisal/{year}/decisions": 2 + 25,
        "/appraisal/{year}/result": 2 + 27,
        "/appraisal/{year}/result/verify": 2 + 4,
        "/appraisal/{year}/result/versions": 2 + 3,
        "/todo": 2 + 7,  # the reviews (2), own evaluation, indicators, the year; for an objection the calendar (2)
    },
    OFFICE: {
        "/todo": 2 + 5,  # the tabs' counts, the 催办, the indicators, what the year asks for
        "/appraisal": 2 + 1,
        "/appraisal/{year}/units/{unit}": 2 + 9,
        "/appraisal/{year}/units/{unit}/own": 2 + 11,
        "/appraisal/{year}/units/{unit}/special/new": 2 + 3,
        "/appraisal/{year}/entries/{entry}": 2 + 12,
        "/appraisal/{year}/entries/{second}/appeal": 2 + 14,
        "/appraisal/{year}/special": 2 + 6,
        "/appraisal/{year}/special/{special}": 2 + 14,
        "/appraisal/{year}/special/{special}/change": 2 + 16,
        "/appraisal/{year}/appeals": 2 + 7,
        "/appraisal/{year}/appeals/{appeal}": 2 + 14,
        "/appraisal/{year}/ballots": 2 + 3,
        "/ballot/{ballot}": 5,
        "/ballot/done": 1,
    },
}


def apply(name: str, account: str) -> int:
    """File an application for special work."""
    wanted = Applying("智慧会务", "创新点", "内容", "成效", "联系人", "021-0000")
    with transaction():
        return special.apply(person(account), moment("2021-09-02"), the_year().id, unit(name), wanted).id


@pytest.mark.parametrize(
    ("account", "address", "number"),
    [(account, address, number) for account, pages in PAGES.items() for address, number in pages.items()],
)
def test_a_page_asks_the_database_so_often(
    seeded: Flask, client: Client, query_count: Counting, account: str, address: str, number: int
) -> None:
    year = begin()
    entry, second = put("办公室", "W1-3.1"), put("办公室", "W1-3.2")
    with transaction():
        appeal = appeals.appeal(person(OFFICE), moment("2021-09-02"), year, entry, "已请假。").id
    filed = apply("办公室", OFFICE)
    client.login(account)
    if "{ballot}" in address:
        with transaction():
            meeting = make_ballot_meeting(appraisal_id=year, closes_at=moment("2030-01-01")).id
            make_ballot_paper(meeting_id=meeting, token_hash=hashlib.sha256(BALLOT.encode()).hexdigest())
    ids = {"year": year, "unit": unit("办公室"), "entry": entry, "second": second, "special": filed, "appeal": appeal}
    page = address.format(**ids, ballot=BALLOT)
    counted = []
    for more in (False, True):
        if more:
            for name, code in (("办公室", "W1-2.3"), ("律公科", "W9-1.1"), ("公服科", "T-2.1"), ("办公室", "X-3.1")):
                points = {"points": "2"} if code == "X-3.1" else {}
                take_back(put(name, code, **points))
                put(name, code, **points)
            say_to(entry, "再说明一次。", OFFICE)
            apply("律公科", "songjiang-lvgong")
        assert client.get(page).status_code == 200
        with query_count() as queries:
            client.get(page)
        assert queries.statements == queries.selects
        counted.append(len(queries.statements))
    assert counted == [number, number], "\n".join(queries.statements)
