"""The objections of a district on its page: what they are about, their clocks, who must not answer, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.rules.appeals import Clock
from tracker.rules.permissions import Actor
from tracker.rules.scoring import Line
from tracker.rules.words import say
from tracker.scoring import appeals as rooms
from tracker.scoring.operations import APPEALABLE
from tracker.web.scoring.forms import line_word

APPEAL_TEXT = {"asked": say("待裁定"), "granted": say("成立，已退回所扣的分"), "refused": say("不成立")}


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


def objections(person: Actor, plan: Any, filed: Sequence[Any], lines: Sequence[Line], today: date) -> Objections:
    """Return what the page of a district says of its objections."""
    window = rooms.window(plan)
    costly = [line for line in lines if line.outcome in APPEALABLE and line.points < 0]
    return Objections(
        _about(filed, lines),
        rooms.clocks(filed, today),
        rooms.refusals(person, filed, today),
        [line for line in costly if window is None or window.is_open(line, today)],
        _until(window, today),
    )


def _about(filed: Sequence[Any], lines: Sequence[Line]) -> dict[int, str]:
    """Return what each objection is about; the line may not cost anything any more, or not be there on that day."""
    tasks = {line.fact.assignment_id: line.fact.number for line in lines if line.fact}
    found: dict[int, str] = {}
    for appeal in filed:
        number = tasks.get(appeal.assignment_id)
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
