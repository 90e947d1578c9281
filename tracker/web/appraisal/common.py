"""What the pages of the appraisal share: whose year is shown, as what the person takes part, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app

from tracker import clock
from tracker.appraisal import queries, versions
from tracker.appraisal.queries import UnitSheet, UnknownAppraisal
from tracker.rules.appraisal.steps import STAGE_TEXT, Part, Stage, may_appraise, sees_results
from tracker.rules.permissions import Action, may
from tracker.web.session import actor


@dataclass(frozen=True)
class Shown:
    """A year as a page shows it to a person: as what they take part, and how far it is."""

    id: int
    title: str
    part: Part
    stage: Stage
    compiler_id: int
    reopened: str = ""
    """Why the result is being decided anew."""

    @property
    def stage_text(self) -> str:
        """How far it is, in words."""
        return STAGE_TEXT[self.stage]

    @property
    def sees_all(self) -> bool:
        """Tell whether the person sees the points of all units."""
        return sees_results(self.part, self.stage)

    @property
    def works_on_all(self) -> bool:
        """Tell whether the person sees the sheets of all units."""
        return self.part in (Part.LEADING, Part.COMPILER)

    @property
    def is_open(self) -> bool:
        """Tell whether things can still be recorded."""
        return self.stage is Stage.OPEN

    @property
    def is_approved(self) -> bool:
        """Tell whether the result is approved, published or not."""
        return self.stage in (Stage.APPROVED, Stage.PUBLISHED)

    @property
    def is_taken_off(self) -> bool:
        """Tell whether the person, who sees published results alone, has to wait until this one is published anew."""
        return self.part is Part.READER and self.stage is not Stage.PUBLISHED

    @property
    def leads(self) -> bool:
        """Tell whether the person decides."""
        return self.part is Part.LEADING and may(actor(), Action.DECIDE_APPRAISAL)

    def may_appraise(self, unit_id: int) -> bool:
        """Tell whether the person may record and judge for an organization now."""
        own = unit_id == actor().unit_id
        return self.is_open and may(actor(), Action.APPRAISE) and may_appraise(self.part, own)


def wanted_year(appraisal_id: int) -> Shown:
    """Return a year that the person sees, or answer that there is none."""
    try:
        found = queries.appraisal_of(actor(), appraisal_id)
    except UnknownAppraisal:
        abort(404)
    return shown(found)


def wanted_appraisal(appraisal_id: int) -> Any:
    """Return a year that the person sees with all that is kept of it, or answer that there is none."""
    try:
        return queries.appraisal_of(actor(), appraisal_id)
    except UnknownAppraisal:
        abort(404)


def shown(found: Any) -> Shown:
    """Return a year as it is shown to the person, who sees it."""
    return all_shown([found])[0]


def all_shown(years: Sequence[Any]) -> list[Shown]:
    """Return years as they are shown to the person, who sees them. One query at most."""
    whys = versions.whys_reopened(actor(), years)
    return [
        Shown(each.id, each.title, queries.part_of(actor(), each), Stage(each.stage), each.compiler_id, whys[each.id])
        for each in years
    ]


def taken_off(appraisal_id: int) -> Shown | None:
    """Return a year whose published result the person read, while that is decided anew."""
    found = next((each for each, _ in versions.taken_off(actor()) if each.id == appraisal_id), None)
    return None if found is None else shown(found)


def wanted_sheet(appraisal_id: int, unit_id: int) -> UnitSheet:
    """Return a unit's year that the person sees, or answer that there is none."""
    try:
        return queries.sheet(actor(), appraisal_id, unit_id, clock.today())
    except UnknownAppraisal:
        abort(404)


def base_url() -> str:
    """Return how links in letters begin."""
    return str(current_app.config["TRACKER_BASE_URL"])
