"""A letter as the bytes of a mail: the same letter always gives the same ones, its Message-ID included.

The library's older classes build it four times as fast as `EmailMessage`, which reads every header back in.
"""

import hashlib
import re
from collections.abc import Iterator
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from pathlib import Path
from urllib.parse import quote

from tracker.letters import one_line
from tracker.outbox.channels.contract import Attachment, Outgoing, PermanentError

SENDER_NAME = "督办台账"

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")

TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""Types of attachments by ending; the machine's own list would make the bytes differ from host to host."""

UNKNOWN_TYPE = "application/octet-stream"

PIECE = re.compile(r"(?:%..|[^%]){1,20}")
"""How much of a file name one line takes, no encoded byte torn apart."""


class _Wire(Compat32):
    """Lines as they travel, broken where they are broken here: every header below is ASCII and of a safe length."""

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}\n".replace("\n", self.linesep).encode("ascii")


WIRE = _Wire(linesep="\r\n")


def build(letter: Outgoing, sender: str) -> bytes:
    """Return the letter as a mail; raise PermanentError where an address can get none."""
    digest = digest_of(letter)
    words = [MIMEText(letter.text, "plain", "utf-8"), MIMEText(letter.html, "html", "utf-8")]
    mail: Message = MIMEMultipart("alternative", f"=={digest}==", words)
    if letter.attachments:
        mail = MIMEMultipart("mixed", f"=={digest}-files==", [mail, *map(_part, letter.attachments)])
    described = mail.items()
    for name, _ in described:
        del mail[name]
    for name, value in (*_headers(letter, sender, digest), *described):  # Whoever reads a mail looks for these first.
        mail[name] = value
    return mail.as_bytes(policy=WIRE)


def _headers(letter: Outgoing, sender: str, digest: str) -> Iterator[tuple[str, str]]:
    yield "From", formataddr((SENDER_NAME, _checked(sender)))
    yield "To", _checked(letter.address)
    yield "Subject", Header(one_line(letter.subject), "utf-8", header_name="Subject").encode()
    yield "Date", format_datetime(letter.queued_at)
    yield "Message-ID", f"<{digest}@{sender.rpartition('@')[2]}>"
    yield "Auto-Submitted", "auto-generated"


def digest_of(letter: Outgoing) -> str:
    """Return what stands for the letter's key in names."""
    return hashlib.sha256(letter.key.encode()).hexdigest()[:32]


def _part(file: Attachment) -> Message:
    part = MIMENonMultipart(*TYPES.get(Path(file.name).suffix.lower(), UNKNOWN_TYPE).split("/"))
    part.set_payload(file.content)
    encode_base64(part)
    # RFC 2231: names of any length and script, a numbered piece of them on each line.
    pieces = PIECE.findall("utf-8''" + quote(one_line(file.name), safe=""))
    numbers = [f"*{place}" for place in range(len(pieces))] if len(pieces) > 1 else [""]
    lines = [f"filename{number}*={piece}" for number, piece in zip(numbers, pieces, strict=True)]
    part["Content-Disposition"] = ";\n ".join(["attachment", *lines])
    return part


def _checked(address: str) -> str:
    if not address:
        raise PermanentError("收件人没有登记电子邮箱，请在用户资料中补上")
    if not ADDRESS.fullmatch(address):
        raise PermanentError(f"电子邮箱地址“{one_line(address, 60)}”不正确，请在用户资料中更正")
    return address
