"""What exactly was approved, as one canonical text, and how what is on record now differs from it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.rules.reports import KIND_TEXT, SITUATION_TEXT
from tracker.rules.words import say

FORMAT = 1
SHOWN_HASH = 12
"""So many signs of a hash tell two files apart for a reader."""

Content = Mapping[str, Any]
"""A report under `report`, and under `files` every file on record with it."""

WRITTEN: dict[str, str] = {
    "kind": say("类别"),
    "situation": say("总体情况"),
    "progress": say("进度"),
    "done": say("完成情况"),
    "problems": say("存在问题"),
    "next_steps": say("下一步"),
    "help_needed": say("困难和需要的支持"),
}
"""What a unit writes in a report, in the order of the form."""

FIELD_TEXT: dict[str, str] = {**WRITTEN, "author": say("填报人"), "filed_at": say("报送时间")}
"""Every field of a report that is pinned, but its number."""

_CODED: dict[str, Mapping[Any, str]] = {"kind": KIND_TEXT, "situation": SITUATION_TEXT}


class Fate(StrEnum):
    """What became of a file since the approval."""

    ADDED = "added"
    RENEWED = "renewed"
    SAME = "same"
    ALTERED = "altered"
    GONE = "gone"


FATE_TEXT: dict[Fate, str] = {
    Fate.ADDED: say("新增"),
    Fate.RENEWED: say("新版本"),
    Fate.SAME: say("未变"),
    Fate.ALTERED: say("内容与封存的不同"),
    Fate.GONE: say("已不在"),
}


@dataclass(frozen=True)
class Change:
    """A field or file that differs: its name, what was approved, what is there now."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class FileChange:
    """A file beside what was approved; the hashes of both sides, empty where there is none."""

    name: str
    version: int
    fate: Fate
    before: str = ""
    after: str = ""


def canonical(content: Content) -> str:
    """Return the one text of a content: keys sorted, no blanks, signs as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """Return the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str, sha256: str) -> Content | None:
    """Return a pinned content, or None where it is no longer what was pinned."""
    if digest(text) != sha256:
        return None
    content: Content = json.loads(text)
    return content


def value(name: str, content: Content) -> str:
    """Return a field of the report in the reader's words."""
    found = content["report"].get(name, "")
    if name == "progress":
        return f"{found}%"
    return _CODED.get(name, {}).get(found, str(found))


def changes(pinned: Content, now: Content, added: bool = True) -> list[Change]:
    """Return every field and file that differs from what was approved, in the order of the form.

    Without `added` files that came later are passed over.
    """
    passed = {Fate.SAME} if added else {Fate.SAME, Fate.ADDED, Fate.RENEWED}
    found = [
        Change(label, value(name, pinned), value(name, now))
        for name, label in FIELD_TEXT.items()
        if pinned["report"].get(name) != now["report"].get(name)
    ]
    return found + [
        Change(
            say("附件 {name} 第 {n} 版（{fate}）", name=file.name, n=file.version, fate=FATE_TEXT[file.fate]),
            file.before,
            file.after,
        )
        for file in file_changes(pinned, now)
        if file.fate not in passed
    ]


def says_the_same(pinned: Content, now: Content) -> bool:
    """Tell whether a unit wrote the same in two reports, with the same files on record."""
    written = all(pinned["report"].get(name) == now["report"].get(name) for name in WRITTEN)
    return written and all(file.fate is Fate.SAME for file in file_changes(pinned, now))


def file_changes(pinned: Content, now: Content) -> list[FileChange]:
    """Return every file of both sides with what became of it, by name and version."""
    return list(_file_changes(_files(pinned), _files(now)))


def _files(content: Content) -> dict[tuple[str, int], str]:
    return {(file["name"], file["version"]): file["sha256"] for file in content["files"]}


def _file_changes(before: Mapping[tuple[str, int], str], after: Mapping[tuple[str, int], str]) -> Iterator[FileChange]:
    names = {name for name, _ in before}
    for name, version in sorted(before.keys() | after.keys()):
        old, new = before.get((name, version), ""), after.get((name, version), "")
        if not old:
            fate = Fate.RENEWED if name in names else Fate.ADDED
        elif not new:
            fate = Fate.GONE
        else:
            fate = Fate.SAME if old == new else Fate.ALTERED
        yield FileChange(name, version, fate, old, new)
