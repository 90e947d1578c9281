"""The chain of migrations makes what the models say, and can be walked down and up again."""

import re
from collections.abc import Mapping
from enum import StrEnum
from importlib import import_module
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, Inspector, MetaData, Table, func, inspect, select
from sqlalchemy.exc import IntegrityError

from tests import factories as make
from tests.makers import MAKERS
from tracker.assignments.models import Assignment, YearVerdict
from tracker.audit.models import Outcome
from tracker.db import Base, db, transaction
from tracker.outbox.models import MessageState
from tracker.people.models import User
from tracker.plans.models import PartyRole, PlanState, Task
from tracker.resources import PACKAGE, resource
from tracker.rules.appraisal.ballots import Bench
from tracker.rules.appraisal.steps import Stage as AppraisalStage
from tracker.rules.escalation import Target, Trigger
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.indicators.decisions import Decision as FormDecision
from tracker.rules.indicators.rounds import Source
from tracker.rules.indicators.values import State
from tracker.rules.notices import NoticeKind, Period, Shift, Unit
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Post, Role
from tracker.rules.plan_text.drafts import TaskKind
from tracker.rules.plans import AnomalyState, Closing, Descent, Early, ImportState, ReportEvery
from tracker.rules.reports import Decision, PinStep, ReportKind, ReportState, Situation
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.status import Move, RequestState, Status
from tracker.work.models import WorkState

for models in sorted(PACKAGE.glob("*/models.py")):
    import_module(f"tracker.{models.parent.name}.models")

TABLES: Mapping[str, Table] = Base.metadata.tables
CHAIN = [script.revision for script in ScriptDirectory(str(resource("migrations"))).walk_revisions()][::-1]
ENUMERATIONS: dict[str, type[StrEnum]] = {
    "ck_appeal_state": RequestState,
    "ck_appraisal_appeal_state": RequestState,
    "ck_appraisal_outcome_bench": Bench,
    "ck_appraisal_paper_bench": Bench,
    "ck_appraisal_stage": AppraisalStage,
    "ck_approval_pin_step": PinStep,
    "ck_assignment_level": OrganizationKind,
    "ck_assignment_status": Status,
    "ck_audit_entry_outcome": Outcome,
    "ck_escalation_rung_target": Target,
    "ck_escalation_rung_trigger": Trigger,
    "ck_evaluation_result_stage": Stage,
    "ck_evaluation_result_verdict": Verdict,
    "ck_extension_state": RequestState,
    "ck_indicator_answer_change_source": Source,
    "ck_indicator_answer_source": Source,
    "ck_indicator_answer_state": State,
    "ck_indicator_form_decision_decision": FormDecision,
    "ck_indicator_office_figure_state": State,
    "ck_message_state": MessageState,
    "ck_notice_kind": NoticeKind,
    "ck_organization_group_member_kind": OrganizationKind,
    "ck_organization_kind": OrganizationKind,
    "ck_plan_state": PlanState,
    "ck_reminder_offset_unit": Unit,
    "ck_reminder_policy_period": Period,
    "ck_reminder_policy_shift": Shift,
    "ck_report_kind": ReportKind,
    "ck_report_situation": Situation,
    "ck_report_state": ReportState,
    "ck_responsibility_role": PartyRole,
    "ck_review_decision": Decision,
    "ck_score_rule_offices_condition": OfficesCondition,
    "ck_status_change_move": Move,
    "ck_work_state": WorkState,
    "ck_status_change_to_status": Status,
    "ck_user_account_post": Post,
    "ck_anomaly_state": AnomalyState,
    "ck_assignment_role": PartyRole,
    "ck_plan_closing": Closing,
    "ck_plan_import_state": ImportState,
    "ck_task_descent_what": Descent,
    "ck_task_early": Early,
    "ck_task_kind": TaskKind,
    "ck_task_report_every": ReportEvery,
    "ck_year_review_verdict": YearVerdict,
    "ck_user_account_role": Role,
}
"""Which enumeration each CHECK of the form `column IN (…)` repeats."""


def schema() -> dict[str, Any]:
    """What the database itself says of its tables, in an order of its own making."""
    seen: Inspector = inspect(db.engine)
    return {table: _described(seen, table) for table in seen.get_table_names() if table != "alembic_version"}


def _described(seen: Inspector, table: str) -> dict[str, Any]:
    described: dict[str, list[Any]] = {
        "columns": [{**column, "type": str(column["type"])} for column in seen.get_columns(table)],
        "primary key": [seen.get_pk_constraint(table)],
        "foreign keys": [*seen.get_foreign_keys(table)],
        "unique": [*seen.get_unique_constraints(table)],
        "checks": [*seen.get_check_constraints(table)],
        "indexes": [_comparable(index) for index in seen.get_indexes(table)],
    }
    return {part: sorted(entries, key=lambda entry: str(entry["name"])) for part, entries in described.items()}


def _comparable(index: Any) -> dict[str, Any]:
    return {**index, "dialect_options": {name: str(value) for name, value in index.get("dialect_options", {}).items()}}


def fill() -> None:
    """Put a row into every table."""
    with transaction():
        for maker in MAKERS.values():
            maker()


def test_every_table_has_a_factory() -> None:
    assert sorted(MAKERS) == sorted(TABLES)


