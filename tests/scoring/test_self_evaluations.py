"""The districts' own evaluation: who writes it, hands it in and takes it back, until when."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from tests.assignments.acts import moment, person, the_plan, unit_id
from tests.scoring.test_evaluations import begin, district, item, judge_rest, publish, said
from tests.scoring.test_must_show import score
from tracker.db import db, transaction
from tracker.plans.models import Milestone
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.permissions import Forbidden
from tracker.rules.score_terms import Procedure
from tracker.rules.status import MoveRefused
from tracker.scoring import evaluation_queries, self_evaluations
from tracker.scoring.evaluation_queries import Item, Own, mark
from tracker.scoring.models import SelfEvaluation
from tracker.scoring.queries import UnknownDistrict
from tracker.scoring.self_evaluations import Written
from tracker.scoring.verdicts import RowsChanged, RowsRefused, Said


def written(summary: str = "总体完成。", rows: dict[int, Said] | None = None, seen: str | None = None) -> Written:
    """A form of 松江 that was opened just now."""
    return Written(summary, district().own.seen if seen is None else seen, rows or {})


def save(form: Written, day: str = "2021-09-10", account: str = "songjiang-clerk", rest: bool = False) -> None:
    """Let the district keep what it wrote."""
    with transaction():
        self_evaluations.save(person(account), moment(day), the_plan(), unit_id("songjiang"), form, rest)


def submit(day: str = "2021-09-18", account: str = "songjiang-lead", form: Written | None = None) -> None:
    """Let the lead hand it in."""
    form = form or written(district().own.summary)
    with transaction():
        self_evaluations.submit(person(account), moment(day), the_plan(), unit_id("songjiang"), form)


def recall(day: str = "2021-09-19") -> None:
    """Let the lead take it back."""
    with transaction():
        self_evaluations.recall(person("songjiang-lead"), moment(day), the_plan(), unit_id("songjiang"))


def test_a_district_writes_from_september_on(seeded: Flask) -> None:
    with pytest.raises(MoveRefused, match="2021年9月1日"):
        save(written(), "2021-08-31")
    save(written(), "2021-09-01")
    assert district().own.summary == "总体完成。"


def test_the_clerk_writes_and_the_lead_hands_in(seeded: Flask) -> None:
    save(written(rows=said("1", Verdict.DONE, "已完成，待补材料", Stage.SELF)), rest=True)
    assert (district().said, item("1").own.comment, district().judged) == (28, "已完成，待补材料", 0)
    with pytest.raises(Forbidden):
        submit(account="songjiang-clerk")
    submit()
    own = district().own
    assert (own.submitted_on, own.submitted_by) == (date(2021, 9, 18), person("songjiang-lead").name)
    with pytest.raises(MoveRefused, match="不能再改"):
        save(written("改"), "2021-09-19")


@pytest.mark.parametrize("account", ["huangpu-lead", "huangpu-clerk", "supervisor", "songjiang-office1"])
def test_nobody_writes_for_another_district(seeded: Flask, account: str) -> None:
    with pytest.raises((UnknownDistrict, Forbidden)):
        save(written(), account=account)


def test_what_is_missing_is_named_when_it_is_handed_in(seeded: Flask) -> None:
    save(written("", said("1", Verdict.NOT_DONE, stage=Stage.SELF)))
    with pytest.raises(RowsRefused) as refused:
        submit()
    assert (len(refused.value.problems), refused.value.summary) == (27, "请写自评小结。")
    assert district().own.submitted_on is None


def test_what_differs_from_the_record_is_explained_here_as_well(seeded: Flask) -> None:
    with pytest.raises(RowsRefused):
        save(written(rows=said("1", Verdict.DONE, stage=Stage.SELF)))


def test_the_lead_hands_in_only_what_was_seen(seeded: Flask) -> None:
    save(written(), rest=True)
    form = Written(district().own.summary, district().own.seen, {f.assignment_id: _as(f) for f in district().items})
    save(written(rows=said("1", Verdict.DONE, "补充材料已齐", Stage.SELF)))
    with pytest.raises(RowsChanged) as stale:
        submit(form=form)
    assert [row.item.number for row in stale.value.rows] == ["1"]
    assert district().own.submitted_on is None


def _as(found: Item) -> Said:
    return Said(found.own.verdict, found.own.comment, found.own.seen)


def test_two_summaries_are_laid_beside_each_other(seeded: Flask) -> None:
    save(written("先写的。"))
    with pytest.raises(RowsChanged) as stale:
        save(written("后写的。", seen=mark("")), account="songjiang-lead")
    assert (stale.value.summary, district().own.summary) == ("先写的。", "先写的。")
    save(written("后写的。", seen=mark("先写的。")), account="songjiang-lead")
    assert district().own.summary == "后写的。"


def test_the_lead_takes_it_back_until_the_city_begins(seeded: Flask) -> None:
    save(written(), rest=True)
    with pytest.raises(MoveRefused, match="还没有上报"):
        recall()
    submit()
    recall()
    submit("2021-09-20")
    begin()
    with pytest.raises(MoveRefused, match="已经开始评估"):
        recall("2021-10-12")


@pytest.mark.parametrize(
    ("submitted", "day", "late"),
    [
        (None, "2021-09-20", 0),
        (None, "2021-09-23", 3),
        ("2021-09-20", "2021-10-30", 0),
        ("2021-09-25", "2021-10-30", 5),
    ],
)
def test_it_is_late_from_the_day_after_the_last(submitted: str | None, day: str, late: int) -> None:
    own = Own("", date.fromisoformat(submitted) if submitted else None)
    procedure = Procedure(self_evaluation_on=date(2021, 9, 20))
    assert evaluation_queries.overdue_days(procedure, own, date.fromisoformat(day)) == late


def test_it_can_be_handed_in_late_but_not_after_the_publication(seeded: Flask) -> None:
    save(written(), rest=True)
    begin()
    submit("2021-10-12")
    assert evaluation_queries.overdue_days(Procedure(self_evaluation_on=date(2021, 9, 20)), district().own, date.max)
    judge_rest()
    publish()
    with transaction():
        db.session.execute(update(SelfEvaluation).values(submitted_on=None, submitted_at=None))
    with pytest.raises(MoveRefused, match="已于 2021年10月20日 公布"):
        submit("2021-10-21")


def test_a_plan_that_names_no_day_asks_for_none(seeded: Flask) -> None:
    with transaction():
        db.session.execute(update(Milestone).values(kind="meeting"))
    with pytest.raises(MoveRefused, match="没有设定自评时间"):
        save(written())
    assert begin("2021-03-01").opened_on == date(2021, 3, 1)


def test_a_districts_own_word_moves_no_score(seeded: Flask) -> None:
    before = score("2021-09-18")
    save(written(rows=said("1", Verdict.DONE, "已完成", Stage.SELF)), rest=True)
    submit()
    assert score("2021-09-18") == before
