"""What is written down is true: settings, locks, and no trace of the machine a file was written on."""

import re
from pathlib import Path

import pytest

from tests.house.source import NOT_OURS, ROOT, files, name
from tracker.config import SETTINGS

LOCKS = ("requirements.lock", "requirements-dev.lock")
FORBIDDEN = {
    "the address of a package registry": r"(?:--(?:extra-)?index-url|--find-links|--registry)\b"
    r"|https?://[\w.-]*(?:pypi|pythonhosted|npmjs|npmmirror)[\w.-]*|file:///",
    "a path of somebody's machine": r"(?<![\w.~-])/(?:work|root|home|Users)/\w",
    "an open end": r"(?:#|//|\*|<!--)\s*(?:TO" r"DO|FIX" r"ME|X" r"XX)\b|\b(?:TO" r"DO|FIX" r"ME)[:(]",
}


def text(path: Path) -> str:
    """The text of a file; pictures and archives have none."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def documents() -> str:
    """Everything a reader of the documentation sees."""
    return "\n".join(text(path) for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))))


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_documented(setting: str) -> None:
    assert re.search(rf"\b{setting}\b", documents())


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in files()
        if not name(path).startswith(NOT_OURS)
        for number, line in enumerate(text(path).splitlines(), 1)
        if re.search(FORBIDDEN[what], line) and path != Path(__file__)
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_with_hashes_and_names_no_address(lock: str) -> None:
    requirements = text(ROOT / lock).replace("\\\n", " ").splitlines()
    assert requirements
    for requirement in requirements:
        if requirement.strip() and not requirement.startswith("#"):
            assert re.fullmatch(r"[\w.-]+==[\w.+!-]+( *;[^@]*?)?( +--hash=sha256:[0-9a-f]{64})+ *", requirement)
    assert "://" not in text(ROOT / lock)


def test_the_lock_of_a_run_is_a_part_of_the_lock_of_the_tests() -> None:
    run, development = (set(re.findall(r"^([\w.-]+==[\w.+!-]+)", text(ROOT / lock), re.MULTILINE)) for lock in LOCKS)
    assert run <= development


@pytest.mark.parametrize("file", ["README.md", "LICENSE", "CHANGELOG.md", "Makefile", "pyproject.toml", "wsgi.py"])
def test_the_file_that_everyone_looks_for_is_there(file: str) -> None:
    assert text(ROOT / file).strip()
