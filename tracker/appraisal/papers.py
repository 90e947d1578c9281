"""A unit's sheet and the result of a year as they stand on paper: the document's order and words, every point told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker import clock
from tracker.appraisal import ballots, export, frozen, paper_lines, queries
from tracker.appraisal.altered import ADVICE
from tracker.appraisal.heads import Head, head_of
from tracker.appraisal.models import (
    Appraisal,
    AppraisalDecision,
    AppraisalFreeze,
    AppraisalSelfScore,
    SpecialApplication,
)
from tracker.appraisal.queries import Recorded, UnitSheet
from tracker.appraisal.results import Found
from tracker.appraisal.results import Row as ResultRow
from tracker.people import queries as people
from tracker.rules.appraisal import decisions as matters
from tracker.rules.appraisal.ballots import Outcome
from tracker.rules.appraisal.grades import GRADE_TEXT
from tracker.rules.appraisal.points import Line, Result, is_judged_per_case
from tracker.rules.appraisal.reading import MARKUP
from tracker.rules.appraisal.scheme import Clause, Kind
from tracker.rules.appraisal.special import MOST, band_of
from tracker.rules.appraisal.steps import STAGE_TEXT, Stage, sees_results
from tracker.rules.appraisal.wording import of_cases
from tracker.rules.permissions import Actor

HEADS = ("序号", "考评内容", "评分标准", "分值", "自评", "得分")
RESULT_HEADS = ("名次", "科室", "业务工作", "队伍建设", "特色工作", "突破底线", "合计", "述职测评", "等次", "备注")

MOVING = "扣分随登记变化：审定以前，登记、撤销、异议和决定都会改变得分。"
INVENTED = "演示环境，数据均为虚构。"


@dataclass(frozen=True)
class Told:
    """A line below an item: what a clause came to, or, `inner`, what was recorded of it; `struck` counts no more."""

    text: str
    inner: bool = False
    struck: bool = False


@dataclass(frozen=True)
class PaperRow:
    """An item as printed, with what the unit gave itself and what it came to, and the lines that explain it."""

    number: str
    content: str
    rule: str
    full: str
    own: str
    given: str
    lines: tuple[Told, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The printed columns, those of HEADS."""
        return (self.number, self.content, self.rule, self.full, self.own, self.given)


@dataclass(frozen=True)
class PaperPart:
    """One of the four parts: its head, its rows, and what they come to together."""

    title: str
    rows: tuple[PaperRow, ...]
    sum: str


@dataclass(frozen=True)
class Paper:
    """A unit's sheet: what stands above, the parts, the totals, and what stands beside the points."""

    head: Head
    title: str
    cover: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    parts: tuple[PaperPart, ...]
    totals: tuple[tuple[str, str], ...]
    beside: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ResultPaper:
    """The result of a year: its rows in the columns of RESULT_HEADS, and what has still to be decided."""

    head: Head
    title: str
    cover: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def plain(points: Decimal | None) -> str:
    """Return points as a person writes them: 7.5, 10; nothing for none."""
    return "" if points is None else f"{points.normalize() + 0:f}"


# ---- the sheet of a unit


def of_sheet(actor: Actor, sheet: UnitSheet) -> Paper:
    """Return a unit's sheet as the person may see it. A fixed number of queries."""
    found, year = sheet.appraisal, sheet.year
    sealed = frozen.of(found)
    outcome = _outcome(actor, sheet)
    # Until a unit hands its year in, what it gives itself is a draft of its own.
    own = sheet.self_scores if sheet.unit.submitted_on or sheet.unit.unit_id == actor.unit_id else {}
    work = PaperPart("业务工作", _rows(sheet, year.work, own), f"得 {plain(year.work_points)} 分")
    team = PaperPart("队伍建设", _rows(sheet, year.team, own), f"得 {plain(year.team_points)} 分")
    low = PaperPart("突破底线扣分", _rows(sheet, year.bottom_line, {}), f"{plain(year.bottom_line_points)} 分")
    return Paper(
        head=head_of(found),
        title=f"{sheet.unit.name}年度工作考评表",
        cover=(
            ("科室", sheet.unit.name),
            ("阶段", str(STAGE_TEXT[Stage(found.stage)])),
            ("自评上报", sheet.unit.submitted_on.isoformat() if sheet.unit.submitted_on else "尚未上报"),
        ),
        remarks=(*_state(found, sealed), *_altered(sheet), *_awaits(sheet), *_demo()),
        parts=(work, team, _special(sheet), low),
        totals=_totals(sheet),
        beside=(*_ballots(outcome), *_decided(sheet), *paper_lines.answers_for(sheet)),
    )


