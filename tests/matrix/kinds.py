"""How each kind of act of the permission matrix is done here: the route, the form, and what must be there before."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select

from tests.assignments.acts import unit_id
from tests.client import FormReader
from tests.factories import make_job_run
from tests.makers import make_login_attempt
from tests.matrix.world import (
    DAY,
    MISSING,
    PDF,
    A,
    B,
    Place,
    World,
    ask_extension,
    deduct,
    object_to,
    remark,
    task_id,
)
from tracker import clock
from tracker.assignments.models import Assignment
from tracker.db import db, transaction
from tracker.people.models import User
from tracker.plans.models import Task
from tracker.reminders.models import JobRun
from tracker.reports.models import Report
from tracker.scoring.models import Deduction

NOWHERE = Place(*[MISSING] * 9)
"""A place whose every id belongs to nothing."""


@dataclass(frozen=True)
class Sent:
    """A request: where it goes and what it sends; a file is (name, content)."""

    method: str
    address: str
    form: Mapping[str, Any] = field(default_factory=dict)

    def data(self, token: str) -> dict[str, Any]:
        """Return the form with its token, files opened anew."""
        return {**{name: _opened(value) for name, value in self.form.items()}, "csrf_token": token}


def _opened(value: Any) -> Any:
    return (io.BytesIO(value[1]), value[0]) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Kind:
    """A kind of act: what it sends, on what, in which state."""

    send: Callable[[World, Place], Sent]
    on: str = "place"
    """place: what a unit owes; district, user: by scope; none: nothing in particular."""
    state: str = "pending"
    prepare: Callable[[World, Place], Place] | None = None


def get(address: str) -> Callable[[World, Place], Sent]:
    """Return a kind's request for a page; {assignment} and the like are filled in."""
    return lambda world, place: Sent("GET", address.format(**vars(place), plan=world.plan))


def post(address: str, **form: Any) -> Callable[[World, Place], Sent]:
    """Return a kind's request that sends a form of fixed fields."""
    return lambda world, place: Sent("POST", address.format(**vars(place), plan=world.plan), form)


def of_plan(address: str, **form: Any) -> Callable[[World, Place], Sent]:
    """Return a request on the plan's scores."""
    return lambda world, place: Sent("POST", address.format(**vars(place)), {"plan": str(world.plan), **form})


def _deduction(world: World, place: Place) -> Sent:
    """Return a deduction by somebody who has seen what was entered so far."""
    entered = select(func.max(Deduction.id)).where(Deduction.district_id == place.district)
    form = {"points": "1", "reason": "材料不实", "seen": str(db.session.scalar(entered) or "")}
    return of_plan("/scores/{district}/deductions", **form)(world, place)


def versioned(model: type[Any], key: str, address: str, **form: Any) -> Callable[[World, Place], Sent]:
    """Return a request that carries the version of the record it is about."""

    def send(world: World, place: Place) -> Sent:
        row = db.session.get(model, getattr(place, key), populate_existing=True)
        return Sent("POST", address.format(**vars(place)), {**form, "version": str(row.version if row else 1)})

    return send


def report(intent: str, **more: Any) -> Callable[[World, Place], Sent]:
    """Return a request of the report form."""

    def send(world: World, place: Place) -> Sent:
        draft = db.session.get(Report, place.report, populate_existing=True) if place.report else None
        form = {
            "intent": intent,
            "done": "已召开推进会",
            "situation": "smooth",
            "progress": "30",
            "token": place.token or "form-new",
            "version": str(draft.version if draft else 0),
        }
        return Sent("POST", f"/assignments/{place.assignment}/report", {**form, **more})

    return send


def _with_extension(world: World, place: Place) -> Place:
    place.extension = place.extension or ask_extension(world, place)
    return place


def _with_comment(world: World, place: Place) -> Place:
    place.comment = place.comment or remark(world, place)
    return place


def _with_a_run(world: World, place: Place) -> Place:
    """Let the job have run before."""
    if db.session.get(JobRun, "remind") is None:
        with transaction():
            make_job_run(name="remind", finished_at=clock.utc())
    return place


def _with_wrong_logins(world: World, place: Place) -> Place:
    """Lock the account that stands in the place of the report."""
    account = db.session.get_one(User, place.report).account
    with transaction():
        for _ in range(5):
            make_login_attempt(account=account, at=clock.utc())
    return place


def _with_appeal(world: World, place: Place) -> Place:
    return replace(place, appeal=object_to(B if place.district == unit_id(B) else A))


def appeal(world: World, place: Place) -> Sent:
    """Return an objection to a point that was taken off."""
    slug = B if place.district == unit_id(B) else A
    line = f"entry:{MISSING if place.district == MISSING else deduct(slug)}"
    form = {"plan": str(world.plan), "line": line, "reason": "已按期完成"}
    return Sent("POST", f"/scores/{place.district}/appeals", form)


