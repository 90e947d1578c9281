"""Answers of a district that could be true, and what typed ones are read as."""

from tracker.rules.indicators.form import Form
from tracker.rules.indicators.values import Value, read_value
from tracker.seeding.answers import sensible as sensible


def read(form: Form, typed: dict[str, str]) -> dict[str, Value]:
    """Return what was typed as the values that it is read as."""
    blanks = {key: blank for key, _, blank in form.fields()}
    return {key: read_value(blanks[key], text) for key, text in typed.items()}
