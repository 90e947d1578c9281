"""What a drill plays on: a seeded database with many recipients, the command line, and processes that end with it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine, insert, select

from tracker.people.models import Organization, User
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Role

ROOT = Path(__file__).parent.parent
FIRST_DAY = date(2021, 3, 1)
LAST_DAY = date(2023, 12, 31)
ZONE = ZoneInfo("Asia/Shanghai")
PATIENCE = 60.0


class DrillFailed(RuntimeError):
    """The drill itself could not go on."""


@dataclass
class Stage:
    """The place of a drill: database, data folder, mail server; every process started here ends with it."""

    address: str
    folder: Path
    mail_url: str
    day: date = FIRST_DAY
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the database."""
        self.engine: Engine = create_engine(self.address)
        self.folder.mkdir(parents=True, exist_ok=True)

    def settings(self) -> dict[str, str]:
        """Return the environment of a process of the present business day."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
        return {
            **kept,
            "TRACKER_ENV": "test",
            "TRACKER_DATABASE_URL": self.address,
            "TRACKER_DATA_DIR": str(self.folder),
            "TRACKER_SECRET_KEY": "a-secret-that-only-the-drill-knows-of",
            "TRACKER_MAIL_URL": self.mail_url,
            "TRACKER_TODAY": self.day.isoformat(),
        }

    def command(self, *arguments: str, **environ: str) -> str:
        """Run a command to its end and return what it prints."""
        command = [sys.executable, "-m", "tracker", *arguments]
        environment = {**self.settings(), **environ}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DrillFailed(f"tracker {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def planned(self) -> list[dict[str, Any]]:
        """Return the letters that the present day still owes, as a dry run tells them."""
        letters: list[dict[str, Any]] = json.loads(self.command("remind", "--dry-run", "--json"))
        return letters

    def start(self) -> "subprocess.Popen[bytes]":
        """Start a scheduler, which ends when this process is gone; what it logs is kept in the data folder."""
        with (self.folder / "scheduler.log").open("ab") as log:
            command = [sys.executable, "-m", "tracker", "scheduler", "--beside", str(os.getpid())]
            process = subprocess.Popen(command, cwd=ROOT, env=self.settings(), stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def end(self, *processes: "subprocess.Popen[bytes]") -> None:
        """Ask schedulers to end, and wait for that."""
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=PATIENCE)
            self.processes.remove(process)

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill a process with SIGKILL, which it cannot notice."""
        process.kill()
        process.wait()
        self.processes.remove(process)

    def close(self) -> None:
        """End whatever still runs."""
        for process in tuple(self.processes):
            self.kill(process)
        self.engine.dispose()


def end_on_sigterm() -> None:
    """Let SIGTERM end this process as an error does: everything that was begun is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextmanager
def stage(address: str, folder: Path, mail_url: str) -> Iterator[Stage]:
    """Give the place of a drill on a seeded database."""
    made = Stage(address, folder, mail_url)
    try:
        yield made
    finally:
        made.close()


def fill(place: Stage) -> None:
    """Make an empty database into a seeded one."""
    place.command("db", "upgrade")
    place.command("seed", "--demo")


def add_recipients(place: Stage, number: int) -> None:
    """Spread so many clerks over the districts, beside those who are there."""
    districts = select(Organization.id).where(Organization.kind == OrganizationKind.DISTRICT_BUREAU)
    with place.engine.begin() as connection:
        units: Sequence[int] = connection.scalars(districts.order_by(Organization.position)).all()
        people = [_clerk(n, units[n % len(units)]) for n in range(number)]
        connection.execute(insert(User), people)


def _clerk(number: int, unit_id: int) -> Mapping[str, Any]:
    return {
        "account": f"drill-{number}",
        "name": f"演练{number}",
        "role": Role.CLERK,
        "unit_id": unit_id,
        "email": f"drill-{number}@example.invalid",
        "password_hash": "no password belongs to this",
        "created_at": datetime.combine(FIRST_DAY, datetime.min.time(), ZONE),
        "password_set_at": datetime.combine(FIRST_DAY, datetime.min.time(), ZONE),
    }


def next_day(place: Stage, least: int) -> list[dict[str, Any]]:
    """Go to the next day that owes at least so many letters, and return them."""
    while place.day < LAST_DAY:
        place.day += timedelta(days=1)
        letters = place.planned()
        if len(letters) >= least:
            return letters
    raise DrillFailed(f"no day up to {LAST_DAY} owes {least} letters")


def until(true: Any, seconds: float = PATIENCE, pause: float = 0.02) -> Any:
    """Wait for something to become true, and return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > end:
            raise DrillFailed(f"it did not happen in {seconds:g} seconds")
        time.sleep(pause)
    return found
