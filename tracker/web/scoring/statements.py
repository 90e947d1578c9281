"""The 扣分说明书 on the screen and on paper: of one district, or of all in one go."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template

from tracker.assignments import usual_plans
from tracker.rules.evaluation import VERDICT_TEXT
from tracker.rules.permissions import Action
from tracker.rules.reports import KIND_TEXT, STATE_TEXT, Decision
from tracker.rules.score_sheets import OUTCOME_TEXT
from tracker.rules.score_terms import OFFICES_TEXT
from tracker.rules.scoring import Outcome
from tracker.rules.status import MOVE_TEXT, STATUS_TEXT
from tracker.rules.words import Words, say
from tracker.scoring import statements as scores
from tracker.scoring.statements import Item, Statement
from tracker.web import printing
from tracker.web.access import allowed
from tracker.web.paging import day, number
from tracker.web.session import actor

statements = Blueprint("statements", __name__, url_prefix="/scores")

SHOWN_HASH = 12
"""So many signs of a hash tell two files apart for a reader."""

WORDS = {
    "outcome": OUTCOME_TEXT,
    "move": MOVE_TEXT,
    "status": STATUS_TEXT,
    "kind": KIND_TEXT,
    "state": STATE_TEXT,
    "verdict": VERDICT_TEXT,
    "offices": OFFICES_TEXT,
    "decision": {Decision.ACCEPT: say("予以通过"), Decision.RETURN: say("予以退回")},
    "appeal": {"asked": say("待裁定"), "granted": say("异议成立"), "refused": say("异议不成立")},
}


@statements.get("/<id:unit_id>/statement")
@allowed(Action.VIEW_SCORE)
def statement(unit_id: int) -> str:
    """Show a district's statement, final or not."""
    plan, asked = usual_plans.scored(actor(), number("plan")), day()
    found = scores.of(actor(), plan, asked, unit_id)
    values = _values(plan, asked, found)
    if printing.is_wanted():
        return printing.print_page("statement", _title(found), _note(found), **values)
    return render_template("scoring/statement.html", print_address=printing.print_address(), **values)


@statements.get("/statements")
@allowed(Action.VIEW_SCORE)
def every() -> str:
    """Show the statements of all districts within reach on paper, each beginning on a page of its own."""
    plan, asked = usual_plans.scored(actor(), number("plan")), day()
    found = scores.of(actor(), plan, asked)
    return printing.print_page("statement", _title(found), _note(found), **_values(plan, asked, found))


def _values(plan: Any, asked: date, found: Statement) -> dict[str, Any]:
    return {
        "plan": plan,
        "day": asked,
        "found": found,
        "words": WORDS,
        "signed": signed,
        "moment": datetime.fromisoformat,
        "hashed": lambda sha256: sha256[:SHOWN_HASH],
    }


def _title(found: Statement) -> Words:
    if len(found.districts) > 1:
        return say("扣分说明书")
    return say("{district}扣分说明书", district=found.districts[0].district["district"])


def _note(found: Statement) -> Words:
    said = found.content
    return say(
        "{number}，截至 {day:long}，{state}",
        number=said["plan"],
        day=date.fromisoformat(said["day"]),
        state=say("已定稿") if found.sealed else say("定稿以前") if found.later else say("未定稿"),
    )


def signed(item: Item) -> str:
    """Return a line's points as the paper shows them: what is given back has a sign, what is lost a minus."""
    given = item.points > 0 and item.line["outcome"] != Outcome.BASE
    return f"{'+' if given else ''}{item.points.normalize():f}".replace("-", "−")
