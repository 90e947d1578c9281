"""Makes backups, whole or not at all, and takes one back into an empty installation."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from tracker import clock
from tracker.audit import operations as audit
from tracker.backups import archives, databases
from tracker.backups.archives import DATABASES, HEADS, Manifest
from tracker.backups.databases import BackupRefused
from tracker.people import operations as people
from tracker.people import queries as people_queries
from tracker.rules.permissions import Actor
from tracker.rules.words import say
from tracker.storage import FULL, StorageFull

try:
    import fcntl
except ImportError:  # Windows: two at once take turns by luck.
    fcntl = None  # type: ignore[assignment]

LAST = "last_backup"
"""Under which name the moment of the last good backup is noted."""

FOLDER = "backups"
EVIDENCE, SCHEMES = "evidence", "schemes"
UNFINISHED = ".backup-"


@dataclass(frozen=True)
class Made:
    """A backup that was written, read again and found whole; size in bytes."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest


def make(data_dir: Path, target: Path) -> Made:
    """Write a backup of the installation to a file that is not there yet; raise BackupRefused or StorageFull.

    It is written under another name, read again, synced and only then named, so that there is never half a one.
    """
    if target.exists():
        raise BackupRefused(say("{target} 已经存在，没有覆盖。请换一个文件名。", target=target))
    if not target.parent.is_dir():
        raise BackupRefused(say("目录 {parent} 不存在。请先建好目录。", parent=target.parent))
    try:
        with _alone(data_dir), tempfile.TemporaryDirectory(dir=target.parent, prefix=UNFINISHED) as folder:
            _remove_unfinished(data_dir / FOLDER, Path(folder))
            part = Path(folder) / "part"
            _write(data_dir, Path(folder), part)
            manifest, (digest, size) = archives.verify(part), _hashed(part)
            note = Path(folder) / "note"
            note.write_text(f"{digest}  {target.name}\n", encoding="utf-8")
            os.replace(note, _note_of(target))
            os.replace(part, target)
        _sync(target.parent)
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(error.errno, "disk full", str(target)) from error
        raise
    return Made(target, size, digest, manifest)


def _write(data_dir: Path, folder: Path, part: Path) -> None:
    # The heads come first: what a head vouches for is in every later state of the database, but not in an earlier one.
    heads = [(name, _kept(data_dir / name, folder / name)) for name in HEADS if (data_dir / name).is_file()]
    kind = databases.kind()
    copy = folder / DATABASES[kind]
    copied = databases.copy_to(copy)
    with part.open("wb") as out:
        archives.write(
            out,
            # A file is written before the row that names it, so whatever the copy names is there by now.
            [(copy.name, copy), *heads, *_files(data_dir)],
            created_at=clock.utc().isoformat(timespec="seconds"),
            database=kind,
            revision=copied.revision,
            counts=copied.counts,
        )
        out.flush()
        os.fsync(out.fileno())


def _remove_unfinished(own: Path, present: Path) -> None:
    """Remove what backups that were killed left in the installation's own folder; nobody else writes there now."""
    for path in own.glob(f"{UNFINISHED}*"):
        if path != present:
            shutil.rmtree(path, ignore_errors=True)


def _kept(source: Path, target: Path) -> Path:
    target.write_bytes(source.read_bytes())
    return target


