"""tracker check: whether the installation is sound."""

import os

import click
from flask import current_app

from tracker.cli.session import with_app
from tracker.installation import Result, checks
from tracker.production import Door, problems, warnings


@click.command("check")
@with_app
def check_command() -> None:
    """检查安装：设置、数据库、邮件、时钟、节假日。"""
    results = [*checks(current_app.config), *_production()]
    for result in results:
        click.echo(f"{'正常' if result.ok else '注意'}\t{result.what}\t{result.message}")
    if not all(result.ok or result.advisory for result in results):
        raise ValueError("检查发现需要处理的问题，见上。")


def _production() -> list[Result]:
    """Say of a real installation what keeps it from starting, and what should not stay so."""
    settings = current_app.config
    if settings["TRACKER_ENV"] != "production":
        return []
    wrong = [Result("正式运行", False, line) for line in problems(settings, os.environ, Door.SERVE)]
    return wrong + [Result("正式运行", False, line, advisory=True) for line in warnings(settings)]
