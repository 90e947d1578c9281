"""The total time a send may take, enforced from outside: a socket's own timeout starts anew with every byte."""

import socket
from contextlib import suppress
from math import inf
from threading import Condition, Thread
from time import monotonic
from typing import Self


class Deadline:
    """Ends a connection when a block has not ended in time."""

    def __init__(self, seconds: float) -> None:
        """Set the time in seconds."""
        self.seconds, self.passed = seconds, False
        self.handle: socket.socket | None = None
        self.ends_at = inf

    def __enter__(self) -> Self:
        """Start to count."""
        self.ends_at = monotonic() + self.seconds
        _watchdog.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop counting."""
        _watchdog.remove(self)

    def watch(self, handle: socket.socket | None) -> None:
        """Name the connection to end; one that comes too late is ended at once."""
        self.handle = handle
        if self.passed:
            self.end()

    def end(self) -> None:
        """End the connection: whoever waits for it gets an error."""
        self.passed = True
        if self.handle is not None:
            with suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)


class _Watchdog:
    """One thread for every deadline of the process: to start one for each letter takes longer than to send it."""

    def __init__(self) -> None:
        self.changed, self.running = Condition(), set[Deadline]()
        self.wakes_at = inf
        self.thread: Thread | None = None

    def add(self, deadline: Deadline) -> None:
        with self.changed:
            self.running.add(deadline)
            if self.thread is None or not self.thread.is_alive():  # A forked process has the object and no thread.
                self.thread = Thread(target=self._watch, daemon=True, name="deadlines")
                self.thread.start()
            elif deadline.ends_at < self.wakes_at:
                self.changed.notify()

    def remove(self, deadline: Deadline) -> None:
        with self.changed:
            self.running.discard(deadline)

    def _watch(self) -> None:
        with self.changed:
            while True:
                now = monotonic()
                for deadline in [one for one in self.running if one.ends_at <= now]:
                    self.running.remove(deadline)
                    deadline.end()
                self.wakes_at = min((one.ends_at for one in self.running), default=inf)
                self.changed.wait(None if self.wakes_at == inf else self.wakes_at - now)


_watchdog = _Watchdog()
