"""The security settings that an administrator may change: one table with default, limits, label and meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.rules.permissions import ROLE_TEXT, Role
from tracker.rules.words import say


class Policy(StrEnum):
    """By which book passwords are judged."""

    DENGBAO = "dengbao"
    ASVS = "asvs"


POLICY_TEXT: dict[Policy, str] = {
    Policy.DENGBAO: say("等保：至少 10 位、四类字符占三类，定期更换（GB/T 22239-2019 第 8.1.4.1 条 a）"),
    Policy.ASVS: say("ASVS：至少 12 位，不要求字符种类，不定期更换（OWASP ASVS 5.0 第 6.2 节）"),
}


@dataclass(frozen=True)
class Number:
    """A setting that is a whole number within limits."""

    default: int
    lowest: int
    highest: int
    label: str
    meaning: str


@dataclass(frozen=True)
class Choice:
    """A setting that is one of several words, or where `many` any of them, separated by commas."""

    default: str
    options: dict[Any, str]
    label: str
    meaning: str
    many: bool = False


SECURITY: dict[str, Number | Choice] = {
    "idle_minutes": Number(30, 5, 480, say("无操作退出（分钟）"), say("多长时间没有操作就须重新登录。")),
    "absolute_hours": Number(12, 1, 24, say("一次登录最长（小时）"), say("到时无论是否在用都须重新登录。")),
    "lock_failures": Number(
        5, 3, 20, say("锁定前允许的错误次数"), say("同一账号连续输错多少次密码后锁定，不论来自哪台电脑。")
    ),
    "lock_minutes": Number(15, 1, 1440, say("锁定时长（分钟）"), say("锁定多久；管理员可提前解锁。")),
    "password_policy": Choice("dengbao", POLICY_TEXT, say("密码口径"), say("只约束以后设置的密码；常见密码一律不收。")),
    "password_days": Number(
        90, 0, 3650, say("密码有效天数"), say("0 为不过期；只在等保口径下起作用，演示账号不过期。")
    ),
    "factor_roles": Choice(
        "", ROLE_TEXT, say("必须使用动态口令的角色"), say("所选角色登录后须先绑定动态口令；缺省不要求。"), many=True
    ),
    "audit_days": Number(190, 190, 36500, say("审计记录保存天数"), say("不得少于六个月，系统从不自动删除审计记录。")),
    "reset_minutes": Number(
        30, 5, 1440, say("重置链接有效（分钟）"), say("邮寄的重设密码链接多久后失效；每个链接只能用一次。")
    ),
}
"""name → default, what it may be, label and meaning for the administrator."""


@dataclass(frozen=True)
class Security:
    """The settings as they stand."""

    idle_minutes: int
    absolute_hours: int
    lock_failures: int
    lock_minutes: int
    password_policy: Policy
    password_days: int
    factor_roles: frozenset[Role]
    audit_days: int
    reset_minutes: int

    @property
    def password_lasts(self) -> int:
        """After how many days a password must be changed; 0 is never."""
        return self.password_days if self.password_policy is Policy.DENGBAO else 0


class SettingRefused(ValueError):
    """A value that a setting cannot have; the message says what it may be."""


def checked(name: str, value: str) -> str:
    """Return a value in its usual form; raise SettingRefused."""
    setting = SECURITY[name]
    if isinstance(setting, Number):
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise SettingRefused(say("{label}应为整数。", label=setting.label))
        if not setting.lowest <= int(value) <= setting.highest:
            raise SettingRefused(
                say(
                    "{label}应在 {lowest} 到 {highest} 之间。",
                    label=setting.label,
                    lowest=setting.lowest,
                    highest=setting.highest,
                )
            )
        return str(int(value))
    chosen = [word for word in value.split(",") if word]
    if any(word not in setting.options for word in chosen) or (not setting.many and len(chosen) != 1):
        raise SettingRefused(say("{label}请从所列各项中选择。", label=setting.label))
    return ",".join(word for word in setting.options if word in chosen)


def default(name: str) -> str:
    """Return a setting's default as it would be stored."""
    return str(SECURITY[name].default)


def told(name: str, value: str) -> str:
    """Return a value as a person reads it."""
    setting = SECURITY[name]
    if isinstance(setting, Number):
        return value
    chosen = [setting.options[word] for word in value.split(",") if word]
    return say("{each}", each=chosen) if chosen else say("无")


def security(stored: Mapping[str, str]) -> Security:
    """Return the settings from what is stored; whatever is absent stands at its default."""
    value = {name: stored.get(name, default(name)) for name in SECURITY}
    numbers = {name: int(value[name]) for name, setting in SECURITY.items() if isinstance(setting, Number)}
    return Security(
        **numbers,
        password_policy=Policy(value["password_policy"]),
        factor_roles=frozenset(Role(word) for word in value["factor_roles"].split(",") if word),
    )
