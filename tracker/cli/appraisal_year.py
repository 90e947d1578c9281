"""tracker appraisal list, enter, sheet, result: a bureau's year, what is recorded in it and what it comes to."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click
from flask import current_app

from tracker import clock
from tracker.appraisal import entries, export, history, queries, results
from tracker.appraisal.altered import ADVICE
from tracker.appraisal.entries import Recording
from tracker.appraisal.models import Appraisal, AppraisalUnit
from tracker.appraisal.papers import plain, voted
from tracker.cli.appraisal_lines import entry_json, reading_json, replaced_json, row_json, sheet_json, year_json
from tracker.cli.session import Day, json_option, on_option, record_number, with_app, write_json
from tracker.db import transaction
from tracker.people import queries as people
from tracker.reminders import year_letters
from tracker.rules.appraisal.grades import GRADE_TEXT
from tracker.rules.appraisal.steps import STAGE_TEXT, Stage
from tracker.rules.permissions import SYSTEM, Actor, Role

year_option = click.option(
    "--year", "year_id", type=record_number, default=None, help="考评编号，用 list 查看（只有一次考评时不用写）"
)


MOST_POINTS = 10_000
number = click.IntRange(0, MOST_POINTS)


class Points(click.ParamType[Decimal]):
    """Points on the command line."""

    name = "分数"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read a decimal number."""
        try:
            points = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"“{value}”不是分数，例如 1.5。", param, ctx)
        if not points.is_finite() or abs(points) >= MOST_POINTS or points != round(points, 2):
            self.fail("分数最多两位小数。", param, ctx)
        return points


# ---- which year, which unit, who


def wanted_year(year_id: int | None) -> Appraisal:
    """Return the year of a number, or the only one."""
    found = export.years(year_id)
    if len(found) == 1:
        return found[0]
    if year_id is not None:
        raise click.ClickException(f"没有编号为 {year_id} 的年度考评。可用 tracker appraisal list 查看。")
    if not found:
        raise click.ClickException("还没有开始年度考评。请领导小组先在“年度考评”页面开始。")
    numbers = "、".join(str(each.id) for each in found)
    raise click.ClickException(f"有 {len(found)} 次年度考评，请用 --year 指定其中一次：{numbers}。")


def _unit(found: Appraisal, name: str) -> AppraisalUnit:
    wanted, known = queries.scheme_of(found).terms.unit(name), queries.units(found)
    unit = next((each for each in known if each.name == wanted), None)
    if unit is None:
        raise click.ClickException(
            f"这次考评没有名为 {name} 的科室。可用的有：{'、'.join(each.name for each in known)}。"
        )
    return unit


def leading(found: Appraisal) -> Actor:
    """Return the service itself with the powers of the leading group: whoever runs commands has the database."""
    return replace(SYSTEM, role=Role.LEAD, district_id=found.issuer_id)


def _acting(found: Appraisal, account: str | None) -> Actor:
    if account is None:
        return leading(found)
    user = people.user_by_account(account)
    if user is None:
        raise click.ClickException(f"没有账号 {account}。可用 tracker users list 查看全部账号。")
    return people.actor_of(user)


# ---- list


@click.command("list")
@json_option
@with_app
def list_command(as_json: bool) -> None:
    """列出各次年度考评：编号、文号、考评周期、阶段。

    编号用在其他命令的 --year 里；--json 另列考评方案和被考评的科室。
    """
    found = [year_json(each) for each in export.years()]
    if as_json:
        write_json(found)
        return
    for row in found:
        period = f"{row['starts_on']} 至 {row['ends_on']}"
        click.echo(f"{row['id']}\t{row['doc_number'] or row['title']}\t{period}\t{STAGE_TEXT[Stage(row['stage'])]}")
        if row["altered"]:
            click.echo(row["altered"], err=True)


# ---- enter


