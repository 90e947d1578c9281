"""The page of a plan's reminders: what stands, an example of it, and the form that changes it."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.plans import queries as plans
from tracker.reminders import policy_changes as changing
from tracker.reminders.policy import DEFAULT_POLICY, Policy, policy_of
from tracker.reminders.policy_changes import PolicyRefused, StalePolicy
from tracker.reminders.policy_example import crowded_words, example
from tracker.reminders.posts import POSTS, Bureau, posts
from tracker.reminders.recipients import supervisors
from tracker.rules.escalation import TARGET_TEXT, Target
from tracker.rules.permissions import Action, Scope, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import whole
from tracker.web.policies.forms import PolicyForm
from tracker.web.session import actor
from tracker.workdays import queries as workdays

policies = Blueprint("policies", __name__)

UNITS_SHOWN, UNITS_NAMED = 60, 20
"""Units of the list of posts, and those named where a post is vacant: the page stays a page in a large plan."""

SOURCES = {
    say("提醒时点"): say("由疏到密"),
    say("遇休息日"): say("按国务院办公厅的放假安排"),
    say("逾期后重复"): say("逐渐变疏，免得天天收信"),
    say("集中到期"): say("免得年底一次收到几十项"),
    say("持续推进"): say("没有截止日的事项按期报告"),
    say("每日上限"): say("一封信里不列过多事项"),
    say("催办间隔"): say("免得同一事项反复被催"),
    say("逐级升级"): say("由承办人逐级向上"),
    say("静默期"): say("按需要填写"),
}
"""Why the default of each part is what it is; no document of the plan says any of it."""


@policies.get("/plans/<id:plan_id>/reminders")
@allowed(Action.VIEW_PLANS)
def page(plan_id: int) -> str:
    """Show how a plan reminds; to those who may change it, as a form."""
    found = plans.get(actor(), plan_id) or abort(404)
    policy = policy_of(plan_id)
    form = PolicyForm.of(policy) if may(actor(), Action.EDIT_REMINDERS) else None
    return _page(found, policy, form)


@policies.post("/plans/<id:plan_id>/reminders")
@allowed(Action.EDIT_REMINDERS)
def edit(plan_id: int) -> Response | str | tuple[str, int]:
    """Change how a plan reminds, show what a change would do, or give it the defaults again."""
    found = plans.get(actor(), plan_id) or abort(404)
    if request.form.get("intent") == "reset":
        return _reset(found)
    form = PolicyForm()
    readable = form.validate()
    if not readable or request.form.get("intent") == "preview":
        return _preview(found, form, readable)
    try:
        with transaction():
            changed = changing.save(actor(), clock.now(), plan_id, form.version_number, form.policy)
    except PolicyRefused as refused:
        form.refuse(refused.problems)
        return _page(_again(plan_id), policy_of(plan_id), form), 422
    except StalePolicy as stale:
        form.version.data = str(stale.theirs.version)
        return _page(_again(plan_id), stale.theirs, form, stale), 409
    return _done(plan_id, say("提醒设定已保存，从下一次提醒起按新设定办。") if changed else say("提醒设定没有变化。"))


def _reset(plan: Any) -> Response | tuple[str, int]:
    version = whole(request.form.get("version", ""))
    if version is None:
        abort(400)
    try:
        with transaction():
            changed = changing.reset(actor(), clock.now(), plan.id, version)
    except StalePolicy as stale:
        return _page(_again(plan.id), stale.theirs, PolicyForm.of(stale.theirs), stale), 409
    return _done(plan.id, say("提醒设定已恢复默认。") if changed else say("提醒设定本来就是默认的。"))


def _preview(plan: Any, form: PolicyForm, readable: bool) -> str | tuple[str, int]:
    """Show what the form would do, or everything that is wrong with it at once."""
    form.refuse(changing.problems(form.policy, workdays.calendar().is_working))
    if readable and not form.wrong.errors:
        return _page(plan, form.policy, form, unsaved=True)
    return _page(plan, policy_of(plan.id), form), 422


def _again(plan_id: int) -> Any:
    """Read the plan anew: a refused transaction let go of it."""
    return plans.get(actor(), plan_id) or abort(404)


def _done(plan_id: int, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("policies.page", plan_id=plan_id), 303)


def _page(
    plan: Any, policy: Policy, form: PolicyForm | None, conflict: StalePolicy | None = None, unsaved: bool = False
) -> str:
    dues = [task.due_on for task in plans.tasks(plan.id) if task.due_on]
    published_on = plan.published_on or clock.today()
    return render_template(
        "policies/policy.html",
        plan=plan,
        policy=policy,
        form=form,
        unsaved=unsaved,
        conflict=_sides(conflict) if conflict else None,
        parts=changing.described(policy),
        defaults=changing.described(DEFAULT_POLICY),
        sources=SOURCES,
        numbers={name: allowed for name, (_, allowed) in changing.NUMBERS.items()},
        crowded=crowded_words(policy, dues),
        example=example(policy, dues, published_on, workdays.calendar().is_working),
        **_people(plan, clock.today()),
    )


def _sides(stale: StalePolicy) -> dict[str, Any]:
    """Give of both policies the parts in which they differ; after a refused reset the form holds what is stored."""
    mine, theirs = changing.described(stale.mine), changing.described(stale.theirs)
    differing = [part for part in mine if mine[part] != theirs[part]]
    return {
        "mine": [(part, mine[part]) for part in differing],
        "theirs": [(part, theirs[part]) for part in differing],
        "reset": request.form.get("intent") == "reset",
    }


def _vacant(bureaus: list[Bureau], post: Target) -> tuple[int, str]:
    """Return how many bureaus have nobody in a post, and the first of them by name."""
    names = [each.name for each in bureaus if each.held.get(post) == []]
    shown = names[:UNITS_NAMED]
    return len(names), say("{names}等", names=shown) if len(names) > UNITS_NAMED else say("{each}", each=shown)


def _people(plan: Any, day: date) -> dict[str, Any]:
    """Name those who hold the ladder's posts, to whoever may see all units."""
    if actor().reach(Action.VIEW_ASSIGNMENTS) is not Scope.ALL:
        return {"bureaus": []}
    bureaus = posts(plan.id, plan.issuer_id, day)
    return {
        "bureaus": bureaus[:UNITS_SHOWN],
        "bureau_count": len(bureaus),
        "posts": [(post, TARGET_TEXT[post]) for post in POSTS],
        "vacant": {TARGET_TEXT[post]: _vacant(bureaus, post) for post in POSTS},
        "supervisors": supervisors(plan.issuer_id, day),
        "supervisor_text": TARGET_TEXT[Target.SUPERVISOR],
    }
