"""A year is compiled, graded, approved, frozen and published; what is missing is named, what is altered is found."""

import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, select, update

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, sheet, take_back, the_year, unit
from tests.appraisal.ballot_acts import close, convene, make, vote
from tests.appraisal.result_acts import (
    approve,
    compile_year,
    complete,
    decide,
    grade,
    grade_all,
    publish,
    result,
    return_year,
    spread,
)
from tests.assignments.acts import ZONE, moment, person
from tracker import storage
from tracker.appraisal import files, freezing, queries
from tracker.appraisal.decisions import DecisionRefused
from tracker.appraisal.files import Proof
from tracker.appraisal.freezing import Verification
from tracker.appraisal.missing import Lack, NotReady
from tracker.appraisal.models import (
    Appraisal,
    AppraisalAppeal,
    AppraisalDecision,
    AppraisalEntry,
    AppraisalFreeze,
    AppraisalUnit,
    BallotOutcome,
    SpecialApplication,
)
from tracker.appraisal.queries import UnknownAppraisal
from tracker.assignments.models import Assignment
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.appraisal.grades import Grade
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused

FIRST, SECOND = "办公室", "复议应诉科"
AT = datetime(2021, 9, 1, 9, tzinfo=ZONE)


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


@pytest.fixture
def tied(begun: Flask) -> Flask:
    """A compiled year in which 公服科 and 律公科 tie at the third place."""
    complete()
    spread("公服科", "律公科")
    compile_year()
    return begun


@pytest.fixture
def barred(begun: Flask) -> Flask:
    """A compiled year in which the second broke the bottom line, and 政治处 and 公服科 tie behind it."""
    complete()
    spread()
    put(SECOND, "X-2.1", points="1")
    compile_year()
    return begun


@pytest.fixture
def approved(tied: Flask) -> Flask:
    """A year that the leading group approved."""
    grade_all(FIRST, SECOND, "公服科")
    approve()
    return tied


def verify(account: str = HEAD) -> Verification:
    return freezing.verify(person(account), the_year().id, current_app.config["TRACKER_DATA_DIR"])


def found_by_verifying() -> list[str]:
    return [difference.words for difference in verify().found]


# ---- compiling


def test_a_year_is_not_compiled_while_something_is_missing(begun: Flask) -> None:
    complete()
    entry = put(FIRST, "W1-3.1")
    with transaction():
        db.session.add(AppraisalAppeal(entry_id=entry, reason="已请假", day=AT.date(), asked_at=AT, asked_by="办公室"))
        words = {"idea": "新", "contents": "内容", "results": "成效", "contact": "某", "phone": "1", "title": "特色"}
        own = {"appraisal_unit_id": unit(SECOND), "filed_at": AT, "filed_by": SECOND}
        db.session.add(SpecialApplication(**words, **own))
    take_back(db.session.scalars(select(AppraisalEntry.id).where(AppraisalEntry.code == "W1-5.1")).one())
    with pytest.raises(NotReady) as refused:
        compile_year()
    lacks = {each.lack for each in refused.value.missing if not each.is_warning}
    assert lacks == {Lack.OBJECTION, Lack.APPLICATION, Lack.POINTS}
    assert the_year().stage == Stage.OPEN


def test_whoever_handed_nothing_in_is_named_and_has_to_be_seen(begun: Flask) -> None:
    complete()
    with pytest.raises(NotReady) as refused:
        compile_year(confirmed=False)
    assert [each.lack for each in refused.value.missing].count(Lack.OWN) == 11
    told = {each.lack: each.words for each in refused.value.missing if each.lack is not Lack.OWN}
    assert set(told) == {Lack.PLACES, Lack.BALLOTS, Lack.MATTERS, Lack.PERIOD}
    assert "促进法治科还没有登记名次或视情评分：W6-1.2、W6-1.3、W6-2.1、W6-2.2" in told[Lack.PLACES]
    assert "还有 7 处没有决定" in told[Lack.MATTERS]
    compile_year(confirmed=True)
    assert (the_year().stage, the_year().compiled_on) == (Stage.COMPILED, AT.date())


