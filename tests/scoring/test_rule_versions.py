"""The rule's versions: each holds from its day on, past days keep theirs, and nobody makes one unseen."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories as make
from tests.assignments.acts import complete, moment, owed, person, the_plan, unit_id
from tests.makers import make_deduction, make_freeze, make_score_rule
from tracker.audit.models import AuditEntry
from tracker.db import db, transaction
from tracker.plans import operations as plans
from tracker.plans.models import Plan, PlanState
from tracker.plans.operations import FirstRule, PlanRefused
from tracker.reminders import orders
from tracker.rules.permissions import SYSTEM, Forbidden
from tracker.rules.score_terms import OfficesCondition, Procedure, Rule
from tracker.rules.scoring import Outcome
from tracker.rules.status import MoveRefused
from tracker.scoring import queries, terms
from tracker.scoring.models import ScoreRule
from tracker.scoring.rule_changes import (
    RuleRefused,
    StaleRule,
    change,
    described,
    differences,
    effects,
    origins,
    problems,
)
from tracker.scoring.terms import Terms

BEFORE, FROM, AFTER = date(2021, 5, 9), date(2021, 5, 10), date(2021, 6, 24)


def standing() -> Terms:
    """Return the version in force after all of them."""
    return terms.at(the_plan(), AFTER)


def proposed(reason: str = "市局会议确定", **settings: Any) -> Terms:
    """Return the version in force with some settings changed."""
    now = standing()
    of_rule = {name: value for name, value in settings.items() if name in Rule.__annotations__}
    of_procedure = {name: value for name, value in settings.items() if name in Procedure.__annotations__}
    assert set(settings) == {*of_rule, *of_procedure}
    return Terms(replace(now.rule, **of_rule), replace(now.procedure, **of_procedure), reason)


def make_version(day: date = FROM, account: str = "supervisor", number: int | None = None, **settings: Any) -> Terms:
    """Make the next version on a day, as someone."""
    wanted = proposed(**settings)
    with transaction():
        opened = standing().rule.number if number is None else number
        return change(person(account), moment(day), the_plan().id, opened, wanted)


def score(day: date, slug: str = "songjiang") -> Decimal:
    """Return a district's score on a day."""
    return queries.standing(the_plan(), day, unit_id(slug)).points.score


# ---- days


def test_a_new_version_counts_from_its_day_on_and_past_days_keep_theirs(seeded: Flask) -> None:
    """On 10 May twelve tasks are missed."""
    before = queries.scoreboard(the_plan(), BEFORE)
    make_version(base=Decimal(30), per_miss=Decimal(2))
    assert queries.scoreboard(the_plan(), BEFORE) == before
    assert [score(day) for day in (BEFORE, FROM)] == [8, 6]
    then = queries.explanation(SYSTEM, the_plan(), unit_id("songjiang"), BEFORE)
    now = queries.explanation(SYSTEM, the_plan(), unit_id("songjiang"), FROM)
    assert (then.rule.name, now.rule.name) == ("missed-task/1", "missed-task/2")
    assert (then.lines[0].points, now.lines[0].points) == (20, 30)
    assert {line.points for line in then.lines if line.outcome is Outcome.MISSED} == {-1}
    assert {line.points for line in now.lines if line.outcome is Outcome.MISSED} == {-2}


def test_of_two_versions_of_one_day_the_later_one_holds(seeded: Flask) -> None:
    make_version(base=Decimal(30))
    made = make_version(base=Decimal(40))
    assert (made.rule.number, made.rule.since, terms.at(the_plan(), FROM)) == (3, FROM, made)
    assert [version.rule.number for version in terms.versions(the_plan())] == [3, 2, 1]


def test_what_is_changed_comes_back_as_it_was_written(seeded: Flask) -> None:
    wanted: dict[str, Any] = {
        "cap": Decimal("10.50"),
        "late_counts": True,
        "offices": OfficesCondition.SHARE,
        "share": 60,
        "quote": "另一句。",
        "source": "某发〔2021〕1号 第 2 行",
        "evaluation_from": date(2021, 11, 1),
        "evaluation_to": date(2021, 11, 30),
        "self_evaluation_on": None,
        "appeal_days": 0,
        "answer_days": 10,
        "board_open": False,
    }
    made = make_version(**wanted)
    assert {**vars(made.rule), **vars(made.procedure)}.items() >= wanted.items()
    assert (made.reason, made.by) == ("市局会议确定", person("supervisor").name)


def test_late_counts_from_the_day_on_which_it_is_decided(seeded: Flask) -> None:
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    make_version(late_counts=True)
    assert [score(day) for day in (BEFORE, FROM)] == [9, 8]


def test_the_rules_of_several_plans_are_those_of_the_day(seeded: Flask) -> None:
    make_version(base=Decimal(30))
    make_version(base=Decimal(40), day=AFTER)
    with transaction():
        other, third = make.make_plan(), make.make_plan()
        make_score_rule(plan_id=other.id, day=FROM)
    every = [the_plan_of(id_) for id_ in (1, other.id, third.id)]
    for day in (BEFORE, FROM, AFTER):
        assert terms.rules_at([plan.id for plan in every], day) == {plan.id: terms.rule_at(plan, day) for plan in every}


