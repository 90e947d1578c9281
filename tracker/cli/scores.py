"""tracker scores: the board, a district's explanation, a forecast."""

from datetime import date
from typing import Any

import click

from tracker.cli.score_lines import told
from tracker.cli.score_verify import verify_command
from tracker.cli.session import Day, day_or_today, json_option, on_option, plan_option, with_app, write_json
from tracker.people import queries as people
from tracker.plans import queries as plans
from tracker.rules.permissions import SYSTEM
from tracker.rules.scoring import Line, Outcome
from tracker.scoring import forecasts, grounds, queries, terms
from tracker.scoring.queries import Standing
from tracker.scoring.rule_changes import described
from tracker.scoring.terms import Terms


@click.group("scores", invoke_without_command=True)
@on_option
@plan_option
@json_option
@click.pass_context
def scores_commands(context: click.Context, on: date | None, plan_id: int | None, as_json: bool) -> None:
    """区局得分排名。"""
    if context.invoked_subcommand is None:
        _board(on, plan_id, as_json)


scores_commands.add_command(verify_command)


@with_app
def _board(on: date | None, plan_id: int | None, as_json: bool) -> None:
    plan, day = plans.scored(plan_id), day_or_today(on)
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
        due = f"应办结 {row['due']} 已办结 {row['completed_due']}\t应扣 {row['raw_deduction']}"
        click.echo(f"{row['rank']}\t{row['district']}\t{row['score']}\t{done}\t扣 {row['deducted']}\t{due}")


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
@click.option("--all", "everything", is_flag=True, help="也列出不扣分的任务：按期办结、未到期、不适用等")
@on_option
@plan_option
@json_option
@with_app
def explain(district: str, everything: bool, on: date | None, plan_id: int | None, as_json: bool) -> None:
    """一个区的每一分从哪里来。"""
    plan = plans.scored(plan_id)
    unit = people.find_unit(district)
    found = queries.explanation(SYSTEM, plan, unit.id, day_or_today(on))
    if as_json:
        known = grounds.explained(plan, found)
        wanted = [ground for ground in known if everything or _moves(ground.line)]
        write_json([told(ground, found.rule, plan) for ground in wanted])
        return
    for line in found.lines:
        number = f"第{line.fact.number}项" if line.fact else "—"
        click.echo(f"{_points(line.points)}\t{number}\t{line.reason}")
    click.echo(f"{_points(found.standing.points.score)}\t合计\t{_three(found.standing)}，规则 {found.rule.name}")


def _moves(line: Line) -> bool:
    return bool(line.points) or line.outcome is Outcome.LATE


def _three(standing: Standing) -> str:
    """Say the three numbers that always stand together."""
    tally, points = standing.tally, standing.points
    lost = f"应扣 {_points(points.raw_deduction)}，实扣 {_points(points.deducted)}"
    return f"办结 {tally.completed_due}/{tally.due}，{lost}，得分 {_points(points.score)}"


@scores_commands.command("forecast")
@click.argument("district")
@click.option("--complete", "numbers", required=True, help="假定办结的任务编号，用逗号分隔，例如 7,8")
@click.option("--by", "by", type=Day(), default=None, help="假定到哪一天前审核通过（默认：查询的那一天）")
@on_option
@plan_option
@json_option
@with_app
def forecast(district: str, numbers: str, by: date | None, on: date | None, plan_id: int | None, as_json: bool) -> None:
    """假如这些任务在这一天前办结，得分是多少。"""
    plan, day = plans.scored(plan_id), day_or_today(on)
    unit = people.find_unit(district)
    wanted = [number.strip() for number in numbers.replace("，", ",").split(",") if number.strip()]
    found = forecasts.forecast(SYSTEM, plan, unit.id, day, wanted, by)
    result = {
        "district": unit.name,
        "on": day,
        "by": found.by,
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
    click.echo(f"不再办结，到 {found.by}：{_three(before)}")
    click.echo(f"办结所选，到 {found.by}：{_three(after)}")


@scores_commands.command("rule")
@on_option
@plan_option
@json_option
@with_app
def rule(on: date | None, plan_id: int | None, as_json: bool) -> None:
    """某一天适用的评分规则：版本、各项设定、依据。"""
    plan, day = plans.scored(plan_id), day_or_today(on)
    found = terms.at(plan, day)
    if as_json:
        write_json(_version(found))
        return
    click.echo(f"{plan.doc_number}\t{found.rule.name}\t{found.rule.since} 起")
    for part, value in described(found).items():
        click.echo(f"{part}\t{value}")


def _version(found: Terms) -> dict[str, Any]:
    rule, procedure = found.rule, found.procedure
    return {
        "rule": rule.name,
        "number": rule.number,
        "since": rule.since,
        "base": _points(rule.base),
        "per_miss": _points(rule.per_miss),
        "cap": None if rule.cap is None else _points(rule.cap),
        "late_counts": rule.late_counts,
        "offices": rule.offices.value,
        "offices_share": rule.needed,
        **vars(procedure),
        "quote": rule.quote,
        "source": rule.source,
        "reason": found.reason,
        "by": found.by,
    }
