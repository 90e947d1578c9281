"""催办 and pauses of reminders."""
