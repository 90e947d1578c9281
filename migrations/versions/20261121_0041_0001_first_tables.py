"""first tables"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_day", "audit_entry", ["day"], unique=False)
    op.create_index("ix_audit_entry_object", "audit_entry", ["object_type", "object_id"], unique=False)

    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "marker",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marker")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_message_sent_at")),
        sa.CheckConstraint("state IN ('pending', 'sending', 'sent', 'dead')", name=op.f("ck_message_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    op.create_index("ix_message_day", "message", ["day"], unique=False)
    op.create_index(
        "ix_message_waiting",
        "message",
        ["next_try_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )

    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("short_name", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("source_note", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('city_bureau', 'city_office', 'district_bureau', 'justice_office')",
            name=op.f("ck_organization_kind"),
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_organization_validity")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_organization_parent_id_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_organization_slug")),
    )
    op.create_index("ix_organization_kind_position", "organization", ["kind", "position"], unique=False)

    op.create_table(
        "source_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_document")),
        sa.UniqueConstraint("sha256", name=op.f("uq_source_document_sha256")),
    )
    op.create_table(
        "organization_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_alias_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_alias")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_organization_alias_organization_id_name")),
    )
    op.create_index("ix_organization_alias_name", "organization_alias", ["name"], unique=False)

    op.create_table(
        "organization_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("member_kind", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "member_kind IN ('city_bureau', 'city_office', 'district_bureau', 'justice_office')",
            name=op.f("ck_organization_group_member_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["organization.id"], name=op.f("fk_organization_group_root_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_group")),
        sa.UniqueConstraint("root_id", "name", name=op.f("uq_organization_group_root_id_name")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("counter_reviewer_id", sa.Integer(), nullable=True),
        sa.Column("doc_number", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("issuer", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("printed_on", sa.Date(), nullable=True),
        sa.Column("openness", sa.String(length=20), nullable=False),
        sa.Column("parent_document", sa.String(length=300), nullable=False),
        sa.Column("addressees", sa.String(length=300), nullable=False),
        sa.Column("copied_to", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("base_points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("points_per_miss", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("late_counts", sa.Boolean(), nullable=False),
        sa.Column("near_days", sa.Integer(), nullable=False),
        sa.Column("offices_report", sa.Boolean(), nullable=False),
        sa.Column("rule_quote", sa.String(length=300), nullable=False),
        sa.Column("rule_source", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'published') = (published_on IS NOT NULL)", name=op.f("ck_plan_published_on")),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_plan_state")),
        sa.CheckConstraint("base_points >= 0 AND points_per_miss >= 0", name=op.f("ck_plan_points")),
        sa.CheckConstraint("near_days BETWEEN 0 AND 90", name=op.f("ck_plan_near_days")),
        sa.ForeignKeyConstraint(
            ["counter_reviewer_id"], ["organization.id"], name=op.f("fk_plan_counter_reviewer_id_organization")
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["organization.id"], name=op.f("fk_plan_issuer_id_organization")),
        sa.ForeignKeyConstraint(["owner_id"], ["organization.id"], name=op.f("fk_plan_owner_id_organization")),
        sa.ForeignKeyConstraint(["source_id"], ["source_document.id"], name=op.f("fk_plan_source_id_source_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("doc_number", name=op.f("uq_plan_doc_number")),
        sa.UniqueConstraint("source_id", name=op.f("uq_plan_source_id")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'supervisor', 'leader', 'auditor', 'reviewer', 'lead', 'clerk', 'office')",
            name=op.f("ck_user_account_role"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["organization.id"], name=op.f("fk_user_account_unit_id_organization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("account", name=op.f("uq_user_account_account")),
    )
    op.create_index(
        "ix_user_account_unit_role",
        "user_account",
        ["unit_id", "role"],
        unique=False,
        sqlite_where=sa.text("active = 1"),
        postgresql_where=sa.text("active"),
    )

    op.create_table(
        "anomaly",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column("line_from", sa.Integer(), nullable=False),
        sa.Column("line_to", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("handled", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_anomaly_plan_id_plan"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly")),
    )
    op.create_index("ix_anomaly_plan", "anomaly", ["plan_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("date_raw", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("line_from", sa.Integer(), nullable=False),
        sa.Column("line_to", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_milestone_plan_id_plan"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_milestone_plan_id_position")),
    )
    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_section_plan_id_plan"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_section_plan_id_position")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("deadline_kind", sa.String(length=20), nullable=False),
        sa.Column("deadline_value", sa.String(length=30), nullable=False),
        sa.Column("deadline_raw", sa.String(length=100), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("line_from", sa.Integer(), nullable=False),
        sa.Column("line_to", sa.Integer(), nullable=False),
        sa.Column("acceptance", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("line_from <= line_to", name=op.f("ck_task_lines")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_task_plan_id_plan"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_task_section_id_section"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_task_plan_id_position")),
    )
    op.create_index("ix_task_section", "task", ["section_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_on IS NOT NULL)", name=op.f("ck_assignment_completed_on")
        ),
        sa.CheckConstraint(
            "level IN ('city_bureau', 'city_office', 'district_bureau', 'justice_office')",
            name=op.f("ck_assignment_level"),
        ),
        sa.CheckConstraint(
            "status IN ('pending_receipt', 'in_progress', 'under_review', 'returned', 'completed', 'exempt', 'withdrawn')",
            name=op.f("ck_assignment_status"),
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_assignment_progress")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["organization.id"], name=op.f("fk_assignment_district_id_organization")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_assignment_plan_id_plan")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_assignment_task_id_task")),
        sa.ForeignKeyConstraint(["unit_id"], ["organization.id"], name=op.f("fk_assignment_unit_id_organization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("task_id", "unit_id", name=op.f("uq_assignment_task_id_unit_id")),
    )
    op.create_index("ix_assignment_district", "assignment", ["district_id", "level", "due_on"], unique=False)
    op.create_index(
        "ix_assignment_open",
        "assignment",
        ["due_on", "id", "plan_id", "level", "district_id", "unit_id", "task_id", "status"],
        unique=False,
        sqlite_where=sa.text("status IN ('pending_receipt', 'in_progress', 'under_review', 'returned')"),
        postgresql_where=sa.text("status IN ('pending_receipt', 'in_progress', 'under_review', 'returned')"),
    )
    op.create_index(
        "ix_assignment_review",
        "assignment",
        ["level", "task_id", "unit_id", "plan_id"],
        unique=False,
        sqlite_where=sa.text("status = 'under_review'"),
        postgresql_where=sa.text("status = 'under_review'"),
    )
    op.create_index(
        "ix_assignment_roll_up",
        "assignment",
        ["plan_id", "level", "district_id", "due_on", "status", "completed_on", "issued_on"],
        unique=False,
    )
    op.create_index("ix_assignment_unit", "assignment", ["unit_id", "status", "due_on"], unique=False)

    op.create_table(
        "responsibility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("printed_name", sa.String(length=60), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("role IN ('lead', 'responsible', 'cooperating')", name=op.f("ck_responsibility_role")),
        sa.CheckConstraint("(organization_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_responsibility_one_party")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["organization_group.id"], name=op.f("fk_responsibility_group_id_organization_group")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_responsibility_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_responsibility_task_id_task"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_responsibility_task_id_position")),
    )
    op.create_index("ix_responsibility_organization", "responsibility", ["organization_id", "task_id"], unique=False)

    op.create_table(
        "task_reviewer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["organization.id"], name=op.f("fk_task_reviewer_office_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_task_reviewer_task_id_task"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_reviewer")),
        sa.UniqueConstraint("task_id", "office_id", name=op.f("uq_task_reviewer_task_id_office_id")),
    )
    op.create_index("ix_task_reviewer_office", "task_reviewer", ["office_id", "task_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_notice_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_notice_message_id_message")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "user_id", "assignment_id", "due_on", "step", name=op.f("uq_notice_user_id_assignment_id_due_on_step")
        ),
    )
    op.create_index("ix_notice_assignment", "notice", ["assignment_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("situation", sa.String(length=20), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=False),
        sa.Column("help_needed", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (filed_at IS NULL)", name=op.f("ck_report_filed_at")),
        sa.CheckConstraint("kind IN ('progress', 'completion')", name=op.f("ck_report_kind")),
        sa.CheckConstraint("situation IN ('smooth', 'difficult', 'needs_city')", name=op.f("ck_report_situation")),
        sa.CheckConstraint(
            "state IN ('draft', 'filed', 'recalled', 'accepted', 'returned')", name=op.f("ck_report_state")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_report_progress")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_report_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_report_author_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("form_token", name=op.f("uq_report_form_token")),
    )
    op.create_index("ix_report_assignment", "report", ["assignment_id", "id"], unique=False)
    op.create_index(
        "uq_report_draft",
        "report",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )

    op.create_table(
        "status_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=20), nullable=False),
        sa.Column("from_status", sa.String(length=20), nullable=False),
        sa.Column("to_status", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "move IN ('dispatch', 'acknowledge', 'submit', 'recall', 'accept', 'return', 'reopen', 'exempt', 'withdraw')",
            name=op.f("ck_status_change_move"),
        ),
        sa.CheckConstraint(
            "to_status IN ('pending_receipt', 'in_progress', 'under_review', 'returned', 'completed', 'exempt', 'withdrawn')",
            name=op.f("ck_status_change_to_status"),
        ),
        sa.CheckConstraint("day <= until_day", name=op.f("ck_status_change_period")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_status_change_actor_id_user_account")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_status_change_assignment_id_assignment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_change")),
    )
    op.create_index("ix_status_change_day", "status_change", ["day"], unique=False)
    op.create_index(
        "ix_status_change_period", "status_change", ["assignment_id", "day", "until_day", "to_status"], unique=False
    )
    op.create_index(
        "uq_status_change_open",
        "status_change",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("until_day = '9999-12-31'"),
        postgresql_where=sa.text("until_day = '9999-12-31'"),
    )

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_evidence_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_evidence_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint(
            "assignment_id", "name", "file_version", name=op.f("uq_evidence_assignment_id_name_file_version")
        ),
    )
    op.create_index("ix_evidence_report", "evidence", ["report_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_name", sa.String(length=120), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("decision = 'accept' OR length(reason) > 0", name=op.f("ck_review_reason")),
        sa.CheckConstraint("decision IN ('accept', 'return')", name=op.f("ck_review_decision")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_review_report_id_report")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user_account.id"], name=op.f("fk_review_reviewer_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("report_id", name=op.f("uq_review_report_id")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("review")
    op.drop_index("ix_evidence_report", "evidence")

    op.drop_table("evidence")
    op.drop_index(
        "uq_status_change_open",
        "status_change",
        sqlite_where=sa.text("until_day = '9999-12-31'"),
        postgresql_where=sa.text("until_day = '9999-12-31'"),
    )
    op.drop_index("ix_status_change_period", "status_change")
    op.drop_index("ix_status_change_day", "status_change")

    op.drop_table("status_change")
    op.drop_index(
        "uq_report_draft",
        "report",
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_index("ix_report_assignment", "report")

    op.drop_table("report")
    op.drop_index("ix_notice_assignment", "notice")

    op.drop_table("notice")
    op.drop_index("ix_task_reviewer_office", "task_reviewer")

    op.drop_table("task_reviewer")
    op.drop_index("ix_responsibility_organization", "responsibility")

    op.drop_table("responsibility")
    op.drop_index("ix_assignment_unit", "assignment")
    op.drop_index("ix_assignment_roll_up", "assignment")
    op.drop_index(
        "ix_assignment_review",
        "assignment",
        sqlite_where=sa.text("status = 'under_review'"),
        postgresql_where=sa.text("status = 'under_review'"),
    )
    op.drop_index(
        "ix_assignment_open",
        "assignment",
        sqlite_where=sa.text("status IN ('pending_receipt', 'in_progress', 'under_review', 'returned')"),
        postgresql_where=sa.text("status IN ('pending_receipt', 'in_progress', 'under_review', 'returned')"),
    )
    op.drop_index("ix_assignment_district", "assignment")

    op.drop_table("assignment")
    op.drop_index("ix_task_section", "task")

    op.drop_table("task")
    op.drop_table("section")
    op.drop_table("milestone")
    op.drop_index("ix_anomaly_plan", "anomaly")

    op.drop_table("anomaly")
    op.drop_index(
        "ix_user_account_unit_role",
        "user_account",
        sqlite_where=sa.text("active = 1"),
        postgresql_where=sa.text("active"),
    )

    op.drop_table("user_account")
    op.drop_table("plan")
    op.drop_table("organization_group")
    op.drop_index("ix_organization_alias_name", "organization_alias")

    op.drop_table("organization_alias")
    op.drop_table("source_document")
    op.drop_index("ix_organization_kind_position", "organization")

    op.drop_table("organization")
    op.drop_index(
        "ix_message_waiting",
        "message",
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.drop_index("ix_message_day", "message")

    op.drop_table("message")
    op.drop_table("marker")
    op.drop_table("lease")
    op.drop_index("ix_audit_entry_object", "audit_entry")
    op.drop_index("ix_audit_entry_day", "audit_entry")

    op.drop_table("audit_entry")
