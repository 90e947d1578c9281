"""The forms of a 催办 and of a pause."""

from datetime import date

from wtforms import MultipleFileField, StringField, TextAreaField
from wtforms.validators import Optional

from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.words import say
from tracker.web.forms import Form


class UrgeForm(Form):
    """What the letter says, and what goes with it."""

    subject = StringField(say("标题"), [Optional()])
    text = TextAreaField(say("催办内容"))
    files = MultipleFileField(say("附件"), [Optional()])


class PauseForm(Form):
    """Until when reminders are silent, and why."""

    until = StringField(say("恢复提醒的日期"))
    why = TextAreaField(say("暂停的理由"))

    @property
    def until_day(self) -> date | None:
        """The day, if it can be read; the field then holds what to correct."""
        try:
            return asked_day((self.until.data or "").strip())
        except DayRefused as refused:
            self.until.errors = [str(refused) if self.until.data else say("请填写恢复提醒的日期。")]
            return None
