"""The report form."""

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker.rules.reports import SITUATION_TEXT, Situation
from tracker.rules.words import say
from tracker.text import MAX_LENGTH
from tracker.web.forms import Form

TOO_LONG = say("最多 {most} 字，请精简或改为附件。", most=MAX_LENGTH)
WHOLE = say("请填写 0 到 100 的整数。")

LONGEST_TOKEN = 64
CORRECTING = "1"

LABELS = {
    "done": say("完成情况"),
    "problems": say("存在问题"),
    "next_steps": say("下一步"),
    "help_needed": say("困难和需要的支持"),
}
"""The fields that are written in Markdown."""


class ReportForm(Form):
    """完成情况, 存在问题, 下一步, situation, progress, evidence."""

    done = TextAreaField(
        LABELS["done"], [InputRequired(say("请写明完成情况。")), Length(max=MAX_LENGTH, message=TOO_LONG)]
    )
    problems = TextAreaField(LABELS["problems"], [Length(max=MAX_LENGTH, message=TOO_LONG)])
    next_steps = TextAreaField(LABELS["next_steps"], [Length(max=MAX_LENGTH, message=TOO_LONG)])
    situation = RadioField(
        say("总体情况"),
        [InputRequired(say("请选择总体情况。"))],
        choices=[SelectChoice(value, label) for value, label in SITUATION_TEXT.items()],
        default=Situation.SMOOTH.value,
    )
    help_needed = TextAreaField(LABELS["help_needed"], [Length(max=MAX_LENGTH, message=TOO_LONG)])
    progress = IntegerField(say("完成进度（%）"), [InputRequired(WHOLE), NumberRange(0, 100, WHOLE)], default=0)
    files = MultipleFileField(say("佐证材料"), [Optional()])
    token = HiddenField(say("表单编号"), validators=[InputRequired(), Length(max=LONGEST_TOKEN)])
    version = HiddenField(say("版本"), validators=[InputRequired()])
    correcting = HiddenField(say("更正"))

    @property
    def corrects(self) -> bool:
        """Tell whether the form was opened to correct a report that was accepted."""
        return self.correcting.data == CORRECTING
