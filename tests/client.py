"""A visitor without JavaScript, who fills in the forms that pages show."""

import contextvars
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.db import db
from tracker.seeding.accounts import DEMO_PASSWORD

OF_THE_FRAME = ("/logout", "/language", "/account/display", "/account/tour")
"""Forms that every page has around its own."""

TICKED = ("checkbox", "radio")
UNSENT = ("submit", "button", "file", "image", *TICKED)
"""Inputs that send nothing unless something is done to them."""


def forget_what_was_read() -> None:
    """Let the test's session see what others commit from now on; a request's own has nothing to forget."""
    if not has_app_context():
        return
    db.session.rollback()
    db.session.expire_all()


@dataclass
class Form:
    """A form of a page: where it goes, and what it would send untouched; submit buttons are left out."""

    action: str
    method: str
    fields: dict[str, Any] = field(default_factory=dict)


class FormReader(HTMLParser):
    """Finds the forms of a page and their present values."""

    def __init__(self, address: str) -> None:
        """Take the address of the page, where a form without action goes."""
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.name = ""
        self.option_of = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a form, or take up a control."""
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(got.get("action") or self.address, got.get("method", "get").lower()))
        elif self.forms and (name := got.get("name", "")):
            self._control(tag, name, got)
        elif tag == "option" and self.option_of and ("selected" in got or self.option_of not in self.forms[-1].fields):
            self.forms[-1].fields[self.option_of] = got.get("value", "")

    def _control(self, tag: str, name: str, got: dict[str, str]) -> None:
        fields = self.forms[-1].fields
        kind = got.get("type", "text")
        if tag == "select":
            self.option_of = name
        elif tag == "textarea":
            self.name, fields[name] = name, ""
        elif tag == "input" and (kind not in UNSENT or (kind in TICKED and "checked" in got)):
            fields[name] = got.get("value", "on")

    def handle_data(self, data: str) -> None:
        """Take the text of a text area."""
        if self.name:
            self.forms[-1].fields[self.name] += data

    def handle_endtag(self, tag: str) -> None:
        """Close a control."""
        if tag == "textarea":
            value = self.forms[-1].fields.get(self.name, "")
            self.forms[-1].fields[self.name], self.name = value.removeprefix("\n"), ""
        elif tag == "select":
            self.option_of = ""


class Client(FlaskClient):
    """A visitor without JavaScript: signs in through the page, fills in the forms it finds."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make the request in a context of its own, as a server would; the test then sees what it committed."""
        forget_what_was_read()
        return contextvars.Context().run(super().open, *args, **kwargs)

    def login(self, account: str, password: str = DEMO_PASSWORD) -> TestResponse:
        """Sign in through the login page; a refused login fails the test."""
        response = self.submit(self.form("/login"), account=account, password=password)
        assert response.status_code in (302, 303), response.get_data(as_text=True)
        return response

    def logout(self) -> TestResponse:
        """Sign out by the button of the page."""
        return self.submit(self.form("/", action="/logout"))

    def forms(self, address: str) -> list[Form]:
        """Fetch a page, which must exist, and return its forms."""
        response = self.get(address, follow_redirects=True)
        assert response.status_code == 200, f"{address}: {response.status}"
        reader = FormReader(response.request.path)
        reader.feed(response.get_data(as_text=True))
        return reader.forms

    def form(self, address: str, action: str = "") -> Form:
        """Fetch a page and return its form to be posted; `action` is a part of the address where there are several."""
        found = [form for form in self.forms(address) if form.method == "post" and action in form.action]
        found = [form for form in found if form.action not in OF_THE_FRAME or (action and form.action.endswith(action))]
        assert found, f"{address} has no form to be posted to {action or 'anywhere'}"
        return found[0]

    def submit(self, form: Form, **fields: Any) -> TestResponse:
        """Send a form with what it holds, `fields` winning; a file is (stream, name). None leaves a field out."""
        sent = {name: value for name, value in {**form.fields, **fields}.items() if value is not None}
        if form.method == "get":
            return self.get(form.action, query_string=sent)
        return self.post(form.action, data=sent)
