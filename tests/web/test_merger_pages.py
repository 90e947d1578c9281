"""Merging a unit into another: the preview, its confirmation, and what is refused."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from tests.assignments.acts import complete, owed, take, unit_id
from tests.assignments.test_extensions import ask, decide
from tests.client import Client, Form, FormReader
from tests.web.conftest import Visitor, follow
from tests.web.test_unit_pages import act, page, unit
from tracker.assignments.models import Assignment, StatusChange
from tracker.audit.models import AuditEntry
from tracker.db import FOREVER, db, transaction
from tracker.people.models import OrganizationAlias
from tracker.rules.status import Move, Status

DAY = date(2021, 6, 24)


@pytest.fixture
def admin(visitor: Visitor) -> Client:
    """The administrator at the browser."""
    return visitor("admin")


def look(admin: Client, slug: str, into: str, **query: str) -> TestResponse:
    """Open the preview of a merger."""
    return admin.get(f"{page(slug)}/merge", query_string={"into": str(unit_id(into)), **query})


def merger(admin: Client, slug: str, into: str, **query: str) -> Form:
    """Return the form of a preview's button."""
    reader = FormReader("")
    reader.feed(look(admin, slug, into, **query).text)
    return next(form for form in reader.forms if form.method == "post" and form.action.endswith("/merge"))


def confirm(admin: Client, slug: str, into: str, **query: str) -> TestResponse:
    """Press the button of a preview."""
    return admin.submit(merger(admin, slug, into, **query))


def test_a_preview_tells_everything_and_writes_nothing(admin: Client) -> None:
    take("chongming-clerk", Move.ACKNOWLEDGE, "2021-03-01", owed("7", "chongming"))
    before = db.session.query(AuditEntry).count()
    answer = look(admin, "chongming", "baoshan", on=DAY.isoformat())
    assert answer.status_code == 200
    for words in ("未办结事项 28 项：撤销 <b>28</b> 项", "人员", "崇明区局", "尚未办理"):
        assert words in answer.text
    assert db.session.query(AuditEntry).count() == before
    assert unit("chongming").valid_until == FOREVER


def test_a_confirmed_merger_is_done_and_leads_to_the_successor(admin: Client) -> None:
    shown = follow(admin, confirm(admin, "chongming", "baoshan"))
    assert "崇明区司法局已并入宝山区司法局：转由承接 0 项，撤销 28 项" in shown
    assert unit("chongming").successor_id == unit_id("baoshan")
    assert "已并入宝山区司法局" in admin.get("/admin/units").text


def test_a_merger_that_changed_meanwhile_shows_a_new_preview(admin: Client) -> None:
    form = merger(admin, "chongming", "baoshan")
    complete("7", "chongming", "reviewer-xingfazhixing", "2021-06-24")
    answer = admin.submit(form)
    assert answer.status_code == 409
    assert "预览之后情况有变动" in answer.text
    assert "撤销 <b>27</b> 项" in answer.text
    assert unit("chongming").valid_until == FOREVER
    assert Status.WITHDRAWN not in set(
        db.session.scalars(select(Assignment.status).where(Assignment.unit_id == unit_id("chongming")))
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"on": "2021-06-23"}, "合并当天办理"),
        ({"on": (DAY + timedelta(days=1)).isoformat()}, "合并当天办理"),
        ({"on": "明天"}, "合并日期应写成"),
        ({"into": "999999"}, "没有这个单位"),
    ],
)
def test_a_merger_that_cannot_be_previewed_says_why(admin: Client, query: dict[str, str], said: str) -> None:
    answer = admin.get(f"{page('chongming')}/merge", query_string={"into": str(unit_id("baoshan")), **query})
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("digest", ["", "x", "0" * 64])
def test_a_merger_without_its_preview_is_refused(admin: Client, digest: str) -> None:
    answer = admin.submit(merger(admin, "chongming", "baoshan"), digest=digest)
    assert answer.status_code == (409 if len(digest) == 64 else 422)
    assert unit("chongming").valid_until == FOREVER


def test_a_merged_unit_is_opened_again_once_its_names_are_free(admin: Client) -> None:
    confirm(admin, "chongming", "baoshan")
    answer = act(admin, "chongming", "reopen")
    assert answer.status_code == 409
    assert "请先到该单位的页面删除这个别名" in answer.text
    for name in ("崇明", "崇明区司法局"):
        alias = db.session.scalars(
            select(OrganizationAlias.id).where(
                OrganizationAlias.name == name, OrganizationAlias.organization_id == unit_id("baoshan")
            )
        ).one()
        act(admin, "baoshan", f"aliases/{alias}/remove")
    assert act(admin, "chongming", "reopen").status_code == 303
    assert (unit("chongming").valid_until, unit("chongming").successor_id) == (FOREVER, None)


def test_the_successors_page_counts_the_extensions_that_were_granted_before(admin: Client, visitor: Visitor) -> None:
    old, lacked = owed("20", "chongming"), owed("20", "baoshan")
    with transaction():
        db.session.execute(delete(StatusChange).where(StatusChange.assignment_id == lacked))
        db.session.execute(delete(Assignment).where(Assignment.id == lacked))
    decide(ask(old, date(2022, 1, 31), "2021-06-01", "chongming-lead"), day="2021-06-02")
    confirm(admin, "chongming", "baoshan")
    shown = visitor("supervisor").get(f"/assignments/{owed('20', 'baoshan')}").text
    assert "已延期 1 次，原定" in shown
    assert "人员调整" in shown
