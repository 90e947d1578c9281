"""Where a letter goes at the moment of sending: what changed since it was queued counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.factories import make_pause
from tests.reminders.test_reminders import remind
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.outbox import delivery
from tracker.outbox.channels import NotNeeded, PermanentError
from tracker.outbox.claims import Claimed
from tracker.outbox.models import Message, MessageState
from tracker.people.models import Organization, User
from tracker.people.queries import by_slug
from tracker.reminders.addressing import addressee, addressees
from tracker.rules.status import Status

DAY = date(2021, 3, 1)
CLERK = "songjiang-clerk"


@pytest.fixture
def letter(seeded: Flask) -> Callable[..., Claimed]:
    """Queue the letters of 1 March and return Songjiang's as its sender sees it."""
    remind("2021-03-01")

    def claimed(**fields: Any) -> Claimed:
        row = db.session.scalars(select(Message).where(Message.recipient == CLERK)).one()
        known = {name: getattr(row, name) for name in Claimed.__dataclass_fields__ if hasattr(row, name)}
        return Claimed(**{**known, "text": row.body_text, "html": row.body_html, **fields})

    return claimed


def change_user(**values: object) -> None:
    with transaction():
        db.session.execute(update(User).where(User.account == CLERK).values(**values))


def test_a_letter_goes_to_the_present_address_with_the_present_names(letter: Callable[..., Claimed]) -> None:
    change_user(email="new@example.invalid", name="新经办")
    with transaction():
        db.session.execute(update(Organization).where(Organization.slug == "songjiang").values(name="松江区新司法局"))
    found = addressee(letter(), DAY)
    assert (found.address, found.salutation) == ("new@example.invalid", "松江区新司法局 新经办")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"active": False}, "停用"),
        ({"valid_until": DAY}, "到期"),
    ],
)
def test_somebody_who_must_not_get_it_gets_nothing(
    letter: Callable[..., Claimed], values: dict[str, object], why: str
) -> None:
    change_user(**values)
    with pytest.raises(PermanentError, match=why):
        addressee(letter(), DAY)


def test_somebody_who_moved_gets_nothing_of_the_old_unit(letter: Callable[..., Claimed]) -> None:
    other = by_slug("putuo")
    assert other
    change_user(unit_id=other.id)
    with pytest.raises(PermanentError, match="已调到普陀区司法局"):
        addressee(letter(), DAY)


def test_a_unit_that_was_closed_gets_nothing(letter: Callable[..., Claimed]) -> None:
    with transaction():
        db.session.execute(update(Organization).where(Organization.slug == "songjiang").values(valid_until=DAY))
    with pytest.raises(PermanentError, match="撤销"):
        addressee(letter(), DAY)


def test_an_account_that_is_gone_gets_nothing(letter: Callable[..., Claimed]) -> None:
    with pytest.raises(PermanentError, match="不存在"):
        addressee(letter(recipient="nobody"), DAY)


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.EXEMPT, Status.WITHDRAWN, Status.UNDER_REVIEW])
def test_a_letter_whose_every_task_was_done_meanwhile_is_not_sent(
    letter: Callable[..., Claimed], status: Status
) -> None:
    done = DAY if status is Status.COMPLETED else None
    with transaction():
        db.session.execute(update(Assignment).values(status=status, completed_on=done))
    with pytest.raises(NotNeeded, match="不再需要"):
        addressee(letter(), DAY)


def test_a_letter_about_what_was_paused_meanwhile_is_not_sent(letter: Callable[..., Claimed]) -> None:
    with transaction():
        for id_ in db.session.scalars(select(Assignment.id)):
            make_pause(assignment_id=id_, first_day=DAY, until_day=date(2021, 4, 1))
    with pytest.raises(NotNeeded):
        addressee(letter(), DAY)


def test_a_superior_is_not_told_of_what_was_signed_for_meanwhile(letter: Callable[..., Claimed]) -> None:
    told = letter()
    lead = db.session.scalars(select(Message).where(Message.recipient == "songjiang-lead")).one()
    found = replace(told, id=lead.id, key=lead.key, recipient=lead.recipient)
    assert addressee(found, DAY)
    with transaction():
        db.session.execute(update(Assignment).values(status=Status.IN_PROGRESS))
    with pytest.raises(NotNeeded):
        addressee(found, DAY)


def test_a_letter_with_one_open_task_is_sent(letter: Callable[..., Claimed]) -> None:
    with transaction():
        db.session.execute(update(Assignment).where(Assignment.due_on < DAY).values(status=Status.EXEMPT))
    assert addressee(letter(), DAY).address == f"{CLERK}@example.invalid"


def test_each_channel_has_its_own_address(letter: Callable[..., Claimed]) -> None:
    change_user(phone="13900000000")
    assert addressee(letter(channel="in_app"), DAY).address == CLERK
    assert addressee(letter(channel="wecom"), DAY).address == "13900000000"


def test_without_a_mail_address_the_letter_is_given_up_and_says_so(
    letter: Callable[..., Claimed], seeded: Flask
) -> None:
    letter()
    change_user(email="")
    delivery.deliver(seeded.config, addressees(DAY))
    dead = db.session.scalars(select(Message).where(Message.recipient == CLERK)).one()
    db.session.refresh(dead)
    assert (dead.state, "没有登记电子邮箱" in dead.error) == (MessageState.DEAD, True)


def test_what_was_queued_goes_out_with_its_greeting_and_that_is_on_record(
    letter: Callable[..., Claimed], seeded: Flask
) -> None:
    letter()
    change_user(name="新经办")
    delivery.deliver(seeded.config, addressees(DAY))
    sent = db.session.scalars(select(Message).where(Message.recipient == CLERK)).one()
    db.session.refresh(sent)
    assert (sent.state, sent.salutation) == (MessageState.SENT, "松江区司法局 新经办")
    [file] = (seeded.config["TRACKER_DATA_DIR"] / "outbox").glob(f"*_{CLERK}_*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("松江区司法局 新经办：")
