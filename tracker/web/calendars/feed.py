"""Each person's calendar feed: made and revoked by its owner, fetched by calendars that cannot sign in."""

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import clock, i18n
from tracker.db import transaction
from tracker.people import queries as people
from tracker.reminders import feed
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.session import actor

feeds = Blueprint("feeds", __name__)

SETTINGS = "/settings/reminders"


@feeds.after_request
def _keep_the_address(response: Response) -> Response:
    """Tell no other page the address that a reader came from: the feed's holds its secret."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@feeds.get("/calendar/<token>.ics")
def download(token: str) -> BaseResponse:
    """Send a feed to whoever knows its address; whatever is wrong with it, the answer is the same."""
    day = clock.today()
    owner = feed.feed_owner(token, day) or abort(404)
    unit = owner.actor.unit_name
    name = (
        say("督办台账（演示） · {unit}", unit=unit)
        if people.marker("demo_history")
        else say("督办台账 · {unit}", unit=unit)
    )
    with i18n.speaking(owner.language):
        content = feed.ics(name, feed.due_days(owner.actor, day), current_app.config["TRACKER_BASE_URL"])
    response = Response(content, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@feeds.post("/settings/reminders/feed")
@allowed(Action.OWN_LETTERS)
def create() -> str:
    """Make the person's feed, or give it a new address; this page is the only one that ever shows it."""
    with transaction():
        token = feed.create_feed(actor(), clock.now())
    address = current_app.config["TRACKER_BASE_URL"] + url_for("feeds.download", token=token)
    return render_template("calendars/feed.html", address=address, settings=SETTINGS)


@feeds.post("/settings/reminders/feed/revoke")
@allowed(Action.OWN_LETTERS)
def revoke() -> BaseResponse:
    """Let the person's feed exist no longer."""
    with transaction():
        gone = feed.revoke_feed(actor(), clock.now())
    flash(say("日历订阅已停用，原来的地址不再有效。") if gone else say("没有启用日历订阅，不用停用。"), "success")
    return redirect(SETTINGS, 303)
