"""tracker serve and tracker scheduler: the processes that run all day."""

import subprocess
import sys
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from tracker.app import create_app
from tracker.config import ConfigError
from tracker.installation import missing_migrations
from tracker.jobs import run_scheduler
from tracker.people import queries as people
from tracker.seeding.accounts import DEMO_PASSWORD


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our application, set up by code instead of a file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        """Keep the application; gunicorn calls back for the rest."""
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Give gunicorn the application."""
        return self._app


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数")
@click.option("--with-scheduler", is_flag=True, help="同时启动定时任务")
def serve_command(host: str, port: int, workers: int, with_scheduler: bool) -> None:
    """启动网站。"""
    app = create_app()
    with app.app_context():
        _refuse_unready(app)
        _announce(app, host, port, with_scheduler)
    scheduler = subprocess.Popen([sys.executable, "-m", "tracker", "scheduler"]) if with_scheduler else None
    try:
        Server(
            app,
            {
                "bind": f"{host}:{port}",
                "workers": workers,
                "threads": 4,
                "worker_class": "gthread",
                "loglevel": "warning",
            },
        ).run()
    finally:
        if scheduler:
            scheduler.terminate()
            scheduler.wait(timeout=30)


def _refuse_unready(app: Flask) -> None:
    if missing_migrations():
        raise ConfigError("数据库结构不是最新：请先运行 tracker db upgrade。")
    if app.config["TRACKER_ENV"] == "production" and people.has_demo_accounts():
        raise ConfigError("正式环境的数据库中存在演示账号，拒绝启动。请换用新的数据库，或停止使用演示数据。")


def _announce(app: Flask, host: str, port: int, with_scheduler: bool) -> None:
    settings = app.config
    click.echo(f"督办台账已启动：http://{host}:{port}")
    if settings["TRACKER_TODAY"]:
        click.echo(f"业务日期：{settings['TRACKER_TODAY']}（演示）")
    if people.has_demo_accounts():
        click.echo(f"演示账号（密码均为 {DEMO_PASSWORD}）：supervisor 督办、leader 领导、songjiang-clerk 松江经办、")
        click.echo(
            "  songjiang-lead 松江负责人、reviewer-xingfazhixing 刑罚执行处、admin 管理员；全部账号：tracker users list"
        )
    mail = (
        settings["TRACKER_MAIL_URL"].rpartition("@")[2] or f".eml 文件，位于 {settings['TRACKER_DATA_DIR'] / 'outbox'}"
    )
    click.echo(f"提醒信去向：{mail}")
    click.echo(f"定时任务：{'已启动' if with_scheduler else '未启动（另行运行 tracker scheduler）'}；停止：Ctrl+C")
    sys.stdout.flush()


@click.command("scheduler")
def scheduler_command() -> None:
    """启动定时任务；可同时启动多个，只有一个工作。"""
    run_scheduler(create_app())
