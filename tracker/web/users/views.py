"""People: the list with its exports, new accounts, and one account with what may be changed of it."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock
from tracker.db import transaction
from tracker.overview.tables import Table
from tracker.people import account_details, account_lists, accounts, attempts, passwords
from tracker.people.account_details import FIELD_TEXT, DetailsRefused
from tracker.people.account_lists import STATE_TEXT, AccountRow, Wanted
from tracker.people.account_sheets import HEADS, STATE
from tracker.people.accounts import AccountStands, StaleAccount
from tracker.rules.permissions import ROLE_TEXT, Action, Role, Scope, may
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.language import flash
from tracker.web.paging import Page, address, choice, number, page_number, words
from tracker.web.session import actor
from tracker.web.users.facts import facts
from tracker.web.users.forms import DetailsForm, NewForm, RoleForm

users = Blueprint("users", __name__, url_prefix="/admin/users")

EXPORT_LIMIT = 50_000
SORT_TEXT = {"unit": say("按单位"), "account": say("按账号"), "name": say("按姓名"), "new": say("最近新建在前")}
LONGEST_SEARCH = 60


# ---- the list


@users.get("")
@allowed(Action.VIEW_USERS)
def index() -> str | Response:
    """Show whom the person administers, or send the same as a file."""
    today, roles = clock.today(), _roles()
    wanted = Wanted(
        words("q", LONGEST_SEARCH),
        choice("role", {role.value for role in roles}),
        number("unit"),
        choice("state", set(STATE_TEXT)),
    )
    sort, kind = choice("sort", set(SORT_TEXT), "unit"), file_kind()
    if kind:
        return table_file(_table(account_lists.rows(actor(), wanted, today, sort, EXPORT_LIMIT)), kind)
    page = Page(page_number(), account_lists.count(actor(), wanted, today), account_lists.PAGE_SIZE)
    rows = account_lists.rows(actor(), wanted, today, sort, page.size, (page.number - 1) * page.size)
    return render_template(
        "users/index.html",
        rows=rows,
        locked=attempts.locked([row.account for row in rows], clock.utc()),
        page=page,
        wanted=wanted,
        filtered=wanted != Wanted(),
        sort=sort,
        sorts=list(SORT_TEXT.items()),
        roles=[("", say("全部")), *((role.value, ROLE_TEXT[role]) for role in roles)],
        units=[("", say("全部")), *((unit.id, unit.name) for unit in account_lists.units(actor(), today))],
        states=[("", say("全部")), *STATE_TEXT.items()],
        state_text=STATE_TEXT,
        today=today,
        address=address,
    )


def _roles() -> list[Role]:
    """Return the roles that the list can hold."""
    if actor().reach(Action.VIEW_USERS) is Scope.ALL:
        return list(Role)
    return [Role.LEAD, *account_details.OF_A_DISTRICT]


def _table(rows: list[AccountRow]) -> Table:
    today = clock.today()
    return Table(
        say("人员"),
        say("导出于 {now:%Y-%m-%d %H:%M}，共 {n} 人；改好后可在“导入”页面上传", now=clock.now(), n=len(rows)),
        [*HEADS, STATE],
        [
            (
                row.account,
                row.name,
                row.role_text,
                row.unit,
                row.email,
                row.phone,
                row.post_text,
                row.end_text,
                STATE_TEXT[row.state(today)],
            )
            for row in rows
        ],
        again=True,
    )


# ---- new


@users.get("/new")
@allowed(Action.EDIT_USERS)
def new() -> str:
    """Show the empty form."""
    return _new_page(NewForm(formdata=None))


def _new_page(form: NewForm) -> str:
    form.offer(account_lists.units(actor(), clock.today()))
    form.offer_roles(account_details.grantable(actor()))
    return render_template("users/new.html", form=form)


@users.post("")
@allowed(Action.EDIT_USERS)
def create() -> str | tuple[str, int]:
    """Make an account, and show its one-time password this once."""
    form = NewForm()
    if not form.validate():
        return _new_page(form), 422
    if form.role.data not in set(Role):
        form.role.errors = [say("请从列表中选择角色。")]
        return _new_page(form), 422
    account = account_details.tidy(form.account.data or "").casefold()
    password = accounts.one_time_password(account)
    password_hash = passwords.hashed(password)
    try:
        with transaction():
            user_id = accounts.create(
                actor(), clock.now(), account, Role(form.role.data), form.details, password_hash, clock.today()
            )
    except DetailsRefused as refused:
        form.refuse(refused)
        return _new_page(form), 422
    return password_page(user_id, password, say("账号已建立"))


def password_page(user_id: int, password: str, done: str) -> str:
    """Show a one-time password; it is kept nowhere, so that this page alone ever says it."""
    found = account_lists.get(actor(), user_id) or abort(404)
    return render_template("users/password.html", user=found, password=password, done=done)


# ---- one account


@users.get("/<id:user_id>")
@allowed(Action.VIEW_USERS)
def account(user_id: int) -> str:
    """Show an account, and the forms for what the person may change of it."""
    found = account_lists.get(actor(), user_id) or abort(404)
    return account_page(found)


def account_page(
    found: AccountRow,
    form: DetailsForm | None = None,
    role_form: RoleForm | None = None,
    conflict: dict[str, Any] | None = None,
    refused: str = "",
) -> str:
    """Show an account with the forms given, or with what is stored."""
    units = account_lists.units(actor(), clock.today())
    if form is None:
        form = DetailsForm(formdata=None)
        form.fill(found)
    if role_form is None:
        role_form = RoleForm(formdata=None, role=found.role.value, unit=str(found.unit_id), version=str(found.version))
    form.offer(units, found)
    role_form.offer(units, found)
    touchable = found.role in account_details.grantable(actor())
    return render_template(
        "users/account.html",
        user=found,
        form=form,
        role_form=role_form,
        conflict=conflict,
        refused=refused,
        own=found.id == actor().id,
        may_edit=touchable,
        may_grant=touchable and may(actor(), Action.GRANT_ROLES),
        state=found.state(clock.today()),
        state_text=STATE_TEXT,
        facts=facts(actor(), found, clock.today()),
    )


@users.post("/<id:user_id>")
@allowed(Action.EDIT_USERS)
def edit(user_id: int) -> AnyResponse | tuple[str, int]:
    """Change an account's details, unless someone else was faster."""
    found, form = account_lists.get(actor(), user_id) or abort(404), DetailsForm()
    if not form.validate():
        return account_page(found, form), 422
    try:
        with transaction():
            changed = accounts.edit(
                actor(), clock.now(), user_id, int(form.version.data or 0), form.details, clock.today()
            )
    except DetailsRefused as refused:
        form.refuse(refused)
        return account_page(found, form), 422
    except AccountStands as stands:
        return account_page(found, form, refused=str(stands)), 409
    except StaleAccount as stale:
        return _conflict_page(stale.now, form), 409
    flash(say("已保存。") if changed else say("没有改动。"), "success")
    return redirect(url_for("users.account", user_id=user_id), 303)


def _conflict_page(now: AccountRow, form: DetailsForm) -> str:
    names = {unit.id: unit.name for unit in account_lists.units(actor(), clock.today())}
    mine = account_details.told(now.role, form.details, names.get(form.unit_id, now.unit))
    theirs = account_details.told(now.role, now, now.unit)
    form.version.data = str(now.version)
    return account_page(
        now,
        form,
        conflict={
            "form": "details-form",
            "mine": [(FIELD_TEXT[field], text) for field, text in mine.items()],
            "theirs": [(FIELD_TEXT[field], text) for field, text in theirs.items()],
        },
    )
