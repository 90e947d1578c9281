"""Finds the sheet that an indicator page is about; one that the person may not see answers like a missing one."""

from typing import Any

from flask import abort

from tracker import clock
from tracker.indicators import queries
from tracker.indicators.queries import UnknownRound
from tracker.rules.permissions import Action, may
from tracker.web.session import actor


def wanted_sheet(round_id: int, unit_id: int) -> Any:
    """Return a unit's answers in a round."""
    try:
        return queries.sheet(actor(), round_id, unit_id)
    except UnknownRound:
        abort(404)


def why_closed(sheet: Any) -> str:
    """Say why the person cannot write in a sheet today; an empty string where they can or never could."""
    return str(queries.why_closed(sheet.round, sheet.submitted_on, clock.today()))


def may_write(sheet: Any) -> bool:
    """Tell whether the person can write in a sheet today."""
    return may(actor(), Action.ANSWER_INDICATORS) and not why_closed(sheet)
