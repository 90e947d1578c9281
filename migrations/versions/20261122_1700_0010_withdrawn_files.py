"""Files of a year of appraisal that were taken off what they proved: by whom, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHECK = "ck_appraisal_file_withdrawn"


def upgrade() -> None:
    """Add who and when; what is there stands."""
    with op.batch_alter_table("appraisal_file") as batch_op:
        batch_op.add_column(sa.Column("withdrawn_by", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("appraisal_file") as batch_op:
        batch_op.alter_column("withdrawn_by", server_default=None)
        batch_op.create_check_constraint(op.f(CHECK), "(withdrawn_at IS NULL) = (withdrawn_by = '')")


def downgrade() -> None:
    """Take them back, and with them the files that were taken off: the older structure has them as standing."""
    op.execute("DELETE FROM appraisal_file WHERE withdrawn_at IS NOT NULL")
    with op.batch_alter_table("appraisal_file") as batch_op:
        batch_op.drop_constraint(op.f(CHECK), type_="check")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("withdrawn_by")
