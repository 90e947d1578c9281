"""The channels page: chat robots and webhooks, which an administrator adds, changes, disables and tests."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import clock
from tracker.db import transaction
from tracker.outbox import endpoints, operations, queries
from tracker.outbox.channels import CHANNELS, addresses
from tracker.outbox.channels.addresses import AddressRefused
from tracker.outbox.endpoints import EndpointDraft, EndpointRefused, StaleEndpoint
from tracker.outbox.operations import LetterRefused
from tracker.outbox.queries import EndpointDetail
from tracker.people import queries as people
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.language import flash
from tracker.web.outbox.forms import EndpointForm
from tracker.web.outbox.words import CHANNEL_TEXT
from tracker.web.paging import whole
from tracker.web.session import actor

channels = Blueprint("channels", __name__, url_prefix="/admin/channels")

_DISABLED = (say("状态"), say("已停用"))
KINDS = [(kind, channel.label) for kind, channel in CHANNELS.items() if channel.needs_endpoint]


@channels.get("")
@allowed(Action.EDIT_CHANNELS)
def index() -> str:
    """List the endpoints with what became of their last letters."""
    return _index()


def _index(to: str | None = None, error: str = "") -> str:
    rows = queries.endpoints()
    user = people.user_by_account(actor().account)
    return render_template(
        "outbox/channels.html",
        rows=rows,
        units=people.unit_names({row.unit_id for row in rows if row.unit_id}),
        channel_text=CHANNEL_TEXT,
        mail_server=urlsplit(current_app.config["TRACKER_MAIL_URL"]).hostname,
        mail_from=current_app.config["TRACKER_MAIL_FROM"],
        address=(user.email if user else "") if to is None else to,
        error=error,
    )


# ---- adding and changing


@channels.get("/new")
@allowed(Action.EDIT_CHANNELS)
def new() -> str:
    """Show the empty form."""
    return _form_page(EndpointForm(formdata=None))


@channels.post("/new")
@allowed(Action.EDIT_CHANNELS)
def add() -> Response | tuple[str, int]:
    """Add an endpoint."""
    form = EndpointForm()
    draft = _draft(form)
    if draft is None:
        return _form_page(form), 422
    try:
        with transaction():
            endpoints.add_endpoint(actor(), clock.now(), draft)
    except EndpointRefused as refused:
        form[refused.field].errors = [str(refused)]
        return _form_page(form), 422
    flash(say("已添加“{name}”。请点“发送测试”，确认群里能收到。", name=draft.name), "success")
    return redirect(url_for("channels.index"), 303)


@channels.get("/<id:endpoint_id>")
@allowed(Action.EDIT_CHANNELS)
def channel(endpoint_id: int) -> str:
    """Show what is stored, but for what only the platform and the service should know."""
    return _stored_page(queries.endpoint(endpoint_id) or abort(404))


def _stored_page(found: EndpointDetail, conflict: dict[str, Any] | None = None) -> str:
    form = EndpointForm(formdata=None)
    form.kind.data, form.name.data, form.active.data = found.kind, found.name, found.active
    form.unit.data, form.version.data = _unit_name(found.unit_id), str(found.version)
    return _form_page(form, found, conflict)


@channels.post("/<id:endpoint_id>")
@allowed(Action.EDIT_CHANNELS)
def edit(endpoint_id: int) -> Response | tuple[str, int]:
    """Change an endpoint, unless someone else was faster."""
    found, form = queries.endpoint(endpoint_id) or abort(404), EndpointForm()
    draft = _draft(form, found)
    if draft is None:
        return _form_page(form, found), 422
    try:
        with transaction():
            endpoints.edit_endpoint(actor(), clock.now(), endpoint_id, int(form.version.data or 0), draft)
    except EndpointRefused as refused:
        form[refused.field].errors = [str(refused)]
        return _form_page(form, found), 422
    except StaleEndpoint as stale:
        form.version.data = str(stale.now.version)
        return _form_page(form, stale.now, {"mine": _told(draft), "theirs": _told(stale.now)}), 409
    flash(say("“{name}”已保存。", name=draft.name), "success")
    return redirect(url_for("channels.index"), 303)


def _draft(form: EndpointForm, stored: EndpointDetail | None = None) -> EndpointDraft | None:
    """Return what the person typed, or None with the errors in the form; what is left empty stays as stored."""
    if not form.validate():
        return None
    try:
        unit_id = _unit_id((form.unit.data or "").strip(), stored)
    except people.UnknownUnit as unknown:
        form.unit.errors = [str(unknown)]
        return None
    url = (form.url.data or "").strip() or (stored.url if stored else "")
    try:
        # Here, because a name may take seconds to look up, and a transaction must not wait for that.
        addresses.check_now(url)
    except AddressRefused as refused:
        form.url.errors = [str(refused)]
        return None
    return EndpointDraft(
        kind=stored.kind if stored else form.kind.data or "",
        name=form.name.data or "",
        url=url,
        secret=form.secret.data or "",
        unit_id=unit_id,
        active=bool(form.active.data) if stored else True,
        forget_secret=bool(form.forget_secret.data),
    )


def _unit_id(name: str, stored: EndpointDetail | None) -> int | None:
    if not name:
        return None
    # The stored unit may share its name with another one, and is still the one that is meant.
    if stored and name == _unit_name(stored.unit_id):
        return stored.unit_id
    return people.find_unit(name).id


def _form_page(
    form: EndpointForm,
    stored: EndpointDetail | None = None,
    conflict: dict[str, Any] | None = None,
) -> str:
    form.offer(KINDS)
    form.url.flags.required = stored is None
    return render_template(
        "outbox/endpoint.html",
        form=form,
        endpoint=stored,
        host=_host(stored.url) if stored else "",
        kind=CHANNEL_TEXT.get(stored.kind, stored.kind) if stored else "",
        conflict=conflict,
    )


def _told(side: EndpointDraft | EndpointDetail) -> list[tuple[str, str]]:
    """Return an endpoint as lines of a comparison, without what it signs with."""
    return [
        (say("名称"), side.name),
        (say("地址"), _host(side.url)),
        (say("适用单位"), _unit_name(side.unit_id) or say("全部单位")),
        (say("状态"), say("启用")) if side.active else _DISABLED,
    ]


def _host(url: str) -> str:
    """Return where an address leads; the rest of a robot's address is its key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/…"


