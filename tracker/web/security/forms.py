"""The form of the security settings, made from their table."""

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, NumberRange, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.rules.security import SECURITY, Choice, Number
from tracker.rules.words import say
from tracker.web.forms import Form


class SecurityForm(Form):
    """One field for every setting, added below, and the version of them all."""

    version = HiddenField(say("版本"), validators=[InputRequired(), Regexp(r"[0-9]{1,9}$")])

    @property
    def version_number(self) -> int:
        """The version the form was opened with."""
        return int(self.version.data or 0)

    @property
    def wanted(self) -> dict[str, str]:
        """What the person asks for, as it would be stored."""
        return {name: _stored(setting, self[name].data) for name, setting in SECURITY.items()}


def _stored(setting: Number | Choice, value: object) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _field(setting: Number | Choice) -> Field:
    if isinstance(setting, Number):
        limits = say("请填写 {lowest} 到 {highest} 之间的整数。", lowest=setting.lowest, highest=setting.highest)
        checks = [InputRequired(limits), NumberRange(setting.lowest, setting.highest, limits)]
        return IntegerField(setting.label, checks)
    choices = [SelectChoice(value, label) for value, label in setting.options.items()]
    if setting.many:
        widget = ListWidget(prefix_label=False)
        return SelectMultipleField(setting.label, choices=choices, widget=widget, option_widget=CheckboxInput())
    return RadioField(setting.label, [InputRequired(say("请选择一项。"))], choices=choices)


for _name, _setting in SECURITY.items():
    setattr(SecurityForm, _name, _field(_setting))
