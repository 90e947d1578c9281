"""What every page shows: menu, banner, business day; filters and static addresses for templates."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from tracker import clock, i18n
from tracker.db import db
from tracker.outbox import queries as outbox
from tracker.people import held
from tracker.people import queries as people
from tracker.people.displays import KEYS, SIZES, THEMES, Display
from tracker.rules.permissions import Action, Actor, Role, holders, may
from tracker.rules.plan_text.checks import kinds
from tracker.rules.words import say
from tracker.web.paging import foreseen
from tracker.web.places import first_page, here
from tracker.web.session import standing

PARENTS = {
    "calendars.preview": "calendars.index",
    "calendars.confirm": "calendars.index",
    "calendars.set_day": "calendars.index",
    "calendars.remove_day": "calendars.index",
    "home.keys": "home.help_page",
    "plans.plan": "plans.index",
    "plan_progress.page": "plans.index",
    "plan_years.page": "plans.index",
    "plan_years.item": "plans.index",
    "plan_years.review": "plans.index",
    "early_tasks.decide": "plans.index",
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
    "plan_sources.source": "plans.index",
    "plan_sources.of_plan": "plans.index",
    "plan_sources.of_import": "plans.index",
    "plan_sources.decide": "plans.index",
    "plan_sources.accept_of_plan": "plans.index",
    "plan_sources.accept_of_import": "plans.index",
    "task_imports.upload": "plans.index",
    "task_imports.preview": "plans.index",
    "task_imports.confirm": "plans.index",
    "plan_imports.begin": "plan_imports.index",
    "plan_imports.drop": "plan_imports.index",
    "plan_imports.history": "plan_imports.index",
    "import_checks.check": "plan_imports.index",
    "import_checks.edit": "plan_imports.index",
    "import_checks.split": "plan_imports.index",
    "import_checks.merge": "plan_imports.index",
    "import_checks.withdraw": "plan_imports.index",
    "import_checks.restore": "plan_imports.index",
    "import_checks.add": "plan_imports.index",
    "import_checks.head": "plan_imports.index",
    "import_checks.confirm": "plan_imports.index",
    "import_checks.patch": "plan_imports.index",
    "policies.page": "plans.index",
    "policies.edit": "plans.index",
    "rules.versions": "plans.index",
    "rules.change": "plans.index",
    "scoring.explanation": "scoring.board",
    "scoring.forecast": "scoring.board",
    "scoring.draft": "scoring.board",
    "scoring.replay": "scoring.board",
    "comparing.compare": "scoring.board",
    "statements.statement": "scoring.board",
    "statements.every": "scoring.board",
    "finalizing.review": "scoring.board",
    "finalizing.freeze": "scoring.board",
    "score_acts.deduct": "scoring.board",
    "score_acts.appeal": "scoring.board",
    "score_acts.decide": "scoring.board",
    "evaluations.overview": "evaluations.current",
    "evaluations.district": "evaluations.current",
    "evaluations.judge": "evaluations.current",
    "evaluations.rest": "evaluations.current",
    "self_evaluations.save": "self_evaluations.page",
    "self_evaluations.submit": "self_evaluations.page",
    "indicator_figures.office": "indicator_figures.office",
    "indicator_figures.give": "indicator_figures.office",
    "saved_views.index": "overview.ledger",
    "saved_views.save": "overview.ledger",
    "saved_views.rename": "overview.ledger",
    "overview.preview_unchanged": "overview.todo",
    "overview.file_unchanged": "overview.todo",
    "urging.preview": "overview.overdue",
    "urging.urge": "overview.overdue",
    "orders.preview": "overview.overdue",
    "orders.issue": "overview.overdue",
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
    "work.piece": "work.index",
    "work.stop": "work.index",
    "patterns.index": "security.page",
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

DISPLAY_CHOICES = (("theme", say("外观"), THEMES), ("text_size", say("字号"), SIZES), ("keys", say("快捷键"), KEYS))
"""What a person can choose of how pages look, beside the language."""

INBOX = "inbox.letters"
APPRAISALS = "appraisal_years.index"
INDICATORS, OFFICE_FIGURES = "indicator_rounds.index", "indicator_figures.office"

PARENTS_OF_AREAS = dict.fromkeys(
    (
        *("indicator_rounds", "indicator_filling", "indicator_questions", "indicator_tables"),
        *("indicator_exchange", "indicator_figures", "indicator_files", "indicator_forms"),
    ),
    INDICATORS,
) | dict.fromkeys(
    (
        *("appraisal_years", "appraisal_sheets", "appraisal_special", "appraisal_own", "appraisal_appeals"),
        *("appraisal_ballots", "appraisal_decisions", "appraisal_results", "appraisal_papers"),
    ),
    APPRAISALS,
)
"""Areas whose pages all stand under one line of the menu."""

DEMO = "demo_history"

VERSION = "0.1.0"

BRAND = say("督办台账{brand}", brand="")
"""The name of the program; the empty value tells it from the page of that name, which English calls otherwise."""


@dataclass(frozen=True)
class MenuItem:
    """A line of the menu."""

    label: str
    href: str
    icon: str
    active: bool = False
    count: int = 0


MENU: tuple[tuple[str, str, str, frozenset[Role]], ...] = (
    (say("督办台账"), "overview.ledger", "ledger", frozenset({Role.SUPERVISOR})),
    (say("总览"), "home.overview", "overview", frozenset({Role.SUPERVISOR, Role.LEADER, Role.ADMIN})),
    (
        say("我的待办"),
        "overview.todo",
        "todo",
        holders(Action.HANDLE) | holders(Action.REVIEW) | holders(Action.SIGN_OFF) | {Role.LEADER},
    ),
    (say("督办台账"), "overview.ledger", "ledger", frozenset({Role.LEADER, Role.ADMIN})),
    (say("本处室台账"), "overview.ledger", "ledger", frozenset({Role.REVIEWER})),
    (say("本单位台账"), "overview.ledger", "ledger", frozenset({Role.LEAD, Role.CLERK, Role.OFFICE})),
    (say("逾期清单"), "overview.overdue", "light-overdue", holders(Action.VIEW_ASSIGNMENTS)),
    (say("任务×区"), "matrix.matrix", "matrix", holders(Action.VIEW_ASSIGNMENTS)),
    (say("得分排名"), "scoring.board", "scores", holders(Action.VIEW_RANKING)),
    (say("异议"), "appeals.index", "flag", holders(Action.DECIDE_APPEAL)),
    (say("自评"), "self_evaluations.page", "appraisal", holders(Action.SELF_EVALUATE)),
    (say("评估"), "evaluations.current", "appraisal", holders(Action.EVALUATE)),
    (say("指标采集"), INDICATORS, "indicators", holders(Action.VIEW_INDICATORS)),
    (say("区局要的数据"), OFFICE_FIGURES, "indicators", holders(Action.GIVE_FIGURES)),
    (say("考评测评"), APPRAISALS, "appraisal", holders(Action.VIEW_APPRAISAL)),
    (say("方案"), "plans.index", "plans", holders(Action.VIEW_PLANS)),
    (say("方案导入"), "plan_imports.index", "import", holders(Action.EDIT_PLAN)),
    (say("提醒信"), "outbox.letters", "outbox", holders(Action.VIEW_OUTBOX)),
    (say("审计记录"), "audit.entries", "audit", holders(Action.VIEW_AUDIT)),
    (say("核验"), "audit.verify", "check-circle", holders(Action.VIEW_AUDIT)),
    (say("审计日报"), "audit.of_day", "print", holders(Action.VIEW_AUDIT)),
    (say("发送渠道"), "channels.index", "link", holders(Action.EDIT_CHANNELS)),
    (say("定时任务"), "scheduler.state", "clock", holders(Action.VIEW_SCHEDULER)),
    (say("备份"), "backups.index", "download", holders(Action.BACK_UP)),
    (say("工作日历"), "calendars.index", "calendar", holders(Action.EDIT_CALENDAR)),
    (say("提醒预告"), "reminding.preview", "mail", holders(Action.PREVIEW_REMINDERS)),
    (say("收件箱"), INBOX, "mail", holders(Action.OWN_LETTERS)),
    (say("提醒方式"), "settings.reminders", "bell", holders(Action.OWN_LETTERS)),
    (say("人员"), "users.index", "people", holders(Action.VIEW_USERS)),
    (say("单位"), "units.index", "flag", holders(Action.EDIT_UNITS)),
    (say("权限表"), "permissions.matrix", "check-circle", holders(Action.VIEW_PERMISSIONS)),
    (say("安全设定"), "security.page", "settings", holders(Action.EDIT_SETTINGS)),
    (say("本人账号"), "me.account", "user", holders(Action.OWN_ACCOUNT)),
    (say("修改密码"), "auth.password", "lock", holders(Action.OWN_ACCOUNT)),
    (say("帮助"), "home.help_page", "help", frozenset(Role)),
)
"""Label, page, symbol, and who has it: what a role needs most stands on top."""


@cache
def _address(endpoint: str) -> str:
    return url_for(endpoint)


def menu(actor: Actor, unread: int = 0) -> list[MenuItem]:
    """Return the person's menu; beside the inbox stands how many letters are unread."""
    endpoint, area = request.endpoint or "", request.blueprint or ""
    here = PARENTS.get(endpoint) or PARENTS_OF_AREAS.get(area) or endpoint
    return [
        MenuItem(label, _address(endpoint), icon, here == endpoint, unread if endpoint == INBOX else 0)
        for label, endpoint, icon, roles in MENU
        if actor.role in roles
    ]


