"""Two windows on one form: the slower one sees both contents, keeps what was typed, and may save it all the same."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.assignments.acts import owed, unit_id
from tests.client import Client, Form, FormReader
from tests.factories import make_endpoint
from tests.web.conftest import CLERK, REVIEWER, Visitor
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.web.conflicts import Compared, Part, compared


@dataclass(frozen=True)
class Case:
    """A form of a page, what the faster window sends, what the slower one; `said` is a word of each side."""

    account: str
    page: str
    action: str
    theirs: dict[str, Any]
    mine: dict[str, Any]
    said: tuple[str, str]
    first: str = ""
    pressed: dict[str, str] = field(default_factory=dict)


WHY = {"reason": "与文件核对。"}
CASES = {
    "report": Case(
        CLERK,
        "/assignments/{seven}/report",
        "/report",
        {"done": "甲写的。"},
        {"done": "乙写的。"},
        ("甲写的。", "乙写的。"),
        pressed={"intent": "draft"},
    ),
    "acceptance": Case(
        "supervisor", "/tasks/{task}", "/acceptance", {"acceptance": "甲。"}, {"acceptance": "乙。"}, ("甲。", "乙。")
    ),
    "text": Case(
        "supervisor",
        "/tasks/{task}",
        "/edit",
        {"text": "甲文。", **WHY},
        {"text": "乙文。", **WHY},
        ("甲文。", "乙文。"),
    ),
    "due": Case(
        "supervisor",
        "/tasks/{task}",
        "/due",
        {"due": "2021-08", **WHY},
        {"due": "2021-11", **WHY},
        ("2021-08-31", "2021-11"),
    ),
    "archive": Case(
        "supervisor",
        "/tasks/{task}",
        "/archive",
        {"text": "甲文。", **WHY},
        {"reason": "合并到别处。"},
        ("甲文。", "合并到别处。"),
        first="/edit",
    ),
    "terms": Case("supervisor", "/plans/1/settings", "", {"near_days": "5"}, {"near_days": "9"}, ("5", "9")),
    "rule": Case(
        "supervisor",
        "/plans/1/rule",
        "",
        {"base_points": "30", **WHY},
        {"base_points": "40", **WHY},
        ("30 分", "40 分"),
        pressed={"intent": "save"},
    ),
    "policy": Case(
        "supervisor",
        "/plans/1/reminders",
        "",
        {"daily_budget": "8"},
        {"daily_budget": "7"},
        ("8 项", "7 项"),
        pressed={"intent": "save"},
    ),
    "security": Case("admin", "/admin/security", "", {"lock_failures": "4"}, {"lock_failures": "6"}, ("4", "6")),
    "unit": Case(
        "admin",
        "/admin/units/{songjiang}",
        "/admin/units/{songjiang}$",
        {"phone": "021-1"},
        {"phone": "021-2"},
        ("021-1", "021-2"),
    ),
    "move": Case(
        "admin",
        "/admin/units/{office}",
        "/move",
        {"parent": "{huangpu}"},
        {"parent": "{qingpu}"},
        ("黄浦区司法局", "青浦区司法局"),
    ),
    "account": Case(
        "admin",
        "/admin/users/{clerk}",
        "/admin/users/{clerk}$",
        {"phone": "021-1"},
        {"phone": "021-2"},
        ("021-1", "021-2"),
    ),
    "role": Case(
        "admin", "/admin/users/{clerk}", "/role", {"role": "lead"}, {"role": "auditor"}, ("区局负责人", "审计员")
    ),
    "name": Case(CLERK, "/account", "/account$", {"display": "甲某"}, {"display": "乙某"}, ("甲某", "乙某")),
    "channel": Case("admin", "/admin/channels/{robot}", "", {"name": "甲群"}, {"name": "乙群"}, ("甲群", "乙群")),
    "reminders": Case(CLERK, "/settings/reminders", "/reminders$", {"hour": "9"}, {"hour": "10"}, ("9", "10")),
}


@pytest.fixture
def places(seven: int) -> dict[str, object]:
    """The numbers of what the pages are about."""
    with transaction():
        robot = make_endpoint(kind="wecom", name="督办群", url="https://robot.invalid/send?key=k", secret="SEC").id
    return {
        "seven": seven,
        "task": db.session.get_one(Assignment, owed("16", "songjiang")).task_id,
        "songjiang": unit_id("songjiang"),
        "huangpu": unit_id("huangpu"),
        "qingpu": unit_id("qingpu"),
        "office": unit_id("songjiang-yueyang"),
        "clerk": db.session.query(User).filter_by(account="songjiang-clerk").one().id,
        "robot": robot,
    }


def opened(browser: Client, page: str, action: str) -> Form:
    """Open a page and return its form."""
    return chosen(browser.forms(page), action)


def chosen(forms: list[Form], action: str) -> Form:
    """Return the form with a version that goes to an address."""
    found = [form for form in forms if form.method == "post" and "version" in form.fields]
    return next(form for form in found if re.search(action or ".", form.action))


def again(response: TestResponse, action: str) -> Form:
    """Return the form of an answer."""
    reader = FormReader(response.request.path)
    reader.feed(response.text)
    return chosen(reader.forms, action)


def sides(page: str) -> tuple[str, str]:
    """Return what stands on both sides of a page's comparison."""
    part = page.split('class="conflict-sides"')[1].split("</table>")[0]
    found = [
        " ".join(
            re.sub(r"<[^>]+>", "", cell) for cell in re.findall(rf'<td class="conflict-{side}".*?</td>', part, re.S)
        )
        for side in ("theirs", "mine")
    ]
    return html.unescape(found[0]), html.unescape(found[1])


