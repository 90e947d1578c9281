"""Letters about rounds of indicators: one opens, a unit owes its answers, a question was answered, figures are wanted.

A reminder is due on the days that the rule names, counted from the unit's own last day, and goes out on working days
like every other letter: what falls on a day off goes out on the next working day. Of several the latest counts. Past
the last day one that was missed is made up for; before it, it is not, since another one follows.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker.db import db
from tracker.indicators import figures, questions, rounds
from tracker.indicators import queries as indicators
from tracker.indicators.forms import known_form
from tracker.indicators.models import Round, RoundUnit
from tracker.indicators.queries import Sheet
from tracker.indicators.questions import Asked
from tracker.indicators.rounds import Opening
from tracker.people.queries import Person
from tracker.reminders import queries
from tracker.reminders.digest import shortened
from tracker.reminders.notes import Note, queue, readers
from tracker.rules.calendar import previous_working_day
from tracker.rules.indicators.rounds import reminder_step
from tracker.rules.permissions import Actor, Role
from tracker.rules.words import say
from tracker.workdays import queries as workdays

KIND = "indicators"
MOST_LINES = 10
"""Of more indicators that an office is asked for, the letter says how many."""


def open_round(actor: Actor, at: datetime, wanted: Opening, base_url: str) -> Round:
    """Open a round, and write to the clerks and leads of its units. Raise as the opening."""
    found = rounds.open_round(actor, at, wanted)
    note = Note(
        say("【指标填报】{title}：请于 {day} 前上报", title=found.title, day=found.closes_on),
        say(
            "市局组织填报《{form}》，年度 {year} 年，{first:long} 开始，{last:long} 截止。",
            form=_form_title(found),
            year=found.year,
            first=found.opens_on,
            last=found.closes_on,
        ),
        tuple(filter(None, (found.instruction,))),
        say("去填报"),
        f"{base_url}/indicators/{found.id}",
        f"开始填报：{found.title}",
        at.date(),
    )
    persons = readers(wanted.unit_ids, (Role.CLERK, Role.LEAD), at.date())
    queue(KIND, f"{KIND}:{found.id}:opened", note, persons, at)
    return found


def answer(actor: Actor, at: datetime, round_id: int, question_id: int, text: str, base_url: str) -> Asked:
    """Answer a question, and write to the clerks of all units of the round. Raise as the answer."""
    asked = questions.answer(actor, at, round_id, question_id, text)
    found, row = db.session.get_one(Round, round_id), asked.question
    number = asked.indicator.number
    note = Note(
        say("【指标填报】第{number}项指标的提问已答复", number=number),
        say("{unit}问到第{number}项指标，市局已答复。答复适用于各区。", unit=asked.unit, number=number),
        (
            say("指标：{text}", text=shortened(asked.indicator.question)),
            say("问：{text}", text=row.text),
            say("答（{who}）：{text}", who=row.answered_by, text=row.answer),
        ),
        say("查看口径和全部答复"),
        f"{base_url}/indicators/{found.id}/questions?indicator={number}",
        f"答复第{number}项指标的提问：{found.title}",
        at.date(),
    )
    units = db.session.scalars(select(RoundUnit.unit_id).where(RoundUnit.round_id == round_id)).all()
    persons = readers(units, (Role.CLERK,), at.date())
    queue(KIND, f"{KIND}:{found.id}:answer{row.id}", note, persons, at)
    return asked


def ask_offices(
    actor: Actor,
    at: datetime,
    round_id: int,
    unit_id: int,
    keys: Collection[str],
    office_ids: Collection[int],
    base_url: str,
) -> figures.Asked:
    """Ask offices for parts of sums, and write to those that are asked for something new. Raise as the asking."""
    asked = figures.ask(actor, at, round_id, unit_id, keys, office_ids)
    sheet = indicators.sheet(actor, round_id, unit_id)
    by_blanks: dict[tuple[str, ...], list[Person]] = {}
    for person in readers(asked.new, (Role.OFFICE,), at.date()):
        by_blanks.setdefault(asked.new[person.unit_id], []).append(person)
    for blanks, persons in by_blanks.items():
        note = _request(sheet, blanks, at.date(), base_url)
        # Whoever is asked again, for something else, hears of it again.
        queue(KIND, f"{KIND}:{round_id}:figures:{at:%Y%m%dT%H%M%S}", note, persons, at)
    return asked


def _request(sheet: Sheet, blanks: Collection[str], day: date, base_url: str) -> Note:
    asked = [indicator for key, indicator, _ in sheet.known.form.fields() if key in blanks]
    lines = dict.fromkeys(f"{each.code}　{shortened(each.question)}" for each in asked)
    subject = say("【指标填报】{unit}要 {n} 个数，请于 {day} 前报送", unit=sheet.unit, n=len(blanks), day=sheet.due)
    if day > sheet.due:
        subject = say("【指标填报】{unit}要 {n} 个数，截止日已过，请尽快报送", unit=sheet.unit, n=len(blanks))
    return Note(
        subject,
        say(
            "{unit}填报《{form}》，年度 {year} 年，需要本所的 {n} 个数，{last:long} 截止。",
            unit=sheet.unit,
            form=_form_title(sheet.round),
            year=sheet.round.year,
            n=len(blanks),
            last=sheet.due,
        ),
        (*list(lines)[:MOST_LINES], *([say("等 {n} 项指标。", n=len(lines))] if len(lines) > MOST_LINES else [])),
        say("去填写"),
        f"{base_url}/indicators/figures",
        f"{sheet.round.title}：{sheet.unit}要 {len(blanks)} 个数",
        day,
    )


def remind(day: date, at: datetime, base_url: str) -> int:
    """Queue the reminders of a day to clerks and leads of units that owe their answers; return how many were new.

    The same day twice adds nothing; who submitted, and whoever is in a round that was ended, hears nothing.
    """
    calendar = workdays.calendar()
    if not queries.goes_out(day, calendar):
        return 0
    since = previous_working_day(day - timedelta(days=1), calendar.is_working)
    wanted = indicators.units_of(Round.closed_on.is_(None), Round.opens_on <= day, RoundUnit.submitted_on.is_(None))
    owing = [(sheet, step) for sheet in indicators.sheets(wanted) if (step := owed_step(sheet.due, day, since))]
    if not owing:
        return 0
    by_unit: dict[int, list[Person]] = {}
    for person in readers([sheet.unit_id for sheet, _ in owing], (Role.CLERK, Role.LEAD), day):
        by_unit.setdefault(person.unit_id, []).append(person)
    queued = 0
    for sheet, step in owing:
        key = f"{KIND}:{sheet.round.id}:{sheet.due}:{step}"
        queued += queue(KIND, key, _reminder(sheet, day, base_url), by_unit.get(sheet.unit_id, []), at)
    return queued


def owed_step(due: date, day: date, since: date) -> str:
    """Name the latest reminder that was owed after `since`, and past the last day ever; empty where none was."""
    first = min(since, due) if day > due else since
    days = ((day - timedelta(days=back)) for back in range((day - first).days))
    return next(filter(None, (reminder_step(due, each) for each in days)), "")


def _reminder(sheet: Sheet, day: date, base_url: str) -> Note:
    left, title = (sheet.due - day).days, sheet.round.title
    if left > 0:
        when = say("还有 {n} 天截止", n=left)
    elif left == 0:
        when = say("今天截止")
    else:
        when = say("已逾期 {n} 天", n=-left)
    total = len(sheet.known.form.indicators)
    return Note(
        say("【指标填报】{title}：{when}，本区还没有上报", title=title, when=when),
        say("{unit}还没有上报，截止日 {due:long}，{when}。", unit=sheet.unit, due=sheet.due, when=when),
        (
            say("已填 {n}/{total} 项指标。", n=sheet.answered, total=total),
            say("填好后由区局负责人上报；有困难的，请联系市局督办人员延期。"),
        ),
        say("去填报"),
        f"{base_url}/indicators/{sheet.round.id}/{sheet.unit_id}",
        f"{title}：{sheet.unit}未上报",
        day,
    )


def _form_title(found: Round) -> str:
    return known_form(found.form).form.title
