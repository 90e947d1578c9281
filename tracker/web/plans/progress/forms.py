"""The forms of a running plan's pages: a due day that had passed, a verdict on a year, what was reached."""

from datetime import date
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    Field,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from tracker.assignments.early import CHOICE_TEXT
from tracker.plans.changes import LONGEST_REASON
from tracker.rules.dues import DueRefused, read_due
from tracker.rules.words import say
from tracker.web.forms import Form

CHOICES = [(choice.value, text) for choice, text in CHOICE_TEXT.items()]
LATER = "moved"


class EarlyForm(Form):
    """What becomes of a task that was due before its document was issued."""

    choice = RadioField(
        say("怎样处理"),
        [InputRequired(say("请选择怎样处理。"))],
        choices=[SelectChoice(value, text) for value, text in CHOICES],
        validate_choice=False,
        id="early-choice",
    )
    due = StringField(say("顺延到"), id="early-due")
    reason = TextAreaField(
        say("理由"),
        [
            InputRequired(say("请写明理由：它与改动前后的内容一起留存，日后可查。")),
            Length(max=LONGEST_REASON, message=say("理由最多 {n} 字，请精简。", n=LONGEST_REASON)),
        ],
        id="early-reason",
    )

    def validate_choice(self, field: Field) -> None:
        """Refuse a word that is no choice."""
        if field.data not in dict(CHOICES):
            raise ValidationError(say("请选择怎样处理。"))

    def validate_due(self, field: Field) -> None:
        """Refuse what names no day, where a day is asked for."""
        if self.choice.data == LATER:
            try:
                read_due((field.data or "").strip())
            except DueRefused as refused:
                raise ValidationError(str(refused)) from None

    @property
    def due_on(self) -> date | None:
        """The later day that was chosen, if one is asked for."""
        return read_due((self.due.data or "").strip()).due_on if self.choice.data == LATER else None

    @property
    def told(self) -> list[tuple[str, Any]]:
        """What the person chose, as lines of a comparison."""
        return [
            (say("处理"), dict(CHOICES).get(self.choice.data, "")),
            (say("顺延到"), self.due.data or ""),
            (say("理由"), self.reason.data or ""),
        ]
