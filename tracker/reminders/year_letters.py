"""Letters about a year of appraisal: something was recorded, answered or taken back, an appeal came in or was decided,
special work was applied for or judged, a unit handed its own appraisal in, the year was compiled, returned, approved or
reopened, the result is out."""

from datetime import date, datetime
from decimal import Decimal

from tracker.appraisal import appeals, entries, own, reopening, results, special
from tracker.appraisal import queries as appraisals
from tracker.appraisal.entries import Recording
from tracker.appraisal.models import (
    Appraisal,
    AppraisalAnswer,
    AppraisalAppeal,
    AppraisalEntry,
    AppraisalFreeze,
    AppraisalUnit,
    SpecialApplication,
)
from tracker.appraisal.own import Written
from tracker.appraisal.special import Applying, Judging
from tracker.people import queries as people
from tracker.reminders.notes import Note, queue, readers
from tracker.rules.appraisal.points import Entry, is_judged_per_case
from tracker.rules.appraisal.scheme import Clause
from tracker.rules.appraisal.steps import Part
from tracker.rules.appraisal.wording import of_cases
from tracker.rules.decimals import plain
from tracker.rules.permissions import Actor, Role
from tracker.rules.status import RequestState
from tracker.rules.words import say

KIND = "appraisal"
LONGEST = 300
"""Characters of what somebody wrote that a letter quotes."""


def record(
    actor: Actor, at: datetime, appraisal_id: int, unit_id: int, wanted: Recording, base_url: str
) -> AppraisalEntry:
    """Record something of a unit, and write to it. Raise as the recording."""
    row = entries.record(actor, at, appraisal_id, unit_id, wanted)
    found = appraisals.appraisal_of(actor, appraisal_id)
    unit = entries.unit_of(found, unit_id)
    subject = say("【考评】{unit}有一条新的考评登记", unit=unit.name)
    intro = say("{who}登记了一条考评记录。有不同情况的，可以答复或提出异议。", who=actor.name)
    note = _note(subject, intro, _lines(found, row), _link(base_url, appraisal_id, row.id), unit, at.date())
    _tell(note, [unit], f"entry{row.id}", at)
    return row


def answer(actor: Actor, at: datetime, appraisal_id: int, entry_id: int, text: str, base_url: str) -> AppraisalAnswer:
    """Answer an entry, and write to whoever recorded it. Raise as the answer."""
    said = entries.answer(actor, at, appraisal_id, entry_id, text)
    found = appraisals.appraisal_of(actor, appraisal_id)
    row, unit = entries.entry_of(found, entry_id)
    subject = say("【考评】{unit}答复了一条考评登记", unit=unit.name)
    intro = say("{who}对这条登记作了答复。", who=actor.name)
    lines = (*_lines(found, row), say("答复：{text}", text=_brief(said.text)))
    note = _note(subject, intro, lines, _link(base_url, appraisal_id, row.id), unit, at.date())
    _tell_recorders(found, unit, row, note, f"entry{row.id}:answer{said.id}", at)
    return said


def reverse(actor: Actor, at: datetime, appraisal_id: int, entry_id: int, reason: str, base_url: str) -> AppraisalEntry:
    """Take an entry's effect back, and write to its unit. Raise as the taking back."""
    undone = entries.reverse(actor, at, appraisal_id, entry_id, reason)
    found = appraisals.appraisal_of(actor, appraisal_id)
    row, unit = entries.entry_of(found, entry_id)
    subject = say("【考评】{unit}的一条考评登记已撤销", unit=unit.name)
    intro = say("{who}撤销了一条考评登记，它不再计分。", who=actor.name)
    lines = (*_lines(found, row), say("撤销理由：{text}", text=_brief(undone.note)))
    note = _note(subject, intro, lines, _link(base_url, appraisal_id, row.id), unit, at.date())
    _tell(note, [unit], f"entry{row.id}:reversed", at)
    return undone


