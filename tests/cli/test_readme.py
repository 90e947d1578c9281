"""The commands of the README do what it says."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Ran

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", README, re.S) for line in block.splitlines()]


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("tracker ")])
def test_a_command_of_the_readme_runs(seeded: Flask, cli: Callable[..., Ran], line: str) -> None:
    ran = cli(*shlex.split(line)[1:])
    assert ran.code == 0, ran.err
    if "--json" in line:
        json.loads(ran.out)


def test_the_readme_names_the_two_commands() -> None:
    assert {"make run", "make test"} <= set(COMMANDS)
