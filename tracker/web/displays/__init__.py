"""How pages are shown, chosen by each person."""
