"""Chat robots and webhooks: an administrator adds, changes and disables them, each act on record."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from tracker import sealing
from tracker.audit import operations as audit
from tracker.db import db, insert_once
from tracker.outbox import queries
from tracker.outbox.channels import CHANNELS, addresses
from tracker.outbox.channels.addresses import AddressRefused
from tracker.outbox.models import Endpoint
from tracker.outbox.queries import EndpointDetail
from tracker.rules.permissions import Action, Actor, require
from tracker.rules.words import say

SECRET_BYTES = 79
"""The longest secret that, sealed, finds room in its column of 200 characters; robots give some 70 at most."""

LENGTHS = {"name": (say("名称"), 60), "url": (say("地址"), 500), "secret": (say("密钥"), SECRET_BYTES)}


class EndpointRefused(ValueError):
    """An endpoint that cannot be stored as it is; `field` is what to correct, and the message says how."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


class StaleEndpoint(ValueError):
    """The endpoint was changed since the page was opened; `now` is what stands."""

    def __init__(self, now: EndpointDetail) -> None:
        """Keep what stands."""
        super().__init__(say("这个渠道刚被别人修改过，您的修改没有保存。"))
        self.now = now


@dataclass(frozen=True)
class EndpointDraft:
    """An endpoint as typed; `unit_id` is whose people may choose it, without one everybody may.

    When changed, an empty `secret` keeps the stored one unless `forget_secret` is set.
    """

    kind: str
    name: str
    url: str
    secret: str = ""
    unit_id: int | None = None
    active: bool = True
    forget_secret: bool = False


def add_endpoint(actor: Actor, at: datetime, draft: EndpointDraft) -> int:
    """Add an endpoint and return its id; raise EndpointRefused."""
    require(actor, Action.EDIT_CHANNELS)
    draft = _checked(draft)
    values = {name: getattr(draft, name) for name in ("kind", "name", "url", "unit_id", "active")}
    values["secret"] = _sealed(draft.secret)
    if not insert_once(Endpoint, {"version": 1, **values}):
        raise _name_taken(draft.name)
    endpoint = db.session.scalars(select(Endpoint).where(Endpoint.name == draft.name)).one()
    audit.record(actor, at, "add_endpoint", "endpoint", endpoint.id, f"{draft.kind} {draft.name}")
    return endpoint.id


def edit_endpoint(actor: Actor, at: datetime, endpoint_id: int, version: int, draft: EndpointDraft) -> None:
    """Change an endpoint, if nobody changed it since `version`; raise EndpointRefused or StaleEndpoint."""
    require(actor, Action.EDIT_CHANNELS)
    endpoint = _current(endpoint_id, version)
    draft = _checked(draft)
    if draft.kind != endpoint.kind:
        raise EndpointRefused("kind", say("类型不能修改：请停用这个渠道，另外添加一个。"))
    if db.session.scalar(select(Endpoint.id).where(Endpoint.name == draft.name, Endpoint.id != endpoint_id)):
        raise _name_taken(draft.name)
    for name in ("name", "url", "unit_id", "active"):
        setattr(endpoint, name, getattr(draft, name))
    if draft.secret or draft.forget_secret:
        endpoint.secret = _sealed(draft.secret)
    db.session.flush()  # a change by somebody else at the same moment is found here
    # The address may hold a key, so that only its host goes on record.
    words = f"{draft.name} {urlsplit(draft.url).hostname} {'启用' if draft.active else '停用'}"
    audit.record(actor, at, "edit_endpoint", "endpoint", endpoint_id, words)


def disable_endpoint(actor: Actor, at: datetime, endpoint_id: int, version: int) -> None:
    """Let nothing go out to an endpoint any more; raise EndpointRefused or StaleEndpoint."""
    require(actor, Action.EDIT_CHANNELS)
    endpoint = _current(endpoint_id, version)
    endpoint.active = False
    db.session.flush()  # a change by somebody else at the same moment is found here
    audit.record(actor, at, "disable_endpoint", "endpoint", endpoint_id, endpoint.name)


def _sealed(secret: str) -> str:
    return sealing.seal(secret) if secret else ""


def _current(endpoint_id: int, version: int) -> Endpoint:
    endpoint = db.session.get(Endpoint, endpoint_id)
    if endpoint is None:
        raise EndpointRefused("name", say("这个渠道已不存在，请返回列表。"))
    if endpoint.version != version:
        raise StaleEndpoint(queries.endpoint_detail(endpoint))
    return endpoint


def _name_taken(name: str) -> EndpointRefused:
    return EndpointRefused("name", say("已有名为“{name}”的渠道，请换一个名称。", name=name))


def _checked(draft: EndpointDraft) -> EndpointDraft:
    """Return the draft without blanks around its words; raise EndpointRefused."""
    words = {name: getattr(draft, name).strip() for name in LENGTHS}
    if draft.kind not in CHANNELS or not CHANNELS[draft.kind].needs_endpoint:
        labels = [kind.label for kind in CHANNELS.values() if kind.needs_endpoint]
        raise EndpointRefused("kind", say("请选择渠道类型：{labels}。", labels=labels))
    for name, (label, limit) in LENGTHS.items():
        if _length(name, words[name]) > limit:
            raise EndpointRefused(name, say("{label}过长：最多 {limit} 个字符。", label=label, limit=limit))
        if not words[name].isprintable():
            raise EndpointRefused(name, say("{label}不能含换行或控制字符，请重新填写。", label=label))
    if not words["name"]:
        raise EndpointRefused("name", say("请填写名称。"))
    try:
        addresses.check(words["url"])
    except AddressRefused as refused:
        raise EndpointRefused("url", str(refused)) from None
    return EndpointDraft(
        draft.kind, **words, unit_id=draft.unit_id, active=draft.active, forget_secret=draft.forget_secret
    )


def _length(name: str, words: str) -> int:
    """Return what counts against the limit: of a secret its bytes, which is what gets sealed."""
    return len(words.encode(errors="replace")) if name == "secret" else len(words)
