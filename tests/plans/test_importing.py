"""A plan is stored as its document says, once, or not at all."""

import hashlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.acts import moment, person, the_plan
from tests.factories import make_organization
from tracker.assignments.models import Assignment
from tracker.assignments.operations import publish
from tracker.db import Model, db, transaction
from tracker.plans.models import (
    Anomaly,
    Milestone,
    PartyRole,
    Plan,
    PlanState,
    Responsibility,
    Section,
    SourceDocument,
    Task,
)
from tracker.plans.operations import PlanRefused, published_day
from tracker.plans.provenance import around
from tracker.plans.queries import milestones, parties, published, tasks
from tracker.plans.settings import PlanSettings
from tracker.rules.permissions import SYSTEM, Forbidden

Store = Callable[..., Plan]
TABLES = (SourceDocument, Plan, Section, Task, Responsibility, Milestone, Anomaly)


def sizes() -> dict[str, int]:
    """Return how many rows each table of the plans has."""
    return {table.__name__: size(table) for table in TABLES}


def size(table: type[Model]) -> int:
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def other(document: str) -> str:
    """The same document under another number."""
    return document.replace("沪司发〔2021〕11号", "沪司发〔2021〕12号")


# ---- what is stored


def test_the_head_of_the_plan_is_that_of_the_document(seeded: Flask) -> None:
    plan = the_plan()
    assert (plan.doc_number, plan.issuer, plan.openness) == ("沪司发〔2021〕11号", "上海市司法局", "主动公开")
    assert (plan.issued_on, plan.printed_on, plan.published_on) == (
        date(2021, 2, 9),
        date(2021, 2, 10),
        date(2021, 2, 10),
    )
    assert "沪司发〔2020〕108号" in plan.parent_document
    assert plan.addressees == "市局各相关部门、各区局"
    assert plan.copied_to == "市委组织部、市委编办、市发展改革委、市财政局"


def test_the_source_is_kept_as_it_came(seeded: Flask, document: str) -> None:
    source = db.session.scalars(select(SourceDocument)).one()
    assert source.text == document
    assert source.sha256 == hashlib.sha256(document.encode()).hexdigest()


def test_the_sections_hold_their_tasks(seeded: Flask) -> None:
    rows = db.session.execute(
        select(Section.number, func.count(Task.id))
        .join(Task, Task.section_id == Section.id)
        .group_by(Section.id)
        .order_by(Section.position)
    )
    assert [tuple(row) for row in rows] == [("一", 11), ("二", 3), ("三", 2), ("四", 5), ("五", 4), ("六", 3)]


def test_the_months_of_the_tasks_become_their_last_days(seeded: Flask) -> None:
    rows = db.session.execute(select(Task.due_on, func.count()).group_by(Task.due_on).order_by(Task.due_on))
    assert [(f"{due_on:%m-%d}", number) for due_on, number in rows] == [
        ("02-28", 2), ("03-31", 6), ("04-30", 4), ("05-31", 4), ("06-30", 4), ("07-31", 3), ("08-31", 2), ("09-30", 3),
    ]  # fmt: skip


def test_a_deadline_keeps_its_wording(seeded: Flask) -> None:
    raw = dict(db.session.execute(select(Task.number, Task.deadline_raw)).all())
    assert raw["1"] == "2021年3月"
    assert {number for number, words in raw.items() if words != words.replace(" ", "")} == {
        "10", "11", "12", "13", "26", "27",
    }  # fmt: skip


def test_the_parties_keep_their_order_and_nobody_is_called_lead(seeded: Flask) -> None:
    by_number = dict(db.session.execute(select(Task.number, Task.id)).all())
    assert parties(by_number["12"]) == ["各区局", "市局人事处", "促进法治处", "各司法所"]
    assert parties(by_number["14"]) == ["各区局", "市局促进法治处", "人事处", "各司法所"]
    assert parties(by_number["10"])[-1] == "各司法所"
    assert set(db.session.scalars(select(Responsibility.role))) == {PartyRole.RESPONSIBLE}


def test_each_task_stands_on_its_lines_in_the_source(seeded: Flask, document: str) -> None:
    lines = document.splitlines()
    for row in db.session.scalars(select(Task)):
        span = "".join(line.strip() for line in lines[row.line_from - 1 : row.line_to])
        assert row.text.replace(" ", "") in span.replace(" ", ""), row.number
        marked = [line.number for line in around(the_plan(), row) if line.marked]
        assert marked == list(range(row.line_from, row.line_to + 1))


def test_the_list_of_tasks_reads_like_the_document(seeded: Flask) -> None:
    rows = tasks(the_plan().id)
    assert [row.number for row in rows] == [str(number) for number in range(1, 29)]
    assert rows[0].section.startswith("一、明确司法所工作职责")
    assert rows[0].parties == "各区局、市局秘书处、各司法所"


def test_the_milestones_are_kept_with_their_days(seeded: Flask) -> None:
    found = {step.kind: step for step in milestones(the_plan().id)}
    spans = {kind: (step.starts_on, step.due_on) for kind, step in found.items()}
    assert spans["meeting"] == (date(2021, 2, 21), date(2021, 2, 28))
    assert spans["training"] == (date(2021, 4, 1), date(2021, 4, 30))
    assert spans["evaluation"] == (date(2021, 10, 1), date(2021, 10, 31))
    assert spans["self_evaluation"][1] == date(2021, 9, 20)
    assert found["training"].note == "分3期、每期2天"
    assert "两种理解" in found["self_evaluation"].note
    assert "超出所在阶段" in found["evaluation"].note


