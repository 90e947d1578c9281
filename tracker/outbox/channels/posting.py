"""One HTTP POST with a total deadline; what it says of a failure never holds the address, which may hold a key."""

import http.client
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from tracker.letters import one_line
from tracker.outbox.channels import addresses, contract
from tracker.outbox.channels.addresses import AddressRefused
from tracker.outbox.channels.contract import ChannelDown, PermanentError, TemporaryError
from tracker.outbox.channels.deadline import Deadline

CONNECT_SECONDS, READ_SECONDS = 5, 10
"""The longest the connection and a single read may take; the whole post is bounded by SEND_SECONDS."""

ANSWER_LIMIT = 64 * 1024
"""How much of an answer is read, in bytes; no honest one is longer."""

BUSY = frozenset({408, 425, 429})
"""Statuses below 500 that ask to come again later."""

PLAIN = {"Connection": "close", "User-Agent": "tracker", "Accept-Encoding": "identity"}

# The library notes every request line when asked for details, and a robot's key stands in that line.
logging.getLogger("urllib3").setLevel(logging.INFO)


@dataclass(frozen=True)
class Answer:
    """What the server answered: the status, and the beginning of the body."""

    status: int
    body: bytes

    @property
    def words(self) -> str:
        """The body as one short line, to put on record."""
        return one_line(self.body[:600].decode("utf-8", "replace"), 120)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post once, follow no redirect, and return the answer; raise ChannelDown where none came in time."""
    with Deadline(contract.SEND_SECONDS) as deadline, requests.Session() as session:
        watching = _Watching(deadline)
        session.mount("http://", watching)
        session.mount("https://", watching)
        try:
            with session.post(
                url,
                data=body,
                headers={**PLAIN, **headers},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = response.raw.read(ANSWER_LIMIT, decode_content=True)
        except AddressRefused as error:
            raise ChannelDown(f"没有发送：{error}") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            # The library's own words hold the address with its key, so neither they nor the error itself go on.
            raise _failure(error, deadline) from None
        finally:
            watching.forget()
        if deadline.passed:
            raise ChannelDown(_late(deadline))
        return Answer(response.status_code, content)


def refused(answer: Answer) -> PermanentError | TemporaryError:
    """Return the error that an answer's status stands for, where the status alone counts."""
    text = f"HTTP {answer.status} {answer.words}".rstrip()
    if answer.status >= http.client.INTERNAL_SERVER_ERROR or answer.status in BUSY:
        return TemporaryError(f"对方暂不接收：{text}")
    return PermanentError(f"对方拒收：{text}")


def _failure(error: Exception, deadline: Deadline) -> PermanentError | ChannelDown:
    if deadline.passed:
        return ChannelDown(_late(deadline))
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return PermanentError("地址不正确，请在通知渠道中更正")
    if isinstance(error, requests.exceptions.SSLError):
        return ChannelDown("对方的证书不可信，没有发送")
    if isinstance(error, requests.Timeout):
        return ChannelDown(f"对方{READ_SECONDS}秒内没有应答")
    return ChannelDown(f"连不上对方（{_cause(error)}）")


def _late(deadline: Deadline) -> str:
    return f"超过{deadline.seconds:g}秒未完成"


def _cause(error: BaseException) -> str:
    """Return the system's reason behind the library's layers: it names no address."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or one in seen:
            continue
        if isinstance(one, OSError) and one.strerror:
            return one_line(one.strerror, 60)
        seen.append(one)
        waiting += [one.__context__, one.__cause__, getattr(one, "reason", None), *one.args]
    return type(seen[-1]).__name__


class _Watching(HTTPAdapter):
    """Tells the deadline which connection to end, as soon as there is one."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        # The machine's own certificates count as they do for mail: private instances are signed by private authorities.
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        # Where a proxy is set for this machine, names are the proxy's to look up and places its to allow.
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools(behind_proxy=True)
        return manager

    def forget(self) -> None:
        """Close the second handle of the connection."""
        if self.deadline.handle is not None:
            self.deadline.handle.close()

    def _pools(self, behind_proxy: bool = False) -> dict[str, type[HTTPConnectionPool]]:
        deadline = self.deadline

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                connect = super()._new_conn
                return _watched(connect() if behind_proxy else _judged(self, connect), deadline)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                connect = super()._new_conn
                return _watched(connect() if behind_proxy else _judged(self, connect), deadline)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        return {"http": PlainPool, "https": SecurePool}


def _judged(connection: HTTPConnection, connect: Callable[[], socket.socket]) -> socket.socket:
    """Connect to a number that was judged, not to a name that is looked up once more; the name stays for TLS."""
    name = connection.host
    numbers, failure = addresses.numbers(name, connection.port), None
    try:
        for number in numbers:
            connection.host = number
            try:
                return connect()
            except urllib3.exceptions.HTTPError as error:
                failure = error
    finally:
        connection.host = name
    raise failure or OSError("no address")


def _watched(connection: socket.socket, deadline: Deadline) -> socket.socket:
    deadline.watch(connection.dup())
    return connection
