"""Evidence files lie under their own hash, whole or not at all."""

import errno
import hashlib
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tracker import storage
from tracker.storage import Kept, StorageFull, TooLarge, keep, path_of

LIMIT = 5 * 1024 * 1024


def files(root: Path) -> list[Path]:
    """Return every file below a folder."""
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the next system call of a name fail: failing("fsync", errno.ENOSPC)."""

    def fail(call: str, code: int) -> None:
        def refuse(*_arguments: object) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(storage.os, call, refuse)

    return fail


@pytest.mark.parametrize("content", [b"x", b"a" * (1 << 20), b"b" * ((1 << 20) + 1), b""])
def test_a_file_lies_under_the_hash_of_its_content(tmp_path: Path, content: bytes) -> None:
    kept = keep(tmp_path, io.BytesIO(content), LIMIT)
    assert kept == Kept(hashlib.sha256(content).hexdigest(), len(content))
    assert path_of(tmp_path, kept.sha256).read_bytes() == content
    assert files(tmp_path) == [path_of(tmp_path, kept.sha256)]


def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    first, second = (keep(tmp_path, io.BytesIO(b"the same"), LIMIT) for _ in range(2))
    assert first == second
    assert len(files(tmp_path)) == 1


def test_a_file_of_exactly_the_limit_is_taken(tmp_path: Path) -> None:
    assert keep(tmp_path, io.BytesIO(b"12345"), 5).size == 5


@pytest.mark.parametrize("size", [6, 1 << 21])
def test_of_a_file_beyond_the_limit_nothing_is_kept(tmp_path: Path, size: int) -> None:
    with pytest.raises(TooLarge):
        keep(tmp_path, io.BytesIO(b"x" * size), 5)
    assert files(tmp_path) == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_nothing_is_kept(tmp_path: Path, failing: Any, call: str, code: int) -> None:
    failing(call, code)
    with pytest.raises(StorageFull):
        keep(tmp_path, io.BytesIO(b"content"), LIMIT)
    assert files(tmp_path) == []


def test_another_failure_of_the_disk_keeps_its_name_and_leaves_nothing(tmp_path: Path, failing: Any) -> None:
    failing("fsync", errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)) as caught:
        keep(tmp_path, io.BytesIO(b"content"), LIMIT)
    assert not isinstance(caught.value, StorageFull)
    assert files(tmp_path) == []


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        keep(tmp_path, Broken(), LIMIT)
    assert files(tmp_path) == []


def test_nobody_else_on_the_machine_may_read_a_file(tmp_path: Path) -> None:
    kept = keep(tmp_path, io.BytesIO(b"content"), LIMIT)
    assert stat.S_IMODE(path_of(tmp_path, kept.sha256).stat().st_mode) & 0o077 == 0
