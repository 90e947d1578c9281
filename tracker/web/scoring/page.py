"""A district's score explained: each lost point with its task, its rule and what is on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request

from tracker import clock
from tracker.overview.tables import Table
from tracker.reminders import urges
from tracker.rules.calendar import days_overdue
from tracker.rules.permissions import Action, may
from tracker.rules.scoring import Line, Outcome
from tracker.rules.words import Words, say
from tracker.scoring import evidence, queries, sheets
from tracker.scoring.evidence import NOTHING, Record
from tracker.scoring.operations import APPEALABLE
from tracker.scoring.queries import Explanation, UnknownTasks
from tracker.web import printing
from tracker.web.overview.links import COUNTED, ledger
from tracker.web.paging import address
from tracker.web.printing import Column
from tracker.web.scoring.forms import AnswerForm, AppealForm, DeductionForm, line_word
from tracker.web.session import actor

APPEAL_TEXT = {"asked": say("待裁定"), "granted": say("成立，已退回所扣的分"), "refused": say("不成立")}


@dataclass(frozen=True)
class Moved:
    """A line that moves points: how late the task is, what is on record for it, and how to object to it."""

    line: Line
    late_days: int
    record: Record
    urged: int
    appeal_word: str
    appeal_state: str

    @property
    def told(self) -> Words:
        """Say what is on record: reports, files, 催办."""
        if not self.record.reports:
            return say("没有填报，催办 {urged} 次", urged=self.urged)
        return say(
            "填报 {reports} 次，最近 {day}；佐证 {files} 份；催办 {urged} 次",
            reports=self.record.reports,
            day=self.record.last_on,
            files=self.record.files,
            urged=self.urged,
        )


def page_of(
    plan: Any,
    unit_id: int,
    asked: date,
    deduction: DeductionForm | None = None,
    appeal: AppealForm | None = None,
    answers: dict[int, AnswerForm] | None = None,
) -> str:
    """Return a district's page, with a refused form's text kept."""
    person = actor()
    found = queries.explanation(person, plan, unit_id, asked)
    if printing.is_wanted():
        return _on_paper(plan, found)
    chosen = [value for value in request.args.getlist("complete") if value]
    forecast, problem = None, ""
    if chosen:
        try:
            forecast = queries.forecast(person, plan, unit_id, asked, chosen)
        except UnknownTasks as unknown:
            problem = str(unknown)
    appeal = appeal or AppealForm(formdata=None, data={"line": request.args.get("line")})
    appeal.offer(found.lines)
    appeals = queries.appeals(plan, unit_id)
    return render_template(
        "scoring/explanation.html",
        plan=plan,
        due_link=ledger(plan.id, asked, COUNTED, district=unit_id, due_by=asked - timedelta(days=1)),
        found=found,
        moved=_moved(found, appeals),
        rest=[line for line in found.lines if line.fact and not line.points],
        day=asked,
        forecast=forecast,
        problem=problem,
        chosen=set(chosen),
        sealed=sheets.frozen(plan.id),
        appeals=appeals,
        appeal_text=APPEAL_TEXT,
        deduction_form=deduction or DeductionForm(formdata=None),
        appeal_form=appeal,
        answers=answers or {},
        may_export=may(person, Action.EXPORT_SCORE),
        may_deduct=may(person, Action.DEDUCT),
        may_appeal=may(person, Action.APPEAL),
        may_decide=may(person, Action.DECIDE_APPEAL),
        address=address,
        signed=signed,
        print_address=printing.print_address(),
    )


def _moved(found: Explanation, appeals: Sequence[Any]) -> list[Moved]:
    """Return the lines that move points, with what is on record for their tasks, and the newest appeal against each."""
    lines = [line for line in found.lines if line.points or line.outcome is Outcome.BASE]
    ids = [line.fact.assignment_id for line in lines if line.fact]
    filed, urged = evidence.records(ids, found.day), urges.counts(ids, found.day)
    states: dict[str, str] = {}
    for appeal in appeals:
        word = f"task:{appeal.assignment_id}" if appeal.assignment_id else f"entry:{appeal.deduction_id}"
        states.setdefault(word, APPEAL_TEXT[appeal.state])
    moved = []
    for line in lines:
        id_ = line.fact.assignment_id if line.fact else 0
        word = line_word(line) if line.outcome in APPEALABLE else ""
        times = urged[id_].number if id_ in urged else 0
        record = filed.get(id_, NOTHING)
        moved.append(Moved(line, _late_days(line, found.day), record, times, word, states.get(word, "")))
    return moved


def _late_days(line: Line, day: date) -> int:
    if line.fact is None or line.outcome not in (Outcome.MISSED, Outcome.LATE):
        return 0
    return days_overdue(line.fact.due_on, line.fact.completed_on or day)


def signed(line: Line) -> str:
    """Return a line's points as the page shows them: what is given back has a sign, what is lost a minus."""
    given = line.points > 0 and (line.outcome in (Outcome.CAP, Outcome.EXCUSED) or line.entry is not None)
    return f"{'+' if given else ''}{line.points.normalize():f}".replace("-", "−")


def _on_paper(plan: Any, found: Explanation) -> str:
    standing, points = found.standing, found.standing.points
    title = say("{district}得分说明", district=standing.district)
    note = say(
        "{number}，截至 {day:long}：{base} − {deducted} = {score} 分，第 {rank} 名",
        number=plan.doc_number,
        day=found.day,
        base=_plain(points.base),
        deducted=_plain(points.deducted),
        score=_plain(points.score),
        rank=standing.rank,
    )
    columns = (
        Column(say("序号"), "number"),
        Column(say("任务")),
        Column(say("完成时限"), "fixed"),
        Column(say("逾期天数"), "number"),
        Column(say("事实和佐证")),
        Column(say("得分"), "number"),
    )
    rows = [
        (
            moved.line.fact.number if moved.line.fact else "",
            moved.line.fact.text if moved.line.fact else moved.line.reason,
            moved.line.fact.due_on if moved.line.fact else "",
            moved.late_days or "",
            say("{fact}；{record}", fact=moved.line.reason, record=moved.told) if moved.line.fact else "",
            signed(moved.line),
        )
        for moved in _moved(found, [])
    ]
    rows.append(("", say("各行相加，得分"), "", "", "", _plain(points.score)))
    end = say("依据：“{quote}”——{source}", quote=found.rule.quote, source=found.rule.source)
    return printing.print_list(title, note, columns, rows, end)


def _plain(points: Any) -> str:
    return f"{points.normalize():f}"


def lines_table(found: Explanation) -> Table:
    """Return every line of a score as a table."""
    return Table(
        say("{district}得分说明", district=found.standing.short_name),
        say(
            "截至 {day}，得分 {score}，导出于 {at}",
            day=found.day,
            score=found.standing.points.score,
            at=f"{clock.now():%Y-%m-%d %H:%M}",
        ),
        (say("序号"), say("任务"), say("完成时限"), say("事实"), say("原文行"), say("得分")),
        [
            (
                line.fact.number if line.fact else "",
                line.fact.text if line.fact else "",
                line.fact.due_on if line.fact else None,
                line.reason,
                f"{line.fact.line_from}–{line.fact.line_to}" if line.fact else "",
                line.points,
            )
            for line in found.lines
        ],
    )
