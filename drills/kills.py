"""Kills the scheduler again and again at random moments while letters are planned and sent; counts what came of it."""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.databases import databases
from drills import record, sink
from drills.record import Figures
from drills.sink import Sink
from drills.stage import FIRST_DAY, Stage, add_recipients, end_on_sigterm, fill, next_day, stage, until
from tracker.outbox.models import MessageState

UNSEEN, EARLY = 0.2, 0.8
"""The share of kills that fall anywhere after the start; up to which share they fall while a day is being planned, as
long as it is. The others fall when the day is planned and letters go out, so that every drill gets on."""

SECONDS = 1.5
"""Within which a kill falls after what it waited for."""

LOW_WATER = 60
"""With so few letters left the next day begins, so that letters flow at every kill."""


@dataclass
class Course:
    """How far a drill is: what was promised for the days so far, and where the kills fell."""

    place: Stage
    least: int
    dice: random.Random
    letters: list[Mapping[str, Any]] = field(default_factory=list)
    days: int = 0
    fell: Counter[str] = field(default_factory=Counter)

    def keys(self) -> list[str]:
        """Return the keys of all that was promised."""
        return [letter["key"] for letter in self.letters]


def kill_often(place: Stage, mail: Sink, kills: int, least: int, seed: int, patient: bool = False) -> "Outcome":
    """Kill so many times while days of at least `least` letters go out; `patient` lets leases run out by themselves."""
    course, began = Course(place, least, random.Random(seed)), time.monotonic()
    for number in range(kills):
        if number % 20 == 0:
            print(f"{number} of {kills} kills, {len(mail.accepted)} letters so far", file=sys.stderr)
        if not record.missing(place, course.keys()) and record.waiting(place) < LOW_WATER:
            course.letters += next_day(place, least)
            course.days += 1
        _kill_once(course, mail, patient)
    _drain(course)
    figures = record.compare(place, course.letters, mail.accepted, kills)
    return Outcome(figures, course.fell, course.days, time.monotonic() - began)


def _kill_once(course: Course, mail: Sink, patient: bool) -> None:
    """Start a scheduler, kill it at some moment, and note what it was doing."""
    place, dice, before = course.place, course.dice, len(mail.accepted)
    process = place.start()
    kind, early = dice.random(), EARLY if record.missing(place, course.keys()) else UNSEEN
    if kind > UNSEEN:
        until(lambda: record.leader(place) == process.pid)
    if kind > early:
        until(lambda: not record.missing(place, course.keys()) and len(mail.accepted) > before)
    time.sleep(dice.uniform(0, SECONDS))
    place.kill(process)
    course.fell[_doing(course, process)] += 1
    if not patient:
        record.run_out(place)


def _doing(course: Course, process: "subprocess.Popen[bytes]") -> str:
    """Tell from what a process left behind what it was doing when it was killed."""
    if record.leader(course.place) != process.pid:
        return "before it was on duty"
    if record.missing(course.place, course.keys()):
        return "while planning"
    if record.waiting(course.place, MessageState.SENDING):
        return "inside a send"
    return "between two letters" if record.waiting(course.place) else "with nothing to do"


def _drain(course: Course) -> None:
    """Let a last scheduler send the rest undisturbed."""
    process = course.place.start()
    until(lambda: not record.missing(course.place, course.keys()) and not record.waiting(course.place), seconds=300)
    course.place.end(process)


@dataclass
class Outcome:
    """The figures of a whole drill."""

    figures: Figures
    fell: Counter[str]
    days: int
    seconds: float

    def __str__(self) -> str:
        """Word them for a person."""
        fell = ", ".join(f"{number} {what}" for what, number in self.fell.most_common())
        lines = (f"kills: {self.fell.total()} on {self.days} business days in {self.seconds:.0f} s", f"  {fell}")
        return "\n".join((*lines, *self.figures.lines()))


def main() -> int:
    """Run the drill as the command line asks; the exit code is 1 where anything was lost or doubled."""
    asked = _arguments()
    end_on_sigterm()
    with (
        tempfile.TemporaryDirectory(prefix="tracker-drill-") as folder,
        databases(asked.database, Path(folder)) as named,
        sink.running(seed=asked.seed) as mail,
        stage(named("kills"), Path(folder) / "data", mail.url) as place,
    ):
        fill(place)
        add_recipients(place, asked.recipients)
        place.day = FIRST_DAY
        outcome = kill_often(place, mail, asked.kills, asked.recipients, asked.seed, asked.patient)
    print(f"{asked.database}, {asked.recipients} recipients and more, seed {asked.seed}\n{outcome}")
    return 1 if outcome.figures.problems else 0


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m drills.kills", description=__doc__)
    reader.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    reader.add_argument("--kills", type=int, default=200)
    reader.add_argument("--recipients", type=int, default=448, help="more than the demo's own")
    reader.add_argument("--seed", type=int, default=1, help="of the dice")
    reader.add_argument("--patient", action="store_true", help="let the leases of the dead run out by themselves")
    return reader.parse_args()


if __name__ == "__main__":
    sys.exit(main())
