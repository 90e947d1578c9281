"""Units: the tree with its exports, new units, and one unit with everything that may be done about it."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectChoice  # type: ignore[attr-defined] # The stubs are older than SelectChoice.

from tracker import clock
from tracker.assignments import handover
from tracker.db import FOREVER, transaction
from tracker.overview.tables import Table
from tracker.people import unit_lists, units
from tracker.people.unit_lists import UnitRow
from tracker.people.unit_sheets import HEADS, TOLD
from tracker.people.units import FIELD_TEXT, StaleUnit, UnitRefused
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.language import flash
from tracker.web.overview.links import OWED
from tracker.web.paging import words
from tracker.web.session import actor
from tracker.web.units.forms import AliasForm, CloseForm, MoveForm, NewForm, UnitForm, unit_choices

unit_pages = Blueprint("units", __name__, url_prefix="/admin/units")

LONGEST_SEARCH = 60


# ---- the tree


@unit_pages.get("")
@allowed(Action.EDIT_UNITS)
def index() -> str | Response:
    """Show the tree, or send the same as a file that can be changed and sent back."""
    today, kind = clock.today(), file_kind()
    text = words("q", LONGEST_SEARCH)
    found, owed = unit_lists.rows(actor(), today), handover.open_counts()
    shown = unit_lists.matching(found, text) if text else found
    if kind:
        return table_file(_table(shown, owed), kind)
    closed = sum(unit.valid_until <= today for unit in shown)
    return render_template(
        "units/index.html",
        tops=unit_lists.tree(shown),
        number=len(shown),
        closed=closed,
        owed=owed,
        live=OWED,
        text=text,
        today=today,
    )


def _table(shown: list[UnitRow], owed: dict[int, int]) -> Table:
    today = clock.today()
    return Table(
        say("单位"),
        say("导出于 {now:%Y-%m-%d %H:%M}，共 {n} 个；改好后可在“导入”页面上传", now=clock.now(), n=len(shown)),
        [*HEADS, *TOLD],
        [
            (
                unit.slug,
                unit.kind_text,
                unit.parent,
                unit.name,
                unit.short_name,
                "、".join(alias.name for alias in unit.aliases if alias.valid_from <= today < alias.valid_until),
                unit.phone,
                unit.position,
                unit.state_text(today),
                unit.valid_from,
                None if unit.valid_until == FOREVER else unit.valid_until,
                unit.successor,
                unit.people,
                owed.get(unit.id, 0),
            )
            for unit in shown
        ],
        again=True,
    )


# ---- new


@unit_pages.get("/new")
@allowed(Action.EDIT_UNITS)
def new() -> str:
    """Show the empty form; an address may say below which unit."""
    form = NewForm(formdata=None)
    above = request.args.get("parent", "")
    form.parent.data = above
    return _new_page(form)


def _new_page(form: NewForm) -> str:
    today = clock.today()
    found = unit_lists.parents(unit_lists.rows(actor(), today), None, today)
    form.parent.choices = [SelectChoice(str(unit.id), unit.name) for unit in found]
    chosen = {str(unit.id): unit for unit in found}.get(form.parent.data or "")
    if chosen and chosen.kind == OrganizationKind.DISTRICT_BUREAU and not form.is_submitted():
        form.kind.data = OrganizationKind.JUSTICE_OFFICE.value
    return render_template("units/new.html", form=form)


@unit_pages.post("")
@allowed(Action.EDIT_UNITS)
def create() -> AnyResponse | tuple[str, int]:
    """Add a unit."""
    form = NewForm()
    if not form.validate():
        return _new_page(form), 422
    kind, slug = OrganizationKind(form.kind.data), (form.slug.data or "").strip()
    try:
        with transaction():
            made = units.add(actor(), clock.now(), kind, form.parent_id, form.details, slug, form.valid_from.data)
    except UnitRefused as refused:
        form.refuse(refused.problems)
        return _new_page(form), 422
    flash(say("{name}已建立。已发布方案的任务不会自动交办给它，需要的请督办人员另行交办。", name=made.name), "success")
    return redirect(url_for("units.unit", unit_id=made.id), 303)


# ---- one unit


@unit_pages.get("/<id:unit_id>")
@allowed(Action.EDIT_UNITS)
def unit(unit_id: int) -> str:
    """Show a unit, and the forms for what may be done about it."""
    return unit_page(found_unit(unit_id))


def found_unit(unit_id: int) -> UnitRow:
    """Return a unit, or answer that there is none."""
    return unit_lists.get(actor(), unit_id, clock.today()) or abort(404)


def unit_page(
    found: UnitRow,
    form: UnitForm | None = None,
    alias_form: AliasForm | None = None,
    move_form: MoveForm | None = None,
    close_form: CloseForm | None = None,
    conflict: dict[str, Any] | None = None,
    refused: str = "",
) -> str:
    """Show a unit with the forms given, or with what is stored."""
    today = clock.today()
    everyone = unit_lists.rows(actor(), today)
    if form is None:
        form = UnitForm(formdata=None)
        form.fill(found)
    if move_form is None:
        move_form = MoveForm(formdata=None, version=str(found.version))
    if close_form is None:
        close_form = CloseForm(formdata=None, version=str(found.version), day=today)
    elsewhere = [unit for unit in unit_lists.parents(everyone, found.kind, today) if unit.id != found.parent_id]
    move_form.parent.choices = [SelectChoice("", say("请选择")), *unit_choices(elsewhere)]
    return render_template(
        "units/unit.html",
        unit=found,
        form=form,
        alias_form=alias_form or AliasForm(formdata=None),
        move_form=move_form,
        close_form=close_form,
        conflict=conflict,
        refused=refused,
        today=today,
        below=[unit for unit in everyone if unit.parent_id == found.id],
        movable=bool(elsewhere),
        successors=unit_choices(unit_lists.successors(everyone, found, today)),
        owed=handover.open_counts().get(found.id, 0),
        live=OWED,
    )


@unit_pages.post("/<id:unit_id>")
@allowed(Action.EDIT_UNITS)
def edit(unit_id: int) -> AnyResponse | tuple[str, int]:
    """Change a unit's details, unless someone else was faster."""
    found, form = found_unit(unit_id), UnitForm()
    if not form.validate():
        return unit_page(found, form), 422
    try:
        with transaction():
            changed = units.edit(
                actor(), clock.now(), unit_id, int(form.version.data or 0), form.details, form.old_until.data
            )
    except UnitRefused as refused:
        form.refuse(refused.problems)
        return unit_page(found, form), 422
    except StaleUnit as stale:
        return _conflict_page(stale.now, form), 409
    flash(say("已保存。") if changed else say("没有改动。"), "success")
    return redirect(url_for("units.unit", unit_id=unit_id), 303)


def _conflict_page(now: UnitRow, form: UnitForm) -> str:
    mine, theirs = units.told(form.details), units.told(now)
    form.version.data = str(now.version)
    conflict = {
        "form": "details-form",
        "mine": [(FIELD_TEXT[field], text) for field, text in mine.items()],
        "theirs": [(FIELD_TEXT[field], text) for field, text in theirs.items()],
    }
    return unit_page(now, form, conflict=conflict)
