"""Special work: the form of annex 4 with its lengths, its judgement within the band, annex 2 as evidence beside it."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.appraisal.acts import COMPILER, DAY, HEAD, begin, put, sheet, the_year, unit
from tests.assignments.acts import moment, person
from tracker.appraisal import applications, special
from tracker.appraisal.models import SpecialApplication
from tracker.appraisal.queries import UnknownAppraisal
from tracker.appraisal.special import ApplicationRefused, Applying, Judging, Overtaken
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.rules.appraisal.steps import Stage
from tracker.rules.permissions import Forbidden
from tracker.rules.status import MoveRefused

OFFICE, LAWYERS = "songjiang-bangongshi", "songjiang-lvgong"


@pytest.fixture
def begun(seeded: Flask) -> Flask:
    """The demo with a year of appraisal that has just begun."""
    begin()
    return seeded


def applying(**fields: str) -> Applying:
    values = {
        "title": "直通车",
        "idea": "首创",
        "contents": "内容",
        "results": "成效",
        "contact": "王",
        "phone": "1234",
    }
    return Applying(**{**values, **fields})


def apply(account: str = OFFICE, name: str = "办公室", **fields: str) -> int:
    with transaction():
        return special.apply(person(account), moment(DAY), the_year().id, unit(name), applying(**fields)).id


def judge(application: int, recognised: bool | None, points: str, account: str = COMPILER, **fields: Any) -> None:
    wanted = Judging(recognised, Decimal(points), fields.get("reason", "确有实效"), fields.get("proof", ""))
    seen = fields.get("seen") or row(application).version
    with transaction():
        special.judge(person(account), moment(DAY), the_year().id, application, wanted, seen)


def row(application: int) -> SpecialApplication:
    return db.session.get_one(SpecialApplication, application, populate_existing=True)


def acts(act: str) -> list[str]:
    wanted = select(AuditEntry.detail).where(AuditEntry.act == act).order_by(AuditEntry.id)
    return list(db.session.scalars(wanted))


@pytest.mark.parametrize(
    ("field", "most"), [("idea", 300), ("contents", 300), ("results", 1000), ("title", 120), ("contact", 60)]
)
def test_each_field_has_the_length_of_the_form_and_the_refusal_says_how_much_there_is(
    begun: Flask, field: str, most: int
) -> None:
    with pytest.raises(ApplicationRefused) as refused:
        apply(**{field: "字" * (most + 12)})
    assert f"现有 {most + 12} 字" in refused.value.problems[field]
    assert row(apply(**{field: f" {'字' * (most - 2)}\r\n尾 "}))
    with pytest.raises(ApplicationRefused) as empty:
        apply(**{"title": "另一件", field: "  "})
    assert list(empty.value.problems) == [field]


@pytest.mark.parametrize(
    ("phone", "words"),
    [("王某", "电话只能写数字"), ("021-12345678\n转801", "电话只能写数字"), ("1" * 41, "最多 40 字")],
)
def test_a_telephone_number_is_one(begun: Flask, phone: str, words: str) -> None:
    with pytest.raises(ApplicationRefused, match=words):
        apply(phone=phone)
    assert row(apply(phone="021-12345678转801"))


def test_a_unit_applies_for_itself_alone_and_sees_no_others(begun: Flask) -> None:
    with pytest.raises(Forbidden):
        apply(LAWYERS, "办公室")
    with pytest.raises(Forbidden):
        apply(HEAD, "办公室")
    found, own = the_year(), apply()
    assert applications.unit_of(person(OFFICE), found, own) == unit("办公室")
    with pytest.raises(UnknownAppraisal):
        applications.unit_of(person(LAWYERS), found, own)
    assert sum(applications.counts(person(LAWYERS), found).values()) == 0


def test_the_same_is_not_applied_for_twice_unless_it_was_taken_back(begun: Flask) -> None:
    first, year = apply(title="“A8”直通车（试点）"), the_year().id
    with pytest.raises(ApplicationRefused) as refused:
        apply(title=" “Ａ８” 直通车(试点)", idea="")
    assert list(refused.value.problems) == ["title", "idea"]
    assert refused.value.twin == first
    assert apply(LAWYERS, "律公科", title="“A8”直通车（试点）"), "another unit's is another one"
    with transaction():
        special.change(person(OFFICE), moment(DAY), year, first, applying(title="“A8”直通车(试点)"), 1)
    other = apply(title="另一件")
    with pytest.raises(ApplicationRefused) as changed:
        special.change(person(OFFICE), moment(DAY), year, other, applying(title="“a8”直通车（试点）"), 1)
    assert changed.value.twin == first
    with transaction():
        special.withdraw(person(OFFICE), moment(DAY), year, first)
    assert apply(title="“A8”直通车（试点）")


@pytest.mark.parametrize(
    ("recognised", "points", "words"),
    [(True, "4.99", "5 与 10"), (True, "10.01", "5 与 10"), (False, "5.01", "1 与 5"), (False, "0.5", "1 与 5")],
)
def test_points_stand_in_their_band(begun: Flask, recognised: bool, points: str, words: str) -> None:
    application = apply()
    with pytest.raises(ApplicationRefused) as refused:
        judge(application, recognised, points, proof="沪司通〔2021〕3号")
    assert words in refused.value.problems["points"]
    assert special.unjudged(the_year().id) == [(application, "办公室", "直通车")]


def test_both_bands_meet_at_five_and_recognition_needs_its_proof(begun: Flask) -> None:
    first, second = apply(), apply(title="另一件")
    judge(first, False, "5")
    with pytest.raises(ApplicationRefused) as refused:
        judge(second, True, "5")
    assert list(refused.value.problems) == ["proof"]
    judge(second, True, "5", proof="沪司通〔2021〕3号")
    assert row(second).judgement == "确有实效（凭据：沪司通〔2021〕3号）"
    assert special.unjudged(the_year().id) == []


def test_more_than_ten_points_count_as_ten_and_what_is_over_is_told(begun: Flask) -> None:
    for points in ("8", "4.5"):
        judge(apply(title=f"值 {points} 分"), points != "4.5", points, proof="通报")
    added = sheet("办公室").year.special
    assert (added.raw, added.points, added.unapplied) == (Decimal("12.5"), Decimal(10), Decimal("2.5"))
    (total,) = applications.totals(person(COMPILER), the_year())
    assert (total.unit, total.added, total.number) == ("办公室", added, 2)


def test_a_judgement_is_corrected_with_both_values_on_record(begun: Flask) -> None:
    application = apply()
    judge(application, False, "3", reason="有新意")
    judge(application, True, "6.5", account=HEAD, reason="后获市局通报", proof="通报第5期")
    assert (row(application).points, row(application).recognised) == (Decimal("6.5"), True)
    last = acts("judge_special")[-1]
    assert "获得市局加分，6.5 分，后获市局通报（凭据：通报第5期）" in last
    assert "原为 未获得市局加分，3.00 分，有新意" in last


def test_the_compiling_unit_is_judged_by_the_leading_group(begun: Flask) -> None:
    application = apply(COMPILER, "政治处")
    with pytest.raises(Forbidden, match="领导小组评定"):
        judge(application, False, "3")
    with pytest.raises(Forbidden):
        judge(application, False, "3", account=OFFICE)
    judge(application, False, "3", account=HEAD)


def test_whoever_judges_judges_what_they_saw(begun: Flask) -> None:
    application = apply()
    seen = row(application).version
    with transaction():
        wanted = applying(idea="改过")
        special.change(person(OFFICE), moment(DAY), the_year().id, application, wanted, seen)
    with pytest.raises(Overtaken):
        judge(application, False, "3", seen=seen)
    with pytest.raises(Overtaken), transaction():
        special.change(person(OFFICE), moment(DAY), the_year().id, application, applying(), seen)
    assert (row(application).idea, row(application).points) == ("改过", None)


def test_what_is_judged_or_taken_back_is_not_changed_any_more(begun: Flask) -> None:
    application, other, year = apply(), apply(title="另一件"), the_year().id
    judge(application, False, "2")
    with pytest.raises(MoveRefused, match="已由"), transaction():
        special.withdraw(person(OFFICE), moment(DAY), year, application)
    with transaction():
        special.withdraw(person(OFFICE), moment(DAY), year, other)
    with pytest.raises(MoveRefused, match="已经撤回"):
        judge(other, False, "2")
    assert special.unjudged(year) == []


def test_items_of_annex_two_are_evidence_each_up_to_its_cap_and_not_added(begun: Flask) -> None:
    application = apply()
    put("办公室", "F-22.1", count=2, application_id=application)
    put("办公室", "F-22.2", application_id=application)
    put("办公室", "F-24.1", points="1.5", application_id=application)
    put("办公室", "F-11.1", application_id=application)
    put("办公室", "F-11.2", application_id=application)
    found = applications.evidence(sheet("办公室"), application)
    assert {each.item.code: (each.result.points, each.result.unapplied) for each in found.proven} == {
        "F-22": (Decimal(3), Decimal(1)),
        "F-24": (Decimal("1.5"), Decimal(0)),
        "F-11": (Decimal(2), Decimal(0)),  # 网办率各档择高
    }
    assert found.sum == Decimal("6.5")
    assert [each.item.code for each in found.items if each.own] == ["F-21", "F-22", "F-23", "F-24"]
    assert found.items[0].own
    assert sheet("办公室").year.special.points == 0
    judge(application, False, "2")
    assert sheet("办公室").year.total == Decimal(72)  # 60 - 10 (W1-5 is entered) + 20 + 2


def test_what_was_taken_back_leaves_no_evidence_behind(begun: Flask) -> None:
    application = apply("songjiang-shequjiaozheng", "社区矫正（教育帮扶）科")
    put("社区矫正（教育帮扶）科", "F-17.1", application_id=application)
    with transaction():
        special.withdraw(person("songjiang-shequjiaozheng"), moment(DAY), the_year().id, application)
    found = applications.evidence(sheet("社区矫正（教育帮扶）科"), application)
    assert [each.reversal is not None for item in found.proven for each in item.recorded] == [True]
    assert found.sum == 0


def test_nothing_moves_once_the_year_is_compiled(begun: Flask) -> None:
    application = apply()
    with transaction():
        the_year().stage = Stage.COMPILED
    for act in (apply, lambda: judge(application, False, "2")):
        with pytest.raises(MoveRefused, match="已经汇总"):
            act()
