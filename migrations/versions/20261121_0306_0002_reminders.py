"""reminders"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "holiday_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_holiday_year")),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "reminder_run",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_reminder_run")),
    )
    op.create_table(
        "workday_override",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_workday_override")),
    )
    op.create_table(
        "endpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["organization.id"], name=op.f("fk_endpoint_unit_id_organization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
        sa.UniqueConstraint("name", name=op.f("uq_endpoint_name")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_calendar_feed_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "preference",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("before_due", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("email OR in_app", name=op.f("ck_preference_channel")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_preference_hour")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_preference_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "preferred_endpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["endpoint.id"],
            name=op.f("fk_preferred_endpoint_endpoint_id_endpoint"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_preferred_endpoint_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferred_endpoint")),
        sa.UniqueConstraint("user_id", "endpoint_id", name=op.f("uq_preferred_endpoint_user_id_endpoint_id")),
    )
    op.create_table(
        "reminder_policy",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("shift", sa.String(length=20), nullable=False),
        sa.Column("repeat_days", sa.Integer(), nullable=False),
        sa.Column("repeat_weekday", sa.Integer(), nullable=False),
        sa.Column("crowded_percent", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("daily_budget", sa.Integer(), nullable=False),
        sa.Column("urge_hours", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("period IN ('none', 'month', 'quarter')", name=op.f("ck_reminder_policy_period")),
        sa.CheckConstraint("shift IN ('previous', 'next')", name=op.f("ck_reminder_policy_shift")),
        sa.CheckConstraint("crowded_percent BETWEEN 0 AND 100", name=op.f("ck_reminder_policy_crowded_percent")),
        sa.CheckConstraint("daily_budget BETWEEN 1 AND 500", name=op.f("ck_reminder_policy_daily_budget")),
        sa.CheckConstraint("repeat_days BETWEEN 0 AND 90", name=op.f("ck_reminder_policy_repeat_days")),
        sa.CheckConstraint("repeat_weekday BETWEEN 0 AND 5", name=op.f("ck_reminder_policy_repeat_weekday")),
        sa.CheckConstraint("urge_hours BETWEEN 1 AND 720", name=op.f("ck_reminder_policy_urge_hours")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_reminder_policy_plan_id_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_reminder_policy")),
    )
    op.create_table(
        "escalation_rung",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(length=20), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "target IN ('handler', 'section_head', 'deputy_head', 'unit_head', 'supervisor')",
            name=op.f("ck_escalation_rung_target"),
        ),
        sa.CheckConstraint("trigger IN ('unsigned', 'overdue')", name=op.f("ck_escalation_rung_trigger")),
        sa.CheckConstraint("workdays BETWEEN 1 AND 250", name=op.f("ck_escalation_rung_workdays")),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["reminder_policy.plan_id"],
            name=op.f("fk_escalation_rung_plan_id_reminder_policy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rung")),
        sa.UniqueConstraint(
            "plan_id", "trigger", "workdays", "target", name=op.f("uq_escalation_rung_plan_id_trigger_workdays_target")
        ),
    )
    op.create_table(
        "message_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_message_attachment_size")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_attachment_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attachment")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_message_attachment_message_id_position")),
    )
    op.create_table(
        "quiet_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_quiet_period_period")),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["reminder_policy.plan_id"],
            name=op.f("fk_quiet_period_plan_id_reminder_policy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_period")),
        sa.UniqueConstraint(
            "plan_id", "first_day", "last_day", name=op.f("uq_quiet_period_plan_id_first_day_last_day")
        ),
    )
    op.create_table(
        "reminder_offset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "unit IN ('month_starts', 'days', 'workdays', 'quarter_ends')", name=op.f("ck_reminder_offset_unit")
        ),
        sa.CheckConstraint("amount BETWEEN -366 AND 366", name=op.f("ck_reminder_offset_amount")),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["reminder_policy.plan_id"],
            name=op.f("fk_reminder_offset_plan_id_reminder_policy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_offset")),
        sa.UniqueConstraint("plan_id", "unit", "amount", name=op.f("uq_reminder_offset_plan_id_unit_amount")),
    )
    op.create_table(
        "reminder_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("first_day <= until_day", name=op.f("ck_reminder_pause_period")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_reminder_pause_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_reminder_pause_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_pause")),
    )
    op.create_index(
        "ix_reminder_pause_assignment", "reminder_pause", ["assignment_id", "first_day", "until_day"], unique=False
    )

    op.create_table(
        "urge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_urge_actor_id_user_account")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_urge_assignment_id_assignment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge")),
    )
    op.create_index("ix_urge_assignment", "urge", ["assignment_id", "at"], unique=False)

    _add("message", *MESSAGE)
    with op.batch_alter_table("message") as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_message_unit_id_organization"), "organization", ["unit_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_message_endpoint_id_endpoint"), "endpoint", ["endpoint_id"], ["id"])
        batch_op.create_index("ix_message_recipient", ["recipient", "copy", "read_at"], unique=False)
        batch_op.drop_constraint(batch_op.f("ck_message_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_message_state"), f"state IN ({STATES}, 'void')")

    _add("notice", sa.Column("kind", sa.String(length=20), nullable=False, server_default="due"))
    with op.batch_alter_table("notice") as batch_op:
        batch_op.alter_column("step", existing_type=sa.String(length=30), type_=sa.String(length=40))
        batch_op.drop_constraint(batch_op.f("uq_notice_user_id_assignment_id_due_on_step"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_notice_user_id_assignment_id_due_on_kind_step"),
            ["user_id", "assignment_id", "due_on", "kind", "step"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_notice_kind"), "kind IN ('due', 'periodic', 'escalation', 'urge')"
        )
        batch_op.create_index("ix_notice_message", ["message_id"], unique=False)

    _add(
        "user_account",
        sa.Column("post", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("valid_until", sa.Date(), nullable=False, server_default="9999-12-31"),
    )
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_user_account_post"), "post IN ('', 'section_head', 'deputy_head', 'unit_head')"
        )


STATES = "'pending', 'sending', 'sent', 'dead'"
MESSAGE: tuple[sa.Column[Any], ...] = (
    sa.Column("endpoint_id", sa.Integer(), nullable=True),
    sa.Column("unit_id", sa.Integer(), nullable=True),
    sa.Column("copy", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("salutation", sa.String(length=140), nullable=False, server_default=""),
    sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
)


def _add(table: str, *columns: sa.Column[Any]) -> None:
    """Add columns to a table that has rows: the default fills those, and then goes, as the models have none."""
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            batch_op.add_column(column._copy())
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            if column.server_default is not None:
                batch_op.alter_column(column.name, existing_type=column.type, server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_user_account_post"), type_="check")
        batch_op.drop_column("valid_until")
        batch_op.drop_column("post")

    op.execute("DELETE FROM notice WHERE kind <> 'due'")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_index("ix_notice_message")
        batch_op.drop_constraint(batch_op.f("ck_notice_kind"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_notice_user_id_assignment_id_due_on_kind_step"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_notice_user_id_assignment_id_due_on_step"), ["user_id", "assignment_id", "due_on", "step"]
        )
        batch_op.alter_column("step", existing_type=sa.String(length=40), type_=sa.String(length=30))
        batch_op.drop_column("kind")

    op.drop_table("message_attachment")
    # The old structure knows no letter that was not needed; it never went out, which "dead" says as well.
    op.execute("UPDATE message SET state = 'dead' WHERE state = 'void'")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_message_endpoint_id_endpoint"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_message_unit_id_organization"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_message_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_message_state"), f"state IN ({STATES})")
        batch_op.drop_index("ix_message_recipient")
        for column in MESSAGE:
            batch_op.drop_column(column.name)

    op.drop_table("urge")
    op.drop_table("reminder_pause")
    op.drop_table("reminder_offset")
    op.drop_table("quiet_period")
    op.drop_table("escalation_rung")
    op.drop_table("reminder_policy")
    op.drop_table("preferred_endpoint")
    op.drop_table("preference")
    op.drop_table("calendar_feed")
    op.drop_table("endpoint")
    op.drop_table("workday_override")
    op.drop_table("reminder_run")
    op.drop_table("job_run")
    op.drop_table("holiday_year")
