"""A unit's year as it stood on a past day, and what changed it between two days, event by event."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select

from tracker import clock
from tracker.appraisal import mirrors, queries
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import AppraisalAppeal, AppraisalDecision, SpecialApplication, SpecialJudgement
from tracker.appraisal.queries import Recorded, UnitSheet
from tracker.db import db
from tracker.rules.appraisal.decisions import SETTING, settings_of
from tracker.rules.status import RequestState
from tracker.rules.words import Words, say


class Cause(StrEnum):
    """What can change a unit's points."""

    RECORDED = "recorded"
    TAKEN_BACK = "taken_back"
    JUDGED = "judged"
    CORRECTED = "corrected"
    DECIDED = "decided"
    CITY = "city"


CAUSE_TEXT: dict[Cause, Words] = {
    Cause.RECORDED: say("登记"),
    Cause.TAKEN_BACK: say("撤销登记"),
    Cause.JUDGED: say("特色工作评定"),
    Cause.CORRECTED: say("更正特色工作评定"),
    Cause.DECIDED: say("领导小组决定"),
    Cause.CITY: say("市局对本区的扣分"),
}


Row = TypeVar("Row", AppraisalAppeal, SpecialApplication)


@dataclass(frozen=True)
class Movement:
    """An event, and what it moved: `change` is by how much the total changed, `total` what it was then.

    `day` is that of the record, `happened` that of what was recorded. `code` names the clause or item, `about` the
    entry, the application or the city's plan by its number; both are empty where there is none. What the city took
    stands at the day after the task was due, what it gave back at the second of the two days.
    """

    cause: Cause
    day: date
    at: datetime | None
    by: str
    code: str
    about: int | None
    note: str
    change: Decimal
    total: Decimal
    happened: date | None = None


@dataclass(frozen=True)
class Course:
    """A unit's year at the ends of two days, and everything in between, the earliest first."""

    first: date
    last: date
    before: UnitSheet
    after: UnitSheet
    movements: tuple[Movement, ...]

    @property
    def change(self) -> Decimal:
        """By how much the total changed; the changes of the movements add up to it."""
        return self.after.year.total - self.before.year.total


@dataclass(frozen=True)
class _City:
    """A task for which the city takes points from now on, or no longer."""

    task: Taken
    takes: bool

    @property
    def key(self) -> tuple[str, int]:
        return _task(self.task)


@dataclass(frozen=True)
class _Event:
    cause: Cause
    at: datetime
    by: str
    code: str
    about: int
    note: str
    row: Recorded | SpecialJudgement | AppraisalDecision | _City

    @property
    def order(self) -> tuple[datetime, int]:
        return self.at, self.about if isinstance(self.row, _City) else _number(self.row)


@dataclass(frozen=True)
class _Log:
    """The decisions that change points, the others, and the judgements of a unit's applications, each in their
    order."""

    decided: Sequence[AppraisalDecision]
    others: Sequence[AppraisalDecision]
    judged: Sequence[SpecialJudgement]


def on(sheet: UnitSheet, day: date, today: date) -> UnitSheet:
    """Return a unit's year as it stood at the end of a day; `sheet` is as it stands today.

    Two queries, and those of the city's score.
    """
    return _at_end_of(sheet, day, _log(sheet), _taken(sheet, day, today))


def course(sheet: UnitSheet, first: date, last: date, today: date) -> Course:
    """Return what changed a unit's year between the ends of two days, in either order."""
    first, last = min(first, last), max(first, last)
    log = _log(sheet)
    before = _at_end_of(sheet, first, log, _taken(sheet, first, today))
    after = _at_end_of(sheet, last, log, _taken(sheet, last, today))
    return Course(first, last, before, after, tuple(_movements(sheet, before, after, log, first, last)))


# ---- as it stood


def _log(sheet: UnitSheet) -> _Log:
    """Return what was decided and judged, in its order. Two queries."""
    by_kind: dict[bool, list[AppraisalDecision]] = {True: [], False: []}
    for row in queries.decision_rows(sheet.appraisal):
        by_kind[row.subject.partition(":")[0] in SETTING].append(row)
    own = [each.id for each in sheet.applications]
    judgements = select(SpecialJudgement).where(SpecialJudgement.application_id.in_(own))
    judged = db.session.scalars(judgements.order_by(SpecialJudgement.id))
    return _Log(by_kind[True], by_kind[False], list(judged))


