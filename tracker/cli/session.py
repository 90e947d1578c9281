"""What every command needs: the application, the day asked for, JSON output, and refusals in plain words."""

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

REFUSALS = (ValueError, LookupError, PermissionError, OSError, DatabaseError, StaleDataError)

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date on the command line."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read an ISO date."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"日期“{value}”不对，应写成 2021-03-01 的形式。", param, ctx)


def with_app(function: Command) -> Command:
    """Run a command inside the application."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with create_app().app_context():
            return function(*args, **kwargs)

    return run  # type: ignore[return-value]


on_option = click.option("--on", "on", type=Day(), default=None, help="查询哪一天（默认：业务日期）")
json_option = click.option("--json", "as_json", is_flag=True, help="输出一份 JSON")
plan_option = click.option("--plan", "plan_id", type=int, default=None, help="方案编号（默认：第一个已发布的方案）")


def day_or_today(on: date | None) -> date:
    """Return the day asked for, or the business day."""
    return on or clock.today()


def write_json(value: Any) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def refusal(error: BaseException) -> str:
    """Return the one line that says why a command was refused."""
    if isinstance(error, DatabaseError):
        return f"数据库不可用或尚未建立：请先运行 tracker db upgrade，并核对 TRACKER_DATABASE_URL。（{error.orig}）"
    if isinstance(error, StaleDataError):
        return "内容刚被他人修改，请重新执行。"
    if isinstance(error, OSError) and error.strerror:
        return f"文件无法使用：{error.filename or ''} {error.strerror}。请检查路径、权限和磁盘空间。"
    return " ".join(str(error).split()) or error.__class__.__name__
