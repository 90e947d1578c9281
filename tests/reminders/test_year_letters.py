"""Letters about a year of appraisal: who hears of what, once, and what stands in them."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, the_year, unit
from tests.appraisal.result_acts import compile_year, complete, grade_all, spread
from tests.assignments.acts import moment, person
from tracker.appraisal import queries, special
from tracker.appraisal.entries import Recording
from tracker.appraisal.models import AppraisalEntry
from tracker.appraisal.special import Applying, Judging
from tracker.db import db, transaction
from tracker.outbox.models import Message
from tracker.reminders import year_letters
from tracker.sealing import unseal

BASE = "http://tracker.example.invalid"
OFFICE = "songjiang-bangongshi"
LEADING = ["songjiang-deputy", "songjiang-head", "songjiang-lead"]


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """A year of appraisal that has just begun."""
    begin()
    return seeded


def letters() -> list[tuple[str, str]]:
    """Return whom the letters of an appraisal go to, and their subjects, in their order."""
    wanted = select(Message.recipient, Message.subject).where(Message.kind == "appraisal").order_by(Message.id)
    return list(dict.fromkeys((row.recipient, row.subject) for row in db.session.execute(wanted)))


def told_of(subject: str) -> list[str]:
    """Return the accounts that a letter went to."""
    return sorted(account for account, told in letters() if told == subject)


def recorded() -> AppraisalEntry:
    """Record a deduction and commit."""
    with transaction():
        wanted = Recording("W1-3.1", moment("2021-05-10").date(), "两人缺席。")
        return year_letters.record(person(COMPILER), moment(DAY), the_year().id, unit("办公室"), wanted, BASE)


def test_a_unit_hears_of_what_is_recorded_of_it_with_the_link_to_it(begun: Flask) -> None:
    row = recorded()
    assert letters() == [(OFFICE, "【考评】办公室有一条新的考评登记")]
    letter = db.session.scalars(select(Message).where(Message.kind == "appraisal").limit(1)).one()
    text = unseal(letter.body_text)
    assert "条款：参会率未达要求的，每次扣 2 分（W1-3.1）" in text
    assert "事由：两人缺席" in text
    assert f"{BASE}/appraisal/{the_year().id}/entries/{row.id}" in text


def test_an_objection_goes_to_the_leading_group_and_its_answer_to_the_unit_and_whoever_recorded_the_entry(
    begun: Flask,
) -> None:
    row = recorded()
    with transaction():
        asked = year_letters.appeal(person(OFFICE), moment(DAY, 11), the_year().id, row.id, "已请假。", BASE)
    subject = "【考评】办公室对一条考评登记提出异议，请裁定"
    assert sorted(letters()[1:]) == [(account, subject) for account in LEADING]
    with transaction():
        at = moment(DAY, 12)
        year_letters.decide(person(HEAD), at, the_year().id, asked.id, True, "请假属实。", BASE)
    subject = "【考评】办公室的异议成立，登记已撤销"
    assert letters()[4:] == [(OFFICE, subject), (COMPILER, subject)]


def test_an_answer_goes_to_whoever_recorded_the_entry_and_each_is_told_once(begun: Flask) -> None:
    row, at = recorded(), moment(DAY, 11)
    for words in ("有两次已请假。", "另附说明。"):
        with transaction():
            year_letters.answer(person(OFFICE), at, the_year().id, row.id, words, BASE)
    wanted = select(Message).where(Message.recipient == COMPILER, Message.kind == "appraisal", Message.copy.is_(False))
    first, second = db.session.scalars(wanted.order_by(Message.id)).all()
    assert {first.subject, second.subject} == {"【考评】办公室答复了一条考评登记"}
    text = unseal(first.body_text)
    assert "条款：参会率未达要求的，每次扣 2 分（W1-3.1）" in text
    assert "答复：有两次已请假。" in text
    assert f"{BASE}/appraisal/{the_year().id}/entries/{row.id}" in text
    own, led = put("政治处", "W2-1.1", account=HEAD), put("律公科", "W9-1.1", account=HEAD)
    for account, entry, name in ((COMPILER, own, "政治处"), ("songjiang-lvgong", led, "律公科")):
        with transaction():
            year_letters.answer(person(account), at, the_year().id, entry, "知道了。", BASE)
        assert told_of(f"【考评】{name}答复了一条考评登记") == LEADING


def test_approval_is_told_to_whoever_compiles_and_publication_to_every_unit(begun: Flask) -> None:
    complete()
    spread("执法监督科")
    compile_year()
    grade_all()
    with transaction():
        year_letters.approve(person(HEAD), moment(DAY), the_year().id, BASE, confirmed=True)
    subject = "【考评】考评结果已审定，待公布"
    assert letters() == [(COMPILER, subject)]
    letter = db.session.scalars(select(Message).where(Message.subject == subject).limit(1)).one()
    assert f"{BASE}/appraisal/{the_year().id}/result" in unseal(letter.body_text)
    with transaction():
        year_letters.publish(person(HEAD), moment(DAY, 11), the_year().id, BASE)
    heard = db.session.scalars(select(Message.unit_id).where(Message.subject == "【考评】考评结果已公布"))
    assert set(heard) == {each.unit_id for each in queries.units(the_year())} | {the_year().issuer_id}


def test_what_is_taken_back_and_what_is_judged_is_told_to_the_unit(begun: Flask) -> None:
    row = recorded()
    with transaction():
        year_letters.reverse(person(COMPILER), moment(DAY, 11), the_year().id, row.id, "重复登记", BASE)
    applying = Applying("智慧会务", "创新点", "内容", "成效", "联系人", "021-0000")
    with transaction():
        filed = special.apply(person(OFFICE), moment(DAY, 11), the_year().id, unit("办公室"), applying)
    with transaction():
        judging = Judging(recognised=False, points=Decimal(3), reason="有成效")
        at, seen = moment(DAY, 12), filed.version
        year_letters.judge(person(COMPILER), at, the_year().id, filed.id, judging, seen, BASE)
    assert [subject for _, subject in letters()[1:]] == [
        "【考评】办公室的一条考评登记已撤销",
        "【考评】特色工作“智慧会务”已评定",
    ]


def test_whoever_is_next_hears_of_it_and_the_letter_says_how_much(begun: Flask) -> None:
    at, applying = moment(DAY, 11), Applying("智慧会务", "创新点", "内容", "成效", "联系人", "021-0000")
    with transaction():
        year_letters.apply(person(OFFICE), at, the_year().id, unit("办公室"), applying, BASE)
    with transaction():
        year_letters.apply(person(COMPILER), at, the_year().id, unit("政治处"), applying, BASE)
    subject = "【考评】政治处申报了特色工作，请评定"
    assert letters()[0] == (COMPILER, "【考评】办公室申报了特色工作，请评定")
    assert told_of(subject) == LEADING
    with transaction():
        wanted = Recording("T-1.1", moment("2021-05-10").date(), "检查发现问题。已通报。", points=Decimal("2.5"))
        year_letters.record(person(COMPILER), at, the_year().id, unit("律公科"), wanted, BASE)
    letter = db.session.scalars(select(Message).where(Message.recipient == "songjiang-lvgong").limit(1)).one()
    text = unseal(letter.body_text)
    assert "分数：2.5　次数：1" in text
    assert "事由：检查发现问题。已通报。" in text


def test_reopening_is_told_to_whoever_compiles_and_of_a_published_year_to_every_unit(begun: Flask) -> None:
    subject, heard = "【考评】考评结果重新审定", []
    complete()
    spread("执法监督科")
    for hour, out in ((10, False), (12, True)):
        compile_year()
        grade_all()
        with transaction():
            year_letters.approve(person(HEAD), moment(DAY, hour), the_year().id, BASE, confirmed=True)
            if out:
                year_letters.publish(person(HEAD), moment(DAY, hour), the_year().id, BASE)
        with transaction():
            at = moment(DAY, hour + 1)
            year_letters.reopen(person(HEAD), at, the_year().id, f"{hour} 时登记有误", BASE, confirmed=True)
        told = select(Message).where(Message.subject == subject).order_by(Message.id)
        heard.append([(row.unit_id, f"{hour} 时登记有误" in unseal(row.body_text)) for row in db.session.scalars(told)])
    first, both = heard
    assert set(first) == {(the_year().compiler_id, True)}
    units = {each.unit_id for each in queries.units(the_year())} | {the_year().issuer_id}
    assert {unit_id for unit_id, latest in both if latest} == units
