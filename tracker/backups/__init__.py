"""Backups: one file with a consistent copy of the database, the evidence and the head of the audit trail."""
