"""Read the steps of the plan itself (meeting, training, evaluation) from the part on how it is carried out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, takewhile

from tracker.rules.calendar import Window, read_window
from tracker.rules.plan_text.blocks import Block, Mark
from tracker.rules.plan_text.drafts import MilestoneDraft, TaskDraft
from tracker.rules.plan_text.lines import fold
from tracker.rules.plan_text.source import Source
from tracker.rules.plan_text.units import prefix_of

STEP_PARTS = ("实施步骤", "方法步骤", "工作步骤", "步骤安排", "阶段安排", "时间安排", "进度安排", "实施阶段")

KINDS = (
    ("meeting", ("会议", "大会")),
    ("training", ("轮训", "培训")),
    ("self_evaluation", ("自评", "自查")),
    ("supervision", ("督办", "督查", "督导", "督促")),
    ("summary", ("总结",)),
    ("evaluation", ("评估", "考评", "验收", "检查")),
)
"""What a step is, by the first word that occurs in its title."""

HEADING = re.compile(r"([^()。]{1,80})\(([^()。]{2,40})\)")
DATED_CLAUSE = re.compile(
    r"于\s?((?:[0-9]{4}\s?年\s?)?[0-9]{1,2}\s?月(?:份|[上中下]旬|底|\s?[0-9]{1,2}\s?日)?(?:之?前)?)([^,。;]{2,80})"
)
OWNER = re.compile(r"由([^,。;由]{2,24}?)(?:负责|牵头|组织|承办|对)")
PARTICIPANTS = re.compile(r"(?:^|[,。;])(?:组织)?([^,。;]{2,80})参加(?:会议|培训)")
LONGEST_NAME = 30
SESSIONS = re.compile(r"分\s?([0-9]{1,2})\s?[期批]")
DAYS = re.compile(r"每[期批]\s?([0-9]{1,2})\s?天")


@dataclass(frozen=True)
class _Step:
    """A numbered step: its title, the period in its brackets, the text under it."""

    title: str
    window: Window
    body: tuple[Block, ...]
    line_from: int

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.body)


def read_milestones(source: Source, tasks: Iterable[TaskDraft], base_year: int | None) -> tuple[MilestoneDraft, ...]:
    """Read each dated step, and each clause inside it that names a date of its own."""
    names = _known_names(tasks)
    steps = _steps(_step_part(source.blocks), base_year)
    return tuple(chain.from_iterable((_of_step(step, names), *_of_clauses(step, names)) for step in steps))


def _step_part(blocks: Sequence[Block]) -> list[Block]:
    """Give the blocks under the heading that announces the steps."""
    for place, block in enumerate(blocks):
        if block.mark is Mark.PART and any(word in block.text for word in STEP_PARTS):
            return list(takewhile(lambda later: later.mark is not Mark.PART, blocks[place + 1 :]))
    return []


def _steps(blocks: list[Block], base_year: int | None) -> Iterator[_Step]:
    starts = [place for place, block in enumerate(blocks) if block.mark is Mark.STEP]
    for start, end in pairwise([*starts, len(blocks)]):
        head, body = blocks[start], blocks[start + 1 : end]
        match = HEADING.match(fold(head.text))
        window = read_window(head.text[match.start(2) : match.end(2)], base_year) if match else None
        if match and window:
            rest = head.text[match.end() :].lstrip("。.:： ")
            first = [Block(Mark.PLAIN, "", None, rest, head.line_from, head.line_to)] if rest else []
            yield _Step(head.text[: match.end(1)].strip(), window, (*first, *body), head.line_from)


def _of_step(step: _Step, names: frozenset[str]) -> MilestoneDraft:
    folded = fold(step.text)
    return MilestoneDraft(
        kind=_kind(step.title),
        title=step.title,
        text=step.text,
        window=step.window,
        owner=_owner(step.text, names),
        line_from=step.line_from,
        line_to=step.body[-1].line_to if step.body else step.line_from,
        participants=_found(PARTICIPANTS, folded, step.text),
        sessions=_number(SESSIONS, folded),
        days_per_session=_number(DAYS, folded),
    )


def _of_clauses(step: _Step, names: frozenset[str]) -> Iterator[MilestoneDraft]:
    """Find "于9月中旬前……": a date inside a step, which may even lie outside the step's own period."""
    for block in step.body:
        for sentence in re.split("[。\n]", block.text):
            for match in DATED_CLAUSE.finditer(fold(sentence)):
                raw, title = (sentence[match.start(group) : match.end(group)].strip() for group in (1, 2))
                if window := read_window(raw, step.window.ends_on.year):
                    yield MilestoneDraft(
                        kind=_kind(title),
                        title=title,
                        text=f"{sentence}。",
                        window=window,
                        owner=_owner(sentence, names),
                        phase=step.window,
                        line_from=block.line_from,
                        line_to=block.line_to,
                    )


def _kind(title: str) -> str:
    return next((kind for kind, words in KINDS if any(word in title for word in words)), "other")


def _owner(text: str, names: frozenset[str]) -> str:
    """Name who acts: "由X负责", otherwise the known unit that a sentence begins with."""
    if stated := _found(OWNER, fold(text), text):
        return stated
    sentences = (sentence.strip() for sentence in re.split("[。\n]", text))
    starts = (sentence[:length] for sentence in sentences for length in range(LONGEST_NAME, 1, -1))
    return next((start for start in starts if start in names), "")


def _known_names(tasks: Iterable[TaskDraft]) -> frozenset[str]:
    """Collect the units of the tasks and their bureaus."""
    names = [party.name for task in tasks for party in task.parties]
    return frozenset([*names, *map(prefix_of, names)])


def _found(pattern: re.Pattern[str], folded: str, text: str) -> str:
    match = pattern.search(folded)
    return text[match.start(1) : match.end(1)].strip() if match else ""


def _number(pattern: re.Pattern[str], folded: str) -> int:
    match = pattern.search(folded)
    return int(match[1]) if match else 0
