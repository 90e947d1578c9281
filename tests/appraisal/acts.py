"""Acts on a bureau's year of appraisal, as short as they are told: put("办公室", "W1-3.1", note="…")."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tests.assignments.acts import moment, person
from tracker.appraisal import entries, opening, queries
from tracker.appraisal.entries import Recording
from tracker.appraisal.models import Appraisal, AppraisalUnit
from tracker.appraisal.queries import UnitSheet
from tracker.db import db, transaction
from tracker.seeding.appraisals import SCHEME, add_people

DAY = "2021-09-01"
"""A day after the scheme was issued and before its period ends."""

HEAD, COMPILER = "songjiang-head", "songjiang-zhengzhichu"


def begin(day: str = DAY) -> int:
    """Add the bureau's sections and people, begin the year, and return its id."""
    with transaction():
        add_people(moment(day))
        return opening.open_appraisal(person(HEAD), moment(day), SCHEME).id


def the_year() -> Appraisal:
    """Return the one year of a database."""
    return db.session.scalars(select(Appraisal)).one()


def unit(name: str) -> int:
    """Return the number of a unit in the year, by the scheme's name."""
    return db.session.scalars(select(AppraisalUnit.id).where(AppraisalUnit.name == name)).one()


def put(name: str, code: str, account: str = "", day: str = DAY, **fields: Any) -> int:
    """Record something of a unit, by whoever may, and return its id."""
    account = account or (HEAD if name == "政治处" else COMPILER)
    happened = fields.pop("happened", "2021-05-10")
    if isinstance(fields.get("points"), str):
        fields["points"] = Decimal(fields["points"])
    wanted = Recording(code, date.fromisoformat(happened), fields.pop("note", "测试登记"), **fields)
    with transaction():
        return entries.record(person(account), moment(day), the_year().id, unit(name), wanted).id


def take_back(entry_id: int, account: str = COMPILER, reason: str = "登记有误", day: str = DAY) -> int:
    """Take an entry's effect back, and return the id of the row that does."""
    with transaction():
        return entries.reverse(person(account), moment(day), the_year().id, entry_id, reason).id


def say_to(entry_id: int, text: str, account: str, day: str = DAY) -> int:
    """Let a unit answer an entry."""
    with transaction():
        said = entries.answer(person(account), moment(day), the_year().id, entry_id, text)
        db.session.flush()
        return said.id


def sheet(name: str, account: str = HEAD, day: str = DAY) -> UnitSheet:
    """Return a unit's year."""
    return queries.sheet(person(account), the_year().id, unit(name), date.fromisoformat(day))
