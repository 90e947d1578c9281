"""The base of every form: CSRF, and messages in the language spoken."""

from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectChoice  # type: ignore[attr-defined] # The stubs are older than it.
from wtforms.i18n import get_translations

from tracker import i18n
from tracker.uploads import Why

FILE_STATUS = {Why.TYPE: 415, Why.CONTENT: 422, Why.SIZE: 413, Why.UNCHECKED: 503}
"""What a form answers to a file that is not taken."""


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose built-in messages are in the reader's language."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' own catalogues, whatever the browser asks for."""

        def get_translations(self, form: FlaskForm) -> object:
            """Return WTForms' messages in the language spoken now."""
            return get_translations([i18n.language()])

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """Render a control whose choices and attributes are in the language spoken now."""
            if hasattr(field, "choices") and isinstance(field.choices, list):
                field.choices = [_choice(choice) for choice in field.choices]
            return super().render_field(field, {name: i18n.translate(value) for name, value in render_kw.items()})


def _choice(choice: Any) -> Any:
    """Return a choice with its label translated; a group of choices is not used."""
    if isinstance(choice, SelectChoice):
        return replace(choice, label=i18n.translate(choice.label))
    return (choice[0], i18n.translate(choice[1]), *choice[2:]) if isinstance(choice, tuple) else choice
