"""Every template compiles, names its page, and keeps scripts and styles out of itself."""

import re
from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from tests.conftest import settings
from tests.house.source import ROOT
from tracker.app import create_app

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
PAGES = [name for name in TEMPLATES if name.endswith(".html") and not name.startswith(("macros/", "mail/"))]
REQUIRED = {"title", "content"}
INLINE = {
    "a script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "a script in an address": re.compile(r"javascript:", re.IGNORECASE),
}


def source(name: str) -> str:
    """The text of a template, its comments left out."""
    return re.sub(r"\{#.*?#\}", "", (FOLDER / name).read_text("utf-8"), flags=re.DOTALL)


def ancestors(environment: Environment, name: str) -> Iterator[nodes.Template]:
    """The tree of a template, then those of the templates it extends."""
    parsed = environment.parse((FOLDER / name).read_text("utf-8"))
    yield parsed
    for extends in parsed.find_all(nodes.Extends):
        assert isinstance(extends.template, nodes.Const), f"{name} extends something computed"
        yield from ancestors(environment, extends.template.value)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The templates as the application sees them; no database is needed for that."""
    app = create_app(settings("sqlite://", tmp_path_factory.mktemp("templates")))
    return app.jinja_env


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.startswith("mail/")])
def test_a_template_compiles(environment: Environment, name: str) -> None:
    assert environment.get_template(name)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.startswith("mail/")])
def test_a_letter_compiles(name: str) -> None:
    assert Environment(autoescape=True).compile(source(name))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_title_and_a_content(environment: Environment, name: str) -> None:
    chain = list(ancestors(environment, name))
    given = {block.name for parsed in chain for block in parsed.find_all(nodes.Block) if not block.required}
    is_frame = any(block.required for block in chain[0].find_all(nodes.Block))
    assert is_frame or given >= REQUIRED


@pytest.mark.parametrize("what", INLINE)
def test_no_page_holds_inline(what: str) -> None:
    pages = [name for name in TEMPLATES if name.endswith(".html") and not name.startswith("mail/")]
    assert {name: found for name in pages if (found := INLINE[what].findall(source(name)))} == {}
