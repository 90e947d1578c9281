"""The gate before every page: refuses what no browser showing our pages would send, and text that is no text."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from werkzeug.sansio.utils import host_is_trusted

from tracker.rules.words import say
from tracker.web.paging import BadAddress

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

QUERY_BYTES = 8000
"""The longest query string; what people choose and search for is far shorter."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

REPEATED_IN_QUERY = frozenset({"complete"})
REPEATED_IN_FORMS = frozenset({"id", "ways", "factor_roles"})
"""The fields of which a page may send several; every other one comes once."""

MANY_FILES, ONE_FILE = "files", "file"
"""The only fields that hold files."""

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NO_TEXT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_BIDI}\ud800-\udfff]")
"""Controls but for tab and line ends, signs that turn the direction of writing, and halves of characters."""

_LINE = re.compile(r"[\n\r]")


class BadText(ValueError):
    """A form that holds what no keyboard types, or a field twice; the message says what to correct."""


def init_app(app: Flask) -> None:
    """Ask about host and origin of a request before anything is read of it."""
    app.before_request(_check_host)
    app.before_request(_check_origin)
    app.before_request(_check_size)


def _check_host() -> None:
    """Refuse a request for another site: a browser was led here by that site's own name."""
    # Monitors ask by whatever address they know, and these pages hold no link.
    if request.blueprint == "health":
        return
    if not host_is_trusted(request.host.lower(), current_app.config["TRACKER_ALLOWED_HOSTS"]):
        raise BadAddress(say("这个网址不属于本系统，请用管理员公布的网址打开。（管理员：见 TRACKER_ALLOWED_HOSTS。）"))


def _check_origin() -> None:
    """Refuse a form of another site, whatever else it brings along."""
    if request.method in SAFE_METHODS:
        return
    came_from = request.headers.get("Origin") or request.headers.get("Referer")
    if came_from is None:
        return
    if _place_of(came_from) not in (request.host.lower(), _place_of(current_app.config["TRACKER_BASE_URL"])):
        raise BadAddress(say("这次提交来自别的网站，没有受理。请从本系统的页面重新提交。"))


def _place_of(address: str) -> str:
    """Return host and port of an address as a browser names them; a lone `null` has none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""


def _check_size() -> None:
    if len(request.query_string) > QUERY_BYTES:
        abort(414)


def check_text() -> None:
    """Refuse what is no form, and every value that is no text or was sent twice where one is expected.

    The login form says itself what is wrong with an account's name.
    """
    _check_kind()
    for name, values in request.args.lists():
        if len(values) > 1 and name not in REPEATED_IN_QUERY:
            raise BadAddress(say("网址中同一个条件出现了两次，请从页面上的链接重新打开。"))
        if any(_NO_TEXT.search(value) or _LINE.search(value) for value in (name, *values)):
            raise BadAddress(say("网址中有看不见的控制字符，请重新输入查询条件。"))
    said_by_form = "account" if request.endpoint == "auth.login" else ""
    for name, values in request.form.lists():
        if name and len(values) > 1 and name not in REPEATED_IN_FORMS:
            raise BadText(say("同一个栏目提交了两次，不知道以哪个为准。"))
        if name != said_by_form:
            _check_values((name, *values))
    _check_files()


def _check_kind() -> None:
    """Let only forms in; nothing else is parsed at all."""
    if request.method in SAFE_METHODS or request.mimetype in FORMS:
        return
    if request.mimetype or request.content_length:
        abort(415)


def _check_values(values: Iterable[str]) -> None:
    for value in values:
        if found := _NO_TEXT.search(value):
            sign = found.group()
            raise BadText(
                say(
                    "填写的内容中有看不见的字符 {sign}（{name}），多半是复制时带进来的。请删去那一处后手工输入。",
                    sign=f"U+{ord(sign):04X}",
                    name=_name(sign),
                )
            )


def _name(sign: str) -> str:
    if unicodedata.category(sign) == "Cs":
        return say("半个字符")
    return say("改变文字方向") if unicodedata.category(sign) == "Cf" else say("控制字符")


def _check_files() -> None:
    """Take files only where a form offers to: anywhere else one would be taken for text."""
    for name, sent in request.files.lists():
        if name not in (MANY_FILES, ONE_FILE):
            raise BadText(say("这个栏目只能填文字，不能传文件。"))
        if name == ONE_FILE and len(sent) > 1:
            raise BadText(say("这里一次只能选一个文件。"))