def test_ballots_keep_a_year_open_then_stand_beside_its_points_and_are_frozen(begun: Flask) -> None:
    complete()
    spread("公服科")
    convene(least=2)
    slips = [*make(leaders=2, others=["甲所", "乙所"]).values()]
    with pytest.raises(NotReady) as refused:
        compile_year()
    assert [each.lack for each in refused.value.missing if not each.is_warning] == [Lack.MEETING]
    for slip, points in zip(slips, ("90", "95", "80", "85"), strict=True):
        vote(slip, {FIRST: points})
    close()
    compile_year()
    beside = next(row for row in result().rows if row.unit == FIRST)
    assert beside.ballots
    assert (beside.ballots.weighted, beside.total) == (Decimal("88.5"), 80)
    grade_all(FIRST, SECOND, "公服科")
    approve()
    assert result().rows[0].ballots == beside.ballots
    with transaction():
        db.session.execute(update(BallotOutcome).where(BallotOutcome.sum.is_not(None)).values(sum=200))
    assert any("述职测评" in words or "平均分" in words for words in found_by_verifying())


def test_another_unit_does_not_compile_and_the_compiler_does_not_approve(begun: Flask) -> None:
    complete()
    with pytest.raises(Forbidden):
        compile_year("songjiang-bangongshi")
    compile_year(COMPILER)
    for act in (approve, publish):
        with pytest.raises(Forbidden):
            act(COMPILER)
    with pytest.raises(Forbidden):
        grade(FIRST, "good", COMPILER)


def test_a_returned_year_is_recorded_in_compiled_again_and_graded_anew(tied: Flask) -> None:
    grade(FIRST, "excellent")
    with pytest.raises(DecisionRefused):
        return_year(" ")
    return_year("办公室漏登一次")
    assert (the_year().stage, the_year().returned_reason) == (Stage.OPEN, "办公室漏登一次")
    put(FIRST, "T-2.3", count=8)
    compile_year()
    rows = {row.unit: row for row in result().rows}
    assert rows[FIRST].grade is None
    assert [row.value for row in (result().graded or {})[unit(FIRST)]] == ["", "excellent"]
    with pytest.raises(DecisionRefused, match="前 3 名"):
        grade(FIRST, "excellent")


# ---- places and grades


def test_a_tie_at_the_third_place_is_asked_and_three_are_the_most(tied: Flask) -> None:
    found = result()
    assert [(row.unit, row.place) for row in found.rows[:5]] == [
        *((FIRST, 1), (SECOND, 2)),
        *(("公服科", 3), ("律公科", 3), ("政治处", 5)),
    ]
    assert found.candidates.certain == (FIRST, SECOND)
    assert found.candidates.kept_empty.tied == ("公服科", "律公科")
    assert len(found.candidates.questions) == 1
    for name in (FIRST, SECOND, "律公科"):
        grade(name, "excellent")
    with pytest.raises(DecisionRefused, match="最多 3 个"):
        grade("公服科", "excellent")
    grade("律公科", "good", reason="复核后改定")
    grade("公服科", "excellent")


def test_a_barred_unit_is_no_candidate_and_its_place_is_asked_about(barred: Flask) -> None:
    found = result()
    second = next(row for row in found.rows if row.unit == SECOND)
    assert (second.place, second.barred, [told[1:] for told in second.barred_by]) == (
        2,
        True,
        [("X-2.1", "2021-05-10")],
    )
    assert found.candidates.kept_empty.tied == ("政治处", "公服科")
    assert found.candidates.passed_on.certain == (FIRST, "政治处", "公服科")
    with pytest.raises(DecisionRefused, match="突破底线"):
        grade(SECOND, "excellent")
    with pytest.raises(DecisionRefused, match="哪种读法"):
        grade("律公科", "excellent")
    grade("政治处", "excellent")


@pytest.mark.parametrize(("value", "reason", "field"), [("", "商定", "grade"), ("good", "", "reason")])
def test_a_grade_needs_its_value_and_a_reason(tied: Flask, value: str, reason: str, field: str) -> None:
    with pytest.raises(DecisionRefused) as refused:
        grade(FIRST, value, reason=reason)
    assert list(refused.value.problems) == [field]