@click.command("enter")
@click.argument("unit")
@click.argument("code")
@click.option("--day", type=Day(), required=True, help="发生的日期")
@click.option("--note", required=True, help="事由：发生了什么，根据什么")
@click.option("--count", type=number, default=1, show_default=True, help="次数（人数、件数……，按条款的计法）")
@click.option("--place", type=number, default=None, help="名次（只用于按名次计分的条款）")
@click.option(
    "--points",
    type=Points(),
    default=None,
    help="分数，正数（只用于视情扣加分、折算得分、人工填写的总分、市局已定的分数；按起、次、项视情的，填每一起的）",
)
@click.option("--line", default="", help="由哪个条线负责（不同于该科室时才写）")
@click.option("--as", "account", default=None, help="以哪个账号、在其权限内登记（默认：系统，权限同领导小组）")
@year_option
@json_option
@with_app
def enter_command(
    unit: str,
    code: str,
    day: date,
    note: str,
    count: int,
    place: int | None,
    points: Decimal | None,
    line: str,
    account: str | None,
    year_id: int | None,
    as_json: bool,
) -> None:
    """登记一个科室的一次扣分或得分，并写信告知该科室。

    例如：enter 办公室 W1-3.1 --day 2021-05-10 --note "缺席会议" --count 2

    UNIT 是科室在考评方案里的名称或别名。
    CODE 是条款代码，用 tracker appraisal scheme 查看；总分由人工填写的，填项目代码。
    登记后不能修改，登记错的在页面上撤销；特色工作的加分项在页面上登记。
    """
    found = wanted_year(year_id)
    unit_id, actor = _unit(found, unit).id, _acting(found, account)
    wanted = Recording(code, day, note, count, place, points, line)
    with transaction():
        base_url = current_app.config["TRACKER_BASE_URL"]
        row = year_letters.record(actor, clock.now(), found.id, unit_id, wanted, base_url)
    sheet = queries.sheet(leading(found), found.id, unit_id, clock.today())
    entered = next(each for each in sheet.recorded if each.row.id == row.id)
    shared = [each.name for each in entries.sharing(sheet)]
    if as_json:
        write_json(
            {
                "unit": sheet.unit.name,
                "code": code,
                **entry_json(sheet, entered),
                "total": plain(sheet.year.total),
                "shared_with": shared,
            }
        )
    else:
        told = f"（{'，'.join(words)}）" if (words := sheet.told(entered)) else ""
        click.echo(f"已登记，编号 {row.id}{told}。{sheet.unit.name}现为 {plain(sheet.year.total)} 分。")
        if shared:
            others = "、".join(shared)
            click.echo(f"这张表与{others}共用，只记了{sheet.unit.name}；也涉及{others}的，请另行登记。", err=True)


# ---- sheet


@click.command("sheet")
@click.argument("unit")
@on_option
@year_option
@json_option
@with_app
def sheet_command(unit: str, on: date | None, year_id: int | None, as_json: bool) -> None:
    """一个科室的考评表：各项的代码、得分/分值、超出而未计的分，末两行是特色工作和合计。

    UNIT 是科室在考评方案里的名称或别名。--json 另列每一条、每一次登记和自评分。还要填的得分列在标准错误里。
    """
    found = wanted_year(year_id)
    today = clock.today()
    sheet = queries.sheet(leading(found), found.id, _unit(found, unit).id, today)
    if on is not None and on < today:
        sheet = history.on(sheet, on, today)
    if as_json:
        write_json(sheet_json(sheet))
        return
    for code, result in sheet.results.items():
        full = f"/{plain(result.item.points)}" if result.item.points is not None else ""
        over = f"\t未计 {plain(result.unapplied)}" if result.unapplied else ""
        click.echo(f"{code}\t{plain(result.points)}{full}{over}\t{result.item.title or result.item.text}")
    click.echo(f"特色工作\t{plain(sheet.year.special.points)}")
    click.echo(f"合计\t{plain(sheet.year.total)}")
    for words in sheet.altered:
        click.echo(f"{words}。{ADVICE}", err=True)
    if sheet.year.awaits:
        click.echo(f"尚待填入：{'、'.join(sheet.year.awaits)}", err=True)


# ---- result


@click.command("result")
@year_option
@json_option
@with_app
def result_command(year_id: int | None, as_json: bool) -> None:
    """考评结果：各科室的名次、名称、合计，以及等次、突破底线、述职测评。

    审定以前按今天的登记计算，审定以后是封存的结果；公布以前须保密。待领导小组决定的事项列在标准错误里。
    """
    found = wanted_year(year_id)
    shown = results.result(leading(found), found.id, clock.today())
    questions = [str(each) for each in shown.candidates.questions]
    if as_json:
        write_json(
            {
                "year": found.id,
                "stage": found.stage,
                "on": shown.day,
                "sha256": shown.sealed.sha256 if shown.sealed else None,
                "version": shown.sealed.number if shown.sealed else None,
                "replaced": [replaced_json(row) for row in shown.replaced],
                "altered": shown.altered,
                "units": [row_json(row) for row in shown.rows],
                "candidates": {
                    "kept_empty": reading_json(shown.candidates.kept_empty),
                    "passed_on": reading_json(shown.candidates.passed_on),
                    "barred": [row.unit for row in shown.rows if row.barred],
                },
                "questions": questions,
                "undecided": [
                    {"subject": each.subject, "question": str(each.question), "source_line": each.line}
                    for each in shown.undecided
                ],
            }
        )
        return
    for row in shown.rows:
        beside = [str(GRADE_TEXT[row.grade])] if row.grade else []
        beside += ["突破底线"] if row.barred else []
        beside += [voted(row.ballots)] if row.ballots else []
        click.echo("\t".join([str(row.place), row.unit, plain(row.total), *beside]))
    for question in filter(None, [*questions, shown.altered]):
        click.echo(question, err=True)
