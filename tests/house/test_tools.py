"""The tools that read the whole code find nothing."""

import re
import sys

import pytest

from tests.house.source import name, package_files, run

EXCEPTION = re.compile(r"# nosec B\d{3} # \S")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("-m", "ruff", "check", "--no-fix", "."), id="ruff"),
        pytest.param(("-m", "mypy"), id="mypy"),
        pytest.param(("-m", "bandit", "-q", "-c", "pyproject.toml", "-r", "tracker", "wsgi.py"), id="bandit"),
        pytest.param(
            ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"), id="import contracts"
        ),
    ],
)
def test_the_tool_finds_nothing(command: tuple[str, ...]) -> None:
    done = run(sys.executable, *command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_exception_from_the_search_for_weaknesses_names_its_rule_and_its_reason() -> None:
    bare = [
        f"{name(path)}: {line.strip()}"
        for path in package_files()
        for line in path.read_text("utf-8").splitlines()
        if "# nosec" in line and not EXCEPTION.search(line)
    ]
    assert bare == []
