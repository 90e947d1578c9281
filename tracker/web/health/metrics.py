"""The figures of scheduler and outbox in Prometheus' text format; read from the database, the same in every worker."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import DatabaseError

from tracker import clock
from tracker.db import db
from tracker.reminders import runs

Figures = Iterator[GaugeMetricFamily]


def page() -> tuple[bytes, str]:
    """Return the figures of this moment, and the content type that names their format."""
    registry = CollectorRegistry()
    registry.register(_Figures())
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Figures(Collector):
    """Asks the database once per reading; a database that does not answer is a figure too."""

    def collect(self) -> Figures:
        """Yield every figure; labels name states, channels and jobs, never people or records."""
        found: list[GaugeMetricFamily] = []
        try:
            found += [*_letters(), *_scheduler(), *_jobs()]
        except DatabaseError:
            db.session.rollback()
        yield GaugeMetricFamily("tracker_database_up", "1 while the database answers", value=bool(found))
        yield from found

    def describe(self) -> Figures:
        """Tell nothing in advance: registering would otherwise ask the database."""
        return iter(())


def _letters() -> Figures:
    backlog, counts = runs.backlog(clock.now(), clock.utc()), runs.letters_by_channel()
    states = Counter[str]()
    by_channel = GaugeMetricFamily("tracker_letters", "Letters by channel and state", labels=("channel", "state"))
    for (channel, state), number in counts.items():
        by_channel.add_metric((channel, state), number)
        states[state] += number
    by_state = GaugeMetricFamily("tracker_outbox_letters", "Letters of the outbox by state", labels=("state",))
    for state, number in states.items():
        by_state.add_metric((state,), number)
    yield by_state
    yield by_channel
    yield _gauge("tracker_outbox_oldest_waiting_seconds", "Age of the oldest unsent letter", backlog.oldest)
    yield _gauge("tracker_outbox_lag_seconds", "How long the most overdue letter waits beyond its time", backlog.lag)


def _scheduler() -> Figures:
    pulse = runs.pulse()
    held = bool(pulse and pulse.on_duty)
    yield GaugeMetricFamily("tracker_scheduler_on_duty", "1 while a scheduler holds the duty", value=held)
    if pulse:
        yield _gauge("tracker_scheduler_heartbeat_age_seconds", "Since the last heartbeat", pulse.age)
        yield _gauge("tracker_scheduler_lease_remaining_seconds", "Until the duty runs out", pulse.remaining)


def _jobs() -> Figures:
    started = GaugeMetricFamily("tracker_job_last_run_timestamp_seconds", "When a job last began", labels=("job",))
    next_run = GaugeMetricFamily("tracker_job_next_run_timestamp_seconds", "When a job runs next", labels=("job",))
    failed = GaugeMetricFamily("tracker_job_last_run_failed", "1 where a job's last run failed", labels=("job",))
    for name, run in runs.latest().items():
        started.add_metric((name,), run.started_at.timestamp())
        failed.add_metric((name,), run.failed)
        if run.next_at:
            next_run.add_metric((name,), run.next_at.timestamp())
    return iter((started, next_run, failed))


def _gauge(name: str, meaning: str, seconds: timedelta) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=seconds.total_seconds())
