"""One search over tasks, documents and units, within what a person may see."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask

from tests.assignments.acts import person, the_plan, unit_id
from tests.conftest import TODAY, Queries
from tests.factories import make_alias, make_organization, make_plan, make_task
from tracker.db import db, transaction
from tracker.overview.search import MOST, Found, search
from tracker.people.models import Organization
from tracker.plans.models import PlanState, Task
from tracker.rules.permissions import Forbidden

pytestmark = pytest.mark.usefixtures("seeded")


def found(typed: str, account: str = "supervisor") -> Found:
    """Search as somebody."""
    return search(person(account), typed, TODAY)


def numbers(typed: str) -> list[str]:
    """Return the numbers of the tasks that were found."""
    return [hit.number for hit in found(typed).tasks]


def units(typed: str, account: str = "supervisor") -> list[str]:
    """Return the names of the units that were found."""
    return [hit.name for hit in found(typed, account).units]


@pytest.mark.parametrize("typed", ["", " ", "\u3000"])
def test_nothing_typed_finds_nothing(typed: str) -> None:
    assert found(typed).total == 0


def test_two_characters_are_enough() -> None:
    assert numbers("用房") == ["22"]


def test_every_word_must_stand_in_the_text() -> None:
    assert "22" in numbers("司法所 标准")
    assert numbers("用房 普法") == []


@pytest.mark.parametrize("typed", ["7", "第7项", "第 7 项", "007", "7号"])
def test_a_task_is_found_by_its_number_first(typed: str) -> None:
    assert numbers(typed)[0] == "7"


@pytest.mark.parametrize("typed", ["%", "_", "/", "100%", "\\", "'"])
def test_signs_of_the_database_are_ordinary_signs(typed: str) -> None:
    result = found(typed)
    assert all(typed in hit.text for hit in result.tasks)
    assert result.task_total < 28


def test_letters_are_found_in_either_case() -> None:
    with transaction():
        make_task(plan_id=the_plan().id, position=200, number="200", text="接入 OA 系统。")
    assert numbers("oa") == ["200"]


@pytest.mark.parametrize("typed", ["沪司发〔2021〕11号", "沪司发[2021]11号", "沪司发（2021）11号", "2021】11"])
def test_a_document_is_found_by_its_number_however_its_brackets_are_typed(typed: str) -> None:
    assert [hit.id for hit in found(typed).plans] == [the_plan().id]


def test_a_document_is_found_by_its_title() -> None:
    plan = the_plan()
    assert [hit.id for hit in found(plan.title[-6:]).plans] == [plan.id]


def test_what_is_not_published_or_was_taken_off_is_not_found() -> None:
    with transaction():
        draft = make_plan(
            doc_number="沪司发〔2021〕99号", title="尚未发布的方案", state=PlanState.DRAFT, published_on=None
        )
        make_task(plan_id=draft.id, text="尚未发布的任务。")
        seven = db.session.query(Task).filter_by(number="22").one()
        seven.withdrawn_on = date(2021, 5, 1)
    assert found("尚未发布").total == 0
    assert numbers("用房") == []


def test_a_unit_is_found_by_an_older_name() -> None:
    with transaction():
        make_alias(organization_id=unit_id("songjiang"), name="茸城司法科")
    hit = found("茸城").units[0]
    assert (hit.id, hit.alias) == (unit_id("songjiang"), "茸城司法科")


def test_a_closed_unit_is_not_found() -> None:
    with transaction():
        db.session.get_one(Organization, unit_id("songjiang")).valid_until = date(2021, 6, 1)
    assert "松江区司法局" not in units("松江")


@pytest.mark.parametrize(
    ("account", "sees"),
    [
        ("supervisor", {"松江", "黄浦"}),
        ("leader", {"松江", "黄浦"}),
        ("reviewer-mishu", {"松江", "黄浦"}),
        ("songjiang-lead", {"松江"}),
        ("songjiang-clerk", {"松江"}),
        ("songjiang-office1", set()),
    ],
)
def test_units_are_found_within_ones_scope(account: str, sees: set[str]) -> None:
    assert {name for name in ("松江", "黄浦") if f"{name}区司法局" in units(name, account)} == sees


def test_a_justice_office_finds_itself() -> None:
    me = person("songjiang-office1")
    assert [hit.id for hit in search(me, me.unit_name, TODAY).units] == [me.unit_id]


def test_an_auditor_searches_no_business_data() -> None:
    with pytest.raises(Forbidden):
        found("用房", "auditor")


def test_of_many_hits_the_first_are_shown_and_all_are_counted() -> None:
    with transaction():
        for place in range(MOST + 5):
            make_organization(
                parent_id=unit_id("songjiang"),
                kind="justice_office",
                slug=f"many-{place}",
                name=f"寻找司法所{place:02}",
            )
    result = found("寻找")
    assert (len(result.units), result.unit_total) == (MOST, MOST + 5)


@pytest.mark.parametrize("typed", ["用房", "松江", "a b c d e f", "没有这样的字"])
def test_a_search_takes_three_queries(
    query_count: Callable[[], AbstractContextManager[Queries]], seeded: Flask, typed: str
) -> None:
    me = person("supervisor")
    with query_count() as queries:
        search(me, typed, TODAY)
    assert len(queries.statements) == 3
