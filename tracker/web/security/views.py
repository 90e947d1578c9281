"""The page of the security settings."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.people import security as settings
from tracker.people.security import StaleSettings, Standing
from tracker.rules.permissions import Action
from tracker.rules.security import SECURITY, Number, told
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.security.forms import SecurityForm
from tracker.web.session import actor

security = Blueprint("security", __name__)


def _hint(name: str) -> str:
    setting = SECURITY[name]
    limits = (
        say(
            "{lowest} 到 {highest}；缺省 {default}。",
            lowest=setting.lowest,
            highest=setting.highest,
            default=setting.default,
        )
        if isinstance(setting, Number)
        else ""
    )
    return say("{meaning}{limits}", meaning=setting.meaning, limits=limits)


HINTS = [(name, _hint(name)) for name in SECURITY]


@security.get("/admin/security")
@allowed(Action.EDIT_SETTINGS)
def page() -> str:
    """Show the settings, and who changed what."""
    standing, version = settings.standing()
    values = {setting.name: _typed(setting) for setting in standing}
    return _page(SecurityForm(formdata=None, data={**values, "version": str(version)}), standing)


def _typed(setting: Standing) -> object:
    """Return a value as its field holds it."""
    kind = SECURITY[setting.name]
    if isinstance(kind, Number):
        return int(setting.value)
    return setting.value.split(",") if kind.many else setting.value


def _page(form: SecurityForm, standing: list[Standing], conflict: StaleSettings | None = None) -> str:
    mine, theirs = [], []
    if conflict:
        # The person has seen the newer ones now.
        form.version.data = str(conflict.version)
        differing = [setting for setting in standing if form.wanted[setting.name] != setting.value]
        mine = [(setting.label, told(setting.name, form.wanted[setting.name])) for setting in differing]
        theirs = [(setting.label, setting.text) for setting in differing]
    return render_template(
        "security/settings.html",
        form=form,
        changed=[setting for setting in standing if setting.at],
        hints=HINTS,
        conflict=conflict,
        mine=mine,
        theirs=theirs,
    )


@security.post("/admin/security")
@allowed(Action.EDIT_SETTINGS)
def edit() -> Response | tuple[str, int]:
    """Change the settings, unless someone else was faster."""
    form = SecurityForm()
    if not form.validate():
        return _page(form, settings.standing()[0]), 422
    try:
        with transaction():
            changed = settings.change(actor(), clock.now(), form.version_number, form.wanted)
    except StaleSettings as stale:
        return _page(form, stale.standing, stale), 409
    flash(
        say("已保存：{changed}。", changed=list(changed)) if changed else say("没有改动。"),
        "success" if changed else "info",
    )
    return redirect(url_for("security.page"), 303)
