"""A real mail server on loopback that answers as it is told, and one that only drips."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

OK = "250 OK"
DROP = "drop"
"""Take the letter and end the connection without an answer."""


CUT = "cut"
"""End the connection while the letter is still coming in."""


class MailServer:
    """What the server got, and what it answers next; when the answers are used up, it accepts."""

    def __init__(self) -> None:
        """Accept everything."""
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}
        self.sender_answer = OK
        self.received: list[EmailMessage] = []
        self.connections: set[int] = set()
        self.seconds = 0.0
        """How long to think about a letter."""
        self.url = ""

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count connections."""
        self.connections.add(id(session))
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Judge the sender."""
        envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Judge the recipient."""
        envelope.rcpt_tos.append(address)
        return self.refused.get(address, OK)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the letter, or answer as told."""
        await asyncio.sleep(self.seconds)
        answer = self.answers.pop(0) if self.answers else OK
        if answer in (OK, DROP):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.received.append(mail)
        if answer == DROP:
            server.transport.abort()
        return answer


class CuttingSMTP(SMTP):
    """A server that can end the connection in the middle of a letter."""

    async def smtp_DATA(self, arg: str) -> None:
        """Take the letter, or a part of it."""
        answers = self.event_handler.answers
        if answers[:1] != [CUT]:
            return await super().smtp_DATA(arg)
        answers.pop(0)
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()
        return None


class MailController(Controller):
    """Runs it."""

    def factory(self) -> SMTP:
        """Serve one connection."""
        return CuttingSMTP(self.handler, **self.SMTP_kwargs)


def refuse_login(*_: Any) -> AuthResult:
    """Know nobody."""
    return AuthResult(success=False, handled=False)


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """Run a mail server while the block lasts."""
    handler = MailServer()
    controller = MailController(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    handler.connections.clear()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield handler
    finally:
        controller.stop()


@contextmanager
def dripping_server(stop: threading.Event) -> Iterator[str]:
    """Run a server whose greeting never ends: a byte every twentieth of a second, always in time for the next read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_drip, args=(listener, stop), daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        thread.join()


def _drip(listener: socket.socket, stop: threading.Event) -> None:
    listener.settimeout(10)
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"220-")
        while not stop.wait(0.05):
            try:
                connection.sendall(b"x")
            except OSError:
                return


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """Return what a server needs to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
