"""The page that tells how the scheduler is."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.reminders import runs
from tracker.reminders.runs import Pulse, Run
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.scheduler.alarm import raised, span
from tracker.web.session import actor

scheduler = Blueprint("scheduler", __name__, url_prefix="/admin")

RUNNING, BROKEN, FAILED, DONE, NEVER = "running", "broken", "failed", "done", "never"


@dataclass(frozen=True)
class JobRow:
    """A job with its last run, and what is to be said of that."""

    name: str
    label: str
    meaning: str
    state: str
    run: Run | None
    took: str = ""
    asked: bool = False


@scheduler.get("/scheduler")
@allowed(Action.VIEW_SCHEDULER)
def state() -> str:
    """Show who is on duty, what ran and runs next, and what waits."""
    return _page()


def _page(problem: str = "") -> str:
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
        may_run=may(actor(), Action.RUN_JOBS),
        problem=problem,
    )


@scheduler.post("/scheduler/run")
@allowed(Action.RUN_JOBS)
def run() -> Response | tuple[str, int]:
    """Ask that a job run now; the scheduler runs it, not this process."""
    name = request.form.get("job", "")
    if name not in runs.JOB_TEXT:
        return _page(
            say("没有这项定时任务。请用表中的“立即运行”，可以运行：{job_text}。", job_text=list(runs.JOB_TEXT))
        ), 422
    with transaction():
        asked = runs.ask(actor(), clock.now(), name)
    pulse, label = runs.pulse(), runs.JOB_TEXT[name][0]
    if pulse is None or pulse.dead:
        flash(say("现在没有进程值班：启动 tracker scheduler 后，{label}立即运行。", label=label), "warning")
    elif asked:
        flash(say("已通知值班进程，{label}几秒内开始。刷新页面看结果。", label=label), "success")
    else:
        flash(say("{label}正在运行，不用再次启动。刷新页面看结果。", label=label), "info")
    return redirect(url_for("scheduler.state"), 303)


def _row(name: str, run: Run | None, pulse: Pulse | None) -> JobRow:
    label, meaning = runs.JOB_TEXT[name]
    if run is None:
        return JobRow(name, label, meaning, NEVER, run)
    if run.finished_at is None:
        alive = pulse is not None and pulse.on_duty and pulse.holder == run.holder
        return JobRow(name, label, meaning, RUNNING if alive else BROKEN, run)
    asked = run.next_at is not None and run.next_at <= run.finished_at
    state, took = FAILED if run.failed else DONE, span(run.finished_at - run.started_at)
    return JobRow(name, label, meaning, state, run, took, asked)
