"""One assignment: its page and the steps of its loop."""
