"""The whole day of each of five roles, told once for every kind of hand."""
