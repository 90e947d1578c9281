"""Cut a source text into numbered lines, clean but for their wording."""

import re
from dataclasses import dataclass
from functools import cached_property

_CONTROLS = (code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n")
_ZERO_WIDTH = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)
_INVISIBLE = dict.fromkeys((*_CONTROLS, *_ZERO_WIDTH))
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans("〔〕【】〈〉　\t", "[][]《》  ")


def fold(text: str) -> str:
    """Write punctuation, digits and brackets in one width for matching; every character keeps its place."""
    return text.translate(_FOLDED)


def squash(text: str) -> str:
    """Reduce a name to what its spelling may not change: no spaces, one width, one kind of quotation mark."""
    return re.sub(r"\s+", "", fold(text))


def count_invisible(text: str) -> int:
    """Count the characters that the reader leaves out: control, zero-width and direction marks."""
    return len(text) - len(text.translate(_INVISIBLE)) - text.count("\r\n")


@dataclass(frozen=True)
class Line:
    """One line of the source that is not blank; number counts from 1 in the file as it stands."""

    number: int
    text: str

    @cached_property
    def folded(self) -> str:
        """Give the line for matching; positions equal those of the text."""
        return fold(self.text)


def read_lines(text: str) -> tuple[Line, ...]:
    """Give the lines that hold something, without invisible characters and outer spaces."""
    cleaned = unify_newlines(text).translate(_INVISIBLE)
    stripped = (line.strip() for line in cleaned.split("\n"))
    return tuple(Line(number, line) for number, line in enumerate(stripped, 1) if line)


def unify_newlines(text: str) -> str:
    """Write every line end as a single line feed, so that numbers agree with any editor."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
