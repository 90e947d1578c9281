"""Cut a source text into numbered lines, clean but for their wording."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_CONTROLS = (code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n")
_ZERO_WIDTH = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)
_INVISIBLE = dict.fromkeys((*_CONTROLS, *_ZERO_WIDTH))
_ANY_INVISIBLE = re.compile(f"[{re.escape(''.join(map(chr, _INVISIBLE)))}]")
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans("〔〕【】〈〉　\t", "[][]《》  ")

_NARROW = {chr(code): chr(narrow) for code, narrow in _FOLDED.items()}
_WIDE = re.compile("[\uff01-\uff5e〔〕【】〈〉\u3000\t]")

SHORT = 200
"""Characters: up to here a folded text is remembered."""


def fold(text: str) -> str:
    """Write punctuation, digits and brackets in one width for matching; every character keeps its place."""
    return _fold_short(text) if len(text) <= SHORT else _fold_any(text)


def _fold_any(text: str) -> str:
    """Fold only what is to be folded: of running text that is one character in ten."""
    return _WIDE.sub(_narrow, text)


def _narrow(match: re.Match[str]) -> str:
    return _NARROW[match[0]]


@lru_cache(maxsize=4096)
def _fold_short(text: str) -> str:
    """Fold a name or a label: a document says the same few again and again."""
    return _fold_any(text)


def squash(text: str) -> str:
    """Reduce a name to what its spelling may not change: no spaces, one width, one kind of quotation mark."""
    return re.sub(r"\s+", "", fold(text))


def count_invisible(text: str) -> int:
    """Count the characters that the reader leaves out: control, zero-width and direction marks."""
    return len(text) - len(_leave_out(text)) - text.count("\r\n") if _ANY_INVISIBLE.search(text) else 0


def _leave_out(text: str) -> str:
    return text.translate(_INVISIBLE)


def clean(text: str) -> str:
    """Leave out what cannot be seen: control, zero-width and direction marks."""
    return _leave_out(text) if _ANY_INVISIBLE.search(text) else text


@dataclass(frozen=True)
class Line:
    """One line of the source that is not blank; number counts from 1 in the file as it stands, raw is how it stands."""

    number: int
    text: str
    raw: str = ""

    @cached_property
    def folded(self) -> str:
        """Give the line for matching; positions equal those of the text."""
        return fold(self.text)

    @cached_property
    def _columns(self) -> tuple[int, ...]:
        return tuple(place for place, sign in enumerate(self.raw) if ord(sign) not in _INVISIBLE)

    @cached_property
    def _is_plain(self) -> bool:
        return _ANY_INVISIBLE.search(self.raw) is None

    @cached_property
    def _indent(self) -> int:
        return len(self.raw) - len(self.raw.lstrip())

    def column(self, at: int) -> int:
        """Give the column of a character of the text in the line as it stands."""
        if not self.raw:
            return at
        if self._is_plain:
            return self._indent + at
        visible = "".join(self.raw[place] for place in self._columns)
        first = len(visible) - len(visible.lstrip())
        return self._columns[min(first + at, len(self._columns) - 1)]


def read_lines(text: str) -> tuple[Line, ...]:
    """Give the lines that hold something, without invisible characters and outer spaces."""
    raw = unify_newlines(text).split("\n")
    clean = _leave_out if _ANY_INVISIBLE.search(text) else str
    cleaned = ((number, clean(line).strip(), line) for number, line in enumerate(raw, 1))
    return tuple(Line(number, line, as_it_stands) for number, line, as_it_stands in cleaned if line)


def unify_newlines(text: str) -> str:
    """Write every line end as a single line feed, so that numbers agree with any editor."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
