"""What every page shows: menu, banner, business day; filters and static addresses for templates."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from tracker import clock
from tracker.db import db
from tracker.outbox import queries as outbox
from tracker.people import queries as people
from tracker.rules.permissions import Action, Actor, Role, holders
from tracker.web.session import signed_in

PARENTS = {
    "calendars.preview": "calendars.index",
    "calendars.confirm": "calendars.index",
    "calendars.set_day": "calendars.index",
    "calendars.remove_day": "calendars.index",
    "plans.plan": "plans.index",
    "plans.settings": "plans.index",
    "plans.task": "plans.index",
    "plans.edit_acceptance": "plans.index",
    "tasks.index": "plans.index",
    "tasks.new": "plans.index",
    "tasks.create": "plans.index",
    "tasks.edit": "plans.index",
    "tasks.move_due": "plans.index",
    "tasks.assign": "plans.index",
    "tasks.archive": "plans.index",
    "task_imports.upload": "plans.index",
    "task_imports.preview": "plans.index",
    "task_imports.confirm": "plans.index",
    "policies.page": "plans.index",
    "policies.edit": "plans.index",
    "scoring.explanation": "scoring.board",
    "scoring.draft": "scoring.board",
    "scoring.replay": "scoring.board",
    "score_acts.deduct": "scoring.board",
    "score_acts.appeal": "scoring.board",
    "score_acts.decide": "scoring.board",
    "urging.preview": "overview.overdue",
    "urging.urge": "overview.overdue",
    "extensions.index": "overview.todo",
    "inbox.letter": "inbox.letters",
    "settings.edit_reminders": "settings.reminders",
    "feeds.create": "settings.reminders",
    "outbox.letter": "outbox.letters",
    "outbox.resend": "outbox.letters",
    "channels.new": "channels.index",
    "channels.add": "channels.index",
    "channels.channel": "channels.index",
    "channels.edit": "channels.index",
    "channels.disable": "channels.index",
    "reminding.escalations": "reminding.preview",
    "scheduler.run": "scheduler.state",
    "backups.make": "backups.index",
    "auth.factor": "me.account",
    "auth.factor_codes": "me.account",
    "auth.factor_off": "me.account",
    "me.edit": "me.account",
    "users.new": "users.index",
    "users.create": "users.index",
    "users.account": "users.index",
    "users.edit": "users.index",
    "account_acts.disable": "users.index",
    "account_acts.enable": "users.index",
    "account_acts.reset": "users.index",
    "account_acts.role": "users.index",
    "account_acts.end_sessions": "users.index",
    "account_acts.unlock": "users.index",
    "account_acts.reset_factor": "users.index",
    "user_imports.upload": "users.index",
    "user_imports.preview": "users.index",
    "user_imports.confirm": "users.index",
    "units.new": "units.index",
    "units.create": "units.index",
    "units.unit": "units.index",
    "units.edit": "units.index",
    "unit_acts.add_alias": "units.index",
    "unit_acts.remove_alias": "units.index",
    "unit_acts.move": "units.index",
    "unit_acts.close": "units.index",
    "unit_acts.reopen": "units.index",
    "unit_acts.preview": "units.index",
    "unit_acts.merge": "units.index",
    "unit_imports.upload": "units.index",
    "unit_imports.preview": "units.index",
    "unit_imports.confirm": "units.index",
}
"""Under which line of the menu a page without one of its own belongs."""

INBOX = "inbox.letters"
DEMO = "demo_history"

WEEKDAYS = "一二三四五六日"
VERSION = "0.1.0"


@dataclass(frozen=True)
class MenuItem:
    """A line of the menu."""

    label: str
    href: str
    icon: str
    active: bool = False
    count: int = 0


MENU: tuple[tuple[str, str, str, frozenset[Role]], ...] = (
    ("总览", "home.overview", "overview", frozenset({Role.SUPERVISOR, Role.LEADER, Role.ADMIN})),
    ("我的待办", "overview.todo", "todo", holders(Action.HANDLE) | holders(Action.REVIEW) | holders(Action.SIGN_OFF)),
    ("逾期清单", "overview.overdue", "ledger", holders(Action.VIEW_ASSIGNMENTS)),
    ("任务×区", "overview.matrix", "matrix", holders(Action.VIEW_ASSIGNMENTS)),
    ("得分排名", "scoring.board", "scores", holders(Action.VIEW_RANKING)),
    ("方案", "plans.index", "plans", holders(Action.VIEW_PLANS)),
    ("提醒信", "outbox.letters", "outbox", holders(Action.VIEW_OUTBOX)),
    ("审计记录", "audit.entries", "audit", holders(Action.VIEW_AUDIT)),
    ("核验", "audit.verify", "check-circle", holders(Action.VIEW_AUDIT)),
    ("审计日报", "audit.of_day", "print", holders(Action.VIEW_AUDIT)),
    ("发送渠道", "channels.index", "link", holders(Action.EDIT_CHANNELS)),
    ("定时任务", "scheduler.state", "clock", holders(Action.VIEW_SCHEDULER)),
    ("备份", "backups.index", "download", holders(Action.BACK_UP)),
    ("工作日历", "calendars.index", "calendar", holders(Action.EDIT_CALENDAR)),
    ("提醒预告", "reminding.preview", "mail", holders(Action.PREVIEW_REMINDERS)),
    ("收件箱", INBOX, "mail", holders(Action.OWN_LETTERS)),
    ("提醒方式", "settings.reminders", "bell", holders(Action.OWN_LETTERS)),
    ("人员", "users.index", "people", holders(Action.VIEW_USERS)),
    ("单位", "units.index", "flag", holders(Action.EDIT_UNITS)),
    ("权限表", "permissions.matrix", "check-circle", holders(Action.VIEW_PERMISSIONS)),
    ("安全设定", "security.page", "settings", holders(Action.EDIT_SETTINGS)),
    ("本人账号", "me.account", "user", holders(Action.OWN_ACCOUNT)),
    ("修改密码", "auth.password", "lock", holders(Action.OWN_ACCOUNT)),
    ("帮助", "home.help_page", "help", frozenset(Role)),
)
"""Label, page, symbol, and who has it: what a role needs most stands on top."""


@cache
def _address(endpoint: str) -> str:
    return url_for(endpoint)


def menu(actor: Actor, unread: int = 0) -> list[MenuItem]:
    """Return the person's menu; beside the inbox stands how many letters are unread."""
    here = PARENTS.get(request.endpoint or "", request.endpoint)
    return [
        MenuItem(label, _address(endpoint), icon, here == endpoint, unread if endpoint == INBOX else 0)
        for label, endpoint, icon, roles in MENU
        if actor.role in roles
    ]


