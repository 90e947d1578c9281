"""What the sheet seals of the record behind a score, and histories that no longer hold together: all is named."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Delete, Update, delete, select, text, update

from tests import factories as make
from tests.assignments import two_levels
from tests.assignments.acts import moment, owed, person, take, the_plan, unit_id
from tests.makers import make_due_change, make_evaluation, make_evaluation_result, make_score_rule
from tests.scoring.test_deductions import decide, deduct, object_to
from tracker.assignments import extensions
from tracker.assignments.models import Assignment, DueChange, Extension, StatusChange
from tracker.assignments.operations import change_status
from tracker.db import db, transaction
from tracker.people import units
from tracker.people.models import Organization
from tracker.plans.models import Plan
from tracker.reports.models import ApprovalPin, Evidence, Report, Review
from tracker.rules.evaluation import Stage, Verdict
from tracker.rules.permissions import SYSTEM, Actor, Role
from tracker.rules.reports import PinStep
from tracker.rules.score_terms import OfficesCondition
from tracker.rules.status import Move, RequestState, Status
from tracker.scoring import operations, sheets, verification
from tracker.scoring.models import Appeal, Deduction, Evaluation, EvaluationResult, Freeze, ScoreRule
from tracker.scoring.operations import LineKey

OFFICE = "songjiang-yueyang"


def done_by_office() -> int:
    """Let a 司法所 of Songjiang complete task 7 on 5 March; return the assignment."""
    its = owed("7", OFFICE)
    clerk = Actor(None, "", "所", Role.CLERK, unit_id(OFFICE), unit_id("songjiang"))
    with transaction():
        change_status(clerk, moment("2021-02-20"), its, Move.ACKNOWLEDGE)
        change_status(clerk, moment("2021-02-20"), its, Move.SUBMIT)
        change_status(SYSTEM, moment("2021-03-05"), its, Move.ACCEPT)
    return its


def evaluated() -> None:
    """Let the city publish that Huangpu did task 7, as Huangpu had said itself."""
    plan, seven = the_plan(), owed("7", "huangpu")
    with transaction():
        make_evaluation(
            plan_id=plan.id,
            opened_on=date(2021, 3, 9),
            published_on=date(2021, 3, 10),
            published_at=moment("2021-03-10"),
            published_by="督办",
        )
        for stage in Stage:
            city = {"overrides": Status.PENDING} if stage is Stage.CITY else {}
            make_evaluation_result(
                plan_id=plan.id, assignment_id=seven, stage=stage, verdict=Verdict.DONE, comment="核实", **city
            )


@pytest.fixture
def sealed(seeded: Flask) -> Freeze:
    """Freeze scores by a rule that asks for the 司法所, behind which lies everything that can be asked and answered."""
    two_levels.ask_for_two_levels()
    with transaction():
        make_score_rule(
            plan_id=the_plan().id,
            day=date(2021, 2, 11),
            at=moment("2021-02-11"),
            offices_condition=OfficesCondition.SHARE,
            offices_share=1,
            late_counts=True,
        )
        make_due_change(assignment_id=owed("8", "huangpu"), old_due_on=date(2021, 3, 1), new_due_on=date(2021, 3, 31))
    seven = owed("7", "songjiang")
    take("songjiang-clerk", Move.ACKNOWLEDGE, "2021-02-20", seven)
    report = two_levels.ask_for_closure(seven)
    with transaction():
        make.make_evidence(report_id=report.id, uploaded_at=moment("2021-02-22"))
    two_levels.sign(seven)
    two_levels.conclude(seven)
    done_by_office()
    with transaction():
        asked = extensions.ask(
            person("songjiang-lead"), moment("2021-02-22"), owed("9", "songjiang"), date(2021, 6, 30), "因故", "过半"
        )
        extensions.decide(person("supervisor"), moment("2021-02-23"), asked.id, RequestState.REFUSED, "不同意")
    deduct("1.5")
    decide(object_to(LineKey(assignment_id=owed("8", "songjiang"))), granted=True)
    evaluated()
    with transaction():
        return operations.freeze(person("supervisor"), moment("2021-03-31"), the_plan())


def said() -> list[str]:
    """Return what the verification finds."""
    db.session.expire_all()
    plan = db.session.scalars(select(Plan).order_by(Plan.id).limit(1)).one()
    return [difference.words for difference in verification.verify(person("auditor"), plan).found]


def of(unit: str, move: Move) -> Update:
    """Alter the step of a unit's task 7."""
    return update(StatusChange).where(StatusChange.assignment_id == owed("7", unit), StatusChange.move == move)


