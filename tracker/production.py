"""What must be so before the service may start for real people; every door that runs all day asks here."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from sqlalchemy.exc import DatabaseError

from tracker.config import SECRET_MIN_LENGTH, ConfigError
from tracker.db import db
from tracker.installation import missing_migrations
from tracker.people import queries as people

FEWEST_SIGNS = 10
"""A random string of 32 signs holds more different ones."""

GIVEAWAYS = (
    "changeme",
    "change-me",
    "change_me",
    "secret",
    "password",
    "example",
    "default",
    "replace",
    "your-",
)
"""What stands in secrets that were copied from somewhere."""

HOW = '请用 python3 -c "import secrets; print(secrets.token_urlsafe(48))" 生成一个'


class Door(Enum):
    """What is about to start: our own server, another WSGI server, the scheduler."""

    SERVE = "serve"
    WSGI = "wsgi"
    SCHEDULER = "scheduler"


def require_ready(settings: Mapping[str, Any], environ: Mapping[str, str], door: Door) -> None:
    """Raise ConfigError, naming everything that is wrong and what to do; ask within an application context."""
    production = settings["TRACKER_ENV"] == "production"
    found = problems(settings, environ, door) if production else []
    found += _of_database(production)
    if found:
        numbered = found if len(found) == 1 else [f"{number}. {line}" for number, line in enumerate(found, 1)]
        raise ConfigError(f"不能启动：{' '.join(numbered)}")


def problems(settings: Mapping[str, Any], environ: Mapping[str, str], door: Door) -> list[str]:
    """Return what of the settings is not fit for real people, each with what to do."""
    base = settings["TRACKER_BASE_URL"]
    return [
        line
        for wrong, line in (
            (
                is_weak(settings["TRACKER_SECRET_KEY"]),
                f"TRACKER_SECRET_KEY 太短、太有规律，或是示例中的值：{HOW}。",
            ),
            (
                bool(settings["TRACKER_AUDIT_KEY"]) and is_weak(settings["TRACKER_AUDIT_KEY"]),
                f"TRACKER_AUDIT_KEY 太有规律，或是示例中的值：{HOW}。",
            ),
            (bool(settings["TRACKER_TODAY"]), "正式环境不能固定业务日期：请去掉 TRACKER_TODAY。"),
            (_debugging(environ), "正式环境不能打开调试：请去掉 FLASK_DEBUG。"),
            (
                not base.startswith("https://"),
                "登录和填报须加密传输：请在前面配置 HTTPS，并把 TRACKER_BASE_URL 设为 https:// 开头的网址。",
            ),
            (*_of_proxies(settings, door),),
        )
        if wrong
    ]


def warnings(settings: Mapping[str, Any]) -> list[str]:
    """Return what does not keep the service from starting, but should not stay so."""
    if settings["TRACKER_ENV"] != "production":
        return []
    found = []
    if not settings["TRACKER_MAIL_URL"]:
        found.append("没有设置 TRACKER_MAIL_URL：提醒信只写成文件，不会寄出；密码重置链接也寄不出。")
    if not settings["TRACKER_CLAMD"]:
        found.append("没有设置 TRACKER_CLAMD：上传的附件不查病毒。")
    if not settings["TRACKER_RATE_LIMIT"]:
        found.append("TRACKER_RATE_LIMIT 为 0：不限制单个地址的请求次数。")
    return found


def is_weak(secret: str) -> bool:
    """Tell whether a secret could be guessed: too short, of few signs, the same over and over, or copied."""
    if len(secret) < SECRET_MIN_LENGTH or len(set(secret)) < FEWEST_SIGNS:
        return True
    repeats = secret in (secret + secret)[1:-1]
    return repeats or any(word in secret.lower() for word in GIVEAWAYS)


def _debugging(environ: Mapping[str, str]) -> bool:
    return environ.get("FLASK_DEBUG", "").strip().lower() not in ("", "0", "false", "no")


def _of_proxies(settings: Mapping[str, Any], door: Door) -> tuple[bool, str]:
    """Tell what is missing about proxies: our own server speaks no TLS, so that one must stand before it."""
    declared, secure = settings["TRACKER_PROXIES"], settings["TRACKER_BASE_URL"].startswith("https://")
    if door is Door.SERVE:
        return secure and not declared, (
            "tracker serve 只说 HTTP，HTTPS 由前面的反向代理提供：请把 TRACKER_PROXIES 设为代理的层数（一般是 1），"
            "并让代理改写 X-Forwarded-For、X-Forwarded-Proto、X-Forwarded-Host。"
        )
    return door is Door.WSGI and declared is None, (
        "请把 TRACKER_PROXIES 设为反向代理的层数（一般是 1）；由 WSGI 服务器自己提供 HTTPS、前面没有代理的，设为 0。"
    )


def _of_database(production: bool) -> list[str]:
    try:
        if missing_migrations():
            return ["数据库结构不是最新：请先运行 tracker db upgrade。"]
        if production and people.has_demo_accounts():
            return ["正式环境的数据库中存在演示账号：请换用新的数据库，或停止使用演示数据。"]
    except DatabaseError as error:
        return [f"数据库连不上（{type(error.orig).__name__}）：请核对 TRACKER_DATABASE_URL，并确认数据库已启动。"]
    finally:
        db.session.rollback()
    return []