def _page_form(account: str, page: str, action: str, **more: Any) -> Callable[[World, Place], Sent]:
    """Return what the form of a page sends, as whoever may open it finds it."""

    def send(world: World, place: Place) -> Sent:
        found = world.browser(account).form(page.format(**vars(place), plan=world.plan), action)
        return Sent("POST", found.action, {**found.fields, **more})

    return send


def _user_page_form(action: str, **more: Any) -> Callable[[World, Place], Sent]:
    """Return a request on an account: in place of the report stands the account's id."""

    def send(world: World, place: Place) -> Sent:
        user = db.session.get(User, place.report, populate_existing=True)
        form = {"version": str(user.version if user else 1), **more}
        return Sent("POST", f"/admin/users/{place.report}/{action}", form)

    return send


def _new_user(world: World, place: Place) -> Sent:
    form = {
        "account": "newclerk1",
        "name": "新经办",
        "role": "clerk",
        "unit": str(place.unit),
        "email": "",
        "phone": "",
    }
    return Sent("POST", "/admin/users", form)


def _own_name(world: World, place: Place) -> Sent:
    return Sent("POST", "/account", {"display": "张三", "version": "1"})


def _tasks_file(world: World, place: Place) -> Sent:
    """Return the confirmation of a file that was shown before."""
    sheet = "序号,任务,完成时限\r\n77,新任务,2021-06\r\n".encode("utf-8-sig")
    shown = Sent("POST", f"/plans/{world.plan}/tasks/import", {"file": ("tasks.csv", sheet)})
    page = world.browser("supervisor").post(shown.address, data=shown.data(world.token("supervisor")))
    reader = FormReader(shown.address)
    reader.feed(page.get_data(as_text=True))
    (form,) = [form for form in reader.forms if form.action.endswith("/confirm")]
    return Sent("POST", form.action, {**form.fields, "reason": "市局增补"})


