"""tracker scores: the board, a district's explanation, a forecast."""

from datetime import date
from typing import Any

import click

from tracker.cli.session import day_or_today, json_option, on_option, plan_option, with_app, write_json
from tracker.people import queries as people
from tracker.plans import queries as plans
from tracker.plans.models import Plan
from tracker.rules.permissions import SYSTEM
from tracker.rules.scoring import Line, Outcome, Rule
from tracker.scoring import queries
from tracker.scoring.queries import Standing


@click.group("scores", invoke_without_command=True)
@on_option
@plan_option
@json_option
@click.pass_context
def scores_commands(context: click.Context, on: date | None, plan_id: int | None, as_json: bool) -> None:
    """区局得分排名。"""
    if context.invoked_subcommand is None:
        _board(on, plan_id, as_json)


@with_app
def _board(on: date | None, plan_id: int | None, as_json: bool) -> None:
    plan, day = plans.published(plan_id), day_or_today(on)
    missed = queries.missed_numbers(plan, day)
    found = [
        _standing(standing) | {"missed": missed.get(standing.district_id, [])}
        for standing in queries.scoreboard(plan, day)
    ]
    if as_json:
        write_json(found)
        return
    for row in found:
        done = f"办结 {row['completed']}/{row['total']}"
        click.echo(f"{row['rank']}\t{row['district']}\t{row['score']}\t{done}\t扣 {row['deducted']}")


def _points(value: Any) -> str:
    return f"{value.normalize():f}"


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "district": standing.district,
        "rank": standing.rank,
        "base": _points(standing.points.base),
        "raw_deduction": _points(standing.points.raw_deduction),
        "deducted": _points(standing.points.deducted),
        "score": _points(standing.points.score),
        "completed": standing.tally.completed,
        "completed_due": standing.tally.completed_due,
        "due": standing.tally.due,
        "total": standing.tally.total,
        "late": standing.tally.late,
    }


@scores_commands.command("explain")
@click.argument("district")
@on_option
@plan_option
@json_option
@with_app
def explain(district: str, on: date | None, plan_id: int | None, as_json: bool) -> None:
    """一个区的每一分从哪里来。"""
    plan = plans.published(plan_id)
    unit = people.find_unit(district)
    found = queries.explanation(SYSTEM, plan, unit.id, day_or_today(on))
    if as_json:
        write_json(
            [_line(line, found.rule, plan) for line in found.lines if line.points or line.outcome is Outcome.LATE]
        )
        return
    for line in found.lines:
        number = f"第{line.fact.number}项" if line.fact else "—"
        click.echo(f"{_points(line.points)}\t{number}\t{line.reason}")
    click.echo(f"{_points(found.standing.points.score)}\t合计")


def _line(line: Line, rule: Rule, plan: Plan) -> dict[str, Any]:
    fact = line.fact
    return {
        "task_number": fact.number if fact else None,
        "points": _points(line.points),
        "outcome": line.outcome.value,
        "rule": "未能完成的，每项任务扣分，扣完为止",
        "quote": rule.quote,
        "source": f"{plan.doc_number} 第 {fact.line_from}–{fact.line_to} 行" if fact else rule.source,
        "due_on": fact.due_on if fact else None,
        "facts": [line.reason, f"完成时限 {fact.due_on}", f"责任事项 {fact.assignment_id}"] if fact else [line.reason],
    }


@scores_commands.command("forecast")
@click.argument("district")
@click.option("--complete", "numbers", required=True, help="假定办结的任务编号，用逗号分隔，例如 7,8")
@on_option
@plan_option
@json_option
@with_app
def forecast(district: str, numbers: str, on: date | None, plan_id: int | None, as_json: bool) -> None:
    """假如这些任务在这一天前办结，得分是多少。"""
    plan, day = plans.published(plan_id), day_or_today(on)
    unit = people.find_unit(district)
    wanted = [number.strip() for number in numbers.replace("，", ",").split(",") if number.strip()]
    found = queries.forecast(SYSTEM, plan, unit.id, day, wanted)
    result = {
        "district": unit.name,
        "on": day,
        "complete": list(found.completed),
        **{name: value for name, value in _standing(found.after).items() if name != "district"},
        "before": _standing(found.before),
    }
    if as_json:
        write_json(result)
        return
    before, after = found.before, found.after
    click.echo(
        f"{unit.name}：得分由 {_points(before.points.score)} 变为 {_points(after.points.score)}，"
        f"名次由 {before.rank} 变为 {after.rank}"
    )
