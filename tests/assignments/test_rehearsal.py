"""A rehearsal says what publication would do, and leaves nothing behind."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, person
from tests.published import SMALL, make_import, publish
from tracker.assignments import rehearsal
from tracker.assignments.models import Assignment
from tracker.assignments.publication import PublicationRefused
from tracker.assignments.rehearsal import Facts, due_words
from tracker.db import Base, db, transaction
from tracker.reminders import rehearsing
from tracker.reminders.operations import plan_reminders
from tracker.reminders.rehearsing import LetterDay
from tracker.rules.permissions import Forbidden

TODAY = date(2021, 6, 24)
CROWDED = SMALL.replace("完成时间：持续推进", "完成时间：2021年9月")


def rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    counted = {t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}
    db.session.rollback()
    return counted


def rehearse(import_id: int, account: str = "supervisor") -> tuple[Facts, list[LetterDay]]:
    """Rehearse an import on the day of the tests."""
    with transaction(), rehearsal.rehearsed(person(account), moment(TODAY), import_id) as facts:
        return facts, rehearsing.letters_ahead(facts.plan_id, TODAY)


def test_a_rehearsal_stores_nothing_not_even_on_record(seeded: Flask) -> None:
    made = make_import(SMALL)
    before = rows()
    rehearse(made.id)
    assert rows() == before


def test_publication_does_what_the_rehearsal_said(seeded: Flask) -> None:
    made = make_import(SMALL)
    facts, _ = rehearse(made.id)
    published = publish(made.id)
    handed_out = select(Assignment).where(Assignment.plan_id == published.plan_id)
    found = db.session.scalars(handed_out).all()
    assert (facts.items, len(facts.loads)) == (published.number, len({row.unit_id for row in found}))
    assert {load.unit_id: load.items for load in facts.loads} == {
        unit: sum(row.unit_id == unit for row in found) for unit in {row.unit_id for row in found}
    }


def test_it_counts_by_unit_and_month_and_names_what_nobody_gets(seeded: Flask) -> None:
    facts, _ = rehearse(make_import(SMALL + "3.孤立的任务。\n完成时间：2021年9月\n").id)
    assert (facts.tasks, facts.items) == (3, 18)
    assert [(one.level, one.units, one.items) for one in facts.levels] == [
        ("city_office", 1, 2),
        ("district_bureau", 16, 16),
    ]
    assert [(one.month, one.numbers) for one in facts.months] == [(date(2021, 9, 1), ("1", "3"))]
    assert (facts.undated, facts.nobody) == (("2",), ("3",))


def test_a_month_that_holds_most_tasks_is_said(seeded: Flask) -> None:
    facts, _ = rehearse(make_import(CROWDED).id)
    assert facts.crowded is not None
    assert facts.crowded.month == date(2021, 9, 1)


def test_the_letters_of_the_first_day_are_those_that_the_day_sends(seeded: Flask) -> None:
    made = make_import(SMALL)
    _, letters = rehearse(made.id)
    publish(made.id)
    told = {name for day in letters if day.day == TODAY for name, _, _ in day.people}
    sent = {
        notice.name
        for letter in plan_reminders(TODAY)
        for notice in letter.notices
        if notice.doc_number == "沪司发〔2021〕77号"
    }
    assert told == sent


def test_what_no_plan_could_be_made_of_is_not_rehearsed(seeded: Flask) -> None:
    with pytest.raises(PublicationRefused, match="文号或印发日期还没有填写"):
        rehearse(make_import(SMALL.replace("沪司发〔2021〕77号", "")).id)


def test_a_clerk_rehearses_nothing(seeded: Flask) -> None:
    with pytest.raises(Forbidden):
        rehearse(make_import(SMALL).id, "songjiang-clerk")


def test_a_due_day_says_what_is_left_of_it_and_how_it_was_printed() -> None:
    words = due_words(date(2021, 3, 31), "2021 年 3 月", date(2021, 3, 15), lambda day: day.weekday() < 5)
    assert words == "截至 2021年3月31日 星期三，剩余 12 个工作日；原文：2021 年 3 月"
    assert "已过" in due_words(date(2021, 3, 31), "3月", TODAY, lambda day: True)
    by_person = due_words(date(2021, 3, 31), "3月", TODAY, lambda day: True, by_person=True)
    assert by_person.endswith("由人改定，原文：3月")
