"""Saved views of the ledger: kept under a name, renamed, deleted."""

from urllib.parse import parse_qsl

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField

from tracker import clock
from tracker.db import transaction
from tracker.people import views
from tracker.people.views import LONGEST_NAME, LONGEST_QUERY, ViewRefused
from tracker.rules.permissions import Action, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.forms import Form
from tracker.web.language import flash
from tracker.web.overview import filters
from tracker.web.overview.ledger import PAGES
from tracker.web.session import actor

saved_views = Blueprint("saved_views", __name__)

Answer = Response | tuple[str, int]


class SaveForm(Form):
    """The present filters of a list, and the name they get."""

    name = StringField(say("视图名称"))
    shared = BooleanField(say("与能看台账的人共享"))
    page = HiddenField()
    query = HiddenField()


class NameForm(Form):
    """Another name of a view."""

    name = StringField(say("视图名称"))


@saved_views.get("/views")
@allowed(Action.VIEW_ASSIGNMENTS)
def index() -> str:
    """List the person's views, to rename and delete them."""
    return _page()


@saved_views.post("/views")
@allowed(Action.VIEW_ASSIGNMENTS)
def save() -> Answer:
    """Keep the filters of a list under a name."""
    form = SaveForm()
    page, query = form.page.data or "", form.query.data or ""
    if page not in PAGES or len(query) > LONGEST_QUERY:
        abort(400)
    form.query.data = query = filters.query(dict(parse_qsl(query, max_num_fields=50)))
    try:
        with transaction():
            views.save(actor(), clock.now(), page, form.name.data or "", query, shared=bool(form.shared.data))
    except ViewRefused as refused:
        form.name.errors = [str(refused)]
        return _page(save_form=form), 422
    flash(say("视图已保存，列在清单上方。"), "success")
    return redirect(f"{page}?{query}" if query else page, 303)


@saved_views.post("/views/<id:view_id>")
@allowed(Action.VIEW_ASSIGNMENTS)
def rename(view_id: int) -> Answer:
    """Give a view another name."""
    form = NameForm()
    try:
        with transaction():
            views.rename(actor(), clock.now(), view_id, form.name.data or "")
    except ViewRefused as refused:
        form.name.errors = [str(refused)]
        return _page(name_form=form, wrong=view_id), 422
    flash(say("视图已改名。"), "success")
    return redirect(url_for("saved_views.index"), 303)


@saved_views.post("/views/<id:view_id>/delete")
@allowed(Action.VIEW_ASSIGNMENTS)
def delete(view_id: int) -> Response:
    """Delete a view."""
    with transaction():
        name = views.remove(actor(), clock.now(), view_id)
    flash(say("视图“{name}”已删除。", name=name), "success")
    return redirect(url_for("saved_views.index"), 303)


def _page(save_form: SaveForm | None = None, name_form: NameForm | None = None, wrong: int = 0) -> str:
    found = views.saved(actor(), PAGES)
    return render_template(
        "overview/views.html",
        own=[view for view in found if view.own],
        others=[view for view in found if not view.own],
        save_form=save_form,
        name_form=name_form,
        wrong=wrong,
        may_share=may(actor(), Action.SUPERVISE),
        most=views.MOST,
        longest=LONGEST_NAME,
        page_names={"/ledger": say("台账"), "/overdue": say("逾期清单")},
    )
