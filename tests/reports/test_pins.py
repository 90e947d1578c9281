"""What is approved is sealed, and whatever is altered since is found and named."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from tests.assignments.acts import complete, moment, owed, person, take, the_plan
from tests.assignments.two_levels import LEAD, sign
from tests.makers import make_approval_pin
from tests.reports.conftest import (
    CLERK,
    REVIEWER,
    Act,
    Store,
    assignment,
    behind_the_back,
    decide,
    found_differences,
)
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.reports import operations, pins, queries
from tracker.reports.models import ApprovalPin, Evidence, Report, Review
from tracker.reports.pins import PinBroken
from tracker.rules import pins as rules
from tracker.rules.permissions import Forbidden
from tracker.rules.reports import Decision, PinStep
from tracker.rules.status import Move, Status
from tracker.seeding.history import add_history
from tracker.storage import path_of

# ---- what is kept


def test_an_acceptance_keeps_the_report_and_every_file_on_record(
    seven: int, report: Act, ask: Act, upload: Store
) -> None:
    earlier = report("file", progress=40, uploads=(upload("证明.pdf", b"draft"),))
    filed = ask(problems="无", uploads=(upload("证明.pdf", b"final"),))
    decide(seven)
    pin = db.session.scalars(select(ApprovalPin)).one()
    assert (pin.report_id, pin.step, pin.day, pin.actor_id) == (
        filed.id,
        PinStep.ACCEPTED,
        date(2021, 3, 2),
        person(REVIEWER).id,
    )
    content = json.loads(pin.content)
    assert pin.content == json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert rules.digest(pin.content) == pin.sha256
    assert content["report"] == {
        "id": filed.id,
        "assignment": seven,
        "kind": "completion",
        "situation": "smooth",
        "progress": 100,
        "done": "已落实。",
        "problems": "无",
        "next_steps": "",
        "help_needed": "",
        "author": person(CLERK).name,
        "filed_at": "2021-03-01T02:00:00+00:00",
    }
    files = db.session.scalars(select(Evidence).order_by(Evidence.file_version)).all()
    assert content["files"] == [
        {"name": "证明.pdf", "version": n, "sha256": file.sha256, "size": file.size} for n, file in enumerate(files, 1)
    ]
    assert files[0].report_id == earlier.id


def test_the_record_of_acts_holds_the_hash_of_what_was_approved(accepted: Report) -> None:
    pin = db.session.scalars(select(ApprovalPin)).one()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == pins.ACT)).one()
    assert (entry.object_type, entry.object_id, entry.detail) == ("report", accepted.id, f"accepted {pin.sha256}")


def test_a_return_and_a_refused_acceptance_keep_nothing(seven: int, ask: Act) -> None:
    ask()
    with pytest.raises(Forbidden), transaction():
        operations.review(person("reviewer-mishu"), moment("2021-03-02"), seven, Decision.ACCEPT, "")
    decide(seven, Decision.RETURN, "缺附件")
    assert db.session.scalars(select(ApprovalPin)).all() == []


def test_what_is_as_it_was_approved_makes_no_difference(accepted: Report, tmp_path: Path) -> None:
    assert found_differences(tmp_path) == []


def test_the_invented_history_is_sealed_as_well(seeded: Flask) -> None:
    with transaction():
        add_history(moment("2021-03-20"))
    reviews = db.session.scalars(select(Review.report_id).where(Review.decision == Decision.ACCEPT)).all()
    assert len(reviews) > 10
    assert set(db.session.scalars(select(ApprovalPin.report_id))) == set(reviews)
    assert found_differences() == []


# ---- what was altered is found and named


REPORTED = [
    ({"done": "改过的"}, ("完成情况", "已落实。", "改过的")),
    ({"problems": "有"}, ("存在问题", "", "有")),
    ({"situation": "difficult"}, ("总体情况", "进展顺利", "有困难")),
    ({"progress": 90}, ("进度", "100%", "90%")),
    ({"author_name": "别人"}, ("填报人", None, "别人")),
    ({"kind": "progress"}, ("类别", "申请办结", "进展填报")),
    ({"filed_at": moment("2021-02-23")}, ("报送时间", "2021-02-24T02:00:00+00:00", "2021-02-23T02:00:00+00:00")),
]


@pytest.mark.parametrize(("values", "expected"), REPORTED, ids=[next(iter(values)) for values, _ in REPORTED])
def test_an_altered_report_is_named_field_by_field(
    accepted: Report, values: dict[str, Any], expected: tuple[str, str | None, str]
) -> None:
    behind_the_back(update(Report).where(Report.id == accepted.id).values(**values))
    ((what, before, after),) = found_differences()
    assert (what, after) == (expected[0], expected[2])
    assert expected[1] is None or before == expected[1]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            update(Evidence).where(Evidence.name == "证明.pdf").values(sha256="f" * 64),
            "附件 证明.pdf 第 1 版（内容与封存的不同）",
        ),
        (update(Evidence).where(Evidence.name == "证明.pdf").values(file_version=3), "附件 证明.pdf 第 1 版（已不在）"),
        (delete(Evidence).where(Evidence.name == "证明.pdf"), "附件 证明.pdf 第 1 版（已不在）"),
    ],
    ids=["hash", "version", "row"],
)
def test_an_altered_row_of_a_file_is_named(accepted: Report, statement: Any, named: str) -> None:
    behind_the_back(statement)
    assert found_differences()[0][0] == named


def test_a_file_put_to_an_accepted_report_is_named(accepted: Report) -> None:
    (file, _) = queries.files_of(accepted.id)
    with transaction():
        values = {"assignment_id": file.assignment_id, "report_id": file.report_id, "size": 1, "uploaded_by": "x"}
        db.session.add(Evidence(**values, name="补.pdf", sha256="a" * 64, uploaded_at=moment("2021-03-09")))
    assert found_differences() == [("附件 补.pdf 第 1 版（新增）", "", "a" * 64)]


@pytest.mark.parametrize("gone", [False, True], ids=["altered", "gone"])
def test_a_stored_file_that_was_altered_or_lost_is_named(accepted: Report, tmp_path: Path, gone: bool) -> None:
    (file, _) = queries.files_of(accepted.id)
    stored = path_of(tmp_path, file.sha256)
    if gone:
        stored.unlink()
    else:
        stored.write_bytes(b"another")
    assert found_differences() == []
    ((what, before, after),) = found_differences(tmp_path)
    assert (what, before) == ("附件 证明.pdf 第 1 版（存储的文件）", file.sha256)
    assert after == "（已不在）" if gone else after != file.sha256


def test_an_altered_pin_is_told_by_its_hash_and_by_the_record_of_acts(accepted: Report) -> None:
    pin = db.session.scalars(select(ApprovalPin)).one()
    sha256, forged = pin.sha256, pin.content.replace("已落实。", "改过的")
    behind_the_back(update(Report).values(done="改过的"))
    behind_the_back(update(ApprovalPin).values(content=forged))
    assert found_differences() == [("封存内容本身", sha256, rules.digest(forged))]
    behind_the_back(update(ApprovalPin).values(sha256=rules.digest(forged)))
    assert found_differences() == [("封存记录", sha256, rules.digest(forged))]
    behind_the_back(delete(ApprovalPin))
    assert found_differences() == [("封存记录", sha256, "（已不在）")]


def test_a_pin_that_nobody_made_is_told(seven: int, ask: Act) -> None:
    ask()
    decide(seven)
    with transaction():
        report = make_approval_pin(assignment_id=seven, report_id=_another_report(seven)).report_id
    assert {each.report_id for each in pins.differences(the_plan().id)} == {report}


def _another_report(assignment_id: int) -> int:
    values = {"author_name": "x", "form_token": "made up", "saved_at": moment("2021-03-01"), "state": "accepted"}
    found = Report(assignment_id=assignment_id, filed_at=moment("2021-03-01"), **values)
    db.session.add(found)
    db.session.flush()  # its number is needed
    return found.id


def test_what_was_accepted_before_there_were_pins_is_passed_over(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-02")
    assert found_differences() == []


def test_the_number_of_questions_does_not_grow(accepted: Report, ask: Act, query_count: Any) -> None:
    counts = []
    for slug in ("songjiang", "huangpu"):
        if slug == "huangpu":
            eight = owed("8", "songjiang")
            take(CLERK, Move.ACKNOWLEDGE, "2021-03-01", eight)
            ask(on=eight, token="another")
            with transaction():
                operations.review(person("supervisor"), moment("2021-03-02"), eight, Decision.ACCEPT, "")
        plan = the_plan().id
        with query_count() as counted:
            pins.differences(plan)
        counts.append(len(counted.statements))
    assert counts == [3, 3]


# ---- two levels


def test_both_words_are_sealed_over_the_same_content(seven: int, signed: Report) -> None:
    decide(seven, day="2021-03-03")
    by_step = {pin.step: pin for pin in pins.of(seven)}
    assert set(by_step) == set(PinStep)
    assert by_step[PinStep.SIGNED].sha256 == by_step[PinStep.ACCEPTED].sha256
    assert by_step[PinStep.SIGNED].actor_id == person(LEAD).id


def test_the_city_accepts_only_what_was_signed_off(seven: int, signed: Report) -> None:
    behind_the_back(update(Report).where(Report.id == signed.id).values(done="改过的"))
    with pytest.raises(PinBroken, match="完成情况"):
        decide(seven, day="2021-03-03")
    assert assignment(seven).status == Status.UNDER_REVIEW
    decide(seven, Decision.RETURN, "与审签时不一致", day="2021-03-03")
    assert assignment(seven).status == Status.RETURNED


def test_after_a_return_the_lead_signs_the_new_report(seven: int, signed: Report, ask: Act) -> None:
    decide(seven, Decision.RETURN, "缺名单", day="2021-03-03")
    second = ask(token="second", done="已补名单。", day="2021-03-04")
    sign(seven, LEAD, day="2021-03-04")
    decide(seven, day="2021-03-05")
    assert [(pin.report_id, pin.step) for pin in pins.of(seven)] == [
        (second.id, PinStep.ACCEPTED),
        (second.id, PinStep.SIGNED),
        (signed.id, PinStep.SIGNED),
    ]
