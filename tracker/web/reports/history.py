"""One report under an address of its own, and how it came to be what it is."""

from typing import Any

from flask import Blueprint, abort, render_template

from tracker.assignments import queries as assignments
from tracker.reports import history
from tracker.reports.queries import Filed
from tracker.rules.permissions import Action
from tracker.web.access import allowed
from tracker.web.reports.words import shown
from tracker.web.session import actor

histories = Blueprint("histories", __name__)


@histories.get("/reports/<id:report_id>")
@histories.get("/assignments/<id:assignment_id>/reports/<id:report_id>")
@allowed(Action.VIEW_ASSIGNMENTS)
def report(report_id: int, assignment_id: int | None = None) -> str:
    """Show one report with its files and what was decided on it; under another assignment it is not there."""
    found = _found(report_id)
    if assignment_id not in (None, found.report.assignment_id):
        abort(404)
    return render_template("reports/report.html", entry=shown(found), **_about(found))


@histories.get("/reports/<id:report_id>/history")
@allowed(Action.VIEW_ASSIGNMENTS)
def changes(report_id: int) -> str:
    """Show what happened to a report, and what the reports before and after it say differently."""
    found = _found(report_id)
    versions = history.versions(actor(), found.report.assignment_id)
    return render_template(
        "reports/history.html",
        entry=shown(found),
        happened=history.happened(found.report),
        versions=[{"shown": shown(version.filed), "differences": version.differences} for version in versions],
        **_about(found),
    )


def _found(report_id: int) -> Filed:
    found: Filed = history.get(actor(), report_id) or abort(404)
    return found


def _about(found: Filed) -> dict[str, Any]:
    return {"item": assignments.get(actor(), found.report.assignment_id) or abort(404)}
