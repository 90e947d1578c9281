"""The style that no tool knows: sizes, docstrings, one clock, transactions only in doors."""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.house.source import PACKAGE, Function, functions, name, package_files, python_files, tree

LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 50
DOORS = ("web", "cli", "api", "jobs.py", "works.py")
COMMITTERS = ("tracker/db.py", "tracker/outbox/delivery.py")
"""The only places that end a transaction: the mechanism, and the outbox, whose commit is its purpose."""

HISTORY = "migrations/versions/"
"""Frozen, and as long as the tables were."""


def offences(paths: Iterable[Path], found: Callable[[Path], Iterable[object]]) -> list[str]:
    """What is wrong in which file, and where."""
    return [f"{name(path)}: {where}" for path in paths for where in found(path)]


def lines_where(wrong: Callable[[ast.AST], bool]) -> Callable[[Path], list[int]]:
    """A search for the lines of a file that hold something wrong."""
    return lambda path: [
        node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.stmt | ast.expr) and wrong(node)
    ]


def living() -> list[Path]:
    """Every Python file that may still change."""
    return [path for path in python_files() if not name(path).startswith(HISTORY)]


def room(path: Path) -> str:
    """The folder or module of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0]


def called(node: ast.AST) -> str:
    """The dotted name of what a call calls, or an empty string."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        return ast.unparse(node.func)
    return ""


def test_the_walk_finds_the_code() -> None:
    assert {"tracker/db.py", "tracker/rules/status.py"} <= set(map(name, package_files()))
    assert name(Path(__file__)) in map(name, python_files())


def test_files_are_short() -> None:
    sizes = {name(path): len(path.read_text("utf-8").splitlines()) for path in living()}
    assert {path: size for path, size in sizes.items() if size > LINES_OF_A_FILE} == {}


def test_functions_are_short() -> None:
    def long(path: Path) -> Iterator[str]:
        for function in functions(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{function.name} has {lines} lines"

    assert offences(living(), long) == []


def test_imports_stand_at_the_top() -> None:
    def inside(path: Path) -> Iterator[int]:
        for function in functions(path):
            yield from (node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))

    assert offences(python_files(), inside) == []


def test_whatever_is_public_says_what_it_does() -> None:
    def silent(path: Path) -> list[str]:
        return [what for what, node in public(tree(path)) if not ast.get_docstring(node)]

    assert offences(package_files(), silent) == []


def public(
    node: ast.Module | ast.ClassDef, within: str = "module"
) -> Iterator[tuple[str, ast.Module | ast.ClassDef | Function]]:
    """What others may use of a module or a class; methods of private classes and nested functions are not."""
    yield within, node
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from public(child, child.name)
        elif isinstance(child, Function) and (not child.name.startswith("_") or child.name == "__init__"):
            yield f"{within}.{child.name}", child


def test_the_clock_is_asked_by_its_full_name() -> None:
    by_name = lines_where(lambda node: isinstance(node, ast.ImportFrom) and node.module == "tracker.clock")
    assert offences(python_files(), by_name) == []


def test_only_the_clock_reads_the_time() -> None:
    clocks = ("datetime.now", "datetime.utcnow", "date.today", "datetime.datetime.now", "datetime.date.today")
    others = [path for path in package_files() if name(path) != "tracker/clock.py"]
    assert offences(others, lines_where(lambda node: called(node) in clocks)) == []


def test_only_doors_open_a_transaction() -> None:
    opening = ("transaction", "begin", "begin_nested")
    inner = [path for path in package_files() if room(path) not in DOORS and name(path) not in COMMITTERS]
    assert offences(inner, lines_where(lambda node: called(node).split(".")[-1] in opening)) == []


def test_only_the_mechanism_and_the_outbox_commit() -> None:
    others = [path for path in package_files() if name(path) not in COMMITTERS]
    assert offences(others, lines_where(lambda node: called(node).split(".")[-1] == "commit")) == []


def test_a_flush_carries_its_reason() -> None:
    def bare(path: Path) -> list[int]:
        lines = path.read_text("utf-8").splitlines()
        flushes = lines_where(lambda node: called(node) == "db.session.flush")(path)
        return [line for line in flushes if "  # " not in lines[line - 1]]

    assert offences(package_files(), bare) == []


def test_rules_need_nothing_but_python() -> None:
    def foreign(path: Path) -> list[str]:
        return [module for module in imported(path) if not allowed(module)]

    assert offences((path for path in package_files() if room(path) == "rules"), foreign) == []


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def allowed(module: str) -> bool:
    """Tell whether a rule may import it: other rules, and the standard library."""
    return f"{module}.".startswith("tracker.rules.") or module.split(".")[0] in sys.stdlib_module_names


def test_the_package_itself_imports_nothing() -> None:
    assert list(imported(PACKAGE / "__init__.py")) == []
