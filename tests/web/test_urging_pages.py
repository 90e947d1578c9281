"""催办 at the browser: tick, preview, send, and see it on the list, the assignment and in the export; pausing."""

import io
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import owed, person, take
from tests.client import Client
from tests.factories import make_pause
from tests.web.conftest import CLERK, PDF, REVIEWER, file, follow, same_page, token
from tests.web.test_exports import csv_rows, workbook
from tests.web.test_hostile import IDS, require_words
from tracker.db import db, transaction
from tracker.outbox.models import Message, MessageAttachment
from tracker.reminders import pauses
from tracker.reminders.models import Urge
from tracker.rules.status import Move
from tracker.web.urging import views

Visitor = Callable[[str], Client]


@pytest.fixture
def supervisor(visitor: Visitor) -> Client:
    """A supervisor at the browser."""
    return visitor("supervisor")


def preview(browser: Client, ids: list[int], **fields: Any) -> TestResponse:
    """Tick rows and press 催办."""
    data = {"csrf_token": token(browser), "id": ids, "back": "/overdue?level=district_bureau", **fields}
    return browser.post("/urge/preview", data=data)


def send(browser: Client, ids: list[int], text: str = "请抓紧办理。", **fields: Any) -> TestResponse:
    """Send the form of the preview."""
    named = ",".join(map(str, ids))
    data = {"csrf_token": token(browser), "ids": named, "text": text, "back": "/overdue?sort=unit", **fields}
    return browser.post("/urge", data=data)


