"""The forms about a round: opening it, granting a unit more time."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, DateInput, ListWidget

from tracker.indicators.rounds import Opening
from tracker.rules.calendar import DayRefused, asked_day
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.paging import whole

LONGEST_TITLE, LONGEST_INSTRUCTION, LONGEST_REASON = 120, 2000, 500


def _day_of(field: StringField, empty: str) -> date | None:
    """Read the day of a field; the field says what to correct where it cannot be read."""
    typed = (field.data or "").strip()
    try:
        return asked_day(typed)
    except DayRefused as refused:
        field.errors = [str(refused) if typed else empty]
        return None


def _is_short(field: StringField | TextAreaField, most: int) -> bool:
    """Tell whether a text fits; the field says so where it does not."""
    found = len((field.data or "").strip())
    if found > most:
        field.errors = [say("最多 {most} 字，现有 {found} 字，请精简。", most=most, found=found)]
    return found <= most


class OpeningForm(Form):
    """A round to be opened."""

    form = SelectField(say("指标表"), validate_choice=False)
    year = StringField(say("年度"))
    title = StringField(say("填报名称"))
    opens_on = StringField(say("开始日"), widget=DateInput())
    closes_on = StringField(say("截止日"), widget=DateInput())
    instruction = TextAreaField(say("填报要求"))
    unit_ids = SelectMultipleField(
        say("填报单位"),
        name="id",  # Of it a form may send several.
        id="unit-ids",
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, known_forms: Sequence[tuple[str, str]], units: Sequence[Any]) -> None:
        """Say which forms and units there are."""
        self.form.choices = [SelectChoice(name, title) for name, title in known_forms]
        self.unit_ids.choices = [SelectChoice(str(unit.id), unit.short_name) for unit in units]

    @property
    def opening(self) -> Opening | None:
        """The round as an operation takes it; None where a field cannot be read, which then says so."""
        fits = [_is_short(self.title, LONGEST_TITLE), _is_short(self.instruction, LONGEST_INSTRUCTION)]
        opens_on = _day_of(self.opens_on, say("请填写开始日。"))
        closes_on = _day_of(self.closes_on, say("请填写截止日。"))
        if opens_on is None or closes_on is None or not all(fits):
            return None
        return Opening(
            form=self.form.data or "",
            year=whole((self.year.data or "").strip()) or 0,
            title=self.title.data or "",
            opens_on=opens_on,
            closes_on=closes_on,
            unit_ids=tuple(whole(value) or 0 for value in self.unit_ids.data or ()),
            instruction=self.instruction.data or "",
        )

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Say at each field why it was refused."""
        for name, why in problems.items():
            self[name].errors = [why]


class MoreTimeForm(Form):
    """Until when a unit has more time, and why."""

    until = StringField(say("延期到"), widget=DateInput())
    reason = TextAreaField(say("延期的理由"))

    @property
    def until_day(self) -> date | None:
        """The day; None where a field cannot be taken, which then says so."""
        day = _day_of(self.until, say("请填写延期后的截止日。"))
        if not (self.reason.data or "").strip():
            self.reason.errors = [say("请写明延期的理由。")]
            return None
        return day if _is_short(self.reason, LONGEST_REASON) else None
