"""Pages of the indicator form: rounds, filling in, tables, files, figures of offices."""