def reversal() -> Update:
    """Alter the line that gave a task's point back."""
    return update(Deduction).where(Deduction.points < 0)


def refused() -> Update:
    """Alter the request that was refused."""
    return update(Extension).where(Extension.state == RequestState.REFUSED)


NOW, PAST = moment("2021-01-01"), date(2021, 2, 22)
SEVEN, GIVEN, ASKED = "松江区司法局 第7项", "松江区司法局 异议 1", "松江区司法局 第9项 延期申请 1"

ALTERATIONS: dict[str, tuple[Callable[[], Update | Delete], str]] = {
    "the points given back": (lambda: reversal().values(points=Decimal(-9)), f"{GIVEN}：分值 封存为“-1”，现为“-9”"),
    "the day they were given back": (
        lambda: reversal().values(day=date(2021, 3, 9)),
        f"{GIVEN}：日期 封存为“2021-03-10”，现为“2021-03-09”",
    ),
    "why they were given back": (lambda: reversal().values(reason="别的理由"), f"{GIVEN}：理由 封存为“异议成立"),
    "who gave them back": (lambda: reversal().values(actor_name="别人"), f"{GIVEN}：经手人 封存为“督办"),
    "when they were given back": (lambda: reversal().values(at=NOW), f"{GIVEN}：时刻 封存为"),
    "when an appeal was filed": (lambda: update(Appeal).values(asked_at=NOW), f"{GIVEN}：申请时刻 封存为"),
    "when a deduction was entered": (
        lambda: update(Deduction).where(Deduction.points > 0).values(at=NOW),
        "松江区司法局 登记的扣分 1：时刻 封存为",
    ),
    "the end of a step": (
        lambda: of("songjiang", Move.ACKNOWLEDGE).values(until_day=date(2021, 2, 26)),
        f"{SEVEN}：2021-02-20 的“签收”与后一次办理不衔接",
    ),
    "the status that a step began with": (
        lambda: of("songjiang", Move.SUBMIT).values(from_status=Status.RETURNED),
        f"{SEVEN}：2021-02-22 的“申请办结”与前一次办理不衔接",
    ),
    "the day of handing out": (
        lambda: update(Assignment).where(Assignment.id == owed("7", "songjiang")).values(issued_on=PAST),
        f"{SEVEN}：交办日 封存为“2021-02-10”，现为“2021-02-22”",
    ),
    "how a 司法所 stands": (
        lambda: (
            update(Assignment)
            .where(Assignment.id == owed("7", OFFICE))
            .values(status=Status.IN_PROGRESS, completed_on=None)
        ),
        "岳阳街道司法所 第7项：状态“办理中”与最近一次办理之后的“已办结”不符",
    ),
    "the day a 司法所 was done": (
        lambda: of(OFFICE, Move.ACCEPT).values(day=date(2021, 3, 5), actor_name="别人"),
        f"{SEVEN} 岳阳：办理记录已改动",
    ),
    "a refused extension": (lambda: refused().values(reason="别的"), f"{ASKED}：理由 封存为“因故”，现为“别的”"),
    "who refused an extension": (lambda: refused().values(decided_by="别人"), f"{ASKED}：裁定人 封存为"),
    "a refused extension taken away": (lambda: delete(Extension), f"{ASKED}：封存中有，现在没有"),
    "a district's word on itself": (
        lambda: (
            update(EvaluationResult)
            .where(EvaluationResult.stage == Stage.SELF)
            .values(verdict=Verdict.NOT_DONE, version=EvaluationResult.version + 1)
        ),
        "黄浦区司法局 第7项 自评：评估认定 封存为“完成”，现为“未完成”",
    ),
    "what the district's lead signed": (
        lambda: (
            update(ApprovalPin)
            .where(ApprovalPin.step == PinStep.SIGNED)
            .values(content=ApprovalPin.content.concat(" "))
        ),
        f"{SEVEN} 报告 1 审核时封存的内容：内容已改动",
    ),
    "who made the scores final": (lambda: update(Freeze).values(actor_name="别人"), "得分表：定稿人 封存为“督办员"),
    "when they were made final": (lambda: update(Freeze).values(at=NOW), "得分表：定稿时刻 封存为"),
    "when the rule was changed": (lambda: update(ScoreRule).values(at=NOW), "评分规则第 2 版：时刻 封存为"),
    "when a due day was moved": (lambda: update(DueChange).values(at=NOW), "时限调整：时刻 封存为"),
    "when the results were published": (lambda: update(Evaluation).values(published_at=NOW), "公布时刻 封存为"),
    "when a report was filed": (lambda: update(Report).values(filed_at=NOW), f"{SEVEN} 报告 1：报送时刻 封存为"),
    "how a report stands": (
        lambda: update(Report).values(state="returned"),
        f"{SEVEN} 报告 1：状态 封存为“",
    ),
    "when a report was accepted": (lambda: update(Review).values(at=NOW), f"{SEVEN} 报告 1：时刻 封存为"),
    "when a file came": (lambda: update(Evidence).values(uploaded_at=NOW), "第1版：时刻 封存为"),
}


