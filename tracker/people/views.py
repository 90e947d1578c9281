"""Saved views: a list's filters under a name, of one person or shared with everybody who may open the list."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.exc import NoResultFound

from tracker.audit import operations as audit
from tracker.db import db
from tracker.people.models import SavedView
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

MOST = 30
"""Views of one person."""

LONGEST_NAME = 40
LONGEST_QUERY = 2000


class View(NamedTuple):
    """A saved view; `own` tells whether the person may rename and delete it."""

    id: int
    page: str
    name: str
    query: str
    shared: bool
    own: bool

    @property
    def address(self) -> str:
        """The list with these filters."""
        return f"{self.page}?{self.query}" if self.query else self.page


class ViewRefused(ValueError):
    """A view that cannot be kept as it is; the message says what to correct, and is about the name."""


_VIEWS = (
    select(SavedView.id, SavedView.page, SavedView.name, SavedView.query, SavedView.shared, SavedView.owner_id)
    .where(
        SavedView.page.in_(bindparam("pages", expanding=True)),
        or_(SavedView.owner_id == bindparam("owner"), SavedView.shared),
    )
    .order_by(SavedView.owner_id != bindparam("owner"), SavedView.name, SavedView.id)
)


def saved(actor: Actor, pages: Collection[str]) -> list[View]:
    """Return the views of some pages that the person may open, the own ones first. One query."""
    rows = db.session.execute(_VIEWS, {"pages": sorted(pages), "owner": actor.id})
    return [View(*row[:5], own=row[5] == actor.id) for row in rows]


def save(actor: Actor, at: datetime, page: str, name: str, query: str, *, shared: bool = False) -> None:
    """Keep a list's filters under a name; only a supervisor shares them. Raise ViewRefused, with nothing kept."""
    require(actor, Action.SUPERVISE if shared else Action.OWN_ACCOUNT)
    name = _clean(name)
    kept = db.session.scalars(select(SavedView).where(_own(actor)).with_for_update()).all()
    if len(kept) >= MOST:
        raise ViewRefused(say("最多保存 {most} 个视图，请先删除不用的。", most=MOST))
    if len(query) > LONGEST_QUERY:
        raise ViewRefused(say("筛选条件太长，不能保存。请减少条件后再保存。"))
    _require_free(actor, page, name)
    view = SavedView(owner_id=actor.id, page=page, name=name, query=query, shared=shared, created_at=at)
    db.session.add(view)
    db.session.flush()  # the record names the view by its id, and a lost race shows here
    audit.record(actor, at, "save_view", "saved_view", view.id, name)


def rename(actor: Actor, at: datetime, view_id: int, name: str) -> None:
    """Give one of the person's own views another name; a foreign one answers like a missing one."""
    require(actor, Action.OWN_ACCOUNT)
    view, name = _get(actor, view_id), _clean(name)
    if name == view.name:
        return
    _require_free(actor, view.page, name)
    audit.record(actor, at, "rename_view", "saved_view", view.id, f"{view.name} → {name}")
    view.name = name
    db.session.flush()  # a lost race shows here, not at commit


def remove(actor: Actor, at: datetime, view_id: int) -> str:
    """Delete one of the person's own views and return its name; a foreign one answers like a missing one."""
    require(actor, Action.OWN_ACCOUNT)
    view = _get(actor, view_id)
    db.session.delete(view)
    audit.record(actor, at, "delete_view", "saved_view", view.id, view.name)
    return view.name


def _own(actor: Actor) -> ColumnElement[bool]:
    return SavedView.owner_id == actor.id


def _get(actor: Actor, view_id: int) -> SavedView:
    found = db.session.scalar(select(SavedView).where(SavedView.id == view_id, _own(actor)))
    if found is None:
        raise NoResultFound
    return found


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ViewRefused(say("请给视图起一个名称。"))
    if len(name) > LONGEST_NAME:
        raise ViewRefused(say("视图名称最多 {most} 字，现有 {found} 字。", most=LONGEST_NAME, found=len(name)))
    return name


def _require_free(actor: Actor, page: str, name: str) -> None:
    same = select(func.count()).where(_own(actor), SavedView.page == page, SavedView.name == name)
    if db.session.scalar(same):
        raise ViewRefused(say("您已有名为“{name}”的视图，请换一个名称。", name=name))
