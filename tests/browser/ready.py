"""Reads the program once and forks the command line whenever it is asked to: reading takes most of a server's start.

So does what every application makes anew, its addresses and its pages: an application is made here too, whose every
page is compiled, and the ones that are forked take both over. What they answer with is made by the same code.

Each line of the input asks for a process: its arguments, its environment and the file of its output. The answer is the
number of the process, which leads a group of its own.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask

from tests.compiled import COMPILED, addresses_compiled_once, areas_registered_once, hashing_quickly
from tests.conftest import settings
from tracker.app import create_app
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


def applied() -> Flask:
    """Make an application on no database, and compile its pages."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": COMPILED}
    with tempfile.TemporaryDirectory() as folder:
        model = create_app(settings("sqlite://", Path(folder)))
    for page in model.jinja_env.list_templates():
        model.jinja_env.get_template(page)
    return model


if __name__ == "__main__":
    with hashing_quickly(), addresses_compiled_once(), areas_registered_once(applied()):
        answer()
