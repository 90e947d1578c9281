"""Loads the plans in seeds/plans from their own text, and publishes them as of the day they went out."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracker.assignments import operations as assignments
from tracker.plans import operations as plans
from tracker.plans import queries
from tracker.plans.operations import PlanSettings
from tracker.plans.readers import read_document
from tracker.resources import resource
from tracker.rules.permissions import SYSTEM
from tracker.rules.plan_text.reader import read_plan

OFFICE_HOURS_BEGIN = time(9)


def add_plans(at: datetime) -> int:
    """Read, store and publish each plan that is missing; return how many were added."""
    known = {row.doc_number for row in queries.plan_rows()}
    companions = sorted((resource("seeds") / "plans").glob("*.json"))
    return sum(_add(path, at, known) for path in companions)


def _add(path: Path, at: datetime, known: set[str]) -> int:
    companion = json.loads(path.read_text(encoding="utf-8"))
    if companion["doc_number"] in known:
        return 0
    document = path.with_name(companion["document"])
    text = read_document(document.name, document.read_bytes())
    settings = settings_of(companion)
    plan = plans.create_plan(SYSTEM, at, read_plan(text), filename=document.name, text=text, settings=settings)
    published_on = date.fromisoformat(companion["settings"]["published_on"]["value"])
    assignments.publish(SYSTEM, datetime.combine(published_on, OFFICE_HOURS_BEGIN, at.tzinfo), plan)
    return 1


def settings_of(companion: dict[str, Any]) -> PlanSettings:
    """Return what a companion file settles that the document leaves open."""
    value = {name: entry["value"] for name, entry in companion["settings"].items()}
    quote = companion["rule_quote"]
    return PlanSettings(
        owner=value["owner_office"],
        counter_reviewer=value["counter_reviewer"],
        base_points=Decimal(value["base_points"]),
        points_per_miss=Decimal(value["points_per_miss"]),
        late_counts=value["late_counts"],
        near_days=value["near_days"],
        offices_report=value["offices_report"],
        rule_quote=quote["text"],
        rule_source=f"{quote['doc_number']} 第 {quote['line']} 行（区级考评方案，用于全市待市局确认）",
        acceptance={entry["number"]: entry["text"] for entry in companion["acceptance"]},
    )
