"""What the printed names mean: chosen, made or left out, one by one or many at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people.trees import Tree
from tracker.people.unit_lists import KIND_TEXT, PARENT_KINDS
from tracker.plans import desk_blockers, desk_likeness, desk_loose, desk_queries, desk_units
from tracker.plans.desk_blockers import Desk
from tracker.plans.desk_record import ImportClosed, StaleTask
from tracker.plans.desk_units import LONGEST_SHORT, Choice, ChoiceRefused, NewUnit, StaleChoice
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action
from tracker.rules.plan_text.drafts import Role
from tracker.rules.plan_text.editing import EditRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.plans.wizard import steps
from tracker.web.session import actor

import_units = Blueprint("import_units", __name__)

Answer = Response | str | tuple[str, int]

MOST_AT_ONCE = 200
MOST_OFFERED = 300
"""Names offered while somebody types; more would make the page heavy."""

MOST_TOLD = 5
"""Names that an answer repeats."""

HOWS = ("unit", "new", "members", "nobody")


def desk_of(import_id: int) -> Desk:
    """Return the import, or answer that there is none."""
    return desk_blockers.desk(actor(), import_id, clock.today()) or abort(404)


@import_units.get("/plans/import/<id:import_id>/units")
@allowed(Action.EDIT_PLAN)
def page(import_id: int) -> str:
    """Show every printed name with what it means, and the form of one."""
    return _page(import_id, {"name": request.args.get("name", "")})


def _page(import_id: int, typed: dict[str, Any], problem: tuple[str, str] | None = None) -> str:
    found = desk_of(import_id)
    units = found.units
    wanted = typed.get("name", "")
    bureaus = desk_units.bureaus(clock.today()) if units.issuer is None else []
    opened = next((named for named in units.names if named.name == wanted), next(iter(units.unknown), None))
    return render_template(
        "plans/publishing/units.html",
        desk=found,
        bar=steps.bar("units", desk_queries.get(actor(), import_id)),
        units=units,
        opened=opened,
        typed=typed,
        problem=problem,
        kinds=[(kind.value, KIND_TEXT[kind]) for kind in PARENT_KINDS],
        parents=_parents(units.tree),
        offered=_offered(found),
        bureaus=bureaus,
        like_issuer=desk_likeness.alike(found.draft.head.issuer, bureaus),
        role_text=desk_units.ROLE_TEXT,
        short=LONGEST_SHORT,
    )


def _parents(tree: Tree) -> list[tuple[int, str]]:
    """Return the units below which new ones may stand."""
    above = set(PARENT_KINDS.values())
    return [(unit.id, unit.name) for unit in tree.units.values() if unit.kind in above]


def _offered(found: Desk) -> list[str]:
    tree, made = found.units.tree, [unit.name for unit in desk_units.planned(found.chosen)]
    own = [unit.name for unit in tree.units.values() if unit.kind != OrganizationKind.JUSTICE_OFFICE]
    return list(dict.fromkeys([*made, *(group.name for group in tree.groups.values()), *own]))[:MOST_OFFERED]


@import_units.post("/plans/import/<id:import_id>/units")
@allowed(Action.EDIT_PLAN)
def choose(import_id: int) -> Answer:
    """Settle what one or several names mean."""
    one = request.form.get("name", "")
    names = [one] if one else request.form.getlist("id")[:MOST_AT_ONCE]

    def act() -> str:
        if not names:
            raise ChoiceRefused(say("请先勾选名称。"), "many-kind")
        choice = _choice(desk_of(import_id), bool(one))
        with transaction():
            desk_units.choose(actor(), clock.now(), import_id, request.form.get("version", ""), names, choice)
        return _kept(names)

    return _take(import_id, act, {**request.form.to_dict(), "name": one})


def _kept(names: list[str]) -> str:
    if len(names) > MOST_TOLD:
        return say("已记下 {names}等 {n} 个名称的含义，发布时生效。", names=names[:MOST_TOLD], n=len(names))
    return say("已记下 {names} 的含义，发布时生效。", names=names)


def _choice(desk: Desk, single: bool) -> Choice:
    """Read what the form says a name means; raise ChoiceRefused."""
    tree = desk.units.tree
    given, how = request.form, request.form.get("how", "")
    remember = given.get("remember") == "y"
    if how == "nobody":
        reason = given.get("reason", "").strip()
        if not reason:
            raise ChoiceRefused(say("请写明为什么不交办，日后可查。"), "reason")
        return Choice(nobody=reason)
    if how in ("new", "members"):
        kind = given.get("kind", "")
        if kind not in {one.value for one in PARENT_KINDS}:
            raise ChoiceRefused(say("请选单位类型。"), "kind")
        if how == "members":
            return Choice(members=kind)
        names = ("new_name", "new_short") if single else ()
        name, short = ([given.get(field, "").strip() for field in names] + ["", ""])[:2]
        if single and not name:
            raise ChoiceRefused(say("请填写新单位的名称。"), "new_name")
        parent = whole(given.get("new_parent", "")) or tree.root
        return Choice(
            new=NewUnit(name, short or name[:LONGEST_SHORT], OrganizationKind(kind), parent), remember=remember
        )
    if how != "unit":
        raise ChoiceRefused(say("请选定这个名称指谁。"), "how")
    return replace(desk_units.typed(given.get("unit", ""), tree, desk_units.planned(desk.chosen)), remember=remember)


@import_units.post("/plans/import/<id:import_id>/units/forget")
@allowed(Action.EDIT_PLAN)
def forget(import_id: int) -> Answer:
    """Let a name mean again what the directory says."""
    name = request.form.get("name", "")

    def act() -> str:
        with transaction():
            desk_units.forget(actor(), clock.now(), import_id, request.form.get("version", ""), name)
        return say("“{name}”已恢复为单位库中的含义。", name=name)

    return _take(import_id, act, {"name": name})


@import_units.post("/plans/import/<id:import_id>/units/issuer")
@allowed(Action.EDIT_PLAN)
def issuer(import_id: int) -> Answer:
    """Settle who issued the document."""
    name = request.form.get("issuer", "").strip()

    def act() -> str:
        with transaction():
            desk_units.choose_issuer(actor(), clock.now(), import_id, request.form.get("version", ""), name)
        return say("发文单位已选定为 {name}。", name=name)

    return _take(import_id, act, {"issuer": name})


@import_units.post("/plans/import/<id:import_id>/units/tasks")
@allowed(Action.EDIT_PLAN)
def tasks(import_id: int) -> Answer:
    """Name units for tasks that have none."""
    keys, text = request.form.getlist("id"), request.form.get("parties", "")
    role = Role.LEAD if request.form.get("role") == Role.LEAD.value else Role.RESPONSIBLE

    def act() -> str:
        with transaction():
            if request.form.get("how") == "proposed":
                number = desk_loose.adopt(actor(), clock.now(), import_id, keys)
            else:
                number = desk_loose.name(actor(), clock.now(), import_id, keys, role, text)
        return say("{n} 项任务已写明责任单位。", n=number)

    return _take(import_id, act, {"parties": text, "role": role.value, "ticked": keys})


def _take(import_id: int, act: Callable[[], str], typed: dict[str, Any]) -> Answer:
    """Do what a form asks for; what is refused comes back with what was typed."""
    desk_of(import_id)
    try:
        done = act()
    except (ChoiceRefused, EditRefused) as refused:
        return _page(import_id, typed, (refused.field, str(refused))), 422
    except (StaleChoice, StaleTask, ImportClosed) as late:
        return _page(import_id, typed, ("", str(late))), 409
    flash(done, "success")
    return redirect(f"/plans/import/{import_id}/units", 303)
