"""Find the tables of a text, name their columns, and make a task of each row."""
