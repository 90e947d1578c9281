"""Long work: done piece by piece behind the pages, with its progress and its result."""