def appeal(actor: Actor, at: datetime, appraisal_id: int, entry_id: int, reason: str, base_url: str) -> AppraisalAppeal:
    """Object to an entry, and write to the leading group. Raise as the objection."""
    asked = appeals.appeal(actor, at, appraisal_id, entry_id, reason)
    found = appraisals.appraisal_of(actor, appraisal_id)
    row, unit = entries.entry_of(found, entry_id)
    subject = say("【考评】{unit}对一条考评登记提出异议，请裁定", unit=unit.name)
    by = appeals.clock_of(asked.day, at.date()).answer_by
    intro = say("应于 {day:long} 前答复。登记这一条的人不能裁定。", day=by)
    lines = (*_lines(found, row), say("异议：{text}", text=_brief(asked.reason)))
    link = f"{base_url}/appraisal/{appraisal_id}/appeals/{asked.id}"
    note = _note(subject, intro, lines, link, unit, at.date())
    queue(KIND, f"{KIND}:{appraisal_id}:appeal{asked.id}", note, readers([found.issuer_id], (Role.LEAD,), note.day), at)
    return asked


def decide(
    actor: Actor, at: datetime, appraisal_id: int, appeal_id: int, granted: bool, answer: str, base_url: str
) -> AppraisalAppeal:
    """Answer an objection, and write to its unit and to whoever recorded the entry. Raise as the answer."""
    asked = appeals.decide(actor, at, appraisal_id, appeal_id, granted, answer)
    found = appraisals.appraisal_of(actor, appraisal_id)
    row, unit = entries.entry_of(found, asked.entry_id)
    upheld = asked.state == RequestState.GRANTED
    subject = (
        say("【考评】{unit}的异议成立，登记已撤销", unit=unit.name)
        if upheld
        else say("【考评】{unit}的异议不成立，登记照旧计分", unit=unit.name)
    )
    intro = say("{who}已对{unit}的异议作出裁定。", who=actor.name, unit=unit.name)
    lines = (*_lines(found, row), say("裁定理由：{text}", text=_brief(asked.answer)))
    note = _note(subject, intro, lines, _link(base_url, appraisal_id, row.id), unit, at.date())
    _tell(note, [unit], f"appeal{asked.id}:decided", at)
    _tell_recorders(found, unit, row, note, f"appeal{asked.id}:told", at)
    return asked


def judge(
    actor: Actor, at: datetime, appraisal_id: int, application_id: int, wanted: Judging, seen: int, base_url: str
) -> SpecialApplication:
    """Judge an application for special work, and write to its unit. Raise as the judgement."""
    row = special.judge(actor, at, appraisal_id, application_id, wanted, seen)
    unit = entries.unit_of(appraisals.appraisal_of(actor, appraisal_id), row.appraisal_unit_id)
    subject = say("【考评】特色工作“{title}”已评定", title=_brief(row.title))
    intro = say("{who}评定了{unit}申报的特色工作。", who=actor.name, unit=unit.name)
    judged = say("获得市局加分") if row.recognised else say("未获得市局加分")
    points = say("评定：{points} 分，{recognised}", points=plain(row.points or Decimal(0)), recognised=judged)
    lines = (points, say("理由：{text}", text=_brief(row.judgement)))
    link = f"{base_url}/appraisal/{appraisal_id}/special/{row.id}"
    # Judged anew, it is told anew: the version counts the judgements.
    _tell(_note(subject, intro, lines, link, unit, at.date()), [unit], f"special{row.id}:{seen}", at)
    return row


def apply(
    actor: Actor, at: datetime, appraisal_id: int, unit_id: int, wanted: Applying, base_url: str
) -> SpecialApplication:
    """Apply for special work, and write to whoever judges it. Raise as the application."""
    row = special.apply(actor, at, appraisal_id, unit_id, wanted)
    found = appraisals.appraisal_of(actor, appraisal_id)
    unit = entries.unit_of(found, unit_id)
    subject = say("【考评】{unit}申报了特色工作，请评定", unit=unit.name)
    intro = say("{who}申报了特色工作“{title}”。", who=actor.name, title=_brief(row.title))
    note = _note(subject, intro, (), f"{base_url}/appraisal/{appraisal_id}/special/{row.id}", unit, at.date())
    _tell_appraisers(found, unit, note, f"special{row.id}:filed", at)
    return row


