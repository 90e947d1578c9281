"""What the pages of rounds show: a row per round, a row per unit, and who is missing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker.indicators import queries
from tracker.indicators.queries import Sheet, term_of
from tracker.people import queries as people
from tracker.rules.indicators.rounds import PROGRESS_TEXT, STAGE_TEXT, Progress, Stage
from tracker.rules.permissions import Action, Actor, Scope
from tracker.rules.words import say

LATE = say("逾期未报")

SHOWN = {"": say("全部"), "missing": say("未报"), "late": LATE, "submitted": say("已报")}
"""Which units are shown, by the word in the address."""

LIGHTS: dict[Progress, str] = {
    Progress.NOT_BEGUN: "not_started",
    Progress.FILLING: "normal",
    Progress.SUBMITTED: "done",
    Progress.SUBMITTED_LATE: "done_late",
}
"""The symbol of each progress; a word stands beside it."""

STAGE_BADGE: dict[Stage, str] = {
    Stage.PLANNED: "draft",
    Stage.OPEN: "in_progress",
    Stage.ENDED: "returned",
    Stage.CLOSED: "closed",
}


@dataclass(frozen=True)
class RoundRow:
    """A round in the list; `sheet` is the reader's own district in it, if any."""

    round: Any
    stage: Stage
    submitted: int
    units: int
    sheet: Sheet | None
    late: bool

    @property
    def stage_text(self) -> str:
        """The stage in words."""
        return STAGE_TEXT[self.stage]

    @property
    def badge(self) -> str:
        """The look of the stage's badge."""
        return STAGE_BADGE[self.stage]

    @property
    def state(self) -> tuple[str, str]:
        """The symbol and word of the own district's progress."""
        return state_of(self.sheet, self.late) if self.sheet else ("excluded", say("不参加"))


@dataclass(frozen=True)
class UnitRow:
    """A unit in a round as the city sees it."""

    sheet: Sheet
    late: bool
    changed_at: datetime | None
    contact: people.Contact | None

    @property
    def missing(self) -> bool:
        """Tell whether it has not submitted."""
        return self.sheet.submitted_on is None

    @property
    def state(self) -> tuple[str, str]:
        """The symbol and the word of its progress."""
        return state_of(self.sheet, self.late)

    @property
    def phone(self) -> str:
        """Whom to call: the number on the form's cover, or else the contact's."""
        return self.sheet.phone or (self.contact.phone if self.contact else "")

    @property
    def name(self) -> str:
        """Who answers the telephone."""
        return self.sheet.prepared_by or (self.contact.name if self.contact else "")

    def fits(self, show: str) -> bool:
        """Tell whether it is among those shown."""
        return {"missing": self.missing, "late": self.late, "submitted": not self.missing}.get(show, True)


def state_of(sheet: Sheet, late: bool) -> tuple[str, str]:
    """Return the symbol and the word of a unit's progress."""
    found = sheet.progress()
    if sheet.round.closed_on is not None and sheet.submitted_on is None:
        return "excluded", say("缺报")
    return ("overdue", LATE) if late else (LIGHTS[found], PROGRESS_TEXT[found])


def round_rows(actor: Actor, day: date) -> list[RoundRow]:
    """Return the rounds that the person sees, the latest first. Five queries at most."""
    found = queries.rounds(actor)
    if actor.reach(Action.VIEW_INDICATORS) is Scope.ALL:
        tallies, own = queries.tallies([each.id for each in found]), {}
    else:
        tallies, own = {}, queries.own_sheets(actor)
    return [_round_row(each, day, tallies.get(each.id, (0, 0)), own.get(each.id)) for each in found]


def _round_row(found: Any, day: date, tally: tuple[int, int], sheet: Sheet | None) -> RoundRow:
    return RoundRow(found, term_of(found).stage(day), *tally, sheet, sheet is not None and sheet.is_late(day))


def unit_rows(actor: Actor, round_id: int, day: date) -> list[UnitRow]:
    """Return the units of a round: who owes answers past the last day first, then who owes them, then the others."""
    sheets = queries.all_sheets(actor, round_id)
    contacts = people.contacts(sheet.unit_id for sheet in sheets)
    rows = [
        UnitRow(
            sheet,
            sheet.is_late(day),
            max((held.at for held in sheet.held.values() if held.at), default=None),
            contacts.get(sheet.unit_id),
        )
        for sheet in sheets
    ]
    return sorted(rows, key=lambda row: (not row.late, not row.missing))
