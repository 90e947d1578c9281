"""Versions of a plan's score rule, moved due days and districts, pinned approvals, evaluation, and who deducted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
POINTS = sa.Numeric(precision=6, scale=2)
OLD_MOVES = "'dispatch', 'acknowledge', 'submit', 'recall', 'accept', 'return', 'reopen', 'exempt', 'withdraw'"
NEW_MOVES = (
    "'dispatch', 'acknowledge', 'submit', 'recall', 'accept', 'return', 'correct', 'recheck', 'reopen', 'exempt', "
    "'withdraw'"
)


def upgrade() -> None:
    """Make the tables and columns; what was already put off gets its history."""
    with op.batch_alter_table("status_change") as batch_op:
        batch_op.drop_constraint(op.f("ck_status_change_move"), type_="check")
        batch_op.create_check_constraint(op.f("ck_status_change_move"), f"move IN ({NEW_MOVES})")
        batch_op.add_column(sa.Column("done_on", sa.Date(), nullable=True))
    with op.batch_alter_table("extension") as batch_op:
        batch_op.add_column(sa.Column("progress", sa.String(length=500), nullable=False, server_default=""))
    with op.batch_alter_table("extension") as batch_op:
        batch_op.alter_column("progress", server_default=None)
    with op.batch_alter_table("deduction") as batch_op:
        batch_op.add_column(sa.Column("actor_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_deduction_actor_id_user_account"), "user_account", ["actor_id"], ["id"])
    _make_rules()
    _make_due_changes()
    _make_district_changes()
    _make_pins()
    _make_evaluations()


def _make_rules() -> None:
    op.create_table(
        "score_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("base_points", POINTS, nullable=False),
        sa.Column("points_per_miss", POINTS, nullable=False),
        sa.Column("cap_points", POINTS, nullable=True),
        sa.Column("late_counts", sa.Boolean(), nullable=False),
        sa.Column("offices_condition", sa.String(length=10), nullable=False),
        sa.Column("offices_share", sa.Integer(), nullable=False),
        sa.Column("evaluation_from", sa.Date(), nullable=True),
        sa.Column("evaluation_to", sa.Date(), nullable=True),
        sa.Column("self_evaluation_on", sa.Date(), nullable=True),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("board_open", sa.Boolean(), nullable=False),
        sa.Column("quote", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "base_points >= 0 AND points_per_miss >= 0 AND (cap_points IS NULL OR cap_points >= 0)",
            name=op.f("ck_score_rule_points"),
        ),
        sa.CheckConstraint(
            "offices_condition IN ('none', 'all', 'share')", name=op.f("ck_score_rule_offices_condition")
        ),
        sa.CheckConstraint("offices_share BETWEEN 1 AND 100", name=op.f("ck_score_rule_offices_share")),
        sa.CheckConstraint(
            "appeal_days BETWEEN 0 AND 365 AND answer_days BETWEEN 1 AND 90", name=op.f("ck_score_rule_days")
        ),
        sa.CheckConstraint("evaluation_from <= evaluation_to", name=op.f("ck_score_rule_evaluation")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_score_rule_reason")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_score_rule_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_rule")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_score_rule_plan_id_number")),
    )


def _make_due_changes() -> None:
    op.create_table(
        "due_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=True),
        sa.Column("new_due_on", sa.Date(), nullable=True),
        sa.Column("extension_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_due_change_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["extension_id"], ["extension.id"], name=op.f("fk_due_change_extension_id_extension")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_change")),
        sa.UniqueConstraint("extension_id", "assignment_id", name=op.f("uq_due_change_extension_id_assignment_id")),
    )
    op.create_index("ix_due_change_assignment", "due_change", ["assignment_id", "day"], unique=False)
    op.create_index("ix_due_change_day", "due_change", ["day"], unique=False)
    # A day of the record is a day in Shanghai; what was granted is put off from the day of the answer on.
    in_shanghai = (
        "date(decided_at, '+8 hours')"
        if op.get_bind().dialect.name == "sqlite"
        else "CAST(decided_at AT TIME ZONE 'Asia/Shanghai' AS date)"
    )
    op.execute(
        "INSERT INTO due_change (assignment_id, old_due_on, new_due_on, extension_id, day, at, actor_name) "
        f"SELECT assignment_id, old_due_on, new_due_on, id, {in_shanghai}, decided_at, decided_by "
        "FROM extension WHERE state = 'granted' ORDER BY decided_at, id"
    )


def _make_district_changes() -> None:
    op.create_table(
        "district_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("old_district_id", sa.Integer(), nullable=False),
        sa.Column("new_district_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_district_change_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(
            ["old_district_id"], ["organization.id"], name=op.f("fk_district_change_old_district_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["new_district_id"], ["organization.id"], name=op.f("fk_district_change_new_district_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district_change")),
    )
    op.create_index("ix_district_change_assignment", "district_change", ["assignment_id", "day"], unique=False)
    op.create_index("ix_district_change_day", "district_change", ["day"], unique=False)


def _make_pins() -> None:
    op.create_table(
        "approval_pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("step IN ('signed', 'accepted')", name=op.f("ck_approval_pin_step")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_approval_pin_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_approval_pin_report_id_report")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_approval_pin_actor_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_pin")),
        sa.UniqueConstraint("report_id", "step", name=op.f("uq_approval_pin_report_id_step")),
    )
    op.create_index("ix_approval_pin_assignment", "approval_pin", ["assignment_id", "id"], unique=False)


def _make_evaluations() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("published_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(published_on IS NULL) = (published_at IS NULL)", name=op.f("ck_evaluation_published")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_evaluation_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_evaluation_plan_id")),
    )
    op.create_table(
        "evaluation_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("overrides", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("stage IN ('self', 'city')", name=op.f("ck_evaluation_result_stage")),
        sa.CheckConstraint(
            "verdict IN ('done', 'not_done', 'not_applicable')", name=op.f("ck_evaluation_result_verdict")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_evaluation_result_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_evaluation_result_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_evaluation_result_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_result")),
        sa.UniqueConstraint("assignment_id", "stage", name=op.f("uq_evaluation_result_assignment_id_stage")),
    )
    op.create_index("ix_evaluation_result_plan", "evaluation_result", ["plan_id", "stage"], unique=False)
    op.create_table(
        "self_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("submitted_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(submitted_on IS NULL) = (submitted_at IS NULL)", name=op.f("ck_self_evaluation_submitted")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_self_evaluation_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["organization.id"], name=op.f("fk_self_evaluation_district_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_evaluation")),
        sa.UniqueConstraint("plan_id", "district_id", name=op.f("uq_self_evaluation_plan_id_district_id")),
    )


def downgrade() -> None:
    """Take back; what was corrected or asked for again is then a completion asked for."""
    for table in (
        "self_evaluation",
        "evaluation_result",
        "evaluation",
        "approval_pin",
        "district_change",
        "due_change",
        "score_rule",
    ):
        op.drop_table(table)
    with op.batch_alter_table("deduction") as batch_op:
        batch_op.drop_constraint(op.f("fk_deduction_actor_id_user_account"), type_="foreignkey")
        batch_op.drop_column("actor_id")
    with op.batch_alter_table("extension") as batch_op:
        batch_op.drop_column("progress")
    op.execute("UPDATE status_change SET move = 'submit' WHERE move IN ('correct', 'recheck')")
    with op.batch_alter_table("status_change") as batch_op:
        batch_op.drop_constraint(op.f("ck_status_change_move"), type_="check")
        batch_op.create_check_constraint(op.f("ck_status_change_move"), f"move IN ({OLD_MOVES})")
        batch_op.drop_column("done_on")
