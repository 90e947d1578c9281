"""Who may do what over whose records, as the rules say it."""

from flask import Blueprint, Response, render_template

from tracker import clock
from tracker.overview.tables import Table
from tracker.rules.permissions import ACTION_TEXT, PERMISSIONS, ROLE_TEXT, SCOPE_TEXT, Action, Role, Scope
from tracker.rules.words import say
from tracker.web.access import allowed
from tracker.web.downloads import file_kind, table_file
from tracker.web.paging import address

permissions = Blueprint("permissions", __name__)


@permissions.get("/admin/permissions")
@allowed(Action.VIEW_PERMISSIONS)
def matrix() -> str | Response:
    """Show the table of permissions, or send it."""
    rows = [
        (ACTION_TEXT[action], [SCOPE_TEXT[PERMISSIONS[action].get(role, Scope.NONE)] for role in Role])
        for action in Action
    ]
    kind = file_kind()
    if kind:
        note = say(
            "导出于 {now:%Y-%m-%d %H:%M}；{scope} 表示没有这项权限", now=clock.now(), scope=SCOPE_TEXT[Scope.NONE]
        )
        heads = [say("办理事项"), *ROLE_TEXT.values()]
        return table_file(Table(say("权限表"), note, heads, [(what, *scopes) for what, scopes in rows]), kind)
    return render_template(
        "permissions/matrix.html",
        roles=list(ROLE_TEXT.values()),
        rows=rows,
        none_text=SCOPE_TEXT[Scope.NONE],
        address=address,
    )