def submit(actor: Actor, at: datetime, appraisal_id: int, unit_id: int, written: Written, base_url: str) -> None:
    """Hand a unit's own appraisal in, and write to whoever compiles. Raise as the handing in."""
    own.submit(actor, at, appraisal_id, unit_id, written)
    found = appraisals.appraisal_of(actor, appraisal_id)
    unit = entries.unit_of(found, unit_id)
    subject = say("【考评】{unit}提交了总结自评", unit=unit.name)
    link = f"{base_url}/appraisal/{appraisal_id}/units/{unit.id}/own"
    intro = say("{who}提交了{unit}的总结自评和考核上报材料。", who=actor.name, unit=unit.name)
    note = _note(subject, intro, (), link, unit, at.date())
    _tell_appraisers(found, unit, note, f"own{unit.id}:{at:%Y%m%dT%H%M%S}", at)


def compile_(actor: Actor, at: datetime, appraisal_id: int, base_url: str, *, confirmed: bool) -> Appraisal:
    """Compile a year, and write to the leading group. Raise as the compilation."""
    found = results.compile_(actor, at, appraisal_id, confirmed=confirmed)
    subject = say("【考评】考评已汇总，请评定等次、审定")
    intro = say("{who}汇总了{title}，等领导小组评定等次、审定。", who=actor.name, title=found.title)
    link = f"{base_url}/appraisal/{found.id}/result"
    note = Note(subject, intro, (), say("查看"), link, f"{found.title}汇总", at.date())
    leading = readers([found.issuer_id], (Role.LEAD,), note.day)
    queue(KIND, f"{KIND}:{found.id}:compiled:{at:%Y%m%dT%H%M%S}", note, leading, at)
    return found


def _tell_appraisers(
    found: Appraisal, unit: AppraisalUnit, note: Note, key: str, at: datetime, *, led: bool = False
) -> None:
    """Write to whoever may appraise a unit: the one that compiles, of itself, or where it `led`, the leading group
    (R2-06)."""
    own_case = led or unit.unit_id == found.compiler_id
    of, role = (found.issuer_id, Role.LEAD) if own_case else (found.compiler_id, Role.OFFICE)
    queue(KIND, f"{KIND}:{found.id}:{key}", note, readers([of], (role,), note.day), at)


def _tell_recorders(
    found: Appraisal, unit: AppraisalUnit, row: AppraisalEntry, note: Note, key: str, at: datetime
) -> None:
    """Write to the unit that recorded an entry, or to the leading group where one of it did."""
    recorder = people.serving_actor(row.actor_id, at.date()) if row.actor_id else None
    led = recorder is not None and appraisals.part_of(recorder, found) is Part.LEADING
    _tell_appraisers(found, unit, note, key, at, led=led)


def return_(actor: Actor, at: datetime, appraisal_id: int, reason: str, base_url: str) -> Appraisal:
    """Return a compiled year, and write to the unit that compiles it. Raise as the return."""
    found = results.return_(actor, at, appraisal_id, reason)
    subject = say("【考评】考评领导小组退回了汇总")
    lines = (say("退回理由：{text}", text=_brief(found.returned_reason)),)
    intro = say("请按退回理由补充登记，再重新汇总。")
    note = Note(subject, intro, lines, say("查看"), f"{base_url}/appraisal/{found.id}", f"{found.title}退回", at.date())
    compilers = readers([found.compiler_id], (Role.OFFICE,), note.day)
    queue(KIND, f"{KIND}:{found.id}:returned:{at:%Y%m%dT%H%M%S}", note, compilers, at)
    return found


def approve(
    actor: Actor, at: datetime, appraisal_id: int, base_url: str, *, confirmed: bool = False
) -> AppraisalFreeze:
    """Approve a year, and write to the unit that compiled it; no other hears of it yet. Raise as the approval."""
    sealed = results.approve(actor, at, appraisal_id, confirmed=confirmed)
    found = appraisals.appraisal_of(actor, appraisal_id)
    subject = say("【考评】考评结果已审定，待公布")
    intro = say("{who}审定了{title}，结果已封存。公布以前请保密。", who=actor.name, title=found.title)
    link = f"{base_url}/appraisal/{found.id}/result"
    note = Note(subject, intro, (), say("查看"), link, f"{found.title}审定", at.date())
    compilers = readers([found.compiler_id], (Role.OFFICE,), note.day)
    queue(KIND, f"{KIND}:{found.id}:approved:{at:%Y%m%dT%H%M%S}", note, compilers, at)
    return sealed


