"""Long work: its progress and what came of it."""
