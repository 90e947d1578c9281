"""The page of backups: what lies in the folder, and a button for one more; no backup is ever sent to a browser."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.backups import operations
from tracker.backups.archives import BackupDamaged
from tracker.backups.databases import BackupRefused
from tracker.db import transaction
from tracker.rules.permissions import Action
from tracker.web.access import allowed
from tracker.web.scheduler.alarm import span
from tracker.web.session import actor

backups = Blueprint("backups", __name__, url_prefix="/admin")

UNITS = ("字节", "KB", "MB", "GB", "TB")


@backups.get("/backups")
@allowed(Action.BACK_UP)
def index() -> str:
    """List the backups in the installation's own folder."""
    return _page()


def _page(problem: str = "") -> str:
    last, data_dir = operations.last(), current_app.config["TRACKER_DATA_DIR"]
    return render_template(
        "backups/index.html",
        rows=[(backup, size_words(backup.size)) for backup in operations.kept(data_dir)],
        folder=data_dir / operations.FOLDER,
        last=last,
        age=span(clock.utc() - last) if last else "",
        problem=problem,
    )


@backups.post("/backups")
@allowed(Action.BACK_UP)
def make() -> Response | tuple[str, int]:
    """Make one more backup in the installation's own folder."""
    data_dir = current_app.config["TRACKER_DATA_DIR"]
    try:
        made = operations.make(data_dir, operations.next_file(data_dir))
    except (BackupRefused, BackupDamaged) as refused:
        return _page(str(refused)), 409
    with transaction():
        operations.note(actor(), clock.now(), made)
    flash(f"备份 {made.path.name} 已做好并校验，{size_words(made.size)}。", "success")
    return redirect(url_for("backups.index"), 303)


def size_words(size: int) -> str:
    """Word a number of bytes: 1.3 MB."""
    amount, step = float(size), 0
    while amount >= 1024 and step < len(UNITS) - 1:
        amount, step = amount / 1024, step + 1
    return f"{amount:.1f} {UNITS[step]}" if step else f"{size} {UNITS[0]}"
