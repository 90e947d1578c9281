"""The settings: one table with name, default, meaning and parser; a bad value stops the start."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
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
HOST = re.compile(r"\.?[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


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


def _audit_key(value: str) -> str:
    if value and len(value) < SECRET_MIN_LENGTH:
        raise ValueError(f"应为至少 {SECRET_MIN_LENGTH} 个字符的随机串")
    return value


def _hosts(value: str) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if any(not HOST.fullmatch(host) for host in hosts):
        raise ValueError("应写成 主机名 或 主机名:端口，多个用逗号分隔")
    return hosts


def _number_of_proxies(value: str) -> int | None:
    if not value:
        return None
    if value not in ("0", "1", "2", "3", "4", "5"):
        raise ValueError("应为 0 到 5 之间的整数：请求经过几层反向代理，没有则填 0")
    return int(value)


def _rate(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > 1_000_000:
        raise ValueError("应为整数（每分钟次数），0 表示不限")
    return int(value)


def _scanner(value: str) -> str:
    host, colon, port = value.rpartition(":")
    by_network = bool(host and colon) and port.isascii() and port.isdigit() and 0 < int(port) < 65536
    if value and not by_network and not value.startswith("/"):
        raise ValueError("应写成 主机:端口 或套接字文件的绝对路径，例如 /run/clamav/clamd.ctl")
    return value


def _networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("应写成网段，多个用逗号分隔，例如 10.1.0.0/16,192.168.5.8/32") from None


def _token(value: str) -> str:
    if value and (len(value) < TOKEN_MIN_LENGTH or not value.isascii() or any(sign.isspace() for sign in value)):
        raise ValueError(f"应为至少 {TOKEN_MIN_LENGTH} 个英文字母、数字或符号，中间没有空格")
    return value


CONFIDENTIAL = frozenset(
    {
        "TRACKER_AUDIT_KEY",
        "TRACKER_DATABASE_URL",
        "TRACKER_MAIL_URL",
        "TRACKER_METRICS_TOKEN",
        "TRACKER_SECRET_KEY",
    }
)
"""What may hold a password, and is never shown."""

SETTINGS: dict[str, Setting] = {
    "TRACKER_ENV": Setting("demo", _environment, "运行环境：demo、production 或 test"),
    "TRACKER_DATABASE_URL": Setting("", _database, "数据库地址；不设时用数据目录下的 tracker.db（SQLite）"),
    "TRACKER_SECRET_KEY": Setting("", _text, "会话与链接签名密钥；production 必须设置"),
    "TRACKER_AUDIT_KEY": Setting("", _audit_key, "审计链的密钥，不存入数据库；不设时由 TRACKER_SECRET_KEY 导出"),
    "TRACKER_TODAY": Setting("", _day, "固定业务日期，培训与测试用；production 拒绝"),
    "TRACKER_TIMEZONE": Setting("Asia/Shanghai", _zone, "业务时区"),
    "TRACKER_BASE_URL": Setting("http://127.0.0.1:8000", _web_address, "信件中链接的前缀；从不取自请求的 Host"),
    "TRACKER_ALLOWED_HOSTS": Setting("", _hosts, "网站的主机名，用逗号分隔；不设时为 TRACKER_BASE_URL 的主机"),
    "TRACKER_PROXIES": Setting("", _number_of_proxies, "请求经过几层可信的反向代理；不设时不读 X-Forwarded-*"),
    "TRACKER_RATE_LIMIT": Setting("600", _rate, "每个地址每分钟最多几次请求（每个进程分别计）；0 不限"),
    "TRACKER_WEBHOOK_NETWORKS": Setting("", _networks, "通知渠道可以访问的内网网段；不设时只能访问公网"),
    "TRACKER_CLAMD": Setting("", _scanner, "病毒扫描服务 clamd 的地址；不设时不扫描"),
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
    values["TRACKER_ALLOWED_HOSTS"] = _own_hosts(values)
    _refuse_unsafe_production(values)
    if not values["TRACKER_SECRET_KEY"]:
        values["TRACKER_SECRET_KEY"] = _demo_secret(data_dir)
    return values


def _own_hosts(values: Mapping[str, Any]) -> list[str]:
    """Return the hosts that requests may name: those set, or the base address's; this machine's outside production."""
    hosts = values["TRACKER_ALLOWED_HOSTS"] or [urlsplit(values["TRACKER_BASE_URL"]).hostname]
    return list(hosts) if values["TRACKER_ENV"] == "production" else [*hosts, *THIS_MACHINE]


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
