"""Documents on their way to a plan, years and targets of plans, parts of units, and kinds of a bureau's own bodies."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(precision=14, scale=2)

OLD_KINDS = "'city_bureau', 'city_office', 'district_bureau', 'justice_office'"
NEW_KINDS = "'city_bureau', 'city_office', 'district_bureau', 'section', 'institution', 'justice_office'"
KIND_COLUMNS = (("organization", "kind"), ("organization_group", "member_kind"), ("assignment", "level"))

OLD_MOVES = (
    "'dispatch', 'acknowledge', 'submit', 'recall', 'accept', 'return', 'correct', 'recheck', 'reopen', 'exempt', "
    "'withdraw'"
)
NEW_MOVES = f"{OLD_MOVES}, 'record'"

PLAN_COLUMNS = (
    ("scored", sa.Boolean(), sa.true()),
    ("closing", sa.String(length=10), "all"),
)
SOURCE_COLUMNS = (
    ("places", sa.Text(), "[]"),
    ("kind", sa.String(length=10), "txt"),
    ("file_sha256", sa.String(length=64), ""),
)
TASK_COLUMNS = (
    ("kind", sa.String(length=12), "task"),
    ("early", sa.String(length=10), ""),
    ("report_every", sa.String(length=10), ""),
    ("evidence", sa.Text(), "{}"),
)
TASK_CHECKS = {
    "kind": "kind IN ('task', 'requirement')",
    "early": "early IN ('', 'undecided', 'kept', 'moved', 'recorded')",
    "report_every": "report_every IN ('', 'month', 'quarter', 'year')",
}
PLAN_CHECKS = {
    "closing": "closing IN ('all', 'any', 'first')",
    "period": "period_from <= period_to",
}
ANOMALY_COLUMNS = (
    ("found", sa.Text(), ""),
    ("tasks", sa.Text(), "[]"),
    ("state", sa.String(length=10), "open"),
    ("decision", sa.Text(), ""),
    ("decided_by", sa.String(length=120), ""),
)
ANOMALY_CHECKS = {
    "belongs": "plan_id IS NOT NULL OR import_id IS NOT NULL",
    "state": "state IN ('open', 'accepted', 'patched', 'asked')",
    "decided": "(state = 'open') = (decided_at IS NULL)",
}


def upgrade() -> None:
    """Make the tables and columns; what runs already keeps its meaning."""
    _swap_kinds(OLD_KINDS, NEW_KINDS)
    _swap_moves(NEW_MOVES)
    _add("source_document", SOURCE_COLUMNS, {})
    with op.batch_alter_table("plan") as batch_op:
        batch_op.add_column(sa.Column("period_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("period_to", sa.Date(), nullable=True))
    _add("plan", PLAN_COLUMNS, PLAN_CHECKS)
    _add("task", TASK_COLUMNS, TASK_CHECKS)
    _add(
        "assignment",
        (("role", sa.String(length=20), "responsible"),),
        {"role": "role IN ('lead', 'responsible', 'cooperating')"},
    )
    _make_plan_tables()
    _make_assignment_tables()
    _make_imports()
    _widen_anomalies()


def _swap_kinds(old: str, new: str) -> None:
    for table, column in KIND_COLUMNS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({new})")


def _swap_moves(moves: str) -> None:
    with op.batch_alter_table("status_change") as batch_op:
        batch_op.drop_constraint(op.f("ck_status_change_move"), type_="check")
        batch_op.create_check_constraint(op.f("ck_status_change_move"), f"move IN ({moves})")


def _add(table: str, columns: tuple[tuple[str, sa.types.TypeEngine, object], ...], checks: dict[str, str]) -> None:
    """Add columns that may not be empty: what is there already gets the value given, later rows bring their own."""
    with op.batch_alter_table(table) as batch_op:
        for name, kind, value in columns:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table(table) as batch_op:
        for name, _, _ in columns:
            batch_op.alter_column(name, server_default=None)
        for name, condition in checks.items():
            batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def _make_plan_tables() -> None:
    op.create_table(
        "plan_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("line_from", sa.Integer(), nullable=False),
        sa.Column("line_to", sa.Integer(), nullable=False),
        sa.CheckConstraint("line_from <= line_to", name=op.f("ck_plan_year_lines")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_year_plan_id_plan"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_year")),
        sa.UniqueConstraint("plan_id", "year", name=op.f("uq_plan_year_plan_id_year")),
    )
    op.create_table(
        "task_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("raw", sa.String(length=100), nullable=False),
        sa.Column("amount", AMOUNT, nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("per", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_target_task_id_task"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_target")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_task_target_task_id_position")),
    )
    op.create_table(
        "task_descent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("what IN ('split', 'merged')", name=op.f("ck_task_descent_what")),
        sa.ForeignKeyConstraint(
            ["from_id"], ["task.id"], name=op.f("fk_task_descent_from_id_task"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_id"], ["task.id"], name=op.f("fk_task_descent_to_id_task"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_descent")),
        sa.UniqueConstraint("from_id", "to_id", name=op.f("uq_task_descent_from_id_to_id")),
    )
    op.create_index("ix_task_descent_to", "task_descent", ["to_id"])


def _make_assignment_tables() -> None:
    op.create_table(
        "year_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        *_who("year_review"),
        sa.CheckConstraint("verdict IN ('met', 'partly', 'unmet')", name=op.f("ck_year_review_verdict")),
        sa.CheckConstraint("verdict = 'met' OR length(comment) > 0", name=op.f("ck_year_review_comment")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_year_review_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_review")),
    )
    op.create_index("ix_year_review_assignment", "year_review", ["assignment_id", "year", "id"])
    op.create_table(
        "target_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        *_who("target_value"),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_target_value_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["task_target.id"], name=op.f("fk_target_value_target_id_task_target"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_value")),
    )
    op.create_index("ix_target_value_assignment", "target_value", ["assignment_id", "target_id", "id"])


def _who(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Return the columns that say on which day, when and by whom something was stated."""
    return (
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f(f"fk_{table}_actor_id_user_account")),
    )


