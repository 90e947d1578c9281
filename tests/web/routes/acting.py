"""What is done by a form of the business, and what it answers to whom."""

from tests.web.routes.everyone import BUT_SUPERVISOR, EVERYONE, READERS

ROUTES: dict[tuple[str, str], tuple[str, dict[int, str]]] = {
    ("POST", "/scores/freeze"): ("/scores/freeze", {422: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/scores/<id:unit_id>/deductions"): (
        "/scores/{songjiang}/deductions",
        {422: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("POST", "/scores/<id:unit_id>/appeals"): (
        "/scores/{songjiang}/appeals",
        {422: "lead", 403: "admin supervisor leader reviewer clerk office auditor"},
    ),
    ("POST", "/scores/<id:unit_id>/appeals/<id:appeal_id>/decide"): (
        "/scores/{songjiang}/appeals/2000000/decide",
        {404: "supervisor", 403: BUT_SUPERVISOR},
    ),
    **{
        ("POST", f"/plans/<id:plan_id>/evaluation{act}"): (
            "/plans/{plan}/evaluation" + act.replace("<id:unit_id>", "{songjiang}"),
            {409: "supervisor", 403: BUT_SUPERVISOR},
        )
        for act in ("", "/rest", "/publish", "/<id:unit_id>")
    },
    ("POST", "/self-evaluation"): (
        "/self-evaluation",
        {409: "lead clerk", 403: "admin supervisor leader reviewer office auditor"},
    ),
    **{
        ("POST", f"/self-evaluation/{act}"): (
            f"/self-evaluation/{act}",
            {409: "lead", 403: "admin supervisor leader reviewer clerk office auditor"},
        )
        for act in ("submit", "recall")
    },
    ("POST", "/todo/acknowledge"): (
        "/todo/acknowledge",
        {303: "reviewer clerk office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/todo/unchanged"): (
        "/todo/unchanged",
        {303: "reviewer clerk office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/todo/unchanged/file"): (
        "/todo/unchanged/file",
        {400: "reviewer clerk office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/views"): ("/views", {400: READERS, 403: "auditor"}),
    ("POST", "/views/<id:view_id>"): ("/views/2000000", {404: READERS, 403: "auditor"}),
    ("POST", "/views/<id:view_id>/delete"): ("/views/2000000/delete", {404: READERS, 403: "auditor"}),
    ("POST", "/plans/<id:plan_id>/settings"): (
        "/plans/{plan}/settings",
        {422: "supervisor", 403: "admin leader reviewer lead clerk office auditor"},
    ),
    ("POST", "/plans/<id:plan_id>/rule"): ("/plans/{plan}/rule", {422: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/plans/<id:plan_id>/reminders"): (
        "/plans/{plan}/reminders",
        {422: "supervisor", 403: "admin leader reviewer lead clerk office auditor"},
    ),
    ("POST", "/plans/<id:plan_id>/tasks"): ("/plans/{plan}/tasks", {422: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/plans/<id:plan_id>/tasks/import"): (
        "/plans/{plan}/tasks/import",
        {422: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("POST", "/plans/<id:plan_id>/tasks/import/confirm"): (
        "/plans/{plan}/tasks/import/confirm",
        {422: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("POST", "/tasks/<id:task_id>/edit"): ("/tasks/{task}/edit", {400: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/tasks/<id:task_id>/due"): ("/tasks/{task}/due", {400: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/tasks/<id:task_id>/early"): ("/tasks/{task}/early", {400: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/plans/<id:plan_id>/years/<id:task_id>"): (
        "/plans/{plan}/years/{task}",
        {422: "supervisor reviewer", 403: "admin leader lead clerk office auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/targets"): (
        "/assignments/{seven}/targets",
        {422: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/tasks/<id:task_id>/split"): ("/tasks/{task}/split", {400: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/tasks/<id:task_id>/merge"): ("/tasks/{task}/merge", {400: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/plans/<id:plan_id>/anomalies"): ("/plans/{plan}/anomalies", {303: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/plans/import"): ("/plans/import", {422: "supervisor", 403: BUT_SUPERVISOR}),
    **{
        ("POST", f"/plans/import/<id:import_id>/{act}"): (
            f"/plans/import/2000000/{act.replace('<key>', '1')}",
            {404: "supervisor", 403: BUT_SUPERVISOR},
        )
        for act in (
            *("drop", "head", "confirm", "lines", "tasks/<key>", "tasks/<key>/split", "tasks/<key>/merge"),
            *("tasks/<key>/withdraw", "tasks/<key>/restore", "tasks/<key>/add"),
            *("units", "units/forget", "units/issuer", "units/tasks", "settings", "early", "undated", "publish"),
            "undo",
        )
    },
    ("POST", "/plans/import/<id:import_id>/anomalies"): (
        "/plans/import/2000000/anomalies",
        {404: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("POST", "/anomalies/<id:anomaly_id>"): ("/anomalies/2000000", {404: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/tasks/<id:task_id>/archive"): ("/tasks/{task}/archive", {400: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/tasks/<id:task_id>/assign"): ("/tasks/{task}/assign", {422: "supervisor", 403: BUT_SUPERVISOR}),
    ("POST", "/tasks/<id:task_id>/acceptance"): (
        "/tasks/{task}/acceptance",
        {400: "supervisor", 403: "admin leader reviewer lead clerk office auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/sign"): (
        "/assignments/{seven}/sign",
        {303: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/recall"): (
        "/assignments/{seven}/recall",
        {409: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/supervise"): (
        "/assignments/{seven}/supervise",
        {400: "supervisor", 403: "admin leader reviewer lead clerk office auditor"},
    ),
    ("POST", "/urge/preview"): (
        "/urge/preview",
        {303: "supervisor reviewer lead", 403: "admin leader clerk office auditor"},
    ),
    ("POST", "/urge"): ("/urge", {303: "supervisor reviewer lead", 403: "admin leader clerk office auditor"}),
    **{
        ("POST", page): (page, {303: "supervisor reviewer lead", 403: "admin leader clerk office auditor"})
        for page in ("/orders/preview", "/orders")
    },
    **{
        ("POST", f"{page}/export"): (
            f"{page}/export",
            {400: "admin supervisor leader reviewer lead clerk office", 403: "auditor"},
        )
        for page in ("/ledger", "/overdue")
    },
    ("POST", "/assignments/<id:assignment_id>/urge"): (
        "/assignments/{seven}/urge",
        {200: "supervisor", 404: "reviewer", 403: "admin leader lead clerk office auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/pause"): (
        "/assignments/{seven}/pause",
        {422: "supervisor", 403: "admin leader reviewer lead clerk office auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/resume"): (
        "/assignments/{seven}/resume",
        {303: "supervisor", 403: "admin leader reviewer lead clerk office auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/report"): (
        "/assignments/{seven}/report",
        {400: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/report/draft"): (
        "/assignments/{seven}/report/draft",
        {400: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/report/files"): (
        "/assignments/{seven}/report/files",
        {400: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/report/preview"): (
        "/assignments/{seven}/report/preview",
        {200: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/review"): (
        "/assignments/{seven}/review",
        {400: "supervisor", 404: "reviewer", 403: "admin leader lead clerk office auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/sign-off"): (
        "/assignments/{seven}/sign-off",
        {400: "lead", 403: "admin supervisor leader reviewer clerk office auditor"},
    ),
    ("POST", "/assignments/<id:assignment_id>/close"): (
        "/assignments/{seven}/close",
        {409: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("POST", "/assignments/<id:assignment_id>/comments"): (
        "/assignments/{seven}/comments",
        {422: "supervisor lead clerk", 404: "reviewer office", 403: "admin leader auditor"},
    ),
    ("POST", "/comments/<id:comment_id>/hide"): (
        "/comments/{comment}/hide",
        {422: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("POST", "/assignments/<id:assignment_id>/extensions"): (
        "/assignments/{seven}/extensions",
        {422: "lead", 403: "admin supervisor leader reviewer clerk office auditor"},
    ),
    ("POST", "/extensions/<id:extension_id>/decide"): (
        "/extensions/{extension}/decide",
        {422: "supervisor", 403: BUT_SUPERVISOR},
    ),
    ("POST", "/evidence/<id:evidence_id>/delete"): (
        "/evidence/{evidence}/delete",
        {409: "clerk", 404: "reviewer office", 403: "admin supervisor leader lead auditor"},
    ),
    ("POST", "/inbox/<id:message_id>/read"): (
        "/inbox/{letter}/read",
        {303: "clerk", 404: "admin supervisor leader auditor reviewer lead office"},
    ),
    ("POST", "/inbox/read"): ("/inbox/read", {303: EVERYONE}),
    ("POST", "/held/<id:held_id>/restore"): ("/held/2000000/restore", {404: EVERYONE}),
    ("POST", "/held/<id:held_id>/discard"): ("/held/2000000/discard", {404: EVERYONE}),
    ("POST", "/settings/reminders"): ("/settings/reminders", {422: EVERYONE}),
    ("POST", "/settings/reminders/feed"): ("/settings/reminders/feed", {200: EVERYONE}),
    ("POST", "/settings/reminders/feed/revoke"): ("/settings/reminders/feed/revoke", {303: EVERYONE}),
}
