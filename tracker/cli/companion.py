"""The scheduler beside a web server: started with it, started again when it dies, ended with it."""

import logging
import os
import subprocess  # nosec B404 # starts this program alone
import sys
from threading import Event, Thread

log = logging.getLogger(__name__)

PAUSE_SECONDS = 2
"""Between two looks, and before a dead scheduler is started again."""

END_SECONDS = 40
"""How long the letter in hand may take when the server stops; a send is given up after 30 seconds (SEND_SECONDS)."""


class SchedulerBeside:
    """Keeps one `tracker scheduler` running while the server does."""

    def __init__(self) -> None:
        """Start it, and somebody who watches it."""
        self._stopping = Event()
        self._process = self._started()
        Thread(target=self._watch, daemon=True).start()

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tracker", "scheduler", "--beside", str(os.getpid())]
        return subprocess.Popen(command)  # nosec B603 # nothing of it comes from anybody

    def _watch(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            code = self._process.poll()
            if code is not None:
                log.error("定时任务意外结束（%s），正在重新启动。", code)
                self._process = self._started()

    def stop(self) -> None:
        """End it with the server; one that does not end is killed, which costs nothing but a wait for its leases."""
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            log.error("定时任务没有按时结束，已强制结束。")
            self._process.kill()
            self._process.wait()


def stop_without(server: int, stop: Event) -> None:
    """Set `stop` when the server beside which this process works is gone."""

    def watch() -> None:
        while os.getppid() == server and not stop.wait(PAUSE_SECONDS):
            pass
        stop.set()

    Thread(target=watch, daemon=True).start()
