"""tracker remind, tracker deliver: the day's letters."""

from datetime import date

import click
from flask import current_app

from tracker import clock
from tracker.cli.session import day_or_today, json_option, on_option, with_app, write_json
from tracker.jobs import run_day
from tracker.outbox import delivery
from tracker.reminders import operations
from tracker.reminders.addressing import addressees


@click.command("remind")
@on_option
@click.option("--dry-run", is_flag=True, help="只预览，不写入")
@json_option
@with_app
def remind_command(on: date | None, dry_run: bool, as_json: bool) -> None:
    """生成某一天的提醒信（写入发件箱）；同一天重复运行不增加。"""
    day = day_or_today(on)
    if not dry_run and current_app.config["TRACKER_ENV"] == "production" and day != clock.today():
        raise click.ClickException(f"正式环境只能生成业务日期（{clock.today()}）的提醒信；预览其他日期请加 --dry-run。")
    if dry_run:
        planned = operations.plan_reminders(day)
    else:
        planned = [letter for batch in run_day(day, current_app.config["TRACKER_BASE_URL"]) for letter in batch]
    if as_json:
        write_json([letter.as_json() for letter in planned])
        return
    for letter in planned:
        click.echo(f"{letter.recipient}\t{letter.subject}\t{letter.reason}")
    click.echo(f"{'将生成' if dry_run else '已生成'} {len(planned)} 封提醒信。", err=True)


@click.command("deliver")
@click.option("--limit", type=click.IntRange(1), default=None, help="最多发送多少封")
@with_app
def deliver_command(limit: int | None) -> None:
    """发送发件箱中等待的信件，每封一次。"""
    sent = delivery.deliver(current_app.config, addressees(clock.today()), limit)
    click.echo(f"已发送 {sent.sent} 封，稍后重试 {sent.postponed} 封，无法送达 {sent.dead} 封。")
