"""Files that prove indicators: evidence of a linked task is offered and used without another upload."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.assignments.acts import unit_id
from tests.client import Client
from tests.indicators.acts import fill, open_round, stored, submit
from tests.web.conftest import PDF, Visitor, file, follow
from tracker.db import db
from tracker.indicators.models import IndicatorFile
from tracker.reports.models import Evidence


def place(number: int, indicator: int | None = None, unit: str = "songjiang") -> str:
    """Return the address of a unit's files."""
    return f"/indicators/{number}/{unit_id(unit)}/files" + (f"?indicator={indicator}" if indicator else "")


def upload(browser: Client, number: int, indicator: int, name: str, content: bytes = PDF) -> TestResponse:
    """Upload a file for an indicator."""
    form = next(form for form in browser.forms(place(number, indicator)) if form.action.endswith("/files"))
    return browser.submit(form, file=file(name, content))


def test_evidence_of_a_task_is_used_without_another_upload(
    send: Callable[..., TestResponse], seven: int, clerk: Client
) -> None:
    number = open_round()
    assert "已经交过" not in clerk.get(place(number, 58)).text
    assert send("progress", done="已落实。", files=file("持证花名册.pdf")).status_code == 303
    page = clerk.get(place(number, 58)).text
    assert "持证花名册.pdf" in page
    assert f'href="/assignments/{seven}"' in page
    done = follow(clerk, clerk.submit(clerk.form(place(number, 58), "/take")))
    assert "本项依据：1 份" in done
    found, evidence = (db.session.scalars(select(model)).one() for model in (IndicatorFile, Evidence))
    assert (found.sha256, found.evidence_id) == (evidence.sha256, evidence.id)
    assert clerk.get(f"/indicators/files/{found.id}", buffered=True).data == PDF
    assert "已经交过" not in clerk.get(place(number, 58)).text
    assert "持证花名册.pdf" in clerk.get(place(number, 60)).text
    assert "持证花名册.pdf" not in clerk.get(place(number, 62)).text


def test_a_file_of_one_indicator_is_offered_to_its_neighbours(visitor: Visitor) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    assert "本项依据：1 份" in follow(clerk, upload(clerk, number, 90, "花名册.pdf"))
    assert "I090 的依据" in clerk.get(place(number, 92)).text
    follow(clerk, clerk.submit(clerk.form(place(number, 92), "/take")))
    assert stored(IndicatorFile) == 2
    assert "已经在本项依据里" in follow(clerk, upload(clerk, number, 92, "花名册.pdf"))
    assert "2 项指标有依据，共 2 份" in clerk.get(place(number)).text
    later = open_round(2022, "下一年")
    assert "“年度填报”中 I092 的依据" in clerk.get(place(later, 92)).text
    follow(clerk, clerk.submit(clerk.form(place(number, 92), "/remove")))
    assert stored(IndicatorFile) == 1


def test_what_is_no_proof_is_refused_in_words(visitor: Visitor) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    for name, content, status, words in (
        ("程序.exe", b"MZ", 415, "不能上传"),
        ("空.pdf", b"", 422, "空文件"),
        ("", b"", 422, "请先选择"),
    ):
        answer = upload(clerk, number, 1, name, content)
        assert answer.status_code == status
        assert words in answer.text
    assert clerk.get(place(number, 113)).status_code == 404
    form = clerk.form(place(number, 90), "/files")
    form.action += "/take"
    assert clerk.submit(form, offer="1", **{"from": "evidence"}).status_code == 404
    assert stored(IndicatorFile) == 0


def test_files_are_seen_by_those_who_see_the_answers(visitor: Visitor) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    follow(clerk, upload(clerk, number, 90, "花名册.pdf"))
    address = f"/indicators/files/{db.session.scalars(select(IndicatorFile.id)).one()}"
    expected: dict[str, Any] = {
        "supervisor": 200,
        "songjiang-lead": 200,
        "huangpu-clerk": 404,
        "songjiang-office1": 403,
    }
    for account, status in expected.items():
        assert visitor(account).get(address, buffered=True).status_code == status
    assert visitor("huangpu-clerk").get(place(number, 90)).status_code == 404
    remove = clerk.form(place(number, 90), "/remove")
    fill(number)
    submit(number)
    assert clerk.submit(remove).status_code == 409
    assert 'type="file"' not in clerk.get(place(number, 90)).text


