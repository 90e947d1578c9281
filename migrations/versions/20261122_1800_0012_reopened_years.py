"""Years of appraisal that are decided anew: each approval keeps what it froze, beside the one that replaced it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = "appraisal_freeze"
ONE, EACH = "uq_appraisal_freeze_appraisal_id", "uq_appraisal_freeze_appraisal_id_number"
STANDING = "uq_appraisal_freeze_standing"
CHECKS = {
    "ck_appraisal_freeze_number": "number >= 1",
    "ck_appraisal_freeze_replaced": "(replaced_at IS NULL) = (replaced_by = '')"
    " AND (replaced_at IS NULL) = (replaced_reason = '')",
    "ck_appraisal_freeze_published_on": "published_on IS NULL OR replaced_at IS NOT NULL",
}


def upgrade() -> None:
    """Add which approval of its year it was, and what replaced it; what is there is the first, and stands."""
    with op.batch_alter_table("appraisal") as batch_op:
        batch_op.add_column(sa.Column("reopened_reason", sa.String(length=500), nullable=False, server_default=""))
    with op.batch_alter_table("appraisal") as batch_op:
        batch_op.alter_column("reopened_reason", server_default=None)
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("published_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("replaced_by", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("replaced_reason", sa.String(length=500), nullable=False, server_default=""))
        batch_op.drop_constraint(op.f(ONE), type_="unique")
    with op.batch_alter_table(TABLE) as batch_op:
        for name in ("number", "replaced_by", "replaced_reason"):
            batch_op.alter_column(name, server_default=None)
        batch_op.create_unique_constraint(op.f(EACH), ["appraisal_id", "number"])
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(name), rule)
    op.create_index(
        STANDING,
        TABLE,
        ["appraisal_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )


def downgrade() -> None:
    """Take them back, and with them what was replaced: the older structure knows one approval of a year."""
    op.drop_index(STANDING, table_name=TABLE)
    op.execute("DELETE FROM appraisal_freeze WHERE replaced_at IS NOT NULL")
    with op.batch_alter_table(TABLE) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.drop_constraint(op.f(EACH), type_="unique")
        for name in ("replaced_reason", "replaced_by", "replaced_at", "published_on", "number"):
            batch_op.drop_column(name)
        batch_op.create_unique_constraint(op.f(ONE), ["appraisal_id"])
    with op.batch_alter_table("appraisal") as batch_op:
        batch_op.drop_column("reopened_reason")
