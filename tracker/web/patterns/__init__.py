"""The page of patterns: every widget of the interface with made-up content."""
