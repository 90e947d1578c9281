"""Finds templates, migrations and seeds, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """Return the folder `name` ("templates", "migrations", "seeds")."""
    packed = PACKAGE / f"_{name}"
    return packed if packed.is_dir() else PACKAGE.parent / name
