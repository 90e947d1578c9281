"""Log lines: one per event, with the request's number, and without secrets."""

import http.client
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import SECRET, settings
from tests.house.source import ROOT
from tracker.logs import OneLine, secrets_of, visible


@pytest.fixture
def line() -> Callable[..., str]:
    """Write an event as the log would: line("refused %s", "x")."""
    formatter = OneLine(["Very-secret-1"], lambda: "a1b2c3d4e5f6")

    def write(message: str, *args: object, error: BaseException | None = None) -> str:
        info = (type(error), error, error.__traceback__) if error else None
        return formatter.format(logging.LogRecord("tracker.web", logging.INFO, __file__, 1, message, args, info))

    return write


def test_a_line_says_when_how_grave_where_and_of_which_request(line: Callable[..., str]) -> None:
    assert line("refused").endswith(" INFO tracker.web [a1b2c3d4e5f6] refused")


def test_a_line_outside_a_request_says_so() -> None:
    record = logging.LogRecord("tracker", logging.INFO, __file__, 1, "x", (), None)
    assert "[-] x" in OneLine().format(record)


@pytest.mark.parametrize(
    "wicked",
    [
        "a\nb",
        "a\r\n2021-03-01 INFO forged",
        "a\x00b",
        "a\x1b[31mb",
        "a\u2028b",
        "a\u202eb",
        "a\x85b",
        "a\ud800b",
        "a\tb",
    ],
)
def test_an_event_is_one_line_whatever_it_holds(line: Callable[..., str], wicked: str) -> None:
    written = line("refused %s", wicked)
    assert written.isprintable()
    assert written.encode()
    assert len(written.splitlines()) == 1


def test_a_traceback_is_on_the_line_of_its_event(line: Callable[..., str]) -> None:
    try:
        raise ValueError("a\nb")
    except ValueError as error:
        written = line("failed", error=error)
    assert "Traceback" in written
    assert "\n" not in written


def test_plain_text_is_left_as_it_is() -> None:
    assert visible("定时任务意外结束（1），正在重新启动。") == "定时任务意外结束（1），正在重新启动。"


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        ("wrong Very-secret-1 here", "Very-secret-1"),
        ("cannot reach postgresql+psycopg://tracker:pa%ss@db/tracker", "pa%ss"),
        ("smtp://user:hunter22@mail.example", "hunter22"),
        ("GET /reset/AbCdEfGhIjKlMnOpQrStUv", "AbCdEfGhIjKlMnOpQrStUv"),
        ("GET /calendar/AbCdEfGhIjKlMnOpQrStUv.ics", "AbCdEfGhIjKlMnOpQrStUv"),
        ("Cookie: tracker_session=.eJwlzj0", ".eJwlzj0"),
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh12345678"),
        ("password=open-sesame&x=1", "open-sesame"),
        ("csrf_token=IjE0ZmQ&account=x", "IjE0ZmQ"),
        ("POST https://robot.example/send?key=693a91f6-7xxx", "693a91f6-7xxx"),
        ("access_token=66727410", "66727410"),
        ("hash $argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub", "RdescudvJCsgt3ub"),
    ],
)
def test_what_looks_like_a_secret_is_not_written(line: Callable[..., str], told: str, hidden: str) -> None:
    written = line("%s", told)
    assert hidden not in written
    assert "…" in written


def test_what_is_no_secret_is_written(line: Callable[..., str]) -> None:
    for told in (
        "audit head 2021-06-24: entry 9, 0f" + "ab" * 31,
        "letter urge:12:3 given up",
        "/assignments/12/report",
    ):
        assert told in line("%s", told)


def test_the_secrets_of_the_settings_are_known_as_they_are_used() -> None:
    found = secrets_of(
        {
            "TRACKER_SECRET_KEY": SECRET,
            "TRACKER_AUDIT_KEY": "",
            "TRACKER_METRICS_TOKEN": "0123456789abcdef",
            "TRACKER_DATABASE_URL": "postgresql+psycopg://u:a%40b%2Fc@host/name",
            "TRACKER_MAIL_URL": "smtp://u:p%20w@host",
        }
    )
    assert found == {SECRET, "0123456789abcdef", "a%40b%2Fc", "a@b/c", "p%20w", "p w"}


@pytest.mark.once
def test_a_running_server_writes_one_line_for_a_wicked_address(database_url: str, tmp_path: Path) -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, **settings(database_url, tmp_path / "data"), "TRACKER_METRICS_TOKEN": "0123456789abcdef"}
    command = [sys.executable, "-m", "tracker", "serve", "--port", str(port), "--workers", "1"]
    log = tmp_path / "log"
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out) as server:
        try:
            answers = [_ask(port, "GET", "/healthz"), _ask(port, "POST", f"/logout{quote(chr(10))}2021-03-01 admin")]
            assert answers == [200, 404]
            before = len(log.read_text().splitlines())
            # A line that is no request is refused by the server itself.
            with socket.create_connection(("127.0.0.1", port)) as raw:
                raw.sendall(b"GET /x\x01y?token=0123456789abcdef HTTP/9.9\r\n\r\n")
                raw.recv(4096)
            assert _ask(port, "POST", "/todo/acknowledge") == 401
        finally:
            server.terminate()
            server.wait(timeout=30)
    written = log.read_text()
    assert len(written.splitlines()) - before <= 4
    assert "anonymous POST to /todo/acknowledge refused" in written
    assert "0123456789abcdef" not in written
    assert SECRET not in written


def _ask(port: int, method: str, address: str) -> int:
    ends = time.monotonic() + 30
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            with closing(connection):
                connection.putrequest(method, address.replace(" ", "%20"))
                connection.putheader("Content-Length", "0")
                connection.endheaders()
                return connection.getresponse().status
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
