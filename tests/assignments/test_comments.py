"""Remarks: who adds them, who hides them, and what nobody can do."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, owed, person
from tracker.assignments import comments
from tracker.assignments.comments import LONGEST, CommentRefused
from tracker.assignments.models import Comment
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused

ACCOUNTS = (
    "admin",
    "supervisor",
    "leader",
    "auditor",
    "songjiang-lead",
    "songjiang-clerk",
    "songjiang-office1",
    "huangpu-lead",
    "huangpu-clerk",
    "putuo-office1",
    "reviewer-xingfazhixing",
    "reviewer-mishu",
)


def say(assignment_id: int, body: str = "请补充佐证。", account: str = "supervisor") -> int:
    """Add a remark; return it."""
    with transaction():
        return comments.add(person(account), moment("2021-03-01"), assignment_id, body).id


def hide(comment_id: int, reason: str = "含有个人信息", account: str = "supervisor") -> None:
    """Hide a remark."""
    with transaction():
        comments.hide(person(account), moment("2021-03-02"), comment_id, reason)


def number() -> int:
    """How many remarks there are."""
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def speaks(account: str, assignment_id: int) -> bool:
    """Tell whether someone may add a remark."""
    try:
        say(assignment_id, account=account)
    except Forbidden:
        return False
    return True


@pytest.mark.parametrize(
    ("unit", "speakers"),
    [
        ("songjiang", {"supervisor", "songjiang-lead", "songjiang-clerk", "reviewer-xingfazhixing"}),
        ("songjiang-yueyang", {"supervisor", "songjiang-lead", "songjiang-office1", "reviewer-xingfazhixing"}),
        ("xingfazhixing", {"supervisor", "reviewer-xingfazhixing"}),
    ],
)
def test_those_concerned_may_remark_and_nobody_else(seeded: Flask, unit: str, speakers: set[str]) -> None:
    seven = owed("7", unit)
    assert {account for account in ACCOUNTS if speaks(account, seven)} == speakers
    assert number() == len(speakers)


def test_a_remark_keeps_its_words_its_lines_and_its_author(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    say(seven, "  第一行\r\n<b>第二行</b> \n", "songjiang-lead")
    (comment,) = comments.of(seven)
    lead = person("songjiang-lead")
    assert (comment.body, comment.author_name, comment.author_unit) == (
        "第一行\n<b>第二行</b>",
        lead.name,
        lead.unit_name,
    )


@pytest.mark.parametrize("body", ["", "  \n\t ", "长" * (LONGEST + 1)], ids=["nothing", "blanks", "too long"])
def test_what_says_nothing_or_too_much_is_refused(seeded: Flask, body: str) -> None:
    with pytest.raises(CommentRefused):
        say(owed("7", "songjiang"), body)
    assert number() == 0


def test_a_remark_of_the_greatest_length_is_kept_whole(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    say(seven, "长" * LONGEST)
    assert len(comments.of(seven)[0].body) == LONGEST


def test_a_hidden_remark_keeps_its_text_and_says_who_and_why(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    hide(say(seven))
    (comment,) = comments.of(seven)
    assert (comment.body, comment.hidden_by, comment.hide_reason) == (
        "请补充佐证。",
        person("supervisor").name,
        "含有个人信息",
    )
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "hide_comment")).one()
    assert (entry.object_type, entry.object_id, entry.detail) == ("comment", comment.id, "含有个人信息")


def test_what_is_hidden_is_not_hidden_again(seeded: Flask) -> None:
    comment_id = say(owed("7", "songjiang"))
    hide(comment_id)
    with pytest.raises(MoveRefused, match="含有个人信息"):
        hide(comment_id, "另一个理由")


@pytest.mark.parametrize("reason", ["", "   ", "长" * 501], ids=["nothing", "blanks", "too long"])
def test_hiding_needs_a_reason(seeded: Flask, reason: str) -> None:
    comment_id = say(owed("7", "songjiang"))
    with pytest.raises(CommentRefused):
        hide(comment_id, reason)
    assert comments.of(owed("7", "songjiang"))[0].hidden_at is None


@pytest.mark.parametrize("account", [account for account in ACCOUNTS if account != "supervisor"])
def test_nobody_but_a_supervisor_hides_not_even_the_author(seeded: Flask, account: str) -> None:
    comment_id = say(owed("7", "songjiang"), account="songjiang-lead")
    with pytest.raises(Forbidden):
        hide(comment_id, account=account)
    assert comments.of(owed("7", "songjiang"))[0].hidden_at is None
