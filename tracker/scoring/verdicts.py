"""Keeps what is said of tasks at an evaluation, row by row: who was slower is told, and loses nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from tracker.db import db
from tracker.rules.evaluation import VERDICT_TEXT, Stage, Verdict
from tracker.rules.permissions import Actor
from tracker.rules.words import say
from tracker.scoring.evaluation_queries import Item, Word, mark
from tracker.scoring.models import EvaluationResult

MAX_COMMENT = 500
UNCHOSEN = say("请选择完成、未完成或不适用。")


class Said(NamedTuple):
    """A row as somebody sent it; `seen` is the token of what the row was opened with."""

    verdict: Verdict | None
    comment: str
    seen: str


class Changed(NamedTuple):
    """A row that somebody else changed meanwhile: what was sent, and what stands."""

    item: Item
    mine: Said
    theirs: Word


class RowsRefused(ValueError):
    """A form that cannot be kept as it is: for each assignment which field and what is wrong, and of the summary."""

    def __init__(self, problems: dict[int, tuple[str, str]], summary: str = "") -> None:
        """Keep the problems."""
        super().__init__(say("有 {n} 处需要修改，尚未保存。", n=len(problems) + bool(summary)))
        self.problems, self.summary = problems, summary


class RowsChanged(ValueError):
    """Rows that somebody else changed since the page was opened; nothing of the form was kept."""

    def __init__(self, rows: Sequence[Changed], summary: str | None = None) -> None:
        """Keep both sides; `summary` is the one that stands, where it was changed."""
        super().__init__(say("在您填写期间，他人已保存了新的内容，您的内容还没有保存。"))
        self.rows, self.summary = rows, summary


def is_touched(said: Said) -> bool:
    """Tell whether a row says something else than when it was opened."""
    return said.seen != mark(said.verdict or "", said.comment)


def _is_stale(item: Item, stage: Stage, said: Said) -> bool:
    return said.seen != item.word(stage).seen


def _says_the_same(item: Item, stage: Stage, said: Said) -> bool:
    word = item.word(stage)
    return (word.verdict, word.comment) == (said.verdict, said.comment)


def changed(items: Iterable[Item], stage: Stage, said: dict[int, Said], strict: bool = False) -> list[Changed]:
    """Return the rows that were changed by both; with `strict` also those that only somebody else changed."""
    found = [
        (item, said[item.assignment_id])
        for item in items
        if item.assignment_id in said and _is_stale(item, stage, said[item.assignment_id])
    ]
    return [
        Changed(item, mine, item.word(stage))
        for item, mine in found
        if not _says_the_same(item, stage, mine) and (strict or is_touched(mine))
    ]


def check(items: Iterable[Item], stage: Stage, said: dict[int, Said]) -> list[tuple[Item, Said]]:
    """Return the rows that say something new; raise RowsRefused for those that cannot be kept."""
    new = [
        (item, said[item.assignment_id])
        for item in items
        if item.assignment_id in said
        and is_touched(said[item.assignment_id])
        and not _says_the_same(item, stage, said[item.assignment_id])
    ]
    found = {item.assignment_id: _problem(item, one) for item, one in new}
    problems = {id_: problem for id_, problem in found.items() if problem is not None}
    if problems:
        raise RowsRefused(problems)
    return new


def _problem(item: Item, said: Said) -> tuple[str, str] | None:
    if said.verdict is None:
        return "verdict", UNCHOSEN
    if len(said.comment) > MAX_COMMENT:
        return "comment", say("说明最多 {most} 字，现有 {n} 字，请精简。", most=MAX_COMMENT, n=len(said.comment))
    if said.verdict is not item.recorded and not said.comment:
        return "comment", say("与记录（{verdict}）不同，请写明理由。", verdict=VERDICT_TEXT[item.recorded])
    return None


def keep(actor: Actor, at: datetime, stage: Stage, plan_id: int, new: Sequence[tuple[Item, Said]]) -> None:
    """Store rows that `check` returned; the caller holds the evaluation, so that nobody stores others meanwhile."""
    ids = [item.assignment_id for item, _ in new if item.word(stage).version]
    wanted = select(EvaluationResult).where(
        EvaluationResult.stage == stage, EvaluationResult.assignment_id.in_(sorted(ids))
    )
    stored = {row.assignment_id: row for row in db.session.scalars(wanted)} if ids else {}
    fresh = []
    for item, said in new:
        told = {**_told(said), "day": at.date(), "at": at, "actor_id": actor.id, "actor_name": actor.name}
        row = stored.get(item.assignment_id)
        if row is None:
            fresh.append(
                {**told, "plan_id": plan_id, "assignment_id": item.assignment_id, "stage": stage, "version": 1}
            )
            continue
        for name, value in told.items():
            setattr(row, name, value)
    if fresh:
        db.session.execute(insert(EvaluationResult), fresh)
    db.session.flush()  # what is read again in this transaction must hold the new words


def _told(said: Said) -> dict[str, object]:
    return {"verdict": said.verdict, "comment": said.comment}


def by_record(items: Iterable[Item], stage: Stage) -> list[tuple[Item, Said]]:
    """Return the rows of which nothing was said yet, with what the record says."""
    return [
        (item, Said(item.recorded, "", item.word(stage).seen)) for item in items if item.word(stage).verdict is None
    ]


def words(new: Sequence[tuple[Item, Said]]) -> str:
    """Return rows for the record of acts."""
    return "；".join(
        f"第{item.number}项 {VERDICT_TEXT[said.verdict]}{f'（{said.comment}）' if said.comment else ''}"
        for item, said in new
        if said.verdict is not None
    )
