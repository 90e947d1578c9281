"""Runs several schedulers on one database, kills or freezes the leader again and again, and times who takes over."""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.databases import databases
from drills import record, sink
from drills.record import Figures
from drills.sink import Sink
from drills.stage import FIRST_DAY, Stage, add_recipients, end_on_sigterm, fill, next_day, stage, until
from tracker.reminders import lease

SENDING = 1.5
"""Seconds within which the leader is stopped after it took over."""

LOW_WATER = 100
PROMPT = lease.SECONDS + 12
"""Seconds within which somebody must have taken over: the lease, a look or two, and what a busy machine adds."""

Process = subprocess.Popen[bytes]


@dataclass
class Crew:
    """The schedulers that run at the same time, and how long each takeover took."""

    place: Stage
    number: int
    letters: list[Mapping[str, Any]] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def muster(self) -> None:
        """Start those who are missing."""
        for _ in range(self.number - len(self.place.processes)):
            self.place.start()

    def planned(self) -> bool:
        """Tell whether all that was promised so far is on record."""
        return not record.missing(self.place, [letter["key"] for letter in self.letters])

    def leader(self) -> Process:
        """Return the process on duty."""
        return until(self._on_duty)  # type: ignore[no-any-return]

    def _on_duty(self) -> Process | None:
        pid = record.leader(self.place)
        return next((process for process in self.place.processes if process.pid == pid), None)

    def taken_over(self, before: Process) -> None:
        """Wait until another process is on duty, and note how long that took."""
        began = time.monotonic()
        until(lambda: record.leader(self.place) not in (0, before.pid))
        self.took.append(time.monotonic() - began)


def take_over(place: Stage, mail: Sink, number: int, kills: int, least: int, seed: int, freeze: int = 0) -> "Outcome":
    """Kill the leader of so many schedulers `kills` times, and freeze it `freeze` times, while letters flow."""
    crew, dice, began = Crew(place, number), random.Random(seed), time.monotonic()
    stops = ["kill"] * kills + ["freeze"] * freeze
    dice.shuffle(stops)
    for stop in stops:
        if crew.planned() and record.waiting(place) < LOW_WATER:
            place.end(*place.processes)
            crew.letters += next_day(place, least)
        crew.muster()
        leader = crew.leader()
        until(crew.planned)
        time.sleep(dice.uniform(0, SENDING))
        _kill(crew, leader) if stop == "kill" else _freeze(crew, leader)
    _drain(place)
    figures = record.compare(place, crew.letters, mail.accepted, kills)
    if max(crew.took) > PROMPT:
        figures.problems.append(f"nobody took over for {max(crew.took):.1f} s")
    return Outcome(figures, kills, freeze, crew.took, time.monotonic() - began)


def _kill(crew: Crew, leader: Process) -> None:
    crew.place.kill(leader)
    crew.taken_over(leader)


def _freeze(crew: Crew, leader: Process) -> None:
    """Stop the leader as a paused machine would, and let it go on when another has its duty."""
    leader.send_signal(signal.SIGSTOP)
    try:
        crew.taken_over(leader)
    finally:
        leader.send_signal(signal.SIGCONT)


def _drain(place: Stage) -> None:
    """End the schedulers and send the rest, without waiting for the leases of letters whose senders are dead."""
    place.end(*place.processes)
    record.run_out(place)
    until(lambda: place.command("deliver") and not record.waiting(place), seconds=300)


@dataclass
class Outcome:
    """The figures of a whole drill."""

    figures: Figures
    kills: int
    freezes: int
    took: list[float]
    seconds: float

    def __str__(self) -> str:
        """Word them for a person."""
        times = f"{min(self.took):.1f} / {median(self.took):.1f} / {max(self.took):.1f} s"
        return "\n".join(
            (
                f"leader killed {self.kills} times, frozen {self.freezes} times, in {self.seconds:.0f} s",
                f"takeover after (least / median / most): {times}",
                *self.figures.lines(),
            )
        )


def main() -> int:
    """Run the drill as the command line asks; the exit code is 1 where anything was lost, doubled or late."""
    asked = _arguments()
    end_on_sigterm()
    with (
        tempfile.TemporaryDirectory(prefix="tracker-drill-") as folder,
        databases(asked.database, Path(folder)) as named,
        sink.running(seed=asked.seed) as mail,
        stage(named("takeover"), Path(folder) / "data", mail.url) as place,
    ):
        fill(place)
        add_recipients(place, asked.recipients)
        place.day = FIRST_DAY
        outcome = take_over(place, mail, asked.schedulers, asked.kills, asked.recipients, asked.seed, asked.freeze)
    print(f"{asked.database}, {asked.schedulers} schedulers, {asked.recipients} recipients and more\n{outcome}")
    return 1 if outcome.figures.problems else 0


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m drills.takeover", description=__doc__)
    reader.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    reader.add_argument("--schedulers", type=int, default=3)
    reader.add_argument("--kills", type=int, default=20)
    reader.add_argument("--freeze", type=int, default=0, help="so many times SIGSTOP, and SIGCONT after the takeover")
    reader.add_argument("--recipients", type=int, default=448, help="more than the demo's own")
    reader.add_argument("--seed", type=int, default=1, help="of the dice")
    return reader.parse_args()


if __name__ == "__main__":
    sys.exit(main())
