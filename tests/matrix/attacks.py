"""What each abuse case sends here: the kinds, fields, names and addresses of the cases in the product's own words."""

import io
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from tests.client import Client
from tests.matrix import values
from tests.matrix.kinds import KINDS, Sent, missing, target
from tests.matrix.world import Place, World
from tracker.seeding.accounts import DEMO_PASSWORD

ACCOUNTS = {
    "clerk_b": "huangpu-clerk",
    "office_b1": "putuo-office1",
    " OFFICE_B1 ": " PUTUO-OFFICE1 ",
    "clerk_b\0x": "huangpu-clerk\0x",
}
"""The cases' accounts by the names they have here."""

FIELDS: dict[str, dict[str, str]] = {
    "login.post": {"name": "account"},
    "reset.ask": {"name": "account"},
    "me.password": {},
    "report.create": {"note": "done", "percent": "progress"},
    "report.edit": {"note": "done", "percent": "progress"},
    "task.create": {"no": "number", "title": "text"},
    "user.create": {"name": "account"},
    "ext.decide": {"ok": "decision"},
    "reminder.policy": {"days": "daily_budget"},  # Here 0 days before is a time: the due day itself.
}
"""The cases' fields by the names they have here, where those differ."""

PATHS = {
    "/reports/{report_own}/submit": "/assignments/{asg_own}/recall",
    "/reports/{report_own}/accept": "/assignments/{asg_own}/review",
    "/audit": "/admin/audit",
    "/users/{self}/role": "/admin/users/{self}/role",
}
"""The cases' addresses as they are here."""

FILES = {"att.upload": "files", "task.import": "file"}
OWN_STATE = {"report.view": "submitted", "report.history": "submitted", "comment.add": "signed"}


@dataclass
class Attack:
    """One request of a case, made ready in a world."""

    world: World
    case: dict[str, Any]

    @property
    def kind(self) -> str:
        """The case's kind."""
        return str(self.case["kind"])

    @property
    def subject(self) -> str:
        """Who sends it."""
        return str(self.case["as"])

    @property
    def browser(self) -> Client:
        """The sender's browser."""
        return self.world.browser(self.subject)

    def place(self) -> Place:
        """Return what the attack is aimed at, in the state the case asks for."""
        kind = KINDS[self.kind]
        if "pre" in self.case:
            kind = replace(kind, state=self.case["pre"])
        return target(self.world, kind, self.subject, self.case.get("scope", "own"))

    def sent(self, place: Place | None = None) -> Sent:
        """Return the request."""
        if self.kind == "login.post":
            return Sent("POST", "/login", self._form({"account": "", "password": ""}))
        if self.kind == "reset.ask":
            return Sent("POST", "/reset", self._form({}))
        if self.kind == "me.password":
            form = self._form({})
            form["old"], form["again"] = DEMO_PASSWORD, form["new"]
            return Sent("POST", "/account/password", form)
        if self.kind == "task.import":
            return Sent("POST", f"/plans/{self.world.plan}/tasks/import", self._form({}))
        if "path" in self.case:
            return Sent(self.case["method"], self.address(self.case["path"]), self._form({}))
        found = KINDS[self.kind].send(self.world, place or self.place())
        return replace(found, form=self._form(dict(found.form)))

    def missing(self, place: Place) -> Sent:
        """Return the same request aimed at what is not there."""
        return replace(self.sent(missing(KINDS[self.kind], place)))

    def address(self, path: str) -> str:
        """Return an address with the ids of this world."""
        wanted = PATHS.get(path, path)
        if "{" not in wanted or "{{" in wanted:
            return wanted
        own, other = self.world.place("7", "songjiang", "submitted"), self.world.place("7", "huangpu", "submitted")
        ids = {"report_own": own.report, "report_other": other.report, "asg_own": own.assignment}
        account = {"admin": "admin"}.get(self.subject, "songjiang-clerk")
        return wanted.format(**ids, asg_other=other.assignment, self=self.world.user(account).id)

    def _form(self, base: dict[str, Any]) -> dict[str, Any]:
        names = FIELDS.get(self.kind, {})
        form = dict(base)
        for name, value in self.case.get("form", {}).items():
            if name == "version" and value == "{v}":
                continue
            form[names.get(name, name)] = self._value(values.text(value))
        if "file" in self.case:
            form[FILES[self.kind]] = values.file(self.case["file"])
        return form

    def _value(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value.startswith("Pass-"):
            return DEMO_PASSWORD
        if value == "{asg_other}":
            return str(self.world.place("7", "huangpu").assignment)
        if value == "A":
            return str(self.world.place("7", "songjiang").unit)
        return ACCOUNTS.get(value, value)

    def fire(self, sent: Sent) -> TestResponse:
        """Send the request as the case words it."""
        headers = dict(self.case.get("headers", {}))
        options: dict[str, Any] = {"method": sent.method, "headers": headers}
        if "query" in self.case:
            options["query_string"] = {name: values.text(value) for name, value in self.case["query"].items()}
        if "raw_body" in self.case:
            options |= self._body(sent)
        elif sent.method == "POST":
            options["data"] = self._with_token(sent)
        if self.case.get("csrf_header"):
            headers["X-CSRFToken"] = self.world.token(self.subject)
        return self.browser.open(sent.address, **options)

    def _with_token(self, sent: Sent) -> dict[str, Any]:
        csrf = self.case.get("csrf", True)
        if csrf is False:
            return {name: value for name, value in sent.data("").items() if name != "csrf_token"}
        return sent.data(self.world.token("leader" if csrf == "other" else self.subject))

    def _body(self, sent: Sent) -> dict[str, Any]:
        raw, kind = values.text(self.case["raw_body"]), self.case["content_type"]
        if raw.startswith("note="):
            plain = {name: value for name, value in sent.data(self.world.token(self.subject)).items() if name != "done"}
            raw = f"{raw.replace('note=', 'done=')}&{urlencode(plain)}"
        return {"input_stream": io.BytesIO(raw.encode()), "content_length": len(raw), "content_type": kind}
