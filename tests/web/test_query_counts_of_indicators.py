"""How often each page of the indicator form asks the database: as often for sixteen districts as for none."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.conftest import Queries
from tests.indicators.acts import fill, open_round, submit

Counting = Callable[[], AbstractContextManager[Queries]]

# Every page asks who is signed in, and whether the history is invented together with the unread letters. Besides:
PAGES = {
    "supervisor": {
        "/indicators": 2 + 2,
        "/indicators/rounds/new": 2 + 4,
        "/indicators/{round}": 2 + 8,
        "/indicators/{round}/close": 2 + 7,
        "/indicators/{round}/table": 2 + 12,
        "/indicators/{round}/indicator/83": 2 + 12,
        "/indicators/{round}/questions?indicator=7": 2 + 4,
        "/indicators/{round}/{unit}/extend": 2 + 3,
        "/indicators/definitions/shanghai-112/7": 2 + 2,
        "/indicators/definitions": 2 + 1,
        "/indicators/forms/shanghai-112": 2 + 1,
        "/indicators/burden": 2 + 5,
        "/indicators/{round}/{unit}": 2 + 3,
        "/indicators/{round}/{unit}/paper": 2 + 4,
    },
    "songjiang-clerk": {
        "/indicators": 2 + 4,
        "/indicators/{round}/{unit}": 2 + 3,
        "/indicators/{round}/{unit}/part/2": 2 + 7,
        "/indicators/{round}/{unit}/blank/I083": 2 + 4,
        "/indicators/{round}/{unit}/workbook": 2 + 3,
        "/indicators/{round}/{unit}/figures": 2 + 6,
        "/indicators/{round}/{unit}/files?indicator=87": 2 + 8,
        "/indicators/{round}/table": 2 + 12,
    },
    "songjiang-office1": {"/indicators/figures": 2 + 2},
}


@pytest.mark.parametrize(
    ("account", "address", "number"),
    [(account, address, number) for account, pages in PAGES.items() for address, number in pages.items()],
)
def test_a_page_asks_the_database_so_often(
    seeded: Flask, client: Client, query_count: Counting, account: str, address: str, number: int
) -> None:
    last, now = open_round(2019, "上年填报"), open_round()
    client.login(account)
    page = address.format(round=now, unit=unit_id("songjiang"))
    counted = []
    for districts in ((), ("songjiang", "huangpu", "xuhui")):
        for place, district in enumerate(districts):
            fill(last, district, seed=place)
            fill(now, district, seed=place + 3)
            submit(now, district)
        assert client.get(page).status_code == 200
        with query_count() as queries:
            client.get(page)
        assert queries.statements == queries.selects
        counted.append(len(queries.statements))
    assert counted == [number, number], "\n".join(queries.statements)
