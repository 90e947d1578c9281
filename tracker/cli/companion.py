"""The scheduler beside a web server: started with it, started again when it dies, ended with it."""

import logging
import os
import subprocess
import sys
from threading import Event, Thread

log = logging.getLogger(__name__)

PAUSE_SECONDS = 5
"""Between two looks, and before a dead scheduler is started again."""

END_SECONDS = 30
"""How long the letter in hand may take when the server stops."""


class SchedulerBeside:
    """Keeps one `tracker scheduler` running while the server does."""

    def __init__(self) -> None:
        """Start it, and somebody who watches it."""
        self._stopping = Event()
        self._process = self._started()
        Thread(target=self._watch, daemon=True).start()

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "tracker", "scheduler", "--beside", str(os.getpid())])

    def _watch(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            code = self._process.poll()
            if code is not None:
                log.error("定时任务意外结束（%s），正在重新启动。", code)
                self._process = self._started()

    def stop(self) -> None:
        """End it with the server."""
        self._stopping.set()
        self._process.terminate()
        self._process.wait(timeout=END_SECONDS)


def stop_without(server: int, stop: Event) -> None:
    """Set `stop` when the server beside which this process works is gone."""

    def watch() -> None:
        while os.getppid() == server and not stop.wait(PAUSE_SECONDS):
            pass
        stop.set()

    Thread(target=watch, daemon=True).start()
