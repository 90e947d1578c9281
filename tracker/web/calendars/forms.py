"""The form of a single day."""

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    DateField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import InputRequired, Length

from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.workdays.entries import MAX_NOTE, OFF, WORK


class DayForm(Form):
    """Day, 休 or 班, what for."""

    day = DateField(say("日期"), [InputRequired(say("请填写日期。"))])
    kind = RadioField(
        say("这一天"),
        [InputRequired(say("请选择放假还是上班。"))],
        choices=[SelectChoice(OFF, say("放假（休）")), SelectChoice(WORK, say("上班（班）"))],
    )
    note = StringField(
        say("说明"), [Length(max=MAX_NOTE, message=say("说明最多 {max_note} 字，请精简。", max_note=MAX_NOTE))]
    )

    @property
    def working(self) -> bool:
        """Whether people are to work."""
        return bool(self.kind.data == WORK)
