"""Measures Tracker beside the barest application that shows the same."""
