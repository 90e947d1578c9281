"""Files of the ledger: at once where that is quick, and as long work where it is not."""

import hashlib
import json

from flask import Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock, i18n
from tracker.db import transaction
from tracker.overview import ledger_sheet
from tracker.overview.ledger_sheet import Asked
from tracker.rules.words import say
from tracker.web.downloads import ADDRESS_LENGTH, file_kind, table_file
from tracker.web.session import actor
from tracker.work import operations as work

IN_PLACE = {"xlsx": 5_000, "csv": 20_000}
"""How many rows are written while somebody waits. On two cores 5,000 rows took 1.2 s as Excel and 45,000 as CSV 3.8 s;
beyond 2 s people press again."""

TITLES = {"/ledger": say("导出台账"), "/overdue": say("导出逾期清单")}
KIND_TEXT = {"xlsx": "Excel", "csv": "CSV"}


def file(path: str, asked: Asked, kind: str) -> str | Response:
    """Send a list as a file, or offer to make a long one behind the pages."""
    found = ledger_sheet.lines(actor(), asked, IN_PLACE[kind] + 1)
    if len(found) > IN_PLACE[kind]:
        return _offer(path, asked, kind)
    return table_file(ledger_sheet.table(asked, ledger_sheet.shown(found, asked.day), clock.now()), kind)


def _offer(path: str, asked: Asked, kind: str) -> str:
    query = request.query_string.decode("utf-8", "replace")
    return render_template(
        "work/export.html",
        title=TITLES[path],
        list_title=asked.title,
        kind=KIND_TEXT[kind],
        most=IN_PLACE[kind],
        action=f"{path}/export?{query}",
        back=path,
    )


def ask(path: str, asked: Asked) -> AnyResponse:
    """Ask for a file of a list as long work; a second click within the minute asks for no other."""
    kind, now = file_kind() or abort(400), clock.utc()
    arguments = {
        "list": asked.stored(),
        "kind": kind,
        "language": i18n.language(),
        "address": f"{path}?{request.query_string.decode('utf-8', 'replace')}"[:ADDRESS_LENGTH],
    }
    digest = hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).hexdigest()[:24]
    key = f"export {actor().id} {digest} {now:%Y-%m-%d %H:%M}"
    with transaction():
        work_id = work.ask(actor(), now, "export", TITLES[path], arguments, key)
    return redirect(url_for("work.piece", work_id=work_id), 303)
