"""tracker seed: organizations, the plan, and for training the demo accounts and invented history."""

import click
from flask import current_app

from tracker import clock
from tracker.cli.session import with_app
from tracker.config import ConfigError
from tracker.db import transaction
from tracker.seeding import seed_all


@click.command("seed")
@click.option("--demo", is_flag=True, help="另建演示账号")
@click.option("--history", is_flag=True, help="另造截至业务日期的虚构办理记录（需演示账号）")
@click.option(
    "--with",
    "further",
    multiple=True,
    metavar="名称",
    help="另载入其他方案的单位，可写多次，例如 --with putuo-2024",
)
@with_app
def seed_command(demo: bool, history: bool, further: tuple[str, ...]) -> None:
    """载入单位、方案；重复运行不改变任何内容。"""
    if (demo or history) and current_app.config["TRACKER_ENV"] == "production":
        raise ConfigError("production 环境不能建立演示账号和虚构记录：请去掉 --demo 和 --history。")
    with transaction():
        added = seed_all(clock.now(), demo=demo, history=history, further=further)
    click.echo("；".join(f"{what} {count}" for what, count in added.items()) + "（新增）", err=True)
