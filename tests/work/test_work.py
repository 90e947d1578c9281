"""Long work is asked for once, done by one, carried on after a death, stopped on request, and forgotten in the end."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.factories import make_user
from tracker import clock, works
from tracker.db import db, transaction
from tracker.people import queries as people
from tracker.rules.permissions import Action, Actor
from tracker.rules.words import say
from tracker.work import operations, queries
from tracker.work.models import Work, WorkState
from tracker.work.operations import Outcome, Stopped

AT = clock.utc()
LATER = AT + operations.HELD + timedelta(seconds=1)


@pytest.fixture
def actor(app: Flask) -> Actor:
    """Somebody with an account."""
    with transaction():
        user = make_user(role="admin")
        return people.actor_of(user)


def ask(actor: Actor, kind: str = "count", key: str = "once") -> int:
    with transaction():
        return operations.ask(actor, AT, kind, say("数到三"), {"to": 3}, key)


def claim(holder: str = "one", at: Any = AT) -> operations.Asked | None:
    with transaction():
        return operations.claim(holder, at)


def state(work_id: int) -> tuple[str, str]:
    db.session.expire_all()
    row = db.session.get_one(Work, work_id)
    return row.state, row.outcome


def never() -> bool:
    return False


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A kind of work that counts, and what it counted."""
    counted: list[int] = []

    def count(_: Any, __: Actor, arguments: Mapping[str, Any], step: works.Step) -> Outcome:
        for number in range(1, arguments["to"] + 1):
            step(number, arguments["to"])
            counted.append(number)
        return Outcome(say("数了 {n} 个", n=arguments["to"]), failures=[["项", "原因"], ["2", "不喜欢"]])

    monkeypatch.setitem(works.KINDS, "count", works.Kind(Action.OWN_ACCOUNT, count))
    return counted


def test_a_second_click_asks_for_nothing_more(actor: Actor) -> None:
    assert ask(actor) == ask(actor)
    assert ask(actor, key="another") != ask(actor)


def test_what_is_asked_for_is_done_with_its_progress(app: Flask, actor: Actor, counting: list[int]) -> None:
    number = ask(actor)
    assert queries.any_waiting(AT)
    assert works.work_off(app.config, "one", never) == 1
    piece = queries.own(actor, number)
    assert (piece.state, piece.done, piece.total, piece.outcome) == (WorkState.DONE, 3, 3, "数了 3 个")
    assert piece.failures == [["项", "原因"], ["2", "不喜欢"]]
    assert counting == [1, 2, 3]
    assert not queries.any_waiting(LATER)


def test_nobody_else_takes_what_is_in_hand(actor: Actor) -> None:
    ask(actor)
    assert claim("one")
    assert claim("two") is None


def test_what_a_dead_worker_left_is_taken_up_after_a_while(actor: Actor) -> None:
    number = ask(actor)
    first = claim("one")
    assert first
    second = claim("two", LATER)
    assert second
    assert second.id == number
    with pytest.raises(Stopped), transaction():
        operations.note(first, "one", LATER, 1, 3)


def test_what_nobody_began_is_stopped_at_once(actor: Actor) -> None:
    number = ask(actor)
    with transaction():
        assert operations.stop(actor, AT, number)
    assert state(number)[0] == WorkState.CANCELLED
    assert claim() is None


def test_what_is_going_on_stops_at_the_next_step(app: Flask, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def stubborn(_: Any, who: Actor, __: Any, step: works.Step) -> Outcome:
        step(1, 3)
        with transaction():
            operations.stop(who, AT, number)
        step(2, 3)
        return Outcome("nobody gets here")

    monkeypatch.setitem(works.KINDS, "count", works.Kind(Action.OWN_ACCOUNT, stubborn))
    number = ask(actor)
    works.work_off(app.config, "one", never)
    piece = queries.own(actor, number)
    assert (piece.state, piece.outcome, piece.done) == (WorkState.CANCELLED, "已按要求停下。", 1)


def test_an_error_is_told_in_words_and_keeps_nobody_from_the_next(
    app: Flask, actor: Actor, counting: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: Any) -> Outcome:
        raise RuntimeError("secret")

    monkeypatch.setitem(works.KINDS, "broken", works.Kind(Action.OWN_ACCOUNT, break_down))
    broken, good = ask(actor, "broken", "a"), ask(actor, "count", "b")
    assert works.work_off(app.config, "one", never) == 2
    assert state(broken)[0] == WorkState.FAILED
    assert "secret" not in state(broken)[1]
    assert state(good)[0] == WorkState.DONE


def test_who_may_no_longer_do_it_gets_nothing_done(app: Flask, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        works.KINDS, "count", works.Kind(Action.REVIEW, lambda *_: pytest.fail("an administrator reviews nothing"))
    )
    number = ask(actor)
    works.work_off(app.config, "one", never)
    assert state(number)[0] == WorkState.FAILED


def test_a_foreign_piece_is_like_a_missing_one(actor: Actor) -> None:
    number = ask(actor)
    with transaction():
        other = people.actor_of(make_user())
    with pytest.raises(Exception, match="No row was found"):
        queries.own(other, number)
    with transaction():
        assert not operations.stop(other, AT, number)


def test_what_ended_long_ago_is_forgotten_with_its_result(app: Flask, actor: Actor, counting: list[int]) -> None:
    number = ask(actor)
    works.work_off(app.config, "one", never)
    folder = Path(app.config["TRACKER_DATA_DIR"]) / works.FOLDER
    folder.mkdir(exist_ok=True)
    (folder / ("0" * 64)).write_bytes(b"x")
    with transaction():
        db.session.get_one(Work, number).ended_at = AT - operations.KEPT - timedelta(days=1)
    works.work_off(app.config, "one", never)
    assert queries.of(actor) == []
    assert list(folder.iterdir()) == []
