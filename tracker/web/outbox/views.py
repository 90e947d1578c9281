"""The list of letters with their fate, one letter as sent, and sending it again."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock
from tracker.db import transaction
from tracker.letters import greeting
from tracker.outbox import operations, queries
from tracker.outbox.operations import LetterRefused
from tracker.outbox.queries import LetterRow
from tracker.overview.tables import Table
from tracker.people import queries as people
from tracker.people.queries import Person
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.inbox.words import linked
from tracker.web.language import flash
from tracker.web.outbox.words import CHANNEL_TEXT, KIND_TEXT, STATE_TEXT
from tracker.web.paging import Page, address, choice, day, page_number, words
from tracker.web.scheduler.alarm import alarm
from tracker.web.session import actor

outbox = Blueprint("outbox", __name__, url_prefix="/admin")

EXPORT_LIMIT = 50_000
ACCOUNT_LENGTH = 60


@dataclass(frozen=True)
class Wanted:
    """Which letters the address asks for, whatever their state; None where it does not say."""

    kind: str | None
    channel: str | None
    recipient: str | None
    day: date | None


def _wanted() -> Wanted:
    return Wanted(
        choice("kind", set(KIND_TEXT)) or None,
        choice("channel", set(CHANNEL_TEXT)) or None,
        words("recipient", ACCOUNT_LENGTH).casefold() or None,
        day() if request.args.get("on", "").strip() else None,
    )


@outbox.get("/letters")
@allowed(Action.VIEW_OUTBOX)
def letters() -> str | Response:
    """Show what was sent, what waits, what failed."""
    wanted, state = _wanted(), choice("state", set(STATE_TEXT)) or None
    kind = file_kind()
    if kind:
        rows = queries.letters(1, EXPORT_LIMIT, state, **asdict(wanted), among=_among()).rows
        return table_file(_table(rows, _recipients(rows)), kind)
    counts = queries.counts(**asdict(wanted), among=_among())
    page = Page(page_number(), counts[state] if state else sum(counts.values()), queries.PAGE_SIZE)
    rows = queries.letters(page.number, queries.PAGE_SIZE, state, **asdict(wanted), among=_among()).rows
    return render_template(
        "outbox/letters.html",
        rows=rows,
        recipients=_recipients(rows),
        page=page,
        tabs=_tabs(counts, state),
        wanted=wanted,
        state=state,
        filtered=any(asdict(wanted).values()) or state,
        kinds=[("", say("全部")), *KIND_TEXT.items()],
        channels=[("", say("全部")), *CHANNEL_TEXT.items()],
        state_text=STATE_TEXT,
        kind_text=KIND_TEXT,
        channel_text=CHANNEL_TEXT,
        alarm=alarm(actor()),
        may_resend=may(actor(), Action.RESEND),
        address=address,
    )


def _among() -> Select[str] | None:
    """Return whose letters the person may see."""
    return people.accounts_within(actor(), Action.VIEW_OUTBOX)


def _tabs(counts: dict[str, int], state: str | None) -> list[dict[str, Any]]:
    """Return the states as links with their numbers, the other filters kept."""
    return [
        {
            "label": label,
            "href": address(state=word, page=None),
            "active": word == state,
            "count": counts[word] if word else sum(counts.values()),
            "urgent": word == "dead",
        }
        for word, label in ((None, say("全部")), *STATE_TEXT.items())
    ]


def _recipients(rows: list[LetterRow]) -> dict[str, Person]:
    return people.persons(row.recipient for row in rows)


def _table(rows: list[LetterRow], recipients: dict[str, Person]) -> Table:
    nobody = Person(0, "", "", 0, "", "")
    heads = (
        say("日期"),
        say("收件人"),
        say("账号"),
        say("单位"),
        say("电话"),
        say("渠道"),
        say("地址"),
        say("类别"),
        say("主题"),
        say("缘由"),
        say("状态"),
        say("次数"),
        say("发出"),
        say("问题"),
    )
    return Table(
        say("提醒信"),
        say("导出于 {now:%Y-%m-%d %H:%M}，共 {n} 封", now=clock.now(), n=len(rows)),
        heads,
        [
            (
                row.day,
                (person := recipients.get(row.recipient, nobody)).name,
                row.recipient,
                person.unit,
                person.phone,
                CHANNEL_TEXT.get(row.channel, row.channel),
                row.address,
                KIND_TEXT.get(row.kind, row.kind),
                row.subject,
                row.reason,
                STATE_TEXT[row.state],
                row.attempts,
                f"{clock.local(row.sent_at):%Y-%m-%d %H:%M}" if row.sent_at else "",
                row.error,
            )
            for row in rows
        ],
    )


@outbox.get("/letters/<id:message_id>")
@allowed(Action.VIEW_OUTBOX)
def letter(message_id: int) -> str:
    """Show one letter as it was or will be sent; its HTML only as source."""
    return _letter_page(message_id)


def _letter_page(message_id: int, refused: str = "") -> str:
    found = queries.letter(message_id, _among()) or abort(404)
    robot = queries.endpoint(found.endpoint_id) if found.endpoint_id else None
    channel = CHANNEL_TEXT.get(found.channel, found.channel)
    return render_template(
        "outbox/letter.html",
        letter=found,
        person=people.persons([found.recipient]).get(found.recipient),
        body=linked(found.text, current_app.config["TRACKER_BASE_URL"]),
        state_text=STATE_TEXT[found.state],
        kind=KIND_TEXT.get(found.kind, found.kind),
        channel=say("{channel}：{name}", channel=channel, name=robot.name) if robot else channel,
        may_resend=may(actor(), Action.RESEND),
        refused=refused,
        greeting=greeting(found.salutation),
    )


@outbox.post("/letters/<id:message_id>/resend")
@allowed(Action.RESEND)
def resend(message_id: int) -> AnyResponse | tuple[str, int]:
    """Send a letter again, and lead to the one that waits now."""
    if queries.letter(message_id) is None:
        abort(404)
    try:
        with transaction():
            waiting = operations.resend(actor(), clock.now(), message_id)
    except LetterRefused as refused:
        return _letter_page(message_id, str(refused)), 409
    flash(say("已安排重发，定时任务会在一分钟内发送。"), "success")
    return redirect(url_for("outbox.letter", message_id=waiting), 303)
