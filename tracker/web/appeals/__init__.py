"""The list of objections."""
