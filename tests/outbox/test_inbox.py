"""A person's own letters: whatever channel they take, once each, and how many are unread."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.outbox.conftest import NOW, Clock
from tracker.db import transaction
from tracker.outbox import operations, queries
from tracker.outbox.channels import Addressee, NotNeeded, PermanentError
from tracker.outbox.claims import Claimed
from tracker.outbox.delivery import Delivered
from tracker.outbox.models import Message
from tracker.rules.permissions import Actor, Role

Queue = Callable[..., Message]
Deliver = Callable[..., Delivered]

ANNA = Actor(id=None, account="anna", name="安娜", role=Role.CLERK, unit_id=None)


def subjects(account: str = "anna") -> list[str]:
    return [row.subject for row in queries.inbox(account).rows]


def read(message_id: int | None = None, actor: Actor = ANNA) -> int:
    with transaction():
        return operations.mark_read(actor, NOW, message_id)


def test_the_inbox_holds_ones_own_letters_newest_first_and_no_copies(queue: Queue, deliver: Deliver) -> None:
    for fields in ({"subject": "一"}, {"subject": "二", "channel": "in_app"}, {"subject": "副本", "copy": True}):
        queue(recipient="anna", **fields)
    queue(recipient="bert", subject="别人的")
    deliver()
    assert subjects() == ["二", "一"]
    assert queries.unread_count("anna") == 2


def test_a_letter_is_marked_as_read_once_and_by_its_reader_alone(queue: Queue, deliver: Deliver) -> None:
    letters = [queue(recipient="anna") for _ in range(3)]
    theirs = queue(recipient="bert")
    assert read(letters[0].id) == 1
    assert read(letters[0].id) == 0
    assert read(theirs.id) == 0
    assert queries.unread_count("anna") == 2
    assert read() == 2
    assert queries.unread_count("anna") == 0
    assert queries.unread_count("bert") == 1


def test_a_letter_that_waits_for_its_hour_is_not_there_yet(queue: Queue, later: Clock) -> None:
    queue(recipient="anna", next_try_at=NOW + timedelta(hours=1))
    assert (subjects(), queries.unread_count("anna"), read()) == ([], 0, 0)
    later(hours=1)
    assert len(subjects()) == 1


def test_a_letter_that_mail_refused_is_there_all_the_same(queue: Queue, deliver: Deliver) -> None:
    def without_address(letter: Claimed) -> Addressee:
        return Addressee("", "松江区司法局 安娜")

    queue(recipient="anna", subject="重要")
    assert deliver(resolve=without_address) == Delivered(dead=1)
    assert subjects() == ["重要"]


@pytest.mark.parametrize("error", [PermanentError("收件人已调离"), NotNeeded("已全部办结")])
def test_a_letter_that_nobody_was_to_have_is_not_there(error: Exception, queue: Queue, deliver: Deliver) -> None:
    def nobody(letter: Claimed) -> Addressee:
        raise error

    queue(recipient="anna")
    assert deliver(resolve=nobody).sent == 0
    assert subjects() == []


def test_a_letter_reads_with_its_salutation(queue: Queue, deliver: Deliver) -> None:
    letter = queue(recipient="anna", body_text="正文")
    deliver(resolve=lambda _: Addressee("anna@example.invalid", "松江区司法局 安娜"))
    own = queries.own_letter("anna", letter.id)
    assert own is not None
    assert own.text == "松江区司法局 安娜：\n\n正文"
    assert queries.own_letter("bert", letter.id) is None


def test_the_inbox_is_paged(queue: Queue) -> None:
    for number in range(5):
        queue(recipient="anna", subject=str(number))
    page = queries.inbox("anna", page=2, size=2)
    assert ([row.subject for row in page.rows], page.total) == (["2", "1"], 5)
