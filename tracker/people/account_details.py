"""What is kept of a person beside the password, who may give which role, and what details must be."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tracker.db import FOREVER
from tracker.people.account_lists import AccountRow, told_end
from tracker.people.operations import LENGTHS, AccountRefused
from tracker.people.seats import misplaced
from tracker.rules.organizations import OrganizationKind
from tracker.rules.permissions import POST_TEXT, ROLE_TEXT, Action, Actor, Post, Role, Scope
from tracker.rules.sentences import together
from tracker.rules.words import say

FIELD_TEXT = {
    "name": say("姓名"),
    "role": say("角色"),
    "unit": say("单位"),
    "email": say("邮箱"),
    "phone": say("电话"),
    "post": say("职务"),
    "valid_until": say("失效日期"),
}

OF_A_DISTRICT = (Role.CLERK, Role.OFFICE)
"""The roles that a district's lead may give and whose accounts a lead may touch: none above or beside the own."""

ACCOUNT = re.compile(r"[a-z0-9._-]*[a-z0-9][a-z0-9._-]*")

RESERVED = frozenset({"system"})
"""Under which name the service itself stands on record."""

MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PHONE = re.compile(r"[0-9+*#()（）/、,， .转—-]*")


class DetailsRefused(AccountRefused):
    """Details that cannot be stored; `problems` says of each field why."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep them."""
        super().__init__(together(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True)
class Details:
    """What is kept of a person beside account and role."""

    name: str
    unit_id: int
    email: str = ""
    phone: str = ""
    post: Post = Post.NONE
    valid_until: date = FOREVER


def grantable(actor: Actor) -> tuple[Role, ...]:
    """Return the roles whose accounts the person may make and touch."""
    match actor.reach(Action.EDIT_USERS):
        case Scope.ALL:
            return tuple(Role)
        case Scope.DISTRICT:
            return OF_A_DISTRICT
        case _:
            return ()


def tidy(text: str) -> str:
    """Return a line of text in its usual form."""
    return unicodedata.normalize("NFC", text).strip()


def account_name(text: str) -> str:
    """Return an account's name as it is kept; raise AccountRefused for one that cannot be."""
    account = text.strip().casefold()
    if not ACCOUNT.fullmatch(account):
        raise AccountRefused(say("账号只能由英文字母、数字、点、横线和下划线组成。"))
    if len(account) > LENGTHS["account"][1]:
        raise AccountRefused(say("账号过长：最多 {lengths} 个字符。", lengths=LENGTHS["account"][1]))
    if account in RESERVED:
        raise AccountRefused(say("这个账号名留给系统使用，请换一个。"))
    return account


def told(role: Role, details: Details | AccountRow, unit: str) -> dict[str, str]:
    """Return an account's fields as a person reads them."""
    return {
        "name": details.name,
        "role": ROLE_TEXT[role],
        "unit": unit,
        "email": details.email,
        "phone": details.phone,
        "post": POST_TEXT[details.post],
        "valid_until": told_end(details.valid_until),
    }


def phone_problem(phone: str) -> str:
    """Return why a telephone number cannot be one; an empty text where it can, or where there is none."""
    return "" if PHONE.fullmatch(phone) else say("电话只能写数字和 + - ( ) 转 等符号，例如 021-12345678转801。")


def problems(role: Role, details: Details, kind: OrganizationKind | None) -> dict[str, str]:
    """Return what is wrong with details, by field; `kind` is the unit's, None where it is not looked at."""
    found: dict[str, str] = {}
    if not details.name:
        found["name"] = say("请填写姓名。")
    for field in ("name", "email", "phone"):
        text, (label, most) = getattr(details, field), LENGTHS[field]
        if len(text) > most:
            found[field] = say("{label}过长：最多 {most} 个字符。", label=label, most=most)
        elif any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in text):
            found[field] = say("{label}只能写一行，不能有换行或看不见的字符。", label=label)
    if details.email and "email" not in found and not (details.email.isascii() and MAIL.fullmatch(details.email)):
        found["email"] = say("邮箱应写成 名称@主机 的形式，例如 zhang@example.cn。")
    if "phone" not in found and (wrong := phone_problem(details.phone)):
        found["phone"] = wrong
    if kind and (wrong := misplaced(role, kind)):
        found["unit"] = wrong
    return found
