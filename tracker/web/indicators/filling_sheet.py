"""A unit's form at a glance, as its page shows it."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from tracker import clock
from tracker.indicators import queries
from tracker.indicators.queries import Sheet
from tracker.rules.indicators.rounds import PROGRESS_TEXT, Progress
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.web.indicators.filling_checks import findings
from tracker.web.indicators.filling_form import CoverForm
from tracker.web.indicators.filling_names import blank_address, sheet_address, short_name
from tracker.web.indicators.filling_page import answered_of, of_part
from tracker.web.session import actor

BADGES = {
    Progress.NOT_BEGUN: "not_started",
    Progress.FILLING: "in_progress",
    Progress.SUBMITTED: "completed",
    Progress.SUBMITTED_LATE: "completed",
}
"""The look of a state, as those of tasks."""


@dataclass(frozen=True)
class PartLine:
    """A part in the list: where it is filled in, how many of its indicators leave nothing open, what is missing."""

    title: str
    address: str
    answered: int
    total: int
    missing: tuple[tuple[str, str], ...]


def frame(found: Sheet) -> dict[str, Any]:
    """Return what every page of a unit's form shows above its own: whose it is, until when, whether one may write."""
    today = clock.today()
    closed = queries.why_closed(found.round, found.submitted_on, today)
    own = may(actor(), Action.ANSWER_INDICATORS) and found.unit_id == actor().district_id
    state = found.progress()
    return {
        "sheet": found,
        "address": sheet_address(found),
        "state": (BADGES[state], PROGRESS_TEXT[state]),
        "closed": closed,
        "own": own,
        "open": own and not closed,
        "late": (today - found.due).days if found.is_late(today) else 0,
        "total": len(found.known.form.indicators),
        "sees_all": not own,
    }


def page(
    found: Sheet,
    *,
    cover: CoverForm | None = None,
    refused: tuple[str, str, str] = ("", "", ""),
    alert: str = "",
) -> str:
    """Show the form at a glance; `refused` is an explanation that was not taken: of which check, its text, why."""
    around, checks = frame(found), findings(found, *refused)
    unanswered, open_ = found.unanswered, found.open_objections
    may_submit = around["own"] and may(actor(), Action.SUBMIT_INDICATORS)
    return render_template(
        "indicators/sheet.html",
        parts=_parts(found, set(unanswered)),
        missing=len(unanswered),
        open_checks=len(open_),
        findings=checks,
        checks=len(found.known.terms.checks),
        cover=cover or CoverForm(obj=found, formdata=None),
        alert=alert,
        hint=_hint(found, may_submit),
        ready=not unanswered and not open_,
        may_submit=may_submit,
        may_recall=may_submit and found.submitted_on is not None and not _ended(found),
        **around,
    )


def _ended(found: Sheet) -> str:
    return queries.why_closed(found.round, None, clock.today())


def _hint(found: Sheet, may_submit: bool) -> str:
    """Say why the form cannot be handed in by this person now; an empty string where it can."""
    if found.unanswered or found.open_objections:
        return say(
            "还不能上报：{missing} 个空格没有填，{wrong} 处核对没有通过或没有说明。",
            missing=len(found.unanswered),
            wrong=len(found.open_objections),
        )
    return "" if may_submit else say("已经填齐，请区局负责人在本页上报市局。")


def _parts(found: Sheet, missing: set[str]) -> list[PartLine]:
    form = found.known.form
    return [
        PartLine(
            part.title,
            f"{sheet_address(found)}/part/{number}",
            answered_of(found, number),
            len(of_part(form, number)),
            tuple(
                (short_name(indicator, blank), blank_address(found, indicator.key(blank), indicator))
                for indicator in of_part(form, number)
                for blank in indicator.blanks
                if indicator.key(blank) in missing
            ),
        )
        for number, part in enumerate(form.parts, 1)
    ]
