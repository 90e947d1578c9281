"""The working calendar, and each person's calendar feed."""
