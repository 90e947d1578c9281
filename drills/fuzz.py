"""Reads thousands of damaged documents; reports the slowest, the largest, and whatever ended as it may not."""

import argparse
import multiprocessing
import re
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from drills.documents import document
from tracker.plans.readers import READERS, Reading, Unreadable, docx, pdf, read_document, xlsx
from tracker.plans.readers.apart import guarded, too_slow
from tracker.plans.readers.budget import bind
from tracker.plans.readers.limits import FIRST_SECONDS
from tracker.rules.plan_text.drafts import PlanUnreadable
from tracker.rules.plan_text.reader import read_plan

SECONDS = 5.0
MEGABYTES = 300
SHARE = 50
"""Documents for one process: what one of them took does not hide in what another had taken long before."""

HANGS = 120
"""Seconds after which nobody waits any longer."""


@dataclass(frozen=True)
class Outcome:
    """How reading one document ended; seconds of processor time, and the most that a process held, in kilobytes."""

    number: int
    name: str
    ending: str
    seconds: float
    kilobytes: int
    words: str = ""


@dataclass
class Report:
    """What all outcomes come to."""

    endings: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    slowest: list[Outcome] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    kilobytes: int = 0

    def add(self, outcome: Outcome) -> None:
        """Take one more."""
        self.endings[outcome.ending] += 1
        if outcome.ending in ("unreadable", "no plan"):
            self.words[outcome.words] += 1
        self.slowest = sorted([*self.slowest, outcome], key=lambda one: -one.seconds)[:5]
        self.kilobytes = max(self.kilobytes, outcome.kilobytes)
        if outcome.ending == "crash":
            self.problems.append(f"{outcome.number} ({outcome.name}): {outcome.words}")
        if outcome.seconds > SECONDS:
            self.problems.append(f"{outcome.number} ({outcome.name}) took {outcome.seconds:.1f} s")
        if outcome.kilobytes > MEGABYTES * 1024:
            self.problems.append(f"{outcome.number} ({outcome.name}) came to {outcome.kilobytes // 1024} MB")

    def lines(self) -> Iterator[str]:
        """Yield the figures in words."""
        yield ", ".join(f"{count} {ending}" for ending, count in self.endings.most_common())
        yield f"most memory of a process: {self.kilobytes // 1024} MB"
        for one in self.slowest:
            yield f"{one.seconds:.2f} s: document {one.number} ({one.name}), {one.ending}"
        yield from (f"{count} times: {words}" for words, count in self.words.most_common())
        yield from (f"PROBLEM: {problem}" for problem in self.problems)


def attempt(number: int, name: str, content: bytes) -> Outcome:
    """Read a document from bytes to draft."""
    began, words = _used(), ""
    try:
        read_plan(read_document(name, content).text)
        ending = "draft"
    except Unreadable as refusal:
        ending, words = "unreadable", str(refusal)
    except PlanUnreadable as refusal:
        ending, words = "no plan", str(refusal)
    except Exception:
        ending, words = "crash", traceback.format_exc(limit=-3)
    seconds = _used() - began
    return Outcome(number, name, ending, seconds, _most(), words)


def _most() -> int:
    """Return the most that this process or one of its readers held, in kilobytes.

    Not by getrusage for this process: there Linux counts what its parent held when it was started.
    """
    held = re.search(r"VmHWM:\s*([0-9]+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return max(int(held[1]) if held else 0, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _refuse(*_: object) -> None:
    raise too_slow()


def _in_time(read: Callable[[bytes], Reading], content: bytes) -> Reading:
    signal.setitimer(signal.ITIMER_PROF, FIRST_SECONDS)
    try:
        return guarded(read, content)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _used() -> float:
    """Return the processor time of this process and of its readers: a busy machine does not count."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _serve(pipe: Connection, apart: bool) -> None:
    """Read what comes through the pipe, until nothing comes any more."""
    if not apart:
        # This process is bound as a reader's own would be, which spares starting one for most of 20,000 files.
        bind()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, _refuse)
        READERS.update(
            {module.__name__.rpartition(".")[2]: partial(_in_time, module.read) for module in (docx, xlsx, pdf)}
        )
    with suppress(EOFError):
        while True:
            pipe.send(attempt(*pipe.recv()))


def share(numbers: range, seed: int, apart: bool) -> list[Outcome]:
    """Read some documents in a process that does nothing else: what it takes to make them is not counted."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(there, apart), daemon=False)
    process.start()
    there.close()
    try:
        return list(_answers(here, numbers, seed, apart))
    finally:
        here.close()
        process.join(1)
        process.kill()


def _answers(pipe: Connection, numbers: range, seed: int, apart: bool) -> Iterator[Outcome]:
    for number in numbers:
        name, content = document(number, seed)
        try:
            pipe.send((number, name, content))
            if not pipe.poll(HANGS):
                raise EOFError
            yield pipe.recv()
        except (EOFError, OSError):
            yield Outcome(number, name, "crash", 0, 0, "the process hung or ended")
            rest = range(number + 1, numbers.stop)
            yield from share(rest, seed, apart) if rest else ()
            return


def main() -> int:
    """Read as many documents as asked for; return 1 where anything was not as it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first, to see one again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--apart", action="store_true", help="every file but text in a process of its own, as in service"
    )
    asked = parser.parse_args()
    end, report, began = asked.first + asked.documents, Report(), time.monotonic()
    shares = [range(first, min(first + SHARE, end)) for first in range(asked.first, end, SHARE)]
    with ThreadPoolExecutor(asked.processes) as pool:
        for done, outcomes in enumerate(pool.map(lambda numbers: share(numbers, asked.seed, asked.apart), shares), 1):
            for outcome in outcomes:
                report.add(outcome)
            if done % 20 == 0:
                print(f"{done * SHARE} read, {time.monotonic() - began:.0f} s", file=sys.stderr)
                print("\n".join(report.lines()), file=sys.stderr, flush=True)
    print(f"{asked.documents} documents, seed {asked.seed}, {time.monotonic() - began:.0f} s")
    print("\n".join(report.lines()))
    return bool(report.problems)


if __name__ == "__main__":
    sys.exit(main())
