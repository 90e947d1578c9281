"""Rounds of statistical forms: answers of units with their changes, parts of offices, questions, files."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(precision=14, scale=2)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "indicator_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_on IS NULL) = (closed_at IS NULL)", name=op.f("ck_indicator_round_closed")),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_indicator_round_days")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_indicator_round_year")),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["organization.id"], name=op.f("fk_indicator_round_issuer_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_round")),
        sa.UniqueConstraint(
            "issuer_id", "form", "year", "title", name=op.f("uq_indicator_round_issuer_id_form_year_title")
        ),
    )
    op.create_table(
        "indicator_round_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.String(length=500), nullable=False),
        sa.Column("prepared_by", sa.String(length=60), nullable=False),
        sa.Column("checked_by", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("submitted_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "extended_to IS NULL OR length(extension_reason) > 0", name=op.f("ck_indicator_round_unit_extension")
        ),
        sa.CheckConstraint(
            "(submitted_on IS NULL) = (submitted_at IS NULL)", name=op.f("ck_indicator_round_unit_submitted")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["indicator_round.id"], name=op.f("fk_indicator_round_unit_round_id_indicator_round")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organization.id"], name=op.f("fk_indicator_round_unit_unit_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_round_unit")),
        sa.UniqueConstraint("round_id", "unit_id", name=op.f("uq_indicator_round_unit_round_id_unit_id")),
    )
    op.create_index("ix_indicator_round_unit_unit", "indicator_round_unit", ["unit_id"])
    op.create_table(
        "indicator_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_unit_id", sa.Integer(), nullable=False),
        sa.Column("blank", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", AMOUNT, nullable=True),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "(state = 'given') OR (number IS NULL AND text = '')", name=op.f("ck_indicator_answer_given")
        ),
        sa.CheckConstraint(
            "source IN ('form', 'sheet', 'offices', 'carried', 'command', 'correction')",
            name=op.f("ck_indicator_answer_source"),
        ),
        sa.CheckConstraint("state IN ('empty', 'given', 'not_applicable')", name=op.f("ck_indicator_answer_state")),
        sa.ForeignKeyConstraint(
            ["round_unit_id"],
            ["indicator_round_unit.id"],
            name=op.f("fk_indicator_answer_round_unit_id_indicator_round_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_indicator_answer_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_answer")),
        sa.UniqueConstraint("round_unit_id", "blank", name=op.f("uq_indicator_answer_round_unit_id_blank")),
    )
    op.create_table(
        "indicator_answer_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_unit_id", sa.Integer(), nullable=False),
        sa.Column("blank", sa.String(length=8), nullable=False),
        sa.Column("before", sa.String(length=60), nullable=False),
        sa.Column("after", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "source <> 'correction' OR length(reason) > 0", name=op.f("ck_indicator_answer_change_reason")
        ),
        sa.CheckConstraint(
            "source IN ('form', 'sheet', 'offices', 'carried', 'command', 'correction')",
            name=op.f("ck_indicator_answer_change_source"),
        ),
        sa.ForeignKeyConstraint(
            ["round_unit_id"],
            ["indicator_round_unit.id"],
            name=op.f("fk_indicator_answer_change_round_unit_id_indicator_round_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_indicator_answer_change_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_answer_change")),
    )
    op.create_index("ix_indicator_answer_change_blank", "indicator_answer_change", ["round_unit_id", "blank", "id"])
    op.create_table(
        "indicator_explanation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_unit_id", sa.Integer(), nullable=False),
        sa.Column("check_name", sa.String(length=40), nullable=False),
        sa.Column("left_figure", sa.String(length=20), nullable=False),
        sa.Column("right_figure", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_indicator_explanation_text")),
        sa.ForeignKeyConstraint(
            ["round_unit_id"],
            ["indicator_round_unit.id"],
            name=op.f("fk_indicator_explanation_round_unit_id_indicator_round_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_explanation")),
        sa.UniqueConstraint(
            "round_unit_id", "check_name", name=op.f("uq_indicator_explanation_round_unit_id_check_name")
        ),
    )
    op.create_table(
        "indicator_office_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_unit_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("blank", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", AMOUNT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("(state = 'given') = (number IS NOT NULL)", name=op.f("ck_indicator_office_figure_given")),
        sa.CheckConstraint(
            "state IN ('empty', 'given', 'not_applicable')", name=op.f("ck_indicator_office_figure_state")
        ),
        sa.ForeignKeyConstraint(
            ["round_unit_id"],
            ["indicator_round_unit.id"],
            name=op.f("fk_indicator_office_figure_round_unit_id_indicator_round_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organization.id"], name=op.f("fk_indicator_office_figure_unit_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_office_figure")),
        sa.UniqueConstraint(
            "round_unit_id", "unit_id", "blank", name=op.f("uq_indicator_office_figure_round_unit_id_unit_id_blank")
        ),
    )
    op.create_index("ix_indicator_office_figure_unit", "indicator_office_figure", ["unit_id"])
    op.create_table(
        "indicator_spared_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("blank", sa.String(length=8), nullable=False),
        sa.Column("given_in_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["indicator_round.id"], name=op.f("fk_indicator_spared_question_round_id_indicator_round")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organization.id"], name=op.f("fk_indicator_spared_question_unit_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["given_in_id"],
            ["indicator_round.id"],
            name=op.f("fk_indicator_spared_question_given_in_id_indicator_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_spared_question")),
        sa.UniqueConstraint(
            "round_id", "unit_id", "blank", name=op.f("uq_indicator_spared_question_round_id_unit_id_blank")
        ),
    )
    op.create_table(
        "indicator_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_indicator_definition_text")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_definition")),
    )
    op.create_index("ix_indicator_definition_indicator", "indicator_definition", ["form", "indicator", "id"])
    op.create_table(
        "indicator_form_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=False),
        sa.Column("concerns", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "decision IN ('as_printed', 'adopted', 'asked')", name=op.f("ck_indicator_form_decision_decision")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_indicator_form_decision_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_form_decision")),
    )
    op.create_index("ix_indicator_form_decision_concerns", "indicator_form_decision", ["form", "concerns", "id"])
    op.create_table(
        "indicator_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f("ck_indicator_question_answered")),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_indicator_question_text")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["indicator_round.id"], name=op.f("fk_indicator_question_round_id_indicator_round")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organization.id"], name=op.f("fk_indicator_question_unit_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_question")),
    )
    op.create_index("ix_indicator_question_round", "indicator_question", ["round_id", "indicator"])
    op.create_table(
        "indicator_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_unit_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_by", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_indicator_file_size")),
        sa.ForeignKeyConstraint(
            ["round_unit_id"],
            ["indicator_round_unit.id"],
            name=op.f("fk_indicator_file_round_unit_id_indicator_round_unit"),
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_indicator_file_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_file")),
        sa.UniqueConstraint(
            "round_unit_id", "indicator", "sha256", name=op.f("uq_indicator_file_round_unit_id_indicator_sha256")
        ),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "indicator_file",
        "indicator_question",
        "indicator_form_decision",
        "indicator_definition",
        "indicator_spared_question",
        "indicator_office_figure",
        "indicator_explanation",
        "indicator_answer_change",
        "indicator_answer",
        "indicator_round_unit",
        "indicator_round",
    ):
        op.drop_table(table)
