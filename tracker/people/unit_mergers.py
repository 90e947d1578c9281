"""Merges a unit into another of its kind: names and people go over, and the unit ends with its successor named."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from tracker.audit import operations as audit
from tracker.db import FOREVER, db
from tracker.people import operations, sessions, unit_lists, unit_names, units
from tracker.people.models import Organization, User
from tracker.people.unit_lists import Member, UnitRow
from tracker.rules.permissions import Actor, Role
from tracker.rules.words import say


class Fate(StrEnum):
    """What becomes of the people of a unit that is merged."""

    MOVE = "move"
    DISABLE = "disable"


FATE_TEXT = {Fate.MOVE: say("转到承接单位"), Fate.DISABLE: say("停用")}


@dataclass(frozen=True)
class Names:
    """Under which names of a merged unit its successor will be known, and which others bear already."""

    kept: tuple[str, ...]
    left: tuple[str, ...]


def obstacle(unit: UnitRow, into: UnitRow, day: date) -> str:
    """Return why a unit cannot be merged into another on a day, or nothing."""
    if unit.id == into.id:
        return say("不能并入自己，请另选承接单位。")
    if unit.parent_id is None:
        return say("市局是单位树的根，不能合并。")
    if unit.kind != into.kind:
        return say(
            "只有同类单位才能合并：{name}是{kind_text}，{name2}是{kind_text2}。",
            name=unit.name,
            kind_text=unit.kind_text,
            name2=into.name,
            kind_text2=into.kind_text,
        )
    for each in (unit, into):
        if not each.in_use(day):
            return say(
                "{name}在 {day} 不在用（{state_text}），不能合并。",
                name=each.name,
                day=day,
                state_text=each.state_text(day),
            )
    if unit.valid_from >= day:
        return say("{name}当天才启用，明天起才能合并。", name=unit.name)
    return (
        ""
        if into.valid_until == FOREVER
        else say("{name}将于 {valid_until} 停用，不能承接。", name=into.name, valid_until=into.valid_until)
    )


def people_obstacle(actor: Actor, people: list[Member], fate: Fate) -> str:
    """Return why the people of a unit cannot be disabled with it, or nothing."""
    if fate is not Fate.DISABLE:
        return ""
    if any(person.role is Role.ADMIN for person in people):
        return say("其中有系统管理员，不能随单位停用：请选择转到承接单位，或先改派。")
    return say("不能停用自己的账号：请选择转到承接单位。") if any(person.id == actor.id for person in people) else ""


def names(unit: UnitRow, into: UnitRow, day: date) -> Names:
    """Return what becomes of the names of a unit that is merged on a day. Two queries."""
    said = [unit.name, unit.short_name, *(alias.name for alias in unit.aliases if alias.valid_until > day)]
    wanted = [name for name in dict.fromkeys(said) if name not in (into.name, into.short_name)]
    others = {
        other.name
        for other in unit_names.borne(wanted)
        if other.unit_id not in (unit.id, into.id) and other.meets(day, FOREVER)
    }
    return Names(tuple(name for name in wanted if name not in others), tuple(name for name in wanted if name in others))


def absorb(actor: Actor, at: datetime, unit: Organization, into: Organization, going: Names, fate: Fate) -> None:
    """Let people and names of a unit go over to its successor, and the unit end on the day of `at`."""
    day = at.date()
    for user in _people(unit.id, day):
        if fate is Fate.DISABLE:
            operations.disable(actor, at, user)
        else:
            user.unit_id = into.id
            # Who belongs to another unit signs in again, as after any change of unit.
            user.session_version += 1
            sessions.end_all(user.id)
            words = f"{user.account} 单位：{unit.name} → {into.name}（合并）"
            audit.record(actor, at, "edit_user", "user", user.id, words, about_unit=into.id)
    units.end(unit, day, into.id)
    for name in going.kept:
        unit_names.keep(into, name, day, FOREVER)


def _people(unit_id: int, day: date) -> list[User]:
    ids = [member.id for member in unit_lists.members(unit_id, day)]
    held = select(User).where(User.id.in_(ids)).order_by(User.id).with_for_update()
    return list(db.session.scalars(held.execution_options(populate_existing=True)))
