"""A year of appraisal: entries and answers, special work, decisions, secret ballots, the frozen result."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
POINTS = sa.Numeric(precision=6, scale=2)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "appraisal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("compiler_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("scheme_sha256", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("compiled_on", sa.Date(), nullable=True),
        sa.Column("compiled_by", sa.String(length=120), nullable=False),
        sa.Column("returned_reason", sa.String(length=500), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.String(length=120), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(published_on IS NOT NULL) = (stage = 'published')", name=op.f("ck_appraisal_published")),
        sa.CheckConstraint("stage IN ('open', 'compiled', 'approved', 'published')", name=op.f("ck_appraisal_stage")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_appraisal_days")),
        sa.ForeignKeyConstraint(
            ["compiler_id"], ["organization.id"], name=op.f("fk_appraisal_compiler_id_organization")
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["organization.id"], name=op.f("fk_appraisal_issuer_id_organization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint("issuer_id", "scheme", name=op.f("uq_appraisal_issuer_id_scheme")),
    )
    op.create_table(
        "appraisal_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_appraisal_decision_reason")),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_decision_appraisal_id_appraisal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_decision")),
    )
    op.create_index(
        "ix_appraisal_decision_subject", "appraisal_decision", ["appraisal_id", "subject", "id"], unique=False
    )
    op.create_table(
        "appraisal_freeze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_freeze_appraisal_id_appraisal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_freeze")),
        sa.UniqueConstraint("appraisal_id", name=op.f("uq_appraisal_freeze_appraisal_id")),
    )
    op.create_table(
        "appraisal_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("closed_at IS NULL OR box = ''", name=op.f("ck_appraisal_meeting_emptied")),
        sa.CheckConstraint("least >= 2", name=op.f("ck_appraisal_meeting_least")),
        sa.CheckConstraint("most BETWEEN 1 AND 100", name=op.f("ck_appraisal_meeting_most")),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_meeting_appraisal_id_appraisal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_meeting")),
        sa.UniqueConstraint("appraisal_id", name=op.f("uq_appraisal_meeting_appraisal_id")),
    )
    op.create_table(
        "appraisal_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("city_material", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("submitted_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(submitted_on IS NULL) = (submitted_at IS NULL)", name=op.f("ck_appraisal_unit_submitted")),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_unit_appraisal_id_appraisal")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["organization.id"], name=op.f("fk_appraisal_unit_unit_id_organization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_unit")),
        sa.UniqueConstraint("appraisal_id", "name", name=op.f("uq_appraisal_unit_appraisal_id_name")),
        sa.UniqueConstraint("appraisal_id", "unit_id", name=op.f("uq_appraisal_unit_appraisal_id_unit_id")),
    )
    op.create_index("ix_appraisal_unit_unit", "appraisal_unit", ["unit_id"], unique=False)
    op.create_table(
        "appraisal_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("idea", sa.Text(), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("filed_by", sa.String(length=120), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("recognised", sa.Boolean(), nullable=True),
        sa.Column("points", POINTS, nullable=True),
        sa.Column("judgement", sa.String(length=500), nullable=False),
        sa.Column("judged_at", MOMENT, nullable=True),
        sa.Column("judged_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(judged_at IS NULL) = (points IS NULL)", name=op.f("ck_appraisal_application_judged")),
        sa.CheckConstraint("(recognised IS NULL) = (points IS NULL)", name=op.f("ck_appraisal_application_recognised")),
        sa.CheckConstraint(
            "judged_at IS NULL OR length(judgement) > 0", name=op.f("ck_appraisal_application_judgement")
        ),
        sa.CheckConstraint(
            "judged_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_appraisal_application_withdrawn")
        ),
        sa.CheckConstraint(
            "length(idea) BETWEEN 1 AND 300 AND length(contents) BETWEEN 1 AND 300 AND length(results) BETWEEN 1 AND 1000",
            name=op.f("ck_appraisal_application_lengths"),
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_unit_id"],
            ["appraisal_unit.id"],
            name=op.f("fk_appraisal_application_appraisal_unit_id_appraisal_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_application")),
    )
    op.create_index("ix_appraisal_application_unit", "appraisal_application", ["appraisal_unit_id"], unique=False)
    op.create_table(
        "appraisal_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("appraisal_unit_id", sa.Integer(), nullable=False),
        sa.Column("bench", sa.String(length=10), nullable=False),
        sa.Column("voted", sa.Integer(), nullable=False),
        sa.Column("sum", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.CheckConstraint("bench IN ('leaders', 'units')", name=op.f("ck_appraisal_outcome_bench")),
        sa.ForeignKeyConstraint(
            ["appraisal_unit_id"],
            ["appraisal_unit.id"],
            name=op.f("fk_appraisal_outcome_appraisal_unit_id_appraisal_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["appraisal_meeting.id"], name=op.f("fk_appraisal_outcome_meeting_id_appraisal_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_outcome")),
        sa.UniqueConstraint(
            "meeting_id",
            "appraisal_unit_id",
            "bench",
            name=op.f("uq_appraisal_outcome_meeting_id_appraisal_unit_id_bench"),
        ),
    )
    op.create_table(
        "appraisal_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("bench", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("appraisal_unit_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("bench IN ('leaders', 'units')", name=op.f("ck_appraisal_paper_bench")),
        sa.CheckConstraint("NOT (used AND void)", name=op.f("ck_appraisal_paper_used")),
        sa.ForeignKeyConstraint(
            ["appraisal_unit_id"],
            ["appraisal_unit.id"],
            name=op.f("fk_appraisal_paper_appraisal_unit_id_appraisal_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["appraisal_meeting.id"], name=op.f("fk_appraisal_paper_meeting_id_appraisal_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_paper")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_appraisal_paper_token_hash")),
    )
    op.create_index("ix_appraisal_paper_meeting", "appraisal_paper", ["meeting_id"], unique=False)
    op.create_table(
        "appraisal_self_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_unit_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("points", POINTS, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_appraisal_self_score_points")),
        sa.ForeignKeyConstraint(
            ["appraisal_unit_id"],
            ["appraisal_unit.id"],
            name=op.f("fk_appraisal_self_score_appraisal_unit_id_appraisal_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_self_score")),
        sa.UniqueConstraint("appraisal_unit_id", "item", name=op.f("uq_appraisal_self_score_appraisal_unit_id_item")),
    )
    op.create_table(
        "appraisal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("points", POINTS, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("count >= 1", name=op.f("ck_appraisal_entry_count")),
        sa.CheckConstraint("length(note) > 0", name=op.f("ck_appraisal_entry_note")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_appraisal_entry_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["appraisal_application.id"],
            name=op.f("fk_appraisal_entry_application_id_appraisal_application"),
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_unit_id"],
            ["appraisal_unit.id"],
            name=op.f("fk_appraisal_entry_appraisal_unit_id_appraisal_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["appraisal_entry.id"], name=op.f("fk_appraisal_entry_reverses_id_appraisal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_entry")),
    )
    op.create_index("ix_appraisal_entry_unit", "appraisal_entry", ["appraisal_unit_id", "code"], unique=False)
    op.create_index("uq_appraisal_entry_reverses_id", "appraisal_entry", ["reverses_id"], unique=True)
    op.create_table(
        "appraisal_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_appraisal_answer_text")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["appraisal_entry.id"], name=op.f("fk_appraisal_answer_entry_id_appraisal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_answer")),
    )
    op.create_index("ix_appraisal_answer_entry", "appraisal_answer", ["entry_id", "id"], unique=False)
    op.create_table(
        "appraisal_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_appraisal_appeal_decided_at")),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused')", name=op.f("ck_appraisal_appeal_state")),
        sa.CheckConstraint("decided_at IS NULL OR length(answer) > 0", name=op.f("ck_appraisal_appeal_answer")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_appraisal_appeal_reason")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["appraisal_entry.id"], name=op.f("fk_appraisal_appeal_entry_id_appraisal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_appeal")),
    )
    op.create_index(
        "uq_appraisal_appeal_entry",
        "appraisal_appeal",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_table(
        "appraisal_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_unit_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.CheckConstraint("entry_id IS NULL OR application_id IS NULL", name=op.f("ck_appraisal_file_one_thing")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_appraisal_file_size")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["appraisal_application.id"],
            name=op.f("fk_appraisal_file_application_id_appraisal_application"),
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_unit_id"],
            ["appraisal_unit.id"],
            name=op.f("fk_appraisal_file_appraisal_unit_id_appraisal_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["appraisal_entry.id"], name=op.f("fk_appraisal_file_entry_id_appraisal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_file")),
    )
    op.create_index("ix_appraisal_file_unit", "appraisal_file", ["appraisal_unit_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    for table in (
        "appraisal_file",
        "appraisal_appeal",
        "appraisal_answer",
        "appraisal_entry",
        "appraisal_self_score",
        "appraisal_paper",
        "appraisal_outcome",
        "appraisal_application",
        "appraisal_unit",
        "appraisal_meeting",
        "appraisal_freeze",
        "appraisal_decision",
        "appraisal",
    ):
        op.drop_table(table)
