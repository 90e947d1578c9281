"""The pages of the business, and who may open them."""

from tests.web.routes.everyone import BUT_SUPERVISOR, EVERYONE, READERS

ROUTES: dict[tuple[str, str], tuple[str, dict[int, str]]] = {
    ("GET", "/"): ("/", {302: EVERYONE}),
    ("GET", "/overview"): ("/overview", {200: READERS, 403: "auditor"}),
    ("GET", "/help"): ("/help", {200: EVERYONE}),
    ("GET", "/help/keys"): ("/help/keys", {200: EVERYONE}),
    ("GET", "/search"): ("/search?q=用房", {200: READERS, 403: "auditor"}),
    ("GET", "/overdue"): ("/overdue", {200: READERS, 403: "auditor"}),
    ("GET", "/ledger"): ("/ledger", {200: READERS, 403: "auditor"}),
    ("GET", "/views"): ("/views", {200: READERS, 403: "auditor"}),
    ("GET", "/matrix"): ("/matrix", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/matrix"): ("/plans/{plan}/matrix", {200: READERS, 403: "auditor"}),
    ("GET", "/todo"): ("/todo", {200: READERS, 403: "auditor"}),
    ("GET", "/plans"): ("/plans", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>"): ("/plans/{plan}", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/progress"): ("/plans/{plan}/progress", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/years"): ("/plans/{plan}/years", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/years/<id:task_id>"): ("/plans/{plan}/years/{task}", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/settings"): (
        "/plans/{plan}/settings",
        {200: "supervisor", 403: "admin leader reviewer lead clerk office auditor"},
    ),
    ("GET", "/plans/<id:plan_id>/source"): ("/plans/{plan}/source", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/anomalies"): ("/plans/{plan}/anomalies", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/import"): ("/plans/import", {200: "supervisor", 403: BUT_SUPERVISOR}),
    **{
        ("GET", f"/plans/import/<id:import_id>{page}"): (
            f"/plans/import/2000000{page}",
            {404: "supervisor", 403: BUT_SUPERVISOR},
        )
        for page in ("", "/check", "/history", "/units", "/rehearsal", "/publish")
    },
    ("GET", "/plans/import/<id:import_id>/anomalies"): (
        "/plans/import/2000000/anomalies",
        {404: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("GET", "/plans/<id:plan_id>/rule"): ("/plans/{plan}/rule", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/reminders"): ("/plans/{plan}/reminders", {200: READERS, 403: "auditor"}),
    ("GET", "/tasks"): ("/tasks", {200: READERS, 403: "auditor"}),
    ("GET", "/plans/<id:plan_id>/tasks/new"): ("/plans/{plan}/tasks/new", {200: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", "/plans/<id:plan_id>/tasks/import"): (
        "/plans/{plan}/tasks/import",
        {200: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("GET", "/plans/<id:plan_id>/tasks/import/template.xlsx"): (
        "/plans/{plan}/tasks/import/template.xlsx",
        {200: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("GET", "/tasks/<id:task_id>"): ("/tasks/{task}", {200: READERS, 403: "auditor"}),
    ("GET", "/assignments/<id:assignment_id>"): (
        "/assignments/{seven}",
        {200: "admin supervisor leader lead clerk", 404: "reviewer office", 403: "auditor"},
    ),
    ("GET", "/assignments/<id:assignment_id>/glance"): (
        "/assignments/{seven}/glance",
        {200: "admin supervisor leader lead clerk", 404: "reviewer office", 403: "auditor"},
    ),
    ("GET", "/assignments/<id:assignment_id>/report"): (
        "/assignments/{seven}/report",
        {200: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("GET", "/held/<id:held_id>"): ("/held/2000000", {404: EVERYONE}),
    ("GET", "/reports/<id:report_id>"): (
        "/reports/{report}",
        {200: "admin supervisor leader lead clerk", 404: "reviewer office", 403: "auditor"},
    ),
    ("GET", "/reports/<id:report_id>/history"): (
        "/reports/{report}/history",
        {200: "admin supervisor leader lead clerk", 404: "reviewer office", 403: "auditor"},
    ),
    ("GET", "/assignments/<id:assignment_id>/reports/<id:report_id>"): (
        "/assignments/{seven}/reports/{report}",
        {200: "admin supervisor leader lead clerk", 404: "reviewer office", 403: "auditor"},
    ),
    ("GET", "/extensions"): ("/extensions", {200: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", "/evidence/<id:evidence_id>"): (
        "/evidence/{evidence}",
        {200: "admin supervisor leader lead clerk", 404: "reviewer office", 403: "auditor"},
    ),
    ("GET", "/scores"): ("/scores", {200: READERS, 403: "auditor"}),
    ("GET", "/evaluation"): ("/evaluation", {302: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", "/plans/<id:plan_id>/evaluation"): (
        "/plans/{plan}/evaluation",
        {200: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("GET", "/plans/<id:plan_id>/evaluation/<id:unit_id>"): (
        "/plans/{plan}/evaluation/{songjiang}",
        {200: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("GET", "/self-evaluation"): (
        "/self-evaluation",
        {200: "lead clerk", 403: "admin supervisor leader reviewer office auditor"},
    ),
    ("GET", "/scores/<id:unit_id>"): (
        "/scores/{songjiang}",
        {200: "admin supervisor leader lead clerk office", 403: "reviewer auditor"},
    ),
    ("GET", "/scores/<id:unit_id>/forecast"): (
        "/scores/{songjiang}/forecast",
        {200: "admin supervisor leader lead clerk office", 403: "reviewer auditor"},
    ),
    ("GET", "/scores/<id:unit_id>/compare"): (
        "/scores/{songjiang}/compare",
        {200: "admin supervisor leader lead clerk office", 403: "reviewer auditor"},
    ),
    ("GET", "/scores/events"): (
        "/scores/events",
        {200: "supervisor auditor", 403: "admin leader reviewer lead clerk office"},
    ),
    ("GET", "/appeals"): (
        "/appeals",
        {200: "admin supervisor leader lead clerk office", 403: "reviewer auditor"},
    ),
    ("GET", "/scores/<id:unit_id>/statement"): (
        "/scores/{songjiang}/statement",
        {200: "admin supervisor leader lead clerk office", 403: "reviewer auditor"},
    ),
    ("GET", "/scores/statements"): (
        "/scores/statements",
        {200: "admin supervisor leader lead clerk office", 403: "reviewer auditor"},
    ),
    ("GET", "/scores/freeze"): ("/scores/freeze", {200: "supervisor", 403: BUT_SUPERVISOR}),
    ("GET", "/scores/draft"): (
        "/scores/draft",
        {200: "supervisor leader", 403: "admin reviewer lead clerk office auditor"},
    ),
    ("GET", "/scores/replay"): (
        "/scores/replay",
        {200: "supervisor auditor", 403: "admin leader reviewer lead clerk office"},
    ),
    ("GET", "/inbox"): ("/inbox", {200: EVERYONE}),
    ("GET", "/inbox/<id:message_id>"): (
        "/inbox/{letter}",
        {200: "clerk", 404: "admin supervisor leader auditor reviewer lead office"},
    ),
    ("GET", "/settings/reminders"): ("/settings/reminders", {200: EVERYONE}),
    ("GET", "/reminders"): ("/reminders", {200: "admin supervisor lead clerk", 403: "leader reviewer office auditor"}),
    ("GET", "/reminders/escalations"): (
        "/reminders/escalations",
        {200: "admin supervisor lead clerk", 403: "leader reviewer office auditor"},
    ),
    ("GET", "/metrics"): ("/metrics", {200: f"{EVERYONE} anonymous"}),
    ("GET", "/calendar/<token>.ics"): ("/calendar/unknown.ics", {404: f"{EVERYONE} anonymous"}),
    ("GET", "/healthz"): ("/healthz", {200: f"{EVERYONE} anonymous"}),
    ("GET", "/readyz"): ("/readyz", {200: f"{EVERYONE} anonymous"}),
    ("GET", "/static/<path:filename>"): ("/static/app.css", {200: f"{EVERYONE} anonymous"}),
}
