"""The records that the permission matrix and the abuse cases act on: a plan with two levels of review, and in it
what songjiang (district A), its 司法所 and huangpu (district B) owe, in whatever state a case asks for.
"""

import io
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, owed, person, the_plan, unit_id
from tests.client import Client
from tracker.assignments import comments, extensions
from tracker.assignments import operations as assignments
from tracker.assignments.models import Assignment
from tracker.audit.models import AuditEntry, Outcome
from tracker.db import Base, db, transaction
from tracker.people.models import Organization, User
from tracker.plans.models import Task
from tracker.reports import operations as reports
from tracker.reports.models import Evidence, Report
from tracker.reports.operations import Content, Upload
from tracker.rules.reports import Decision, ReportKind
from tracker.rules.scoring import read_points
from tracker.rules.status import Move
from tracker.scoring import operations as scores
from tracker.scoring.models import Deduction
from tracker.scoring.operations import LineKey
from tracker.storage import keep

SUBJECTS = {
    "admin": "admin",
    "supervisor": "supervisor",
    "reviewer": "reviewer-xingfazhixing",
    "lead": "songjiang-lead",
    "clerk": "songjiang-clerk",
    "office": "songjiang-office1",
    "leader": "leader",
    "auditor": "auditor",
    "anonymous": "",
}
"""Who each subject of the matrix is here."""

A, B = "songjiang", "huangpu"
OFFICE, SIBLING = "songjiang-yueyang", "songjiang-yongfeng"
PLACES: dict[str, dict[str, tuple[str, str]]] = {
    "reviewer": {"own": ("7", A), "near": ("7", B), "other": ("1", A)},
    "office": {"own": ("7", OFFICE), "near": ("7", SIBLING), "other": ("7", B)},
    "lead": {"own": ("7", A), "near": ("7", OFFICE), "other": ("7", B)},
    "clerk": {"own": ("7", A), "near": ("7", OFFICE), "other": ("7", B)},
}
ELSEWHERE = {"own": ("7", A), "near": ("7", "xuhui"), "other": ("7", B)}
"""Which task of which unit own, near and other mean; 刑罚执行处 reviews task 7, 秘书处 task 1."""

REVIEWERS = {"7": "reviewer-xingfazhixing", "1": "reviewer-mishu"}
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
MISSING = 999_999
DAY = "2021-02-20"
"""Before any task of the plan is due."""

ASIDE = {"audit_entry", "audit_head", "login_session", "login_attempt"}
"""Tables that change with every request, and are no business data."""

STATES = ("draft", "submitted", "district_ok", "accepted", "returned")


def unit_of(subject: str, scope: str) -> tuple[str, str]:
    """Return the task's number and the unit that a scope of a subject means."""
    return PLACES.get(subject, ELSEWHERE)[scope]


@dataclass
class Place:
    """What a unit owes of a task, with the ids of what belongs to it."""

    assignment: int
    task: int
    unit: int
    district: int
    report: int = 0
    evidence: int = 0
    extension: int = 0
    comment: int = 0
    appeal: int = 0
    token: str = ""


@dataclass
class World:
    """The records of one database, and the browsers of those who look at them."""

    app: Flask
    on_day: Callable[[str], date]
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set the day, and ask for two levels of review."""
        self.on_day(DAY)
        with transaction():
            the_plan().review_levels = 2

    @property
    def plan(self) -> int:
        """The plan's id."""
        return the_plan().id

    def browser(self, subject: str) -> Client:
        """Return the subject's browser, signed in."""
        if subject not in self.browsers:
            browser = self.app.test_client()
            assert isinstance(browser, Client)
            browser.environ_base.update(self.environ)
            if SUBJECTS.get(subject, subject):
                browser.login(SUBJECTS.get(subject, subject))
            self.browsers[subject] = browser
        return self.browsers[subject]

    def token(self, subject: str) -> str:
        """Return the CSRF token of the subject's session."""
        if subject not in self.tokens:
            page = self.browser(subject).get("/login" if subject == "anonymous" else "/help").get_data(as_text=True)
            found = re.search(r'name="csrf_token" value="([^"]+)"', page)
            assert found
            self.tokens[subject] = found[1]
        return self.tokens[subject]

    def place(self, task: str, unit: str, state: str = "pending") -> Place:
        """Return what a unit owes of a task, brought into a state."""
        if (task, unit) in self.places:
            return self.places[task, unit]
        row = db.session.get_one(Assignment, owed(task, unit))
        found = Place(row.id, row.task_id, row.unit_id, row.district_id or 0, token=f"form-{row.id}")
        self.places[task, unit] = found
        Hands(self.app, task, unit, found).bring(state)
        return found

    def of(self, subject: str, scope: str, state: str = "pending") -> Place:
        """Return the place that a scope means to a subject."""
        return self.place(*unit_of(subject, scope), state)

    def user(self, account: str) -> User:
        """Return an account."""
        return db.session.scalars(select(User).where(User.account == account)).one()


