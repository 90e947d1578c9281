"""The forms of a unit."""

from collections.abc import Mapping, Sequence
from datetime import date

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from tracker.people.account_details import tidy
from tracker.people.unit_lists import KIND_TEXT, PARENT_KINDS, UnitRow
from tracker.people.unit_mergers import FATE_TEXT, Fate
from tracker.people.units import LENGTHS, Details
from tracker.rules.organizations import OrganizationKind
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.paging import whole

CITY = say("市局")


def line(name: str, demanded: str = "") -> StringField:
    """Return a field of one line, as long as the table holds it; `demanded` is said where it is empty."""
    label, most = LENGTHS[name]
    length = Length(max=most, message=say("{label}过长：最多 {most} 个字符。", label=label, most=most))
    return StringField(label, [InputRequired(demanded), length] if demanded else [length])


def version_field() -> HiddenField:
    """Return the field that says which version a form was opened with."""
    return HiddenField(
        say("版本"), default="", validators=[Regexp(r"[0-9]{1,9}$", message=say("页面已失效，请重新打开。"))]
    )


def unit_choices(units: Sequence[UnitRow]) -> list[SelectChoice]:
    """Return units to choose from, those of one parent together."""
    return [SelectChoice(str(unit.id), unit.name, optgroup=unit.parent or CITY) for unit in units]


class PlaceForm(Form):
    """Where a new unit stands; before its details, as on the page."""

    parent = SelectField(say("上级单位"), [InputRequired(say("请选择上级单位。"))], validate_choice=False)
    kind = SelectField(
        say("类别"),
        choices=[SelectChoice(kind.value, KIND_TEXT[kind]) for kind in PARENT_KINDS],
        default=OrganizationKind.CITY_OFFICE.value,
    )

    @property
    def parent_id(self) -> int:
        """The parent that was chosen; 0 is none."""
        return whole(self.parent.data or "") or 0


class DetailsForm(Form):
    """What may be changed of a unit where it stands."""

    name = line("name", say("请填写名称。"))
    short_name = line("short_name", say("请填写简称。"))
    phone = line("phone")
    position = StringField(
        say("序号"), [Optional(), Regexp(r"[0-9]{1,4}$", message=say("序号应为 0 到 9999 的整数。"))]
    )

    @property
    def details(self) -> Details:
        """What the person typed."""
        return Details(
            tidy(self.name.data or ""),
            tidy(self.short_name.data or ""),
            tidy(self.phone.data or ""),
            int(self.position.data or 0),
        )

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Say at each field why it was refused."""
        for field, why in problems.items():
            self[field if field in self else "name"].errors = [why]


class CodeForm(Form):
    """What only a new unit is asked for besides."""

    slug = line("slug")
    valid_from = DateField(say("启用日期"), [Optional()])


class NewForm(PlaceForm, DetailsForm, CodeForm):
    """A new unit."""


class UnitForm(DetailsForm):
    """A unit that is there."""

    old_until = DateField(say("旧名称沿用到"), [Optional()])
    version = version_field()

    def fill(self, unit: UnitRow) -> None:
        """Show what is stored."""
        self.name.data, self.short_name.data, self.phone.data = unit.name, unit.short_name, unit.phone
        self.position.data, self.version.data = str(unit.position), str(unit.version)


class AliasForm(Form):
    """Another name and the days on which it counts."""

    alias = StringField(
        say("别名"), [InputRequired(say("请填写别名。")), Length(max=60, message=say("别名过长：最多 60 个字符。"))]
    )
    alias_from = DateField(say("启用日期"), [Optional()])
    alias_until = DateField(say("停用日期"), [Optional()])


class MoveForm(Form):
    """Another parent."""

    parent = SelectField(say("新的上级"), [InputRequired(say("请选择新的上级。"))], validate_choice=False)
    version = version_field()

    @property
    def parent_id(self) -> int:
        """The parent that was chosen; 0 is none."""
        return whole(self.parent.data or "") or 0


class CloseForm(Form):
    """From which day on a unit is of no use."""

    day = DateField(say("停用日期"), [InputRequired(say("请填写停用日期。"))])
    version = version_field()


class VersionForm(Form):
    """A button about a unit as it was seen."""

    version = version_field()


class MergerForm(Form):
    """The confirmation of what a preview showed."""

    into = HiddenField(say("承接单位"), validators=[InputRequired(say("请选择承接单位。"))])
    people = RadioField(
        say("人员"), choices=[SelectChoice(fate.value, FATE_TEXT[fate]) for fate in Fate], default=Fate.MOVE.value
    )
    digest = HiddenField(say("预览"), validators=[Regexp(r"[0-9a-f]{64}$", message=say("预览已失效，请重新预览。"))])

    @property
    def into_id(self) -> int:
        """The successor that was chosen; 0 is none."""
        return whole(self.into.data or "") or 0


def day_typed(text: str, default: date) -> date | None:
    """Return a day of an address, the default where there is none, None where it cannot be read."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else default
    except ValueError:
        return None
