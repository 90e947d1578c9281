"""What every command needs: the application, the day asked for, JSON output, and refusals in plain words."""

import errno
import json
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, TypeVar

import click
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm.exc import StaleDataError

from tracker import clock
from tracker.app import create_app
from tracker.audit import origin
from tracker.db import LARGEST_ID, db
from tracker.rules.calendar import DayRefused, asked_day

REFUSALS = (ValueError, LookupError, PermissionError, OSError, DatabaseError, StaleDataError)

WHY = {
    errno.ENOENT: "不存在",
    errno.EISDIR: "是一个目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOSPC: "磁盘已满",
    errno.EADDRINUSE: "已被占用",
}
"""What the system's commonest refusals mean."""

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date on the command line."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read an ISO date."""
        if isinstance(value, date):
            return value
        try:
            return asked_day(value)
        except DayRefused as refused:
            self.fail(str(refused), param, ctx)


def with_app(function: Command) -> Command:
    """Run a command inside the application."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        origin.come_from(origin.CLI)
        with create_app().app_context():
            try:
                return function(*args, **kwargs)
            finally:
                db.session.remove()
                db.engine.dispose()

    return run  # type: ignore[return-value]


on_option = click.option("--on", "on", type=Day(), default=None, help="查询哪一天（默认：业务日期）")
json_option = click.option("--json", "as_json", is_flag=True, help="输出一份 JSON")
record_number = click.IntRange(1, LARGEST_ID)
plan_option = click.option(
    "--plan", "plan_id", type=record_number, default=None, help="方案编号（默认：第一个已发布的方案）"
)


def day_or_today(on: date | None) -> date:
    """Return the day asked for, or the business day."""
    return on or clock.today()


def write_json(value: Any) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def refusal(error: BaseException) -> str:
    """Return the one line that says why a command was refused."""
    if isinstance(error, DatabaseError):
        what = " ".join(str(error.orig).split())
        return f"数据库不可用或尚未建立：请先运行 tracker db upgrade，并核对 TRACKER_DATABASE_URL。（{what}）"
    if isinstance(error, StaleDataError):
        return "内容刚被他人修改，请重新执行。"
    if isinstance(error, OSError) and error.strerror:
        why = WHY.get(error.errno or 0, error.strerror)
        return f"文件无法使用：{error.filename or ''} {why}。请检查路径、权限和磁盘空间。"
    return " ".join(str(error).split()) or error.__class__.__name__
