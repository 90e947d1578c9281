"""Every macro stands on the page of patterns, where a change to it is seen."""

from collections.abc import Iterator

from jinja2 import Environment, nodes

from tests.house.source import ROOT

FOLDER = ROOT / "templates"
PATTERNS = "patterns.html"
Called = tuple[str, str]
"""A file of macros, and one of them."""


def parsed(name: str) -> nodes.Template:
    """The tree of a template."""
    return Environment(extensions=["jinja2.ext.do"], autoescape=True).parse((FOLDER / name).read_text("utf-8"))


def imported(tree: nodes.Template) -> dict[str, str]:
    """The files of macros that a template imports, by the name it gives them."""
    found = {}
    for node in tree.find_all(nodes.Import):
        assert isinstance(node.template, nodes.Const)
        found[node.target] = node.template.value
    return found


def called(tree: nodes.Node, names: dict[str, str], here: str) -> Iterator[Called]:
    """Yield the macros that are called below a node."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and isinstance(call.node.node, nodes.Name):
            if call.node.node.name in names:
                yield names[call.node.node.name], call.node.attr
        elif isinstance(call.node, nodes.Name):
            yield here, call.node.name


def test_every_macro_is_shown_on_the_page_of_patterns() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / "macros").glob("*.html")}
    macros = {
        (file, macro.name): set(called(macro, imported(parsed(file)), file))
        for file in files
        for macro in parsed(file).find_all(nodes.Macro)
    }
    page = parsed(PATTERNS)
    shown, new = set[Called](), set(called(page, imported(page), PATTERNS)) & set(macros)
    while new:
        shown |= new
        new = {below for one in new for below in macros[one]} & set(macros) - shown
    assert set(macros) - shown == set()
