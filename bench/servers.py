"""Starts what is measured over HTTP, two workers each, on the loopback interface only, and ends it again."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import data

HOST = "127.0.0.1"
WORKERS = 2
PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, how long it took to its first 200, and its process."""

    port: int
    seconds: float
    pid: int

    def memory(self) -> float:
        """Return what one worker keeps for itself and of what is shared: MB of PSS."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii").split()
        return median(_pss(pid) for pid in children)


def _pss(pid: str) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"process {pid} has no PSS")


@contextmanager
def tracker(address: str, data_dir: Path) -> Iterator[Server]:
    """Run Tracker as `tracker serve` does."""
    port = _free_port()
    command = [sys.executable, "-m", "tracker", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with _running(command, data.settings(address, data_dir), port, "/login") as server:
        yield server


@contextmanager
def floor(address: str, unit: int, libraries: bool = False) -> Iterator[Server]:
    """Run the bare application, with or without the libraries that Tracker needs."""
    port = _free_port()
    options = {"address": address, "unit": unit, "port": port, "workers": WORKERS, "libraries": libraries}
    command = [sys.executable, "-m", "bench.floor_server", json.dumps(options)]
    with _running(command, {}, port, "/report/1") as server:
        yield server


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(command: list[str], settings: Mapping[str, str], port: int, path: str) -> Iterator[Server]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    root = Path(__file__).parent.parent
    began = time.perf_counter()
    process = subprocess.Popen(command, env={**environ, **settings}, cwd=root, stdout=subprocess.DEVNULL)
    try:
        _wait_for_200(process, port, path)
        yield Server(port, time.perf_counter() - began, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_for_200(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise RuntimeError(f"{' '.join(command_of(process))} did not answer")


def command_of(process: "subprocess.Popen[bytes]") -> list[str]:
    """Return the command a process was started with."""
    return [str(part) for part in process.args] if isinstance(process.args, list) else [str(process.args)]
