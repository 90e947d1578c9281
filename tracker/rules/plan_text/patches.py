"""Correct a source line on the record: what it said, what it should say, why, and who says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Patch:
    """One correction; old must be the whole line as it stands, so that a patch never lands on another text."""

    line: int
    old: str
    new: str
    reason: str
    author: str


class PatchRefused(ValueError):
    """A patch that does not fit its source; the message is Chinese and names the line."""


def apply_patches(lines: Sequence[str], patches: Iterable[Patch]) -> list[str]:
    """Give the lines with all patches applied, or raise PatchRefused and change nothing; line 1 is the first."""
    patched = list(lines)
    for patch in patches:
        _check(patch, patched)
        patched[patch.line - 1] = patch.new
    return patched


def _check(patch: Patch, lines: Sequence[str]) -> None:
    if not patch.reason.strip() or not patch.author.strip():
        raise PatchRefused(f"第{patch.line}行的更正缺少理由或更正人，请补充后再提交。")
    if "\n" in patch.new or "\r" in patch.new:
        raise PatchRefused(f"第{patch.line}行的更正含有换行，会使行号错位；请逐行更正。")
    if not 1 <= patch.line <= len(lines):
        raise PatchRefused(f"更正指向第{patch.line}行，而原文共{len(lines)}行；请核对行号。")
    if lines[patch.line - 1] != patch.old:
        raise PatchRefused(
            f"第{patch.line}行的原文与更正所记不符：应为“{patch.old}”，实为“{lines[patch.line - 1]}”。请重新核对原文。"
        )
