"""The pages of the auditor: search and export, verification, the digest of a day."""

from datetime import date

from flask import Blueprint, Response, render_template, request

from tracker import clock
from tracker.audit import operations, queries
from tracker.audit.queries import EntryRow, Wanted
from tracker.db import transaction
from tracker.overview.tables import Table
from tracker.rules.permissions import ROLE_TEXT, Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.audit.digest import digest
from tracker.web.audit.searching import asked
from tracker.web.audit.words import ACT_TEXT, OBJECT_TEXT, OUTCOME_TEXT, PLACE_TEXT
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import BadAddress, address, day, number
from tracker.web.session import actor

audit = Blueprint("audit", __name__, url_prefix="/admin/audit")

EXPORT_LIMIT = 50_000
HEADS = (
    say("编号"),
    say("时间"),
    say("账号"),
    say("姓名"),
    say("角色"),
    say("单位"),
    say("办理"),
    say("结果"),
    say("对象"),
    say("对象编号"),
    say("内容"),
    say("来源"),
    say("请求编号"),
)
WORDS = {
    "act_text": ACT_TEXT,
    "object_text": OBJECT_TEXT,
    "outcome_text": OUTCOME_TEXT,
    "place_text": PLACE_TEXT,
}


@audit.get("")
@allowed(Action.VIEW_AUDIT)
def entries() -> str | Response:
    """Show what is on record, newest first."""
    found = asked()
    kind = file_kind()
    if kind:
        return table_file(_table(found.wanted), kind)
    size, after = queries.PAGE_SIZE, number("after")
    rows = queries.entries(found.wanted, size + 1, number("before"), after)
    more = len(rows) > size
    shown = (rows[-size:] if after is not None else rows[:size]) if more else rows
    older = more or after is not None
    newer = number("before") is not None or (more and after is not None)
    return render_template(
        "audit/entries.html",
        rows=shown,
        asked=found,
        older=address(before=shown[-1].number, after=None) if shown and older else "",
        newer=address(after=shown[0].number, before=None) if shown and newer else "",
        start=address(before=None, after=None),
        address=address,
        args=request.args,
        **WORDS,
    )


def _table(wanted: Wanted) -> Table:
    rows = queries.entries(wanted, EXPORT_LIMIT + 1)
    if len(rows) > EXPORT_LIMIT:
        raise BadAddress(
            say("超过 {export_limit} 条，一次导不出来：请缩小日期范围，分几次导出。", export_limit=EXPORT_LIMIT)
        )
    note = say("导出于 {now:%Y-%m-%d %H:%M}，共 {n} 条", now=clock.now(), n=len(rows))
    return Table(say("审计记录"), note, (*HEADS, say("校验值")), [(*_line(row), row.hash) for row in rows])


def _line(row: EntryRow) -> tuple[str | int | None, ...]:
    return (
        row.number,
        f"{clock.local(row.at):%Y-%m-%d %H:%M:%S}",
        row.account,
        row.name,
        {role.value: text for role, text in ROLE_TEXT.items()}.get(row.role, row.role),
        row.unit,
        ACT_TEXT.get(row.act, row.act),
        OUTCOME_TEXT.get(row.outcome, row.outcome),
        OBJECT_TEXT.get(row.object_type, row.object_type),
        row.object_id,
        row.detail,
        PLACE_TEXT.get(row.address, row.address),
        row.request_id,
    )


@audit.get("/verify")
@allowed(Action.VIEW_AUDIT)
def verify() -> str:
    """Verify the whole chain, and say when it was verified before."""
    before = queries.entries(Wanted(act=operations.VERIFY), 1)
    verdict, now = queries.verify(), clock.now()
    with transaction():
        operations.note_verified(actor(), now, verdict.words, sound=verdict.finding is None)
    return render_template("audit/verify.html", verdict=verdict, now=now, before=before[0] if before else None)


@audit.get("/day")
@allowed(Action.VIEW_AUDIT)
def of_day() -> str:
    """Show the digest of a day, made for paper."""
    asked_for: date = day()
    return render_template("audit/day.html", day=asked_for, digest=digest(asked_for), now=clock.now(), **WORDS)
