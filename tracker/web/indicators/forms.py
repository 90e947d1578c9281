"""The desk of a form: what is odd about its text and what is proposed, each to be decided with a reason."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.indicators import form_desk
from tracker.indicators.forms import KnownForm, form_names, known_form
from tracker.indicators.questions import Overtaken, TextRefused
from tracker.rules.indicators.decisions import DECISION_TEXT, Decision
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.paging import choice, whole
from tracker.web.session import actor

indicator_forms = Blueprint("indicator_forms", __name__)

SHOWS = {"all": say("全部"), "open": say("待处理"), "decided": say("已处理")}


@dataclass(frozen=True)
class Typed:
    """What was sent about one place and why it was not kept."""

    key: str = ""
    decision: str = ""
    reason: str = ""
    field: str = ""
    refused: str = ""
    overtaken: Overtaken | None = None


@indicator_forms.get("/indicators/forms/<name>")
@allowed(Action.VIEW_INDICATORS)
def desk(name: str) -> str:
    """Show every odd place and proposal of a form beside its printed lines, with what was decided."""
    return _page(_known(name))


@indicator_forms.post("/indicators/forms/<name>")
@allowed(Action.RUN_ROUNDS)
def decide(name: str) -> Response | tuple[str, int]:
    """Decide of one place; earlier decisions stay."""
    known, sent = _known(name), request.form
    key, decision, reason = (sent.get(field, "") for field in ("concerns", "decision", "reason"))
    seen = whole(sent.get("seen", "")) or 0
    try:
        with transaction():
            form_desk.decide(actor(), clock.now(), known, key, decision, reason, seen)
    except TextRefused as refused:
        return _page(known, Typed(key, decision, reason, refused.field, str(refused))), 422
    except Overtaken as first:
        return _page(known, Typed(key, decision, reason, overtaken=first)), 409
    flash(say("已记下这处的处理，表上的文字不改。"), "success")
    return redirect(url_for("indicator_forms.desk", name=name, show=_show(), _anchor=key), 303)


def _known(name: str) -> KnownForm:
    if name not in form_names():
        abort(404)
    return known_form(name)


def _show() -> str:
    return choice("show", set(SHOWS), "all")


def _page(known: KnownForm, typed: Typed | None = None) -> str:
    """Return the desk; what was sent and not kept is shown whichever places are chosen."""
    show, found = ("all" if typed else _show()), form_desk.matters(actor(), known)
    kept = {"all": found, "open": [m for m in found if m.is_open], "decided": [m for m in found if not m.is_open]}
    address = url_for("indicator_forms.desk", name=known.name)
    return render_template(
        "indicators/form_desk.html",
        known=known,
        address=address,
        show=show,
        tabs=[
            {"label": word, "href": f"{address}?show={each}", "active": each == show, "count": len(kept[each])}
            for each, word in SHOWS.items()
        ],
        proposals=[each for each in kept[show] if each.mark],
        oddities=[each for each in kept[show] if not each.mark],
        decisions=DECISION_TEXT,
        asked=Decision.ASKED,
        may_decide=may(actor(), Action.RUN_ROUNDS),
        typed=typed or Typed(),
        most=form_desk.LONGEST_REASON,
    )
