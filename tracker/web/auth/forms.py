"""The login form."""

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from tracker.web.forms import Form


class LoginForm(Form):
    """Account and password."""

    account = StringField("账号", [InputRequired("请填写账号。"), Length(max=60)])
    password = PasswordField("密码", [InputRequired("请填写密码。"), Length(max=128)])
