"""Every widget of the interface on one page, for whoever changes one of them."""

from typing import Any

from flask import Blueprint, render_template

from tracker.rules.permissions import Action
from tracker.rules.status import LIGHT_TEXT, STATUS_TEXT
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.assignments.course import course
from tracker.web.assignments.forms import CommentForm
from tracker.web.extensions.forms import ExtensionForm
from tracker.web.paging import Page
from tracker.web.patterns import appraisal, samples
from tracker.web.patterns.forms import PatternForm
from tracker.web.reports.forms import ReportForm
from tracker.web.users.forms import DetailsForm

patterns = Blueprint("patterns", __name__)


@patterns.get("/patterns")
@allowed(Action.EDIT_SETTINGS)
def index() -> str:
    """Show all macros with made-up content; nothing here is stored, and none of the forms is meant to be sent."""
    wrong = PatternForm(prefix="wrong-")
    wrong.refuse()
    forms: dict[str, Any] = {
        "form": PatternForm(),
        "wrong_form": wrong,
        "person": DetailsForm(),
        "extension": ExtensionForm(),
        "comment": CommentForm(),
        "draft": ReportForm(),
    }
    return render_template(
        "patterns.html",
        **forms,
        lights=list(LIGHT_TEXT.items()),
        states=list(STATUS_TEXT.items()),
        sample=samples.sample(),
        appraisal=appraisal.sample(),
        today=samples.DAY,
        chart=samples.chart(),
        course=course(samples.events()),
        score=samples.score(),
        page=Page(3, 240, 20),
        last_page=Page(2, 40, 20),
        act_text={"file_report": say("填报")},
        object_text={"report": say("填报")},
        outcome_text={"refused": say("被拒绝")},
    )