@pytest.mark.parametrize("name", list(CASES))
def test_the_slower_window_sees_both_keeps_its_own_and_may_save_it(
    visitor: Visitor, places: dict[str, object], name: str
) -> None:
    case = CASES[name]
    page, action = case.page.format(**places), case.action.format(**places)
    typed = {field: value.format(**places) for field, value in case.mine.items()}
    faster, slower = visitor(case.account), visitor(case.account)
    late = opened(slower, page, action)
    first = opened(faster, page, case.first or action)
    done = faster.submit(first, **case.pressed, **{name: value.format(**places) for name, value in case.theirs.items()})
    assert done.status_code == 303, done.text

    refused = slower.submit(late, **case.pressed, **typed)
    assert refused.status_code == 409
    theirs, mine = sides(refused.text)
    assert case.said[0] in theirs
    assert case.said[1] in mine
    assert "不同" in refused.text.split('class="conflict-sides"')[1].split("</table>")[0]

    offered = again(refused, action)
    assert {field: offered.fields[field].strip() for field in typed} == typed
    button = re.search(r'<button class="btn btn-caution" type="submit" form="([^"]+)"', refused.text)
    assert button
    assert f'id="{button[1]}"' in refused.text
    assert slower.submit(offered, **case.pressed).status_code == 303


@pytest.mark.parametrize(
    ("act", "fields", "mine"),
    [
        ("review", {"decision": "return", "reason": "缺附件。"}, "退回修改 缺附件。"),
        ("supervise", {"move": "withdraw", "reason": "不再需要。"}, "撤销事项 不再需要。"),
    ],
)
def test_a_decision_that_came_too_late_stands_beside_what_happened(
    visitor: Visitor, seven: int, send: Any, act: str, fields: dict[str, str], mine: str
) -> None:
    send("completion")
    late = visitor("supervisor")
    form = late.form(f"/assignments/{seven}", f"/{act}")
    faster = visitor(REVIEWER)
    faster.submit(faster.form(f"/assignments/{seven}", "/review"), decision="accept", reason="材料齐全。")
    refused = late.submit(form, **fields)
    assert refused.status_code == 409
    theirs, typed = sides(refused.text)
    assert "审核通过" in theirs
    assert "材料齐全。" in theirs
    assert typed == mine


def test_a_form_to_close_a_unit_keeps_its_day(visitor: Visitor, seven: int) -> None:
    late, faster = visitor("admin"), visitor("admin")
    place = f"/admin/units/{unit_id('songjiang-yueyang')}"
    form = opened(late, place, "/close")
    faster.submit(opened(faster, place, f"{place}$"), phone="021-1")
    refused = late.submit(form, day="2021-07-01")
    assert refused.status_code == 409
    assert "2021-07-01 起停用" in sides(refused.text)[1]
    assert again(refused, "/close").fields["day"] == "2021-07-01"


# ---- the comparison


def told(found: Compared) -> list[tuple[str, list[Part], list[Part]]]:
    """Return the lines of a comparison."""
    return [(line.label, line.theirs, line.mine) for line in found.lines]


def test_only_the_clauses_that_differ_are_marked() -> None:
    found = compared({"text": "编制已落实，附件已传。"}, {"text": "编制已落实，附件待传。"})
    same = Part("编制已落实，", False)
    assert told(found) == [("", [same, Part("附件已传。", True)], [same, Part("附件待传。", True)])]


def test_fields_that_say_the_same_are_only_named() -> None:
    found = compared(
        {"fields": [("甲", "1"), ("乙", "2"), ("丙", "")]}, {"fields": [("甲", "1"), ("乙", ""), ("丁", "4")]}
    )
    assert found.same == ["甲"]
    assert told(found) == [
        ("乙", [Part("2", True)], []),
        ("丙", [], [Part("—", False)]),
        ("丁", [Part("—", False)], [Part("4", True)]),
    ]


def test_a_very_long_text_is_marked_as_a_whole() -> None:
    text = "字，" * 2000
    found = compared({"text": text}, {"text": f"{text}末"})
    assert told(found) == [("", [Part(text, True)], [Part(f"{text}末", True)])]
