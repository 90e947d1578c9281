"""The form of a person's own way of being reminded."""

from collections.abc import Sequence

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.reminders.preferences import EMAIL, HOURS, IN_APP, Choice, hour_text
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.paging import whole

NO_HOUR, NO_ENDPOINT = -1, 0
"""What an unreadable hour or number stands for: the room refuses it in its own words."""


def _hour(value: object) -> int:
    found = whole(str(value))
    return NO_HOUR if found is None else found


class ReminderForm(Form):
    """Ways, hour, notices before the due day."""

    ways = SelectMultipleField(
        say("接收渠道"), validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    hour = SelectField(
        say("接收时间"),
        coerce=_hour,
        choices=[SelectChoice(hour, hour_text(hour)) for hour in HOURS],
        validate_choice=False,
    )
    before_due = BooleanField(say("到期前也提醒我"))
    version = HiddenField(say("版本"), validators=[InputRequired(), Regexp(r"[0-9]{1,9}$")])

    def offer(self, ways: Sequence[tuple[str, str]]) -> None:
        """Say which ways there are, as (word, label)."""
        self.ways.choices = [SelectChoice(word, label) for word, label in ways]

    def fill(self, stored: Choice) -> None:
        """Show what is stored."""
        self.ways.data = [way for way, chosen in ((EMAIL, stored.email), (IN_APP, stored.in_app)) if chosen]
        self.ways.data += map(str, stored.endpoint_ids)
        self.hour.data, self.before_due.data = stored.hour, stored.before_due
        self.version.data = str(stored.version)

    @property
    def choice(self) -> Choice:
        """What the person asks for."""
        ways = set(self.ways.data or ())
        return Choice(
            email=EMAIL in ways,
            in_app=IN_APP in ways,
            endpoint_ids=tuple(whole(way) or NO_ENDPOINT for way in sorted(ways - {EMAIL, IN_APP})),
            hour=NO_HOUR if self.hour.data is None else self.hour.data,
            before_due=bool(self.before_due.data),
            version=int(self.version.data or 0),
        )
