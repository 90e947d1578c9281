"""Files are shown to a virus scanner, and nothing is stored of one that is infected or could not be scanned."""

import io
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tracker import scanning, uploads
from tracker.scanning import ScannerDown, virus
from tracker.uploads import FileRefused, Why

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner takes for a virus by agreement; it is none."""


class Scanner:
    """Stands for a clamd: understands PING and INSTREAM, and finds the test file."""

    def __init__(self, listener: socket.socket, answer: bytes | None) -> None:
        """Take the door it listens at, and what it answers instead of the truth."""
        self.listener, self.answer, self.sizes = listener, answer, list[int]()

    def serve(self) -> None:
        """Answer whoever comes until the door is shut."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with closing(connection), connection.makefile("rb") as stream:
                command = b"".join(iter(lambda stream=stream: stream.read(1), b"\0"))
                found = b"PONG" if command == b"zPING" else self._scanned(stream)
                connection.sendall((found if self.answer is None else self.answer) + b"\0")

    def _scanned(self, stream: io.BufferedReader) -> bytes:
        content = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            self.sizes.append(size)
            content += stream.read(size)
        return b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"


@contextmanager
def scanner(listener: socket.socket, answer: bytes | None = None) -> Iterator[Scanner]:
    """Run a scanner while the block lasts."""
    listener.listen()
    found = Scanner(listener, answer)
    thread = threading.Thread(target=found.serve, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def at_port() -> tuple[socket.socket, str]:
    """Return a door on loopback, and its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"127.0.0.1:{listener.getsockname()[1]}"


def test_a_clean_file_passes_and_is_left_at_its_start() -> None:
    listener, address = at_port()
    stream = io.BytesIO(b"x" * 200_000)
    with scanner(listener) as found:
        assert virus(address, stream) == ""
    assert sum(found.sizes) == 200_000
    assert max(found.sizes) <= scanning.CHUNK
    assert stream.read(1) == b"x"


def test_a_virus_is_named() -> None:
    listener, address = at_port()
    with scanner(listener):
        assert virus(address, io.BytesIO(b"a" * scanning.CHUNK + EICAR)) == "Win.Test.EICAR_HDB-1"


def test_a_scanner_may_listen_at_a_socket_file(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "clamd"))
    with scanner(listener):
        assert scanning.is_up(str(tmp_path / "clamd"))
        assert virus(str(tmp_path / "clamd"), io.BytesIO(EICAR))


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: nonsense", b"UNKNOWN COMMAND"]
)
def test_what_was_not_scanned_does_not_pass(answer: bytes) -> None:
    listener, address = at_port()
    with scanner(listener, answer), pytest.raises(ScannerDown, match="文件没有保存"):
        virus(address, io.BytesIO(b"x"))


def test_a_scanner_out_of_reach_is_told(tmp_path: Path) -> None:
    listener, address = at_port()
    listener.close()
    for place in (address, str(tmp_path / "nothing")):
        assert not scanning.is_up(place)
        with pytest.raises(ScannerDown, match="暂时连不上，文件没有保存"):
            virus(place, io.BytesIO(b"x"))


def test_a_scanner_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    listener, address = at_port()
    with closing(listener), pytest.raises(ScannerDown):
        virus(address, io.BytesIO(b"x"))


@pytest.mark.parametrize(
    ("answer", "why", "words"),
    [
        (b"stream: Evil\nName\x1b FOUND", Why.CONTENT, r"“a.pdf”带有病毒（Evil\\nName\\x1b）"),
        (b"ERROR", Why.UNCHECKED, "没有完成扫描"),
    ],
)
def test_an_upload_is_refused_in_words(answer: bytes, why: Why, words: str) -> None:
    listener, address = at_port()
    with scanner(listener, answer), pytest.raises(FileRefused, match=words) as refused:
        uploads.scan("a.pdf", io.BytesIO(b"x"), address)
    assert refused.value.why is why


def test_without_a_scanner_nobody_is_asked() -> None:
    uploads.scan("a.pdf", io.BytesIO(EICAR), "")