def _state(found: Appraisal, sealed: AppraisalFreeze | None) -> Iterator[str]:
    if sealed is None:
        yield MOVING
    else:
        which = f"（第 {sealed.number} 版）" if sealed.number > 1 else ""
        yield f"领导小组 {sealed.day.isoformat()} 审定{which}，已封存 sha256 {sealed.sha256}"


def _demo() -> Iterator[str]:
    if people.marker("demo_history"):
        yield INVENTED


def _awaits(sheet: UnitSheet) -> Iterator[str]:
    if sheet.year.awaits:
        yield f"尚待填入：{'、'.join(sheet.year.awaits)}。填入以前，合计不是最后得分。"


def _altered(sheet: UnitSheet) -> Iterator[str]:
    if sheet.altered:
        yield f"{'；'.join(sheet.altered)}。{ADVICE}"


def _rows(sheet: UnitSheet, results: Iterable[Result], own: Mapping[str, AppraisalSelfScore]) -> tuple[PaperRow, ...]:
    return tuple(_row(sheet, each, own.get(each.item.code)) for each in results)


def _row(sheet: UnitSheet, result: Result, own: AppraisalSelfScore | None) -> PaperRow:
    item = result.item
    lines = [Told(_sum(sheet, result))]
    if own is not None and own.note:
        lines.append(Told(f"自评说明：{own.note}"))
    lines += (Told(_entry(sheet, each), inner=True, struck=each.reversal is not None) for each in sheet.of(item.code))
    for line in result.lines:
        lines += _clause(sheet, line)
    return PaperRow(
        number=str(item.number),
        content=item.title,
        rule=" ".join(MARKUP.sub(" ", item.text).split()),
        full=plain(item.points),
        own=plain(own.points) if own else "",
        given=plain(result.points),
        lines=tuple(lines),
    )


def _sum(sheet: UnitSheet, result: Result) -> str:
    """Tell how an item came to its points."""
    item = result.item
    if item.code in sheet.known.terms.totals_entered:
        entered = f"填 {plain(result.points)} 分" if item.code in sheet.totals else "尚未填写"
        return f"{item.code}（第 {item.line} 行）：总分由考评人按清单填写，{entered}。"
    if any(line.clause.kind is Kind.ZERO and line.entries for line in result.lines):
        return f"{item.code}（第 {item.line} 行）：本项不得分。"
    told = f"{item.code}（第 {item.line} 行）："
    if result.awaits:
        return f"{told}折算得分尚未填入。"
    gives = [line.applied for line in result.lines if line.clause.gives or line.clause.kind is Kind.CONV]
    takes = [line.applied for line in result.lines if not line.clause.gives and line.clause.kind is not Kind.CONV]
    parts = [f"起 {plain(result.start)} 分"] if item.points is not None else []
    parts += [f"得 {plain(sum(gives, Decimal(0)))} 分"] if any(gives) else []
    parts += [f"扣 {plain(sum(takes, Decimal(0)))} 分"] if any(takes) else []
    if result.unapplied:
        over = plain(result.unapplied)
        parts.append(f"扣完为止，{over} 分不再扣" if not result.points else f"超过本项分值的 {over} 分不计")
    if not any(gives) and not any(takes):
        parts.append("没有扣分" if any(not line.clause.gives for line in result.lines) else "没有得分")
    return f"{told}{'，'.join(parts)}，计 {plain(result.points)} 分。"


def _clause(sheet: UnitSheet, line: Line) -> Iterator[Told]:
    """Yield a clause under which something is on record, and below it each thing."""
    clause = line.clause
    recorded, taken = sheet.of(clause.code), sheet.taken_for(clause.code)
    if not recorded and not taken:
        return
    yield Told(f"{clause.code} {clause.quote}（第 {clause.line} 行）：{_came_to(sheet, line)}。")
    for each in recorded:
        yield Told(_entry(sheet, each), inner=True, struck=each.reversal is not None)
    for took in taken:
        yield Told(paper_lines.told(took, plain(took.points)), inner=True)