def test_a_setting_changes_points_and_a_grade_that_no_longer_fits_stops_the_approval(tied: Flask) -> None:
    grade_all(FIRST, SECOND, "公服科")
    before = {row.unit: row.total for row in result().rows}
    decide("cap:W6-4.1", "10")
    after = {row.unit: row.total for row in result().rows}
    assert {name for name in before if before[name] != after[name]} == {"促进法治科"}
    with transaction():
        row = db.session.scalars(select(AppraisalEntry).where(AppraisalEntry.appraisal_unit_id == unit(SECOND))).first()
        assert row
        db.session.add(_copied(row, code="X-2.1", points=1))
    with pytest.raises(NotReady, match="不能审定") as refused:
        approve()
    assert ["突破底线" in each.words for each in refused.value.missing if not each.is_warning] == [True]


def _copied(row: AppraisalEntry, **fields: object) -> AppraisalEntry:
    kept = {name: getattr(row, name) for name in ("appraisal_unit_id", "day", "note", "at", "actor_name", "count")}
    return AppraisalEntry(**{**kept, **fields})


def test_the_odd_sign_is_confirmed_before_a_year_in_which_it_was_used_is_approved(begun: Flask) -> None:
    complete()
    spread("公服科")
    put("促进法治科", "W6-4.3")
    compile_year()
    grade_all(FIRST, SECOND, "公服科")
    with pytest.raises(NotReady) as refused:
        approve()
    assert [each.lack for each in refused.value.missing if not each.is_warning] == [Lack.CONFIRMATION]
    decide("confirm:W6-4.3", "yes")
    approve()


# ---- approving, publishing, verifying


def test_a_year_is_approved_once_every_unit_is_graded_and_its_hash_is_on_record(tied: Flask) -> None:
    with pytest.raises(NotReady) as refused:
        approve()
    assert {each.lack for each in refused.value.missing if not each.is_warning} == {Lack.GRADE}
    grade_all(FIRST, SECOND, "公服科")
    approve()
    sealed = db.session.scalars(select(AppraisalFreeze)).one()
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last
    assert (last.act, sealed.sha256 in last.detail) == ("approve_appraisal", True)
    said = json.loads(sealed.sheet)
    assert [each["unit"] for each in said["units"]][:2] == ["办公室", "政治处"]
    assert len(said["taken"]) == 25
    assert verify().agrees
    for late in (lambda: put(FIRST, "W1-3.1"), lambda: decide("floor", "yes"), lambda: grade(FIRST, "good")):
        with pytest.raises(MoveRefused, match="已经审定"):
            late()


def test_nobody_else_sees_the_result_before_it_is_published(approved: Flask) -> None:
    with pytest.raises(UnknownAppraisal, match="保密"):
        result("songjiang-bangongshi")
    with pytest.raises(UnknownAppraisal):
        result("supervisor")
    publish()
    for account in ("songjiang-bangongshi", "supervisor", "leader"):
        found = result(account)
        assert [(row.unit, row.grade) for row in found.rows[:2]] == [
            (FIRST, Grade.EXCELLENT),
            (SECOND, Grade.EXCELLENT),
        ]
        assert (found.graded, found.missing) == (None, ())
    with pytest.raises(UnknownAppraisal):
        verify("songjiang-bangongshi")


def test_what_the_city_took_is_shown_as_it_was_frozen_whatever_happens_there_later(approved: Flask) -> None:
    took = len(sheet("促进法治科").taken)
    with transaction():
        db.session.execute(update(Assignment).values(due_on=date(2022, 6, 30), original_due_on=date(2022, 6, 30)))
    assert len(sheet("促进法治科").taken) == len(sheet("促进法治科", day="2021-12-20").taken) == took
    assert any("市局扣分" in words for words in found_by_verifying())
    assert result().rows[0].total == 80


