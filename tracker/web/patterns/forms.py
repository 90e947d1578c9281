"""A form with every kind of field, that is sent nowhere."""

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    BooleanField,
    FileField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from tracker.rules.words import say
from tracker.web.forms import Form


class PatternForm(Form):
    """Every kind of field once."""

    status = SelectField(
        say("状态"), choices=[SelectChoice("going", say("办理中")), SelectChoice("done", say("已办结"))]
    )
    progress = IntegerField(say("完成进度"), [InputRequired()])
    evidence = FileField(say("佐证材料"))
    text = TextAreaField(say("完成情况"), [InputRequired()])
    channel = RadioField(
        say("提醒方式"),
        choices=[SelectChoice("mail", say("邮件")), SelectChoice("inbox", say("收件箱"))],
        default="mail",
    )
    done = BooleanField(say("没有佐证材料"))

    def refuse(self) -> None:
        """Show how fields are refused."""
        self.progress.errors = [say("进度应在上次的 {least} 与 100 之间。", least=60)]
        self.text.errors = [say("请写明完成情况。")]
