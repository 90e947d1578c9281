"""The lines of a score on paper and as a file: each with what it rests on, what did not count, and by whom."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tracker import clock
from tracker.overview.tables import Table, Value
from tracker.rules.scoring import Line, Outcome
from tracker.rules.words import say
from tracker.scoring.circumstances import Happened
from tracker.scoring.grounds import Ground
from tracker.scoring.queries import Explanation
from tracker.web import printing
from tracker.web.printing import Column


def plain(points: Decimal) -> str:
    """Return points without zeros that say nothing."""
    return f"{points.normalize():f}"


def signed(line: Line) -> str:
    """Return a line's points as the page shows them: what is given back has a sign, what is lost a minus."""
    given = line.points > 0 and (line.outcome in (Outcome.CAP, Outcome.EXCUSED) or line.entry is not None)
    return f"{'+' if given else ''}{plain(line.points)}".replace("-", "−")


def on_paper(plan: Any, found: Explanation, told: Sequence[tuple[Ground, str]]) -> str:
    """Return every line on A4; `told` says of each what is on record."""
    columns = (
        Column(say("序号"), "number"),
        Column(say("任务")),
        Column(say("完成时限"), "fixed"),
        Column(say("事实和佐证")),
        Column(say("得分"), "number"),
    )
    rows: list[tuple[object, ...]] = [_printed(ground, words) for ground, words in told]
    rows.append(("", say("各行相加，得分"), "", "", plain(found.standing.points.score)))
    end = say(
        "规则 {rule}：“{quote}”——{source}",
        rule=found.rule.name,
        quote=found.rule.quote,
        source=found.rule.source,
    )
    title = say("{district}得分说明", district=found.standing.district)
    return printing.print_list(title, _note(plan, found), columns, rows, end)


def _note(plan: Any, found: Explanation) -> str:
    standing, points = found.standing, found.standing.points
    return say(
        "{number}，截至 {day:long}；办结 {done}/应办结 {due}；应扣 {raw}，实扣 {deducted}；得分 {score}，第 {rank} 名",
        number=plan.doc_number,
        day=found.day,
        done=standing.tally.completed_due,
        due=standing.tally.due,
        raw=plain(points.raw_deduction),
        deducted=plain(points.deducted),
        score=plain(points.score),
        rank=standing.rank,
    )


def _printed(ground: Ground, words: str) -> tuple[object, ...]:
    line = ground.line
    if line.fact is None:
        return "", line.reason, "", _entered(line), signed(line)
    told = [line.reason, *_basis(ground)] + ([] if line.outcome is Outcome.EXCUSED else [words])
    return line.fact.number, line.fact.text, _due(line), say("{told}", told=told), signed(line)


def _due(line: Line) -> object:
    fact = line.fact
    if fact is None or fact.original_due_on is None:
        return "" if fact is None else fact.due_on or ""
    return say("{due}，原 {original}", due=fact.due_on or "", original=fact.original_due_on)


def _entered(line: Line) -> str:
    return say("{who}登记于 {day}", who=line.entry.by, day=line.entry.day) if line.entry else ""


def _basis(ground: Ground) -> list[str]:
    """Say by whom and when what a line rests on was done, and what was said in objection and answer."""
    events = ([ground.rests_on] if ground.rests_on else []) + list(ground.objections)
    return [_told(event) for event in events]


def _told(event: Happened) -> str:
    if event.reason:
        return say("{day} {who} {what}：{why}", day=event.day, who=event.by, what=event.what, why=event.reason)
    return say("{day} {who} {what}", day=event.day, who=event.by, what=event.what)


HEADS = (
    *(
        say("序号"),
        say("任务"),
        say("完成时限"),
        say("原时限"),
        say("延期次数"),
        say("事实"),
        say("未计入"),
        say("依据"),
    ),
    *(say("填报次数"), say("佐证"), say("规则"), say("原文行"), say("得分")),
)


def lines_table(found: Explanation, told: Sequence[Ground]) -> Table:
    """Return every line of a score as a table."""
    standing = found.standing
    return Table(
        say("{district}得分说明", district=standing.short_name),
        say(
            "截至 {day}，办结 {done} / 应办结 {due}，应扣 {raw}，实扣 {deducted}，得分 {score}，导出于 {at}",
            day=found.day,
            done=standing.tally.completed_due,
            due=standing.tally.due,
            raw=plain(standing.points.raw_deduction),
            deducted=plain(standing.points.deducted),
            score=plain(standing.points.score),
            at=f"{clock.now():%Y-%m-%d %H:%M}",
        ),
        HEADS,
        [_row(ground, found) for ground in told],
    )


def _row(ground: Ground, found: Explanation) -> tuple[Value, ...]:
    line, fact = ground.line, ground.line.fact
    rule = "" if line.outcome in (Outcome.BASE, Outcome.ENTERED) else found.rule.name
    if fact is None:
        return ("", "", None, None, "", line.reason, "", _entered(line), "", "", rule, "", line.points)
    files = [say("{name}（第 {n} 版）", name=file.name, n=file.version) for file in ground.found.files]
    return (
        *(fact.number, fact.text, fact.due_on, fact.original_due_on, fact.extensions or "", line.reason),
        *(ground.left_out, say("{told}", told=_basis(ground)), len(ground.found.reports)),
        *(say("{files}", files=files), rule, f"{fact.line_from}–{fact.line_to}" if fact.line_from else "", line.points),
    )
