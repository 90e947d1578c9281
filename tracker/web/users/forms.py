"""The forms of an account."""

from collections.abc import Iterable, Sequence
from datetime import date

from wtforms import (  # type: ignore[attr-defined] # The stubs are older than SelectChoice.
    DateField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from tracker.db import FOREVER
from tracker.people.account_details import Details, DetailsRefused, tidy
from tracker.people.account_lists import AccountRow, Unit
from tracker.people.operations import LENGTHS
from tracker.rules.organizations import BELOW_A_DISTRICT, OrganizationKind
from tracker.rules.permissions import POST_TEXT, ROLE_TEXT, Post, Role
from tracker.rules.words import say
from tracker.web.forms import Form
from tracker.web.paging import whole

CITY = say("市局")


def line(field: str, demanded: str = "") -> StringField:
    """Return a field of one line, as long as the table holds it; `demanded` is said where it is empty."""
    label, most = LENGTHS[field]
    length = Length(max=most, message=say("{label}过长：最多 {most} 个字符。", label=label, most=most))
    return StringField(label, [InputRequired(demanded), length] if demanded else [length])


def unit_choices(units: Sequence[Unit]) -> list[SelectChoice]:
    """Return units to choose from: the city's together, each district with what stands below it."""
    names = {unit.id: unit.name for unit in units}

    def group(unit: Unit) -> str:
        if unit.kind in (OrganizationKind.CITY_BUREAU, OrganizationKind.CITY_OFFICE):
            return CITY
        return names.get(unit.parent_id or 0, unit.name) if unit.kind in BELOW_A_DISTRICT else unit.name

    return [SelectChoice(str(unit.id), unit.name, optgroup=group(unit)) for unit in units]


def role_choices(roles: Iterable[Role]) -> list[SelectChoice]:
    """Return roles to choose from."""
    return [SelectChoice(role.value, ROLE_TEXT[role]) for role in roles]


class EntryForm(Form):
    """What only a new account is asked for; before the details, as on the page."""

    account = line("account", say("请填写账号。"))
    role = SelectField(say("角色"), [InputRequired(say("请选择角色。"))], validate_choice=False)

    def offer_roles(self, roles: Sequence[Role]) -> None:
        """Say which roles the person may give."""
        self.role.choices = [SelectChoice("", say("请选择")), *role_choices(roles)]


class DetailsForm(Form):
    """What is kept of a person beside account and role."""

    name = line("name", say("请填写姓名。"))
    unit = SelectField(say("单位"), [InputRequired(say("请选择单位。"))], validate_choice=False)
    email = line("email")
    phone = line("phone")
    post = SelectField(
        say("职务"),
        choices=[SelectChoice(post.value, POST_TEXT[post] or say("无")) for post in Post],
        default=Post.NONE.value,
    )
    valid_until = DateField(say("失效日期"), [Optional()])
    version = HiddenField(say("版本"), default="0", validators=[Regexp(r"[0-9]{1,9}$")])

    @property
    def unit_id(self) -> int:
        """The unit that was chosen; 0 is none."""
        return whole(self.unit.data or "") or 0

    @property
    def details(self) -> Details:
        """What the person typed."""
        return Details(
            name=tidy(self.name.data or ""),
            unit_id=self.unit_id,
            email=tidy(self.email.data or ""),
            phone=tidy(self.phone.data or ""),
            post=Post(self.post.data or ""),
            valid_until=self.valid_until.data or FOREVER,
        )

    def offer(self, units: Sequence[Unit], kept: AccountRow | None = None) -> None:
        """Say which units there are; a merged one may keep the people it has."""
        choices = unit_choices(units)
        if kept and kept.unit_id not in {unit.id for unit in units}:
            choices = [SelectChoice(str(kept.unit_id), kept.unit), *choices]
        self.unit.choices = [] if kept else [SelectChoice("", say("请选择"))]
        self.unit.choices += choices

    def fill(self, row: AccountRow) -> None:
        """Show what is stored."""
        self.name.data, self.email.data, self.phone.data = row.name, row.email, row.phone
        self.unit.data, self.post.data, self.version.data = str(row.unit_id), row.post.value, str(row.version)
        self.valid_until.data = ending(row.valid_until)

    def refuse(self, refused: DetailsRefused) -> None:
        """Say at each field why it was refused."""
        for field, why in refused.problems.items():
            self[field if field in self else "name"].errors = [why]


def ending(day: date) -> date | None:
    """Return an account's end as a form shows it: nothing where there is none."""
    return None if day == FOREVER else day


class NewForm(EntryForm, DetailsForm):
    """A new account."""


class RoleForm(Form):
    """Another role, and on request another unit for it."""

    # The page has another form with a unit.
    role = SelectField(say("新角色"), choices=role_choices(Role), id="new-role")
    unit = SelectField(say("所在单位"), validate_choice=False, id="role-unit")
    version = HiddenField(say("版本"), validators=[Optional(), Regexp(r"[0-9]{1,9}$")])

    def offer(self, units: Sequence[Unit], kept: AccountRow) -> None:
        """Say which units there are, the present one first chosen."""
        known = {unit.id for unit in units}
        merged = [] if kept.unit_id in known else [SelectChoice(str(kept.unit_id), kept.unit)]
        self.unit.choices = [*merged, *unit_choices(units)]

    @property
    def unit_id(self) -> int | None:
        """The unit that was chosen, None where the form does not say."""
        return whole(self.unit.data or "") if self.unit.data else None
