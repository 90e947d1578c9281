"""The score board and its explanations."""
