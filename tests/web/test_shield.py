"""A flood from one address is told to wait; files, monitors and the machine itself are not counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import Client
from tests.conftest import running

AWAY, ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "192.0.2.8"}


@pytest.fixture
def visitor(database_url: str, tmp_path: Path) -> Iterator[Client]:
    """A visitor of a site that takes forty requests of an address in a minute, and two sign-ins."""
    with running(database_url, tmp_path / "data", TRACKER_RATE_LIMIT="40") as app:
        client = app.test_client()
        assert isinstance(client, Client)
        yield client


def statuses(visitor: Client, number: int, address: str = "/login", **environ: str) -> list[int]:
    """Return what so many requests are answered."""
    found = []
    for _ in range(number):
        with visitor.get(address, environ_base=environ) as answer:
            found.append(answer.status_code)
    return found


def test_whoever_asks_too_often_is_told_when_to_come_again(visitor: Client) -> None:
    assert statuses(visitor, 40, **AWAY) == [200] * 40
    answer = visitor.get("/login", environ_base=AWAY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "操作太频繁" in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_others_are_not_held_up(visitor: Client) -> None:
    statuses(visitor, 41, **AWAY)
    assert statuses(visitor, 1, **ELSEWHERE) == [200]


def test_pages_count_together_whatever_they_are(visitor: Client) -> None:
    statuses(visitor, 20, "/login", **AWAY)
    statuses(visitor, 20, "/todo", **AWAY)
    assert statuses(visitor, 1, "/overdue", **AWAY) == [429]


@pytest.mark.parametrize("address", ["/static/app.css", "/healthz"])
def test_files_of_the_pages_and_monitors_are_not_counted(visitor: Client, address: str) -> None:
    assert statuses(visitor, 45, address, **AWAY) == [200] * 45
    assert statuses(visitor, 1, **AWAY) == [200]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1"])
def test_the_machine_itself_is_not_counted(visitor: Client, address: str) -> None:
    assert set(statuses(visitor, 45, REMOTE_ADDR=address)) == {200}


def test_forms_of_the_login_pages_are_counted_more_strictly(visitor: Client) -> None:
    form = {**visitor.form("/login").fields, "account": "nobody", "password": "x"}
    assert [visitor.post("/login", data=form, environ_base=AWAY).status_code for _ in range(3)] == [422, 422, 429]
    assert statuses(visitor, 1, **AWAY) == [200]


def test_one_network_of_ipv6_is_one_asker(visitor: Client) -> None:
    for number in range(40):
        visitor.get("/login", environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"})
    assert statuses(visitor, 1, REMOTE_ADDR="2001:db8::ffff") == [429]
    assert statuses(visitor, 1, REMOTE_ADDR="2001:db8:0:1::1") == [200]


def test_nobody_gets_a_count_of_their_own_by_a_header(visitor: Client) -> None:
    for number in range(40):
        visitor.get("/login", environ_base=AWAY, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    answer = visitor.get("/login", environ_base=AWAY, headers={"X-Forwarded-For": "127.0.0.1"})
    assert answer.status_code == 429


def test_behind_a_declared_proxy_the_asker_is_whom_the_proxy_names(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path / "data", TRACKER_RATE_LIMIT="40", TRACKER_PROXIES="1") as app:
        client = app.test_client()
        for claimed in ("127.0.0.1", "203.0.113.5"):
            # What the asker claims stands before what the proxy adds.
            found = [
                client.get(
                    "/login",
                    environ_base={"REMOTE_ADDR": "127.0.0.1"},
                    headers={"X-Forwarded-For": f"{claimed}, 198.51.100.{len(claimed)}"},
                ).status_code
                for _ in range(41)
            ]
            assert found == [200] * 40 + [429]


def test_a_limit_of_nothing_is_none(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path / "data") as app:
        client = app.test_client()
        assert isinstance(client, Client)
        assert statuses(client, 5, **AWAY) == [200] * 5
        assert "flask_limiter" not in str(app.extensions)
