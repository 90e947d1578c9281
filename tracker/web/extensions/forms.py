"""The form that asks for a later due day."""

import re
from datetime import date

from wtforms import StringField, TextAreaField

from tracker.rules.calendar import YEARS, last_day
from tracker.rules.words import say
from tracker.web.forms import Form

DUE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


class ExtensionForm(Form):
    """Until when, why, and how far it has got; the fields' ids keep them apart from others of the assignment's page."""

    due = StringField(say("新的完成时限"), id="extension-due")
    reason = TextAreaField(say("延期的理由"), id="extension-reason")
    # A report's progress is a number; where typed texts stand alone, this one is called otherwise.
    progress = TextAreaField(say("现有进展"), id="extension-progress", name="present")

    @property
    def due_day(self) -> date | None:
        """The day, a month meaning its last one, if it can be read; the field then holds what to correct."""
        written = (self.due.data or "").strip()
        day = last_day(written) if DUE.fullmatch(written) else None
        if day is not None and day.year in YEARS:
            return day
        self.due.errors = [say("请填写年月或日期，如 2021-05（按月末计）或 2021-05-20。")]
        return None
