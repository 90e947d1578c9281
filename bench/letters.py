"""Measures planning and sending letters to very many people, beside a bare loop over smtplib, and the memory it takes.

`python -m bench.letters` (or `make bench-letters`) makes a database of its own with so many people, each the only
clerk of a unit that owes the tasks of one plan, plans one day's letters and sends them to a sink on loopback.
"""

import argparse
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import insert, select

from bench.databases import databases
from tracker import clock
from tracker.app import create_app
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.jobs import run_day
from tracker.outbox import delivery
from tracker.outbox.models import Message
from tracker.people.models import Organization, User
from tracker.plans.models import Plan, PlanState, SourceDocument, Task
from tracker.reminders.addressing import addressees
from tracker.rules.deadlines import DeadlineKind
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import Role
from tracker.rules.status import Status

DAY, ISSUED, DUE = date(2021, 3, 24), date(2021, 2, 10), date(2021, 3, 31)
AT = datetime(2021, 2, 10, 1, tzinfo=UTC)
FLOOR_LETTERS = 3000
CHUNK = 2000
TARGET = 0.8
"""Letters a second beside the bare loop."""


def main() -> None:
    """Make the data, measure the floor and the product in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=40_000)
    parser.add_argument("--tasks", type=int, default=6, help="tasks of each recipient")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, databases(wanted.database, Path(folder)) as named, sink() as url:
        app = _application(named("letters"), Path(folder), url)
        with app.app_context():
            print(f"making {wanted.recipients} recipients with {wanted.tasks} tasks each …", file=sys.stderr)
            make(wanted.recipients, wanted.tasks)
            measure(app, url, wanted.recipients)


@contextmanager
def sink() -> Iterator[str]:
    """Run the sink in a process of its own while the block lasts; give its address."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"smtp://127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


def _application(address: str, folder: Path, url: str) -> Flask:
    app = create_app(
        {
            "TRACKER_ENV": "test",
            "TRACKER_DATABASE_URL": address,
            "TRACKER_DATA_DIR": str(folder / "data"),
            "TRACKER_SECRET_KEY": "for measuring only, never for people",
            "TRACKER_TODAY": DAY.isoformat(),
            "TRACKER_MAIL_URL": url,
        }
    )
    with app.app_context():
        flask_migrate.upgrade()
    return app


def make(recipients: int, tasks: int) -> None:
    """Put a plan with its units, their clerks and what they owe into the database."""
    with transaction():
        city = _rows(Organization, [_unit(0, None, OrganizationKind.CITY_BUREAU)])[0]
        source = _rows(SourceDocument, [{"filename": "b", "sha256": "0" * 64, "text": "", "stored_at": AT}])[0]
        plan = _rows(Plan, [_plan(city, source)])[0]
        owed = _rows(Task, [_task(plan, number) for number in range(1, tasks + 1)])
    for first in range(1, recipients + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, recipients + 1))
        with transaction():
            units = _rows(Organization, [_unit(n, city, OrganizationKind.DISTRICT_BUREAU) for n in numbers])
            _rows(User, [_clerk(n, unit) for n, unit in zip(numbers, units, strict=True)])
            _rows(Assignment, [_owed(plan, task, unit) for unit in units for task in owed])


def _rows(model: type[Any], rows: list[dict[str, Any]]) -> list[int]:
    found = db.session.execute(insert(model).returning(model.id, sort_by_parameter_order=True), rows)
    return list(found.scalars())


def _unit(n: int, parent: int | None, kind: OrganizationKind) -> dict[str, Any]:
    named = {"slug": f"unit-{n}", "name": f"第{n}号单位", "short_name": f"第{n}", "position": n}
    return {"parent_id": parent, "kind": kind, **named}


