"""Scores of the districts, computed from the record for any day."""
