"""Browsers without a screen: sign in, fetch pages, fill in the report form; over HTTP or in process."""

import http.client
import itertools
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from bench.servers import HOST
from tracker.seeding.accounts import DEMO_PASSWORD

HIDDEN = re.compile(r'name="(csrf_token|token|version)"[^>]*?value="([^"]*)"')
REPORT = {
    "situation": "smooth",
    "progress": "60",
    "done": "已召开部署会，明确分工和时间表，相关司法所均已启动。",
    "problems": "",
    "next_steps": "下一步：收集各所落实材料，月底前汇总。",
    "help_needed": "",
}
NUMBERS = itertools.count(1)


class Browser:
    """One person's connection, kept open, with the cookies of the session."""

    def __init__(self, port: int) -> None:
        """Connect to a server on this machine."""
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        """Fetch a page, which must be there."""
        return self._send("GET", path, None, {}, 200)

    def post(self, path: str, fields: dict[str, str], multipart: bool = False) -> None:
        """Send a form, which must be taken."""
        if multipart:
            body, kind = _multipart(fields)
        else:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        self._send("POST", path, body, {"Content-Type": kind}, 303)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str], expected: int) -> str:
        cookie = (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        try:
            response = self._answer(method, path, body, {**headers, **cookie})
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # gunicorn closes a connection that was idle for two seconds; a browser then opens another.
            if method != "GET":
                raise
            self.connection.close()
            response = self._answer(method, path, body, {**headers, **cookie})
        text = response.read().decode()
        if response.status != expected:
            raise RuntimeError(f"{method} {path} answered {response.status}, not {expected}")
        for header in response.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return text

    def _answer(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()

    def login(self, account: str) -> "Browser":
        """Sign in to Tracker."""
        fields = hidden(self.get("/login"))
        self.post("/login", {**fields, "account": account, "password": DEMO_PASSWORD})
        return self

    def file_report(self, assignment_id: int) -> None:
        """Fetch Tracker's report form and file it."""
        path = f"/assignments/{assignment_id}/report"
        # The same report twice is taken for a second click: each one says something else.
        said = {**REPORT, "done": f"{REPORT['done']}（第 {next(NUMBERS)} 次填报）"}
        self.post(path, {**said, **hidden(self.get(path)), "intent": "progress"}, multipart=True)

    def file_bare(self, assignment_id: int) -> None:
        """Fetch the bare form and send it."""
        self.get(f"/report/{assignment_id}")
        self.post(f"/report/{assignment_id}", REPORT, multipart=True)


def _multipart(fields: dict[str, str]) -> tuple[bytes, str]:
    boundary = secrets.token_hex(12)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return f"{''.join(parts)}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's own form: the last of each name."""
    return dict(HIDDEN.findall(page))


def signed_in(app: Flask, account: str) -> FlaskClient:
    """Return a client inside this process, signed in to Tracker."""
    client = app.test_client()
    fields = hidden(client.get("/login").get_data(as_text=True))
    answer = client.post("/login", data={**fields, "account": account, "password": DEMO_PASSWORD})
    if answer.status_code != 303:
        raise RuntimeError(f"{account} could not sign in: {answer.status}")
    return client


def times(act: Callable[[], object], count: int) -> list[float]:
    """Return how long each of `count` repetitions took, in milliseconds."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1000)
    return found


def rate(acts: Sequence[Callable[[], object]], seconds: float) -> float:
    """Return how often per second the acts were done, each repeated by a thread of its own for so long."""
    done = [0] * len(acts)
    failed: list[BaseException] = []
    began = time.perf_counter()

    def work(place: int) -> None:
        try:
            while time.perf_counter() - began < seconds:
                acts[place]()
                done[place] += 1
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(done) / (time.perf_counter() - began)
