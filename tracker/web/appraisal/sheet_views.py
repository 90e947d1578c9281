"""What a page shows of a unit's year: every item with its clauses, what was recorded, and how its points come about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tracker.appraisal.mirrors import Taken
from tracker.appraisal.queries import Recorded, UnitSheet
from tracker.rules.appraisal import wording
from tracker.rules.appraisal.points import NONE, Line, Result
from tracker.rules.appraisal.scheme import Clause, Item, Kind
from tracker.rules.appraisal.special import MOST, band_of
from tracker.rules.appraisal.wording import kind_of, worth
from tracker.rules.appraisal.year import caps_in_force
from tracker.rules.decimals import plain
from tracker.rules.words import Words, say

MINUS = "−"


@dataclass(frozen=True)
class ClauseRow:
    """A clause of an item: how it counts, what was recorded under it, what of that counts and why not the rest."""

    clause: Clause
    kind: Words
    worth: Words
    line: Line
    recorded: tuple[Recorded, ...]
    taken: tuple[Taken, ...]
    awaited: bool
    notes: tuple[Words, ...]
    counts: bool = True
    """False where somebody enters the total of the item: the clause is evidence alone."""

    @property
    def is_used(self) -> bool:
        """Tell whether there is anything to show beside the clause itself."""
        return bool(self.recorded or self.taken or self.awaited)

    @property
    def effect(self) -> str:
        """What the clause moves the item by, with its sign; empty where nothing counts."""
        if not self.counts or not self.line.entries or self.clause.kind is Kind.ZERO:
            return ""
        gives = self.clause.gives or self.clause.kind is Kind.CONV
        return signed(self.line.applied if gives else -self.line.applied)


@dataclass(frozen=True)
class ItemRow:
    """An item of a sheet with its points and how they come about."""

    result: Result
    used: tuple[ClauseRow, ...]
    others: tuple[ClauseRow, ...]
    totals: tuple[Recorded, ...]
    total_reason: str
    awaited: bool
    sum: str
    told: Words | str
    self_score: Any

    @property
    def item(self) -> Item:
        """The item itself."""
        return self.result.item

    @property
    def points(self) -> str:
        """Its points, with the sign where they are taken from the total."""
        return signed(self.result.points) if self.item.points is None else plain(self.result.points)

    @property
    def is_touched(self) -> bool:
        """Tell whether anything stands under it."""
        return bool(self.used or self.totals or self.awaited)


@dataclass(frozen=True)
class ApplicationRow:
    """An application for special work, how far it is, and the items of annex 2 that are its evidence."""

    application: Any
    state: str
    state_text: Words
    band: Words | str
    evidence: tuple[Recorded, ...]


def signed(points: Decimal) -> str:
    """Return points with their sign, but 0 as it is."""
    if not points:
        return "0"
    return f"+{plain(points)}" if points > 0 else f"{MINUS}{plain(-points)}"


def minus(points: Decimal) -> str:
    """Return points, a negative number with a proper sign."""
    return f"{MINUS}{plain(-points)}" if points < 0 else plain(points)


# ---- entries


def told(recorded: Recorded, clause: Clause | None) -> list[Words]:
    """Say what an entry tells beside its day: how many, which place, how many points."""
    return wording.told(clause, recorded.entry)


# ---- items


def item_rows(sheet: UnitSheet, results: Sequence[Result], self_scores: bool) -> list[ItemRow]:
    """Return the items of a part with everything that stands under them."""
    by_code: dict[str, list[Recorded]] = {}
    for each in sheet.recorded:
        by_code.setdefault(each.row.code, []).append(each)
    return [_item_row(sheet, result, by_code, self_scores) for result in results]


def _item_row(sheet: UnitSheet, result: Result, by_code: dict[str, list[Recorded]], self_scores: bool) -> ItemRow:
    code, awaits = result.item.code, sheet.year.awaits
    rows = [_clause_row(sheet, result, line, tuple(by_code.get(line.clause.code, ()))) for line in result.lines]
    return ItemRow(
        result=result,
        used=tuple(row for row in rows if row.is_used),
        others=tuple(row for row in rows if not row.is_used),
        totals=tuple(by_code.get(code, ())),
        total_reason=sheet.known.terms.totals_entered.get(code, ""),
        awaited=code in awaits or any(row.awaited for row in rows),
        sum=_sum(sheet, result),
        told=_told(sheet, result),
        self_score=sheet.self_scores.get(code) if self_scores else None,
    )


def _clause_row(sheet: UnitSheet, result: Result, line: Line, recorded: tuple[Recorded, ...]) -> ClauseRow:
    clause = line.clause
    return ClauseRow(
        clause=clause,
        kind=kind_of(clause),
        worth=worth(clause, cap_of(sheet, clause.code)),
        line=line,
        recorded=recorded,
        taken=sheet.taken_for(clause.code),
        awaited=clause.code in sheet.year.awaits,
        notes=tuple(_notes(sheet, result, line)),
        counts=not sheet.is_evidence(clause.code),
    )


def cap_of(sheet: UnitSheet, code: str) -> Decimal | None:
    """Return the cap of a clause where the document leaves it open: the one decided on, or the usual reading."""
    return caps_in_force(sheet.known.terms, sheet.settings).get(code)


def _notes(sheet: UnitSheet, result: Result, line: Line) -> list[Words]:
    terms, code, notes = sheet.known.terms, line.clause.code, []
    if sheet.is_evidence(code):
        return [say("只作填总分的依据，不另计入。")] if line.entries else []
    disabled = next((each for each in terms.disabled if each.clause == code), None)
    if disabled is not None and code not in sheet.settings.enabled:
        notes.append(say("已停用：{reason}", reason=disabled.reason))
    if sheet.taken_for(code):
        notes.append(say("由本区在 {doc} 的得分自动带出，逐项注明条线。", doc=sheet.taken_for(code)[0].doc_number))
    if line.unapplied:
        notes.append(_why_unapplied(sheet, line))
    exclusion = next((each for each in terms.exclusions if each.clause == code), None)
    if exclusion is not None and line.entries and line.unapplied:
        notes.append(say("不得分的理由：{reason}", reason=exclusion.reason))
    notes += _readings(sheet, result, line)
    return notes


def _why_unapplied(sheet: UnitSheet, line: Line) -> Words:
    raw, counted, left = plain(line.raw), plain(line.applied), plain(line.unapplied)
    cap = cap_of(sheet, line.clause.code) or line.clause.cap
    if cap is not None and line.applied == cap:
        return say("合计 {raw} 分，最多计 {cap} 分，未计 {left} 分", raw=raw, cap=plain(cap), left=left)
    grouped = line.clause.group or sheet.known.terms.group_of(line.clause.code)
    if grouped and not line.applied:
        return say("合计 {raw} 分，同组已按另一条计，这一条未计", raw=raw)
    return say("合计 {raw} 分，计 {counted} 分，未计 {left} 分", raw=raw, counted=counted, left=left)


def _readings(sheet: UnitSheet, result: Result, line: Line) -> list[Words]:
    """Say what an item would come to under the other caps that the document leaves open (X2-02)."""
    choice = next((each for each in sheet.known.terms.caps if each.clause == line.clause.code), None)
    if choice is None or not line.entries:
        return []
    held, code = cap_of(sheet, line.clause.code), line.clause.code
    notes = [
        say("封顶没有写明：现按最多 {cap} 分计，本项得 {points} 分。", cap=plain(held), points=plain(result.points))
    ]
    for other in choice.values:
        if other != held:
            caps = {**sheet.settings.caps, code: other}
            changed = replace(sheet, settings=replace(sheet.settings, caps=caps)).results[result.item.code]
            notes.append(say("若最多 {cap} 分，本项得 {points} 分。", cap=plain(other), points=plain(changed.points)))
    return notes


def _moved(result: Result) -> tuple[Decimal, Decimal]:
    """Return what the clauses of an item give and take together."""
    gives = [line.applied for line in result.lines if line.clause.gives or line.clause.kind is Kind.CONV]
    takes = [line.applied for line in result.lines if not (line.clause.gives or line.clause.kind is Kind.CONV)]
    return sum(gives, NONE), sum(takes, NONE)


def _zeroed(sheet: UnitSheet, result: Result) -> bool:
    """Tell whether an item is lost as a whole."""
    void = {each.clause for each in sheet.known.terms.disabled} - set(sheet.settings.enabled)
    return any(line.clause.kind is Kind.ZERO and line.entries and line.clause.code not in void for line in result.lines)


def _sum(sheet: UnitSheet, result: Result) -> str:
    """Write the sum of an item: what it starts with, what is given, what is taken; empty where nothing moved."""
    given, taken = _moved(result)
    if result.item.points is None or result.item.code in sheet.known.terms.totals_entered or _zeroed(sheet, result):
        return ""
    parts = [f"+ {plain(given)}"] if given else []
    parts += [f"{MINUS} {plain(taken)}"] if taken else []
    return " ".join([plain(result.start), *parts]) if parts else ""


def _told(sheet: UnitSheet, result: Result) -> Words | str:
    """Say what the floor of an item, or its full points, leaves without effect (X2-15)."""
    if _zeroed(sheet, result):
        return say("本项不得分")
    if not result.unapplied:
        return ""
    given, taken = _moved(result)
    left = plain(result.unapplied)
    if result.start + given - taken < 0:
        return say("应扣 {taken} 分，扣完为止，未计 {left} 分", taken=plain(taken), left=left)
    most = plain(result.item.points)
    return say(
        "应得 {raw} 分，本项最多 {most} 分，未计 {left} 分",
        raw=plain(result.start + given - taken),
        most=most,
        left=left,
    )


# ---- special work


def application_rows(sheet: UnitSheet) -> list[ApplicationRow]:
    """Return the applications of a unit with what proves them."""
    return [
        ApplicationRow(
            application,
            *_state(application),
            _band(application),
            tuple(each for each in sheet.recorded if each.row.application_id == application.id),
        )
        for application in sheet.applications
    ]


def _state(application: Any) -> tuple[str, Words]:
    if application.withdrawn_at is not None:
        return "withdrawn", say("已撤回")
    if application.points is None:
        return "under_review", say("待评定")
    return "completed", say("已评定")


def _band(application: Any) -> Words | str:
    """Say between which points a judged application stands."""
    if application.points is None:
        return ""
    band = band_of(application.recognised)
    bounds = {"least": plain(band.least), "most": plain(band.most)}
    if application.recognised:
        return say("获得市局加分，在 {least}–{most} 分内", **bounds)
    return say("未获得市局加分，在 {least}–{most} 分内", **bounds)


# ---- the total


@dataclass(frozen=True)
class Totals:
    """The figures at the top of a sheet, each with its sign."""

    work: str
    work_most: str
    team: str
    team_most: str
    special: str
    special_most: str
    special_left: str
    bottom_line: str
    total: str
    full: str
    sum: str
    is_raised: bool


def totals_of(sheet: UnitSheet) -> Totals:
    """Return what a unit's year comes to, part by part."""
    year = sheet.year
    most = [sum((each.item.points or NONE for each in part), NONE) for part in (year.work, year.team)]
    raw = year.work_points + year.team_points + year.special.points + year.bottom_line_points
    terms = [plain(year.work_points), plain(year.team_points), plain(year.special.points)]
    return Totals(
        work=plain(year.work_points),
        work_most=plain(most[0]),
        team=plain(year.team_points),
        team_most=plain(most[1]),
        special=plain(year.special.points),
        special_most=plain(MOST),
        special_left=plain(year.special.unapplied) if year.special.unapplied else "",
        bottom_line=minus(year.bottom_line_points),
        total=minus(year.total),
        full=plain(most[0] + most[1] + MOST),
        sum=f"{' + '.join(terms)} {MINUS} {plain(-year.bottom_line_points)} = {minus(raw)}",
        is_raised=raw < year.total,
    )