@dataclass
class Hands:
    """Those whose acts bring a place into a state."""

    app: Flask
    task: str
    unit: str
    place: Place

    clerk: str = ""

    def __post_init__(self) -> None:
        """Find whoever files for the unit."""
        self.clerk = handler_of(self.unit) if "-" in self.unit else f"{self.unit}-clerk"

    @property
    def district(self) -> str:
        """The unit's district."""
        return self.unit.partition("-")[0]

    def bring(self, state: str) -> None:
        """Take the steps that lead to a state."""
        if state == "pending":
            return
        self._move(Move.ACKNOWLEDGE)
        if state == "signed":
            return
        if state == "draft":
            self._write(reports.save, ReportKind.PROGRESS)
            return
        self._write(reports.file, ReportKind.COMPLETION)
        steps: dict[str, tuple[Callable[[], None], ...]] = {
            "submitted": (),
            "district_ok": (self._sign_off,),
            "accepted": (self._sign_off, self._accept),
            "returned": (self._sign_off, self._return),
        }
        for step in steps[state]:
            step()

    def _move(self, move: Move) -> None:
        with transaction():
            assignments.change_status(person(self.clerk), moment("2021-02-18"), self.place.assignment, move)

    def _write(self, how: Callable[..., Report], kind: ReportKind) -> None:
        with transaction():
            kept = keep(self.app.config["TRACKER_DATA_DIR"], io.BytesIO(PDF), 1000)
            report = how(
                person(self.clerk),
                moment(DAY if how is reports.save else "2021-02-19"),
                self.place.assignment,
                Content(f"SECRET-{'A' if self.district == A else 'B'} 已落实。", kind=kind),
                token=self.place.token,
                version=0,
                uploads=[Upload("佐证.pdf", kept)],
            )
            self.place.report = report.id
        self.place.evidence = db.session.scalars(
            select(Evidence.id).where(Evidence.report_id == self.place.report)
        ).one()

    def _sign_off(self) -> None:
        with transaction():
            reports.sign_off(person(f"{self.district}-lead"), moment(DAY), self.place.assignment, Decision.ACCEPT, "")

    def _accept(self) -> None:
        if "-" in self.unit:  # What a 司法所 reports is done with its district's word.
            return
        self._review(Decision.ACCEPT)

    def _return(self) -> None:
        """Return the report; the unit begins another one, with a file."""
        self._review(Decision.RETURN)
        self.place.token += "-again"
        self._write(reports.save, ReportKind.PROGRESS)

    def _review(self, decision: Decision) -> None:
        with transaction():
            reports.review(person(REVIEWERS[self.task]), moment(DAY), self.place.assignment, decision, "请补充")


def handler_of(slug: str) -> str:
    """Return an account that handles what a 司法所 owes, made on demand."""
    if slug == OFFICE:
        return "songjiang-office1"
    account = f"{slug}-office"
    if db.session.scalar(select(User.id).where(User.account == account)) is None:
        unit = db.session.scalars(select(Organization).where(Organization.slug == slug)).one()
        like = db.session.scalars(select(User).where(User.account == "songjiang-office1")).one()
        with transaction():
            db.session.add(
                User(
                    account=account,
                    name=f"{unit.short_name}经办（测试）",
                    role=like.role,
                    unit_id=unit.id,
                    password_hash=like.password_hash,
                    created_at=like.created_at,
                    password_set_at=like.password_set_at,
                    demo=True,
                )
            )
    return account


def ask_extension(world: World, place: Place) -> int:
    """Let the district ask for another month; return the request."""
    district = db.session.get_one(Organization, place.district).slug
    with transaction():
        return extensions.ask(
            person(f"{district}-lead"), moment(DAY), place.assignment, date(2021, 4, 30), "人员调整", "四个所已完成"
        ).id


def remark(world: World, place: Place) -> int:
    """Let the supervisor remark on an assignment; return the comment."""
    with transaction():
        return comments.add(person("supervisor"), moment(DAY), place.assignment, "请补充佐证").id


def deduct(district: str, account: str = "supervisor2") -> int:
    """Take a point off a district; return the line. Who is to answer objections to it is another supervisor."""
    with transaction():
        line: Deduction = scores.deduct(
            person(account), moment(DAY), the_plan(), unit_id(district), read_points("1"), "材料不实"
        )
    return line.id


def object_to(district: str) -> int:
    """Let a district object to a point taken off; return the appeal."""
    line = deduct(district)
    with transaction():
        return scores.appeal(
            person(f"{district}-lead"), moment(DAY), the_plan(), unit_id(district), LineKey(deduction_id=line), "已完成"
        ).id


def digest() -> str:
    """Return a hash over every row of the business tables."""
    hashed = sha256()
    with closing(db.engine.raw_connection()) as connection:  # As the driver has the rows: nobody looks at them.
        cursor = connection.cursor()
        for name in sorted(set(Base.metadata.tables) - ASIDE):
            rows = cursor.execute(f'SELECT * FROM "{name}"').fetchall()
            hashed.update(f"{name}{sorted(map(repr, rows))}".encode())
    return hashed.hexdigest()


def entries_since(number: int) -> list[AuditEntry]:
    """Return what was put on record after an entry."""
    wanted = select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number)
    return list(db.session.scalars(wanted))


def newest_entry() -> int:
    """Return the number of the newest entry."""
    return db.session.scalar(select(AuditEntry.number).order_by(AuditEntry.number.desc()).limit(1)) or 0


def refused_since(number: int, account: str, method: str, address: str) -> bool:
    """Tell whether the refusal of a request was put on record after an entry; the same again at once is not."""
    wanted = f"{method} {address.partition('?')[0]}"
    return any(
        (entry.outcome, entry.account, entry.detail) == (Outcome.REFUSED, account, wanted)
        for entry in entries_since(number)
    )


def task_id(number: str) -> int:
    """Return a task's id."""
    return db.session.scalars(select(Task.id).where(Task.number == number)).one()