def _unit_name(unit_id: int | None) -> str:
    return people.unit_names({unit_id}).get(unit_id, "") if unit_id else ""


@channels.post("/<id:endpoint_id>/disable")
@allowed(Action.EDIT_CHANNELS)
def disable(endpoint_id: int) -> Response | tuple[str, int]:
    """Let nothing go out to an endpoint any more."""
    found = queries.endpoint(endpoint_id) or abort(404)
    version = whole(request.form.get("version", ""))
    if version is None:
        abort(400)
    try:
        with transaction():
            endpoints.disable_endpoint(actor(), clock.now(), endpoint_id, version)
    except StaleEndpoint as stale:
        return _stored_page(stale.now, {"mine": [*_told(stale.now)[:-1], _DISABLED], "theirs": _told(stale.now)}), 409
    flash(say("“{name}”已停用，不再向它发送。", name=found.name), "success")
    return redirect(url_for("channels.index"), 303)


# ---- testing


@channels.post("/email/test")
@allowed(Action.EDIT_CHANNELS)
def try_mail() -> Response | tuple[str, int]:
    """Queue a test letter to one address."""
    to = request.form.get("to", "")
    try:
        with transaction():
            queued = operations.send_test(actor(), clock.now(), None, to)
    except LetterRefused as refused:
        return _index(to, str(refused)), 422
    return _queued(queued)


@channels.post("/<id:endpoint_id>/test")
@allowed(Action.EDIT_CHANNELS)
def try_out(endpoint_id: int) -> Response:
    """Queue a test letter to an endpoint."""
    if queries.endpoint(endpoint_id) is None:
        abort(404)
    try:
        with transaction():
            queued = operations.send_test(actor(), clock.now(), endpoint_id, "")
    except LetterRefused as refused:
        flash(str(refused), "error")
        return redirect(url_for("channels.index"), 303)
    return _queued(queued)


def _queued(queued: int) -> Response:
    flash(say("测试信已排队，一分钟内发出。刷新本页看结果。"), "success")
    return redirect(url_for("outbox.letter", message_id=queued), 303)
