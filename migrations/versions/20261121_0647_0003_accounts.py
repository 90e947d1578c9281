"""Accounts, audit chain, changes of tasks, extensions, comments, deductions, appeals"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index("ix_login_attempt_account", "login_attempt", ["account", "at"], unique=False)

    op.create_table(
        "security_setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_security_setting")),
    )
    op.create_table(
        "deduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_deduction_reason")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_deduction_points")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["organization.id"], name=op.f("fk_deduction_district_id_organization")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_deduction_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deduction")),
    )
    op.create_index("ix_deduction_plan", "deduction", ["plan_id", "district_id", "day"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("factor_due", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_login_session_key_hash")),
    )
    op.create_index("ix_login_session_user", "login_session", ["user_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index("ix_recovery_code_user", "recovery_code", ["user_id"], unique=False)

    op.create_table(
        "reset_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reset_link_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reset_link_token_hash")),
    )
    op.create_index("ix_reset_link_user", "reset_link", ["user_id"], unique=False)

    op.create_table(
        "score_freeze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_score_freeze_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_freeze")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_score_freeze_plan_id")),
    )
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=300), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "task_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_task_change_reason")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_change_task_id_task"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_change")),
    )
    op.create_index("ix_task_change_task", "task_change", ["task_id", "id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("deduction_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("reversal_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_appeal_decided_at")),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused')", name=op.f("ck_appeal_state")),
        sa.CheckConstraint("assignment_id IS NULL OR deduction_id IS NULL", name=op.f("ck_appeal_one_line")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_appeal_reason")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_appeal_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["deduction_id"], ["deduction.id"], name=op.f("fk_appeal_deduction_id_deduction")),
        sa.ForeignKeyConstraint(["district_id"], ["organization.id"], name=op.f("fk_appeal_district_id_organization")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_appeal_plan_id_plan")),
        sa.ForeignKeyConstraint(["reversal_id"], ["deduction.id"], name=op.f("fk_appeal_reversal_id_deduction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("reversal_id", name=op.f("uq_appeal_reversal_id")),
    )
    op.create_index("ix_appeal_district", "appeal", ["plan_id", "district_id", "id"], unique=False)
    op.create_index(
        "uq_appeal_assignment",
        "appeal",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_index(
        "uq_appeal_deduction",
        "appeal",
        ["deduction_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("author_unit", sa.String(length=60), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by", sa.String(length=120), nullable=False),
        sa.Column("hide_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(hidden_at IS NULL) = (length(hide_reason) = 0)", name=op.f("ck_comment_hide_reason")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_comment_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_comment_author_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_assignment", "comment", ["assignment_id", "id"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_extension_decided_at")),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused')", name=op.f("ck_extension_state")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_extension_reason")),
        sa.CheckConstraint("old_due_on < new_due_on", name=op.f("ck_extension_later")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_extension_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_assignment", "extension", ["assignment_id", "id"], unique=False)
    op.create_index(
        "uq_extension_asked",
        "extension",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.add_column(sa.Column("original_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("signed_off_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("signed_off_by", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.String(length=120), nullable=False, server_default=""))
        batch_op.create_check_constraint(op.f("ck_assignment_closed_on"), "closed_on IS NULL OR status = 'completed'")
    with op.batch_alter_table("assignment") as batch_op:
        batch_op.alter_column("signed_off_by", server_default=None)
        batch_op.alter_column("closed_by", server_default=None)

    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("name", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("role", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unit", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("outcome", sa.String(length=10), nullable=False, server_default="done"))
        batch_op.add_column(sa.Column("about_unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("about_task_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("address", sa.String(length=45), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("request_id", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("hash", sa.String(length=64), nullable=False, server_default=""))
    op.execute(
        "UPDATE audit_entry SET number = (SELECT count(*) FROM audit_entry AS earlier WHERE earlier.id <= audit_entry.id)"
    )
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        for column in ("name", "role", "unit", "outcome", "address", "request_id", "hash"):
            batch_op.alter_column(column, server_default=None)
        batch_op.create_unique_constraint(op.f("uq_audit_entry_number"), ["number"])
        batch_op.create_check_constraint(op.f("ck_audit_entry_outcome"), "outcome IN ('done', 'refused')")
    op.drop_index("ix_audit_entry_day", "audit_entry")
    op.create_index("ix_audit_entry_day", "audit_entry", ["day", "number"])
    for column in ("account", "unit_id", "about_unit_id", "about_task_id"):
        op.create_index(f"ix_audit_entry_{column.removesuffix('_id')}", "audit_entry", [column, "number"])

    with op.batch_alter_table("organization") as batch_op:
        batch_op.add_column(sa.Column("successor_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_organization_successor_id_organization"), "organization", ["successor_id"], ["id"]
        )

    with op.batch_alter_table("plan") as batch_op:
        batch_op.add_column(sa.Column("review_levels", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_check_constraint(op.f("ck_plan_review_levels"), "review_levels BETWEEN 1 AND 2")
    with op.batch_alter_table("plan") as batch_op:
        batch_op.alter_column("review_levels", server_default=None)

    op.add_column("task", sa.Column("withdrawn_on", sa.Date(), nullable=True))

    with op.batch_alter_table("user_account") as batch_op:
        batch_op.add_column(sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE user_account SET password_set_at = created_at")
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.alter_column("must_change", server_default=None)
        batch_op.alter_column("password_set_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.drop_column("password_set_at")
        batch_op.drop_column("must_change")
    with op.batch_alter_table("task") as batch_op:
        batch_op.drop_column("withdrawn_on")
    with op.batch_alter_table("plan") as batch_op:
        batch_op.drop_constraint(op.f("ck_plan_review_levels"), type_="check")
        batch_op.drop_column("review_levels")
    with op.batch_alter_table("organization") as batch_op:
        batch_op.drop_constraint(op.f("fk_organization_successor_id_organization"), type_="foreignkey")
        batch_op.drop_column("successor_id")

    for index in ("day", "account", "unit", "about_unit", "about_task"):
        op.drop_index(f"ix_audit_entry_{index}", "audit_entry")
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.drop_constraint(op.f("uq_audit_entry_number"), type_="unique")
        batch_op.drop_constraint(op.f("ck_audit_entry_outcome"), type_="check")
        for column in (
            "number",
            "name",
            "role",
            "unit_id",
            "unit",
            "outcome",
            "about_unit_id",
            "about_task_id",
            "address",
            "request_id",
            "hash",
        ):
            batch_op.drop_column(column)
    op.create_index("ix_audit_entry_day", "audit_entry", ["day"])

    with op.batch_alter_table("assignment") as batch_op:
        batch_op.drop_constraint(op.f("ck_assignment_closed_on"), type_="check")
        for column in ("original_due_on", "signed_off_on", "signed_off_by", "closed_on", "closed_by"):
            batch_op.drop_column(column)

    for table in (
        "extension",
        "comment",
        "appeal",
        "task_change",
        "second_factor",
        "score_freeze",
        "reset_link",
        "recovery_code",
        "login_session",
        "deduction",
        "security_setting",
        "login_attempt",
        "audit_head",
    ):
        op.drop_table(table)
