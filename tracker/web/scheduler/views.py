"""The page that tells how the scheduler is."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from tracker import clock
from tracker.reminders import runs
from tracker.reminders.runs import Pulse, Run
from tracker.rules.permissions import Action
from tracker.web.access import allowed
from tracker.web.scheduler.alarm import raised, span

scheduler = Blueprint("scheduler", __name__, url_prefix="/admin")

RUNNING, BROKEN, FAILED, DONE, NEVER = "running", "broken", "failed", "done", "never"


@dataclass(frozen=True)
class JobRow:
    """A job with its last run, and what is to be said of that."""

    label: str
    meaning: str
    state: str
    run: Run | None
    took: str = ""


@scheduler.get("/scheduler")
@allowed(Action.VIEW_SCHEDULER)
def state() -> str:
    """Show who is on duty, what ran and runs next, and what waits."""
    pulse, ran = runs.pulse(), runs.latest()
    backlog = runs.backlog(clock.now(), clock.utc())
    return render_template(
        "scheduler/state.html",
        pulse=pulse,
        alarm=raised(pulse),
        age=span(pulse.age) if pulse else "",
        remaining=span(pulse.remaining) if pulse else "",
        rows=[_row(name, ran.get(name), pulse) for name in runs.JOB_TEXT],
        backlog=backlog,
        oldest=span(backlog.oldest),
        lag=span(backlog.lag),
        looked_at=clock.utc(),
    )


def _row(name: str, run: Run | None, pulse: Pulse | None) -> JobRow:
    label, meaning = runs.JOB_TEXT[name]
    if run is None:
        return JobRow(label, meaning, NEVER, run)
    if run.finished_at is None:
        alive = pulse is not None and pulse.on_duty and pulse.holder == run.holder
        return JobRow(label, meaning, RUNNING if alive else BROKEN, run)
    return JobRow(label, meaning, FAILED if run.failed else DONE, run, span(run.finished_at - run.started_at))
