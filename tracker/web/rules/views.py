"""The page of a plan's score rule: what holds, on what it rests, who changed it, and what a change would do."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.plans import freezes
from tracker.plans import queries as plans
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.scoring import rule_changes as changing
from tracker.scoring import terms
from tracker.scoring.rule_changes import Effect, RuleRefused, StaleRule
from tracker.scoring.terms import Terms
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.rules.forms import RuleForm
from tracker.web.rules.sources import doubt, rests_on
from tracker.web.session import actor

rules = Blueprint("rules", __name__)

SHOWN = 60
"""Districts of a preview whose scores move, at most: the city has sixteen."""

SAVE = "save"


@rules.get("/plans/<id:plan_id>/rule")
@allowed(Action.VIEW_PLANS)
def versions(plan_id: int) -> str:
    """Show every version of a plan's score rule; to those who may change it, the form of the next."""
    plan = plans.get(actor(), plan_id) or abort(404)
    plans.require_scored(plan)
    known = terms.versions(plan)
    form = RuleForm.of(known[0]) if may(actor(), Action.EDIT_RULE) else None
    return _page(plan, known, form)


@rules.post("/plans/<id:plan_id>/rule")
@allowed(Action.EDIT_RULE)
def change(plan_id: int) -> Response | str | tuple[str, int]:
    """Show what a next version would do, or make it; unless asked to save, nothing is stored."""
    plan, form = plans.get(actor(), plan_id) or abort(404), RuleForm()
    plans.require_scored(plan)
    changing.require_changeable(plan)
    known = terms.versions(plan)
    readable, wanted = form.validate(), form.terms
    if not readable:
        # Whatever else is wrong is said at once, not after the next press of the button.
        form.refuse(changing.problems(plan, known[0], wanted))
        return _page(plan, known, form), 422
    try:
        if form.version_number != known[0].rule.number:
            raise StaleRule(wanted, known[0])
        if request.form.get("intent") != SAVE:
            return _preview(plan, known, form)
        with transaction():
            made = changing.change(actor(), clock.now(), plan_id, form.version_number, wanted)
    except RuleRefused as refused:
        form.refuse(refused.problems)
        return _again(plan_id, form), 422
    except StaleRule as stale:
        form.version.data = str(stale.theirs.rule.number)
        return _again(plan_id, form, stale), 409
    number = made.rule.number
    flash(say("评分规则第 {number} 版已保存，从今天起生效；以前各天仍按当时的规则。", number=number), "success")
    return redirect(url_for("rules.versions", plan_id=plan_id), 303)


def _preview(plan: Any, known: list[Terms], form: RuleForm) -> str:
    """Show what the form would do; raise RuleRefused for what is wrong with it."""
    if found := list(changing.problems(plan, known[0], form.terms)):
        raise RuleRefused(found)
    return _page(plan, known, form, unsaved=True)


def _again(plan_id: int, form: RuleForm, conflict: StaleRule | None = None) -> str:
    """Read the plan anew: a refused transaction let go of it."""
    plan = plans.get(actor(), plan_id) or abort(404)
    return _page(plan, terms.versions(plan), form, conflict)


def _page(
    plan: Any, known: list[Terms], form: RuleForm | None, conflict: StaleRule | None = None, unsaved: bool = False
) -> str:
    standing, origins = known[0], changing.origins(known)
    told, why = changing.described(standing), rests_on(standing, plans.milestones(plan.id))
    frozen = freezes.is_frozen(plan.id)
    return render_template(
        "rules/versions.html",
        plan=plan,
        rule=standing.rule,
        settings=[(part, told[part], why[part], origins[part]) for part in why],
        doubt=doubt(standing.rule),
        versions=[
            (version, changing.differences(older, version) if older else [])
            for version, older in zip(known, [*known[1:], None], strict=True)
        ],
        form=form if plan.state == "published" and not frozen else None,
        may_edit=form is not None,
        frozen=frozen,
        conflict=_sides(conflict) if conflict else None,
        preview=_effects(plan, standing, form.terms) if form and (unsaved or conflict) else None,
    )


def _sides(stale: StaleRule) -> dict[str, Any]:
    """Give both versions field by field; the macro names those in which they differ."""
    told = {"mine": stale.mine, "theirs": stale.theirs}
    fields = {
        side: [*changing.described(version).items(), (say("修改的理由"), version.reason)]
        for side, version in told.items()
    }
    return {**fields, "who": stale.theirs.by, "when": stale.theirs.rule.since}


def _effects(plan: Any, standing: Terms, wanted: Terms) -> dict[str, Any]:
    """Return what differs, and whose scores would move today."""
    effects: list[Effect] = changing.effects(plan, clock.today(), wanted.rule)
    moved = [effect for effect in effects if effect.moved]
    return {
        "differences": changing.differences(standing, wanted),
        "moved": moved[:SHOWN],
        "left_out": max(0, len(moved) - SHOWN),
        "same": len(effects) - len(moved),
        "total": len(effects),
        "number": standing.rule.number + 1,
        "reason": wanted.reason,
    }
