"""A worker that is killed in the middle of a 催办, in a process of its own."""

import os
import signal
from collections.abc import Mapping
from typing import Any

from flask import current_app

from tests.db.workers import application
from tracker import works
from tracker.reminders import bulk_urging


def urge_until_killed(settings: Mapping[str, str], batches: int) -> None:
    """Work until so many batches are sent, then die within the next one without a word."""
    send, sent = bulk_urging.send, []

    def send_or_die(*arguments: Any) -> Any:
        sent.append(arguments)
        found = send(*arguments)
        if len(sent) > batches:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    bulk_urging.send = send_or_die
    with application(settings):
        works.work_off(current_app.config, "one", lambda: False)
