"""Loads the plans in seeds/plans from their own text, and publishes them as of the day they went out."""

import json
from datetime import date, datetime, time
from pathlib import Path

from tracker.assignments import operations as assignments
from tracker.plans import creation, queries
from tracker.plans.desk_settings import companion_settings
from tracker.plans.readers import read_document
from tracker.plans.settings import Source
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
    text = read_document(document.name, document.read_bytes()).text
    settings = companion_settings(companion)
    source = Source(document.name, text)
    plan = creation.create_plan(SYSTEM, at, read_plan(text), source=source, settings=settings)
    published_on = date.fromisoformat(companion["settings"]["published_on"]["value"])
    assignments.publish(SYSTEM, datetime.combine(published_on, OFFICE_HOURS_BEGIN, at.tzinfo), plan)
    return 1
