"""What a case expects of the product, one function per word of the cases."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.assignments.acts import the_plan
from tests.matrix.attacks import Attack
from tests.matrix.kinds import KINDS, get
from tests.matrix.world import SUBJECTS, entries_since
from tests.web.conftest import same_page
from tracker import clock
from tracker.audit.models import Outcome
from tracker.db import db
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.reports.models import Report
from tracker.rules.reports import ReportState
from tracker.scoring.queries import scoreboard
from tracker.sealing import unseal

SECRETS = {"clerk_b": "huangpu-clerk", "sup<": ">supervisor<", "aud": ">auditor<", "任务1": '<td><a href="/'}
"""What must not be seen, by the words it has here."""

CHANCE = re.compile(r'\?v=[0-9a-f]+|name="csrf_token" value="[^"]*"')
"""What of a page is made of random signs, in which any two digits may stand."""

ACTS = {
    "report.create": ("save_report", "file_report"),
    "login.fail": ("login_refused",),
    "task.due": ("task_due",),
}
"""The cases' acts by the names they have on record here."""


def comparable(answer: TestResponse) -> Any:
    """Return what an onlooker can compare of two answers."""
    status, body, headers = same_page(answer)
    body = re.sub(r'(action|value|href)="[^"]*"', "", body)
    return status, body, [pair for pair in headers if pair[0] != "Location"]


def same_as_missing(attack: Attack, answer: TestResponse, place: Any) -> None:
    """Hold the answer against that for an id that is nowhere."""
    with attack.fire(attack.missing(place)) as other:
        assert comparable(other) == comparable(answer)


def location_local(attack: Attack, answer: TestResponse, place: Any) -> None:
    """A redirect stays here."""
    assert re.match(r"/(?![/\\])", answer.location), answer.location
    assert not urlsplit(answer.location).netloc
    assert "Set-Cookie: a=b" not in str(answer.headers)


def absent(attack: Attack, answer: TestResponse, place: Any) -> None:
    """Some words do not stand on the page."""
    page = CHANCE.sub("", answer.get_data(as_text=True))
    for word in attack.case["expect"]["absent"]:
        assert SECRETS.get(word, word) not in page


def absent_ids(attack: Attack, answer: TestResponse, place: Any) -> None:
    """No line of the list leads to what is beyond the person's scope."""
    beyond = attack.world.of(attack.subject, attack.case["expect"]["absent_ids"])
    page = answer.get_data(as_text=True)
    assert f"/assignments/{beyond.assignment}" not in page
    assert "/assignments/" in page


def headers(attack: Attack, answer: TestResponse, place: Any) -> None:
    """The answer's headers match."""
    for name, pattern in attack.case["expect"]["headers"].items():
        assert re.search(pattern, answer.headers[name]), name


def set_cookie(attack: Attack, answer: TestResponse, place: Any) -> None:
    """Every word stands in the cookie that was set."""
    for pattern in attack.case["expect"]["set_cookie"]:
        assert re.search(pattern, answer.headers["Set-Cookie"]), pattern


def fields_kept(attack: Attack, answer: TestResponse, place: Any) -> None:
    """What the form may not write stands as before."""
    clerk = attack.world.user("songjiang-clerk")
    assert (clerk.role, clerk.email, clerk.active) == ("clerk", "songjiang-clerk@example.invalid", True)
    for report in db.session.scalars(select(Report)):
        assert report.state in (ReportState.DRAFT, ReportState.FILED)
        assert (report.author_id, report.saved_at.year) == (clerk.id, 2021)
        assert report.assignment_id == place.assignment


def score_range(attack: Attack, answer: TestResponse, place: Any) -> None:
    """Every score lies between its bounds."""
    low, high = attack.case["expect"]["score_range"]
    assert all(low <= standing.points.score <= high for standing in scoreboard(the_plan(), clock.today()))


def mails(attack: Attack, answer: TestResponse, place: Any) -> None:
    """So many letters wait."""
    assert db.session.scalar(select(func.count()).select_from(Message)) == attack.case["expect"]["mails"]


def mail_links_base(attack: Attack, answer: TestResponse, place: Any) -> None:
    """Every link of every letter begins with the configured address."""
    base = attack.world.app.config["TRACKER_BASE_URL"]
    for letter in db.session.scalars(select(Message)):
        found = re.findall(r"https?://[^\s\"'<>]+", unseal(letter.body_text) + unseal(letter.body_html))
        assert all(link.startswith(base) for link in found)


def then_absent(attack: Attack, answer: TestResponse, place: Any) -> None:
    """Some words do not stand on the page that another opens afterwards."""
    page = _after(attack, place)
    for word in attack.case["expect"]["then_absent"]:
        assert word not in page


def then_absent_in_note(attack: Attack, answer: TestResponse, place: Any) -> None:
    """Nothing active stands where another reads the report."""
    page = _after(attack, place)
    shown = "".join(re.findall(r'<div class="written">(.*?)</div>', page, re.S))
    assert shown or answer.status_code == 422
    for word in attack.case["expect"]["then_absent_in_note"]:
        assert word not in shown, word


def _after(attack: Attack, place: Any) -> str:
    kind = attack.case.get("then_kind", "report.view")
    if kind == "report.view":
        kind = "asg.view"
    sent = KINDS[kind].send(attack.world, place)
    with attack.world.browser(attack.case["then"]).open(sent.address, method="GET") as answer:
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


def _export(attack: Attack, kind: str, place: Any) -> bytes:
    district = attack.world.place("7", "songjiang").unit
    address = get("/scores/{district}?format=" + kind)(attack.world, type(place)(0, 0, 0, district)).address
    with attack.world.browser(attack.case["then"]).get(address) as answer:
        assert answer.status_code == 200
        return answer.data


def export_safe(attack: Attack, answer: TestResponse, place: Any) -> None:
    """No cell of the CSV begins like a formula."""
    for row in csv.reader(io.StringIO(_export(attack, "csv", place).decode("utf-8-sig"))):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
            assert not cell.startswith("-") or re.fullmatch(r"-[\d.]+", cell), cell


def xlsx_no_formula(attack: Attack, answer: TestResponse, place: Any) -> None:
    """No cell of the workbook is a formula."""
    with zipfile.ZipFile(io.BytesIO(_export(attack, "xlsx", place))) as book:
        for name in book.namelist():
            assert b"<f>" not in book.read(name), name


def audit(attack: Attack, answer: TestResponse, place: Any, mark: int = 0) -> None:
    """The act is on record."""
    wanted = ACTS[attack.case["expect"]["audit"]]
    refused = attack.case["expect"]["audit"] == "login.fail"
    found = [entry for entry in entries_since(mark) if entry.act in wanted]
    assert found
    assert all((entry.outcome == Outcome.REFUSED) is refused for entry in found)
    assert refused or all(entry.account == SUBJECTS[attack.subject] for entry in found)


EXPECTATIONS: dict[str, Callable[[Attack, TestResponse, Any], None]] = {
    "same_as_missing": same_as_missing,
    "location_local": location_local,
    "absent": absent,
    "absent_ids": absent_ids,
    "headers": headers,
    "fields_kept": fields_kept,
    "score_range": score_range,
    "mails": mails,
    "mail_links_base": mail_links_base,
    "then_absent": then_absent,
    "then_absent_in_note": then_absent_in_note,
    "export_safe": export_safe,
    "xlsx_no_formula": xlsx_no_formula,
    "audit": audit,
}
"""What is looked at after the answer; status, seconds, unchanged and the rest are looked at by the test itself."""


def user_count() -> int:
    """Return how many accounts there are."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0
