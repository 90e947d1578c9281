"""Read the text of plan documents into drafts, by small stages over one shared grammar."""