def report_form(browser: Client, assignment: int, **fields: str) -> TestResponse:
    """Send the report form of a task as a button of it would."""
    form = browser.form(f"/assignments/{assignment}/report", "/report")
    return browser.submit(form, **fields)


def test_a_file_of_an_indicator_becomes_evidence_of_its_task_without_another_upload(
    visitor: Visitor, seven: int
) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    address = f"/assignments/{seven}/report"
    assert "在指标里交过" not in clerk.get(address).text
    follow(clerk, upload(clerk, number, 58, "持证花名册.pdf"))
    follow(clerk, upload(clerk, number, 62, "别的.pdf", PDF + b"x"))
    page = clerk.get(address).text
    assert "“年度填报”中 I058 的依据" in page
    assert "别的.pdf" not in page
    given = db.session.scalars(select(IndicatorFile).where(IndicatorFile.indicator == 58)).one()
    assert clerk.get(f"/indicators/files/{given.id}", buffered=True).data == PDF
    done = follow(clerk, report_form(clerk, seven, take=str(given.id), done="写到一半"))
    assert "文件已作为草稿的附件" in done
    assert "写到一半" in done
    assert "在指标里交过" not in done
    evidence = db.session.scalars(select(Evidence)).one()
    assert (evidence.name, evidence.sha256, evidence.size) == (given.name, given.sha256, given.size)


def test_a_file_is_attached_once_however_often_it_is_chosen(visitor: Visitor, seven: int) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    follow(clerk, upload(clerk, number, 58, "持证花名册.pdf"))
    given = str(db.session.scalars(select(IndicatorFile.id)).one())
    form = clerk.form(f"/assignments/{seven}/report", "/report")
    assert [clerk.submit(form, take=given, done="一").status_code for _ in range(2)] == [303, 303]
    assert stored(Evidence) == 1
    clerk.submit(clerk.form(place(number, 58), "/remove"))
    gone = report_form(clerk, seven, take=given, done="二")
    assert gone.status_code == 422
    assert "这个文件已从指标里移去" in gone.text
    assert "二" in gone.text
    assert stored(Evidence) == 1


def test_what_an_earlier_report_had_is_offered_for_the_next_one(
    visitor: Visitor, send: Callable[..., TestResponse], seven: int
) -> None:
    number, clerk = open_round(), visitor("songjiang-clerk")
    follow(clerk, upload(clerk, number, 58, "持证花名册.pdf"))
    given = str(db.session.scalars(select(IndicatorFile.id)).one())
    report_form(clerk, seven, take=given, done="一")
    assert report_form(clerk, seven, intent="progress", done="一", progress="40").status_code == 303
    assert "I058 的依据" in clerk.get(f"/assignments/{seven}/report").text
    report_form(clerk, seven, take=given, done="办结")
    assert sorted(db.session.scalars(select(Evidence.file_version))) == [1, 2]


def test_nobody_takes_what_another_unit_gave(visitor: Visitor, seven: int) -> None:
    number, neighbour, clerk = open_round(), visitor("huangpu-clerk"), visitor("songjiang-clerk")
    address = place(number, 58, "huangpu")
    form = next(form for form in neighbour.forms(address) if form.action.endswith("/files"))
    follow(neighbour, neighbour.submit(form, file=file("黄浦名册.pdf")))
    assert "黄浦名册.pdf" not in clerk.get(f"/assignments/{seven}/report").text
    given = db.session.scalars(select(IndicatorFile.id)).one()
    for chosen in (str(given), "0", "一"):
        assert report_form(clerk, seven, take=chosen, done="写").status_code == 422
    assert stored(Evidence) == 0
