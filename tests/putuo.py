"""The 89 tasks of 沪普司〔2024〕1号 as a running plan, built from what is known to be true of the document."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from tests.assignments.acts import moment
from tracker.assignments import operations as assignments
from tracker.db import db, transaction
from tracker.plans import creation
from tracker.plans.models import Plan
from tracker.plans.settings import PlanSettings, Source
from tracker.rules.deadlines import read_deadline
from tracker.rules.permissions import SYSTEM
from tracker.rules.plan_text.drafts import DocumentHead, PartyDraft, PlanDraft, Role, SectionDraft, TaskDraft
from tracker.seeding.organizations import add_further

TRUTH: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "golden" / "seed_putuo_89.json").read_text(encoding="utf-8")
)["tasks"]
ISSUED = date(2024, 2, 22)
DOC_NUMBER = "沪普司〔2024〕1号"

SECTIONS = (
    "办公室",
    "政治处",
    "依法治区工作科",
    "普法治理科",
    "综合监督科",
    "行政复议科",
    "行政应诉科",
    "公共法律服务管理科",
    "人民参与和促进法治科",
    "司法鉴定管理科",
    "社区矫正科",
    "教育帮扶科",
)
"""What 各科处室 stands for in the directory of the seeds."""


def publish_putuo(**settings: Any) -> Plan:
    """Load the bureau's own units, store the plan and publish it on the day it was issued."""
    usual = {"owner": "办公室", "counter_reviewer": "政治处", "scored": False}
    with transaction():
        add_further(("putuo-2024",))
        text = "\n".join(task["text_starts"] for task in TRUTH)
        kept = PlanSettings(**{**usual, **settings})
        plan = creation.create_plan(
            SYSTEM, moment(ISSUED), draft(), source=Source("要点.txt", text), settings=kept, anomalies=False
        )
        assignments.publish(SYSTEM, moment(ISSUED), plan)
        plan_id = plan.id
    return db.session.get_one(Plan, plan_id)


def draft() -> PlanDraft:
    """Return the document as it should be read."""
    head = DocumentHead(DOC_NUMBER, "2024年普陀区司法行政工作要点和责任分工", issuer="普陀区司法局", issued_on=ISSUED)
    titles = dict.fromkeys(task["section"] for task in TRUTH)
    sections = [
        SectionDraft(
            title.partition("、")[0],
            title.partition("、")[2],
            1,
            tuple(_task(place, task) for place, task in enumerate(TRUTH, 1) if task["section"] == title),
        )
        for title in titles
    ]
    return PlanDraft("labelled", head, tuple(sections), ())


def _task(line: int, truth: dict[str, Any]) -> TaskDraft:
    roles = ((Role.LEAD, truth["lead"]), (Role.RESPONSIBLE, truth["responsible"]))
    parties = [
        PartyDraft(name, name, role, 1, place, name) for role, names in roles for place, name in enumerate(names, 1)
    ]
    deadline = read_deadline(truth["deadline"]["raw"], 2024)
    return TaskDraft(truth["number"], truth["section"], truth["text_starts"], tuple(parties), deadline, line, line)
