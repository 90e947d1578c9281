"""tracker assignments: what each unit owes, on any day."""

from datetime import date
from typing import Any

import click

from tracker.assignments import queries
from tracker.assignments.queries import Filter, Row
from tracker.cli.session import day_or_today, json_option, on_option, plan_option, with_app, write_json
from tracker.people import queries as people
from tracker.plans import queries as plans
from tracker.rules.calendar import days_overdue
from tracker.rules.permissions import SYSTEM
from tracker.rules.status import LIGHT_TEXT, STATUS_TEXT, light


@click.command("assignments")
@on_option
@plan_option
@click.option("--unit", "unit_name", default="", help="只列一个单位（全称、简称或别名）")
@click.option("--overdue", is_flag=True, help="只列逾期")
@json_option
@with_app
def assignments_command(on: date | None, plan_id: int | None, unit_name: str, overdue: bool, as_json: bool) -> None:
    """责任事项：某一天各单位各任务的状态。"""
    day = day_or_today(on)
    unit_id = people.find_unit(unit_name).id if unit_name else None
    if plan_id is not None:
        plans.published(plan_id)
    wanted = Filter(plan_id=plan_id, unit_id=unit_id, overdue=overdue)
    found = [_json(row, day) for row in queries.rows(SYSTEM, queries.state_at(day), day, wanted)]
    if as_json:
        write_json(found)
        return
    for entry in found:
        late = f"逾期 {entry['days_overdue']} 天" if entry["days_overdue"] else ""
        click.echo(
            f"{entry['unit']}\t第{entry['task_number']}项\t{entry['due_on'] or '—'}\t{entry['status_text']}\t{late}"
        )


def _json(row: Row, day: date) -> dict[str, Any]:
    shown = light(row.status, row.due_on, row.completed_on, day, row.near_days)
    return {
        "id": row.id,
        "plan": row.plan,
        "task_number": row.number,
        "task": row.text,
        "unit": row.unit,
        "level": row.level,
        "district": row.district,
        "status": row.status.value,
        "status_text": STATUS_TEXT[row.status],
        "light": shown.value,
        "light_text": LIGHT_TEXT[shown],
        "due_on": row.due_on,
        "due_text": row.due_text,
        "original_due_on": row.original_due_on,
        "extensions": row.extensions,
        "days_overdue": days_overdue(row.due_on, day) if shown.value == "overdue" else 0,
        "completed_on": row.completed_on,
        "late": bool(row.completed_on and row.due_on and row.completed_on > row.due_on),
    }
