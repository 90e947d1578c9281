"""The second half of an import: units, settings, rehearsal, publication, and taking it back."""
