"""Measures Tracker beside the bare Flask application of bench/floor.py, and prints the ratios.

Both answer in turn (A B A B), so that what else the machine does hits both alike; what counts is the ratio.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import create_engine, text

from bench import data, databases, floor, servers
from bench.clients import Browser, rate, signed_in, times
from bench.report import Line, show
from bench.servers import Server
from tracker.app import create_app
from tracker.db import db
from tracker.plans import queries as plans
from tracker.scoring import grounds, queries

PAGES = {
    "overdue list": ("supervisor", "/overdue"),
    "matrix": ("supervisor", "/matrix"),
    "score board": ("supervisor", "/scores"),
    "to-do": ("songjiang-clerk", "/todo"),
}
CLERKS = ("songjiang", "putuo", "huangpu", "xuhui")
DISTRICTS = (16, 160, 1600)
PAGE_TARGET, GROWTH_TARGET, FILING_TARGET, MEMORY_TARGET, START_TARGET = 2.0, 1.3, 3.0, 1.3, 2.0


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    requests: int
    rounds: int
    seconds: float
    starts: int
    districts: tuple[int, ...]


QUICK = Effort(requests=15, rounds=2, seconds=1.0, starts=1, districts=(16, 160))
USUAL = Effort(requests=25, rounds=4, seconds=2.5, starts=3, districts=DISTRICTS)
FULL = Effort(requests=100, rounds=6, seconds=8.0, starts=5, districts=DISTRICTS)

Acts = Sequence[Callable[[], object]]


@dataclass(frozen=True)
class Stage:
    """A database of one size, with whom it is asked for."""

    address: str
    data_dir: Path
    assignments: int
    unit: int
    own: dict[str, int]


def build(named: databases.Named, folder: Path, districts: int) -> Stage:
    """Make a database, and find an assignment that each of the clerks can report on."""
    address, data_dir = named(f"tracker_{districts}"), folder / f"data-{districts}"
    data.build(address, data_dir, districts)
    floor.prepare(address)
    engine = create_engine(address)
    with engine.connect() as connection:
        rows = connection.execute(text(OWN)).all()
        unit = connection.execute(text("SELECT id FROM organization WHERE slug = 'songjiang'")).scalar_one()
    engine.dispose()
    own = {slug: id_ for slug, id_ in rows if slug in CLERKS}
    return Stage(address, data_dir, districts * 28, unit, own)


OWN = """
SELECT o.slug, min(a.id) FROM assignment a JOIN organization o ON o.id = a.unit_id
WHERE a.status = 'in_progress' GROUP BY o.slug
"""


def turns(product: Callable[[], list[float]], bare: Callable[[], list[float]], rounds: int) -> list[list[float]]:
    """Let both act in turn; return what each measured, the first round left out as warming up."""
    found: list[list[float]] = [[], []]
    for turn in range(rounds + 1):
        for place, act in enumerate((product, bare)):
            measured = act()
            found[place] += measured if turn else []
    return found


def in_process(stage: Stage, effort: Effort) -> list[Line]:
    """Measure the pages without a server between."""
    app, bare = (
        create_app(data.settings(stage.address, stage.data_dir)),
        floor.create_floor(stage.address, data.TODAY, stage.unit),
    )
    plain, lines = bare.test_client(), []
    for name, (account, path) in PAGES.items():
        client = signed_in(app, account)
        ours, theirs = turns(
            partial(times, partial(client.get, path), effort.requests),
            partial(times, partial(plain.get, path), effort.requests),
            effort.rounds,
        )
        lines.append(Line(f"{name}, {stage.assignments:,}, in process", "ms", median(ours), median(theirs)))
    return lines


def scores(stage: Stage, effort: Effort) -> list[Line]:
    """Measure what the board and an explanation ask of the database, beside the bare GROUP BY of the same rows."""
    app, engine = create_app(data.settings(stage.address, stage.data_dir)), floor.connected(stage.address)
    with app.app_context():
        plan = plans.published(None)
        acts = {
            "score board, sums and ranks": lambda: queries.scoreboard(plan, data.TODAY),
            "score board of a past day": lambda: queries.scoreboard(plan, data.PAST),
            "explanation, its lines and grounds": lambda: grounds.explained(
                plan, queries.explained(plan, stage.unit, data.TODAY)
            ),
        }
        lines = []
        for name, act in acts.items():
            ours, bare = turns(
                partial(times, act, effort.requests),
                partial(times, partial(floor.sums, engine, data.TODAY), effort.requests),
                effort.rounds,
            )
            lines.append(Line(f"{name}, {stage.assignments:,}", "ms", median(ours), median(bare), note="GROUP BY"))
        db.session.remove()
        db.engine.dispose()
    engine.dispose()
    return lines


def over_http(stage: Stage, effort: Effort, product: Server, bare: Server) -> list[Line]:
    """Measure the pages as one person with a browser sees them."""
    lines = []
    plain = Browser(bare.port)
    for name, (account, path) in PAGES.items():
        browser = Browser(product.port).login(account)
        ours, theirs = turns(
            partial(times, partial(browser.get, path), effort.requests),
            partial(times, partial(plain.get, path), effort.requests),
            effort.rounds,
        )
        size = f"{len(browser.get(path).encode()) // 1024}/{len(plain.get(path).encode()) // 1024} KB"
        what = f"{name}, {stage.assignments:,}"
        lines += [
            Line(f"{what}, p50", "ms", median(ours), median(theirs), PAGE_TARGET, size),
            Line(f"{what}, p95", "ms", _p95(ours), _p95(theirs)),
        ]
    return lines


def _p95(found: list[float]) -> float:
    return quantiles(found, n=20)[-1]


def crowded(stage: Stage, effort: Effort, product: Server, bare: Server) -> list[Line]:
    """Measure eight readers, and four clerks who file reports."""
    readers = [Browser(product.port).login("supervisor") for _ in range(8)]
    plain = [Browser(bare.port) for _ in range(8)]
    clerks = [(Browser(product.port).login(f"{slug}-clerk"), stage.own[slug]) for slug in CLERKS]
    for account, path in PAGES.values():
        rate([partial(Browser(product.port).login(account).get, path) for _ in range(2)], effort.seconds / 4)
    read = _rates(
        [partial(browser.get, "/overdue") for browser in readers],
        [partial(browser.get, "/overdue") for browser in plain],
        effort,
    )
    filed = _rates(
        [partial(browser.file_report, own) for browser, own in clerks],
        [partial(browser.file_bare, 1) for browser in plain[: len(CLERKS)]],
        effort,
    )
    size = f"{stage.assignments:,}"
    return [
        Line(f"overdue list, {size}, 8 clients", "req/s", *read, PAGE_TARGET),
        Line(f"form + filing, {size}, 4 clients", "pairs/s", *filed, FILING_TARGET),
    ]


def _rates(ours: Acts, theirs: Acts, effort: Effort) -> tuple[float, float]:
    measured = turns(
        lambda: [rate(ours, effort.seconds)], lambda: [rate(theirs, effort.seconds)], min(3, effort.rounds)
    )
    return median(measured[0]), median(measured[1])


def footprint(stage: Stage, effort: Effort, product: Server) -> list[Line]:
    """Measure a worker's memory after load, and cold starts."""
    with servers.floor(stage.address, stage.unit, libraries=True) as bare:
        plain = [Browser(bare.port) for _ in range(8)]
        for _, path in PAGES.values():
            rate([partial(browser.get, path) for browser in plain], effort.seconds / 2)
        rate([partial(browser.file_bare, 1) for browser in plain[: len(CLERKS)]], effort.seconds)
        memory = Line("memory of a worker, PSS", "MB", product.memory(), bare.memory(), MEMORY_TARGET)
    starts: list[list[float]] = [[], []]
    for _ in range(effort.starts):
        with servers.tracker(stage.address, stage.data_dir) as server:
            starts[0].append(server.seconds)
        with servers.floor(stage.address, stage.unit) as server:
            starts[1].append(server.seconds)
    return [memory, Line("cold start to the first 200", "s", median(starts[0]), median(starts[1]), START_TARGET)]


