"""A person's own letters, and how they want to be reminded."""
