"""The scheduler: who is on duty, what ran and runs next, what waits."""