def _files(data_dir: Path) -> Iterator[tuple[str, Path]]:
    for path in (*sorted((data_dir / EVIDENCE).glob("??/*")), *sorted((data_dir / SCHEMES).glob("*/*"))):
        name = path.relative_to(data_dir).as_posix()
        if archives.is_expected(name):
            yield name, path


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Let one backup be made at a time."""
    with (data_dir / ".backup.lock").open("ab") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupRefused(say("另一份备份正在进行，请等它完成后再试。")) from None
        yield


def _hashed(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), _size(stream)


def _size(stream: IO[bytes]) -> int:
    return os.fstat(stream.fileno()).st_size


def _note_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def note(actor: Actor, at: datetime, made: Made) -> None:
    """Put on record that a backup was made."""
    people.set_marker(LAST, made.manifest.created_at)
    audit.record(actor, at, "back_up", "backup", None, f"{made.path.name} {made.size} 字节 sha256 {made.sha256}")


def note_restored(actor: Actor, at: datetime, source: Path, manifest: Manifest) -> None:
    """Put on record, in what was taken back, where it came from; the newest good backup is that one."""
    people.set_marker(LAST, manifest.created_at)
    audit.record(actor, at, "restore", "backup", None, f"{source.name}，{manifest.created_at} 做成")


# ---- back


def restore(data_dir: Path, source: Path) -> Manifest:
    """Take a backup back into an empty installation; raise BackupDamaged, BackupRefused or StorageFull.

    The file is read through before anything is written, and what was written is counted afterwards.
    """
    manifest = archives.verify(source)
    if manifest.database != databases.kind():
        raise BackupRefused(
            say(
                "这份备份来自 {database}，现在的数据库是 {kind}：请把 TRACKER_DATABASE_URL 指向同一种数据库。",
                database=manifest.database,
                kind=databases.kind(),
            )
        )
    if not databases.is_known(manifest.revision):
        raise BackupRefused(
            say("备份的数据库结构（{revision}）比本程序新。请先升级程序再恢复。", revision=manifest.revision)
        )
    _refuse_occupied(data_dir)
    try:
        with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as name:
            folder = Path(name)
            archives.extract(source, folder)
            loaded = databases.load_from(folder / DATABASES[manifest.database])
            if (loaded.revision, loaded.counts) != (manifest.revision, manifest.counts):
                raise BackupRefused(say("恢复后的行数与备份的清单不符，不能使用。请换一个空的数据库重试。"))
            _put_in_place(folder, data_dir)
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(error.errno, "disk full", str(data_dir)) from error
        raise
    return manifest


def _refuse_occupied(data_dir: Path) -> None:
    if not databases.is_empty():
        raise BackupRefused(say("目标数据库里已有内容，没有恢复。请把 TRACKER_DATABASE_URL 指向一个新的空数据库。"))
    occupied = [name for name in HEADS if (data_dir / name).exists()]
    for folder in (EVIDENCE, SCHEMES):
        if any(path.is_file() for path in (data_dir / folder).rglob("*")):
            occupied.append(folder)
    if occupied:
        raise BackupRefused(
            say(
                "数据目录 {data_dir} 中已有 {occupied}，没有恢复。请把 TRACKER_DATA_DIR 指向一个新的目录。",
                data_dir=data_dir,
                occupied=list(occupied),
            )
        )


def _put_in_place(folder: Path, data_dir: Path) -> None:
    for name in (EVIDENCE, SCHEMES):
        if (folder / name).is_dir():
            shutil.rmtree(data_dir / name, ignore_errors=True)  # It holds no file.
            os.replace(folder / name, data_dir / name)
    for name in HEADS:
        if (folder / name).is_file():
            os.replace(folder / name, data_dir / name)
    _sync(data_dir)


# ---- reading


@dataclass(frozen=True)
class Kept:
    """A backup in the folder: its name, size in bytes, when it was made, and its sha256 if it was found whole then."""

    name: str
    size: int
    at: datetime
    sha256: str


def kept(data_dir: Path) -> list[Kept]:
    """Return the backups in the installation's own folder, the newest first."""
    found = []
    for path in (data_dir / FOLDER).glob("*.tar"):
        status, beside = path.stat(), _note_of(path)
        digest = beside.read_text("utf-8", "replace")[:64] if beside.is_file() else ""
        found.append(Kept(path.name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), digest))
    return sorted(found, key=lambda backup: (backup.at, backup.name), reverse=True)


def next_file(data_dir: Path) -> Path:
    """Return the file for a backup made now, in the installation's own folder."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"tracker-{clock.local(clock.utc()):%Y%m%d-%H%M%S}.tar"


def last() -> datetime | None:
    """Return when the last good backup was made."""
    noted = people_queries.marker(LAST)
    return datetime.fromisoformat(noted) if noted else None
