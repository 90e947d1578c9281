"""Pages about other people's accounts."""
