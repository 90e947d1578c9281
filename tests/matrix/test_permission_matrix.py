"""Every cell of the permission matrix, tried over HTTP: who may do what to whose records."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from flask import Flask
from werkzeug.test import TestResponse

from tests.matrix.kinds import KINDS, Sent, missing, target
from tests.matrix.world import SUBJECTS, World, digest, entries_since, newest_entry, refused_since
from tests.web.conftest import same_page
from tests.web.routes import PAGES

MATRIX: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "permission_matrix.yaml").read_text("utf-8"))


class Cell(NamedTuple):
    """One line of the matrix."""

    kind: str
    subject: str
    scope: str
    answer: str


CELLS = [Cell(*line) for line in MATRIX["permissions"]]
CHANGING = [cell for cell in CELLS if cell.answer == "allow" and MATRIX["endpoints"][cell.kind]["method"] == "POST"]
STANDING = [cell for cell in CELLS if cell not in set(CHANGING)]
"""Cells after which the records are as before: they can be tried one after the other on the same records."""


@pytest.fixture
def world(seeded: Flask, on_day: Callable[[str], date]) -> Iterator[World]:
    """The records of this test's own database."""
    return World(seeded, on_day)


def ask(world: World, cell: Cell, sent: Sent) -> TestResponse:
    """Send a request as the cell's subject."""
    data = sent.data(world.token(cell.subject)) if sent.method == "POST" else None
    return world.browser(cell.subject).open(sent.address, method=sent.method, data=data)


def comparable(answer: TestResponse) -> Any:
    """Return what an onlooker can compare, but for the request's number, the form's token and the address asked for."""
    status, body, headers = same_page(answer)
    return status, re.sub(r'action="[^"]*"', "", body), [pair for pair in headers if pair[0] != "Location"]


def test_every_kind_of_the_matrix_is_done_somewhere_and_every_route_stands_in_a_cell(seeded: Flask) -> None:
    assert len(CELLS) == MATRIX["meta"]["cells"]
    assert set(KINDS) == set(MATRIX["endpoints"]) == {cell.kind for cell in CELLS}
    assert set(SUBJECTS) == set(MATRIX["subjects"])
    routes = {
        (method, rule.rule)
        for rule in seeded.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(PAGES), "a route without a line in tests/web/routes"


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_look_and_who_is_refused(
    world: World, kind: str, record_property: Callable[[str, object], None]
) -> None:
    cells = [cell for cell in STANDING if cell.kind == kind]
    for cell in cells:
        world.token(cell.subject)
    prepared = [(cell, target(world, KINDS[kind], cell.subject, cell.scope)) for cell in cells]
    requests = [(cell, place, KINDS[kind].send(world, place)) for cell, place in prepared]
    mark, before = newest_entry(), digest()
    wrong = {}
    for cell, place, sent in requests:
        problem = _standing(world, cell, sent, KINDS[kind].send(world, missing(KINDS[kind], place)), mark)
        if problem:
            wrong[cell] = problem
    assert wrong == {}
    assert digest() == before
    record_property("matrix_cells", len(cells))


def _standing(world: World, cell: Cell, sent: Sent, nowhere: Sent, mark: int) -> str:
    """Return what is wrong with the answer to a cell that changes nothing, or an empty string."""
    with ask(world, cell, sent) as answer:
        code = answer.status_code
        if cell.answer == "allow":
            return "" if code == 200 else f"{code} instead of 200"
        if cell.answer == "login":
            led = code in (302, 303) and answer.location.startswith("/login") if sent.method == "GET" else code == 401
            return "" if led else f"{code} instead of the login page"
        if cell.answer == "deny" and code != 403:
            return f"{code} instead of 403"
        if cell.answer == "hide" and code not in (403, 404):
            return f"{code} instead of 404"
        if not refused_since(mark, SUBJECTS[cell.subject], sent.method, sent.address):
            return "the refusal is not on record"
        if cell.answer == "hide":
            with ask(world, cell, nowhere) as other:
                return "" if comparable(other) == comparable(answer) else "a foreign record is not like a missing one"
    return ""


@pytest.mark.parametrize("cell", CHANGING, ids=lambda cell: "-".join(cell[:3]))
def test_who_may_act_acts_and_it_is_on_record(
    world: World, cell: Cell, record_property: Callable[[str, object], None]
) -> None:
    place = target(world, KINDS[cell.kind], cell.subject, cell.scope)
    sent = KINDS[cell.kind].send(world, place)
    world.token(cell.subject)
    mark, before = newest_entry(), digest()
    answer = ask(world, cell, sent)
    assert answer.status_code in (200, 303), answer.get_data(as_text=True)[:3000]
    assert [entry for entry in entries_since(mark) if entry.account == SUBJECTS[cell.subject]]
    if cell.kind not in ("me.logout", "user.unlock"):  # Sessions and wrong logins are no business data.
        assert digest() != before
    record_property("matrix_cells", 1)


STATES: dict[str, Any] = MATRIX["states"]
MOVES = [(kind, state) for kind in STATES["allowed"] for state in STATES["all"]]


@pytest.mark.parametrize(("kind", "state"), MOVES)
def test_a_move_is_taken_only_in_the_states_that_allow_it(
    world: World, kind: str, state: str, record_property: Callable[[str, object], None]
) -> None:
    subject = STATES["actor"].get(kind, "clerk")
    act = replace(KINDS[kind], state=state)
    place = target(world, act, subject, "own")
    sent = act.send(world, place)
    before = digest()
    answer = ask(world, Cell(kind, subject, "own", ""), sent)
    if state in STATES["allowed"][kind]:
        assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
        assert digest() != before
    else:
        assert answer.status_code == 409, answer.get_data(as_text=True)[:3000]
        assert digest() == before
    record_property("matrix_states", 1)
