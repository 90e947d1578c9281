"""Real servers for the browser, each on a database of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.error import URLError

from tests.conftest import Databases, settings

DAY = "2021-03-05"
"""The business day: the two tasks of February are five days overdue."""

STARTING = 60
"""Seconds for a server to begin on a busy machine."""


class Served:
    """A running `tracker serve`."""

    def __init__(self, environment: dict[str, str], port: int, log: Path) -> None:
        """Start it, and wait until it answers."""
        arguments = ["serve", "--port", str(port), "--workers", "1"]
        self.number = _forked(json.dumps({"arguments": arguments, "environment": environment, "log": str(log)}))
        self.log = log
        try:
            self._wait(f"http://127.0.0.1:{port}/healthz")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it as a power cut would: a graceful end waits seconds for connections that the browser keeps open."""
        with suppress(ProcessLookupError):
            os.killpg(self.number, signal.SIGKILL)
        while self._runs():
            time.sleep(0.01)

    def _runs(self) -> bool:
        try:
            os.kill(self.number, 0)
        except ProcessLookupError:
            return False
        return True

    def _wait(self, address: str) -> None:
        for _ in range(STARTING * 20):
            try:
                with urllib.request.urlopen(address, timeout=STARTING):
                    return
            except (URLError, ConnectionError):
                assert self._runs(), self._said()
                time.sleep(0.05)
        raise AssertionError(f"no answer from {address}:\n{self._said()}")

    def _said(self) -> str:
        return self.log.read_text("utf-8") if self.log.exists() else ""


@cache
def _ready() -> "subprocess.Popen[str]":
    """The process that has read the program; it ends with this one, whose pipe it reads."""
    command = [sys.executable, "-m", "tests.browser.ready"]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _forked(asked: str) -> int:
    ready = _ready()
    assert ready.stdin is not None
    assert ready.stdout is not None
    print(asked, file=ready.stdin, flush=True)
    return int(ready.stdout.readline())


@contextmanager
def serving(databases: Databases, template: str, folder: Path, day: str = DAY) -> Iterator[tuple[str, dict[str, str]]]:
    """Run `tracker serve` on a copy of a database; give its address, and the environment for further commands."""
    address, port = databases.copy(template), free_port()
    environment = environment_of(address, folder, port, day)
    server = Served(environment, port, folder / "server.log")
    try:
        yield environment["TRACKER_BASE_URL"], environment
    finally:
        server.stop()
        databases.drop(address)


def environment_of(address: str, folder: Path, port: int, day: str) -> dict[str, str]:
    """Return the environment of a server on a database and a port, on a business day."""
    own = {"TRACKER_BASE_URL": f"http://127.0.0.1:{port}", "TRACKER_TODAY": day}
    return {**os.environ, **settings(address, folder / "data"), **own}


def free_port() -> int:
    """Return a port of this machine that nobody listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
