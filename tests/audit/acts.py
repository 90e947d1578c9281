"""Finds in the code which acts and kinds of objects are put on record, whatever way their words are given."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.source import ROOT, Function, functions, name, package_files, tree
from tracker.plans.changes import Changed
from tracker.rules.status import Move

ACT, OBJECT = 2, 3
"""The place of both among the arguments of record()."""


ENUMERATED = {
    "move.value": [move.value for move in Move],
    "f'task_{what}'": [f"task_{what.value}" for what in Changed],
    "kind": ["assignment", "comment", "evidence", "page", "plan", "task", "unit", "user"],
}
"""Expressions whose words no reading of one file tells: steps, changes of tasks, and what an address names."""


@dataclass(frozen=True)
class Call:
    """A call of record(), and the function it stands in."""

    where: str
    module: ast.Module
    function: Function
    node: ast.Call

    def words(self, place: int) -> set[str]:
        """What an argument can be; an unknown expression stays as it is written, in angle brackets."""
        return set(resolved(self.node.args[place], self.module, self.function))


def calls() -> Iterator[Call]:
    """Every call of the audit trail's record()."""
    for path in package_files():
        module = tree(path)
        for function in functions(path):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                    "audit.record",
                    "record",
                    "operations.record",
                ):
                    yield Call(f"{name(path)}:{node.lineno}", module, function, node)


def resolved(node: ast.expr, module: ast.Module, function: Function) -> Iterator[str]:
    """The words that an expression can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from resolved(node.body, module, function)
        yield from resolved(node.orelse, module, function)
    elif ast.unparse(node) in ENUMERATED:
        yield from ENUMERATED[ast.unparse(node)]
    elif isinstance(node, ast.Call | ast.Subscript):
        yield from _of_table(node, module)
    elif isinstance(node, ast.Name):
        yield from _of_name(node.id, module, function)
    else:
        yield f"<{ast.unparse(node)}>"


def _of_table(node: ast.Call | ast.Subscript, module: ast.Module) -> Iterator[str]:
    """The values of the dictionary that is looked into."""
    table = ast.unparse(node.func if isinstance(node, ast.Call) else node.value).removesuffix(".get")
    for value in _assigned(table, module):
        if isinstance(value, ast.Dict):
            yield from (word.value for word in value.values if isinstance(word, ast.Constant))
            return
    yield f"<{ast.unparse(node)}>"


def _of_name(wanted: str, module: ast.Module, function: Function) -> Iterator[str]:
    given = list(_assigned(wanted, function)) or list(_passed(wanted, module, function))
    given = given or list(_assigned(wanted, module)) or list(_imported(wanted, module))
    if not given:
        yield f"<{wanted}>"
    for each in given:
        value, within = each if isinstance(each, tuple) else (each, function)
        yield from resolved(value, module, within)


def _imported(wanted: str, module: ast.Module) -> Iterator[ast.expr]:
    """The value of a word that another module of ours defines."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and wanted in [alias.name for alias in node.names]:
            yield from _assigned(wanted, tree(ROOT / f"{(node.module or '').replace('.', '/')}.py"))


def _assigned(wanted: str, within: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(within):
        for target, value in _targets(node):
            if ast.unparse(target) == wanted:
                yield value


def _targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What an assignment gives to which name; of a pair of names each its own."""
    if isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value:
        yield node.target, node.value
    for target in node.targets if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _passed(wanted: str, module: ast.Module, function: Function) -> Iterator[tuple[ast.expr, Function]]:
    """What the callers of a function of the same module pass for a parameter."""
    names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
    if wanted not in names:
        return
    for caller in ast.walk(module):
        if not isinstance(caller, Function):
            continue
        for node in ast.walk(caller):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == function.name:
                keywords = {keyword.arg: keyword.value for keyword in node.keywords}
                place = names.index(wanted)
                if wanted in keywords or place < len(node.args):
                    yield keywords.get(wanted) or node.args[place], caller