KINDS: dict[str, Kind] = {
    "task.list": Kind(get("/tasks"), "none"),
    "task.view": Kind(get("/tasks/{task}"), "task"),
    "task.create": Kind(
        post("/plans/{plan}/tasks", number="77", text="新任务", due="2021-06", units="各区局", reason="市局增补"),
        "none",
    ),
    "task.edit": Kind(versioned(Task, "task", "/tasks/{task}/edit", text="改名", reason="文字更正"), "task"),
    "task.due": Kind(versioned(Task, "task", "/tasks/{task}/due", due="2021-06", reason="市局调整"), "task"),
    "task.archive": Kind(versioned(Task, "task", "/tasks/{task}/archive", reason="不再开展"), "task"),
    "task.assign": Kind(post("/tasks/{task}/assign", unit="市局秘书处", reason="市局指定"), "task"),
    "task.import": Kind(_tasks_file, "none"),
    "asg.list": Kind(get("/todo"), "none"),
    "asg.view": Kind(get("/assignments/{assignment}")),
    "overdue.list": Kind(get("/overdue"), "none"),
    "asg.sign": Kind(post("/assignments/{assignment}/sign")),
    "asg.close": Kind(versioned(Assignment, "assignment", "/assignments/{assignment}/close"), state="accepted"),
    "report.create": Kind(report("progress"), state="signed"),
    "report.view": Kind(get("/reports/{report}"), state="submitted"),
    "report.history": Kind(get("/reports/{report}/history"), state="submitted"),
    "report.edit": Kind(report("draft", done="更新"), state="draft"),
    "report.submit": Kind(report("completion"), state="draft"),
    "report.withdraw": Kind(post("/assignments/{assignment}/recall"), state="submitted"),
    "report.district_approve": Kind(
        versioned(Assignment, "assignment", "/assignments/{assignment}/sign-off", decision="accept"), state="submitted"
    ),
    "report.district_return": Kind(
        versioned(
            Assignment, "assignment", "/assignments/{assignment}/sign-off", decision="return", reason="请补充佐证"
        ),
        state="submitted",
    ),
    "report.accept": Kind(
        versioned(Assignment, "assignment", "/assignments/{assignment}/review", decision="accept"), state="district_ok"
    ),
    "report.return": Kind(
        versioned(Assignment, "assignment", "/assignments/{assignment}/review", decision="return", reason="请补充佐证"),
        state="district_ok",
    ),
    "report.reopen": Kind(
        versioned(Assignment, "assignment", "/assignments/{assignment}/supervise", move="reopen", reason="佐证不实"),
        state="accepted",
    ),
    "ext.ask": Kind(
        post("/assignments/{assignment}/extensions", due="2021-05", reason="人员调整", present="四个所已完成"),
        state="signed",
    ),
    "ext.decide": Kind(
        post("/extensions/{extension}/decide", decision="grant", reason="同意"),
        state="signed",
        prepare=_with_extension,
    ),
    "urge": Kind(post("/assignments/{assignment}/urge", text="请抓紧")),
    "comment.add": Kind(post("/assignments/{assignment}/comments", body="请补充佐证"), state="signed"),
    "comment.hide": Kind(post("/comments/{comment}/hide", reason="与事项无关"), state="signed", prepare=_with_comment),
    "att.upload": Kind(report("draft", files=("ok.pdf", PDF)), state="draft"),
    "att.download": Kind(get("/evidence/{evidence}"), state="submitted"),
    "att.delete": Kind(post("/evidence/{evidence}/delete"), state="draft"),
    "score.view": Kind(get("/scores/{district}"), "district"),
    "score.draft_ranking": Kind(get("/scores/draft"), "none"),
    "score.ranking": Kind(get("/scores"), "none"),
    "score.adjust": Kind(_deduction, "district"),
    "score.appeal": Kind(appeal, "district"),
    "score.appeal_decide": Kind(
        of_plan("/scores/{district}/appeals/{appeal}/decide", decision="grant", answer="属实"),
        "district",
        prepare=_with_appeal,
    ),
    "score.finalize": Kind(
        _page_form("supervisor", "/scores/freeze", "/scores/freeze", confirmed="y", unevaluated="演练"), "none"
    ),
    "score.export_csv": Kind(get("/scores/{district}?format=csv"), "district"),
    "score.export_xlsx": Kind(get("/scores/{district}?format=xlsx"), "district"),
    "score.replay": Kind(get("/scores/replay"), "none"),
    "reminder.log": Kind(get("/admin/letters"), "none"),
    "reminder.policy": Kind(
        _page_form("supervisor", "/plans/{plan}/reminders", "/reminders", **{"steps-0-amount": "2"}), "none"
    ),
    "user.list": Kind(get("/admin/users"), "none"),
    "user.create": Kind(_new_user, "district"),
    "user.disable": Kind(_user_page_form("disable"), "user"),
    "user.reset": Kind(_user_page_form("reset"), "user"),
    "user.unlock": Kind(_user_page_form("unlock"), "user", prepare=_with_wrong_logins),
    "user.role": Kind(_user_page_form("role", role="lead"), "user"),
    "user.revoke": Kind(_user_page_form("sessions/revoke"), "user"),
    "org.edit": Kind(
        _page_form("admin", "/admin/units/new", "/admin/units", name="市局法宣处", short_name="法宣处"), "none"
    ),
    "settings.edit": Kind(_page_form("admin", "/admin/security", "/admin/security", idle_minutes="20"), "none"),
    "webhook.set": Kind(
        _page_form(
            "admin",
            "/admin/channels/new",
            "/admin/channels/new",
            kind="webhook",
            name="政务通知",
            url="https://hooks.sfj.example.cn/x",
        ),
        "none",
    ),
    "mail.test": Kind(post("/admin/channels/email/test", to="ops@example.cn"), "none"),
    "job.run": Kind(post("/admin/scheduler/run", job="remind"), "none", prepare=_with_a_run),
    "backup.run": Kind(post("/admin/backups"), "none"),
    "audit.view": Kind(get("/admin/audit"), "none"),
    "audit.verify": Kind(get("/admin/audit/verify"), "none"),
    "audit.export": Kind(get("/admin/audit?format=csv"), "none"),
    "me.view": Kind(get("/account"), "none"),
    "me.edit": Kind(_own_name, "none"),
    "me.logout": Kind(post("/logout"), "none"),
}
"""Every kind of the matrix; a test holds it against the matrix."""


def target(world: World, kind: Kind, subject: str, scope: str) -> Place:
    """Return what the act is done on, ready for it."""
    if kind.on == "none":
        nothing = Place(0, 0, unit_id(A), unit_id(A))
        return kind.prepare(world, nothing) if kind.prepare else nothing
    if kind.on == "task":
        return Place(0, task_id("7"), 0, 0)
    if kind.on in ("district", "user"):
        found = _of_district(world, kind, subject, unit_id(B if scope == "other" else A), B if scope == "other" else A)
    else:
        found = world.of(subject, scope, kind.state)
    return kind.prepare(world, found) if kind.prepare else found


def _of_district(world: World, kind: Kind, subject: str, district: int, slug: str) -> Place:
    # Nobody acts on an account of their own here.
    account = "songjiang-office1" if slug == A and subject == "clerk" else f"{slug}-clerk"
    return Place(0, 0, district, district, report=world.user(account).id if kind.on == "user" else 0)


def missing(kind: Kind, found: Place) -> Place:
    """Return the same request's target where nothing is."""
    return replace(NOWHERE, token=found.token, unit=found.unit)


__all__ = ["DAY", "KINDS", "Kind", "Sent", "missing", "target"]