def _came_to(sheet: UnitSheet, line: Line) -> str:
    gives = line.clause.gives or line.clause.kind is Kind.CONV
    if sheet.is_evidence(line.clause.code):
        return "只作填总分的依据，不另计入"
    if line.clause.kind is Kind.ZERO:
        return "本项不得分" if line.entries else "登记已撤销"
    verb = "得" if gives else "扣"
    if not line.unapplied:
        return f"{verb} {plain(line.applied)} 分"
    why = _why_not(sheet, line)
    return f"应{verb} {plain(line.raw)} 分，实{verb} {plain(line.applied)} 分，{plain(line.unapplied)} 分不计（{why}）"


def _why_not(sheet: UnitSheet, line: Line) -> str:
    """Say why a part of what was recorded under a clause does not count."""
    terms, settings, code = sheet.known.terms, sheet.settings, line.clause.code
    if any(each.clause == code for each in terms.disabled) and code not in settings.enabled:
        return "本条停用"
    if any(each.clause == code for each in terms.exclusions):
        return "已在特色工作加分，不再得分"
    if not line.applied:
        return "与同组的另一条择一计算"
    return "本条扣完为止" if not line.clause.gives else "本条已到上限"


def _entry(sheet: UnitSheet, each: Recorded) -> str:
    """Tell an entry: when, how often, which place or points, why, by whom, and what came of it."""
    row = each.row
    told = [row.day.isoformat(), *_amount(sheet, each)]
    told += [row.note, f"（{row.actor_name}登记）"]
    told += [f"条线：{row.line}"] if row.line else []
    told += [f"科室答复：{said.text}" for said in each.answers]
    if each.reversal is not None:
        undone = each.reversal
        told.append(f"已撤销，不计分（{undone.day.isoformat()} {undone.actor_name}：{undone.note}）")
    elif row.id in sheet.idle:
        told.append(sheet.idle[row.id])
    if each.is_contested:
        told.append("异议待答复")
    return " ".join(told)


def _amount(sheet: UnitSheet, each: Recorded) -> Iterator[str]:
    row, clause = each.row, sheet.clause(each.row.code)
    if clause is not None and is_judged_per_case(clause):
        yield of_cases(clause, each.entry)
        return
    if row.count > 1:
        yield f"×{row.count}"
    if row.place is not None:
        yield f"第 {row.place} 名"
    if row.points is not None:
        yield f"{plain(row.points)} 分"


# ---- special work, totals


def _special(sheet: UnitSheet) -> PaperPart:
    added = sheet.year.special
    rows = tuple(_application(sheet, number, each) for number, each in enumerate(sheet.applications, 1))
    over = f"，合计 {plain(added.raw)} 分，超过上限的 {plain(added.unapplied)} 分不计" if added.unapplied else ""
    return PaperPart("特色工作", rows, f"得 {plain(added.points)} 分（上限 {plain(MOST)} 分）{over}")


def _application(sheet: UnitSheet, number: int, each: SpecialApplication) -> PaperRow:
    band = None if each.recognised is None else band_of(each.recognised)
    rule = {
        None: str(export.STATE_TEXT[export.application_state(each)]),
        True: "获得市局加分，在 5–10 分内评定",
        False: "未获得市局加分，在 1–5 分内评定",
    }[each.recognised]
    lines = [Told(f"评定：{each.judgement}（{each.judged_by}）")] if each.judgement else []
    quotes = {clause.code: clause for _, _, clause in sheet.known.scheme.clauses()}
    for entry in sheet.recorded:
        if entry.row.application_id == each.id:
            lines.append(_evidence(sheet, entry, quotes.get(entry.row.code)))
    full = f"{plain(band.least)}–{plain(band.most)}" if band else ""
    given = "" if each.withdrawn_at else plain(each.points)
    return PaperRow(str(number), each.title, rule, full, "", given, tuple(lines))


def _evidence(sheet: UnitSheet, each: Recorded, clause: Clause | None) -> Told:
    known = f"{clause.quote}（第 {clause.line} 行）" if clause else "（考评方案里没有这一条）"
    words = f"依据：{each.row.code} {known}：{_entry(sheet, each)}"
    return Told(words, inner=True, struck=each.reversal is not None)