def the_plan_of(id_: int) -> Plan:
    """Return a plan."""
    return db.session.get_one(Plan, id_)


def test_an_order_names_the_sentence_that_holds_on_its_day(seeded: Flask) -> None:
    make_version(quote="新的一句。", source="某发〔2021〕1号 第 2 行")
    ids = [owed("7", "songjiang")]
    papers = [orders.orders(person("supervisor"), day, ids).units[0].lines[0] for day in (BEFORE, FROM)]
    assert papers[0].rule_quote.startswith("未能完成的")
    assert (papers[1].rule_quote, papers[1].rule_source) == ("新的一句。", "某发〔2021〕1号 第 2 行")


# ---- what it would do


@pytest.mark.parametrize(
    "settings",
    [
        {"base": Decimal(30)},
        {"per_miss": Decimal("0.5")},
        {"cap": Decimal(10)},
        {"late_counts": True},
        {"offices": OfficesCondition.ALL},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_the_preview_is_what_the_board_shows_once_the_version_is_made(seeded: Flask, settings: dict[str, Any]) -> None:
    complete("7", "songjiang", "reviewer-xingfazhixing", "2021-03-05")
    complete("7", "huangpu", "reviewer-xingfazhixing", "2021-02-25")
    today = queries.scoreboard(the_plan(), FROM)
    seen = effects(the_plan(), FROM, proposed(**settings).rule)
    assert {found.before.district_id: found.before for found in seen} == {row.district_id: row for row in today}
    assert any(found.moved for found in seen)
    make_version(**settings)
    assert [found.after for found in seen] == queries.scoreboard(the_plan(), FROM)


def test_a_procedure_moves_no_score(seeded: Flask) -> None:
    assert not any(found.moved for found in effects(the_plan(), FROM, proposed(appeal_days=9).rule))


def test_the_cap_of_missed_tasks_and_the_floor_add_up(seeded: Flask) -> None:
    """All 28 tasks are missed on 1 October: 20 without a cap, 10 with it."""
    october = date(2021, 10, 1)
    for cap, lines, left in ((None, [8], 0), (Decimal(10), [18], 10)):
        if cap is not None:
            make_version(cap=cap)
        found = queries.explanation(SYSTEM, the_plan(), unit_id("songjiang"), october)
        assert [line.points for line in found.lines if line.outcome is Outcome.CAP] == lines
        assert sum(line.points for line in found.lines) == found.standing.points.score == left


def test_the_cap_and_the_floor_may_both_give_back(seeded: Flask) -> None:
    make_version(base=Decimal(15), per_miss=Decimal(2), cap=Decimal(12))
    with transaction():
        make_deduction_of(Decimal(9))
    found = queries.explanation(SYSTEM, the_plan(), unit_id("songjiang"), date(2021, 10, 1))
    assert [line.points for line in found.lines if line.outcome is Outcome.CAP] == [44, 6]
    assert sum(line.points for line in found.lines) == found.standing.points.score == 0


def make_deduction_of(points: Decimal) -> None:
    """Take points off 松江 by hand."""
    make_deduction(plan_id=the_plan().id, district_id=unit_id("songjiang"), points=points, day=FROM)


# ---- refusals


@pytest.mark.parametrize(
    "account", ["admin", "leader", "reviewer-mishu", "songjiang-lead", "songjiang-clerk", "auditor"]
)
def test_only_supervisors_change_the_rule(seeded: Flask, account: str) -> None:
    with pytest.raises(Forbidden):
        make_version(account=account, base=Decimal(30))


def test_who_saw_an_older_version_is_shown_both_and_changes_nothing(seeded: Flask) -> None:
    make_version(base=Decimal(30))
    with pytest.raises(StaleRule) as stale:
        make_version(number=1, base=Decimal(40))
    assert (stale.value.mine.rule.base, stale.value.theirs.rule.base, stale.value.theirs.rule.number) == (40, 30, 2)
    assert standing().rule.number == 2


def test_after_the_freeze_the_rule_stands(seeded: Flask) -> None:
    with transaction():
        make_freeze(plan_id=the_plan().id, day=FROM)
    with pytest.raises(MoveRefused, match="定稿封存"):
        make_version(day=AFTER, base=Decimal(30))


def test_a_draft_has_its_first_version_in_its_settings(seeded: Flask) -> None:
    wanted = proposed(base=Decimal(30))
    with transaction():
        draft = make.make_plan(state=PlanState.DRAFT)
    with pytest.raises(MoveRefused, match="方案还没有发布"), transaction():
        change(person("supervisor"), moment(FROM), draft.id, 1, wanted)


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ({"base": Decimal(-1)}, ["base_points"]),
        ({"base": Decimal(1001)}, ["base_points"]),
        ({"per_miss": Decimal(-1)}, ["points_per_miss"]),
        ({"base": Decimal("20.001")}, ["base_points"]),
        ({"per_miss": Decimal("0.125")}, ["points_per_miss"]),
        ({"cap": Decimal("1.005")}, ["cap_points"]),
        ({"cap": Decimal(21)}, ["cap_points"]),
        ({"cap": Decimal(-1)}, ["cap_points"]),
        ({"offices": OfficesCondition.SHARE, "share": 0}, ["offices_share"]),
        ({"offices": OfficesCondition.SHARE, "share": 101}, ["offices_share"]),
        ({"evaluation_from": None}, ["evaluation_from"]),
        ({"evaluation_to": None}, ["evaluation_to"]),
        ({"evaluation_to": date(2021, 9, 30)}, ["evaluation_to"]),
        ({"self_evaluation_on": date(1921, 9, 30)}, ["self_evaluation_on"]),
        ({"appeal_days": -1}, ["appeal_days"]),
        ({"appeal_days": 366}, ["appeal_days"]),
        ({"answer_days": 0}, ["answer_days"]),
        ({"quote": "字" * 301}, ["quote"]),
        ({"source": "字" * 201}, ["source"]),
        ({"base": Decimal(30), "reason": " "}, ["reason"]),
        ({"base": Decimal(30), "reason": "字" * 501}, ["reason"]),
        ({}, [""]),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(seeded: Flask, settings: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(RuleRefused) as refused:
        make_version(**settings)
    assert [problem.field for problem in refused.value.problems] == fields
    assert standing().rule.number == 1


def test_offices_that_do_not_report_cannot_be_a_condition(seeded: Flask) -> None:
    with transaction():
        the_plan().offices_report = False
    found = problems(the_plan(), standing(), proposed(offices=OfficesCondition.ALL))
    assert [(problem.field, "不填报" in problem.text) for problem in found] == [("offices_condition", True)]


# ---- words and record


def test_a_change_is_on_record_with_what_it_changed_and_why(seeded: Flask) -> None:
    make_version(cap=Decimal(10))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "change_rule")).one()
    assert (entry.object_type, entry.object_id, entry.account) == ("plan", the_plan().id, "supervisor")
    assert entry.detail == (
        "沪司发〔2021〕11号 第2版：未完成合计最多扣：不另设，扣到 0 分为止 → 10 分。理由：市局会议确定"
    )


def test_each_setting_knows_the_version_that_gave_it_its_value(seeded: Flask) -> None:
    for settings in ({"base": Decimal(30)}, {"late_counts": True}, {"base": Decimal(20)}):
        make_version(**settings)
    since = {part: version.rule.number for part, version in origins(terms.versions(the_plan())).items()}
    assert (since["满分"], since["逾期后办结"], since["每项未完成扣分"]) == (4, 3, 1)


def test_every_setting_is_told(seeded: Flask) -> None:
    """A setting that no sentence tells could change without anybody seeing what."""
    now = standing()
    changed: dict[str, Any] = {
        "base": Decimal(30),
        "per_miss": Decimal(2),
        "late_counts": True,
        "quote": "x",
        "source": "x",
        "cap": Decimal(5),
        "offices": OfficesCondition.ALL,
        "evaluation_from": date(2021, 9, 1),
        "evaluation_to": date(2021, 12, 1),
        "self_evaluation_on": date(2021, 9, 2),
        "appeal_days": 9,
        "answer_days": 9,
        "board_open": False,
    }
    assert {*Rule.__annotations__, *Procedure.__annotations__} - {"share", "number", "since"} == set(changed)
    for name, value in changed.items():
        assert len(differences(now, proposed(**{name: value}))) == 1, name
    shares = [proposed(offices=OfficesCondition.SHARE, share=share) for share in (50, 60)]
    assert len(differences(*shares)) == 1
    assert described(now)["未完成合计最多扣"] == "不另设，扣到 0 分为止"


# ---- the plan's own settings


@pytest.fixture
def draft(seeded: Flask) -> Plan:
    """A plan that was not published yet."""
    with transaction():
        return make.make_plan(state=PlanState.DRAFT)


def test_the_settings_of_a_draft_are_its_first_version(draft: Plan) -> None:
    asked = replace(plans.terms_of(draft), rule=FirstRule(Decimal(12), Decimal(2), True))
    with transaction():
        plans.edit_terms(person("supervisor"), moment(FROM), draft.id, draft.version, asked)
    rule = terms.rule_at(db.session.get_one(Plan, draft.id), AFTER)
    assert (rule.base, rule.per_miss, rule.late_counts, rule.number) == (12, 2, True, 1)


def test_the_score_of_a_published_plan_cannot_be_changed_by_its_settings(seeded: Flask) -> None:
    plan = the_plan()
    assert plans.terms_of(plan).rule is None
    asked = replace(plans.terms_of(plan), rule=FirstRule(Decimal(12), Decimal(2), True))
    with pytest.raises(PlanRefused, match="评分规则"), transaction():
        plans.edit_terms(person("supervisor"), moment(FROM), plan.id, plan.version, asked)
    assert terms.rule_at(the_plan(), AFTER).base == 20
    assert db.session.scalars(select(ScoreRule)).all() == []
