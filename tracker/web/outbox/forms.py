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
from tracker.web.forms import Form

NAME_LENGTH, URL_LENGTH, SECRET_LENGTH = 60, 500, SECRET_BYTES
ONE_LINE = Regexp(r"[^\x00-\x1f\x7f\u2028\u2029]*\Z", message="只能写一行，不能有换行或控制字符。")


class EndpointForm(Form):
    """Kind, name, address, secret, unit, whether it is in use; the secret is never filled in again."""

    kind = SelectField("类型", validate_choice=False)
    name = StringField(
        "名称", [InputRequired("请填写名称。"), Length(max=NAME_LENGTH, message=f"最多 {NAME_LENGTH} 字。"), ONE_LINE]
    )
    url = StringField("地址", [Length(max=URL_LENGTH, message=f"最多 {URL_LENGTH} 个字符。"), ONE_LINE])
    secret = PasswordField("密钥", [Length(max=SECRET_LENGTH, message=f"最多 {SECRET_LENGTH} 个字符。"), ONE_LINE])
    forget_secret = BooleanField("清除已保存的密钥")
    unit = StringField("适用单位", [Length(max=NAME_LENGTH, message=f"最多 {NAME_LENGTH} 字。")])
    active = BooleanField("启用")
    version = HiddenField("版本", default="0", validators=[InputRequired(), Regexp(r"[0-9]{1,9}$")])

    def offer(self, kinds: Sequence[tuple[str, str]]) -> None:
        """Say which kinds there are, as (word, label)."""
        self.kind.choices = [SelectChoice(word, label) for word, label in kinds]
