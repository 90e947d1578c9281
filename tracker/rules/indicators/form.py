"""Hold a statistical form as its text prints it: parts, contents, sub-tasks, and indicators with their blanks."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Nature(StrEnum):
    """What one blank of a form takes."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    AVERAGE = "average"
    SHARE = "share"
    NAME = "name"


@dataclass(frozen=True)
class Blank:
    """One blank: its letter within the indicator, what it takes, its unit and the words printed around it."""

    letter: str
    nature: Nature
    unit: str = ""
    label: str = ""
    options: tuple[str, ...] = ()


Segment = str | Blank
"""A stretch of an answer cell: printed words, or a blank between them."""


@dataclass(frozen=True)
class Indicator:
    """One question of the form; `cell` is its answer cell as printed, `content` and `sub_task` where it stands.

    `column` is the place of its cell in the row, counted from 0; `sub_task` is empty where the form prints none.
    """

    number: int
    question: str
    cell: str
    segments: tuple[Segment, ...]
    kind: str
    part: str
    content: int
    sub_task: int | None
    line: int
    column: int

    @property
    def code(self) -> str:
        """Return the name that no other series shares: I092."""
        return f"I{self.number:03}"

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """Return the blanks in the order of the sentence."""
        return tuple(segment for segment in self.segments if isinstance(segment, Blank))

    def key(self, blank: Blank) -> str:
        """Return the name of a blank: I034b; that of an indicator's only blank is the indicator's own."""
        return self.code if len(self.blanks) == 1 else f"{self.code}{blank.letter}"


@dataclass(frozen=True)
class SubTask:
    """A sub-task (任务细化) under one content of the work; series of its own."""

    number: int
    text: str
    content: int
    line: int

    @property
    def code(self) -> str:
        """Return its name: S62."""
        return f"S{self.number:02}"


@dataclass(frozen=True)
class Content:
    """A content of the work (项目内容) with every line where the form prints it, and each wording of it."""

    number: int
    title: str
    part: str
    lines: tuple[int, ...]
    wordings: tuple[str, ...]

    @property
    def code(self) -> str:
        """Return its name: P16."""
        return f"P{self.number}"

    @property
    def text(self) -> str:
        """Return the wording printed last: what was printed again was printed to be right."""
        return self.wordings[-1]


@dataclass(frozen=True)
class Part:
    """A part of the work (工作项目); a form of several tables prints it anew in each."""

    title: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """A whole form. Contents, sub-tasks and indicators count from 1 each, in series of their own."""

    title: str
    parts: tuple[Part, ...]
    contents: tuple[Content, ...]
    sub_tasks: tuple[SubTask, ...]
    indicators: tuple[Indicator, ...]

    def fields(self) -> Iterator[tuple[str, Indicator, Blank]]:
        """Yield every blank with its name and indicator, in the order of the form."""
        for indicator in self.indicators:
            for blank in indicator.blanks:
                yield indicator.key(blank), indicator, blank
