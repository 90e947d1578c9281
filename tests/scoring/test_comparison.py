"""Why a score differs between two days: the events between them, each with what it moved."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from tests import makers
from tests.assignments.acts import complete, moment, owed, person, take, the_plan, unit_id
from tests.scoring.random_history import lived
from tracker.assignments import dues
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.status import Move, RequestState
from tracker.scoring.comparison import Comparison, Movement, compare
from tracker.scoring.queries import UnknownDistrict, scoreboard

REVIEWER = "reviewer-xingfazhixing"


def compared(first: str, last: str) -> Comparison:
    """Compare 松江's scores of two days."""
    return compare(SYSTEM, the_plan(), unit_id("songjiang"), date.fromisoformat(first), date.fromisoformat(last))


def told(found: Comparison) -> list[tuple[str, str, str, Decimal]]:
    """Return what moved points, in short."""
    return [(str(row.day), row.number, row.what, row.points) for row in found.moving]


def only(rows: list[Movement]) -> Movement:
    """Return the one there is."""
    (row,) = rows
    return row


@pytest.mark.parametrize("seed", range(3))
def test_the_movements_between_any_two_days_add_up_to_the_difference_of_the_scores(app: Flask, seed: int) -> None:
    course, days = lived(seed + 40)
    span = (days[-1] - days[0]).days + 20
    for _ in range(30):
        plan, unit = course.dice.choice(course.plans), course.dice.choice(course.districts)
        first, last = sorted(days[0] + timedelta(days=course.dice.randint(0, span)) for _ in "ab")
        board = {row.district_id: row.points.score for row in scoreboard(plan, last)}
        if unit.id not in board:
            continue
        found = compare(SYSTEM, plan, unit.id, first, last)
        then = {row.district_id: row.points.score for row in scoreboard(plan, first)}
        assert found.after.points.score == board[unit.id]
        assert unit.id not in then or found.start == then[unit.id]
        assert found.start + sum(row.points for row in found.movements) == board[unit.id], (first, last)
        scores = [
            found.start + sum(row.points for row in found.movements[:n]) for n in range(1, 1 + len(found.movements))
        ]
        assert [row.score for row in found.movements] == scores


