"""Lists across assignments: overdue list, matrix, to-do."""
