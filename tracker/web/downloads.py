"""Sends files: always as attachments, with Chinese names intact."""

from pathlib import Path
from urllib.parse import quote

from flask import Response, send_file

from tracker.overview.tables import FORMATS, Table


def table_file(table: Table, kind: str) -> Response:
    """Send a table in one of FORMATS."""
    media_type, write = FORMATS[kind]
    return _attachment(Response(write(table), mimetype=media_type.partition(";")[0]), f"{table.title}.{kind}")


def stored_file(path: Path, name: str) -> Response:
    """Send a stored file under its own name, never for display in the page."""
    response = send_file(path, mimetype="application/octet-stream", conditional=False)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _attachment(response, name)


def _attachment(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
