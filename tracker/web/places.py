"""Addresses: what a request asked for, as records and logs may show it, and where it may lead."""

import re
from urllib.parse import quote, urlencode

from flask import request, url_for

from tracker.rules.permissions import Role

OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./?=&%+]*")

FIRST_PAGES: dict[Role, str] = {
    Role.ADMIN: "scheduler.state",
    Role.SUPERVISOR: "overview.overdue",
    Role.LEADER: "home.overview",
    Role.AUDITOR: "audit.entries",
}
TO_DO = "overview.todo"
"""Where each role begins; everybody else begins with the to-do list."""


def first_page(role: Role) -> str:
    """Return the endpoint of the page on which a role begins."""
    return FIRST_PAGES.get(role, TO_DO)


def shown_path() -> str:
    """Return the path without the token that stands in some: whoever reads a log must not be able to use it."""
    return str(request.url_rule) if "token" in (request.view_args or {}) else request.path


def here() -> str:
    """Return this page's address as one of its forms may lead back to it, or the first page's where it was posted."""
    if request.method != "GET":
        return "/"
    asked = [
        (name, value) for name, value in request.args.items(multi=True) if name != "next" or OWN_PATH.fullmatch(value)
    ]
    return f"{quote(request.path)}?{urlencode(asked)}" if asked else quote(request.path)


def safe_next(target: str) -> str:
    """Return where to go after a form: one of our own addresses, or the first page."""
    return target if OWN_PATH.fullmatch(target) else url_for("home.index")
