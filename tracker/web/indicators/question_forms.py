"""The forms of questions, answers and definitions."""

from typing import Any

from wtforms import HiddenField, StringField, TextAreaField

from tracker.rules.words import say
from tracker.web.forms import Form


class AskForm(Form):
    """What a district asks about an indicator."""

    indicator = StringField(say("指标"))
    text = TextAreaField(say("提问"), id="question-text")


class AnswerForm(Form):
    """What is answered to a question; every question of the page has one of its own."""

    answer = TextAreaField(say("答复"))

    @classmethod
    def of(cls, question_id: int, sent: Any = None) -> "AnswerForm":
        """Return the form of one question, empty or as it was sent."""
        form = cls(formdata=sent)
        form.answer.id = f"answer-{question_id}"
        form.answer.label.field_id = form.answer.id
        return form


class DefinitionForm(Form):
    """How an indicator is counted; `seen` is the version that the form was opened with."""

    text = TextAreaField(say("口径"))
    example = TextAreaField(say("示例"))
    seen = HiddenField()
