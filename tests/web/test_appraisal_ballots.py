"""The pages of a meeting and the ballot itself: opened, printed, voted on without signing in, closed; nobody noted."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, the_year, unit
from tests.client import Client
from tests.web.conftest import Visitor, follow, token
from tests.web.test_evaluation_pages import Day
from tracker.appraisal import ballots
from tracker.appraisal.models import BallotMeeting, BallotPaper
from tracker.audit.models import AuditEntry
from tracker.db import db
from tracker.logs import OneLine
from tracker.outbox.models import Message
from tracker.people.models import HeldForm

OFFICE = "songjiang-bangongshi"


@pytest.fixture(autouse=True)
def begun(seeded: Flask, on_day: Day) -> None:
    """A day on which the year of appraisal is under way."""
    on_day(DAY)
    begin()


@pytest.fixture
def compiler(visitor: Visitor) -> Client:
    """Whoever compiles, at the browser."""
    return visitor(COMPILER)


def place() -> str:
    """Return the address of the year's meeting."""
    return f"/appraisal/{the_year().id}/ballots"


def convene(compiler: Client, **fields: str) -> None:
    """Open the meeting by its form."""
    answer = compiler.submit(compiler.form(place(), "/open"), closes_time="23:59:59", **fields)
    assert answer.status_code == 303, answer.text


def slips(compiler: Client, **fields: str) -> dict[str, str]:
    """Make papers by the form and return the paths of their links by label."""
    answer = compiler.submit(compiler.form(place(), "/papers"), **{"leaders": "3", **fields})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    labels = re.findall(r'<div class="slip-words"><p><b>(.*?)</b>', answer.text)
    whose = re.findall(r'<p class="slip-head"><b>上海市松江区司法局</b>.*?2020年12月1日 至 2021年11月30日', answer.text)
    assert len(whose) == len(labels)
    links = re.findall(r'<p class="slip-link">(.*?)</p>', answer.text)
    return {unescape(label): "/" + link.split("/", 3)[3] for label, link in zip(labels, links, strict=True)}


def used() -> list[str]:
    """Return the labels of papers that were used."""
    return list(db.session.scalars(select(BallotPaper.label).where(BallotPaper.used).order_by(BallotPaper.id)))


def test_a_meeting_from_its_opening_to_its_outcome(compiler: Client, visitor: Visitor) -> None:
    convene(compiler, least="2")
    links = slips(compiler, others="甲司法所\n乙司法所")
    assert len(links) == 3 + 11 + 2
    assert not any(link.removeprefix("/ballot/") in compiler.get(place()).text for link in links.values())
    nobody = visitor("")
    field = f"unit-{unit('办公室')}"
    for label, points in {"局领导 1": "90", "局领导 2": "80", "甲司法所": "70", "公服科": "65.5"}.items():
        page = nobody.get(links[label])
        assert (page.status_code, "本科室" in page.text) == (200, label == "公服科")
        assert "上海市松江区司法局" in page.text
        answer = nobody.submit(nobody.form(links[label]), **{field: points})
        assert (answer.status_code, answer.location) == (303, "/ballot/done")
        assert "已投票，谢谢" in nobody.get("/ballot/done").text
    standing = compiler.get(place()).text
    assert "2 人已投，共 3 张票" in standing
    assert not {"85.00", "67.75"} & set(re.findall(r"\d+\.\d+", standing))
    page = follow(compiler, compiler.submit(compiler.form(place(), "/close"), confirmed="1"))
    assert [*re.findall(r"\b\d\d\.\d\d\b", page)] == ["85.00", "67.75", "78.10"]
    assert page.count("人数不足，不公布") == 20
    assert nobody.get(links["局领导 3"]).status_code == 409


def test_points_that_cannot_be_are_said_beside_their_unit_and_nothing_typed_is_lost(
    compiler: Client, visitor: Visitor
) -> None:
    convene(compiler)
    link = slips(compiler)["办公室"]
    nobody = visitor("")
    assert f'name="unit-{unit("办公室")}"' not in nobody.get(link).text
    form = nobody.form(link)
    typed = {f"unit-{unit('律公科')}": "88.5", f"unit-{unit('公服科')}": "100.5"}
    answer = nobody.submit(form, **typed)
    assert answer.status_code == 422
    assert 'value="88.5"' in answer.text
    assert f'id="unit-{unit("公服科")}-error"' in answer.text
    for stray in (f"unit-{unit('办公室')}", "unit-999999", "unit-x"):
        assert nobody.submit(form, **{stray: "90"}).status_code == 422
    assert nobody.submit(form).status_code == 422
    assert used() == []


