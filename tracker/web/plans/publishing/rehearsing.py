"""The settings of an import, what becomes of early tasks, and the rehearsal of its publication."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from tracker import clock
from tracker.assignments import publication, rehearsal
from tracker.assignments.publication import PublicationRefused
from tracker.assignments.rehearsal import Facts
from tracker.db import transaction
from tracker.people.unit_lists import KIND_TEXT
from tracker.plans import desk_loose, desk_queries, desk_repairs, desk_settings
from tracker.plans.creation import key_of
from tracker.plans.desk_blockers import Desk, Where
from tracker.plans.desk_record import ImportClosed
from tracker.plans.desk_settings import EARLY_TEXT
from tracker.plans.desk_units import StaleChoice
from tracker.plans.operations import PlanRefused
from tracker.reminders import rehearsing
from tracker.reminders.rehearsing import LetterDay
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Action
from tracker.rules.plan_text.editing import EditRefused
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.plans.publishing.forms import EarlyRefused, SettingsForm, early_choices
from tracker.web.plans.publishing.units import desk_of
from tracker.web.plans.wizard import steps
from tracker.web.session import actor

import_rehearsal = Blueprint("import_rehearsal", __name__)

Answer = Response | str | tuple[str, int]

WHERE_TEXT = {
    Where.CHECK: say("去核对"),
    Where.UNITS: say("去选单位"),
    Where.REHEARSAL: say("去选处理方式"),
    Where.PLAN: say("看这个方案"),
    Where.UNDATED: say("去确认"),
}


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal told, or why there was none."""

    facts: Facts | None
    letters: list[LetterDay]
    refused: str = ""


@import_rehearsal.get("/plans/import/<id:import_id>/rehearsal")
@allowed(Action.EDIT_PLAN)
def page(import_id: int) -> str:
    """Show the settings, and what publishing now would do."""
    return _page(import_id, desk_of(import_id))


def _page(import_id: int, found: Desk, form: SettingsForm | None = None, **more: Any) -> str:
    told = rehearse(found)
    level = request.args.get("level", "")
    levels = told.facts.levels if told.facts else []
    if level not in {one.level for one in levels}:
        level = max(levels, key=lambda one: -one.units).level if levels else ""
    early = desk_settings.early_tasks(found.draft)
    return render_template(
        "plans/publishing/rehearsal.html",
        desk=found,
        bar=steps.bar("rehearsal", desk_queries.get(actor(), import_id), found.units),
        links=links(found),
        form=form or SettingsForm(found.units.tree, found.wanted, formdata=None),
        unsaved=form is not None,
        told=told,
        facts=told.facts,
        level=level,
        kind_text={kind.value: KIND_TEXT[kind] for kind in OrganizationKind},
        early=[(key_of(task), task, found.wanted.early.get(key_of(task))) for task in early],
        early_text=list(EARLY_TEXT.items()),
        undated=desk_loose.undated(found.draft) if found.open else [],
        today=clock.today(),
        **asides(found),
        **{"problems": {}, "typed": {}, "stale": "", **more},
    )


def links(found: Desk) -> list[tuple[str, str, str]]:
    """Return what stands in the way: the words, where it is mended, and what the link says."""
    addresses = {
        Where.CHECK: f"/plans/import/{found.id}/check",
        Where.UNITS: f"/plans/import/{found.id}/units",
        Where.REHEARSAL: f"/plans/import/{found.id}/rehearsal#early",
        Where.UNDATED: f"/plans/import/{found.id}/rehearsal#undated",
        Where.PLAN: "",
    }
    found_at = [
        f"/plans/{blocker.plan_id}" if blocker.plan_id else addresses[blocker.where] + _task(blocker.key)
        for blocker in found.blockers
    ]
    return [
        (blocker.words, address, WHERE_TEXT[blocker.where])
        for blocker, address in zip(found.blockers, found_at, strict=True)
    ]


def _task(key: str) -> str:
    return f"?task={key}" if key else ""


def asides(found: Desk) -> dict[str, Any]:
    """Return what else a person should know before publishing, though it stands in nobody's way. One query."""
    return {
        "notes": desk_repairs.left(found.id, publication.signed(found), found.wanted.early) if found.open else None,
        "misses_period": found.open and desk_settings.misses_period(found.wanted, found.draft),
        "keys": {task.number: key_of(task) for task in found.draft.tasks},
    }


def rehearse(found: Desk) -> Rehearsed:
    """Publish as if in earnest, and let nothing of it stay."""
    if not found.open or not found.rehearsable:
        return Rehearsed(None, [])
    try:
        with transaction(), rehearsal.rehearsed(actor(), clock.now(), found.id) as facts:
            return Rehearsed(facts, rehearsing.letters_ahead(facts.plan_id, clock.today()))
    except (PublicationRefused, PlanRefused, ImportClosed) as refused:
        return Rehearsed(None, [], str(refused))


@import_rehearsal.post("/plans/import/<id:import_id>/settings")
@allowed(Action.EDIT_PLAN)
def settle(import_id: int) -> Answer:
    """Keep the settings."""
    found = desk_of(import_id)
    form = SettingsForm(found.units.tree, found.wanted)
    if not form.validate():
        return _page(import_id, found, form), 422
    try:
        with transaction():
            seen = request.form.get("version", "")
            desk_settings.settle(actor(), clock.now(), import_id, seen, form.wanted)
    except (StaleChoice, ImportClosed) as late:
        return _page(import_id, desk_of(import_id), form, stale=str(late)), 409
    flash(say("设定已保存，预演已按新的设定重新计算。"), "success")
    return redirect(f"/plans/import/{import_id}/rehearsal", 303)


@import_rehearsal.post("/plans/import/<id:import_id>/early")
@allowed(Action.EDIT_PLAN)
def early(import_id: int) -> Answer:
    """Keep what becomes of tasks that were due before their document was issued."""
    found, given = desk_of(import_id), request.form.to_dict()
    tasks = desk_settings.early_tasks(found.draft)
    try:
        choices = early_choices(given, tasks, found.draft.head.issued_on or clock.today())
        with transaction():
            seen = request.form.get("version", "")
            desk_settings.decide_early(actor(), clock.now(), import_id, seen, choices)
    except EarlyRefused as refused:
        return _page(import_id, found, problems=refused.problems, typed=given), 422
    except (StaleChoice, ImportClosed) as late:
        return _page(import_id, desk_of(import_id), stale=str(late), typed=given), 409
    left = len(desk_settings.undecided(desk_of(import_id).wanted, found.draft))
    flash(say("还有 {n} 项没有选定。", n=left) if left else say("到期早于印发的任务都已选定。"), "success")
    return redirect(f"/plans/import/{import_id}/rehearsal", 303)


@import_rehearsal.post("/plans/import/<id:import_id>/undated")
@allowed(Action.EDIT_PLAN)
def undated(import_id: int) -> Answer:
    """Take tasks as having no deadline."""
    found = desk_of(import_id)
    try:
        with transaction():
            number = desk_loose.confirm_undated(actor(), clock.now(), import_id, request.form.getlist("id"))
    except EditRefused as refused:
        return _page(import_id, found, stale=str(refused)), 422
    except ImportClosed as late:
        return _page(import_id, desk_of(import_id), stale=str(late)), 409
    flash(say("已确认 {n} 项任务没有时限。", n=number), "success")
    return redirect(f"/plans/import/{import_id}/rehearsal", 303)
