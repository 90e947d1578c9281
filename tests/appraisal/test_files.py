"""Files of a year: who may attach one to what, that the same comes once, and who may fetch it."""

import json
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, sheet, the_year, unit
from tests.assignments.acts import moment, person
from tracker.appraisal import files, freezing, special
from tracker.appraisal.files import Proof
from tracker.appraisal.models import AppraisalFile, AppraisalUnit, SpecialApplication
from tracker.appraisal.queries import UnknownAppraisal
from tracker.appraisal.special import ApplicationRefused, Judging
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused
from tracker.storage import Kept

OFFICE, OTHER = "songjiang-bangongshi", "songjiang-lvgong"
PROOF = Proof("会议签到表.pdf", Kept("a" * 64, 7))


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


def attach(account: str, name: str = "办公室", proof: Proof = PROOF, **about: int) -> bool:
    """Attach a file."""
    with transaction():
        return files.attach(person(account), moment(DAY), the_year().id, unit(name), proof, **about)


def apply(name: str) -> int:
    """File an application for special work."""
    texts = {"title": "试点", "idea": "创新点", "contents": "内容", "results": "成效", "contact": "张三", "phone": "1"}
    with transaction():
        row = SpecialApplication(appraisal_unit_id=unit(name), filed_at=moment(DAY), filed_by="张三", **texts)
        db.session.add(row)
        db.session.flush()
        return row.id


def only_file() -> AppraisalFile:
    """Return the one file there is."""
    return db.session.scalars(select(AppraisalFile)).one()


@pytest.mark.parametrize("account", [OFFICE, COMPILER, HEAD])
def test_an_entry_is_proved_by_whoever_records_and_by_the_unit_itself(begun: Flask, account: str) -> None:
    entry = put("办公室", "W1-3.1")
    assert attach(account, entry_id=entry)
    assert not attach(account, entry_id=entry)
    found = only_file()
    assert (found.entry_id, found.application_id, found.name, found.size) == (entry, None, "会议签到表.pdf", 7)
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "attach_appraisal_file")).one()
    assert "办公室" in noted.detail
    assert PROOF.kept.sha256 in noted.detail


def test_the_same_file_may_prove_several_things(begun: Flask) -> None:
    entry, application = put("办公室", "W1-3.1"), apply("办公室")
    assert attach(OFFICE, entry_id=entry)
    assert attach(OFFICE, application_id=application)
    assert attach(OFFICE)
    assert not attach(OFFICE)
    assert db.session.query(AppraisalFile).count() == 3


