"""Log lines: one per event whatever it holds, with the request's number, and without secrets."""

import logging
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request)s] %(message)s"
TIME = "%Y-%m-%dT%H:%M:%S%z"
NO_REQUEST = "-"
SERVER = "gunicorn"
"""Whose lines are about what never became a request, in a thread that remembers its last one."""

HIDDEN = "…"
SHORTEST_SECRET = 6
"""Anything shorter would be found in the middle of ordinary words."""

_BREAKING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories that could end a line, hide in it or turn it around."""

_PATTERNS = (
    (re.compile(r"(\w[\w+.-]*://)[^\s/@]*@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(/(?:reset|calendar|ballot)/)[A-Za-z0-9_-]{16,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)((?:proxy-)?authorization:\s*\w+\s+|(?:set-)?cookie:\s*)[^\r\n]+"), rf"\1{HIDDEN}"),
    (
        re.compile(r"(?i)\b([\w-]*(?:password|passwd|secret|token|session|access_key|sign|key))(=|%3d)[^&\s'\";,]+"),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"\$argon2\w*\$\S+"), HIDDEN),
)
"""What looks like a secret: passwords in addresses, links for once, cookies, named values, hashes."""


class OneLine(logging.Formatter):
    """Writes every event as one line, its traceback included."""

    def __init__(self, secrets: Iterable[str] = (), request: Callable[[], str] = str) -> None:
        """Take what must never be written, and where to learn the number of the present request."""
        super().__init__(FORMAT, TIME)
        self._secrets = sorted({word for word in secrets if len(word) >= SHORTEST_SECRET}, key=len, reverse=True)
        self._request = request

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        record.request = NO_REQUEST if record.name.startswith(SERVER) else self._request() or NO_REQUEST
        return visible(self._without_secrets(super().format(record)))

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def visible(text: str) -> str:
    """Return a text as one line in which every sign that cannot be seen is spelt out."""
    if text.isprintable():
        return text
    return "".join(_spelt(sign) if unicodedata.category(sign) in _BREAKING else sign for sign in text)


def _spelt(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def secrets_of(settings: Mapping[str, Any]) -> set[str]:
    """Return the secrets that the settings hold, as they stand there and as they are used."""
    found = {settings[name] for name in ("TRACKER_SECRET_KEY", "TRACKER_AUDIT_KEY", "TRACKER_METRICS_TOKEN")}
    for name in ("TRACKER_DATABASE_URL", "TRACKER_MAIL_URL"):
        password = urlsplit(settings[name]).password or ""
        found |= {password, unquote(password)}
    return found - {""}


def configure(settings: Mapping[str, Any], request: Callable[[], str]) -> None:
    """Let this process write its log to standard error; the doors that run all day call this once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine(secrets_of(settings), request))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    ours = logging.getLogger("tracker")
    ours.setLevel(logging.INFO)
    ours.handlers.clear()  # Flask's own, whose lines would come twice.