def _plan(city: int, source: int) -> dict[str, Any]:
    named = {"doc_number": "测司发〔2021〕1号", "title": "测量用方案", "issuer": "测量用市局"}
    dates = {"issued_on": ISSUED, "published_on": ISSUED, "state": PlanState.PUBLISHED}
    return {"issuer_id": city, "source_id": source, **named, **dates}


def _task(plan: int, n: int) -> dict[str, Any]:
    due = {"deadline_kind": DeadlineKind.MONTH, "deadline_value": "2021-03", "deadline_raw": "2021年3月", "due_on": DUE}
    words = {"number": str(n), "position": n, "text": f"第{n}项任务，文字约有一句话那么长，与真实方案相仿。"}
    return {"plan_id": plan, "line_from": n, "line_to": n, **words, **due}


def _clerk(n: int, unit: int) -> dict[str, Any]:
    named = {"account": f"clerk-{n}", "name": f"第{n}号经办", "email": f"clerk-{n}@example.invalid"}
    return {
        "role": Role.CLERK,
        "unit_id": unit,
        "password_hash": "none",
        "created_at": AT,
        "password_set_at": AT,
        **named,
    }


def _owed(plan: int, task: int, unit: int) -> dict[str, Any]:
    level = {"level": OrganizationKind.DISTRICT_BUREAU, "district_id": unit}
    state = {"due_on": DUE, "issued_on": ISSUED, "status": Status.IN_PROGRESS}
    return {"plan_id": plan, "task_id": task, "unit_id": unit, **level, **state}


def measure(app: Flask, url: str, recipients: int) -> None:
    """Plan the day, send everything, and print rates and memory beside the bare loop's."""
    base = _memory()
    began = time.perf_counter()
    planned = sum(len(batch) for batch in run_day(DAY, app.config["TRACKER_BASE_URL"]))
    planning, after_planning = time.perf_counter() - began, _memory()
    sample = db.session.execute(select(Message.body_text, Message.body_html).limit(1)).one()
    db.session.rollback()
    floor = _bare_rate(url, sample.body_text, sample.body_html)
    began, marks = time.perf_counter(), []
    for _ in range(4):
        delivery.deliver(app.config, addressees(clock.today()), limit=-(-recipients // 4))
        marks.append(_memory())
    sending = time.perf_counter() - began
    floor = (floor + _bare_rate(url, sample.body_text, sample.body_html)) / 2
    rate = planned / sending
    print(f"letters planned            {planned} of {recipients}")
    print(f"planning                   {planning:.1f} s, {planned / planning:.0f} letters/s")
    print(f"sending                    {sending:.1f} s, {rate:.0f} letters/s")
    print(f"bare loop over smtplib     {floor:.0f} letters/s")
    print(f"ratio                      {rate / floor:.2f} (target ≥ {TARGET})")
    print(f"memory (MB)                {base} before, {after_planning} after planning, {marks} by quarter of sending")
    print(f"letters still waiting      {_waiting()}")


def _bare_rate(url: str, text: str, html: str) -> float:
    """Make and send as many letters as fast as the library can, over one connection; nothing is kept of them."""
    with smtplib.SMTP("127.0.0.1", int(url.rpartition(":")[2])) as client:
        began = time.perf_counter()
        for number in range(FLOOR_LETTERS):
            mail = EmailMessage()
            mail["From"], mail["To"] = "tracker@localhost", f"clerk-{number}@example.invalid"
            mail["Subject"] = "【督办提醒】3月24日：本月到期6项"
            mail.set_content(f"第{number}号\n\n{text}", cte="base64")
            mail.add_alternative(html, subtype="html", cte="base64")
            client.send_message(mail)
        return FLOOR_LETTERS / (time.perf_counter() - began)


def _waiting() -> int:
    return len(db.session.scalars(select(Message.id).where(Message.sent_at.is_(None)).limit(10)).all())


def _memory() -> int:
    """Return the resident memory of this process in MB."""
    for line in Path("/proc/self/status").read_text("ascii", "ignore").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main()