def test_nobody_else_attaches_to_an_entry(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    with pytest.raises(Forbidden, match="负责汇总的科室"):
        attach(OTHER, entry_id=entry)


def test_applications_and_summaries_are_the_units_own(begun: Flask) -> None:
    application = apply("办公室")
    for account in (OTHER, COMPILER):
        with pytest.raises(Forbidden, match="该科室自己"):
            attach(account, application_id=application)
        with pytest.raises(Forbidden, match="该科室自己"):
            attach(account)
    with pytest.raises(Forbidden):
        attach(HEAD)


def test_what_belongs_to_another_unit_is_not_there(begun: Flask) -> None:
    entry, application = put("律公科", "W9-1.1"), apply("律公科")
    with pytest.raises(UnknownAppraisal, match="登记"):
        attach(OFFICE, entry_id=entry)
    with pytest.raises(UnknownAppraisal, match="申报"):
        attach(OFFICE, application_id=application)


def test_a_file_proves_one_thing(begun: Flask) -> None:
    with pytest.raises(ValueError, match="one thing"):
        attach(OFFICE, entry_id=1, application_id=1)


def test_nothing_is_attached_or_taken_off_once_the_year_is_compiled(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    attach(OFFICE, entry_id=entry)
    with transaction():
        the_year().stage = Stage.COMPILED
    with pytest.raises(MoveRefused, match="已经汇总"):
        attach(OFFICE, entry_id=entry)
    with pytest.raises(MoveRefused, match="已经汇总"):
        take_off(OFFICE, entry_id=entry)


# ---- taken off


def take_off(account: str, name: str = "办公室", **about: int) -> str:
    """Take the latest file off."""
    latest = db.session.scalars(select(AppraisalFile.id).order_by(AppraisalFile.id.desc())).first() or 0
    with transaction():
        return files.withdraw(person(account), moment(DAY), the_year().id, unit(name), latest, **about)


def test_a_file_that_is_taken_off_proves_nothing_and_stays_on_record(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    attach(OFFICE, entry_id=entry)
    assert take_off(OFFICE, entry_id=entry) == PROOF.name
    (gone,) = files.withdrawn(unit("办公室"), entry_id=entry)
    assert (gone.withdrawn_by, gone.withdrawn_at) == (person(OFFICE).name, moment(DAY))
    assert sheet("办公室").of("W1-3.1")[0].files == ()
    assert PROOF.name not in json.dumps(freezing.anew(the_year(), moment(DAY).date()), ensure_ascii=False)
    assert files.download(person(OFFICE), gone.id) == (PROOF.name, PROOF.kept.sha256)
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "withdraw_appraisal_file")).one()
    assert PROOF.kept.sha256 in noted.detail
    with pytest.raises(MoveRefused, match="移去"):
        take_off(COMPILER, entry_id=entry)
    assert attach(OFFICE, entry_id=entry), "the same file may come again"


def test_a_unit_does_not_take_off_what_others_proved_of_it(begun: Flask) -> None:
    entry = put("办公室", "W1-3.1")
    attach(COMPILER, entry_id=entry)
    with pytest.raises(Forbidden, match="附上"):
        take_off(OFFICE, entry_id=entry)
    for wrong in ({}, {"application_id": apply("办公室")}, {"entry_id": put("办公室", "W1-3.2")}):
        with pytest.raises(UnknownAppraisal):
            take_off(OFFICE, **wrong)
    with pytest.raises(Forbidden):
        take_off(OTHER, entry_id=entry)
    assert take_off(HEAD, entry_id=entry)


def test_nothing_is_taken_off_what_was_judged_or_handed_in(begun: Flask) -> None:
    application = apply("办公室")
    attach(OFFICE, application_id=application)
    recognised = Judging(True, Decimal(6), "确有实效")
    year = the_year().id
    with transaction():
        special.withdraw_file(person(OFFICE), moment(DAY), year, application, only_file().id)
    with pytest.raises(ApplicationRefused, match="凭据"), transaction():
        special.judge(person(COMPILER), moment(DAY), year, application, recognised, 1)
    attach(OFFICE, application_id=application)
    with transaction():
        special.judge(person(COMPILER), moment(DAY), year, application, recognised, 1)
    with pytest.raises(MoveRefused, match="评定"):
        special.withdraw_file(person(OFFICE), moment(DAY), year, application, 2)
    attach(OFFICE)
    with transaction():
        own = db.session.get_one(AppraisalUnit, unit("办公室"))
        own.submitted_at, own.submitted_on, own.submitted_by = moment(DAY), moment(DAY).date(), "张三"
    with pytest.raises(MoveRefused, match="先撤回"):
        take_off(OFFICE)


def test_a_file_is_fetched_within_ones_scope(begun: Flask) -> None:
    attach(OFFICE, entry_id=put("办公室", "W1-3.1"))
    found = only_file().id
    for account in (OFFICE, COMPILER, HEAD):
        assert files.download(person(account), found) == (PROOF.name, PROOF.kept.sha256)
    for account in (OTHER, "supervisor", "putuo-head"):
        with pytest.raises(UnknownAppraisal):
            files.download(person(account), found)
    with pytest.raises(UnknownAppraisal):
        files.download(person(HEAD), found + 1)