def test_every_task_has_a_sentence_by_which_it_counts_as_done(seeded: Flask) -> None:
    assert all(db.session.scalars(select(Task.acceptance)))


def test_what_the_document_leaves_open_is_settled_beside_it(seeded: Flask) -> None:
    plan = the_plan()
    assert (plan.base_points, plan.points_per_miss, plan.late_counts) == (Decimal(20), Decimal(1), False)
    assert (plan.near_days, plan.offices_report) == (7, True)
    assert plan.rule_quote.startswith("未能完成的，每项任务扣 1 分，扣完为止")
    assert "沪松司发〔2021〕19号 第 134 行" in plan.rule_source


def test_what_is_odd_about_the_source_is_told(seeded: Flask) -> None:
    found = db.session.scalars(select(Anomaly)).all()
    assert found
    assert all(anomaly.message and anomaly.line_from <= anomaly.line_to for anomaly in found)


# ---- what is refused


def test_a_second_import_is_refused_and_adds_nothing(seeded: Flask, store: Store, document: str) -> None:
    before = sizes()
    with pytest.raises(PlanRefused, match="沪司发〔2021〕11号 已经导入过"):
        store(document)
    assert sizes() == before


def test_unknown_units_are_refused_by_name_and_nothing_is_stored(seeded: Flask, store: Store, other: str) -> None:
    before = sizes()
    with pytest.raises(PlanRefused, match=r"单位库中没有：市局机关党委、市局档案处。请先.*登记"):
        store(other.replace("市局党群处", "市局机关党委").replace("市局宣传处", "市局档案处"))
    assert sizes() == before


def test_an_unknown_issuer_is_refused(seeded: Flask, store: Store, other: str) -> None:
    with pytest.raises(PlanRefused, match="发文单位：找不到名为“浙江省司法厅”的单位"):
        store(other.replace("上海市司法局", "浙江省司法厅"))


@pytest.mark.parametrize("missing", ["沪司发〔2021〕12号", "2021年2月9日"])
def test_a_document_without_number_or_date_is_refused(seeded: Flask, store: Store, other: str, missing: str) -> None:
    before = sizes()
    with pytest.raises(PlanRefused, match="没有找到文号或印发日期"):
        store(other.replace(missing, ""))
    assert sizes() == before


@pytest.mark.parametrize("settings", [PlanSettings(owner="档案处"), PlanSettings(counter_reviewer="档案处")])
def test_a_setting_that_names_no_unit_is_refused(
    seeded: Flask, store: Store, other: str, settings: PlanSettings
) -> None:
    with pytest.raises(PlanRefused, match="设置中的“档案处”不在单位库中"):
        store(other, settings)


@pytest.mark.parametrize("account", ["admin", "leader", "songjiang-lead", "reviewer-mishu", "auditor"])
def test_only_a_supervisor_stores_and_publishes(seeded: Flask, store: Store, other: str, account: str) -> None:
    with pytest.raises(Forbidden):
        store(other, actor=person(account))
    plan = store(other, actor=person("supervisor"))
    with pytest.raises(Forbidden), transaction():
        publish(person(account), moment("2021-06-24"), plan)


def test_a_plan_is_published_once(seeded: Flask) -> None:
    with pytest.raises(PlanRefused, match="已经发布"), transaction():
        publish(SYSTEM, moment("2021-06-24"), the_plan())
    assert size(Assignment) == 448 + 40 + 27 * 28


def test_a_plan_with_two_tasks_of_one_number_is_kept_as_a_draft_but_not_published(
    seeded: Flask, store: Store, other: str
) -> None:
    plan = store(other.replace("\n9.", "\n8.", 1))
    with pytest.raises(PlanRefused, match="序号重复：8 各有不止一项任务，不能发布"), transaction():
        publish(SYSTEM, moment("2021-06-24"), db.session.get_one(Plan, plan.id))
    assert db.session.get_one(Plan, plan.id).state == PlanState.DRAFT


# ---- several plans


def test_a_draft_binds_nobody(seeded: Flask, store: Store, other: str) -> None:
    before = size(Assignment)
    plan = store(other)
    assert (plan.state, plan.published_on) == (PlanState.DRAFT, None)
    assert size(Assignment) == before
    assert published().doc_number == "沪司发〔2021〕11号"


def test_a_second_plan_stands_beside_the_first(seeded: Flask, store: Store, other: str) -> None:
    plan = store(other)
    with transaction():
        assert publish(SYSTEM, moment("2021-06-24"), db.session.get_one(Plan, plan.id)) == 448 + 40 + 27 * 28
    assert published(plan.id).doc_number == "沪司发〔2021〕12号"
    assert db.session.get_one(Plan, plan.id).published_on == date(2021, 6, 24)


@pytest.mark.parametrize(("printed_on", "day"), [(date(2021, 2, 10), 10), (None, 9)])
def test_a_document_went_out_when_it_was_printed_or_else_dated(
    seeded: Flask, printed_on: date | None, day: int
) -> None:
    plan = the_plan()
    plan.printed_on = printed_on
    assert published_day(plan) == date(2021, 2, day)


def test_a_plan_with_a_new_units_name_is_taken_once_the_unit_is_known(seeded: Flask, store: Store, other: str) -> None:
    text = other.replace("市局党群处", "市局机关党委")
    with transaction():
        make_organization(
            parent_id=the_plan().issuer_id, kind="city_office", name="市局机关党委", short_name="机关党委"
        )
    assert store(text).doc_number == "沪司发〔2021〕12号"
