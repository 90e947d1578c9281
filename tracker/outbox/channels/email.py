"""Letters by SMTP, or as .eml files where no mail server is set."""

import os
import re
import smtplib
import socket
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tracker.letters import one_line
from tracker.outbox.channels import contract
from tracker.outbox.channels.contract import (
    Channel,
    ChannelDown,
    EndpointAddress,
    Outgoing,
    PermanentError,
    TemporaryError,
)
from tracker.outbox.channels.deadline import Deadline
from tracker.outbox.channels.mail import build, digest_of

READ_SECONDS = 15
"""The longest a single answer of the server may take; the whole send is bounded by SEND_SECONDS."""

QUIT_SECONDS = 3

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}

CONNECTED, FOR_GOOD, TOO_LARGE = 220, 500, 552
"""Answers of a mail server: ready; from here on a refusal for good; the letter is too large."""


def open_channel(settings: Mapping[str, Any], _endpoint: EndpointAddress | None) -> Channel:
    """Return the SMTP channel, or the file channel where TRACKER_MAIL_URL is not set."""
    sender = settings["TRACKER_MAIL_FROM"]
    if settings["TRACKER_MAIL_URL"]:
        return SmtpChannel(settings["TRACKER_MAIL_URL"], sender)
    return FileChannel(settings["TRACKER_DATA_DIR"] / "outbox", sender)


def probe(settings: Mapping[str, Any]) -> None:
    """Connect to the mail server and log in, sending nothing; raise OSError or SMTPException where that fails."""
    SmtpChannel(settings["TRACKER_MAIL_URL"], settings["TRACKER_MAIL_FROM"]).probe()


# ---- as files


class FileChannel:
    """Writes each letter to one .eml file, named by day, recipient and key."""

    def __init__(self, folder: Path, sender: str) -> None:
        """Remember where the files go."""
        self.folder, self.sender = folder, sender

    def send(self, letter: Outgoing) -> None:
        """Put the file in its place at once; a repeat replaces it by its equal."""
        content = build(letter, self.sender)
        recipient = re.sub(r"[^A-Za-z0-9_-]", "_", letter.recipient)[:60]
        name = f"{letter.day}_{recipient}_{digest_of(letter)[:12]}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(self.folder / name, content)
        except OSError as error:
            raise ChannelDown(f"信件文件写不进 {self.folder}：{error.strerror}") from error

    def _write(self, target: Path, content: bytes) -> None:
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".part-", delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                os.replace(part.name, target)
            except BaseException:
                os.unlink(part.name)
                raise

    def close(self) -> None:
        """Have nothing to close."""


# ---- by SMTP


class SmtpChannel:
    """One connection to the mail server, opened by the first letter and again after it was lost."""

    def __init__(self, url: str, sender: str) -> None:
        """Read the server's address; connect to nothing yet."""
        parts = urlsplit(url)
        self.scheme, self.sender = parts.scheme, sender
        self.host, self.port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.client: _Client | None = None

    def send(self, letter: Outgoing) -> None:
        """Send the letter, connecting first where there is no connection."""
        mail = build(letter, self.sender)
        with Deadline(contract.SEND_SECONDS) as deadline:
            client = self._connected(deadline)
            try:
                with _translated(deadline):
                    client.sendmail(self.sender, [letter.address], mail)
            finally:
                if client.sock is None or deadline.passed:
                    self._drop()

    def close(self) -> None:
        """Take leave of the server, briefly."""
        if self.client is not None:
            with Deadline(QUIT_SECONDS) as deadline, suppress(smtplib.SMTPException, OSError):
                deadline.watch(self.client.handle)
                self.client.quit()
            self._drop()

    def probe(self) -> None:
        """Connect, log in and take leave."""
        try:
            with Deadline(contract.SEND_SECONDS) as deadline:
                self.client = _Client(self.host, deadline, tls=self.scheme == "smtps")
                self._greet(self.client)
        finally:
            self.close()

    def _connected(self, deadline: Deadline) -> "_Client":
        if self.client is not None:
            deadline.watch(self.client.handle)
            return self.client
        self.client = _Client(self.host, deadline, tls=self.scheme == "smtps")
        try:
            with _translated(deadline):
                self._greet(self.client)
        except (PermanentError, TemporaryError) as error:
            self._drop()
            raise ChannelDown(f"连不上邮件服务器 {self.host}:{self.port}：{error}") from error
        return self.client

    def _greet(self, client: "_Client") -> None:
        """Connect, secure and log in."""
        code, answer = client.connect(self.host, self.port)
        if code != CONNECTED:
            raise smtplib.SMTPConnectError(code, answer)
        if self.scheme == "smtp+starttls":
            client.starttls(context=client.context)
        if self.user:
            client.login(self.user, self.password)
        client.ehlo_or_helo_if_needed()

    def _drop(self) -> None:
        if self.client is not None:
            with suppress(OSError):
                self.client.close()
            self.client.forget()
        self.client = None


class _Client(smtplib.SMTP):
    """The library's client, whose connection a deadline can end from outside, also during the TLS handshake."""

    def __init__(self, host: str, deadline: Deadline, tls: bool) -> None:
        super().__init__(timeout=READ_SECONDS)
        self._host = host  # The name that TLS verifies; the library sets it only where it connects at once.
        self.deadline, self.tls, self.context = deadline, tls, ssl.create_default_context()
        self.handle: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        self.handle = plain.dup()
        self.deadline.watch(self.handle)
        return self.context.wrap_socket(plain, server_hostname=host) if self.tls else plain

    def forget(self) -> None:
        """Close the second handle of the connection."""
        if self.handle is not None:
            self.handle.close()


@contextmanager
def _translated(deadline: Deadline) -> Iterator[None]:
    """Turn the mail library's errors into errors to try again, and errors for good."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPSenderRefused as error:
        refused = _refused(error.smtp_code, error.smtp_error)
        if error.smtp_code < FOR_GOOD or error.smtp_code == TOO_LARGE:
            raise refused from error
        raise ChannelDown(f"发件人不被接受，请检查 TRACKER_MAIL_FROM：{refused}") from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        words = f"超过{deadline.seconds:g}秒未完成" if deadline.passed else f"通信失败（{_reason(error)}）"
        raise TemporaryError(words) from error


def _refused(code: int, answer: bytes | str) -> PermanentError | TemporaryError:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    text = f"{code} {one_line(words, 150)}"
    return (
        PermanentError(f"邮件服务器拒收：{text}") if code >= FOR_GOOD else TemporaryError(f"邮件服务器暂不接收：{text}")
    )


def _reason(error: Exception) -> str:
    return one_line(getattr(error, "strerror", None) or str(error) or type(error).__name__, 120)
