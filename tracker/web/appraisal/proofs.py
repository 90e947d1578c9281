"""Takes the file of a form of the appraisal, and takes one off again."""

from collections.abc import Callable

from flask import current_app, request

from tracker.appraisal.files import Proof
from tracker.db import transaction
from tracker.rules.status import MoveRefused
from tracker.rules.words import say
from tracker.uploads import FileRefused
from tracker.web.forms import FILE_STATUS
from tracker.web.language import flash
from tracker.web.receiving import received


class NotTaken(ValueError):
    """No file, or one that is refused; `status` is what the page answers."""

    def __init__(self, message: str, status: int) -> None:
        """Keep the status."""
        super().__init__(message)
        self.status = status


def offered() -> Proof:
    """Return the file that was sent, stored already; raise NotTaken."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise NotTaken(say("请先选择要上传的文件。"), 422)
    try:
        ((name, kept),) = received([file], megabytes())
    except FileRefused as refused:
        raise NotTaken(str(refused), FILE_STATUS[refused.why]) from None
    return Proof(name, kept)


def take_off(act: Callable[[], str]) -> None:
    """Take a file off, once whoever asks has confirmed it, and tell its name; raise MoveRefused."""
    if request.form.get("confirmed") != "1":
        raise MoveRefused(say("移去后不能恢复：请先勾选“附错了，现在移去”。"))
    with transaction():
        name = act()
    flash(say("“{name}”已移去，不再作为依据；仍划去留在记录里。", name=name), "success")


def megabytes() -> int:
    """Return how large a file may be."""
    most: int = current_app.config["TRACKER_MAX_UPLOAD_MB"]
    return most
