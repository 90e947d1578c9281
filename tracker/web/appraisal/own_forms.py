"""The form of a unit's own appraisal: a row for each item, and two texts."""

from collections.abc import Mapping
from typing import Any

from tracker.appraisal import own
from tracker.appraisal.own import OwnPoints, Written
from tracker.appraisal.queries import UnitSheet
from tracker.appraisal.special import written as counted
from tracker.rules.appraisal.points import Result
from tracker.rules.words import say
from tracker.web.appraisal.amounts import amount
from tracker.web.frame import points as points_text
from tracker.web.paging import whole

TEXTS = {"summary": say("全年工作总结"), "city_material": say("考核上报材料")}
UNREADABLE = say("请填数字，最多两位小数，例如 8 或 8.5。")

Sides = dict[str, dict[str, Any]]


class OwnForm:
    """What stands, or what was typed: `values` and `errors` by field (summary, points-W1-1, note-W1-1)."""

    def __init__(self, sheet: UnitSheet, sent: Mapping[str, str] | None = None) -> None:
        """Take what was sent, else what was written last."""
        self.sheet = sheet
        self.results: tuple[Result, ...] = own.items(sheet)
        stands = own.stands(sheet)
        self.seen = stands.seen if sent is None else whole(sent.get("seen", "")) or 0
        self.values = (
            _told(stands, self.results) if sent is None else {name: sent.get(name, "") for name in self.labels}
        )
        self.errors: dict[str, str] = {}

    @property
    def labels(self) -> dict[str, str]:
        """What the page calls its fields, in their order."""
        found: dict[str, str] = {}
        for each in self.results:
            code = each.item.code
            found[f"points-{code}"] = say("{code} 自评分", code=code)
            found[f"note-{code}"] = say("{code} 说明", code=code)
        return {**found, **TEXTS}

    def recorded(self, result: Result) -> int:
        """Return how much on record counts for an item, whatever the city took for it included."""
        codes = {result.item.code, *(clause.code for clause in result.item.clauses)}
        standing = [each for each in self.sheet.recorded if each.reversal is None and each.row.code in codes]
        return len(standing) + sum(taken.clause in codes for taken in self.sheet.taken)

    def awaits(self, result: Result) -> bool:
        """Tell whether points of an item are still to be entered by somebody: what is missing is not 0."""
        return result.item.code in self.sheet.year.awaits or bool(result.awaits)

    @property
    def written(self) -> Written:
        """What was typed, as an operation takes it, with what cannot be read: it refuses that with all the rest."""
        given, unread = {}, {}
        for each in self.results:
            code = each.item.code
            typed = self.values[f"points-{code}"].strip()
            read = amount(typed)
            if typed and read is None:
                unread[f"points-{code}"] = UNREADABLE
            given[code] = OwnPoints(read, counted(self.values[f"note-{code}"]))
        return Written(counted(self.values["summary"]), counted(self.values["city_material"]), self.seen, given, unread)

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Say at each field why it was refused, in the order of the page."""
        self.errors = {name: problems[name] for name in self.labels if name in problems}

    def sides(self, now: UnitSheet, typed_by: str) -> Sides:
        """Lay what was typed beside what stands now; sent again, the form knows of it."""
        stands = own.stands(now)
        self.seen = stands.seen
        theirs = _told(stands, self.results)
        return {
            "theirs": {"who": now.unit.name, "fields": [(label, theirs[name]) for name, label in self.labels.items()]},
            "mine": {"who": typed_by, "fields": [(label, self.values[name]) for name, label in self.labels.items()]},
        }


def _told(said: Written, results: tuple[Result, ...]) -> dict[str, str]:
    found = {"summary": said.summary, "city_material": said.city_material}
    for each in results:
        code = each.item.code
        given = said.points.get(code, OwnPoints(None))
        found[f"points-{code}"] = "" if given.points is None else points_text(given.points)
        found[f"note-{code}"] = given.note
    return found
