"""Accounts from a spreadsheet: template, preview of what it would change, applying exactly that, and the passwords."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from tracker import clock
from tracker.db import transaction
from tracker.overview.tables import Table
from tracker.people import account_details, account_lists, account_sheets, accounts, passwords
from tracker.people.account_details import DetailsRefused
from tracker.people.account_sheets import Comparison, Line, SheetRefused, compare
from tracker.people.accounts import AccountStands, StaleAccount
from tracker.rules.permissions import Action
from tracker.rules.words import say
from tracker.spreadsheets import SpreadsheetRefused, read_rows
from tracker.uploads import clean_name
from tracker.web.access import allowed
from tracker.web.downloads import table_file
from tracker.web.language import flash
from tracker.web.session import actor
from tracker.web.users.template import template_file
from tracker.workbooks import CONTENT, SIZE, TYPE, Limits

user_imports = Blueprint("user_imports", __name__, url_prefix="/admin/users/import")

LIMITS = Limits(size=2 << 20, rows=2000, columns=20)
STATUS = {TYPE: 415, SIZE: 413, CONTENT: 422}
"""What a refused spreadsheet answers."""

PREVIEWED, PASSWORDS = "user-import", "user-import-passwords"
LIFETIMES = {PREVIEWED: 2 * 3600, PASSWORDS: 1800}
"""For how many seconds a page can be gone on from: the rows and the passwords lie in it alone."""


class PageTooOld(ValueError):
    """A form that this service did not make for this person, or too long ago."""


class ChangedMeanwhile(ValueError):
    """Accounts that are not any more as the preview said."""


def _signed(salt: str, content: Any) -> str:
    signer = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=salt)
    return str(signer.dumps({"by": actor().id, "content": content}))


def _posted(salt: str, field: str) -> Any:
    """Return what a page of this person was given; raise PageTooOld."""
    signer = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=salt)
    try:
        sent = signer.loads(request.form.get(field, ""), max_age=LIFETIMES[salt])
    except BadSignature:
        raise PageTooOld from None
    if sent["by"] != actor().id:
        raise PageTooOld
    return sent["content"]


@user_imports.get("")
@allowed(Action.EDIT_USERS)
def upload() -> str:
    """Show how a sheet must look, and the form that sends it."""
    return _upload_page()


def _upload_page(problem: str = "") -> str:
    return render_template(
        "users/upload.html",
        problem=problem,
        heads=account_sheets.HEADS,
        demanded=account_sheets.DEMANDED,
        most_new=account_sheets.MOST_NEW,
        megabytes=LIMITS.size >> 20,
        most_rows=LIMITS.rows,
    )


@user_imports.get("/template.xlsx")
@allowed(Action.EDIT_USERS)
def template() -> Response:
    """Send an empty sheet with its heads and the words that are allowed."""
    units = account_lists.units(actor(), clock.today())
    return template_file([unit.name for unit in units], account_details.grantable(actor()))


@user_imports.post("")
@allowed(Action.EDIT_USERS)
def preview() -> str | tuple[str, int]:
    """Show what a sheet would change, before anything does."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_page(say("请先选择要导入的表格。")), 422
    try:
        rows = read_rows(file.filename, file.stream.read(LIMITS.size + 1), limits=LIMITS)
        sheet = account_sheets.lines(rows)
    except SpreadsheetRefused as refused:
        return _upload_page(str(refused)), STATUS[refused.kind]
    except SheetRefused as refused:
        return _upload_page(str(refused)), 422
    found = compare(actor(), sheet, clock.today())
    return _preview_page(found, sheet, clean_name(file.filename)), 422 if found.refused else 200


def _preview_page(found: Comparison, sheet: Sequence[Line], source: str, changed: str = "") -> str:
    # The rows travel through the page, so that nothing is kept of a sheet that nobody confirms.
    carried = {"seen": found.seen, "source": source, "lines": [(line.row, dict(line.cells)) for line in sheet]}
    return render_template(
        "users/preview.html",
        found=found,
        source=source,
        carried=_signed(PREVIEWED, carried) if found.writes else "",
        changed=changed,
    )


@user_imports.post("/confirm")
@allowed(Action.EDIT_USERS)
def confirm() -> str | AnyResponse | tuple[str, int]:
    """Apply what was previewed, all of it or nothing, unless an account changed since."""
    try:
        carried = _posted(PREVIEWED, "rows")
    except PageTooOld:
        return _upload_page(say("预览已失效，没有导入。请重新上传表格。")), 422
    sheet = [Line(row, cells) for row, cells in carried["lines"]]
    try:
        given = _apply(sheet, carried["seen"])
    except (ChangedMeanwhile, DetailsRefused, AccountStands, StaleAccount) as refused:
        words = (
            say("没有导入：{refused}", refused=str(refused))
            if str(refused)
            else say("预览之后人员有变动，没有导入。请核对下面的新预览。")
        )
        return _preview_page(compare(actor(), sheet, clock.today()), sheet, carried["source"], words), 409
    if not given:
        flash(say("表格已导入。"), "success")
        return redirect(url_for("users.index"), 303)
    return render_template("users/imported.html", given=given, carried=_signed(PASSWORDS, given))


def _apply(sheet: Sequence[Line], seen: str) -> list[tuple[str, str, str, str]]:
    """Write what a sheet says; return account, name, unit and password of every new account."""
    today = clock.today()
    found = _unchanged(sheet, seen)
    made = [(item, accounts.one_time_password(item.account)) for item in found.new]
    # Hashing takes long on purpose, so it is done before others have to wait.
    hashes = {item.account: passwords.hashed(password) for item, password in made}
    with transaction():
        account_sheets.apply(actor(), clock.now(), _unchanged(sheet, seen), hashes, today)
    return [(item.account, item.details.name, item.unit, password) for item, password in made]


def _unchanged(sheet: Sequence[Line], seen: str) -> Comparison:
    found = compare(actor(), sheet, clock.today())
    if found.seen != seen or not found.writes:
        raise ChangedMeanwhile
    return found


@user_imports.post("/passwords")
@allowed(Action.EDIT_USERS)
def passwords_sheet() -> Response | tuple[str, int]:
    """Send the one-time passwords that the page before showed, as a file."""
    try:
        given = _posted(PASSWORDS, "sheet")
    except PageTooOld:
        return _upload_page(say("一次性密码的下载已失效。请在人员页面为有关账号重置密码。")), 422
    note = say(
        "生成于 {now:%Y-%m-%d %H:%M}；密码只能用一次，登录后须立即修改；请当面或加密转交，用后删除", now=clock.now()
    )
    return table_file(
        Table(say("一次性密码"), note, [say("账号"), say("姓名"), say("单位"), say("一次性密码")], given), "xlsx"
    )
