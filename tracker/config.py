"""The settings: one table with name, default, meaning and parser; a bad value stops the start."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ENVIRONMENTS = ("demo", "production", "test")
DATABASES = ("sqlite", "postgresql+psycopg")
MAIL_SCHEMES = ("smtp", "smtps", "smtp+starttls")
SECRET_MIN_LENGTH = 32
TOKEN_MIN_LENGTH = 16


class ConfigError(ValueError):
    """A setting that cannot be used; the message is for the administrator."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its default, how it is read, what it means."""

    default: str
    read: Callable[[str], Any]
    meaning: str


def _text(value: str) -> str:
    return value


def _environment(value: str) -> str:
    if value not in ENVIRONMENTS:
        raise ValueError(f"只能是 {'、'.join(ENVIRONMENTS)}")
    return value


def _database(value: str) -> str:
    try:
        known = not value or make_url(value).drivername in DATABASES
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise ValueError("应写成 sqlite:///文件 或 postgresql+psycopg://用户:密码@主机/库名 的形式")
    return value


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("日期应写成 2021-06-24 的形式") from None


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("不是有效的时区名，例如 Asia/Shanghai") from None


def _web_address(value: str) -> str:
    if _address(value) is None or not value.startswith(("http://", "https://")):
        raise ValueError("应写成 http://主机:端口 的形式")
    return value.rstrip("/")


def _mail(value: str) -> str:
    if value and (_address(value) is None or urlsplit(value).scheme not in MAIL_SCHEMES):
        raise ValueError("应写成 smtp://主机:端口、smtps://… 或 smtp+starttls://… 的形式")
    return value


def _sender(value: str) -> str:
    name, at, host = value.rpartition("@")
    if not (name and at and host) or not value.isascii() or any(sign.isspace() for sign in value):
        raise ValueError("应写成 名称@主机 的形式")
    return value


def _address(value: str) -> str | None:
    """Return the host of an address, or None where it cannot be read."""
    try:
        parts = urlsplit(value)
        return parts.hostname if parts.port != 0 else None
    except ValueError:
        return None


def _megabytes(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 200:
        raise ValueError("应为 1 到 200 之间的整数（MB）")
    return int(value)


def _token(value: str) -> str:
    if value and (len(value) < TOKEN_MIN_LENGTH or not value.isascii() or any(sign.isspace() for sign in value)):
        raise ValueError(f"应为至少 {TOKEN_MIN_LENGTH} 个英文字母、数字或符号，中间没有空格")
    return value


CONFIDENTIAL = frozenset({"TRACKER_DATABASE_URL", "TRACKER_MAIL_URL", "TRACKER_METRICS_TOKEN", "TRACKER_SECRET_KEY"})
"""What may hold a password, and is never shown."""

SETTINGS: dict[str, Setting] = {
    "TRACKER_ENV": Setting("demo", _environment, "运行环境：demo、production 或 test"),
    "TRACKER_DATABASE_URL": Setting("", _database, "数据库地址；不设时用数据目录下的 tracker.db（SQLite）"),
    "TRACKER_SECRET_KEY": Setting("", _text, "会话与链接签名密钥；production 必须设置"),
    "TRACKER_TODAY": Setting("", _day, "固定业务日期，培训与测试用；production 拒绝"),
    "TRACKER_TIMEZONE": Setting("Asia/Shanghai", _zone, "业务时区"),
    "TRACKER_BASE_URL": Setting("http://127.0.0.1:8000", _web_address, "信件中链接的前缀；从不取自请求的 Host"),
    "TRACKER_MAIL_URL": Setting("", _mail, "邮件服务器；不设时信件写成 .eml 文件"),
    "TRACKER_MAIL_FROM": Setting("tracker@localhost", _sender, "发件人地址"),
    "TRACKER_DATA_DIR": Setting("instance", _text, "佐证材料与生成文件的目录"),
    "TRACKER_METRICS_TOKEN": Setting("", _token, "监控读取 /metrics 用的口令；不设时只有本机可读"),
    "TRACKER_MAX_UPLOAD_MB": Setting("20", _megabytes, "单个佐证材料的大小上限（MB）"),
}


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read every setting from `environ` (or from the file named by NAME_FILE); raise ConfigError."""
    values = {name: _read(name, setting, environ) for name, setting in SETTINGS.items()}
    data_dir = Path(values["TRACKER_DATA_DIR"]).resolve()
    values["TRACKER_DATA_DIR"] = data_dir
    values["TRACKER_DATABASE_URL"] = values["TRACKER_DATABASE_URL"] or f"sqlite:///{data_dir / 'tracker.db'}"
    _refuse_unsafe_production(values)
    if not values["TRACKER_SECRET_KEY"]:
        values["TRACKER_SECRET_KEY"] = _demo_secret(data_dir)
    return values


def _read(name: str, setting: Setting, environ: Mapping[str, str]) -> Any:
    raw = environ.get(name, "").strip()
    file = environ.get(f"{name}_FILE", "").strip()
    if file and not raw:
        try:
            raw = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "不是 UTF-8 文本"
            raise ConfigError(f"{name}_FILE 指向的文件读不出来（{why}）：请检查路径和权限。") from error
    try:
        return setting.read(raw or setting.default)
    except ValueError as error:
        shown = "" if name in CONFIDENTIAL else f"“{raw}”"
        raise ConfigError(f"设置 {name} 的值{shown}不能用：{error}。") from error


def _refuse_unsafe_production(values: Mapping[str, Any]) -> None:
    if values["TRACKER_ENV"] != "production":
        return
    if len(values["TRACKER_SECRET_KEY"]) < SECRET_MIN_LENGTH:
        raise ConfigError(f"production 环境必须设置 TRACKER_SECRET_KEY（至少 {SECRET_MIN_LENGTH} 个字符的随机串）。")
    if values["TRACKER_TODAY"]:
        raise ConfigError("production 环境不能固定业务日期：请去掉 TRACKER_TODAY。")


def _demo_secret(data_dir: Path) -> str:
    """Return the secret kept beside the demo data, making it once."""
    file = data_dir / "secret.key"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return file.read_text(encoding="ascii").strip()
