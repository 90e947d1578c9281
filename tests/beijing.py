"""A plan of another city beside the first: two tasks of Beijing's seventeen districts, built as if it had been read."""

from datetime import date
from typing import Any

from tests.assignments.acts import moment
from tracker.assignments import operations as assignments
from tracker.db import db, transaction
from tracker.people import operations as people
from tracker.people.queries import find_unit
from tracker.plans import creation
from tracker.plans.models import Plan
from tracker.plans.settings import PlanSettings, Source
from tracker.rules.deadlines import read_deadline
from tracker.rules.permissions import SYSTEM, Role
from tracker.rules.plan_text.drafts import DocumentHead, PartyDraft, PlanDraft, SectionDraft, TaskDraft
from tracker.rules.plan_text.drafts import Role as Part
from tracker.seeding.accounts import DEMO_PASSWORD
from tracker.seeding.organizations import add_further

ISSUED = date(2022, 6, 1)
DOC_NUMBER = "京司发〔2022〕42号"
TEXTS = ("各区开展执法监督。", "各区报送年度总结。")


def publish_beijing(**settings: Any) -> Plan:
    """Load the city's units, store the plan and publish it on the day it was issued."""
    with transaction():
        add_further(("beijing-2022",))
        kept = PlanSettings(**{"scored": False, "period_from": ISSUED, "period_to": date(2024, 12, 31), **settings})
        plan = creation.create_plan(
            SYSTEM, moment(ISSUED), draft(), source=Source("计划.txt", "\n".join(TEXTS)), settings=kept, anomalies=False
        )
        assignments.publish(SYSTEM, moment(ISSUED), plan)
        plan_id = plan.id
    return db.session.get_one(Plan, plan_id)


def draft() -> PlanDraft:
    """Return the document as it should be read."""
    head = DocumentHead(DOC_NUMBER, "行政执法协调监督工作计划", issuer="北京市司法局", issued_on=ISSUED)
    group = "各区司法局"
    tasks = tuple(
        TaskDraft(
            str(number),
            "一、任务",
            text,
            (PartyDraft(group, group, Part.RESPONSIBLE, number, 1, group),),
            read_deadline("2023年12月", 2023),
            number,
            number,
        )
        for number, text in enumerate(TEXTS, 1)
    )
    return PlanDraft("labelled", head, (SectionDraft("一", "任务", 1, tasks),), ())


def account(name: str, role: Role, unit: str, on: date = ISSUED) -> str:
    """Make an account of a unit, whose name is given, on a day, and return its name."""
    with transaction():
        people.create_user(
            SYSTEM,
            moment(on),
            account=name,
            name=f"{unit}某人",
            role=role,
            unit_id=find_unit(unit).id,
            password=DEMO_PASSWORD,
        )
    return name
