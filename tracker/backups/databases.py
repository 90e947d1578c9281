"""Consistent copies of the database while others write, and the way back: SQLite's own backup, pg_dump, pg_restore."""

import os
import shutil

# Only the two programs of PostgreSQL are started, without a shell; what they are told is never a visitor's.
import subprocess  # nosec B404 # runs pg_dump and pg_restore
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as Sqlite
from sqlite3 import Error as SqliteError
from sqlite3 import connect

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, table, text
from sqlalchemy.engine import URL

from tracker.db import db
from tracker.resources import resource
from tracker.rules.words import say

VERSIONS = "alembic_version"
WORDS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",  # nosec B105 # the name of a variable
    "options": "PGOPTIONS",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
"""What an address says, as the programs of PostgreSQL are told it; nothing secret stands in a command."""


class BackupRefused(ValueError):
    """A backup that cannot be made or taken back as things stand; the message says what to do."""


@dataclass(frozen=True)
class Copied:
    """What a copy of the database holds: the revision of its structure, and the rows of each table."""

    revision: str
    counts: dict[str, int]


def kind() -> str:
    """Return which database this installation uses."""
    return db.engine.dialect.name


def copy_to(target: Path) -> Copied:
    """Copy the database as of one moment; raise BackupRefused."""
    return _COPY[kind()](db.engine, target)


def load_from(source: Path) -> Copied:
    """Fill the empty database from a copy, and return what it holds then; raise BackupRefused."""
    engine = db.engine
    db.session.remove()
    engine.dispose()
    _LOAD[kind()](engine, source)
    with engine.connect() as connection:
        return _contents(connection)


def is_empty() -> bool:
    """Tell whether the database has no table at all."""
    return not inspect(db.engine).get_table_names()


def is_known(revision: str) -> bool:
    """Tell whether this program knows the structure of a copy; a newer program's it does not."""
    scripts = ScriptDirectory(str(resource("migrations")))
    return revision in {script.revision for script in scripts.walk_revisions()}


def _contents(connection: Connection) -> Copied:
    revision = MigrationContext.configure(connection).get_current_revision() or ""
    names = sorted(name for name in inspect(connection).get_table_names() if name != VERSIONS)
    counts = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
    return Copied(revision, counts)


# ---- SQLite


def _file_of(engine: Engine) -> str:
    file = engine.url.database
    if not file or file == ":memory:":
        raise BackupRefused(say("内存中的数据库不能备份，也不能恢复。请把 TRACKER_DATABASE_URL 指向一个文件。"))
    return file


def _copy_sqlite(engine: Engine, target: Path) -> Copied:
    try:
        with closing(connect(_file_of(engine), timeout=30)) as source, closing(connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            _require_sound(copy)
    except SqliteError as error:
        raise BackupRefused(say("数据库复制失败（{error}）。请检查磁盘空间和权限后重试。", error=error)) from error
    copied = create_engine(URL.create("sqlite", database=str(target)))
    try:
        with copied.connect() as connection:
            return _contents(connection)
    finally:
        copied.dispose()


def _load_sqlite(engine: Engine, source: Path) -> None:
    try:
        with closing(connect(source)) as copy, closing(connect(_file_of(engine), timeout=30)) as target:
            _require_sound(copy)
            copy.backup(target)
    except SqliteError as error:
        raise BackupRefused(
            say("数据库恢复失败（{error}）。请检查磁盘空间和权限后，换一个空的数据库重试。", error=error)
        ) from error


def _require_sound(connection: Sqlite) -> None:
    found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise BackupRefused(say("数据库文件已损坏（{found}）。请从最近一份好的备份恢复。", found=found[:100]))


# ---- PostgreSQL


def _copy_postgres(engine: Engine, target: Path) -> Copied:
    # The copy and the counts see the same moment: whoever exports it keeps it until the copy is made.
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        _run(engine, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}", _name(engine))
        return _contents(connection)


def _load_postgres(engine: Engine, source: Path) -> None:
    whole = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _run(engine, "pg_restore", *whole, f"--dbname={_name(engine)}", str(source))


def _name(engine: Engine) -> str:
    return engine.url.database or ""


def _run(engine: Engine, program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(
            say("服务器上没有 {program}：请安装与数据库同版本的 PostgreSQL 客户端程序后重试。", program=program)
        )
    address = {"user": engine.url.username, "host": engine.url.host, "port": engine.url.port, **engine.url.query}
    address["password"] = engine.url.password
    told = {WORDS[word]: str(value) for word, value in address.items() if word in WORDS and value}
    command = [found, "--no-password", *arguments]
    environment = {**os.environ, **told, "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # nosec B603 # a list, no shell
    if done.returncode:
        words = " ".join(done.stderr.split())[-300:]
        raise BackupRefused(
            say(
                "{program} 没有成功（{words}）。请检查磁盘空间，以及程序与数据库的版本是否相同。",
                program=program,
                words=words,
            )
        )


_COPY: dict[str, Callable[[Engine, Path], Copied]] = {"sqlite": _copy_sqlite, "postgresql": _copy_postgres}
_LOAD: dict[str, Callable[[Engine, Path], None]] = {"sqlite": _load_sqlite, "postgresql": _load_postgres}
