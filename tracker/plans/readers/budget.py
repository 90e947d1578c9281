"""Binds the process that reads a file: how much memory it may hold, and how much processor time it may use."""

import signal
import sys

from tracker.plans.readers.limits import FIRST_SECONDS, MAX_MEMORY

try:
    import resource
except ImportError:  # Windows knows no such limits; there the clock of whoever waits is the only one.
    resource = None  # type: ignore[assignment]

TOO_SLOW = None if sys.platform == "win32" else -signal.SIGPROF
"""How a process ends that has used up its processor time."""


def bind() -> None:
    """Give up what reading does not need; what is given up cannot be taken back."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, FIRST_SECONDS)


def grant(seconds: float) -> None:
    """Allow this process so much more processor time, if it is bound at all."""
    if sys.platform != "win32" and (left := signal.getitimer(signal.ITIMER_PROF)[0]):
        signal.setitimer(signal.ITIMER_PROF, left + seconds)
