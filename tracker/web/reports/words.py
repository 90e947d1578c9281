"""A report as pages show it: its Markdown as HTML, its kinds and states in words."""

from typing import Any

from tracker import text
from tracker.reports.queries import Filed
from tracker.rules.reports import KIND_TEXT, SITUATION_TEXT, STATE_TEXT, ReportKind, ReportState, Situation
from tracker.rules.words import say


def shown(entry: Filed) -> dict[str, Any]:
    """Return a report with its files and review for the macro `reports.article`."""
    report = entry.report
    return {
        "report": report,
        "files": entry.files,
        "review": entry.review,
        "done": text.to_html(report.done),
        "problems": text.to_html(report.problems),
        "next_steps": text.to_html(report.next_steps),
        "help_needed": text.to_html(report.help_needed),
        "situation": SITUATION_TEXT[Situation(report.situation)],
        "state": STATE_TEXT[ReportState(report.state)],
        "kind": say("更正报告") if entry.correction else KIND_TEXT[ReportKind(report.kind)],
        "rechecked": entry.rechecked,
    }
