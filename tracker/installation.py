"""Tells whether this installation is sound: database, migrations, mail, clock, holidays, scheduler."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from tracker import clock, scanning
from tracker.audit import heads
from tracker.audit import queries as audit
from tracker.audit.chain import Head
from tracker.backups import operations as backups
from tracker.db import db
from tracker.outbox.channels import email
from tracker.people import queries as people
from tracker.reminders import runs
from tracker.resources import resource
from tracker.workdays import queries as workdays

EMPTY = "空库"


OLD_BACKUP = timedelta(hours=26)
"""A daily backup that is older is missing."""


@dataclass(frozen=True)
class Result:
    """One line of the check; an advisory one does not make the check fail."""

    what: str
    ok: bool
    message: str
    advisory: bool = False


def missing_migrations() -> str:
    """Return an empty string at the newest revision, else the revision the database stands at (空库: none)."""
    newest = ScriptDirectory(str(resource("migrations"))).get_current_head()
    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    return "" if current == newest else (current or EMPTY)


def checks(settings: Mapping[str, Any]) -> list[Result]:
    """Return a line for each thing an administrator must be able to trust."""
    database = _database()
    found = [Result("设置", True, f"{settings['TRACKER_ENV']} 环境，数据目录 {settings['TRACKER_DATA_DIR']}"), database]
    if database.ok:
        found += [_demo_accounts(settings), _scheduler(), _audit()]
    calendar = [_holidays(), _backup()] if database.ok else []
    return [*found, _mail(settings), *_scanner(settings), _clock(settings), *calendar]


def _database() -> Result:
    try:
        missing = missing_migrations()
    except DatabaseError as error:
        return Result("数据库", False, f"无法连接：{error.orig}。请核对 TRACKER_DATABASE_URL。")
    if missing:
        return Result("数据库", False, f"结构不是最新（现为 {missing}）：请运行 tracker db upgrade")
    return Result("数据库", True, f"{db.engine.dialect.name}，结构最新")


def _demo_accounts(settings: Mapping[str, Any]) -> Result:
    present = people.has_demo_accounts()
    wrong = present and settings["TRACKER_ENV"] == "production"
    return Result(
        "演示账号",
        not wrong,
        "正式环境中存在演示账号，请换用新的数据库" if wrong else ("有（演示环境）" if present else "无"),
    )


def _audit() -> Result:
    """Look at the end of the chain alone; the whole of it takes long and has a command of its own."""
    kept, head = heads.outside(), audit.head() or Head(0, "")
    newest = max(kept.witnesses, default=None)
    number = head.number
    if newest and (newest.number > number or (newest.number == number and newest.hash != head.hash)):
        words = f"库中 {number} 条，而 {newest.source} 记到第 {newest.number} 条：请运行 tracker audit verify"
        return Result("审计记录", False, words)
    if newest is None and number:
        return Result("审计记录", True, f"{number} 条；库外没有留存链头，末尾若被截去无从得知", advisory=True)
    return Result("审计记录", True, f"{number} 条，链头与库外留存的一致")


def _scheduler() -> Result:
    pulse = runs.pulse()
    if pulse is None:
        return Result("定时任务", False, "没有运行过：请启动 tracker scheduler，否则不会发出提醒", advisory=True)
    if pulse.dead:
        since = f"{clock.local(pulse.beat_at):%Y-%m-%d %H:%M:%S}"
        words = f"停了（最近一次心跳 {since}）：请启动 tracker scheduler，并看它的日志；提醒信现在发不出去"
        return Result("定时任务", False, words)
    return Result("定时任务", True, f"运行中（{pulse.holder}，心跳 {pulse.age.total_seconds():.0f} 秒前）")


def _mail(settings: Mapping[str, Any]) -> Result:
    if not settings["TRACKER_MAIL_URL"]:
        return Result(
            "邮件", True, f"未设 TRACKER_MAIL_URL：信件写入 {settings['TRACKER_DATA_DIR'] / 'outbox'}", advisory=True
        )
    try:
        email.probe(settings)
    except (TimeoutError, OSError, smtplib.SMTPException) as error:
        return Result("邮件", False, f"邮件服务器连不上（{error}）：请核对 TRACKER_MAIL_URL 和网络")
    return Result("邮件", True, "邮件服务器可连接")


def _scanner(settings: Mapping[str, Any]) -> list[Result]:
    if not settings["TRACKER_CLAMD"]:
        return []
    if scanning.is_up(settings["TRACKER_CLAMD"]):
        return [Result("病毒扫描", True, "扫描服务可连接")]
    return [Result("病毒扫描", False, "扫描服务连不上，附件都传不上来：请启动 clamd，或核对 TRACKER_CLAMD")]


def _clock(settings: Mapping[str, Any]) -> Result:
    fixed = "（已固定业务日期）" if settings["TRACKER_TODAY"] else ""
    return Result("时钟", True, f"业务日期 {clock.today()}{fixed}，时区 {settings['TRACKER_TIMEZONE'].key}")


def _backup() -> Result:
    last = backups.last()
    if last is None:
        return Result("备份", False, "没有备份过：请运行 tracker backup 文件名，并每天定时备份", advisory=True)
    age, when = clock.utc() - last, f"{clock.local(last):%Y-%m-%d %H:%M}"
    if age > OLD_BACKUP:
        return Result(
            "备份", False, f"最近一份是 {age.days} 天前（{when}）的：请每天定时运行 tracker backup", advisory=True
        )
    return Result("备份", True, f"最近一份做于 {when}，{int(age.total_seconds()) // 3600} 小时前")


def _holidays() -> Result:
    today = clock.today()
    missing = workdays.missing_year(today)
    if missing is None:
        return Result("节假日", True, f"{today.year} 年放假安排已知")
    what = "提醒只按周一至周五推算" if missing == today.year else "请在国务院办公厅发布后导入"
    return Result("节假日", False, f"{missing} 年放假安排未导入：{what}（系统管理员的“工作日历”页）", advisory=True)
