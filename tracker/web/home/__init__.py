"""The first page by role, and help."""
