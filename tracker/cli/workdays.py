"""tracker workdays: the working calendar, listed and imported."""

from pathlib import Path

import click

from tracker import clock
from tracker.cli.session import json_option, with_app, write_json
from tracker.db import transaction
from tracker.rules.calendar import YEARS
from tracker.rules.permissions import SYSTEM
from tracker.workdays import operations, queries
from tracker.workdays.imports import compare


@click.group("workdays")
def workdays_commands() -> None:
    """工作日历：列出一年的放假和补班，导入放假安排。"""


@workdays_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只比较，不写入")
@with_app
def import_file(file: Path, dry_run: bool) -> None:
    """导入放假安排 CSV（日期,类型,说明）；文件中出现的年份全部以文件为准。"""
    content = file.read_bytes()
    if dry_run:
        found = compare(content)
    else:
        with transaction():
            found = operations.import_csv(SYSTEM, clock.now(), content, file.name)
    for warning in found.warnings:
        click.echo(f"注意：{warning}", err=True)
    for year in found.years:
        part = found.of_year(year)
        click.echo(
            f"{year} 年：新增 {len(part.added)} 天，改动 {len(part.changed)} 天，"
            f"删除 {len(part.removed)} 天，不变 {len(part.unchanged)} 天。"
        )
    click.echo("只比较，没有写入。" if dry_run else "放假安排已导入。", err=True)


@workdays_commands.command("list")
@click.option("--year", type=click.IntRange(YEARS[0], YEARS[-1]), default=None, help="哪一年（默认：业务日期所在年）")
@json_option
@with_app
def list_days(year: int | None, as_json: bool) -> None:
    """列出一年中与周一至周五不同的日子。"""
    year = year or clock.today().year
    calendar, overridden = queries.calendar(), queries.overrides([year])
    imported, own = queries.imported(year), {entry.day for entry in overridden}
    days = queries.arrangement(calendar, year, overridden)
    if as_json:
        write_json(
            {
                "year": year,
                "known": calendar.is_known(year),
                "source": imported.source if imported else "",
                "working_days": sum(map(calendar.is_working, queries.days_of(year))),
                "days": [{**entry._asdict(), "override": entry.day in own} for entry in days],
            }
        )
        return
    for entry in days:
        click.echo(f"{entry.day}\t{entry.word}\t{'设定' if entry.day in own else '内置'}\t{entry.note}")
    if not calendar.is_known(year):
        click.echo(f"没有 {year} 年的放假安排，只按周一至周五推算。", err=True)
