"""To-do, overdue list and matrix."""
