"""Hammers one account with wrong passwords while somebody else works; times pages and counts what was answered."""

import argparse
import http.client
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.clients import HIDDEN
from bench.databases import databases
from drills.stage import ROOT, DrillFailed, Stage, end_on_sigterm, fill, stage, until
from tracker.audit.models import AuditEntry
from tracker.people.models import LoginAttempt, User
from tracker.rules.security import security
from tracker.seeding.accounts import DEMO_PASSWORD

HOST = "127.0.0.1"
WORKERS = 2
VICTIM, ONLOOKER, ADMIN = "songjiang-clerk", "supervisor", "admin"
PAGE = "/overdue"
PAUSE = 0.05
"""Seconds between two pages of the onlooker."""

UNHURT = 1.0
"""Seconds within which 19 of 20 pages must come while the account is hammered at."""


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.page = ""

    def __enter__(self) -> "Person":
        """Sit down."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self.connection.close()

    def send(self, path: str, fields: dict[str, str] | None = None) -> int:
        """Fetch a page, or send a form; return the status."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body, headers["Content-Type"] = urlencode(fields), "application/x-www-form-urlencoded"
        try:
            self.connection.request("GET" if body is None else "POST", path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The server closes connections that were idle; a browser opens another.
            self.connection.close()
            return self.send(path, fields)
        self.page = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status

    def form(self, path: str) -> dict[str, str]:
        """Fetch a page and return the hidden fields of its forms."""
        if self.send(path) != 200:
            raise DrillFailed(f"{path} could not be opened")
        return dict(HIDDEN.findall(self.page))

    def sign_in(self, account: str, password: str = DEMO_PASSWORD) -> int:
        """Try to sign in; return the status."""
        return self.send("/login", {**self.form("/login"), "account": account, "password": password})


@dataclass
class Outcome:
    """What came of it."""

    tries: int
    answers: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    quiet: list[float] = field(default_factory=list)
    hammered: list[float] = field(default_factory=list)
    pages: Counter[int] = field(default_factory=Counter)
    counted: int = 0
    recorded: int = 0
    steps: dict[str, int] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """Return what is not as it should be."""
        allowed = security({}).lock_failures
        wanted = {
            "answers": (dict(self.answers), {422: allowed, 429: self.tries - allowed}),
            "tries counted": (self.counted, allowed),
            "refusals on record": (self.recorded, allowed),
            "the onlooker's pages": (set(self.pages), {200}),
            "the steps": (self.steps, {"locked": 429, "lifted": 303, "after": 303}),
        }
        found = [f"{what}: {got}, not {right}" for what, (got, right) in wanted.items() if got != right]
        slow = percentile(self.hammered)
        return found + ([f"1 page of 20 took longer than {slow:.2f} s"] if slow > UNHURT else [])

    def __str__(self) -> str:
        """Word the figures for a person."""
        lines = [
            f"wrong logins: {self.tries} in {self.seconds:.1f} s ({self.tries / self.seconds:.0f} a second)",
            f"  answers: {', '.join(f'{number} × {code}' for code, number in sorted(self.answers.items()))}",
            f"  tries counted: {self.counted}, refusals on record: {self.recorded}",
            f"{PAGE} of somebody else: {told(self.quiet)} before, {told(self.hammered)} meanwhile",
            f"right password while locked: {self.steps['locked']}; lock lifted by the administrator:"
            f" {self.steps['lifted']}; right password then: {self.steps['after']}",
        ]
        return "\n".join([*lines, *(f"WRONG: {problem}" for problem in self.problems())])


def percentile(times: list[float]) -> float:
    """Return what 19 of 20 stay below."""
    return quantiles(times, n=20)[-1]


def told(times: list[float]) -> str:
    """Word times for a person."""
    return f"median {median(times) * 1000:.0f} ms, p95 {percentile(times) * 1000:.0f} ms ({len(times)} pages)"


def hammer(place: Stage, port: int, tries: int, clients: int) -> Outcome:
    """Play the drill against a running server."""
    outcome, done = Outcome(tries), Event()
    shares = [tries // clients + (number < tries % clients) for number in range(clients)]
    with Person(port) as onlooker, ThreadPoolExecutor(clients + 1) as hands:
        onlooker.sign_in(ONLOOKER)
        outcome.quiet = [_page(onlooker, outcome) for _ in range(60)]
        watching = hands.submit(_watch, onlooker, outcome, done)
        began = time.monotonic()
        attackers = [hands.submit(_attack, port, share) for share in shares]
        for attacker in attackers:
            outcome.answers += attacker.result()
        outcome.seconds = time.monotonic() - began
        done.set()
        outcome.hammered = watching.result()
    _count(place, outcome)
    _lift(place, port, outcome)
    return outcome


def _attack(port: int, tries: int) -> Counter[int]:
    with Person(port) as person:
        sent = {**person.form("/login"), "account": VICTIM}
        return Counter(person.send("/login", {**sent, "password": f"wrong-{number}"}) for number in range(tries))


def _watch(onlooker: Person, outcome: Outcome, done: Event) -> list[float]:
    times = []
    while not done.wait(PAUSE):
        times.append(_page(onlooker, outcome))
    return times


def _page(onlooker: Person, outcome: Outcome) -> float:
    began = time.perf_counter()
    outcome.pages[onlooker.send(PAGE)] += 1
    return time.perf_counter() - began


def _count(place: Stage, outcome: Outcome) -> None:
    with place.engine.connect() as connection:
        outcome.counted = connection.scalar(select(func.count()).select_from(LoginAttempt)) or 0
        refused = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "login_refused")
        outcome.recorded = connection.scalar(refused) or 0


def _lift(place: Stage, port: int, outcome: Outcome) -> None:
    """Try the right password, let the administrator lift the lock, and try again."""
    with place.engine.connect() as connection:
        victim = connection.scalar(select(User.id).where(User.account == VICTIM))
    page = f"/admin/users/{victim}"
    with Person(port) as person, Person(port) as admin:
        outcome.steps["locked"] = person.sign_in(VICTIM)
        admin.sign_in(ADMIN)
        outcome.steps["lifted"] = admin.send(f"{page}/unlock", {"csrf_token": admin.form(page)["csrf_token"]})
        outcome.steps["after"] = person.sign_in(VICTIM)


@contextmanager
def serving(place: Stage) -> Iterator[int]:
    """Run `tracker serve` on a free port of the loopback interface, and return the port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "tracker", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with (place.folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=place.settings(), stdout=log, stderr=log)
    place.processes.append(process)
    try:
        until(lambda: _answers(port))
        yield port
    finally:
        place.end(process)


def _answers(port: int) -> bool:
    try:
        with Person(port) as person:
            return person.send("/login") == 200
    except OSError:
        return False


def main() -> int:
    """Run the drill as the command line asks; the exit code is 1 where anything was not as it should be."""
    reader = argparse.ArgumentParser(prog="python -m drills.logins", description=__doc__)
    reader.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    reader.add_argument("--tries", type=int, default=10_000)
    reader.add_argument("--clients", type=int, default=8)
    asked = reader.parse_args()
    end_on_sigterm()
    with (
        tempfile.TemporaryDirectory(prefix="tracker-drill-") as folder,
        databases(asked.database, Path(folder)) as named,
        stage(named("logins"), Path(folder) / "data", "") as place,
    ):
        fill(place)
        with serving(place) as port:
            outcome = hammer(place, port, asked.tries, asked.clients)
    print(f"{asked.database}, {asked.clients} clients\n{outcome}")
    return 1 if outcome.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
