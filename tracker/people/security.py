"""The security settings as they stand, and their change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import SecuritySetting
from tracker.people.turns import take_turn
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.security import SECURITY, Security, checked, default, security, told
from tracker.rules.words import say

KEPT = timedelta(seconds=10)
"""For how long a process goes by what it read: every request asks."""

_known: WeakKeyDictionary[Any, tuple[datetime, Security]] = WeakKeyDictionary()
"""What was read from each database, and when."""


@dataclass(frozen=True)
class Standing:
    """A setting as the administrator sees it; `at` and `by` say who changed it, if anybody did."""

    name: str
    value: str
    at: datetime | None = None
    by: str = ""

    @property
    def label(self) -> str:
        """What it is called."""
        return SECURITY[self.name].label

    @property
    def text(self) -> str:
        """The value in the reader's words."""
        return told(self.name, self.value)

    @property
    def default_text(self) -> str:
        """The default in the reader's words."""
        return told(self.name, default(self.name))


class StaleSettings(ValueError):
    """Somebody else changed the settings first; `standing` is how they stand now, under `version`."""

    def __init__(self, standing: list[Standing], version: int) -> None:
        """Keep both."""
        super().__init__(say("安全设定刚被他人修改，您的修改没有保存。"))
        self.standing, self.version = standing, version


def current(at: datetime) -> Security:
    """Return the settings; `at` is the real moment. Changes of another process count after KEPT at the latest."""
    engine = db.session.get_bind().engine
    read = _known.get(engine)
    if read is None or not timedelta() <= at - read[0] < KEPT:
        read = _known[engine] = (at, security(_stored()))
    return read[1]


def _stored() -> dict[str, str]:
    rows = db.session.execute(select(SecuritySetting.name, SecuritySetting.value))
    return {name: value for name, value in rows if name in SECURITY}


def standing() -> tuple[list[Standing], int]:
    """Return every setting in the table's order, and the version of them all."""
    rows = db.session.execute(
        select(SecuritySetting.name, SecuritySetting.value, SecuritySetting.at, SecuritySetting.actor_name)
    ).all()
    stored = {row.name: Standing(row.name, row.value, row.at, row.actor_name) for row in rows}
    return [stored.get(name) or Standing(name, default(name)) for name in SECURITY], _version()


def _version() -> int:
    return db.session.scalar(select(func.coalesce(func.sum(SecuritySetting.version), 0))) or 0


def change(actor: Actor, at: datetime, version: int, wanted: Mapping[str, str]) -> list[str]:
    """Store the settings that differ and return their labels; raise StaleSettings, SettingRefused."""
    require(actor, Action.EDIT_SETTINGS)
    take_turn("security_setting")
    before, stands = standing()
    if stands != version:
        raise StaleSettings(before, stands)
    values = {name: checked(name, wanted[name]) for name in SECURITY}
    changed = [setting for setting in before if setting.value != values[setting.name]]
    for setting in changed:
        _store(setting.name, values[setting.name], at, actor.name)
        detail = f"{setting.label}：{setting.text} → {told(setting.name, values[setting.name])}"
        audit.record(actor, at, "edit_security", "security_setting", None, detail)
    _known.pop(db.session.get_bind().engine, None)
    return [setting.label for setting in changed]


def _store(name: str, value: str, at: datetime, by: str) -> None:
    row = db.session.get(SecuritySetting, name)
    if row is None:
        db.session.add(SecuritySetting(name=name, value=value, at=at, actor_name=by))
    else:
        row.value, row.at, row.actor_name = value, at, by
