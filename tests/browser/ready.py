"""Reads the program once and forks the command line whenever it is asked to: reading takes most of a server's start.

Each line of the input asks for a process: its arguments, its environment and the file of its output. The answer is the
number of the process, which leads a group of its own.
"""

import json
import os
import signal
import sys
from typing import Any

from tracker.cli import main


def run(asked: dict[str, Any]) -> None:
    """Become the process that was asked for."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for output in (sys.stdout, sys.stderr):
        os.dup2(log, output.fileno())
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv[1:] = asked["arguments"]
    main()


def answer() -> None:
    """Fork until nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        process = os.fork()
        if not process:
            run(json.loads(line))
        print(process, flush=True)


if __name__ == "__main__":
    answer()
