"""The form of a single day."""

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    DateField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import InputRequired, Length

from tracker.web.forms import Form
from tracker.workdays.entries import MAX_NOTE, OFF, WORK


class DayForm(Form):
    """Day, 休 or 班, what for."""

    day = DateField("日期", [InputRequired("请填写日期。")])
    kind = RadioField(
        "这一天",
        [InputRequired("请选择放假还是上班。")],
        choices=[SelectChoice(OFF, "放假（休）"), SelectChoice(WORK, "上班（班）")],
    )
    note = StringField("说明", [Length(max=MAX_NOTE, message=f"说明最多 {MAX_NOTE} 字，请精简。")])

    @property
    def working(self) -> bool:
        """Whether people are to work."""
        return bool(self.kind.data == WORK)