def test_every_part_of_the_record_behind_a_score_is_sealed(sealed: Freeze) -> None:
    assert said() == []
    missed = {}
    for what, (alter, words) in ALTERATIONS.items():
        db.session.execute(alter())
        found = said()
        if not any(words in each for each in found):
            missed[what] = found[:8]
        db.session.rollback()
    assert missed == {}


@pytest.mark.parametrize(
    ("task", "fields", "words"),
    [
        (
            "7",
            {"status": Status.IN_PROGRESS, "completed_on": None},
            "松江区司法局 第7项：状态“办理中”与最近一次办理之后的“已办结”不符",
        ),
        (
            "7",
            {"completed_on": date(2021, 2, 20)},
            "松江区司法局 第7项：办结日“2021-02-20”与最近一次办理的“2021-02-24”不符",
        ),
        ("9", {"status": Status.EXEMPT}, "松江区司法局 第9项：状态“不适用”与最近一次办理之后的“待签收”不符"),
    ],
)
def test_an_altered_status_is_named_although_another_plan_went_on_since(
    sealed: Freeze, task: str, fields: dict[str, object], words: str
) -> None:
    its = owed(task, "songjiang")
    with transaction():
        make.make_status_change(day=date(2021, 5, 1), at=moment("2021-05-01"))
    assert said() == []
    db.session.execute(update(Assignment).where(Assignment.id == its).values(**fields))
    assert words in said()


def test_without_a_frozen_sheet_a_status_that_no_step_led_to_is_named_as_well(seeded: Flask) -> None:
    assert said() == []
    its = owed("7", "songjiang")
    db.session.execute(update(Assignment).where(Assignment.id == its).values(status=Status.EXEMPT))
    assert said() == ["松江区司法局 第7项：状态“不适用”与最近一次办理之后的“待签收”不符"]


def test_a_sheet_written_anew_needs_more_than_an_entry_that_nothing_chains(sealed: Freeze) -> None:
    with transaction():
        db.session.execute(update(ScoreRule).values(points_per_miss=Decimal("0.5")))
    with transaction():
        found = db.session.scalars(select(Freeze)).one()
        found.sheet = sheets.sheet(the_plan(), found.day)
        found.sha256 = sheets.digest(found.sheet)
        entry = text(
            "INSERT INTO audit_entry (id, number, at, day, account, name, role, unit, act, outcome, object_type,"
            " object_id, detail, address, request_id, hash)"
            " SELECT max(id) + 1, max(number) + 1, :at, :day, 'supervisor', :name, '', '', 'freeze_scores', 'done',"
            " 'plan', :plan, :detail, '', '', '' FROM audit_entry"
        )
        values = {"at": "2021-03-31 02:00:00.000000", "day": "2021-03-31", "name": found.actor_name}
        db.session.execute(entry, {**values, "plan": found.plan_id, "detail": f"sha256 {found.sha256}"})
    (words,) = said()
    assert words.startswith("审计记录：第 ")
    assert words.endswith("条是插入的")


def test_a_name_that_an_office_got_since_is_no_difference(sealed: Freeze) -> None:
    office = db.session.scalars(select(Organization).where(Organization.slug == OFFICE)).one()
    with transaction():
        new = units.Details("岳阳第一司法所", "岳阳一所", office.phone, office.position)
        units.edit(person("admin"), moment("2021-04-02"), office.id, office.version, new)
    assert said() == []


def test_an_extension_that_is_refused_after_the_freeze_is_no_difference(seeded: Flask) -> None:
    with transaction():
        asked = extensions.ask(
            person("songjiang-lead"), moment("2021-03-01"), owed("9", "songjiang"), date(2021, 6, 30), "因故", "过半"
        )
    with transaction():
        operations.freeze(person("supervisor"), moment("2021-03-20"), the_plan(), "评估已在线下完成")
    with transaction():
        extensions.decide(person("supervisor"), moment("2021-03-22"), asked.id, RequestState.REFUSED, "不同意")
    assert said() == []
