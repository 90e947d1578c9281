"""The ledger as a table: the columns of files and sheets, what is told beside each row, and the filters in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from tracker import clock
from tracker.assignments.queries import Row, state_at
from tracker.overview import ledger
from tracker.overview.ledger import Line, Wanted
from tracker.overview.tables import Table, Value
from tracker.overview.terms import TERM_TEXT, Term
from tracker.people import queries as people
from tracker.people.queries import Contact
from tracker.reminders import urges
from tracker.reminders.urges import Count
from tracker.rules.calendar import days_overdue
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Actor
from tracker.rules.status import LIGHT_TEXT, STATUS_TEXT, Light, Status, light, status_text
from tracker.rules.words import packed, say, unpacked

LEVELS = {
    "": say("全部单位"),
    OrganizationKind.DISTRICT_BUREAU.value: say("区局"),
    OrganizationKind.CITY_OFFICE.value: say("市局处室"),
    OrganizationKind.SECTION.value: say("科室"),
    OrganizationKind.INSTITUTION.value: say("所属机构"),
    OrganizationKind.JUSTICE_OFFICE.value: say("司法所"),
}
DAYS = {"due_from": say("到期不早于"), "due_by": say("到期不晚于"), "done_by": say("办结不晚于")}
"""Bounds of the due day and of the day of completion: the word in the address, and the label."""

GROUP_HEADS = {"district": say("区"), "office": say("牵头处室"), "month": say("到期月份")}
NO_GROUP = {"district": say("市局处室"), "office": say("未列牵头处室"), "month": say("持续推进，没有时限")}
NOBODY = Contact("", "")


@dataclass(frozen=True)
class Asked:
    """A list as somebody asked for it; `given` is what its address said, `lit` whether each row tells its light."""

    title: str
    lit: bool
    day: date
    wanted: Wanted
    sort: str
    group: str
    given: Mapping[str, str]

    def stored(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        wanted = {name: str(value) if isinstance(value, date) else value for name, value in asdict(self.wanted).items()}
        return {**vars(self), "title": packed(self.title), "day": self.day.isoformat(), "wanted": wanted}


def restored(stored: Mapping[str, Any]) -> Asked:
    """Return what was stored."""
    wanted = dict(stored["wanted"])
    for name in ("month", "due_from", "due_by", "done_by"):
        wanted[name] = wanted[name] and date.fromisoformat(wanted[name])
    wanted["lights"] = tuple(map(Light, wanted["lights"]))
    wanted["status"] = wanted["status"] and Status(wanted["status"])
    read = {"title": unpacked(stored["title"]), "day": date.fromisoformat(stored["day"]), "wanted": Wanted(**wanted)}
    return Asked(**{**stored, **read})


@dataclass(frozen=True)
class Shown:
    """The rows of a page or a file with what is told beside them."""

    lines: list[Line]
    day: date
    contacts: dict[int, Contact]
    urged: dict[int, Count]

    @property
    def rows(self) -> list[Row]:
        """The rows without their groups."""
        return [line.row for line in self.lines]

    def mark(self, row: Row) -> tuple[str, int]:
        """Return the light of a row and how many days late it is."""
        shown = light(row.status, row.due_on, row.completed_on, self.day, row.near_days)
        return shown.value, days_overdue(row.due_on, self.day) if shown is Light.OVERDUE else 0


def shown(lines: list[Line], day: date) -> Shown:
    """Return rows with their contacts and how often they were urged. Two queries."""
    contacts = people.contacts(line.row.unit_id for line in lines)
    return Shown(lines, day, contacts, urges.counts([line.row.id for line in lines], day))


def lines(actor: Actor, asked: Asked, limit: int, offset: int = 0) -> list[Line]:
    """Return the rows of a list, within the person's scope. Two queries."""
    return ledger.rows(actor, state_at(asked.day), asked.day, asked.wanted, asked.sort, asked.group, limit, offset)