def zh_date(day: date | None) -> str:
    """Return 2021年6月24日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


def zh_weekday(day: date) -> str:
    """Return 星期四."""
    return f"星期{WEEKDAYS[day.weekday()]}"


def zh_moment(moment: datetime) -> str:
    """Return 6月24日 10:42 in the business zone."""
    local = clock.local(moment)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def points(value: Decimal) -> str:
    """Return points without trailing zeros."""
    return f"{value.normalize():f}"


def _static_url(app: Flask) -> Callable[[str], str]:
    versions: dict[str, str] = {}

    def address(name: str) -> str:
        if name not in versions or app.debug:
            content = (Path(app.static_folder or "") / name).read_bytes()
            versions[name] = hashlib.sha256(content).hexdigest()[:12]
        return f"/static/{name}?v={versions[name]}"

    return address


_FACTS = select(people.MARKER.scalar_subquery(), outbox.UNREAD.scalar_subquery())
"""What the frame of every page shows of the database, asked in one go."""


def _facts(actor: Actor | None) -> tuple[str, int]:
    """Return what is noted of invented history, and how many letters the person has not read. One query."""
    if actor is None:
        return people.marker(DEMO), 0
    asked = {"name": DEMO, "account": actor.account, "now": clock.utc()}
    marker, unread = db.session.execute(_FACTS, asked).one()
    return marker or "", unread


def _context() -> dict[str, Any]:
    try:
        actor = signed_in()
        banner, unread = _facts(actor)
    except DatabaseError:  # The page that says so must still be shown.
        actor, banner, unread = None, "", 0
    return {
        "actor": actor,
        "menu": menu(actor, unread) if actor else [],
        "unread": unread,
        "business_day": clock.today(),
        "version": VERSION,
        "demo_banner": f"演示环境：任务取自真实文件，截至 {banner} 的办理记录、得分和人员均为虚构。" if banner else "",
    }


def init_app(app: Flask) -> None:
    """Give templates their context, filters and globals."""
    app.context_processor(_context)
    app.jinja_env.globals.update(static_url=_static_url(app), csrf_token=generate_csrf)
    app.jinja_env.filters.update(zh_date=zh_date, zh_weekday=zh_weekday, zh_moment=zh_moment, points=points)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
