"""Asks a clamd whether a file holds a virus: its INSTREAM command, over TCP or a socket file."""

import socket
import struct
from typing import IO

from tracker.rules.words import say

CHUNK = 1 << 16
SECONDS = 20
"""How long one answer may take; a scanner that takes longer counts as out of reach."""

ANSWER_BYTES = 4096


class ScannerDown(Exception):
    """Nobody could be asked, so that nothing may be stored; the message is for the person."""


def virus(address: str, stream: IO[bytes]) -> str:
    """Return the name of the virus in a stream, or an empty string; leave it at its start; raise ScannerDown."""
    stream.seek(0)
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            while chunk := stream.read(CHUNK):
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            answer = _answer(connection)
    except OSError as error:
        raise ScannerDown(
            say("病毒扫描服务暂时连不上，文件没有保存。请稍后再传；一直不行的，请联系管理员。")
        ) from error
    finally:
        stream.seek(0)
    return _read(answer)


def is_up(address: str) -> bool:
    """Tell whether the scanner answers."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection) == "PONG"
    except OSError:
        return False


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS)
        try:
            connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), SECONDS)


def _answer(connection: socket.socket) -> str:
    found = b""
    while b"\0" not in found and len(found) < ANSWER_BYTES and (piece := connection.recv(ANSWER_BYTES)):
        found += piece
    return found.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _read(answer: str) -> str:
    """Read `stream: OK` or `stream: NAME FOUND`; any other answer says that nothing was scanned."""
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND").partition(": ")[2] or answer
    if not answer.endswith(": OK"):
        raise ScannerDown(say("病毒扫描服务没有完成扫描，文件没有保存。请稍后再传；一直不行的，请联系管理员。"))
    return ""
