"""The scheduler beside a server, and what is refused before anything starts."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import click
import pytest
from flask import Flask

from tests.conftest import Ran
from tracker.cli import companion
from tracker.cli.companion import SchedulerBeside, stop_without

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def until(true: Callable[[], Any]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Let a process that only sleeps stand for the scheduler; return every one that was started."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(_self: SchedulerBeside) -> subprocess.Popen[bytes]:
        processes.append(subprocess.Popen(SLEEPER))
        return processes[-1]

    monkeypatch.setattr(companion, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(SchedulerBeside, "_started", start)
    return processes


def test_a_scheduler_that_dies_is_started_again_and_ends_with_the_server(
    started: list[subprocess.Popen[bytes]],
) -> None:
    beside = SchedulerBeside()
    started[0].kill()
    until(lambda: len(started) == 2)
    beside.stop()
    assert started[1].poll() == -signal.SIGTERM
    time.sleep(0.2)
    assert len(started) == 2


def test_a_scheduler_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    monkeypatch.setattr(companion, "END_SECONDS", 0.1)
    monkeypatch.setattr(SchedulerBeside, "_started", lambda _: process)
    SchedulerBeside().stop()
    assert process.poll() == -signal.SIGKILL
    process.stdout.close()


def test_a_scheduler_whose_server_is_gone_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companion, "PAUSE_SECONDS", 0.05)
    with_server, orphan = Event(), Event()
    stop_without(os.getppid(), with_server)
    stop_without(-1, orphan)
    until(orphan.is_set)
    assert not with_server.is_set()
    with_server.set()


def test_a_taken_port_is_said_before_anything_starts(seeded: Flask, cli: Callable[..., Ran]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = cli("serve", "--port", taken.getsockname()[1])
    assert (ran.code, ran.out) == (1, "")
    assert "端口已被占用" in ran.err


def test_a_downgrade_asks_first(seeded: Flask, cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(question: str, **_: object) -> None:
        asked.append(question)
        raise click.Abort

    monkeypatch.setattr(click, "confirm", refuse)
    assert cli("db", "downgrade").code == 1
    assert "回退会删除数据" in asked[0]
    assert len(cli("plans", "list", "--json").json) == 1
