"""Know an appraisal scheme: read it from its text, down to each clause and how it counts."""
