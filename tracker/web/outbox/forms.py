"""The form of a chat robot or webhook."""

from collections.abc import Sequence

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    BooleanField,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Regexp

from tracker.outbox.endpoints import SECRET_BYTES
from tracker.rules.words import say
from tracker.web.forms import Form

NAME_LENGTH, URL_LENGTH, SECRET_LENGTH = 60, 500, SECRET_BYTES
ONE_LINE = Regexp(r"[^\x00-\x1f\x7f\u2028\u2029]*\Z", message=say("只能写一行，不能有换行或控制字符。"))


class EndpointForm(Form):
    """Kind, name, address, secret, unit, whether it is in use; the secret is never filled in again."""

    kind = SelectField(say("类型"), validate_choice=False)
    name = StringField(
        say("名称"),
        [
            InputRequired(say("请填写名称。")),
            Length(max=NAME_LENGTH, message=say("最多 {name_length} 字。", name_length=NAME_LENGTH)),
            ONE_LINE,
        ],
    )
    url = StringField(
        say("地址"),
        [Length(max=URL_LENGTH, message=say("最多 {url_length} 个字符。", url_length=URL_LENGTH)), ONE_LINE],
    )
    secret = PasswordField(
        say("密钥"),
        [
            Length(max=SECRET_LENGTH, message=say("最多 {secret_length} 个字符。", secret_length=SECRET_LENGTH)),
            ONE_LINE,
        ],
    )
    forget_secret = BooleanField(say("清除已保存的密钥"))
    unit = StringField(
        say("适用单位"), [Length(max=NAME_LENGTH, message=say("最多 {name_length} 字。", name_length=NAME_LENGTH))]
    )
    active = BooleanField(say("启用"))
    version = HiddenField(say("版本"), default="0", validators=[InputRequired(), Regexp(r"[0-9]{1,9}$")])

    def offer(self, kinds: Sequence[tuple[str, str]]) -> None:
        """Say which kinds there are, as (word, label)."""
        self.kind.choices = [SelectChoice(word, label) for word, label in kinds]