# ---- the table

Cell = Callable[[Row, Shown], Value]

COLUMNS: tuple[tuple[str, Cell], ...] = (
    (say("序号"), lambda row, shown: row.number),
    (say("任务"), lambda row, shown: row.text),
    (say("单位"), lambda row, shown: row.unit),
    (say("区"), lambda row, shown: row.district or ""),
    (say("完成时限"), lambda row, shown: row.due_on),
    (say("逾期天数"), lambda row, shown: shown.mark(row)[1]),
    (say("状态"), lambda row, shown: status_text(row.status, row.closed_on, shown.day)),
    (say("催办次数"), lambda row, shown: shown.urged[row.id].number if row.id in shown.urged else 0),
    (say("上次催办"), lambda row, shown: _last_urged(shown.urged.get(row.id))),
    (say("联系人"), lambda row, shown: shown.contacts.get(row.unit_id, NOBODY).name),
    (say("电话"), lambda row, shown: shown.contacts.get(row.unit_id, NOBODY).phone),
    (say("原定时限"), lambda row, shown: row.original_due_on),
    (say("延期次数"), lambda row, shown: row.extensions),
)
UNPRINTED = (say("区"), say("状态"), say("上次催办"), say("原定时限"), say("延期次数"))
"""Columns of the file for which there is no room on A4."""

LIGHT_COLUMN: tuple[str, Cell] = (say("亮灯"), lambda row, shown: LIGHT_TEXT[Light(shown.mark(row)[0])])


def _last_urged(last: Count | None) -> str:
    return f"{clock.local(last.last_at):%Y-%m-%d %H:%M} {last.last_by}" if last else ""


def table(asked: Asked, found: Shown, at: datetime) -> Table:
    """Return the list as a file: the rows of the page in its order, the group beside each."""
    columns = (*COLUMNS, LIGHT_COLUMN) if asked.lit else COLUMNS
    heads = [head for head, _ in columns]
    rows = [[cell(line.row, found) for _, cell in columns] for line in found.lines]
    if asked.group:
        heads = [GROUP_HEADS[asked.group], *heads]
        names = (group_name(asked.group, line.key, line.name) for line in found.lines)
        rows = [[name, *row] for name, row in zip(names, rows, strict=True)]
    note = say(
        "截至 {day}，导出于 {at}，共 {n} 项{conditions}",
        day=asked.day,
        at=f"{at:%Y-%m-%d %H:%M}",
        n=len(rows),
        conditions=_told(_conditions(asked.given, found.lines)),
    )
    return Table(asked.title, note, heads, rows)


def group_name(group: str, key: int | None, name: str | None) -> str:
    """Return what a group is called."""
    if key is None:
        return NO_GROUP[group]
    return name or say("{day:month}", day=date(key // 100, key % 100, 1))


def _told(conditions: Sequence[object]) -> str:
    return say("；条件：{conditions}", conditions=conditions) if conditions else ""


def _conditions(given: Mapping[str, str], found: list[Line]) -> list[object]:
    """Say the filters of an address in words; what is a number there goes by the name it has in the rows."""
    row, lights = found[0].row if found else None, given.get("light", "").split(",")
    named = {"plan": row and row.plan, "unit": row and row.unit, "district": row and row.district}
    told = [
        *(LIGHT_TEXT[value] for value in Light if value in lights),
        LEVELS[given["level"]] if given.get("level") in LEVELS else "",
        STATUS_TEXT[Status(given["status"])] if given.get("status") in set(Status) else "",
        *(name for word, name in named.items() if given.get(word)),
        TERM_TEXT[Term(given["term"])] if given.get("term") in set(Term) else "",
        given.get("due", ""),
        *(say("{what} {day}", what=label, day=given[word]) for word, label in DAYS.items() if given.get(word)),
        given.get("q", "").strip(),
    ]
    return [words for words in told if words]
