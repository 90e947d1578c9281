"""Sends files: always as attachments, with Chinese names intact, and on record."""

from pathlib import Path
from urllib.parse import quote

from flask import Response, abort, current_app, request, send_file

from tracker import clock, storage
from tracker.audit import operations as audit
from tracker.db import transaction
from tracker.overview.tables import FORMATS, Table, marked
from tracker.rules.words import say
from tracker.web.paging import BadAddress, foreseen
from tracker.web.session import actor

ADDRESS_LENGTH = 500


def file_kind() -> str:
    """Return the kind of file that the address asks for, or an empty string; refuse one that is not made."""
    kind = request.args.get("format", "")
    if kind and kind not in FORMATS:
        raise BadAddress(say("不能导出 {kind} 格式，可以导出：{kinds}。", kind=kind[:10], kinds=list(FORMATS)))
    return kind


def table_file(table: Table, kind: str) -> Response:
    """Send a table in one of FORMATS; invented data say so in the file as on the page."""
    table = marked(table, foreseen())
    media_type, write = FORMATS[kind]
    _note("export", f"{table.title}.{kind}，{len(table.rows)} 行：{request.full_path[:ADDRESS_LENGTH].rstrip('?')}")
    return _attachment(Response(write(table), mimetype=media_type.partition(";")[0]), f"{table.title}.{kind}")


def made_file(content: bytes, media_type: str, name: str) -> Response:
    """Send a file that was made for the request."""
    _note("download", f"{name}：{request.path}")
    return _attachment(Response(content, mimetype=media_type), name)


def kept_file(what: str, number: int, sha256: str, name: str) -> Response:
    """Send a file that somebody uploaded, or answer that there is none where the disk has lost it, which is logged."""
    path = storage.path_of(current_app.config["TRACKER_DATA_DIR"], sha256)
    if not path.is_file():
        current_app.logger.error("%s %s is missing on disk", what, number)
        abort(404)
    return stored_file(path, name)


def stored_file(path: Path, name: str) -> Response:
    """Send a stored file under its own name, never for display in the page."""
    _note("download", f"{name}：{request.path}")
    response = send_file(path, mimetype="application/octet-stream", conditional=False, max_age=0)
    # What only some may see lies in no cache, whatever the age of static files.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _attachment(response, name)


def _note(act: str, detail: str) -> None:
    """Put on record who took what out, before they have it."""
    with transaction():
        audit.record(actor(), clock.now(), act, "file", None, detail)


def _attachment(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
