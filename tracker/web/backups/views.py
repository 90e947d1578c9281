"""The page of backups: what lies in the folder, and a button for one more; no backup is ever sent to a browser."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.backups import operations
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.scheduler.alarm import span
from tracker.web.session import actor
from tracker.work import operations as work

backups = Blueprint("backups", __name__, url_prefix="/admin")

UNITS = ("B", "KB", "MB", "GB", "TB")


@backups.get("/backups")
@allowed(Action.BACK_UP)
def index() -> str:
    """List the backups in the installation's own folder."""
    last, data_dir = operations.last(), current_app.config["TRACKER_DATA_DIR"]
    return render_template(
        "backups/index.html",
        rows=[(backup, size_words(backup.size)) for backup in operations.kept(data_dir)],
        folder=data_dir / operations.FOLDER,
        last=last,
        age=span(clock.utc() - last) if last else "",
    )


@backups.post("/backups")
@allowed(Action.BACK_UP)
def make() -> Response:
    """Ask for one more backup in the installation's own folder; a second click within the minute asks for no other."""
    now = clock.utc()
    with transaction():
        work_id = work.ask(actor(), now, "backup", say("做备份"), {}, f"backup {now:%Y-%m-%d %H:%M}")
    return redirect(url_for("work.piece", work_id=work_id), 303)


def size_words(size: int) -> str:
    """Word a number of bytes: 1.3 MB."""
    amount, step = float(size), 0
    while amount >= 1024 and step < len(UNITS) - 1:
        amount, step = amount / 1024, step + 1
    return f"{amount:.1f} {UNITS[step]}" if step else say("{size} 字节", size=size)
