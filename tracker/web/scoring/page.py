"""A district's score explained: every line with its task, its rule, what is on record, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask import render_template, request

from tracker import clock
from tracker.reminders import urges
from tracker.rules import forecasts as readings
from tracker.rules.permissions import Action, may
from tracker.rules.score_terms import OFFICES_TEXT
from tracker.rules.scoring import Cause, Fact, Line, Outcome
from tracker.rules.scoring import points as points_of
from tracker.rules.status import Status
from tracker.rules.words import Words, say
from tracker.scoring import appeals as rooms
from tracker.scoring import grounds, queries, sheets
from tracker.scoring.appeals import Stood
from tracker.scoring.grounds import Ground
from tracker.scoring.operations import APPEALABLE
from tracker.scoring.queries import Explanation
from tracker.web import printing
from tracker.web.overview.links import COUNTED, opens_tasks
from tracker.web.paging import address
from tracker.web.scoring.forms import AnswerForm, AppealForm, DeductionForm, line_word
from tracker.web.scoring.leads import leads
from tracker.web.scoring.lines import on_paper, signed
from tracker.web.scoring.objections import APPEAL_TEXT, objections, word_of
from tracker.web.session import actor

MANY = 40
"""A page of more lines says of each only what it rests on; the whole course stands on the task's own page."""


class Kind(StrEnum):
    """Why a task costs nothing."""

    LATE = "late"
    JUDGED = "judged"
    EXEMPT = "exempt"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    NOT_DUE = "not_due"
    ENDLESS = "endless"
    DONE = "done"


KIND_TEXT: dict[Kind, str] = {
    Kind.LATE: say("逾期后办结，不扣分"),
    Kind.JUDGED: say("按评估认定"),
    Kind.EXEMPT: say("不适用，不计"),
    Kind.WITHDRAWN: say("已撤销，不计"),
    Kind.EXTENDED: say("已延期，未到期"),
    Kind.NOT_DUE: say("未到期"),
    Kind.ENDLESS: say("持续推进，无截止日"),
    Kind.DONE: say("按期办结"),
}


@dataclass(frozen=True)
class Row:
    """A line of the page: its ground, how often it was urged, and how to object to it."""

    ground: Ground
    urged: int
    appeal_word: str
    appeal_state: str

    @property
    def line(self) -> Line:
        """The line itself."""
        return self.ground.line

    @property
    def told(self) -> Words:
        """Say what is on record: reports, files, 催办."""
        reports = self.ground.found.reports
        if not reports:
            return say("没有填报，催办 {urged} 次", urged=self.urged)
        return say(
            "填报 {reports} 次，最近 {day}；佐证 {files} 份；催办 {urged} 次",
            reports=len(reports),
            day=reports[-1].day,
            files=len(self.ground.found.files),
            urged=self.urged,
        )


@dataclass(frozen=True)
class Group:
    """Lines that cost nothing, for the same reason."""

    kind: Kind
    rows: list[Row]

    @property
    def label(self) -> str:
        """The reason in words."""
        return KIND_TEXT[self.kind]


@dataclass(frozen=True)
class Reading:
    """How the rule's cap is read, how it can be read otherwise, and the score then (X2-02)."""

    most: Decimal
    other_most: Decimal
    other_score: Decimal


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
    filed, today = queries.appeals(plan, unit_id), clock.today()
    appeals = rooms.stood(filed, found.day)
    rows = _rows(found, grounds.of(found, filed), appeals)
    if printing.is_wanted():
        return on_paper(plan, found, [(row.ground, row.told) for row in rows])
    appeal = appeal or AppealForm(formdata=None, data={"line": request.args.get("line")})
    desk = objections(person, plan, appeals, found.lines, min(found.day, today))
    appeal.offer(desk.open_lines)
    return render_template(
        "scoring/explanation.html",
        opens=opens_tasks(person),
        plan=plan,
        due_link=leads(plan.id, found.rule, found.day)(unit_id, COUNTED, due_by=found.day - timedelta(days=1)),
        found=found,
        moved=[row for row in rows if row.line.points or row.line.outcome is Outcome.BASE],
        groups=_groups(rows),
        whole=len(rows) <= MANY or "full" in request.args,
        many=len(rows) > MANY,
        reading=reading(found),
        offices=OFFICES_TEXT[found.rule.offices],
        day=asked,
        sealed=sheets.frozen(plan.id),
        appeals=appeals,
        appeal_text=APPEAL_TEXT,
        desk=desk,
        deduction_form=deduction or DeductionForm(formdata=None, data={"seen": _newest(found)}),
        appeal_form=appeal,
        answers=answers or {},
        may_export=may(person, Action.EXPORT_SCORE),
        may_deduct=may(person, Action.DEDUCT),
        # On a day gone by objections stand as they stood then: they are filed and decided on the page of today.
        past=found.day < today,
        acts_today=may(person, Action.APPEAL) or may(person, Action.DECIDE_APPEAL),
        may_appeal=found.day >= today and may(person, Action.APPEAL),
        may_decide=found.day >= today and may(person, Action.DECIDE_APPEAL),
        address=address,
        signed=signed,
        print_address=printing.print_address(),
    )


def _newest(found: Explanation) -> int:
    """Return the number of the newest entry shown, zero where there is none."""
    return max((line.entry.id for line in found.lines if line.entry), default=0)


def reading(found: Explanation) -> Reading | None:
    """Return the two readings of the rule's cap; None where there is only one."""
    other = readings.other_reading(found.rule)
    if other is None:
        return None
    score = points_of(other, found.standing.tally).score
    return Reading(found.rule.most, other.most, score)


def _rows(found: Explanation, told: Sequence[Ground], appeals: Sequence[Stood]) -> list[Row]:
    """Return every line with the 催办 of its task and the newest appeal against it."""
    urged = urges.counts([line.fact.assignment_id for line in found.lines if line.fact], found.day)
    states: dict[str, str] = {}
    for appeal in appeals:
        states.setdefault(word_of(appeal), APPEAL_TEXT[appeal.state])
    rows = []
    for ground in told:
        line = ground.line
        id_ = line.fact.assignment_id if line.fact else 0
        word = line_word(line) if line.outcome in APPEALABLE and line.points < 0 else ""
        rows.append(Row(ground, urged[id_].number if id_ in urged else 0, word, states.get(word, "")))
    return rows


def _groups(rows: Sequence[Row]) -> list[Group]:
    """Return the lines that cost nothing by their reason, in the order of Kind."""
    found: dict[Kind, list[Row]] = {}
    for row in rows:
        if row.line.fact is not None and not row.line.points:
            found.setdefault(_kind(row.line, row.line.fact), []).append(row)
    return [Group(kind, found[kind]) for kind in Kind if kind in found]


def _kind(line: Line, fact: Fact) -> Kind:
    if fact.judged is not None and fact.judged.cause is Cause.EVALUATION:
        return Kind.JUDGED
    if line.outcome is Outcome.EXCLUDED:
        return Kind.EXEMPT if fact.status is Status.EXEMPT else Kind.WITHDRAWN
    if line.outcome is Outcome.NOT_DUE:
        if fact.due_on is None:
            return Kind.ENDLESS
        return Kind.EXTENDED if fact.extensions else Kind.NOT_DUE
    return Kind.LATE if line.outcome is Outcome.LATE else Kind.DONE
