"""The 扣分说明书: what a score rests on, of one district or of all, from the frozen sheet or from the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.plans.models import Plan
from tracker.rules.permissions import Action, Actor, Scope, require
from tracker.rules.score_sheets import FORMAT
from tracker.rules.scoring import Outcome
from tracker.rules.words import say
from tracker.scoring import queries, sheets
from tracker.scoring.models import Freeze
from tracker.scoring.queries import UnknownDistrict
from tracker.scoring.sheet_content import Content, content, plain, total


@dataclass(frozen=True)
class Item:
    """A line of a score with its task, what is on record for it, and the objections to it."""

    line: Content
    task: Content
    of: Content
    entry: Content
    appeals: list[Content]

    @property
    def points(self) -> Decimal:
        """The points of the line."""
        return Decimal(self.line["points"])


@dataclass(frozen=True)
class Told:
    """A district's part: its numbers, the lines that move points, and the other ones by what they mean."""

    district: Content
    moving: list[Item]
    rest: dict[str, list[Item]]

    @property
    def sum(self) -> str:
        """What the lines add up to: the score."""
        return plain(total(item.line for item in self.moving))

    @property
    def explained(self) -> list[Item]:
        """The lines that are about a task or were entered; full points and caps need no more than their reason."""
        return [item for item in self.moving if item.of or item.entry]


@dataclass(frozen=True)
class Statement:
    """What is said of a plan's districts on a day.

    `sealed` where it comes from the frozen sheet, `later` where the sheet was frozen on a day after it.
    """

    content: Content
    rule: Content
    districts: list[Told]
    sealed: Freeze | None
    later: Freeze | None = None


def of(actor: Actor, plan: Plan, day: date, district_id: int | None = None) -> Statement:
    """Return the statement of one district, or of all within the person's reach; raise UnknownDistrict otherwise.

    From the day of the freeze on it is that of the frozen sheet, which no later change of the record can reach.
    """
    wanted = _wanted(actor, district_id)
    sealed = sheets.frozen(plan.id)
    said = _sealed(plan, sealed) if sealed and sealed.day <= day else content(plan, day, wanted)
    told = [_told(said, district) for district in said["districts"] if wanted in (None, district["district_id"])]
    if not told:
        raise UnknownDistrict(say("没有找到这个区的得分：该单位在这一天没有承担本方案的任务。"))
    rule = next(rule for rule in said["rules"] if rule["number"] == said["rule"])
    if sealed and sealed.day > day:
        return Statement(said, rule, told, None, later=sealed)
    return Statement(said, rule, told, sealed)


def _wanted(actor: Actor, district_id: int | None) -> int | None:
    """Return whose statement may be read: the one asked for, or the person's own where all are asked for."""
    if district_id is not None:
        queries.require_district(actor, district_id)
        return district_id
    require(actor, Action.VIEW_SCORE)
    return None if actor.reach(Action.VIEW_SCORE) is Scope.ALL else actor.district_id or 0


def _sealed(plan: Plan, sealed: Freeze) -> Content:
    """Return what a frozen sheet says; raise UnknownDistrict where it was altered beyond reading."""
    said = sheets.read(sealed)
    if said is None:
        raise UnknownDistrict(say("封存的得分表已无法读取，请联系系统管理员保留现场并核验。"))
    return said if "rules" in said else _filled(plan, said, sealed.day)


def _filled(plan: Plan, said: Content, day: date) -> Content:
    """Return a sheet of the first format, which held the lines alone, with the rest from the record."""
    made = sheets.anew(plan, {"format": FORMAT}, day)
    ids = {row["district"]: row for row in made["districts"]}
    districts = [_with_ids(row, ids.get(row["district"], {})) for row in said["districts"]]
    return {**made, "districts": districts}


def _with_ids(row: Content, made: Content) -> Content:
    of = {each["task"]: each["id"] for each in made.get("assignments", [])}
    lines = [{"entry": None, "rule": None, "assignment": of.get(line["task"]), **line} for line in row["lines"]]
    return {**made, **row, "lines": lines}


def _told(said: Content, district: Content) -> Told:
    tasks = {task["id"]: task for task in said["tasks"]}
    assignments = {row["id"]: row for row in district["assignments"]}
    entries = {row["id"]: row for row in district["entries"]}
    items = [
        Item(
            line,
            tasks.get(owed.get("task_id"), {}),
            owed,
            entries.get(line["entry"], {}),
            _appeals(district["appeals"], line),
        )
        # Two tasks of a plan may bear the same number: a line knows its task by the assignment.
        for line, owed in ((line, assignments.get(line["assignment"], {})) for line in district["lines"])
    ]
    rest: dict[str, list[Item]] = {}
    for item in items:
        if not item.points:
            rest.setdefault(item.line["outcome"], []).append(item)
    return Told(district, [item for item in items if item.points or item.line["outcome"] == Outcome.BASE], rest)


def _appeals(appeals: Iterable[Content], line: dict[str, Any]) -> list[Content]:
    """Return the objections to a line; the line that gave its points back only follows from one."""
    if line["outcome"] == Outcome.EXCUSED:
        return []
    return [
        appeal
        for appeal in appeals
        if (appeal["assignment"] is not None and appeal["assignment"] == line["assignment"])
        or (appeal["entry"] is not None and appeal["entry"] == line["entry"])
    ]
