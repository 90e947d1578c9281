"""Gives everything out on which a year's points rest, a row each: whoever wants can work them out anew."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from tracker import clock
from tracker.appraisal import queries
from tracker.appraisal.mirrors import Taken
from tracker.appraisal.models import Appraisal, AppraisalDecision, AppraisalEntry, SpecialApplication
from tracker.appraisal.queries import Recorded, UnitSheet, UnknownAppraisal
from tracker.db import db
from tracker.rules.appraisal.decisions import SETTING
from tracker.rules.appraisal.points import latest_counts
from tracker.rules.appraisal.scheme import Clause, Item
from tracker.rules.appraisal.steps import Part, Stage
from tracker.rules.permissions import Actor
from tracker.rules.words import say

COLUMNS: tuple[tuple[str, str], ...] = (
    ("sort", say("类别")),
    ("id", say("编号")),
    ("unit", say("科室")),
    ("code", say("条款")),
    ("item", say("考评内容")),
    ("quote", say("条款原文")),
    ("source_line", say("原文行号")),
    ("kind", say("计法")),
    ("count", say("次数")),
    ("place", say("名次")),
    ("points", say("分数")),
    ("day", say("日期")),
    ("note", say("事由")),
    ("line", say("条线")),
    ("by", say("登记人")),
    ("at", say("登记时间")),
    ("reverses", say("撤销的登记")),
    ("application", say("所属申报")),
    ("state", say("状态")),
    ("value", say("决定")),
    ("section", say("本局责任科室")),
)
"""The columns of the export: their names for programs, their heads for people."""

HEADS = tuple(name for name, _ in COLUMNS)

SORT_TEXT: dict[str, str] = {
    "entry": say("登记"),
    "total": say("人工填入的总分"),
    "reversal": say("撤销"),
    "taken": say("市局扣分（自动带出）"),
    "special": say("特色工作申报"),
    "decision": say("现行决定"),
}
"""What a row is."""

STATE_TEXT: dict[str, str] = {
    "counts": say("计分"),
    "contested": say("计分，异议待答复"),
    "idle": say("同一条已有登记，不另计分"),
    "replaced": say("已由后来的登记替代，不计分"),
    "evidence": say("只作依据，不另计入"),
    "altered": say("记录被改动过，考评方案里没有这一条或这个科室，没有计入"),
    "reversed": say("已撤销，不计分"),
    "reversal": say("撤销上列登记"),
    "judged": say("已评定，计分"),
    "waiting": say("待评定"),
    "withdrawn": say("已撤回"),
    "in_force": say("现行"),
}
"""How far what a row says counts."""

Value = str | int | Decimal
Row = dict[str, Value]


# ---- whose


def years(appraisal_id: int | None = None) -> list[Appraisal]:
    """Return the years on record, or the one of a number: for the command line, which has the database anyway."""
    wanted = select(Appraisal).order_by(Appraisal.ends_on, Appraisal.id)
    return list(db.session.scalars(wanted if appraisal_id is None else wanted.where(Appraisal.id == appraisal_id)))


def seen(actor: Actor, appraisal_id: int, day: date) -> list[UnitSheet]:
    """Return the sheets whose rows a person may take out: all, or the own unit's; raise UnknownAppraisal.

    A fixed number of queries.
    """
    found = queries.appraisal_of(actor, appraisal_id)
    if queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER):
        return queries.every_sheet(found, day)
    own = queries.own_unit(actor, found)
    if own is None:
        raise UnknownAppraisal
    return [queries.sheet(actor, appraisal_id, own.id, day)]


def decisions_in_force(found: Appraisal, whole: bool) -> list[AppraisalDecision]:
    """Return the latest decision of each subject; not `whole`, those alone that change points. One query."""
    latest = (
        select(func.max(AppraisalDecision.id))
        .where(AppraisalDecision.appraisal_id == found.id)
        .group_by(AppraisalDecision.subject)
    )
    rows = db.session.scalars(
        select(AppraisalDecision).where(AppraisalDecision.id.in_(latest)).order_by(AppraisalDecision.id)
    )
    return [row for row in rows if whole or row.subject.partition(":")[0] in SETTING]


def sees_every_decision(actor: Actor, found: Appraisal) -> bool:
    """Tell whether a person may see what was decided of the result: before its publication, whoever works on it."""
    return found.stage == Stage.PUBLISHED or queries.part_of(actor, found) in (Part.LEADING, Part.COMPILER)


# ---- rows


def rows(sheets: Sequence[UnitSheet], decided: Iterable[AppraisalDecision]) -> list[list[Value]]:
    """Return a row for everything on record, in the columns of HEADS, unit by unit, the decisions behind them."""
    found: list[Row] = []
    for sheet in sheets:
        where = {clause.code: (item, clause) for _, item, clause in sheet.known.scheme.clauses()}
        items = {item.code: item for _, item in sheet.known.scheme.items()}
        found += _recorded(sheet, where, items)
        found += (_taken(sheet, each, where) for each in sheet.taken)
        found += (_application(sheet, each) for each in sheet.applications)
    found += (_decision(each) for each in decided)
    return [[row.get(head, "") for head in HEADS] for row in found]


def in_words(given: Sequence[Sequence[Value]]) -> list[list[Value]]:
    """Return rows with the sort and the state of each in words, for people."""
    sort, state = HEADS.index("sort"), HEADS.index("state")
    return [
        [SORT_TEXT[str(row[sort])], *row[sort + 1 : state], STATE_TEXT[str(row[state])], *row[state + 1 :]]
        for row in given
    ]


def _recorded(sheet: UnitSheet, where: dict[str, tuple[Item, Clause]], items: dict[str, Item]) -> Iterator[Row]:
    """Yield entries and, each in its own place in time, the rows that take them back."""
    paired: list[tuple[AppraisalEntry, Recorded]] = []
    for each in sheet.recorded:
        paired.append((each.row, each))
        if each.reversal is not None:
            paired.append((each.reversal, each))
    for row, each in sorted(paired, key=lambda pair: pair[0].id):
        item, clause = where.get(row.code, (items.get(row.code), None))
        is_reversal = row is not each.row
        yield _told_clause(item, clause) | {
            "sort": "reversal" if is_reversal else "total" if row.code in sheet.known.terms.totals_entered else "entry",
            "id": row.id,
            "unit": sheet.unit.name,
            "code": row.code,
            "count": row.count,
            "place": "" if row.place is None else row.place,
            "points": "" if row.points is None else row.points,
            "day": row.day.isoformat(),
            "note": row.note,
            "line": row.line,
            "by": row.actor_name,
            "at": f"{clock.local(row.at):%Y-%m-%d %H:%M:%S}",
            "reverses": row.reverses_id or "",
            "application": row.application_id or "",
            "state": "reversal" if is_reversal else state_of(sheet, each),
        }


def state_of(sheet: UnitSheet, each: Recorded) -> str:
    """Return how far an entry counts, by its word in STATE_TEXT."""
    if each.reversal is not None:
        return "reversed"
    if not sheet.is_known or each in sheet.strays:
        return "altered"
    if each.row.application_id is not None or sheet.is_evidence(each.row.code):
        return "evidence"
    if each.row.id in sheet.idle:
        return "replaced" if latest_counts(sheet.clause(each.row.code)) else "idle"
    return "contested" if each.is_contested else "counts"


def _told_clause(item: Item | None, clause: Clause | None) -> Row:
    told: Row = {"item": item.title if item else ""}
    if clause is None:
        return told | {"source_line": item.line if item else ""}
    return told | {"quote": clause.quote, "source_line": clause.line, "kind": clause.kind.value}


def _taken(sheet: UnitSheet, taken: Taken, where: dict[str, tuple[Item, Clause]]) -> Row:
    item, clause = where[taken.clause]
    return _told_clause(item, clause) | {
        "sort": "taken",
        "unit": sheet.unit.name,
        "code": taken.clause,
        "count": 1,
        "points": taken.points,
        "day": taken.fact.due_on.isoformat() if taken.fact.due_on else "",
        "note": f"{taken.doc_number} 第{taken.fact.number}项任务：{taken.reason}",
        "line": taken.lines,
        "by": "市局计分",
        "state": "counts",
        "section": taken.section,
    }


def application_state(each: SpecialApplication) -> str:
    """Return how far an application is, by its word in STATE_TEXT."""
    if each.withdrawn_at is not None:
        return "withdrawn"
    return "waiting" if each.points is None else "judged"


def _application(sheet: UnitSheet, each: SpecialApplication) -> Row:
    judged = each.judged_at
    return {
        "sort": "special",
        "id": each.id,
        "unit": sheet.unit.name,
        "code": "F",
        "item": each.title,
        "count": 1,
        "points": "" if each.points is None else each.points,
        "day": clock.local(judged or each.filed_at).date().isoformat(),
        "note": each.judgement,
        "by": each.judged_by or each.filed_by,
        "at": f"{clock.local(judged or each.filed_at):%Y-%m-%d %H:%M:%S}",
        "application": each.id,
        "state": application_state(each),
        "value": {None: "", True: "recognised", False: "not_recognised"}[each.recognised],
    }


def _decision(each: AppraisalDecision) -> Row:
    return {
        "sort": "decision",
        "id": each.id,
        "code": each.subject,
        "day": each.day.isoformat(),
        "note": each.reason,
        "by": each.actor_name,
        "at": f"{clock.local(each.at):%Y-%m-%d %H:%M:%S}",
        "state": "in_force",
        "value": each.value,
    }
