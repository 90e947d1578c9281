"""The web door: areas, security headers, request numbers."""

import secrets

from flask import Blueprint, Flask, Response, abort, g, request
from flask_wtf import CSRFProtect

from tracker.web import failures, frame, session
from tracker.web.assignments.views import assignments
from tracker.web.auth.views import auth
from tracker.web.calendars.feed import feeds
from tracker.web.calendars.views import calendars
from tracker.web.health.views import health
from tracker.web.home.views import home
from tracker.web.inbox.settings import settings
from tracker.web.inbox.views import inbox
from tracker.web.outbox.channels import channels
from tracker.web.outbox.views import outbox
from tracker.web.overview.views import overview
from tracker.web.paging import IdConverter
from tracker.web.plans.views import plans
from tracker.web.policies.views import policies
from tracker.web.reminding.views import reminding
from tracker.web.reports.views import reports
from tracker.web.scheduler.views import scheduler
from tracker.web.scoring.acts import score_acts
from tracker.web.scoring.views import scoring
from tracker.web.urging.views import urging

AREAS: tuple[Blueprint, ...] = (
    auth,
    home,
    overview,
    plans,
    policies,
    assignments,
    reports,
    scoring,
    score_acts,
    reminding,
    urging,
    outbox,
    channels,
    inbox,
    settings,
    calendars,
    feeds,
    scheduler,
    health,
)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
FORM_OVERHEAD = 1024 * 1024
FILES_PER_FORM = 5
YEAR = 365 * 24 * 3600

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Register the areas and what surrounds every request."""
    app.config.update(
        MAX_CONTENT_LENGTH=app.config["TRACKER_MAX_UPLOAD_MB"] * 1024 * 1024 * FILES_PER_FORM + FORM_OVERHEAD,
        MAX_FORM_MEMORY_SIZE=FORM_OVERHEAD,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
    )
    app.url_map.converters["id"] = IdConverter
    app.before_request(_number_request)
    app.before_request(_limit_text)
    app.before_request(_refuse_zero_bytes)
    app.after_request(_add_headers)
    csrf.init_app(app)
    session.init_app(app)
    frame.init_app(app)
    failures.init_app(app)
    for area in AREAS:
        app.register_blueprint(area)


def _number_request() -> None:
    g.request_id = secrets.token_hex(6)


def _limit_text() -> None:
    """Let only a form with files be large: any other body is read into memory whole."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = FORM_OVERHEAD


def _refuse_zero_bytes() -> None:
    """Refuse what no text holds: SQLite would store it, PostgreSQL would fail."""
    if any("\0" in value for sent in (request.args, request.form) for _, values in sent.lists() for value in values):
        abort(400)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