def points(value: Decimal) -> str:
    """Return points without trailing zeros."""
    return f"{value.normalize():f}"


def _static_url(app: Flask) -> Callable[[str], str]:
    versions: dict[str, str] = {}

    def address(name: str) -> str:
        if name not in versions or app.debug:
            content = (Path(app.static_folder or "") / name).read_bytes()
            versions[name] = hashlib.sha256(content).hexdigest()[:8]
        return f"/static/{name}?v={versions[name]}"

    return address


_FACTS = select(people.MARKER.scalar_subquery(), outbox.UNREAD.scalar_subquery(), held.NEWEST.scalar_subquery())
"""What the frame of every page shows of the database, asked in one go."""


def _facts(actor: Actor | None) -> tuple[str, int, int | None]:
    """Return what is noted of invented history, how many letters are unread, and the last form kept. One query."""
    if actor is None:
        return people.marker(DEMO), 0, None
    now = clock.utc()
    asked = {"name": DEMO, "account": actor.account, "now": now, **held.newest_of(actor, now)}
    marker, unread, kept = db.session.execute(_FACTS, asked).one()
    return marker or "", unread, kept


def _context() -> dict[str, Any]:
    try:
        found = standing()
        actor = found.actor if found else None
        display = found.display if found else Display(i18n.language())
        banner, unread, kept = _facts(actor)
    except DatabaseError:  # The page that says so must still be shown.
        actor, banner, unread, kept, display = None, "", 0, None, Display(i18n.language())
    return {
        "actor": actor,
        "menu": menu(actor, unread) if actor else [],
        "unread": unread,
        "held_form": kept if request.blueprint != "held_forms" else None,
        "business_day": clock.today(),
        "version": VERSION,
        "demo_banner": _invented(banner),
        "display": display,
        "here": here(),
        "search_url": "/search" if actor and may(actor, Action.VIEW_PLANS) else "",
        "tour": actor is not None and display.tour_due and request.endpoint == first_page(actor.role),
    }


def _invented(banner: str) -> str:
    return say("演示环境：任务取自真实文件，截至 {day} 的办理记录、得分和人员均为虚构。", day=banner) if banner else ""


def init_app(app: Flask) -> None:
    """Give templates their context, filters and globals."""
    app.context_processor(_context)
    app.jinja_env.globals.update(
        static_url=_static_url(app),
        csrf_token=generate_csrf,
        display_choices=DISPLAY_CHOICES,
        brand=BRAND,
        foreseen=foreseen,
    )
    app.jinja_env.filters.update(points=points, oddity=kinds.said)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
