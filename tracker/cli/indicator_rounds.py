"""tracker indicators table, check, answer: what a round comes to, what is missing in it, and filling it in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tracker import clock
from tracker.cli.session import json_option, record_number, with_app, write_json
from tracker.db import transaction
from tracker.indicators import answering, excel, queries, tables
from tracker.indicators.answering import Outcome, Typed
from tracker.indicators.queries import NOTHING, Sheet
from tracker.indicators.tables import TABLE_HEADS, City
from tracker.people import queries as people
from tracker.rules.indicators.checks import Objection
from tracker.rules.indicators.rounds import PROGRESS_TEXT, Source
from tracker.rules.permissions import SYSTEM, Actor

NO_BLANK = "没有这个空格。空格名见 tracker indicators form。"


@click.command("table")
@click.argument("round_id", metavar="ROUND", type=record_number)
@json_option
@click.option("--xlsx", "target", default=None, help="写到哪个 Excel 文件")
@with_app
def table_command(round_id: int, as_json: bool, target: str | None) -> None:
    """一次填报的汇总：每个空格的合计、计入几个单位、缺几个。"""
    found = tables.whole(SYSTEM, round_id)
    if target:
        Path(target).write_bytes(excel.table_xlsx(found, queries.corrections(round_id)))
        click.echo(f"已写入 {target}。")
    elif as_json:
        write_json(_table(found))
    else:
        for row in tables.total_rows(found):
            told = dict(zip(TABLE_HEADS, row, strict=True))
            click.echo(f"{told['blank']}\t{told['total']}\t计入 {told['counted']}\t未报 {told['missing']}")
        click.echo(f"未报：{'、'.join(sheet.unit for sheet in found.now.missing) or '无'}", err=True)


def _table(found: City) -> dict[str, Any]:
    now = found.now
    return {
        "round": now.round.id,
        "title": now.round.title,
        "year": now.round.year,
        "compared_with": found.before.round.id if found.before else None,
        "submitted": [sheet.unit for sheet in now.submitted],
        "missing": [sheet.unit for sheet in now.missing],
        "totals": [dict(zip(TABLE_HEADS, row, strict=True)) for row in tables.total_rows(found)],
    }


@click.command("check")
@click.argument("round_id", metavar="ROUND", type=record_number)
@click.option("--unit", "unit", default=None, help="只看一个单位（默认：全部）")
@json_option
@with_app
def check_command(round_id: int, unit: str | None, as_json: bool) -> None:
    """各单位还缺哪些空格、哪些核对没有通过。"""
    queries.round_of(SYSTEM, round_id)
    if unit:
        found = [queries.sheet(SYSTEM, round_id, people.find_unit(unit).id)]
    else:
        found = queries.all_sheets(SYSTEM, round_id)
    if as_json:
        write_json([_checked(sheet) for sheet in found])
        return
    for sheet in found:
        objections = sheet.open_objections
        state = PROGRESS_TEXT[sheet.progress()]
        click.echo(f"{sheet.unit}\t{state}\t未填 {len(sheet.unanswered)}\t核对未过 {len(objections)}")
        if unit:
            click.echo(f"未填：{'、'.join(sheet.unanswered) or '无'}")
            for each in objections:
                click.echo(f"{each.name}\t{'、'.join(each.blanks)}\t{each.left} ↔ {each.right}\t{each.message}")


def _checked(sheet: Sheet) -> dict[str, Any]:
    return {
        "unit": sheet.unit,
        "progress": sheet.progress().value,
        "due": sheet.due,
        "answered": sheet.answered,
        "unanswered": list(sheet.unanswered),
        "objections": [_objection(sheet, each) for each in sheet.objections],
    }


def _objection(sheet: Sheet, each: Objection) -> dict[str, Any]:
    explanation = sheet.explanation(each)
    return {
        "name": each.name,
        "level": each.level.value,
        "message": each.message,
        "blanks": list(each.blanks),
        "left": each.left,
        "right": each.right,
        "explained": explanation.text if explanation else "",
    }


@click.command("answer")
@click.argument("round_id", metavar="ROUND", type=record_number)
@click.argument("unit")
@click.argument("values", metavar="KEY=VALUE...", nargs=-1, required=True)
@click.option("--as", "account", required=True, help="以哪个账号填写：该单位的经办或负责人")
@json_option
@with_app
def answer_command(round_id: int, unit: str, values: Sequence[str], account: str, as_json: bool) -> None:
    """替一个单位填写若干空格，例如 I007=3 I008=是 I011=不适用；“I007=”清空。读不懂的不存，其余照存。"""
    actor, unit_id = _acting(account), people.find_unit(unit).id
    with transaction():
        sheet = queries.sheet(actor, round_id, unit_id)
        wanted, known = _read(values), {key for key, _, _ in sheet.known.form.fields()}
        typed = {key: Typed(text, sheet.held.get(key, NOTHING).version) for key, text in wanted.items() if key in known}
        outcome = answering.save(actor, clock.now(), round_id, unit_id, typed, Source.COMMAND)
        outcome.refused |= {key: NO_BLANK for key in wanted if key not in known}
    _tell(outcome, as_json)


def _acting(account: str) -> Actor:
    user = people.user_by_account(account)
    if user is None:
        raise click.ClickException(f"没有账号 {account}。可用 tracker users list 查看全部账号。")
    return people.actor_of(user)


def _read(values: Sequence[str]) -> dict[str, str]:
    """Read KEY=VALUE; refuse what is written otherwise before anything is stored."""
    wanted = {}
    for value in values:
        key, equals, text = value.partition("=")
        if not equals:
            raise click.ClickException(f"“{value}”不是“空格=值”的写法，例如 I007=3。")
        wanted[key] = text
    return wanted


def _tell(outcome: Outcome, as_json: bool) -> None:
    stale = {key: each.theirs for key, each in outcome.stale.items()}
    if as_json:
        write_json({"stored": outcome.stored, "refused": outcome.refused, "stale": stale})
    else:
        click.echo(f"已存 {len(outcome.stored)} 个空格。")
    for key, why in outcome.refused.items():
        click.echo(f"{key}：{why}", err=True)
    for key, theirs in stale.items():
        click.echo(f"{key}：刚被他人改为 {theirs}，请重新执行。", err=True)
    if outcome.refused or stale:
        raise click.exceptions.Exit(1)
