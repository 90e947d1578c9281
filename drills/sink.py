"""A real mail server on loopback that takes its time and remembers the Message-ID of everything it accepted."""

import asyncio
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
SECONDS = (0.010, 0.040)
"""The least and the most that a letter takes."""


class Sink:
    """Accepts every letter; between taking it and saying so lies the one window in which a kill brings a repeat."""

    def __init__(self, seconds: tuple[float, float], seed: int) -> None:
        """Take between the least and the most seconds a letter."""
        self.accepted: list[str] = []
        self.url = ""
        self._seconds, self._dice = seconds, random.Random(seed)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a letter, remember it, and say so, after a pause before and after."""
        pause = self._dice.uniform(*self._seconds) / 2
        await asyncio.sleep(pause)
        content = envelope.content
        assert isinstance(content, bytes)
        self.accepted.append(BytesHeaderParser().parsebytes(content)["Message-ID"].strip())
        await asyncio.sleep(pause)
        return "250 OK"


@contextmanager
def running(seconds: tuple[float, float] = SECONDS, seed: int = 0) -> Iterator[Sink]:
    """Run the server while the block lasts."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    sink = Sink(seconds, seed)
    controller = Controller(sink, hostname=HOST, port=port)
    controller.start()
    sink.url = f"smtp://{HOST}:{port}"
    try:
        yield sink
    finally:
        controller.stop()
