"""A real web server on loopback that stands for a chat robot or a webhook and answers as it is told."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

DRIP = "drip"
"""Answer a byte at a time, always in time for the next read, and never end."""

DROP = "drop"
"""Take the request and end the connection without an answer."""


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class HookServer:
    """What the server got, and what it answers next: (status, body) or DRIP or DROP; then always `usual`."""

    url: str = ""
    usual: tuple[int, str] = (200, "{}")
    answers: list[tuple[int, str] | str] = field(default_factory=list)
    received: list[Request] = field(default_factory=list)
    location: str = ""
    stop: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Answers one request as the server was told."""

    server: "Server"

    def do_POST(self) -> None:
        """Keep the request, and answer."""
        hooks, parts = self.server.hooks, urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        hooks.received.append(Request(parts.path, parts.query, dict(self.headers.items()), body))
        answer = hooks.answers.pop(0) if hooks.answers else hooks.usual
        with suppress(OSError):  # The other side may have heard enough.
            if isinstance(answer, tuple):
                self._answer(*answer)
            elif answer == DRIP:
                self._drip()

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        if self.server.hooks.location:
            self.send_header("Location", self.server.hooks.location)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.hooks.stop.wait(0.05):
            self.wfile.write(b"x")

    def log_message(self, *_: Any) -> None:
        """Be silent."""


class Server(ThreadingHTTPServer):
    """Serves one HookServer."""

    def __init__(self, hooks: HookServer, tls: ssl.SSLContext | None) -> None:
        """Listen on loopback, with TLS where a context is given."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.hooks = hooks
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        hooks.url = f"{'https://localhost' if tls else 'http://127.0.0.1'}:{self.server_port}/hook"


@contextmanager
def hook_server(tls: ssl.SSLContext | None = None) -> Iterator[HookServer]:
    """Run a web server while the block lasts, on localhost where it speaks TLS."""
    hooks = HookServer()
    server = Server(hooks, tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hooks
    finally:
        hooks.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()
