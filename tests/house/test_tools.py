"""The tools that read the whole code find nothing."""

import sys

import pytest

from tests.house.source import run


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("-m", "ruff", "check", "--no-fix", "."), id="ruff"),
        pytest.param(("-m", "mypy"), id="mypy"),
        pytest.param(
            ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"), id="import contracts"
        ),
    ],
)
def test_the_tool_finds_nothing(command: tuple[str, ...]) -> None:
    done = run(sys.executable, *command)
    assert done.returncode == 0, done.stdout + done.stderr
