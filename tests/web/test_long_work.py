"""Long exports and long 催办 at the browser: offered, asked for once, done behind the pages, fetched."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.client import Client
from tests.web.conftest import follow, token
from tests.web.test_urging_pages import count, preview, send
from tests.work.test_kinds import ids, never
from tracker import works
from tracker.db import db
from tracker.outbox.models import Message
from tracker.web.overview import exports
from tracker.work.models import Work

Visitor = Callable[[str], Client]


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """A supervisor at the browser."""
    return visitor("supervisor")


def pieces() -> int:
    """How much work was asked for."""
    return db.session.scalar(select(func.count()).select_from(Work)) or 0


def lines(content: bytes) -> list[str]:
    """A CSV without the moment of its making."""
    return re.sub(r"导出于 [0-9 :-]+", "", content.decode("utf-8-sig")).splitlines()


@pytest.mark.parametrize(
    "address", ["/ledger?level=district_bureau&sort=-due&group=month", "/overdue?q=用房&on=2021-08-01"]
)
def test_a_long_file_is_offered_and_is_the_file_that_was_sent_before(
    seeded: Flask, supervisor: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    direct = supervisor.get(f"{address}&format=csv").data
    monkeypatch.setitem(exports.IN_PLACE, "csv", 10)
    assert "在后台生成" in supervisor.get(f"{address}&format=csv").text
    assert pieces() == 0
    form = supervisor.form(f"{address}&format=csv", action="/export?")
    answer = supervisor.submit(form)
    assert answer.status_code == 303
    assert supervisor.submit(form).location == answer.location
    assert pieces() == 1
    assert "排队中" in follow(supervisor, answer)
    works.work_off(seeded.config, "one", never)
    page = supervisor.get(answer.location).text
    assert "下载结果" in page
    with supervisor.get(f"{answer.location}/result") as result:
        assert lines(result.data) == lines(direct)


def test_a_short_file_comes_at_once(seeded: Flask, supervisor: Client) -> None:
    assert supervisor.get("/ledger?format=xlsx").data[:2] == b"PK"
    assert pieces() == 0


def test_a_form_without_a_kind_of_file_is_refused(seeded: Flask, supervisor: Client) -> None:
    sent = {"csrf_token": token(supervisor)}
    assert supervisor.post("/ledger/export", data=sent).status_code == 400
    assert supervisor.post("/ledger/export?format=exe", data=sent).status_code == 400


def test_a_long_催办_goes_on_behind_the_pages(seeded: Flask, supervisor: Client) -> None:
    found = ids()
    assert "在后台逐个单位发出" in preview(supervisor, found).text
    answer = send(supervisor, found)
    assert answer.location.startswith("/jobs/")
    assert send(supervisor, found).location == answer.location
    assert (pieces(), count(Message)) == (1, 0)
    works.work_off(seeded.config, "one", never)
    assert "涉及 60 项。" in supervisor.get(answer.location).text
    assert count() == 60


def test_a_long_催办_that_is_not_ones_own_to_send_is_refused_at_once(seeded: Flask, visitor: Visitor) -> None:
    answer = send(visitor("reviewer-xingfazhixing"), ids())
    assert answer.status_code == 404
    assert pieces() == 0


def test_fifty_are_sent_while_the_sender_waits(seeded: Flask, supervisor: Client) -> None:
    found = ids(50)
    assert "在后台逐个单位发出" not in preview(supervisor, found).text
    assert "涉及 50 项" in follow(supervisor, send(supervisor, found))
    assert pieces() == 0


def test_lines_that_were_left_out_come_as_excel(seeded: Flask, supervisor: Client) -> None:
    found = ids()
    send(supervisor, found[:50])
    answer = send(supervisor, found)
    works.work_off(seeded.config, "one", never)
    assert "50 项未催，原因见表" in supervisor.get(answer.location).text
    assert supervisor.get(f"{answer.location}/failures").data[:2] == b"PK"
