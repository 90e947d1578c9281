"""Pages for administering units."""
