"""tracker scores events and compare: what scores rest on, and why they differ between two days."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from tracker.cli.session import Day, json_option, plan_option, with_app, write_json
from tracker.overview.tables import exact_csv
from tracker.people import queries as people
from tracker.plans import queries as plans
from tracker.rules.permissions import SYSTEM
from tracker.scoring import comparison, events
from tracker.scoring.comparison import Comparison, Movement


@click.command("events")
@click.option("--csv", "target", required=True, help="写到哪个文件；- 表示标准输出")
@plan_option
@with_app
def events_command(target: str, plan_id: int | None) -> None:
    """导出得分所依据的全部事件，每件一行，按先后排列。"""
    content = exact_csv(events.HEADS, events.rows(plans.scored(plan_id)))
    if target == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        Path(target).write_bytes(content)


@click.command("compare")
@click.argument("district")
@click.option("--from", "first", type=Day(), required=True, help="从哪一天")
@click.option("--to", "last", type=Day(), required=True, help="到哪一天")
@plan_option
@json_option
@with_app
def compare_command(district: str, first: date, last: date, plan_id: int | None, as_json: bool) -> None:
    """一个区的得分在两天之间为什么变了。"""
    plan, unit = plans.scored(plan_id), people.find_unit(district)
    found = comparison.compare(SYSTEM, plan, unit.id, first, last)
    if as_json:
        write_json(_told(found))
        return
    for row in found.moving:
        number = f"第{row.number}项" if row.number else "—"
        click.echo(f"{row.day}\t{_points(row.points)}\t{number}\t{row.what}\t{row.by}\t{row.reason}")
    click.echo(f"{unit.name}：{_points(found.start)} → {_points(found.after.points.score)}")


def _told(found: Comparison) -> dict[str, Any]:
    return {
        "district": found.after.district,
        "from": found.first,
        "to": found.last,
        "before": _points(found.start),
        "after": _points(found.after.points.score),
        "change": _points(found.change),
        "events": [_event(row) for row in found.movements],
    }


def _event(row: Movement) -> dict[str, Any]:
    return {
        "day": row.day,
        "at": row.at,
        "what": row.what,
        "task_number": row.number or None,
        "assignment_id": row.assignment_id or None,
        "by": row.by,
        "reason": row.reason,
        "line": _points(row.line),
        "points": _points(row.points),
        "score": _points(row.score),
    }


def _points(value: Any) -> str:
    return f"{value.normalize():f}"