def growth(lines: Sequence[Line], smallest: Stage, largest: Stage) -> list[Line]:
    """Compare the pages of the largest database with those of the smallest."""
    known = {line.what: line for line in lines}
    found = []
    for name in PAGES:
        small, large = (known[f"{name}, {stage.assignments:,}, p50"] for stage in (smallest, largest))
        what = f"{name}, growth {smallest.assignments:,} → {largest.assignments:,}"
        found.append(Line(what, "ms", large.ours, small.ours, GROWTH_TARGET, f"floor {large.bare / small.bare:.2f}×"))
    return found


def measure(kind: str, effort: Effort, folder: Path) -> list[Line]:
    """Measure everything on one kind of database."""
    lines: list[Line] = []
    with databases.databases(kind, folder) as named:
        stages = [build(named, folder, districts) for districts in effort.districts]
        for stage in stages:
            with ExitStack() as stack:
                product = stack.enter_context(servers.tracker(stage.address, stage.data_dir))
                bare = stack.enter_context(servers.floor(stage.address, stage.unit))
                lines += over_http(stage, effort, product, bare)
                if stage is not stages[1]:
                    lines += crowded(stage, effort, product, bare)
                if stage is stages[0]:
                    lines += footprint(stage, effort, product)
            lines += scores(stage, effort)
            lines += in_process(stage, effort) if stage is stages[0] else []
    return lines + growth(lines, stages[0], stages[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--quick", action="store_true", help="two sizes, rough figures")
    how_long.add_argument("--full", action="store_true", help="the same as usual, for longer")
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL if options.full else USUAL
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        lines = measure(options.database, effort, Path(folder))
    show(options.database, lines, time.perf_counter() - began)


if __name__ == "__main__":
    main()