def test_the_models_equal_the_migrated_schema(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_of_the_models_equal_those_of_the_migrated_schema(app: Flask) -> None:
    migrated = {check["name"] for table in schema().values() for check in table["checks"]}
    assert migrated == {str(check.name) for check in checks()}


@pytest.mark.once
def test_the_wording_of_checks_and_partial_indexes_is_the_same_in_models_and_migrations(app: Flask) -> None:
    migrated = {check["name"]: check["sqltext"] for table in schema().values() for check in table["checks"]}
    assert migrated == {str(check.name): str(check.sqltext) for check in checks()}
    partial = {
        index["name"]: index["dialect_options"]["sqlite_where"]
        for table in schema().values()
        for index in table["indexes"]
        if "sqlite_where" in index["dialect_options"]
    }
    modelled = {index.name: index.dialect_options for table in TABLES.values() for index in table.indexes}
    assert partial == {
        name: str(options["sqlite"]["where"])
        for name, options in modelled.items()
        if options["sqlite"]["where"] is not None
    }
    for options in modelled.values():
        # SQLite keeps a truth value as a number, and uses a partial index only for the very same words.
        assert str(options["sqlite"]["where"]).removesuffix(" = 1") == str(options["postgresql"]["where"])


def test_every_constraint_has_a_name(app: Flask) -> None:
    for table, parts in schema().items():
        for part in ("primary key", "foreign keys", "unique", "checks", "indexes"):
            for entry in parts[part]:
                assert entry["name"], f"{table}: {part} {entry}"


def test_the_enumerations_in_checks_are_those_of_the_code(app: Flask) -> None:
    migrated = {check["name"]: check["sqltext"] for table in schema().values() for check in table["checks"]}
    for name, values in ENUMERATIONS.items():
        assert set(re.findall(r"'(\w*)'", migrated[name])) == {value.value for value in values}, name


def test_every_check_that_lists_values_is_held_against_its_enumeration() -> None:
    assert {str(check.name) for check in checks() if " IN (" in str(check.sqltext)} == set(ENUMERATIONS)


def test_the_chain_has_one_beginning_and_one_end() -> None:
    script = ScriptDirectory(str(resource("migrations")))
    assert (len(script.get_bases()), len(script.get_heads())) == (1, 1)


@pytest.mark.once
def test_migrations_import_nothing_of_the_application() -> None:
    for path in sorted((resource("migrations") / "versions").glob("*.py")):
        assert "tracker" not in re.findall(r"^\s*(?:import|from)\s+(\w+)", path.read_text("utf-8"), re.MULTILINE)


def held() -> dict[str, dict[str, list[str]]]:
    """What every column of the present structure holds, whatever the models say."""
    present = MetaData()
    present.reflect(db.engine)
    found: dict[str, dict[str, list[str]]] = {}
    with db.engine.connect() as connection:
        for name, table in present.tables.items():
            lines = [row._mapping for row in connection.execute(table.select())]
            found[name] = {column.name: sorted(str(line[column.name]) for line in lines) for column in table.columns}
    return found


def test_down_and_up_again_keeps_the_rows_and_the_rules(app: Flask) -> None:
    fill()
    rules = schema()
    for revision in CHAIN[-2::-1]:
        flask_migrate.downgrade(revision=revision)
        older = held()
        flask_migrate.upgrade()
        newer = held()
        del older["alembic_version"]
        assert {name: {column: newer[name][column] for column in columns} for name, columns in older.items()} == older
        assert any(any(columns.values()) for columns in older.values())
    assert schema() == rules
    assert_rules_bite()


def test_going_down_loses_only_what_the_older_structure_cannot_hold(app: Flask) -> None:
    fill()
    before = held()
    flask_migrate.downgrade(revision="0001")
    older = held()
    for name, columns in older.items():
        if name != "alembic_version":
            assert columns == {column: before[name][column] for column in columns}


def test_down_to_nothing_leaves_nothing_and_up_again_makes_everything(app: Flask) -> None:
    fill()
    rules = schema()
    flask_migrate.downgrade(revision="base")
    assert schema() == {}
    flask_migrate.upgrade()
    assert schema() == rules
    fill()
    assert_rules_bite()


def assert_rules_bite() -> None:
    """Break one rule of each sort, on the rows that are there."""
    assignment = db.session.scalars(select(Assignment).limit(1)).one()
    wrong: list[dict[str, Any]] = [
        {"make": make.make_user, "role": "emperor"},
        {"make": make.make_user, "unit_id": 4711},
        {"make": make.make_user, "account": db.session.scalar(select(func.min(User.account)))},
        {"make": make.make_assignment, "task_id": assignment.task_id, "unit_id": assignment.unit_id},
        {"make": make.make_assignment, "status": Status.COMPLETED, "completed_on": None},
        {"make": make.make_task, "line_from": 2, "line_to": 1},
        {"make": make.make_organization, "name": None},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction():
            fields.pop("make")(**fields)
    assert db.session.scalar(select(func.count()).select_from(Task))


def checks() -> list[CheckConstraint]:
    """Every CHECK of the models."""
    return [check for table in TABLES.values() for check in table.constraints if isinstance(check, CheckConstraint)]
