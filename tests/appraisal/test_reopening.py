"""An approved or published year is opened again with a reason, put right, approved anew; both seals stay verified."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, select, update

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, take_back, the_year
from tests.appraisal.result_acts import approve, compile_year, complete, grade_all, publish, result, return_year, spread
from tests.assignments.acts import moment, person
from tests.conftest import Queries
from tracker.appraisal import freezing, reopening, versions
from tracker.appraisal.decisions import DecisionRefused
from tracker.appraisal.freezing import Verification
from tracker.appraisal.models import AppraisalFreeze
from tracker.appraisal.queries import UnknownAppraisal
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused

FIRST, SECOND, OFFICE, CITY = "办公室", "复议应诉科", "songjiang-bangongshi", "supervisor"
Counting = Callable[[], AbstractContextManager[Queries]]
WHY = "办公室 5 月 10 日实际到会，\n登记有误。"


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


@pytest.fixture
def mistaken(begun: Flask) -> int:
    """The number of a mistaken entry of an approved year, which costs 办公室 the first place."""
    complete()
    spread("公服科")
    entry = put(FIRST, "W1-3.1")
    end(FIRST, SECOND, "公服科")
    return entry


def end(*excellent: str) -> None:
    """Compile, grade and approve."""
    compile_year()
    grade_all(*excellent)
    approve()


def reopen(reason: str = WHY, account: str = HEAD, *, confirmed: bool = True) -> None:
    with transaction():
        at = moment(DAY, 15)
        reopening.reopen(person(account), at, the_year().id, reason, confirmed=confirmed)


def verify() -> Verification:
    return freezing.verify(person(HEAD), the_year().id, current_app.config["TRACKER_DATA_DIR"])


def test_a_section_is_told_why_what_it_read_no_longer_stands_and_nothing_of_what_it_never_read(mistaken: int) -> None:
    publish()
    reopen()
    end(FIRST, SECOND, "公服科")
    reopen("未公布的一版也错了")
    assert told() == {HEAD: "未公布的一版也错了", COMPILER: "未公布的一版也错了", OFFICE: WHY, CITY: WHY}
    end("公服科", SECOND, FIRST)
    assert told() == {HEAD: "", COMPILER: "", OFFICE: WHY, CITY: WHY}
    publish()
    assert set(told().values()) == {""}


def told() -> dict[str, str]:
    """Return why the year is being decided anew, as each is told."""
    year = the_year()
    readers = (HEAD, COMPILER, OFFICE, CITY)
    return {account: versions.whys_reopened(person(account), [year])[year.id] for account in readers}


def test_whoever_reads_published_years_is_told_which_is_taken_off_until_it_is_published_again(
    mistaken: int, query_count: Counting
) -> None:
    city, head = person(CITY), person(HEAD)
    assert versions.taken_off(city) == []
    publish()
    assert versions.taken_off(city) == []
    reopen()
    with query_count() as queries:
        ((year, issuer),) = versions.taken_off(city)
    assert (year.id, issuer, len(queries.statements)) == (the_year().id, "松江区司法局", 1)
    with query_count() as queries:
        assert versions.taken_off(head) == []
    assert queries.statements == []
    end(FIRST, SECOND, "公服科")
    assert [found.id for found, _ in versions.taken_off(city)] == [the_year().id]
    publish()
    assert versions.taken_off(city) == []


def test_a_published_year_is_put_right_and_both_of_its_results_stay_verified(mistaken: int) -> None:
    publish()
    reopen()
    year = the_year()
    assert (year.stage, year.reopened_reason) == ("open", WHY)
    assert (year.compiled_on, year.approved_on, year.approved_by, year.published_on, year.published_by) == (
        *(None, None, ""),
        *(None, ""),
    )
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last
    assert (last.act, "实际到会" in last.detail) == ("reopen_appraisal", True)
    assert {row.grade for row in result().rows} == {None}
    with pytest.raises(UnknownAppraisal, match="保密"):
        result(OFFICE)
    assert (verify().sealed, verify().found, [each.row.number for each in verify().earlier]) == (None, (), [1])
    take_back(mistaken)
    end(FIRST, SECOND, "公服科")
    assert the_year().reopened_reason == ""
    assert verify().agrees  # approved again, and not published again
    publish()
    found = verify()
    assert (found.agrees, found.sealed and found.sealed.number) == (True, 2)
    assert [(each.row.number, each.is_intact, each.is_on_record) for each in found.earlier] == [(1, True, True)]
    shown = result(OFFICE)
    assert ([row.number for row in shown.replaced], shown.rows[0].unit) == ([1], FIRST)
    (step,) = versions.steps(person(OFFICE), year.id)
    totals = {each.unit: (each.before, each.after) for each in step.changes}[FIRST]
    assert [(f"{row.total:f}", row.place) for row in totals if row] == [("78", 3), ("80", 1)]


def test_what_was_never_published_is_compared_only_for_whoever_works_on_the_year(mistaken: int) -> None:
    reopen()
    end(FIRST, SECOND, "公服科")
    publish()
    assert (len(versions.steps(person(COMPILER), the_year().id)), len(result(COMPILER).replaced)) == (1, 1)
    assert (versions.steps(person(OFFICE), the_year().id), result(OFFICE).replaced) == ([], [])


@pytest.mark.parametrize(
    ("altered", "words"),
    [
        (update(AppraisalFreeze).values(sheet="{}"), "校验码不符"),
        (update(AppraisalFreeze).values(replaced_reason="另有考虑"), "重新审定的理由"),
        (update(AppraisalFreeze).values(replaced_by="某人"), "重新审定人"),
        (update(AppraisalFreeze).values(actor_name="某人"), "审定人"),
        (update(AppraisalFreeze).values(sha256="0" * 64), "审计记录里没有"),
        (delete(AppraisalFreeze), "已不在"),
    ],
)
def test_an_earlier_seal_that_is_altered_is_found(mistaken: int, altered: object, words: str) -> None:
    reopen()
    assert verify().found == ()
    with transaction():
        db.session.execute(altered)  # type: ignore[call-overload]
    assert words in verify().found[-1].words


def test_a_year_is_reopened_with_a_reason_by_the_leading_group_once_it_is_approved(mistaken: int) -> None:
    for reason, confirmed, field in (("  ", True, "reason"), ("字" * 501, True, "reason"), (WHY, False, "confirmed")):
        with pytest.raises(DecisionRefused) as refused:
            reopen(reason, confirmed=confirmed)
        assert list(refused.value.problems) == [field]
    for other in (COMPILER, OFFICE):
        with pytest.raises(Forbidden):
            reopen(account=other)
    reopen()
    with pytest.raises(MoveRefused, match="还没有审定"):
        reopen()
    compile_year()
    with pytest.raises(MoveRefused, match="还没有审定"):
        reopen()
    return_year()
    assert [each.row.number for each in verify().earlier] == [1]


def test_a_broken_seal_is_kept_as_it_is(mistaken: int) -> None:
    with transaction():
        db.session.execute(update(AppraisalFreeze).values(sheet="{}"))
    with pytest.raises(MoveRefused, match="核验"):
        reopen()


def test_of_two_who_reopen_a_year_at_once_one_does(begun: Flask, mistaken: int) -> None:
    together = Barrier(2)

    def once(reason: str) -> bool:
        with begun.app_context():
            together.wait()
            try:
                reopen(reason)
            except MoveRefused:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, ("甲的理由", "乙的理由"))) == [False, True]
    db.session.expire_all()
    assert db.session.scalars(select(AppraisalFreeze.replaced_reason)).one() == the_year().reopened_reason