def _taken(sheet: UnitSheet, day: date, today: date) -> tuple[Taken, ...]:
    """Return what the city had taken by a day; from the approval on that is what was frozen."""
    appraisal = sheet.appraisal
    if day >= (appraisal.approved_on or today):
        return sheet.taken
    if day < appraisal.starts_on:
        return ()
    own = {clause.code for item in sheet.items for clause in item.clauses}
    followed = tuple(each for each in sheet.known.terms.mirrors if each.clause in own)
    return mirrors.mirrored(followed, appraisal.issuer_id, min(day, appraisal.ends_on)) if followed else ()


def _at_end_of(sheet: UnitSheet, day: date, log: _Log, taken: tuple[Taken, ...]) -> UnitSheet:
    judged = {row.application_id: row for row in log.judged if _is_by(row.at, day)}
    return replace(
        sheet,
        settings=settings_of(_latest(row for row in log.decided if _is_by(row.at, day)), sheet.known.terms),
        recorded=tuple(_recorded_by(each, day) for each in sheet.recorded if _is_by(each.row.at, day)),
        taken=mirrors.attributed(taken, (row for row in log.others if _is_by(row.at, day))),
        answers_for=(),  # What another sheet pays is told of today alone.
        applications=tuple(
            _applied_by(each, day, judged.get(each.id)) for each in sheet.applications if _is_by(each.filed_at, day)
        ),
        files=tuple(each for each in sheet.files if _is_by(each.uploaded_at, day)),
    )


def _is_by(at: datetime | None, day: date) -> bool:
    return at is not None and clock.local(at).date() <= day


def _latest(rows: Iterable[AppraisalDecision]) -> dict[str, str]:
    return {row.subject: row.value for row in rows}


def _recorded_by(each: Recorded, day: date) -> Recorded:
    taken_back = each.reversal is not None and _is_by(each.reversal.at, day)
    return Recorded(
        each.row,
        each.reversal if taken_back else None,
        tuple(answer for answer in each.answers if _is_by(answer.at, day)),
        tuple(_asked_by(appeal, day) for appeal in each.appeals if _is_by(appeal.asked_at, day)),
        tuple(file for file in each.files if _is_by(file.uploaded_at, day)),
    )


def _asked_by(appeal: AppraisalAppeal, day: date) -> AppraisalAppeal:
    """Return an objection as it stood: what was answered later was not answered yet."""
    if appeal.decided_at is None or _is_by(appeal.decided_at, day):
        return appeal
    return _copy(appeal, state=RequestState.ASKED, decided_at=None, decided_by="", answer="")


def _applied_by(application: SpecialApplication, day: date, judged: SpecialJudgement | None) -> SpecialApplication:
    """Return an application as it stood: neither judged nor withdrawn by what came later."""
    withdrawn_at = application.withdrawn_at if _is_by(application.withdrawn_at, day) else None
    return _judged(_copy(application, withdrawn_at=withdrawn_at), judged)


def _judged(application: SpecialApplication, by: SpecialJudgement | None) -> SpecialApplication:
    """Return an application with a judgement, or with none."""
    return _copy(
        application,
        recognised=by and by.recognised,
        points=by and by.points,
        judgement=by.reason if by else "",
        judged_at=by and by.at,
        judged_by=by.actor_name if by else "",
    )


def _copy(row: Row, **changed: object) -> Row:
    """Return a row of its own that no session knows: what is shown of a past day is never stored."""
    kept = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
    return type(row)(**kept | changed)


# ---- what changed it


def _movements(
    sheet: UnitSheet,
    before: UnitSheet,
    after: UnitSheet,
    log: _Log,
    first: date,
    last: date,
) -> Iterator[Movement]:
    replay = _Replay(before, [row for row in log.decided if _is_by(row.at, first)], sheet.applications)
    events = (*_events(sheet, log), *_by_the_city(before.taken, after.taken, first, last))
    for event in sorted(events, key=lambda each: each.order):
        day = clock.local(event.at).date()
        if first < day <= last:
            yield from replay.move(event, day)