def test_a_due_day_that_passed_costs_its_point_the_morning_after(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    found = compared("2021-02-28", "2021-03-05")
    assert (found.before and found.before.points.score, found.after.points.score, found.change) == (20, 19, -1)
    assert told(found) == [("2021-03-01", "8", "2021-02-28 到期，未办结", -1)]
    assert only(found.moving).assignment_id == owed("8", "songjiang")


def test_the_two_days_may_be_given_in_either_order(seeded: Flask) -> None:
    assert compared("2021-03-05", "2021-02-28") == compared("2021-02-28", "2021-03-05")


def test_each_step_names_who_and_why_and_what_it_moved(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    take("supervisor", Move.REOPEN, "2021-03-10", owed("7", "songjiang"), "抽查发现未落实")
    take("supervisor", Move.EXEMPT, "2021-03-12", owed("8", "songjiang"), "没有这项职能")
    found = compared("2021-03-01", "2021-03-31")
    assert told(found) == [
        ("2021-03-05", "7", "审核通过（逾期后办结）", 1),
        ("2021-03-10", "7", "重新办理", -1),
        ("2021-03-12", "8", "认定不适用", 1),
    ]
    assert [(row.by, row.reason) for row in found.moving][1] == (person("supervisor").name, "抽查发现未落实")
    assert [row.what for row in found.movements if row not in found.moving] == ["签收", "申请办结"]
    assert [row.score for row in found.moving] == [19, 18, 19]


def test_two_steps_of_one_day_are_told_apart(seeded: Flask) -> None:
    complete("7", "songjiang", REVIEWER, "2021-03-05")
    take("supervisor", Move.REOPEN, "2021-03-05", owed("7", "songjiang"), "同日发现有误")
    found = compared("2021-03-04", "2021-03-06")
    assert [(row.what, row.points) for row in found.moving] == [("审核通过（逾期后办结）", 1), ("重新办理", -1)]
    assert found.change == 0


def test_what_moves_nothing_because_of_the_cap_says_what_it_would_have_moved(seeded: Flask) -> None:
    found = compared("2021-07-31", "2021-08-01")
    assert found.change == 0
    assert {(row.line, row.points, row.score) for row in found.moving} == {(-1, 0, 0)}


def test_an_extension_in_time_leaves_the_point_where_it_is(seeded: Flask) -> None:
    seven = owed("7", "songjiang")
    with transaction():
        asked = makers.make_extension(
            assignment_id=seven,
            old_due_on=date(2021, 2, 28),
            new_due_on=date(2021, 3, 20),
            state=RequestState.GRANTED,
            decided_at=moment("2021-02-26"),
            reason="场地未落实",
        )
        dues.move(SYSTEM, moment("2021-02-26"), db.session.get_one(Assignment, seven), date(2021, 3, 20), asked.id)
    found = compared("2021-02-25", "2021-03-25")
    granted = only([row for row in found.movements if row.what.startswith("批准延期")])
    assert (granted.what, granted.reason, granted.points) == ("批准延期：2021-02-28 → 2021-03-20", "场地未落实", 0)
    assert told(found) == [
        ("2021-03-01", "8", "2021-02-28 到期，未办结", -1),
        ("2021-03-21", "7", "2021-03-20 到期，未办结", -1),
    ]


def test_a_due_day_at_the_end_of_time_never_comes(seeded: Flask) -> None:
    with transaction():
        seven = db.session.get_one(Assignment, owed("7", "songjiang"))
        dues.move(SYSTEM, moment("2021-02-26"), seven, date.max)
    assert told(compared("2021-02-25", "2021-03-05")) == [("2021-03-01", "8", "2021-02-28 到期，未办结", -1)]


def test_what_was_entered_and_given_back_is_told_with_its_reason(seeded: Flask) -> None:
    plan, district = the_plan(), unit_id("songjiang")
    owned = {"plan_id": plan.id, "district_id": district}
    with transaction():
        makers.make_deduction(
            **owned, points=Decimal("0.5"), reason="材料不实", day=date(2021, 3, 2), at=moment("2021-03-02")
        )
        back = makers.make_deduction(
            **owned, points=Decimal(-1), reason="异议成立：已办", day=date(2021, 3, 3), at=moment("2021-03-03")
        )
        makers.make_appeal(
            **owned,
            assignment_id=owed("7", "songjiang"),
            state=RequestState.GRANTED,
            decided_at=moment("2021-03-03"),
            reversal_id=back.id,
        )
    found = compared("2021-03-01", "2021-03-31")
    assert told(found) == [
        ("2021-03-02", "", "登记扣分", Decimal("-0.5")),
        ("2021-03-03", "7", "异议成立，退回所扣的分", 1),
    ]
    assert [row.reason for row in found.moving] == ["材料不实", "异议成立：已办"]


def test_a_new_version_of_the_rule_moves_what_it_changes(seeded: Flask) -> None:
    with transaction():
        makers.make_score_rule(
            plan_id=the_plan().id,
            day=date(2021, 3, 10),
            at=moment("2021-03-10"),
            points_per_miss=Decimal(2),
            reason="市局会议决定",
        )
    row = only(compared("2021-03-09", "2021-03-10").moving)
    assert (row.what, row.reason, row.points, row.score) == ("评分规则改为第 2 版", "市局会议决定", -2, 16)


def test_a_justice_office_is_named_where_it_moves_the_districts_score(seeded: Flask) -> None:
    with transaction():
        makers.make_score_rule(
            plan_id=the_plan().id,
            day=date(2021, 2, 11),
            at=moment("2021-02-11"),
            offices_condition=OfficesCondition.SHARE,
            offices_share=1,
        )
    complete("7", "songjiang", REVIEWER, "2021-02-25")
    office = owed("7", "songjiang-yueyang")
    take("songjiang-office1", Move.ACKNOWLEDGE, "2021-03-02", office)
    take("songjiang-office1", Move.SUBMIT, "2021-03-02", office)
    take("songjiang-lead", Move.ACCEPT, "2021-03-03", office)
    row = only(compared("2021-03-01", "2021-03-05").moving)
    assert row.what.endswith("司法所：审核通过")
    assert (row.points, row.score) == (1, 19)


def test_before_its_publication_nothing_stands_and_the_score_begins_full(seeded: Flask) -> None:
    found = compared("2021-02-01", "2021-03-01")
    assert (found.before, found.start, found.after.points.score) == (None, 20, 18)


@pytest.mark.parametrize(
    ("account", "refusal"), [("huangpu-clerk", UnknownDistrict), ("reviewer-mishu", Forbidden), ("auditor", Forbidden)]
)
def test_who_may_not_see_a_score_may_not_compare_it(seeded: Flask, account: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        compare(person(account), the_plan(), unit_id("songjiang"), date(2021, 3, 1), date(2021, 4, 1))
