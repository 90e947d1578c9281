"""Judgements of special work, each kept beside the one that replaced it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "appraisal_judgement"


def upgrade() -> None:
    """Make the table, and take over the judgements that stand."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_appraisal_judgement_reason")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["appraisal_application.id"],
            name=op.f("fk_appraisal_judgement_application_id_appraisal_application"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_judgement")),
    )
    op.create_index("ix_appraisal_judgement_application", TABLE, ["application_id", "id"], unique=False)
    op.execute(
        "INSERT INTO appraisal_judgement (application_id, recognised, points, reason, at, actor_name)"
        " SELECT id, recognised, points, judgement, judged_at, judged_by FROM appraisal_application"
        " WHERE judged_at IS NOT NULL ORDER BY judged_at, id"
    )


def downgrade() -> None:
    """Drop the table: the judgements that stand are in the applications."""
    op.drop_index("ix_appraisal_judgement_application", table_name=TABLE)
    op.drop_table(TABLE)