def publish(actor: Actor, at: datetime, appraisal_id: int, base_url: str) -> Appraisal:
    """Publish a year, and write to its units and the bureau's leads. Raise as the publication."""
    found = results.publish(actor, at, appraisal_id)
    link = f"{base_url}/appraisal/{found.id}/result"
    intro = say("{title}的考评结果已经审定公布，名次、得分和等次见链接。", title=found.title)
    note = Note(say("【考评】考评结果已公布"), intro, (), say("查看"), link, f"{found.title}公布", at.date())
    units = [unit.unit_id for unit in appraisals.units(found)]
    everybody = readers([*units, found.issuer_id], (Role.OFFICE, Role.LEAD), note.day)
    queue(KIND, f"{KIND}:{found.id}:published:{at:%Y%m%dT%H%M%S}", note, everybody, at)
    return found


def reopen(
    actor: Actor, at: datetime, appraisal_id: int, reason: str, base_url: str, *, confirmed: bool
) -> AppraisalFreeze:
    """Open an approved year again, and write to whoever compiles it; of a published one, to whoever was told of the
    publication. Raise as the opening."""
    sealed = reopening.reopen(actor, at, appraisal_id, reason, confirmed=confirmed)
    found = appraisals.appraisal_of(actor, appraisal_id)
    out = sealed.published_on is not None
    intro = say("{who}决定重新审定{title}，此前审定的结果不再有效。", who=actor.name, title=found.title)
    then = say("已公布的名次、得分和等次以重新公布的为准；对登记有异议的，现在可以提出。")
    compiling = say("请按理由改正登记，再重新汇总。")
    lines = (say("理由：{text}", text=_brief(sealed.replaced_reason)), then if out else compiling)
    link = f"{base_url}/appraisal/{found.id}/result"
    subject = say("【考评】考评结果重新审定")
    note = Note(subject, intro, lines, say("查看"), link, f"{found.title}重新审定", at.date())
    units = [unit.unit_id for unit in appraisals.units(found)]
    told = [*units, found.compiler_id, found.issuer_id] if out else [found.compiler_id]
    people_of = readers(told, (Role.OFFICE, Role.LEAD) if out else (Role.OFFICE,), note.day)
    queue(KIND, f"{KIND}:{found.id}:reopened:{sealed.number}", note, people_of, at)
    return sealed


def _brief(text: str) -> str:
    """Return what somebody wrote, on one line; more than a letter should hold is left to the page."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _amount(clause: Clause | None, row: AppraisalEntry) -> str:
    if clause is not None and is_judged_per_case(clause):
        return say("分数：{told}", told=of_cases(clause, Entry(row.code, row.count, row.place, row.points)))
    if row.points is not None:
        return say("分数：{points}　次数：{n}", points=plain(row.points), n=row.count)
    if row.place is not None:
        return say("名次：第 {n} 名", n=row.place)
    return say("次数：{n}", n=row.count)


def _lines(found: Appraisal, row: AppraisalEntry) -> tuple[str, ...]:
    known = appraisals.scheme_of(found).scheme
    named = {item.code: item.title for _, item in known.items()}
    clauses = {clause.code: clause for _, _, clause in known.clauses()}
    named |= {code: clause.quote for code, clause in clauses.items()}
    return (
        say("条款：{quote}（{code}）", quote=_brief(named.get(row.code, "")), code=row.code),
        say("日期：{day:long}", day=row.day),
        _amount(clauses.get(row.code), row),
        say("事由：{text}", text=_brief(row.note)),
    )


def _link(base_url: str, appraisal_id: int, entry_id: int) -> str:
    return f"{base_url}/appraisal/{appraisal_id}/entries/{entry_id}"


def _note(subject: str, intro: str, lines: tuple[str, ...], link: str, unit: AppraisalUnit, day: date) -> Note:
    return Note(subject, intro, lines, say("查看"), link, f"考评：{unit.name}", day)


def _tell(note: Note, units: list[AppraisalUnit], key: str, at: datetime) -> int:
    """Write to the people of units of one year, once for the key; return how many letters were new."""
    people_of = readers([unit.unit_id for unit in units], (Role.OFFICE,), note.day)
    return queue(KIND, f"{KIND}:{units[0].appraisal_id}:{key}", note, people_of, at)
