"""Let the database itself refuse to alter or delete what is on record.

SQLite drops a table's triggers when a migration makes the table anew: whoever alters audit_entry or audit_head later
drops these triggers first and makes them again afterwards.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REFUSED = "the audit trail is append-only"

SQLITE = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry",
    # INSERT OR REPLACE deletes the row in its way without asking the trigger above.
    "audit_entry_no_replace": (
        "BEFORE INSERT ON audit_entry "
        "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) "
        "OR EXISTS (SELECT 1 FROM audit_entry WHERE number = NEW.number)"
    ),
    "audit_head_forward": "BEFORE UPDATE ON audit_head WHEN NEW.id <> OLD.id OR NEW.number <= OLD.number",
    "audit_head_no_delete": "BEFORE DELETE ON audit_head",
    "audit_head_no_replace": "BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head WHERE id = NEW.id)",
}

POSTGRESQL = {
    "audit_entry_append_only": (
        "audit_entry",
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT",
    ),
    "audit_head_forward": (
        "audit_head",
        "BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.number <= OLD.number)",
    ),
    "audit_head_no_delete": ("audit_head", "BEFORE DELETE OR TRUNCATE ON audit_head FOR EACH STATEMENT"),
}


def upgrade() -> None:
    """Make the triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for name, when in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END")
        return
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for name, (table, when) in POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_refuse()")
        # Also for whoever pretends to replay another server's changes.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name, (table, _) in POSTGRESQL.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION audit_refuse()")