def _totals(sheet: UnitSheet) -> tuple[tuple[str, str], ...]:
    year, full = sheet.year, {False: "", True: "（突破底线，不得评为优秀等次）"}
    return (
        ("业务工作", plain(year.work_points)),
        ("队伍建设", plain(year.team_points)),
        ("特色工作", plain(year.special.points)),
        ("突破底线", f"{plain(year.bottom_line_points)}{full[year.is_barred]}"),
        ("合计", f"{plain(year.total)}{'（有待填入的，不是最后得分）' if year.awaits else ''}"),
    )


# ---- beside


def _outcome(actor: Actor, sheet: UnitSheet) -> Outcome | None:
    found = sheet.appraisal
    if not sees_results(queries.part_of(actor, found), Stage(found.stage)):
        return None
    return ballots.outcomes(found.id).get(sheet.unit.id)


def _ballots(outcome: Outcome | None) -> Iterator[tuple[str, str]]:
    if outcome is not None:
        yield "述职测评（不计入得分）", voted(outcome)


def voted(outcome: Outcome) -> str:
    """Tell what the ballots came to; a bench with too few voters has no mean."""
    benches = (
        ("局领导", outcome.leaders, outcome.leaders_voted),
        ("局属各部门、各单位", outcome.units, outcome.units_voted),
    )
    told = [f"{name} {_mean(mean)}（{number} 票）" for name, mean, number in benches]
    shown = f"加权 {outcome.shown:.2f}" if outcome.shown is not None else "票数不足，没有加权结果"
    return f"{'，'.join(told)}；{shown}"


def _mean(mean: Decimal | None) -> str:
    return "票数不足" if mean is None else f"{mean:.2f}"


def _decided(sheet: UnitSheet) -> Iterator[tuple[str, str]]:
    """Yield what was decided of matters that change the unit's points, and what holds where nobody has."""
    known, found = sheet.known, sheet.appraisal
    latest = {row.subject: row for row in export.decisions_in_force(found, whole=False)}
    about = {clause.code for item in sheet.items for clause in item.clauses} | {
        each.code for each in known.scheme.sheets if sheet.unit.name in each.units
    }
    for matter in matters.matters(known.text, known.scheme, known.terms, known.problems):
        if matter.kind in matters.SETTING and (not matter.concerns or matter.concerns in about):
            yield f"{matter.question}（第 {matter.line} 行）", _decision(matter, latest.get(matter.subject))


def _decision(matter: matters.Matter, row: AppraisalDecision | None) -> str:
    if row is None:
        return f"{matter.words_of(matter.held)}（尚未决定，暂按此计）"
    return f"{matter.words_of(row.value)}（{row.day.isoformat()} {row.actor_name}决定：{row.reason}）"


# ---- the result


def of_result(actor: Actor, appraisal_id: int, shown: Found) -> ResultPaper:
    """Return the result of a year as it was given to the person."""
    found = queries.appraisal_of(actor, appraisal_id)
    asked = shown.candidates.questions if shown.sealed is None else ()
    return ResultPaper(
        head=head_of(found),
        title="年度工作考评结果",
        cover=(("阶段", str(STAGE_TEXT[Stage(found.stage)])), ("截至", shown.day.isoformat())),
        remarks=(*_state(found, shown.sealed), *filter(None, [shown.altered]), *map(str, asked), *_demo()),
        rows=tuple(_result_row(row) for row in shown.rows),
    )


def _result_row(row: ResultRow) -> tuple[str, ...]:
    notes = ["突破底线，不得评为优秀等次"] if row.barred else []
    notes += [f"尚待填入：{'、'.join(row.awaits)}"] if row.awaits else []
    points = (row.work, row.team, row.special, row.bottom_line, row.total)
    return (
        str(row.place),
        row.unit,
        *map(plain, points),
        voted(row.ballots) if row.ballots else "",
        str(GRADE_TEXT[row.grade]) if row.grade else "",
        "；".join(notes),
    )


def printed_on(day: date) -> str:
    """Say when a file was made: the business day, and the real moment."""
    return f"{clock.local(clock.utc()):%Y-%m-%d %H:%M} 打印，业务日期 {day.isoformat()}"
