"""The base of every form: CSRF, and messages in Chinese."""

from typing import ClassVar

from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from tracker.uploads import Why

FILE_STATUS = {Why.TYPE: 415, Why.CONTENT: 422, Why.SIZE: 413, Why.UNCHECKED: 503}
"""What a form answers to a file that is not taken."""


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose built-in messages are Chinese."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' own catalogue, whatever the browser asks for."""

        locales: ClassVar = ["zh"]

        def get_translations(self, form: FlaskForm) -> object:
            """Return WTForms' Chinese messages."""
            return get_translations(self.locales)