def _make_imports() -> None:
    op.create_table(
        "plan_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text", "places", "draft", "patches", "units")),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'published', 'dropped')", name=op.f("ck_plan_import_state")),
        sa.CheckConstraint("state <> 'published' OR plan_id IS NOT NULL", name=op.f("ck_plan_import_plan_id")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_plan_import_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_import_plan_id_plan"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_import")),
    )
    op.create_index("ix_plan_import_state", "plan_import", ["state", "id"])
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("task_number", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_import_change_actor_id_user_account")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["plan_import.id"], name=op.f("fk_import_change_import_id_plan_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    op.create_index("ix_import_change_import", "import_change", ["import_id", "id"])


def _widen_anomalies() -> None:
    with op.batch_alter_table("anomaly") as batch_op:
        batch_op.alter_column("plan_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("decided_at", MOMENT, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_anomaly_import_id_plan_import"), "plan_import", ["import_id"], ["id"], ondelete="CASCADE"
        )
    _add("anomaly", ANOMALY_COLUMNS, ANOMALY_CHECKS)
    op.create_index("ix_anomaly_import", "anomaly", ["import_id"])


def downgrade() -> None:
    """Take them back; what only the new kinds can say goes with them."""
    op.drop_index("ix_anomaly_import", table_name="anomaly")
    op.execute("DELETE FROM anomaly WHERE plan_id IS NULL")
    with op.batch_alter_table("anomaly") as batch_op:
        for name in ANOMALY_CHECKS:
            batch_op.drop_constraint(op.f(f"ck_anomaly_{name}"), type_="check")
        batch_op.drop_constraint(op.f("fk_anomaly_import_id_plan_import"), type_="foreignkey")
        for name in (*(column for column, _, _ in ANOMALY_COLUMNS), "import_id", "decided_at"):
            batch_op.drop_column(name)
        batch_op.alter_column("plan_id", existing_type=sa.Integer(), nullable=False)
    for table in ("import_change", "plan_import", "target_value", "year_review", "task_descent", "task_target"):
        op.drop_table(table)
    op.drop_table("plan_year")
    _drop("assignment", ("role",), ("role",))
    _drop("task", [name for name, _, _ in TASK_COLUMNS], TASK_CHECKS)
    _drop("plan", [*(name for name, _, _ in PLAN_COLUMNS), "period_from", "period_to"], PLAN_CHECKS)
    _drop("source_document", [name for name, _, _ in SOURCE_COLUMNS], ())
    op.execute("UPDATE status_change SET move = 'accept' WHERE move = 'record'")
    _swap_moves(OLD_MOVES)
    for table, column in KIND_COLUMNS:
        op.execute(f"UPDATE {table} SET {column} = 'city_office' WHERE {column} IN ('section', 'institution')")
    _swap_kinds(NEW_KINDS, OLD_KINDS)


def _drop(table: str, columns: list[str] | tuple[str, ...], checks: dict[str, str] | tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        for name in checks:
            batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        for name in columns:
            batch_op.drop_column(name)
