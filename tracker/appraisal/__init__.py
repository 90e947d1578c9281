"""Appraisal schemes: their texts, and what is said about them beside."""
