"""Every page and every role: who may open what, written as one table."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.appraisal.acts import begin, put, unit
from tests.assignments.acts import OWNER, moment, owed, person, take, the_plan, unit_id
from tests.client import Client
from tests.factories import make_alias, make_endpoint, make_message, make_user
from tests.indicators.acts import open_round
from tests.makers import make_comment, make_extension
from tests.web.conftest import CLERK, PDF, same_page, token
from tests.web.routes import PAGES
from tracker.db import db, transaction
from tracker.plans.models import Task
from tracker.reports import operations as reports
from tracker.reports.models import Evidence
from tracker.reports.operations import Content, Upload
from tracker.rules.status import Move
from tracker.storage import keep

Visitor = Callable[[str], Client]

ROLES: dict[str, str] = {
    "admin": "admin",
    "supervisor": "supervisor",
    "leader": "leader",
    "auditor": "auditor",
    "reviewer": "reviewer-mishu",
    "lead": "songjiang-lead",
    "clerk": "songjiang-clerk",
    "office": "songjiang-office1",
    "anonymous": "",
}
"""An account of each role; the reviewer is of 秘书处, which task 1 names and task 7 does not."""


OPEN = ("/login", "/login/code", "/language", "/reset", "/reset/<token>", "/ballot/<token>")
"""Forms that ask for nobody signed in."""


@pytest.fixture
def places(seven: int, seeded: Flask) -> dict[str, int]:
    """The numbers that the addresses of the table need."""
    with transaction():
        kept = keep(seeded.config["TRACKER_DATA_DIR"], io.BytesIO(PDF), 1000)
        reports.file(
            person(CLERK),
            moment("2021-02-25"),
            seven,
            Content("已落实。"),
            token="form",
            version=0,
            uploads=[Upload("佐证.pdf", kept)],
        )
        letter, endpoint = make_message(recipient=CLERK).id, make_endpoint().id
        user = make_user(unit_id=unit_id("songjiang")).id
        alias = make_alias(organization_id=unit_id("songjiang")).id
        extension, comment = make_extension(assignment_id=seven).id, make_comment(assignment_id=seven).id
    return {
        "plan": the_plan().id,
        "task": db.session.query(Task).filter_by(number="7").one().id,
        "seven": seven,
        "evidence": db.session.query(Evidence).one().id,
        "report": db.session.query(Evidence).one().report_id,
        "extension": extension,
        "comment": comment,
        "songjiang": unit_id("songjiang"),
        "letter": letter,
        "endpoint": endpoint,
        "user": user,
        "alias": alias,
        "round": open_round(),
        "year": begin(),
        "section": unit("办公室"),
        "entry": put("办公室", "W1-3.1"),
    }


def expected(role: str) -> dict[tuple[str, str], int]:
    """Return what each entry of the table answers to a role."""
    answers = {}
    for key, (_, by_status) in PAGES.items():
        led_away = 302 if key[0] == "GET" else 401
        named = [status for status, roles in by_status.items() if role in roles.split()]
        answers[key] = named[0] if named else led_away
    return answers


def test_every_route_stands_in_the_table(seeded: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in seeded.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(PAGES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_says(visitor: Visitor, places: dict[str, int], role: str) -> None:
    browser = visitor(ROLES[role])
    sent = {"csrf_token": token(browser)}
    answers = {}
    for (method, rule), (address, _) in PAGES.items():
        if rule == "/logout":  # Whoever signed out everywhere comes back for it.
            browser = visitor(ROLES[role])
            sent = {"csrf_token": token(browser)}
        data = sent if method == "POST" else None
        with browser.open(address.format(**places), method=method, data=data) as response:
            answers[method, rule] = response.status_code
    assert answers == expected(role)


@pytest.mark.parametrize("role", ["supervisor", "clerk", "anonymous"])
def test_no_form_is_taken_without_its_token(visitor: Visitor, places: dict[str, int], role: str) -> None:
    browser, refused = visitor(ROLES[role]), {}
    for (method, rule), (address, _) in PAGES.items():
        code = 401 if role == "anonymous" and rule not in OPEN else 400
        words = (f"错误 {code}", "刷新后再试" if code == 400 else "重新登录")
        for data in [{}, {"csrf_token": "made-up"}] if method == "POST" else []:
            response = browser.post(address.format(**places), data=data)
            page = response.get_data(as_text=True)
            refused[rule, len(data)] = response.status_code == code and all(part in page for part in words)
    assert len(refused) > 300
    assert [form for form, is_refused in refused.items() if not is_refused] == []


def test_a_token_is_worth_nothing_in_another_session(visitor: Visitor, seven: int) -> None:
    foreign = token(visitor("huangpu-clerk"))
    response = visitor(CLERK).post("/logout", data={"csrf_token": foreign})
    assert response.status_code == 400


def test_nobody_signed_in_is_led_to_login_and_back(visitor: Visitor, seven: int) -> None:
    browser = visitor("")
    response = browser.get(f"/assignments/{seven}?x=1")
    assert (response.status_code, response.location) == (302, f"/login?next=/assignments/{seven}?x%3D1")
    form = browser.form(response.location)
    after = browser.submit(form, account=CLERK, password="Demo-2021!tracker")
    assert (after.status_code, after.location) == (303, f"/assignments/{seven}?x=1")


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("admin", "/admin/scheduler"),
        ("supervisor", "/overdue"),
        ("leader", "/overview"),
        ("auditor", "/admin/audit"),
        ("reviewer", "/todo"),
        ("lead", "/todo"),
        ("clerk", "/todo"),
        ("office", "/todo"),
    ],
)
def test_each_role_begins_where_its_work_is(visitor: Visitor, role: str, first: str) -> None:
    assert visitor(ROLES[role]).get("/").location == first


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_the_menu_leads_only_where_the_role_may_go(visitor: Visitor, role: str) -> None:
    browser = visitor(ROLES[role])
    page = browser.get("/help").get_data(as_text=True)
    menu = page.split('aria-label="主菜单"')[1].split("</nav>")[0]
    addresses = [
        part.split('"')[0] for part in menu.split('href="')[1:] if part.startswith("/") and "svg" not in part[:40]
    ]
    assert "/help" in addresses
    assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


# ---- foreign and missing look alike


FOREIGN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "assignment": ("GET", "/assignments/{}", {}),
    "report form": ("GET", "/assignments/{}/report", {}),
    "evidence": ("GET", "/evidence/{}", {}),
    "score": ("GET", "/scores/{}", {}),
    "letter": ("GET", "/inbox/{}", {}),
    "read": ("POST", "/inbox/{}/read", {}),
    "sign": ("POST", "/assignments/{}/sign", {}),
    "recall": ("POST", "/assignments/{}/recall", {}),
    "file": ("POST", "/assignments/{}/report", {"intent": "progress", "done": "x"}),
    "acknowledge": ("POST", "/todo/acknowledge", {"id": "{}"}),
    "delete": ("POST", "/evidence/{}/delete", {}),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("account", ["huangpu-clerk", "putuo-office1"])
def test_what_is_foreign_answers_exactly_as_what_is_missing(
    visitor: Visitor, places: dict[str, int], account: str, what: str
) -> None:
    method, address, data = FOREIGN[what]
    evidence = places["evidence"]
    letter = places["letter"]
    others = {"evidence": evidence, "delete": evidence, "score": places["songjiang"], "letter": letter, "read": letter}
    foreign = others.get(what, places["seven"])
    browser = visitor(account)
    sent = {"csrf_token": token(browser)} if method == "POST" else {}

    def ask(id_: int) -> Any:
        fields = {name: value.format(id_) for name, value in data.items()}
        answer = browser.open(address.format(id_), method=method, data={**fields, **sent} or None)
        return same_page(answer)

    found, missing = ask(foreign), ask(2_000_000)
    assert found == missing
    assert found[0] == 404


def test_a_reviewer_is_told_no_more_of_foreign_tasks_than_of_missing_ones(visitor: Visitor, seven: int) -> None:
    browser = visitor("reviewer-mishu")
    data = {"csrf_token": token(browser), "decision": "accept"}
    answers = [same_page(browser.post(f"/assignments/{id_}/review", data=data)) for id_ in (seven, 2_000_000)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_what_is_seen_but_not_ones_own_is_refused_in_words(visitor: Visitor, seeded: Flask) -> None:
    office = owed("7", "songjiang-yueyang")
    browser = visitor(CLERK)
    for address, data in (
        (f"/assignments/{office}/sign", {}),
        ("/todo/acknowledge", {"id": str(office)}),
        (f"/assignments/{office}/report", {"intent": "progress"}),
    ):
        response = browser.post(address, data={"csrf_token": token(browser), **data})
        assert response.status_code == 403
        assert "错误 403" in response.get_data(as_text=True)


def test_the_supervisor_is_refused_to_review_its_own_unit(visitor: Visitor, seeded: Flask) -> None:
    six = owed("6", OWNER)
    take("reviewer-cujinfazhi", Move.ACKNOWLEDGE, "2021-03-01", six)
    take("reviewer-cujinfazhi", Move.SUBMIT, "2021-03-01", six)
    browser = visitor("supervisor")
    page = browser.get(f"/assignments/{six}").get_data(as_text=True)
    assert "审核办结申请" not in page
    response = browser.post(f"/assignments/{six}/review", data={"csrf_token": token(browser), "decision": "accept"})
    assert response.status_code == 403
    assert "本单位不审核自己的事项" in response.get_data(as_text=True)
    assert "审核办结申请" in visitor("reviewer-bangongshi").get(f"/assignments/{six}").get_data(as_text=True)