def _by_the_city(before: Iterable[Taken], after: Iterable[Taken], first: date, last: date) -> Iterator[_Event]:
    """Tell for which tasks the city took points between two days, and for which it gave them back."""
    was, now = ({_task(each): each for each in taken} for taken in (before, after))
    for key, one in {**was, **now}.items():
        lost, due = key not in was, one.fact.due_on
        if key in was and key in now and was[key].points == now[key].points:
            continue
        day = min(max(due, first) + timedelta(days=1), last) if lost and due else last
        what = {"doc": one.doc_number, "number": one.fact.number, "due": due or "—"}
        note = (
            say("{doc} 第{number}项，时限 {due}，到期未办结", **what)
            if lost
            else say("{doc} 第{number}项，时限 {due}，此间已办结、申诉成立或计分有变", **what)
        )
        # The first moment of the day after, or the last of the period: when it was given back is not looked for.
        moment = datetime.combine(day, time() if lost else time.max, clock.now().tzinfo)
        yield _Event(Cause.CITY, moment, "", one.clause, one.plan_id, note, _City(one, key in now))


def _task(taken: Taken) -> tuple[str, int]:
    return taken.clause, taken.fact.assignment_id


def _number(row: Recorded | SpecialJudgement | AppraisalDecision) -> int:
    return row.row.id if isinstance(row, Recorded) else row.id


def _events(sheet: UnitSheet, log: _Log) -> Iterator[_Event]:
    for each in sheet.recorded:
        row, back = each.row, each.reversal
        yield _Event(Cause.RECORDED, row.at, row.actor_name, row.code, row.id, row.note, replace(each, reversal=None))
        if back is not None:
            yield _Event(Cause.TAKEN_BACK, back.at, back.actor_name, row.code, row.id, back.note, each)
    titles = {each.id: each.title for each in sheet.applications}
    before: set[int] = set()
    for judged in log.judged:
        cause = Cause.CORRECTED if judged.application_id in before else Cause.JUDGED
        before.add(judged.application_id)
        said = f"{titles[judged.application_id]}：{judged.reason}"
        yield _Event(cause, judged.at, judged.actor_name, "", judged.application_id, said, judged)
    for decision in log.decided:
        about = decision.subject.partition(":")[2]
        yield _Event(Cause.DECIDED, decision.at, decision.actor_name, about, decision.id, decision.reason, decision)


class _Replay:
    """A unit's year while one event after another happens."""

    def __init__(
        self, before: UnitSheet, decided: Iterable[AppraisalDecision], applications: Iterable[SpecialApplication]
    ) -> None:
        """Begin with the state of the first day; `applications` are those of today, filed before they are judged."""
        self.before, self.total = before, before.year.total
        self.recorded = {each.row.id: each for each in before.recorded}
        self.applications = {each.id: each for each in before.applications}
        self.filed = {each.id: each for each in applications}
        self.decided = _latest(decided)
        self.taken = {_task(each): each for each in before.taken}

    def move(self, event: _Event, day: date) -> Iterator[Movement]:
        """Let something happen, and say what it moved; a decision that moves nothing is none of the unit's."""
        self._happen(event.row)
        earlier, self.total = self.total, self._total()
        change = self.total - earlier
        if event.cause is Cause.DECIDED:
            if change:
                yield Movement(event.cause, day, event.at, event.by, event.code, None, event.note, change, self.total)
            return
        happened = event.row.row.day if isinstance(event.row, Recorded) else None
        yield Movement(
            *(event.cause, day, event.at, event.by, event.code, event.about, event.note),
            *(change, self.total, happened),
        )

    def _happen(self, row: Recorded | SpecialJudgement | AppraisalDecision | _City) -> None:
        if isinstance(row, _City):
            self.taken.pop(row.key, None)
            if row.takes:
                self.taken[row.key] = row.task
        elif isinstance(row, Recorded):
            self.recorded[row.row.id] = row
        elif isinstance(row, SpecialJudgement):
            self.applications[row.application_id] = _judged(self.filed[row.application_id], row)
        else:
            self.decided[row.subject] = row.value

    def _total(self) -> Decimal:
        now = replace(
            self.before,
            settings=settings_of(self.decided, self.before.known.terms),
            recorded=tuple(self.recorded.values()),
            applications=tuple(self.applications.values()),
            taken=tuple(self.taken.values()),
        )
        return now.year.total
