"""What is done about a unit beside its details: other names, moving, closing, reopening, merging."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import handover, mergers
from tracker.assignments.handover import MergerChanged
from tracker.assignments.mergers import OUTCOME_TEXT, Merger, Outcome
from tracker.db import transaction
from tracker.people import unit_lists, units
from tracker.people.unit_lists import UnitRow
from tracker.people.unit_mergers import FATE_TEXT, Fate
from tracker.people.units import StaleUnit, UnitRefused, UnitStands
from tracker.rules.permissions import Action
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.session import actor
from tracker.web.units.forms import AliasForm, CloseForm, MergerForm, MoveForm, VersionForm, day_typed, unit_choices
from tracker.web.units.views import found_unit, unit_page

unit_acts = Blueprint("unit_acts", __name__, url_prefix="/admin/units/<id:unit_id>")


def _done(
    unit_id: int,
    act: Callable[[], object],
    words: str,
    page: Callable[[UnitRow], str],
    idle: str = "",
    overtaken: Callable[[UnitRow], str] | None = None,
) -> Response | tuple[str, int]:
    """Do something about a unit and say so; `page` shows the form again where it was refused at a field.

    `overtaken` shows it beside what is stored now, where somebody else changed the unit meanwhile.
    """
    try:
        with transaction():
            changed = act()
    except UnitStands as stands:
        return unit_page(found_unit(unit_id), refused=str(stands)), 409
    except StaleUnit as stale:
        return (overtaken or page)(stale.now), 409
    except UnitRefused:
        return page(found_unit(unit_id)), 422
    flash(idle if changed is False else words, "success")
    return redirect(url_for("units.unit", unit_id=unit_id), 303)


# ---- other names


@unit_acts.post("/aliases")
@allowed(Action.EDIT_UNITS)
def add_alias(unit_id: int) -> Response | tuple[str, int]:
    """Let documents name the unit otherwise."""
    found, form = found_unit(unit_id), AliasForm()
    if not form.validate():
        return unit_page(found, alias_form=form), 422

    def act() -> None:
        try:
            units.add_alias(
                actor(), clock.now(), unit_id, form.alias.data or "", form.alias_from.data, form.alias_until.data
            )
        except UnitRefused as refused:
            for field, why in refused.problems.items():
                form[field].errors = [why]
            raise

    return _done(unit_id, act, say("别名已添加。"), lambda now: unit_page(now, alias_form=form))


@unit_acts.post("/aliases/<id:alias_id>/remove")
@allowed(Action.EDIT_UNITS)
def remove_alias(unit_id: int, alias_id: int) -> Response | tuple[str, int]:
    """Let the unit no longer go by another name."""
    found_unit(unit_id)
    try:
        return _done(
            unit_id, lambda: units.remove_alias(actor(), clock.now(), unit_id, alias_id), say("别名已删除。"), unit_page
        )
    except NoResultFound:
        abort(404)


# ---- moving, closing, opening


@unit_acts.post("/move")
@allowed(Action.EDIT_UNITS)
def move(unit_id: int) -> Response | tuple[str, int]:
    """Put the unit below another."""
    found, form = found_unit(unit_id), MoveForm()
    if not form.validate():
        return unit_page(found, move_form=form), 422

    def act() -> bool:
        try:
            return units.move(actor(), clock.now(), unit_id, int(form.version.data or 0), form.parent_id)
        except UnitRefused as refused:
            form.parent.errors = [str(refused)]
            raise

    def overtaken(now: UnitRow) -> str:
        form.version.data = str(now.version)
        everyone = {unit.id: unit.name for unit in unit_lists.rows(actor(), clock.today())}
        sides = _sides("move-form", say("上级单位"), now.parent, everyone.get(form.parent_id, say("没有选定")))
        return unit_page(now, move_form=form, conflict=sides)

    words = say("已移动。已交办的事项仍归原来的区，今后交办的归新的上级。")
    return _done(unit_id, act, words, lambda now: unit_page(now, move_form=form), say("没有改动。"), overtaken)


def _sides(form: str, label: str, theirs: str, mine: str) -> dict[str, object]:
    """Return what an act asks for beside how the unit stands; `form` is the id of the form that asks again."""
    return {"form": form, "theirs": [(label, theirs)], "mine": [(label, mine)]}


@unit_acts.post("/close")
@allowed(Action.EDIT_UNITS)
def close(unit_id: int) -> Response | tuple[str, int]:
    """Let the unit be of no use from a day on."""
    found, form = found_unit(unit_id), CloseForm()
    if not form.validate() or form.day.data is None:
        return unit_page(found, close_form=form), 422
    day, version = form.day.data, int(form.version.data or 0)

    def overtaken(now: UnitRow) -> str:
        form.version.data = str(now.version)
        wanted = say("{day} 起停用", day=day)
        sides = _sides("close-form", say("状态"), now.state_text(clock.today()), wanted)
        return unit_page(now, close_form=form, conflict=sides)

    return _done(
        unit_id,
        lambda: handover.close(actor(), clock.now(), unit_id, version, day),
        say("已登记：{day} 起停用。", day=day),
        lambda now: unit_page(now, close_form=form),
        overtaken=overtaken,
    )


@unit_acts.post("/reopen")
@allowed(Action.EDIT_UNITS)
def reopen(unit_id: int) -> Response | tuple[str, int]:
    """Take the unit into use again."""
    found, form = found_unit(unit_id), VersionForm()
    if not form.validate():
        return unit_page(found, refused=say("页面已失效，没有启用。请核对后再按一次。")), 422
    version = int(form.version.data or 0)
    return _done(
        unit_id,
        lambda: units.reopen(actor(), clock.now(), unit_id, version),
        say("已重新启用。移交出去的事项和人员不会自动退回。"),
        unit_page,
        say("单位本来就在用。"),
        lambda now: unit_page(now, conflict=_sides("", say("状态"), now.state_text(clock.today()), say("重新启用"))),
    )


# ---- merging


@unit_acts.get("/merge")
@allowed(Action.EDIT_UNITS)
def preview(unit_id: int) -> str | tuple[str, int]:
    """Show what merging the unit into another would do, before anything does."""
    found, today = found_unit(unit_id), clock.today()
    fate = Fate.DISABLE if request.args.get("people") == Fate.DISABLE else Fate.MOVE
    into_id = whole(request.args.get("into", "").strip()) or 0
    day = day_typed(request.args.get("on", ""), today)
    if not into_id:
        return _merge_page(found, fate=fate)
    if day is None:
        return _merge_page(found, into_id, fate, say("合并日期应写成 2021-06-24 的形式。")), 422
    try:
        return _merge_page(found, into_id, fate, merger=mergers.preview(actor(), unit_id, into_id, day, fate, today))
    except (LookupError, UnitStands) as refused:
        return _merge_page(found, into_id, fate, str(refused)), 422


@unit_acts.post("/merge")
@allowed(Action.EDIT_UNITS)
def merge(unit_id: int) -> Response | tuple[str, int]:
    """Merge the unit into another, exactly as the preview said."""
    found, form = found_unit(unit_id), MergerForm()
    if not form.validate():
        return _merge_page(found, form.into_id, problem=say("预览已失效，没有合并。请重新预览。")), 422
    fate = Fate(form.people.data)
    try:
        with transaction():
            done = handover.merge(actor(), clock.now(), unit_id, form.into_id, fate, form.digest.data or "")
    except MergerChanged as changed:
        return _merge_page(changed.now.unit, form.into_id, fate, str(changed), changed.now), 409
    except (LookupError, UnitStands, UnitRefused, MoveRefused) as refused:
        return _merge_page(
            found_unit(unit_id), form.into_id, fate, say("没有合并：{refused}", refused=str(refused))
        ), 409
    given, withdrawn = done.outcomes[Outcome.GIVEN], done.outcomes[Outcome.WITHDRAWN]
    flash(
        say(
            "{name}已并入{name2}：转由承接 {given} 项，撤销 {withdrawn} 项。",
            name=done.unit.name,
            name2=done.into.name,
            given=given,
            withdrawn=withdrawn,
        ),
        "success",
    )
    return redirect(url_for("units.unit", unit_id=done.into.id), 303)


def _merge_page(
    found: UnitRow, into_id: int = 0, fate: Fate = Fate.MOVE, problem: str = "", merger: Merger | None = None
) -> str:
    today = clock.today()
    offered = unit_lists.successors(unit_lists.rows(actor(), today), found, today)
    return render_template(
        "units/merge.html",
        unit=found,
        merger=merger,
        problem=problem,
        into_id=into_id,
        successors=unit_choices(offered),
        fate=fate,
        fates=list(FATE_TEXT.items()),
        outcomes=list(OUTCOME_TEXT.items()),
        outcome_text=OUTCOME_TEXT,
        today=today,
    )
