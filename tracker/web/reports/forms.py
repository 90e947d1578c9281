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
from tracker.text import MAX_LENGTH
from tracker.web.forms import Form

TOO_LONG = f"最多 {MAX_LENGTH} 字，请精简或改为附件。"


class ReportForm(Form):
    """完成情况, 存在问题, 下一步, situation, progress, evidence."""

    done = TextAreaField("完成情况", [InputRequired("请写明完成情况。"), Length(max=MAX_LENGTH, message=TOO_LONG)])
    problems = TextAreaField("存在问题", [Length(max=MAX_LENGTH, message=TOO_LONG)])
    next_steps = TextAreaField("下一步", [Length(max=MAX_LENGTH, message=TOO_LONG)])
    situation = RadioField(
        "总体情况",
        [InputRequired("请选择总体情况。")],
        choices=[SelectChoice(value, label) for value, label in SITUATION_TEXT.items()],
        default=Situation.SMOOTH.value,
    )
    help_needed = TextAreaField("困难和需要的支持", [Length(max=MAX_LENGTH, message=TOO_LONG)])
    progress = IntegerField(
        "完成进度（%）",
        [InputRequired("请填写 0 到 100 的整数。"), NumberRange(0, 100, "请填写 0 到 100 的整数。")],
        default=0,
    )
    files = MultipleFileField("佐证材料", [Optional()])
    token = HiddenField("表单编号", validators=[InputRequired(), Length(max=64)])
    version = HiddenField("版本", validators=[InputRequired()])
