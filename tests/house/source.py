"""The files of the project, and the trees of its Python."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tracker"
NOT_OURS = ("tracker/static/vendor/", "tests/golden/")
"""Vendored libraries, and the reference material that is kept as it came."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it says."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the project: what git tracks or would."""
    listed = run("git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
        return tuple(path for path in sorted(paths) if path.is_file())
    return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and _kept(path))


def _kept(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] not in ("instance", "dist", "build") and not any(
        part == "__pycache__" or part.endswith(".egg-info") or (part.startswith(".") and part != ".ci")
        for part in parts
    )


def name(path: Path) -> str:
    """The path as the project writes it."""
    return path.relative_to(ROOT).as_posix()


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file that was written here."""
    return tuple(path for path in files() if path.suffix == ".py" and not name(path).startswith(NOT_OURS))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"))


def package_files() -> list[Path]:
    """Every Python file of the package."""
    return [path for path in python_files() if path.is_relative_to(PACKAGE)]


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file, however deep."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))
