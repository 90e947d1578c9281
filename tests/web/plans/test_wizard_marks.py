"""Facts about the source beside a task: what was read where is marked, also far away, also without evidence."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.assignments.acts import person
from tests.import_texts import FIRST, LINES, opened
from tracker.db import db, transaction
from tracker.plans import desk_queries
from tracker.plans.desk_queries import Import
from tracker.plans.models import PlanImport
from tracker.rules.plan_text import editing
from tracker.rules.plan_text.drafts import Certainty, Evidence, Span
from tracker.rules.plan_text.keeping import keep
from tracker.web.plans.wizard.marks import LONGEST, Window, window


@pytest.fixture
def found(seeded: Flask) -> Import:
    """An open import."""
    return loaded(opened({}))


def loaded(number: int) -> Import:
    db.session.rollback()
    db.session.expire_all()
    found = desk_queries.get(person("supervisor"), number)
    assert found
    return found


def with_task(found: Import, key: str, **fields: Any) -> Import:
    """Keep a draft in which a task is otherwise."""
    task = editing.task_of(found.draft, key)
    with transaction():
        db.session.get_one(PlanImport, found.id).draft = keep(editing.put(found.draft, replace(task, **fields)))
    return loaded(found.id)


def shown(found: Import, key: str, more: bool = False) -> Window:
    return window(found, editing.task_of(found.draft, key), more)


def marks(seen: Window, line: int) -> list[tuple[str, str]]:
    own = next(each for each in [*seen.far, *seen.lines] if each.number == line)
    return [(part.field, part.text) for part in own.stretches if part.field]


def test_a_bracket_inside_the_text_is_marked_as_what_it_says(found: Import) -> None:
    task = editing.task_of(found.draft, "1")
    whole = Evidence("numbered_item", Certainty.CERTAIN, (Span(FIRST, 3, FIRST, len(LINES[FIRST - 1])),))
    wider = with_task(found, "1", evidence={**task.evidence, "text": whole})
    fields = [field for field, _ in marks(shown(wider, "1"), FIRST)]
    assert fields == ["text", "responsible", "text", "deadline", "text"]


def test_a_line_is_shown_whole_whatever_is_marked_in_it(found: Import) -> None:
    for line in shown(found, "3").lines:
        assert "".join(part.text for part in line.stretches) == LINES[line.number - 1]


def test_a_line_far_away_is_shown_where_something_was_read_there(found: Import) -> None:
    task = editing.task_of(found.draft, "6")
    heading = Evidence("inherited", Certainty.LIKELY, (Span(9, 0, 9, 6),))
    seen = shown(with_task(found, "6", evidence={**task.evidence, "responsible": heading}), "6")
    assert [line.number for line in seen.far] == [9]
    assert marks(seen, 9) == [("responsible", "一、法治建设")]


def test_without_evidence_the_lines_named_are_marked_whole(found: Import) -> None:
    bare = with_task(found, "4", evidence={}, parties_line=14, deadline_line=14)
    assert marks(shown(bare, "4"), 14) == [("deadline", LINES[13])]


def test_a_task_that_stands_nowhere_shows_no_lines(found: Import) -> None:
    assert shown(with_task(found, "4", line_from=0, line_to=0, evidence={}), "4").lines == []


def test_spans_beyond_the_line_do_no_harm(found: Import) -> None:
    odd = Evidence(
        "x", Certainty.CERTAIN, (Span(FIRST, 5, FIRST, 10_000), Span(FIRST, 30, FIRST, 2), Span(900, 0, 900, 1))
    )
    assert shown(with_task(found, "1", evidence={"text": odd}), "1").lines


def test_cells_and_breaks_are_made_visible(seeded: Flask) -> None:
    number = opened({})
    with transaction():
        row = db.session.get_one(PlanImport, number)
        row.text = row.text.replace("组织开展", "组织\t开\u2028展").replace("街镇", "街镇" + "长" * LONGEST)
    line = next(each for each in shown(loaded(number), "1").lines if each.own)
    text = "".join(part.text for part in line.stretches)
    assert "组织 ｜ 开 ↵ 展" in text
    assert text.endswith("……")
