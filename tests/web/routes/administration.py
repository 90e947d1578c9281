"""Accounts, administration and the audit trail: pages and forms, and who may use them."""

from tests.web.routes.everyone import BUT_ADMIN, BUT_OVERSEERS, EVERYONE

ROUTES: dict[tuple[str, str], tuple[str, dict[int, str]]] = {
    ("GET", "/admin/letters"): (
        "/admin/letters",
        {200: "admin supervisor lead clerk", 403: "leader reviewer office auditor"},
    ),
    ("GET", "/admin/letters/<id:message_id>"): (
        "/admin/letters/{letter}",
        {200: "admin supervisor lead clerk", 403: "leader reviewer office auditor"},
    ),
    ("GET", "/admin/channels"): ("/admin/channels", {200: "admin", 403: BUT_ADMIN}),
    ("GET", "/admin/channels/new"): ("/admin/channels/new", {200: "admin", 403: BUT_ADMIN}),
    ("GET", "/admin/channels/<id:endpoint_id>"): ("/admin/channels/{endpoint}", {200: "admin", 403: BUT_ADMIN}),
    ("GET", "/admin/scheduler"): ("/admin/scheduler", {200: "admin supervisor", 403: BUT_OVERSEERS}),
    ("GET", "/admin/calendar"): ("/admin/calendar", {200: "admin", 403: BUT_ADMIN}),
    ("GET", "/admin/calendar/arrangement.csv"): ("/admin/calendar/arrangement.csv", {200: "admin", 403: BUT_ADMIN}),
    ("GET", "/admin/calendar/template.csv"): ("/admin/calendar/template.csv", {200: "admin", 403: BUT_ADMIN}),
    ("GET", "/login"): ("/login", {302: EVERYONE, 200: "anonymous"}),
    ("POST", "/login"): ("/login", {422: f"{EVERYONE} anonymous"}),
    ("POST", "/admin/letters/<id:message_id>/resend"): (
        "/admin/letters/{letter}/resend",
        {303: "admin supervisor", 403: BUT_OVERSEERS},
    ),
    ("POST", "/admin/channels/new"): ("/admin/channels/new", {422: "admin", 403: BUT_ADMIN}),
    ("POST", "/admin/channels/<id:endpoint_id>"): ("/admin/channels/{endpoint}", {422: "admin", 403: BUT_ADMIN}),
    ("POST", "/admin/channels/<id:endpoint_id>/disable"): (
        "/admin/channels/{endpoint}/disable",
        {400: "admin", 403: BUT_ADMIN},
    ),
    ("POST", "/admin/channels/<id:endpoint_id>/test"): (
        "/admin/channels/{endpoint}/test",
        {303: "admin", 403: BUT_ADMIN},
    ),
    ("POST", "/admin/channels/email/test"): ("/admin/channels/email/test", {303: "admin", 403: BUT_ADMIN}),
    ("POST", "/admin/calendar/days"): ("/admin/calendar/days", {422: "admin", 403: BUT_ADMIN}),
    ("POST", "/admin/calendar/days/remove"): ("/admin/calendar/days/remove", {400: "admin", 403: BUT_ADMIN}),
    ("POST", "/admin/calendar/import"): ("/admin/calendar/import", {422: "admin", 403: BUT_ADMIN}),
    ("POST", "/admin/calendar/import/confirm"): ("/admin/calendar/import/confirm", {422: "admin", 403: BUT_ADMIN}),
    ("POST", "/logout"): ("/logout", {303: f"{EVERYONE} anonymous"}),
}
