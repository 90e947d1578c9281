"""The page on which people choose how they are reminded."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.outbox.channels import CHANNELS
from tracker.people import queries as people
from tracker.reminders import feed, preferences
from tracker.reminders.preferences import EMAIL, IN_APP, Choice, PreferenceRefused, StalePreference
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.inbox.forms import ReminderForm
from tracker.web.language import flash
from tracker.web.session import actor

settings = Blueprint("settings", __name__, url_prefix="/settings")

NO_ADDRESS = say("未登记")


@settings.get("/reminders")
@allowed(Action.OWN_LETTERS)
def reminders() -> str:
    """Show the ways there are and which the person chose."""
    form = ReminderForm(formdata=None)
    form.fill(preferences.choice(actor()))
    return _page(form)


def _page(form: ReminderForm, conflict: dict[str, Any] | None = None) -> str:
    person = actor()
    user = people.user_by_account(person.account)
    address = user.email if user and user.email else NO_ADDRESS
    form.offer(_labels(address))
    return render_template(
        "inbox/settings.html",
        form=form,
        address=address,
        has_feed=feed.has_feed(person.id or 0),
        conflict=conflict,
    )


def _labels(address: str) -> list[tuple[str, str]]:
    """Return every way this person may choose, as (word of the form, label)."""
    offers = preferences.offers(actor())
    return [
        (EMAIL, say("电子邮件（{address}）", address=address)),
        (IN_APP, say("站内信（登录后在收件箱查看）")),
        *(
            (str(offer.id), say("{label}：{name}", label=CHANNELS[offer.kind].label, name=offer.name))
            for offer in offers
        ),
    ]


@settings.post("/reminders")
@allowed(Action.OWN_LETTERS)
def edit_reminders() -> Response | tuple[str, int]:
    """Store the choice, unless it was changed elsewhere since the page was opened."""
    form = ReminderForm()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction():
            preferences.save(actor(), clock.now(), form.choice)
    except PreferenceRefused as refused:
        form[refused.field].errors = [str(refused)]
        return _page(form), 422
    except StalePreference as stale:
        form.version.data = str(stale.now.version)
        return _page(form, {"mine": _told(form.choice), "theirs": _told(stale.now)}), 409
    flash(say("提醒方式已保存，从下一封提醒信起生效。"), "success")
    return redirect(url_for("settings.reminders"), 303)


def _told(choice: Choice) -> list[tuple[str, str]]:
    """Return a choice as lines of a comparison."""
    labels = dict(_labels(NO_ADDRESS)) | {EMAIL: say("电子邮件"), IN_APP: say("站内信")}
    words = [word for word, chosen in ((EMAIL, choice.email), (IN_APP, choice.in_app)) if chosen]
    ways = [labels.get(word, say("已停用的群机器人")) for word in (*words, *map(str, choice.endpoint_ids))]
    return [
        (say("接收渠道"), say("{each}", each=ways)),
        (say("接收时间"), preferences.hour_text(choice.hour)),
        (say("到期前提醒"), say("接收") if choice.before_due else say("不接收")),
    ]
