"""The whole ladder through the web door: sign, report, return, report again, accept; everything shows it."""

import io
from collections.abc import Callable
from datetime import date

from flask import Flask

from tests.assignments.acts import owed
from tests.client import Client
from tests.conftest import Ran
from tracker.db import db
from tracker.people import queries as people
from tracker.reminders.operations import plan_reminders

OnDay = Callable[[str], date]


def text(client: Client, address: str) -> str:
    """Fetch a page that must be there."""
    response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status}"
    return response.get_data(as_text=True)


def ask_for_closure(client: Client, assignment: int, done: str) -> None:
    """File a completion report with a file."""
    form = client.form(f"/assignments/{assignment}/report")
    proof = (io.BytesIO("签到表".encode()), "签到表.txt")
    assert client.submit(form, done=done, files=proof, intent="completion").status_code == 303


def decide(client: Client, assignment: int, decision: str, reason: str = "") -> int:
    """Send the review form."""
    form = client.form(f"/assignments/{assignment}", action="/review")
    return client.submit(form, decision=decision, reason=reason).status_code


def as_(client: Client, account: str) -> Client:
    """Let another person sit down."""
    client.logout()
    client.login(account)
    return client


def test_a_task_goes_round_the_loop_and_every_page_shows_it(
    seeded: Flask, client: Client, cli: Callable[..., Ran], on_day: OnDay
) -> None:
    on_day("2021-03-05")
    seven, songjiang = owed("7", "songjiang"), people.find_unit("松江").id
    client.login("songjiang-clerk")
    assert client.submit(client.form(f"/assignments/{seven}", action="/sign")).status_code == 303
    ask_for_closure(client, seven, "已承接社区矫正工作。")

    as_(client, "reviewer-xingfazhixing")
    assert f"/assignments/{seven}" in text(client, "/todo?tab=review")
    assert decide(client, seven, "return") == 422
    assert decide(client, seven, "return", "请补充委托手续。") == 303

    as_(client, "songjiang-clerk")
    assert f"/assignments/{seven}" in text(client, "/todo?tab=returned")
    assert "请补充委托手续。" in text(client, f"/assignments/{seven}")
    ask_for_closure(client, seven, "已补充委托手续。")
    as_(client, "reviewer-xingfazhixing")
    assert decide(client, seven, "accept") == 303

    as_(client, "supervisor")
    page = text(client, f"/assignments/{seven}")
    for said in ("签收", "申请办结", "退回", "请补充委托手续。", "审核通过", "第 2 版", "逾期后办结"):
        assert said in page
    assert f'href="/assignments/{seven}"' not in text(client, f"/overdue?district={songjiang}&level=district_bureau")
    assert f'href="/assignments/{seven}"' in text(client, f"/overdue?district={songjiang}&on=2021-03-04")
    assert "light-done_late" in text(client, "/matrix")
    assert "2021-03-05 逾期后办结" in text(client, f"/scores/{songjiang}")
    scores = {
        day: {row["district"]: row["score"] for row in cli("scores", "--on", day, "--json").json}["松江区司法局"]
        for day in ("2021-03-01", "2021-03-04", "2021-03-05", "2021-04-01")
    }
    assert scores == {"2021-03-01": "18", "2021-03-04": "18", "2021-03-05": "19", "2021-04-01": "13"}


def test_a_task_under_review_is_not_reminded_of_and_a_returned_one_is_again(
    seeded: Flask, client: Client, on_day: OnDay
) -> None:
    def reminded() -> set[str]:
        db.session.rollback()
        letters = [letter for letter in plan_reminders(date(2021, 3, 1)) if letter.recipient == "songjiang-clerk"]
        return {task["number"] for letter in letters for task in letter.tasks}

    on_day("2021-03-01")
    seven = owed("7", "songjiang")
    assert "7" in reminded()
    client.login("songjiang-clerk")
    client.submit(client.form(f"/assignments/{seven}", action="/sign"))
    ask_for_closure(client, seven, "已承接。")
    assert "7" not in reminded()
    as_(client, "reviewer-xingfazhixing")
    decide(client, seven, "return", "请补充。")
    assert "7" in reminded()
