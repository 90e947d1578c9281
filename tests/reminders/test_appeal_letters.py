"""Letters about objections: who gets one when it is filed, waits, or was answered; each once."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assignments.acts import moment, owed, person, take, the_plan, unit_id
from tests.scoring.test_deductions import deduct
from tracker.db import db, transaction
from tracker.jobs import run_day
from tracker.outbox.models import Message
from tracker.people.models import User
from tracker.reminders import appeal_letters
from tracker.rules.status import Move
from tracker.scoring.models import Appeal
from tracker.scoring.operations import LineKey

BASE = "http://tracker.example.invalid"
FILED, EVE, LAST, OVER = "2021-03-08", "2021-03-12", "2021-03-15", "2021-03-16"
"""A Monday; the working day before the answer is due; the fifth working day after; the one after that."""


def file(key: LineKey | None = None, day: str = FILED) -> Appeal:
    """Let Songjiang object to a line, that of task 7 unless another is given."""
    key = key or LineKey(assignment_id=owed("7", "songjiang"))
    with transaction():
        return appeal_letters.file(
            person("songjiang-lead"), moment(day), the_plan(), unit_id("songjiang"), key, "二月已完成，见附件", BASE
        )


def answer(appeal: Appeal, granted: bool = True, day: str = "2021-03-10", account: str = "supervisor2") -> None:
    """Answer an objection."""
    with transaction():
        appeal_letters.answer(
            person(account), moment(day), unit_id("songjiang"), appeal.id, granted, "经核对属实", BASE
        )


def remind(day: str) -> int:
    """Queue a day's letters; return how many."""
    with transaction():
        return appeal_letters.remind(date.fromisoformat(day), moment(day), BASE)


def letters() -> list[Message]:
    """Every letter about objections, in their order."""
    wanted = select(Message).where(Message.kind == appeal_letters.KIND).order_by(Message.id)
    return list(db.session.scalars(wanted))


def readers(part: str) -> list[str]:
    """Who has a letter whose key holds a word."""
    return [letter.recipient for letter in letters() if part in letter.key]


def test_the_supervisors_hear_of_an_objection_when_it_is_filed(seeded: Flask) -> None:
    file()
    assert readers(":filed:") == ["supervisor", "supervisor2"]
    letter = letters()[0]
    assert letter.subject == "【异议】松江区司法局对第7项提出异议，应于 2021-03-15 前答复"
    assert "二月已完成，见附件" in letter.body_text
    assert "剩 5 个工作日" in letter.body_text
    assert f"{BASE}/scores/{unit_id('songjiang')}?plan={the_plan().id}#appeals" in letter.body_text


def test_whoever_entered_the_points_is_not_asked_to_answer(seeded: Flask) -> None:
    file(LineKey(deduction_id=deduct("1").id))
    assert readers(":filed:") == ["supervisor2"]
    assert letters()[0].subject == "【异议】松江区司法局对登记的扣分提出异议，应于 2021-03-15 前答复"


def test_where_nobody_may_answer_the_administrator_is_asked_for_another_supervisor(seeded: Flask) -> None:
    entry = deduct("1")
    with transaction():
        db.session.scalars(select(User).where(User.account == "supervisor2")).one().active = False
    file(LineKey(deduction_id=entry.id))
    assert readers(":filed:") == ["admin"]
    assert "请增设一个督办人员账号" in letters()[0].body_text
    remind(EVE)
    assert readers(f":{EVE}:") == ["admin"]


def test_no_point_is_said_to_come_back_where_none_was_lost_any_more(seeded: Flask) -> None:
    found = file()
    take("supervisor2", Move.EXEMPT, "2021-03-09", owed("7", "songjiang"), "没有此事项")
    answer(found, account="supervisor")
    assert letters()[-1].subject == "【异议】第7项：异议成立；这一行现在不扣分，没有分可退"


@pytest.mark.parametrize(("granted", "outcome"), [(True, "异议成立，所扣的分已退回"), (False, "异议不成立")])
def test_the_districts_leads_hear_the_answer(seeded: Flask, granted: bool, outcome: str) -> None:
    answer(file(), granted)
    assert readers(":answered:") == ["songjiang-lead", "songjiang-deputy", "songjiang-head"]
    letter = letters()[-1]
    assert letter.subject == f"【异议】第7项：{outcome}"
    assert "经核对属实" in letter.body_text
    assert "经核对属实" in letter.body_html


def test_supervisors_are_reminded_the_working_day_before_and_the_one_after_and_once_each(seeded: Flask) -> None:
    file()
    days = ["2021-03-09", "2021-03-11", EVE, EVE, "2021-03-13", LAST, OVER, OVER, "2021-03-17", "2021-03-22"]
    found = []
    for day in days:
        found.append(remind(day))
        list(run_day(date.fromisoformat(day), BASE))
    assert found == [0, 0, 2, 0, 0, 0, 2, 0, 0, 0]
    assert [letter.day.isoformat() for letter in letters() if ":filed:" not in letter.key] == [EVE, EVE, OVER, OVER]
    assert "已超 1 个工作日" in letters()[-1].body_text


def test_a_reminder_that_was_slept_through_goes_out_with_the_next_letters(seeded: Flask) -> None:
    file()
    list(run_day(date(2021, 3, 11), BASE))
    assert remind(LAST) == 2
    assert letters()[-1].subject == "【异议】1 项异议待裁定，最早的应于 2021-03-15 前答复"


def test_what_was_answered_is_not_reminded_of(seeded: Flask) -> None:
    answer(file())
    assert remind(EVE) == 0


def test_one_letter_a_day_holds_all_that_waits_and_only_what_its_reader_may_answer(seeded: Flask) -> None:
    file()
    file(LineKey(deduction_id=deduct("1").id))
    assert remind(EVE) == 2
    first, second = letters()[-2:]
    assert [first.subject, second.subject] == [
        "【异议】1 项异议待裁定，最早的应于 2021-03-15 前答复",
        "【异议】2 项异议待裁定，最早的应于 2021-03-15 前答复",
    ]
    assert (first.recipient, second.recipient) == ("supervisor", "supervisor2")


def test_the_daily_run_queues_them(seeded: Flask) -> None:
    file()
    list(run_day(date.fromisoformat(EVE), BASE))
    assert readers(f":{EVE}:") == ["supervisor", "supervisor2"]


def test_an_objection_that_is_refused_writes_to_nobody(seeded: Flask) -> None:
    file()
    before = len(letters())
    with pytest.raises(Exception, match="已经提出过异议"):
        file()
    assert len(letters()) == before
