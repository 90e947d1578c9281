"""Pages of what the leading group decides where the scheme is silent."""

from dataclasses import dataclass, field

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.appraisal import decisions as desk
from tracker.appraisal.decisions import Decided, DecisionRefused, Overtaken
from tracker.appraisal.queries import UnknownAppraisal
from tracker.db import transaction
from tracker.rules.appraisal.decisions import CONFIRM, NOTE, SETTING
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.appraisal.common import Shown, wanted_year
from tracker.web.appraisal.sheet_views import minus
from tracker.web.language import flash
from tracker.web.paging import choice, whole
from tracker.web.session import actor

appraisal_decisions = Blueprint("appraisal_decisions", __name__)

PLACE = "/appraisal/<id:appraisal_id>/decisions"

SHOWS = {"all": say("全部"), "open": say("待决定"), "decided": say("已决定")}

GROUPS = (
    (SETTING, say("影响得分的事项")),
    ((CONFIRM,), say("要确认的读法")),
    ((NOTE,), say("没有规定或有疑点的文字，只作记录")),
)


@dataclass(frozen=True)
class Typed:
    """What was sent about one matter and why it was not kept."""

    subject: str = ""
    value: str = ""
    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    overtaken: Overtaken | None = None


@appraisal_decisions.get(PLACE)
@allowed(Action.VIEW_APPRAISAL)
def index(appraisal_id: int) -> str:
    """Show every matter that the scheme leaves open, beside its printed words, with what was decided."""
    return _page(wanted_year(appraisal_id))


@appraisal_decisions.post(PLACE)
@allowed(Action.DECIDE_APPRAISAL)
def decide(appraisal_id: int) -> Response | tuple[str, int]:
    """Decide of one matter; earlier decisions stay."""
    year, sent = wanted_year(appraisal_id), request.form
    subject, value, reason = (sent.get(name, "") for name in ("subject", "value", "reason"))
    seen = whole(sent.get("seen", "")) or 0
    try:
        with transaction():
            desk.decide(actor(), clock.now(), year.id, subject, value, reason, seen)
    except DecisionRefused as refused:
        return _page(year, Typed(subject, value, reason, refused.problems)), 422
    except Overtaken as first:
        return _page(year, Typed(subject, value, reason, overtaken=first)), 409
    except UnknownAppraisal:
        abort(404)
    flash(say("决定已记下，得分随之更新。以前的决定仍可查看。"), "success")
    anchor = request.form.get("anchor", "")
    return redirect(url_for("appraisal_decisions.index", appraisal_id=year.id, show=_show(), _anchor=anchor), 303)


def _show() -> str:
    return choice("show", set(SHOWS), "all")


def _page(year: Shown, typed: Typed | None = None) -> str:
    """Return the page; what was sent and not kept is shown whichever matters are chosen."""
    show, found = ("all" if typed else _show()), desk.matters(actor(), year.id, clock.today())
    kept = {"all": found, "open": [m for m in found if m.is_open], "decided": [m for m in found if not m.is_open]}
    address = url_for("appraisal_decisions.index", appraisal_id=year.id)
    return render_template(
        "appraisal/decisions.html",
        year=year,
        address=address,
        show=show,
        tabs=[
            {"label": word, "href": f"{address}?show={each}", "active": each == show, "count": len(kept[each])}
            for each, word in SHOWS.items()
        ],
        groups=[(title, _of(kinds, kept[show])) for kinds, title in GROUPS],
        may_decide=year.leads and year.stage in (Stage.OPEN, Stage.COMPILED),
        typed=typed or Typed(),
        most=desk.LONGEST_REASON,
        minus=minus,
    )


def _of(kinds: tuple[str, ...], found: list[Decided]) -> list[Decided]:
    return [each for each in found if each.matter.kind in kinds]
