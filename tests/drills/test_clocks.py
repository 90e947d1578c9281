"""The host's clock and zone change no letter: server time, daylight saving, days asleep, a leap day."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest

from tests.conftest import Databases, settings

HOME, SERVER, SUMMER = "Asia/Shanghai", "UTC", "America/New_York"
ZONES = (HOME, SERVER, SUMMER)

BEFORE, WOKEN = "2021-03-26", "2021-04-01"
"""A run, then the last three days of the month and a weekend asleep; six tasks are due on the last of March."""

DAYS = ("2021-03-01", "2021-03-15", BEFORE, WOKEN, WOKEN, "2024-02-28", "2024-02-29", "2024-03-01")

Letters = list[dict[str, Any]]

pytestmark = pytest.mark.slow


def on_host(zone: str, code: str, *arguments: str, **environ: str) -> str:
    """Run some Python on a host of a zone, and return what it prints."""
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, **environ, "TZ": zone}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


REMIND = """
import sys
from tracker.cli import tracker
for day in sys.argv[1:]:
    tracker(["remind", "--on", day, "--json"], standalone_mode=False)
    print(",")
"""


@pytest.fixture(scope="module")
def by_zone(
    seeded_template: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Letters]]:
    """What `tracker remind` said on each day, on a host of each zone with a database of its own."""
    found = {}
    for zone in ZONES:
        place = settings(databases.copy(seeded_template), tmp_path_factory.mktemp("host"))
        said = on_host(zone, REMIND, *DAYS, **place)
        found[zone] = json.loads(f"[{said.rstrip().rstrip(',')}]")
    return found


@pytest.mark.parametrize("zone", [SERVER, SUMMER])
def test_hosts_of_all_zones_plan_the_same_letters(by_zone: dict[str, list[Letters]], zone: str) -> None:
    assert len(by_zone[HOME]) == len(DAYS)
    assert by_zone[zone] == by_zone[HOME]


def test_after_days_asleep_each_person_has_one_letter_that_names_each_task_once(
    by_zone: dict[str, list[Letters]],
) -> None:
    woken, again = (by_zone[SERVER][n] for n, day in enumerate(DAYS) if day == WOKEN)
    assert again == []
    recipients = [letter["recipient"] for letter in woken]
    assert len(recipients) == len(set(recipients))
    for letter in woken:
        numbers = [task["number"] for task in letter["tasks"]]
        assert len(numbers) == len(set(numbers))


def test_what_fell_due_during_the_sleep_is_overdue_when_it_ends(by_zone: dict[str, list[Letters]]) -> None:
    woken = by_zone[SERVER][DAYS.index(WOKEN)]
    [songjiang] = [letter for letter in woken if letter["recipient"] == "songjiang-clerk"]
    assert len([task for task in songjiang["tasks"] if task["group"] == "overdue"]) >= 6


def test_a_leap_day_is_a_day_like_any_other(by_zone: dict[str, list[Letters]]) -> None:
    keys = [letter["key"] for day in by_zone[HOME] for letter in day]
    assert len(keys) == len(set(keys))


DAY_AT = """
import sys
from datetime import datetime
from tracker import clock
class Fixed(datetime):
    @classmethod
    def now(cls, zone=None):
        return moment.astimezone(zone)
clock.datetime = Fixed
for text in sys.argv[1:]:
    moment = datetime.fromisoformat(text)
    print(clock.today())
"""

TURNS = {
    "2021-03-31T15:59:59+00:00": "2021-03-31",
    "2021-03-31T16:00:00+00:00": "2021-04-01",
    "2021-03-14T07:30:00+00:00": "2021-03-14",  # the hour that New York leaves out
    "2024-02-29T15:59:59+00:00": "2024-02-29",
    "2024-02-29T16:00:00+00:00": "2024-03-01",
}


@pytest.mark.parametrize("zone", ZONES)
def test_the_business_day_turns_at_midnight_in_shanghai_on_every_host(zone: str) -> None:
    assert on_host(zone, DAY_AT, *TURNS).split() == list(TURNS.values())


NEXT_RUNS = """
from datetime import datetime, timedelta
from threading import Event
from tracker.app import create_app
from tracker.jobs import Scheduler
trigger = next(job.trigger for job in Scheduler(create_app(), Event()).clockwork.get_jobs() if job.id == "remind")
moment = datetime.fromisoformat("2021-03-12T12:00:00+00:00")
for _ in range(4):
    moment = trigger.get_next_fire_time(None, moment + timedelta(seconds=1))
    print(moment.isoformat())
"""


def test_the_daily_run_is_at_eight_in_shanghai_also_where_clocks_go_forward(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    runs = on_host(SUMMER, NEXT_RUNS, **settings("sqlite://", tmp_path_factory.mktemp("host"))).split()
    days = [date(2021, 3, 13) + timedelta(days=n) for n in range(4)]
    assert runs == [f"{day}T08:00:00+08:00" for day in days]
