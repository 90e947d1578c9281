"""明天谁会收到什么: the letters of any day before they are sent, and the escalations of the next thirty days."""

from datetime import timedelta

from flask import Blueprint, render_template, request

from tracker import clock
from tracker.outbox.channels import CHANNELS
from tracker.reminders import ahead
from tracker.reminders.preview import PEOPLE, look
from tracker.rules.permissions import Action, Scope
from tracker.web.access import allowed
from tracker.web.paging import Page, address, page_number
from tracker.web.paging import day as day_asked
from tracker.web.session import actor

reminding = Blueprint("reminding", __name__, url_prefix="/reminders")


@reminding.get("")
@allowed(Action.PREVIEW_REMINDERS)
def preview() -> str:
    """Show what a day would send to the people in the person's scope; without a day: tomorrow."""
    today = clock.today()
    day = day_asked() if request.args.get("on") else today + timedelta(days=1)
    number, district_id = page_number(), _district()
    found = look(day, today, district_id, number)
    return render_template(
        "reminding/preview.html",
        look=found,
        day=day,
        today=today,
        tomorrow=today + timedelta(days=1),
        page=Page(number, found.people, PEOPLE),
        labels={kind: channel.label for kind, channel in CHANNELS.items()},
        address=address,
    )


@reminding.get("/escalations")
@allowed(Action.PREVIEW_REMINDERS)
def escalations() -> str:
    """Show unit by unit which rungs of the ladder are ahead within thirty days, if nothing is done."""
    person, number = actor(), page_number()
    today = clock.today()
    return render_template(
        "reminding/escalations.html",
        units=ahead.escalations(person, today, number),
        page=Page(number, ahead.unit_count(person), ahead.UNITS),
        today=today,
        until=today + timedelta(days=ahead.DAYS),
    )


def _district() -> int | None:
    """Return the district whose people the person may look at; None for everybody."""
    person = actor()
    return None if person.reach(Action.PREVIEW_REMINDERS) is Scope.ALL else person.district_id or 0
