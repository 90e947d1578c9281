"""Reads a file in a process of its own, so that no file can stop, swell or end the service.

Parsers of other people's formats meet whatever somebody sends. The process is given the bytes and nothing else: no
settings, no database, little memory and little time.
"""

import json
import logging
import os
import signal
import subprocess  # nosec B404 # starts this program's own readers
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracker.plans.readers.budget import TOO_SLOW
from tracker.plans.readers.limits import MAX_SECONDS
from tracker.plans.readers.reading import Reading
from tracker.plans.readers.unreadable import Unreadable, damaged, too_large
from tracker.rules.words import say, unpacked

log = logging.getLogger(__name__)

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "SYSTEMROOT")
"""What the process may know of its surroundings: no key and no address is among it."""

AT_ONCE = 2
"""Files that one server process reads at the same time: others wait, so that their memory does not add up."""

_places = threading.BoundedSemaphore(AT_ONCE)

TOO_LARGE = (-signal.SIGABRT, -9)
"""How a process ends that asked for more memory than it may have: by itself (a library in Rust), or killed."""


@dataclass(frozen=True)
class Apart:
    """A reader that works apart: the module of this package whose `read` does it."""

    module: str

    def __call__(self, content: bytes) -> Reading:
        """Read a file; raise Unreadable, also where the process failed, hung or grew."""
        command = [sys.executable, "-P", "-m", "tracker.plans.readers", self.module]
        root = str(Path(__file__).parents[3])
        known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            with _places:
                done = subprocess.run(  # nosec B603 # a list, no shell; nothing of it comes from anybody
                    command,
                    input=content,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=known | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
                    timeout=MAX_SECONDS,
                    check=False,
                )
        except subprocess.TimeoutExpired:
            raise too_slow() from None
        if done.returncode:
            log.warning(
                "The reader %s ended with %s over a file of %s bytes", self.module, done.returncode, len(content)
            )
            raise _ended(done.returncode)
        return _answer(done.stdout)


def _ended(code: int) -> Unreadable:
    if code == TOO_SLOW:
        return too_slow()
    return too_large() if code in TOO_LARGE else damaged()


def too_slow() -> Unreadable:
    """Return what is said of a file that takes longer than any honest one."""
    return Unreadable(
        say("文件内容太复杂，读取超时。请用原来的软件打开，只保留方案正文和任务清单，另存为 .docx 后重新选择。")
    )


def _answer(written: bytes) -> Reading:
    try:
        said = json.loads(written)
    except ValueError:
        raise damaged() from None
    if "refused" in said:
        raise Unreadable(unpacked(said["refused"]))
    places, notes = (tuple(map(unpacked, said[name])) for name in ("places", "notes"))
    return Reading(said["text"], places, said["kind"], notes)


def guarded(read: Callable[[bytes], Reading], content: bytes) -> Reading:
    """Read a file; raise Unreadable whatever goes wrong."""
    try:
        return read(content)
    except Unreadable:
        raise
    except (MemoryError, RecursionError):
        raise too_large() from None
    except Exception:
        # Whatever a parser raises over a file, the file is not as it should be.
        raise damaged() from None