def count(model: Any = Urge) -> int:
    """How many 催办 there are, or rows of another table."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# ---- from the list to the letters


@pytest.mark.parametrize("subject", ["催办\r\nBcc: a@evil.example", "催" * 61, "催办\u00ad二"])
def test_a_subject_that_is_no_plain_line_is_refused_and_kept(visitor: Visitor, seven: int, subject: str) -> None:
    supervisor = visitor("supervisor")
    answer = supervisor.post(
        f"/assignments/{seven}/urge",
        data={"csrf_token": token(supervisor), "text": "请抓紧", "subject": subject},
    )
    assert answer.status_code == 422
    assert "请抓紧" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_subject_of_the_senders_own_heads_the_letter(visitor: Visitor, seven: int) -> None:
    supervisor = visitor("supervisor")
    data = {"csrf_token": token(supervisor), "text": "请抓紧", "subject": "三月份前办结"}
    assert supervisor.post(f"/assignments/{seven}/urge", data=data).status_code == 303
    assert set(db.session.scalars(select(Message.subject))) == {"三月份前办结"}


def test_ticked_rows_are_previewed_sent_and_counted_on_the_list(supervisor: Client, seven: int) -> None:
    eight, other = owed("8", "songjiang"), owed("7", "huangpu")
    form = supervisor.form("/overdue?level=district_bureau", action="/urge/preview")
    assert form.fields["back"] == "/overdue?level=district_bureau"
    page = supervisor.submit(form, id=[seven, eight, other])
    assert page.status_code == 200
    assert "将向 2 人各发 1 封信，涉及 3 项" in page.text
    assert person(CLERK).name in page.text
    assert count() == 0

    answer = send(supervisor, [seven, eight, other])
    assert (answer.status_code, answer.location) == (303, "/overdue?sort=unit")
    assert "已向 2 人发出催办信 2 封，涉及 3 项。" in supervisor.get(answer.location).text
    assert (count(), count(Message)) == (3, 2)

    again = send(supervisor, [seven, owed("7", "jingan")])
    assert "已向 1 人发出催办信 1 封，涉及 1 项；1 项未催（24 小时内已催办）。" in follow(supervisor, again)
    none = send(supervisor, [seven])
    assert "没有发出催办信：1 项未催（24 小时内已催办）。" in follow(supervisor, none)
    assert count() == 4

    rows = csv_rows(supervisor, "/overdue?level=district_bureau&format=csv")
    told = {(row[0], row[2]): (row[7], row[8]) for row in rows}
    assert told["7", "松江区司法局"][0] == "1"
    assert told["7", "松江区司法局"][1].endswith(person("supervisor").name)
    assert told["7", "徐汇区司法局"] == ("0", "")
    assert workbook(supervisor, "/overdue?level=district_bureau&format=xlsx", heads=True)[0][0][7:9] == [
        "催办次数",
        "上次催办",
    ]


def test_several_reasons_are_told_one_by_one(supervisor: Client, seven: int) -> None:
    eight = owed("8", "songjiang")
    with transaction():
        make_pause(assignment_id=eight, first_day=pauses.date(2021, 6, 1), until_day=pauses.date(2021, 7, 1))
    send(supervisor, [seven])
    page = follow(supervisor, send(supervisor, [seven, eight]))
    assert "2 项未催（" in page
    assert "24 小时内已催办 1 项" in page
    assert "已暂停提醒 1 项" in page


def test_what_is_left_out_stands_on_the_preview_with_its_reason(supervisor: Client, seven: int) -> None:
    send(supervisor, [seven])
    page = preview(supervisor, [seven]).text
    assert "所选事项现在都不能催办" in page
    assert "以后可以再催" in page
    assert 'action="/urge"' not in page


def test_a_template_replaces_the_text_without_any_script(supervisor: Client, seven: int) -> None:
    texts = {}
    for word in ("plain", "overdue", "summary", "made-up"):
        page = preview(supervisor, [seven], template=word, text="原来的文字").text
        texts[word] = re.findall(r"<textarea[^>]*>\s*([^<]*)</textarea>", page)[0]
    assert len(set(texts.values())) == 3
    assert texts["made-up"] == texts["overdue"]
    assert "原来的文字" not in texts.values()


def test_a_refused_text_keeps_the_form_and_sends_nothing(supervisor: Client, seven: int) -> None:
    for written, words in (("", "请写明催办的内容"), ("字" * 501, "现有 501 字")):
        answer = send(supervisor, [seven], text=written)
        assert answer.status_code == 422
        assert words in answer.text
        assert f'name="ids" value="{seven}"' in answer.text
        assert written in answer.text
    assert count() == 0


def test_an_attachment_goes_with_the_letters(supervisor: Client, seven: int) -> None:
    answer = send(supervisor, [seven, owed("7", "huangpu")], files=[file("督办单.pdf")])
    assert answer.status_code == 303
    names = db.session.scalars(select(MessageAttachment.name)).all()
    assert names == ["督办单.pdf"] * 2


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        ([("a.exe", PDF)], 415, "不能上传“a.exe”"),
        ([("a.pdf", b"")], 422, "是空文件"),
        ([("a.docx", PDF)], 415, "与扩展名 .docx 不符"),
        ([("a.pdf", PDF)] * 4, 422, "最多附 3 个文件"),
    ],
)
def test_a_file_that_will_not_do_stops_the_letters(
    supervisor: Client, seven: int, files: list[tuple[str, bytes]], code: int, words: str
) -> None:
    answer = send(supervisor, [seven], files=[(io.BytesIO(content), name) for name, content in files])
    assert answer.status_code == code
    assert words in answer.text
    assert count() == 0


def test_a_file_that_is_too_large_for_mail_stops_the_letters(
    supervisor: Client, seven: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MAX_FILE_MB", 0)
    answer = send(supervisor, [seven], files=[file("督办单.pdf")])
    assert (answer.status_code, count()) == (413, 0)
    assert "“督办单.pdf”太大：单个文件不能超过 0 MB" in answer.text


# ---- one assignment


def test_an_assignment_is_urged_from_its_page_and_tells_so(supervisor: Client, seven: int) -> None:
    page = supervisor.submit(supervisor.form(f"/assignments/{seven}", action="/urge"))
    assert page.status_code == 200
    assert f'name="back" value="/assignments/{seven}"' in page.text
    answer = send(supervisor, [seven], text="请于本周内反馈。", back=f"/assignments/{seven}")
    told = follow(supervisor, answer)
    assert "已向 1 人发出催办信 1 封，涉及 1 项。" in told
    assert "催办，发出催办信 1 封" in told
    assert "请于本周内反馈。" in told
    assert "邮件待发送" in told
    assert "<dt>催办次数</dt><dd>1</dd>" in told


@pytest.mark.parametrize(
    ("account", "unit", "status"),
    [
        ("supervisor", "songjiang", 303),
        (REVIEWER, "songjiang", 303),
        ("songjiang-lead", "songjiang-yueyang", 303),
        ("songjiang-lead", "songjiang", 403),
        ("songjiang-lead", "huangpu", 404),
        ("reviewer-mishu", "songjiang", 404),
        (CLERK, "songjiang", 403),
        ("leader", "songjiang", 403),
        ("auditor", "songjiang", 403),
    ],
)
def test_one_post_with_a_text_urges_at_once_whoever_may(visitor: Visitor, account: str, unit: str, status: int) -> None:
    browser, id_ = visitor(account), owed("7", unit)
    answer = browser.post(f"/assignments/{id_}/urge", data={"csrf_token": token(browser), "text": "请抓紧"})
    assert answer.status_code == status
    assert count() == (status == 303)


def test_a_foreign_assignment_answers_like_a_missing_one(visitor: Visitor, seven: int) -> None:
    browser = visitor("reviewer-mishu")
    data = {"csrf_token": token(browser), "text": "请抓紧"}
    for address in ("/assignments/{}/urge", "/urge", "/urge/preview"):
        answers = [same_page(browser.post(address.format(id_), data={**data, "id": id_})) for id_ in (seven, 2_000_000)]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404


def test_what_was_urged_stands_in_the_units_own_tab_until_it_is_submitted(
    visitor: Visitor, supervisor: Client, seven: int
) -> None:
    clerk = visitor(CLERK)
    assert "没有被催办的事项" in clerk.get("/todo?tab=urged").text
    send(supervisor, [seven])
    assert f'href="/assignments/{seven}"' in clerk.get("/todo?tab=urged").text
    assert f'href="/assignments/{seven}"' not in visitor("huangpu-clerk").get("/todo?tab=urged").text
    take(CLERK, Move.SUBMIT, "2021-06-24", seven)
    assert f'href="/assignments/{seven}"' not in clerk.get("/todo?tab=urged").text


# ---- what is sent by hand


def test_hostile_numbers_are_simply_not_there(supervisor: Client) -> None:
    for id_ in IDS:
        if id_ not in ("01", "00"):
            for field in ("id", "ids"):
                data = {"csrf_token": token(supervisor), field: id_.replace("%00", "x"), "text": "x"}
                for address in ("/urge/preview", "/urge"):
                    require_words(supervisor.post(address, data=data), 404)
    assert count() == 0


def test_nothing_ticked_and_too_much_ticked_lead_back_with_words(supervisor: Client) -> None:
    for act in (preview, send, partial(send, text="")):
        for ids, words in (([], "请先勾选要催办的事项"), (list(range(1, 502)), "一次最多催办 500 项")):
            answer = act(supervisor, ids)
            assert answer.status_code == 303
            assert words in follow(supervisor, answer)


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/overdue@evil", "/\\evil", "/login?next=//evil", "javascript:x"]
)
def test_nobody_is_led_away_from_our_own_lists(supervisor: Client, seven: int, back: str) -> None:
    assert send(supervisor, [seven], back=back).location == "/overdue"
    assert back not in preview(supervisor, [owed("8", "songjiang")], back=back).text


def test_boxes_are_for_those_who_may_urge_and_for_today(visitor: Visitor, seven: int) -> None:
    today = "/overdue?level=district_bureau"
    assert f"name=id value={seven} " in visitor("supervisor").get(today).text
    for account, address in ((CLERK, today), ("leader", today), ("supervisor", f"{today}&on=2021-06-01")):
        page = visitor(account).get(address).text
        assert "催办次数" in page
        assert "name=id " not in page
    lead = visitor("songjiang-lead").get("/overdue").text
    assert f"name=id value={seven} " not in lead
    assert f"name=id value={owed('7', 'songjiang-yueyang')} " in lead


# ---- pauses


def test_a_supervisor_pauses_and_resumes_from_the_page(visitor: Visitor, supervisor: Client, seven: int) -> None:
    form = supervisor.form(f"/assignments/{seven}", action="/pause")
    page = follow(supervisor, supervisor.submit(form, until="2021-07-01", why="涉疫管控"))
    assert "已暂停提醒，2021-07-01 恢复。得分和逾期照常计算。" in page
    for account in ("supervisor", CLERK):
        page = visitor(account).get(f"/assignments/{seven}").text
        assert "已暂停，2021年7月1日恢复" in page
        assert "涉疫管控" in page
        assert ("/pause" in page) == (account == "supervisor")
    resumed = supervisor.submit(supervisor.form(f"/assignments/{seven}", action="/resume"))
    assert "已恢复提醒。" in follow(supervisor, resumed)
    again = supervisor.post(f"/assignments/{seven}/resume", data={"csrf_token": token(supervisor)})
    assert "提醒没有暂停" in follow(supervisor, again)


@pytest.mark.parametrize(
    ("until", "why", "words"),
    [
        ("", "x", "请填写恢复提醒的日期"),
        ("tomorrow", "x", "应写成 2021-03-01 的形式"),
        ("2021-06-24", "x", "应在明天到"),
        ("2022-06-24", "x", "最多暂停 180 天"),
        ("2021-07-01", " ", "请写明暂停的理由"),
        ("9" * 5000, "x", "应写成"),
    ],
)
def test_a_refused_pause_keeps_what_was_written(
    supervisor: Client, seven: int, until: str, why: str, words: str
) -> None:
    data = {"csrf_token": token(supervisor), "until": until, "why": why}
    answer = supervisor.post(f"/assignments/{seven}/pause", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{until}"' in answer.text
    assert "<details open>" in answer.text
    assert pauses.of(seven) == []


def test_a_pause_of_what_is_not_there_is_not_found(seeded: Flask, supervisor: Client) -> None:
    data = {"csrf_token": token(supervisor), "until": "2021-07-01", "why": "x"}
    for action in ("pause", "resume"):
        require_words(supervisor.post(f"/assignments/2000000/{action}", data=data), 404)
