"""Backups: made by hand, and those that lie in the folder."""
