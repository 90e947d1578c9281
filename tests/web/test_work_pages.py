"""Pages of long work: progress, result, failures, leaving off; a foreign piece is like a missing one."""

from typing import Any

import pytest
from flask import Flask

from tests.client import Client
from tests.makers import make_work
from tests.web.conftest import CLERK
from tracker import clock
from tracker.db import transaction
from tracker.people import queries as people
from tracker.works import result_path

SHA = "ab" * 32


@pytest.fixture
def clerk(visitor: Any) -> Client:
    """Somebody at the browser."""
    browser: Client = visitor(CLERK)
    return browser


def piece(account: str = CLERK, **fields: Any) -> str:
    """The address of a person's piece of work."""
    with transaction():
        user = people.user_by_account(account)
        assert user
        return f"/jobs/{make_work(owner_id=user.id, **fields).id}"


def test_progress_stands_there_in_numbers(clerk: Client) -> None:
    address = piece(state="running", done=180, total=448, started_at=clock.utc())
    page = clerk.get(address).text
    assert '<progress aria-label="进度" value="180" max="448">' in page
    assert "180 / 448" in page
    assert clerk.get(f"{address}/state").json == {"done": 180, "total": 448, "open": True}


def test_without_a_worker_it_says_so(clerk: Client) -> None:
    assert "没有在运行" in clerk.get(piece()).text


def test_what_waits_can_be_stopped(clerk: Client) -> None:
    address = piece()
    assert clerk.submit(clerk.form(address, f"{address}/stop")).status_code == 303
    page = clerk.get(address).text
    assert "已取消" in page
    assert f"{address}/stop" not in page


def test_a_result_is_sent_as_a_file(clerk: Client, seeded: Flask) -> None:
    address = piece(state="done", result_sha256=SHA, result_name="台账.xlsx", ended_at=clock.utc())
    assert clerk.get(f"{address}/result").status_code == 404
    path = result_path(seeded.config["TRACKER_DATA_DIR"], SHA)
    path.parent.mkdir()
    path.write_bytes(b"content")
    with clerk.get(f"{address}/result") as answer:
        assert answer.data == b"content"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_failed_comes_as_a_table(clerk: Client) -> None:
    address = piece(state="done", failures='[["项", "原因"], ["7", "没有收信人"]]', ended_at=clock.utc())
    assert f'href="{address}/failures"' in clerk.get(address).text
    assert clerk.get(f"{address}/failures").data[:2] == b"PK"
    assert clerk.get(f"{piece()}/failures").status_code == 404


@pytest.mark.parametrize("part", ["", "/state", "/result", "/failures"])
def test_a_foreign_piece_is_like_a_missing_one(clerk: Client, part: str) -> None:
    assert clerk.get(piece("huangpu-clerk") + part).status_code == 404


def test_the_list_shows_ones_own_alone(clerk: Client) -> None:
    assert "没有后台任务" in clerk.get("/jobs").text
    piece("huangpu-clerk", title='[null, "别人的"]')
    piece(title='[null, "自己的"]')
    page = clerk.get("/jobs").text
    assert "自己的" in page
    assert "别人的" not in page
