"""The forms of login and of a new password."""

from wtforms import Field, PasswordField, StringField, ValidationError
from wtforms.validators import EqualTo, InputRequired, Length

from tracker.rules.passwords import ACCOUNT_LENGTH, MAX_LENGTH, folded, writable
from tracker.rules.words import say
from tracker.web.forms import Form

CODE_LENGTH = 60
"""Room for a recovery code with blanks between its signs."""

_SHORT_ENOUGH = Length(max=MAX_LENGTH, message=say("密码最多 {most} 个字符。", most=MAX_LENGTH))


def _a_name(_form: Form, field: Field) -> None:
    if not writable(field.data):
        field.data = ""
        raise ValidationError(say("账号中有换行或看不见的字符，请重新输入。"))
    if not folded(field.data):
        raise ValidationError(say("请填写账号。"))


class LoginForm(Form):
    """Account and password."""

    account = StringField(
        say("账号或手机号"), [InputRequired(say("请填写账号。")), Length(max=ACCOUNT_LENGTH), _a_name]
    )
    password = PasswordField(say("密码"), [InputRequired(say("请填写密码。")), _SHORT_ENOUGH])


class ResetForm(Form):
    """Whose password is forgotten."""

    account = StringField(say("账号"), [InputRequired(say("请填写账号。")), Length(max=ACCOUNT_LENGTH), _a_name])


class NewPasswordForm(Form):
    """A new password, twice."""

    new = PasswordField(say("新密码"), [InputRequired(say("请填写新密码。")), _SHORT_ENOUGH])
    again = PasswordField(
        say("再输一次新密码"),
        [InputRequired(say("请再输一次新密码。")), EqualTo("new", say("两次输入的新密码不一致。"))],
    )


class CodeForm(Form):
    """Six digits of the telephone, or a recovery code."""

    code = StringField(
        say("动态口令"), [InputRequired(say("请填写六位动态口令，或一个恢复码。")), Length(max=CODE_LENGTH)]
    )


class BeginForm(Form):
    """The password, before the seed of a second factor is shown."""

    password = PasswordField(say("登录密码"), [InputRequired(say("请填写登录密码。")), _SHORT_ENOUGH])


class ProofForm(BeginForm, CodeForm):
    """Password and code, before the second factor is switched off or its recovery codes are made anew."""


class PasswordForm(Form):
    """The old password, and the new one twice."""

    old = PasswordField(say("原密码"), [InputRequired(say("请填写原密码。")), _SHORT_ENOUGH])
    new = PasswordField(say("新密码"), [InputRequired(say("请填写新密码。")), _SHORT_ENOUGH])
    again = PasswordField(
        say("再输一次新密码"),
        [InputRequired(say("请再输一次新密码。")), EqualTo("new", say("两次输入的新密码不一致。"))],
    )
