"""Reminders: which notices are due to whom, gathered into one letter per person and day."""
