"""tracker serve and tracker scheduler: the processes that run all day."""

import socket
import sys
from threading import Event
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from tracker.assignments.queries import latest_day
from tracker.cli.companion import SchedulerBeside, stop_without
from tracker.config import ConfigError
from tracker.jobs import run_scheduler
from tracker.people import queries as people
from tracker.production import Door, warnings
from tracker.seeding.accounts import DEMO_PASSWORD
from tracker.startup import let_go_of_database, started, write_log

HERE = ("127.0.0.1", "localhost", "::1")

LINE_BYTES = 8190
"""The longest first line of a request: the longest query string that pages take, and its path."""


class ServerLog(Logger):  # type: ignore[misc]
    """The server's own log, written like ours."""

    def setup(self, cfg: Any) -> None:
        """Leave it to the process's handler, which knows what must not be written."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


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
    app = started(Door.SERVE)
    _refuse_taken(host, port)
    with app.app_context():
        _announce(app, host, port, with_scheduler)
        let_go_of_database()
    write_log(app)
    scheduler = SchedulerBeside() if with_scheduler else None
    try:
        Server(
            app,
            {
                "bind": f"{host}:{port}",
                "workers": workers,
                "threads": 4,
                "worker_class": "gthread",
                "loglevel": "warning",
                "logger_class": ServerLog,
                "limit_request_line": LINE_BYTES,
                # Who is a trusted proxy is said by TRACKER_PROXIES alone.
                "forwarded_allow_ips": "",
            },
        ).run()
    finally:
        if scheduler:
            scheduler.stop()


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(f"无法在 {host}:{port} 启动：端口已被占用或不可用。请换一个，例如 PORT=8080。") from error


def _announce(app: Flask, host: str, port: int, with_scheduler: bool) -> None:
    settings = app.config
    click.echo(f"督办台账已启动：http://{host}:{port}")
    if host not in HERE:
        click.echo(
            f"可用的网址主机名：{'、'.join(settings['TRACKER_ALLOWED_HOSTS'])}（另加请设 TRACKER_ALLOWED_HOSTS）"
        )
    if settings["TRACKER_TODAY"]:
        click.echo(f"业务日期：{settings['TRACKER_TODAY']}（演示）")
        latest = latest_day()
        if latest and latest > settings["TRACKER_TODAY"]:
            click.echo(f"注意：数据库中已有到 {latest} 的办理记录，待办和事项页显示最新状态，且不能在更早的日期办理。")
            click.echo(f"  请用 TODAY={latest} 或以后的日期；或换一个数据目录（TRACKER_DATA_DIR）重新开始。")
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
    for warning in warnings(settings):
        click.echo(f"注意：{warning}")
    sys.stdout.flush()


@click.command("scheduler")
@click.option("--beside", type=int, default=None, hidden=True, help="随这个进程一起结束")
def scheduler_command(beside: int | None) -> None:
    """启动定时任务；可同时启动多个，只有一个工作。"""
    app, stop = started(Door.SCHEDULER), Event()
    if beside is not None:
        stop_without(beside, stop)
    write_log(app)
    run_scheduler(app, stop)
