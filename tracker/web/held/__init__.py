"""What was sent after a session had run out: shown, put back, thrown away."""
