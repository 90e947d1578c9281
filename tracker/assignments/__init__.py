"""Assignments: what each unit owes of each task, and every step it took."""