@pytest.mark.parametrize(
    ("altered", "words"),
    [
        (update(AppraisalEntry).where(AppraisalEntry.code == "W1-5.1").values(points=1), "登记"),
        (delete(AppraisalEntry).where(AppraisalEntry.code == "W1-5.1"), "封存中有，现在没有"),
        (update(AppraisalEntry).where(AppraisalEntry.code == "T-2.3").values(at=AT + timedelta(days=1)), "时刻"),
        (update(AppraisalDecision).where(AppraisalDecision.value == "excellent").values(value="good"), "决定"),
        (update(AppraisalFreeze).values(sheet=AppraisalFreeze.sheet + " "), "校验码不符"),
        (update(AppraisalFreeze).values(sheet="{}"), "无法读取"),
        (update(AppraisalFreeze).values(sha256="0" * 64), "审计记录"),
        (delete(AppraisalFreeze), "封存的内容却不在"),
    ],
)
def test_whatever_is_altered_after_the_approval_is_found(approved: Flask, altered: object, words: str) -> None:
    assert found_by_verifying() == []
    with transaction():
        db.session.execute(altered)  # type: ignore[call-overload]
    assert any(words in found for found in found_by_verifying())
    assert result().rows


def test_a_file_that_is_not_on_disk_as_it_was_is_named_with_what_it_belongs_to(begun: Flask) -> None:
    complete()
    spread("公服科")
    entry, folder = put(FIRST, "W1-3.1"), begun.config["TRACKER_DATA_DIR"]
    kept = {}
    for name, account, about in (
        ("签到表.pdf", COMPILER, {"entry_id": entry}),
        ("总结.pdf", "songjiang-bangongshi", {}),
    ):
        kept[name] = storage.keep(folder, io.BytesIO(name.encode()), 1 << 20)
        with transaction():
            files.attach(person(account), moment(DAY), the_year().id, unit(FIRST), Proof(name, kept[name]), **about)
    compile_year()
    grade_all("复议应诉科", "公服科")
    approve()
    assert (verify().agrees, verify().files) == (True, 2)
    storage.path_of(folder, kept["签到表.pdf"].sha256).write_bytes(b"other")
    storage.path_of(folder, kept["总结.pdf"].sha256).unlink()
    assert found_by_verifying() == [
        "办公室 总结自评 附件 总结.pdf：存储的文件已不在",
        f"办公室 登记 {entry}（W1-3.1） 附件 签到表.pdf：文件内容与封存的 sha256 不符",
    ]


def test_a_row_added_beside_the_operations_is_found(approved: Flask) -> None:
    with transaction():
        row = db.session.scalars(select(AppraisalEntry).order_by(AppraisalEntry.id)).first()
        assert row
        db.session.add(_copied(row, code="T-2.3"))
    found = found_by_verifying()
    assert "封存中没有，现在有" in found[0]
    assert any("总分" in words for words in found)


def test_an_altered_seal_is_not_published(approved: Flask) -> None:
    with transaction():
        db.session.execute(update(AppraisalFreeze).values(sheet="{}"))
    with pytest.raises(MoveRefused, match="校验码"):
        publish()


def test_what_was_frozen_says_the_same_as_the_sheets(approved: Flask) -> None:
    rows = {row.unit: row.total for row in result().rows}
    assert rows == {
        each.unit.name: each.year.total for each in queries.every_sheet(the_year(), date.fromisoformat(DAY))
    }


@pytest.mark.parametrize(
    ("altered", "words"),
    [
        (update(AppraisalUnit).where(AppraisalUnit.name == "办公室").values(name="x"), "无法计算"),
        (update(Appraisal).values(approved_by="某人"), "审定人"),
        (update(Appraisal).values(published_by="某人"), "公布人"),
        (update(Appraisal).values(published_on=date(2021, 12, 31)), "公布日期"),
    ],
)
def test_what_was_published_by_whom_is_held_against_the_audit_trail(
    approved: Flask, altered: object, words: str
) -> None:
    publish()
    assert found_by_verifying() == []
    with transaction():
        db.session.execute(altered)  # type: ignore[call-overload]
    assert any(words in told for told in found_by_verifying())
