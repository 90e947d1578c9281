"""The search over tasks, documents and units."""