def test_a_forged_a_used_and_a_void_paper_are_told_apart_and_count_nothing(compiler: Client, visitor: Visitor) -> None:
    convene(compiler)
    links, nobody, field = slips(compiler), visitor(""), f"unit-{unit('律公科')}"
    first, second = nobody.form(links["局领导 1"]), nobody.form(links["局领导 2"])
    assert nobody.submit(first, **{field: "90"}).status_code == 303
    again = nobody.submit(first, **{field: "90"})
    assert (again.status_code, "已经投过" in again.text) == (409, True)
    paper = db.session.scalars(select(BallotPaper.id).where(BallotPaper.label == "局领导 2")).one()
    renewed = compiler.submit(compiler.form(place(), f"/papers/{paper}/renew"))
    assert renewed.status_code == 200
    void = nobody.submit(second, **{field: "90"})
    assert (void.status_code, "作废" in void.text) == (409, True)
    first.action = "/ballot/" + "x" * 32
    forged = nobody.submit(first, **{field: "90"})
    assert (forged.status_code, "链接不正确" in forged.text) == (404, True)
    assert used() == ["局领导 1"]
    link = re.search(r'slip-link">https?://[^/]*(/ballot/[^<]+)<', renewed.text)
    assert link
    assert nobody.submit(nobody.form(link[1]), **{field: "80"}).status_code == 303


def test_the_form_that_opens_a_meeting_says_what_to_correct(compiler: Client) -> None:
    answer = compiler.submit(compiler.form(place(), "/open"), least="1", closes_time="23:59", most="90")
    assert answer.status_code == 422
    assert "请填 2 至 50 的整数" in answer.text
    assert 'value="90"' in answer.text
    for wrong in ({"closes_time": "x"}, {"held_on": ""}, {"closes_on": "2021-08-31"}):
        assert compiler.submit(compiler.form(place(), "/open"), **wrong).status_code == 422
    assert db.session.scalars(select(BallotMeeting)).all() == []
    convene(compiler)
    form = compiler.form(place(), "/papers")
    refused = compiler.submit(form, leaders="abc", others="丙所")
    assert (refused.status_code, "丙所" in refused.text) == (422, True)
    assert compiler.submit(form, leaders="2").status_code == 200
    twice = compiler.submit(form, leaders="2")
    assert (twice.status_code, "已经生成过票" in twice.text) == (409, True)


def test_who_holds_ballots_and_who_sees_what(compiler: Client, visitor: Visitor) -> None:
    office = visitor(OFFICE)
    sent = {"csrf_token": token(office)}
    assert "还没有安排" in office.get(place()).text
    for step in ("open", "close", "papers"):
        assert office.post(f"{place()}/{step}", data=sent).status_code in (403, 409, 422)
    convene(compiler)
    slips(compiler)
    page = office.get(place()).text
    assert "60%" in page
    assert not re.search(r"已投|局领导 1|/papers|/close", page)
    for step in ("close", "papers", "papers/1/renew"):
        assert office.post(f"{place()}/{step}", data=sent).status_code == 403
    assert "/papers" in visitor(HEAD).get(place()).text
    for account in ("supervisor", "putuo-head"):
        assert visitor(account).get(place()).status_code == 404
    assert visitor("").get(place()).status_code == 302


def test_a_voter_who_is_signed_in_is_nobody_to_the_ballot(
    compiler: Client, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    convene(compiler)
    links, office = slips(compiler), visitor(OFFICE)
    caplog.set_level("DEBUG")
    before = entries()
    page = office.get(links["局领导 1"])
    assert "经办（演示）" not in page.text
    assert page.headers["Referrer-Policy"] == "strict-origin"
    field = f"unit-{unit('律公科')}"
    form = office.form(links["局领导 1"])
    assert office.submit(form, **{field: "61.3"}).status_code == 303
    assert office.submit(form, **{field: "61.3"}).status_code == 409
    assert office.get("/ballot/" + "x" * 32).status_code == 404
    assert "经办（演示）" in office.get("/help").text
    assert entries() == before
    assert db.session.scalars(select(Message)).all() == []
    assert "61.3" not in caplog.text
    assert links["局领导 1"] not in caplog.text


def test_a_ballot_sent_when_a_session_ran_out_is_kept_nowhere(compiler: Client, visitor: Visitor, on_day: Day) -> None:
    convene(compiler)
    links, office = slips(compiler), visitor(OFFICE)
    form = office.form(links["局领导 1"])
    compiler.get(place())
    with office.session_transaction() as cookie:
        cookie["_user_id"] = "a-session-that-is-over"
    field = f"unit-{unit('律公科')}"
    assert office.submit(form, **{field: "101"}).status_code == 422
    assert office.submit(form, **{field: "61.3"}).status_code == 303
    assert db.session.scalars(select(HeldForm)).all() == []


def test_a_database_that_fails_puts_neither_link_nor_points_in_the_log(
    compiler: Client, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    convene(compiler)
    link, nobody = slips(compiler)["局领导 1"], visitor("")
    form = nobody.form(link)
    monkeypatch.setattr(ballots.sealing, "seal_undated", lambda _text: ["no", "text"])
    answer = nobody.submit(form, **{f"unit-{unit('律公科')}": "61.3"})
    assert answer.status_code == 503
    assert "a ballot's page failed on the database" in caplog.text
    assert not re.search(r"61\.3|613|INSERT|UPDATE|SELECT", caplog.text)
    assert link not in caplog.text
    assert used() == []


def test_the_log_hides_the_link_of_a_ballot() -> None:
    assert OneLine()._without_secrets("GET /ballot/p9txMKS3FmA-XvV08YRZjzBtAPWdEnEE 200") == "GET /ballot/… 200"


def entries() -> int:
    """How many acts are on record beside signing in."""
    acts = db.session.scalars(select(AuditEntry.act))
    return sum(act not in ("login", "logout") for act in acts)
