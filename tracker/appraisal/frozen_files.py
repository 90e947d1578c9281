"""Tells which files of a frozen year are not on disk as they were: each by its name, and by what it belongs to."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tracker import storage
from tracker.appraisal.frozen import Content
from tracker.rules.score_sheets import Difference
from tracker.rules.words import Words, say

Row = dict[str, Any]


def count(said: Content) -> int:
    """Return how many files a frozen year names."""
    return sum(1 for _ in _files(said))


def differences(said: Content, root: Path) -> Iterator[Difference]:
    """Name the files that are gone from the data directory, or hold something else; each content is read once."""
    look = cache(lambda sha256: storage.hash_on_disk(root, sha256))
    for where, file in _files(said):
        if (stored := look(str(file.get("sha256")))) == file.get("sha256"):
            continue
        what = say("文件内容与封存的 sha256 不符") if stored else say("存储的文件已不在")
        yield Difference(say("{where} 附件 {name}", where=where, name=file.get("name")), what)


def _files(said: Content) -> Iterator[tuple[Words, Row]]:
    """Yield every file with what it belongs to."""
    for unit in _rows(said, "units"):
        name = unit.get("unit")
        for file in _rows(unit, "files"):
            number = file.get("application")
            yield (
                say("{unit} 特色工作申报 {id}", unit=name, id=number) if number else say("{unit} 总结自评", unit=name),
                file,
            )
        for entry in _rows(unit, "entries"):
            where = say("{unit} 登记 {id}（{code}）", unit=name, id=entry.get("id"), code=entry.get("code"))
            for file in _rows(entry, "files"):
                yield where, file


def _rows(row: Row, name: str) -> list[Row]:
    """Return a list of what was frozen; one that was altered beyond its form counts as empty."""
    found = row.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
