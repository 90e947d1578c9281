"""The objections of a district on its page: what they are about, their clocks, who must not answer, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.rules.appeals import Clock
from tracker.rules.permissions import Actor
from tracker.rules.scoring import Line
from tracker.rules.status import RequestState
from tracker.rules.words import say
from tracker.scoring import appeals as rooms
from tracker.scoring.appeals import Stood
from tracker.scoring.operations import APPEALABLE
from tracker.web.scoring.forms import line_word

APPEAL_TEXT = {"asked": say("待裁定"), "granted": say("裁定成立"), "refused": say("裁定不成立")}
"""States in words; whether a point came back says the line that gives it back."""


@dataclass(frozen=True)
class Objections:
    """What the page says of objections beside their rows.

    `about`, `clocks` and `own` go by the objection's number; `open_lines` can be objected to today; `until` says how
    long.
    """

    about: dict[int, str]
    clocks: dict[int, Clock]
    own: dict[int, str]
    open_lines: list[Line]
    until: str

    @property
    def open_words(self) -> set[str]:
        """The words by which forms name the lines that can be objected to."""
        return {line_word(line) for line in self.open_lines}


def objections(person: Actor, plan: Any, filed: Sequence[Stood], lines: Sequence[Line], day: date) -> Objections:
    """Return what the page of a district says of its objections as they stood on a day."""
    window = rooms.window(plan)
    taken = {word_of(appeal) for appeal in filed if appeal.state is not RequestState.REFUSED}
    costly = [line for line in lines if line.outcome in APPEALABLE and line.points < 0]
    return Objections(
        _about(filed, lines),
        rooms.clocks(filed, day),
        rooms.refusals(person, filed, day),
        [line for line in costly if line_word(line) not in taken and (window is None or window.is_open(line, day))],
        _until(window, day),
    )


def word_of(appeal: Stood) -> str:
    """Return the word by which forms name the line that an objection is about."""
    return f"task:{appeal.assignment_id}" if appeal.assignment_id else f"entry:{appeal.deduction_id}"


def _about(filed: Sequence[Stood], lines: Sequence[Line]) -> dict[int, str]:
    """Return what each objection is about; the line may not cost anything any more, or not be there on that day."""
    tasks = {line.fact.assignment_id: line.fact.number for line in lines if line.fact}
    found: dict[int, str] = {}
    for appeal in filed:
        number = tasks.get(appeal.assignment_id or 0)
        found[appeal.id] = say("第{number}项", number=number) if number else say("登记的扣分")
    return found


def _until(window: rooms.Window | None, today: date) -> str:
    if window is None:
        return say("评估结果公布以前，对正在扣分的行随时可以提出异议。")
    last = window.closes_after()
    if today <= last:
        return say("评估结果已于 {day:long} 公布，异议可以提到 {last:long} 为止。", day=window.published_on, last=last)
    return say(
        "评估结果已于 {day:long} 公布，异议期到 {last:long} 为止，已经结束；公布之后新登记的扣分从登记那天起另算。",
        day=window.published_on,
        last=last,
    )
