"""Tells the steps of an import's record in users' words."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tracker.assignments.closures import CLOSING_TEXT
from tracker.plans.desk_settings import EVERY_TEXT
from tracker.rules.words import say
from tracker.web.plans.wizard.words import CHANGE_TEXT
from tracker.web.plans.words import FIELD_TEXT

LONGEST = 600
YES, NO, NONE = say("是"), say("否"), say("（空）")
SETTING_TEXT: dict[str, str] = {
    "owner": say("主办处室"),
    "counter_reviewer": say("代审处室"),
    "closing": say("没有牵头单位的任务，怎样算完成"),
    "offices_report": say("司法所自己填报"),
    "open_every": say("持续推进的任务多久填报一次"),
    "requirement_every": say("工作要求多久填报一次"),
    "near_days": say("临期天数"),
    "scored": say("计分（不勾选时只看完成情况）"),
    "base_points": say("满分"),
    "points_per_miss": say("每项未完成扣分"),
    "late_counts": say("逾期后办结也扣分"),
    "period_from": say("实施起始日"),
    "period_to": say("实施截止日"),
    "acceptance_default": say("办结标准（没有单独写明的任务都用它）"),
    "rule_quote": say("计分依据的原文"),
    "rule_source": say("计分依据的出处"),
}
"""The settings as their form calls them."""

_CHOICES: dict[str, Mapping[Any, str]] = {
    "closing": CLOSING_TEXT,
    "open_every": EVERY_TEXT,
    "requirement_every": EVERY_TEXT,
}


@dataclass(frozen=True)
class Told:
    """A step as it is shown; `settings` are the fields that it changed, with what they said before and say now."""

    at: datetime
    who: str
    what: str
    number: str
    field: str
    reason: str
    before: str
    after: str
    settings: tuple[tuple[str, str, str], ...] = ()


def told(rows: Iterable[tuple[Any, str | None]]) -> list[Told]:
    """Return steps as they are shown; with each goes what the step of its kind before it left behind."""
    return [_told(row, earlier or "") for row, earlier in rows]


def _told(row: Any, earlier: str) -> Told:
    line = say("第 {line} 行", line=row.field) if row.what == "patch" else ""
    field = "" if row.field == row.what else line or FIELD_TEXT.get(row.field, row.field)
    plain = Told(
        row.at,
        row.actor_name,
        CHANGE_TEXT.get(row.what, row.what),
        row.task_number,
        field,
        row.reason,
        _short(row.before),
        _short(row.after),
    )
    if row.what == "publish" and row.after.isdecimal():
        return replace(plain, after=say("交办 {n} 个责任事项", n=int(row.after)))
    if row.what != "settings":
        return plain
    return replace(plain, before="", after="", settings=tuple(_settings(_read(earlier), _read(row.after))))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else say("{text}……", text=text[:LONGEST])


def _read(kept: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kept) if kept else {}
    return found


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Give each setting that a step changed; of the first step all that were filled in."""
    for name, label in SETTING_TEXT.items():
        old, new = before.get(name), after.get(name)
        if new != old and (before or new not in ("", None)):
            yield label, _said(name, old) if before else "", _said(name, new)


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if value in ("", None):
        return NONE
    return _CHOICES.get(name, {}).get(value) or str(value)
