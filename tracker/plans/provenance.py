"""Tells where in its document a task stands: line by line, with the stretches that each field was read from."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tracker.db import db
from tracker.plans.models import Plan, SourceDocument, Task, TaskDescent
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.plan_text.drafts import Certainty, Evidence, Span
from tracker.rules.plan_text.highlights import Piece, pieces
from tracker.rules.plan_text.lines import unify_newlines


@dataclass(frozen=True)
class SourceLine:
    """A line of the document: where it stands in the file as it came, its stretches, and the task it belongs to.

    `marked` where it belongs to what was asked for; `task` is the id and number of the first task that stands on it.
    """

    number: int
    place: str
    pieces: tuple[Piece, ...]
    marked: bool = False
    task: tuple[int, str] | None = None

    @property
    def text(self) -> str:
        """The line as it stands."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Read:
    """How a field was read: by which rule, how far it can be trusted, and why not further."""

    field: str
    rule: str
    certainty: Certainty
    why: str


def lines_of(text: str) -> list[str]:
    """Return a document's lines, numbered as the reader numbers them: the first is line 1."""
    return unify_newlines(text).split("\n")


def evidence_of(task: Task) -> dict[str, Evidence]:
    """Return by field how a task was read; nothing for one that was added later."""
    return {field: _evidence(found) for field, found in json.loads(task.evidence).items()}


def _evidence(found: dict[str, Any]) -> Evidence:
    spans = tuple(Span(**span) for span in found["spans"])
    return Evidence(found["rule"], Certainty(found["certainty"]), spans, found["why"])


def reads_of(task: Task) -> list[Read]:
    """Return how each field of a task was read, in the order of reading."""
    return [Read(field, found.rule, found.certainty, found.why) for field, found in evidence_of(task).items()]


def around(plan: Plan, task: Task, margin: int = 3) -> list[SourceLine]:
    """Return a task's lines with some before and behind; none for a task that the document does not hold. One query."""
    if not task.line_from:
        return []
    source = db.session.get_one(SourceDocument, plan.source_id)
    lines, places, evidence = lines_of(source.text), json.loads(source.places), evidence_of(task)
    first, last = max(1, task.line_from - margin), min(len(lines), task.line_to + margin)
    return [
        SourceLine(number, _place(places, number), pieces(lines[number - 1], number, evidence), _within(task, number))
        for number in range(first, last + 1)
    ]


def _within(task: Task, number: int) -> bool:
    return task.line_from <= number <= task.line_to


def _place(places: list[str], number: int) -> str:
    return places[number - 1] if number <= len(places) else ""


def document(actor: Actor, plan: Plan, limit: int, offset: int) -> tuple[int, list[SourceLine]]:
    """Return how many lines a plan's document has, and some of them with the tasks that stand on them. Two queries."""
    require(actor, Action.VIEW_PLANS)
    source = db.session.get_one(SourceDocument, plan.source_id)
    lines, places, owners = lines_of(source.text), json.loads(source.places), _owners(plan.id)
    shown = range(offset + 1, min(len(lines), offset + limit) + 1)
    return len(lines), [_line(number, lines[number - 1], _place(places, number), owners) for number in shown]


def _line(number: int, text: str, place: str, owners: dict[int, Task]) -> SourceLine:
    task = owners.get(number)
    if task is None:
        return SourceLine(number, place, (Piece(text, ""),))
    return SourceLine(number, place, pieces(text, number, evidence_of(task)), True, (task.id, task.number))


def _owners(plan_id: int) -> dict[int, Task]:
    """Return by line the first task that stands on it: of those in the document, not of what became of them later."""
    owners: dict[int, Task] = {}
    became = select(TaskDescent.to_id).where(TaskDescent.to_id == Task.id).exists()
    own = select(Task).where(Task.plan_id == plan_id, ~became).order_by(Task.position)
    for task in db.session.scalars(own):
        for number in range(task.line_from, task.line_to + 1):
            owners.setdefault(number, task)
    return owners
