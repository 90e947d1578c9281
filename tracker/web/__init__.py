"""The web door: areas, security headers, request numbers."""

import secrets

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_wtf import CSRFProtect

from tracker.web import (
    access,
    compression,
    conflicts,
    failures,
    frame,
    gate,
    language,
    origin,
    refusals,
    rows,
    session,
    shield,
)
from tracker.web.account.views import me
from tracker.web.appeals.views import appeals
from tracker.web.appraisal.appeals import appraisal_appeals
from tracker.web.appraisal.applications import appraisal_special
from tracker.web.appraisal.ballots import appraisal_ballots
from tracker.web.appraisal.changes import appraisal_changes
from tracker.web.appraisal.decisions import appraisal_decisions
from tracker.web.appraisal.lines import appraisal_lines
from tracker.web.appraisal.own import appraisal_own
from tracker.web.appraisal.papers import appraisal_papers
from tracker.web.appraisal.results import appraisal_results
from tracker.web.appraisal.schemes import appraisal_schemes
from tracker.web.appraisal.sheets import appraisal_sheets
from tracker.web.appraisal.years import appraisal_years
from tracker.web.assignments.comments import comments
from tracker.web.assignments.views import assignments
from tracker.web.audit.views import audit
from tracker.web.auth.area import auth
from tracker.web.auth.resets import resets
from tracker.web.backups.views import backups
from tracker.web.calendars.feed import feeds
from tracker.web.calendars.views import calendars
from tracker.web.displays.views import displays
from tracker.web.evaluations.own import self_evaluation_pages
from tracker.web.evaluations.views import evaluation_pages
from tracker.web.extensions.views import extensions
from tracker.web.health.views import health
from tracker.web.held.views import held_forms
from tracker.web.home.views import home
from tracker.web.inbox.settings import settings
from tracker.web.inbox.views import inbox
from tracker.web.indicators.exchange import indicator_exchange
from tracker.web.indicators.figures import indicator_figures
from tracker.web.indicators.files import indicator_files
from tracker.web.indicators.filling import indicator_filling
from tracker.web.indicators.forms import indicator_forms
from tracker.web.indicators.questions import indicator_questions
from tracker.web.indicators.rounds import indicator_rounds
from tracker.web.indicators.tables import indicator_tables
from tracker.web.outbox.channels import channels
from tracker.web.outbox.views import outbox
from tracker.web.overview.area import overview
from tracker.web.overview.matrix import matrix_pages
from tracker.web.overview.saved import saved_views
from tracker.web.paging import IdConverter
from tracker.web.patterns.views import patterns
from tracker.web.permissions.views import permissions
from tracker.web.plans.changes import tasks
from tracker.web.plans.imports import task_imports
from tracker.web.plans.progress.early import early_tasks
from tracker.web.plans.progress.targets import target_values
from tracker.web.plans.progress.views import plan_progress
from tracker.web.plans.progress.years import plan_years
from tracker.web.plans.publishing.publishing import import_publication
from tracker.web.plans.publishing.rehearsing import import_rehearsal
from tracker.web.plans.publishing.units import import_units
from tracker.web.plans.sources import plan_sources
from tracker.web.plans.views import plans
from tracker.web.plans.wizard.acts import import_checks
from tracker.web.plans.wizard.views import plan_imports
from tracker.web.policies.views import policies
from tracker.web.reminding.views import reminding
from tracker.web.reports.drafts import report_drafts
from tracker.web.reports.history import histories
from tracker.web.reports.views import reports
from tracker.web.rules.views import rules
from tracker.web.scheduler.views import scheduler
from tracker.web.scoring.acts import score_acts
from tracker.web.scoring.comparing import comparing
from tracker.web.scoring.event_files import score_events
from tracker.web.scoring.finalizing import finalizing
from tracker.web.scoring.statements import statements
from tracker.web.scoring.views import scoring
from tracker.web.search.views import searching
from tracker.web.security.views import security
from tracker.web.units.acts import unit_acts
from tracker.web.units.imports import unit_imports
from tracker.web.units.views import unit_pages
from tracker.web.urging.orders import orders
from tracker.web.urging.views import urging
from tracker.web.users.acts import account_acts
from tracker.web.users.imports import user_imports
from tracker.web.users.views import users
from tracker.web.work.views import work

AREAS: tuple[Blueprint, ...] = (
    auth,
    resets,
    me,
    displays,
    home,
    overview,
    saved_views,
    matrix_pages,
    searching,
    plans,
    plan_progress,
    early_tasks,
    plan_years,
    target_values,
    plan_sources,
    rules,
    tasks,
    task_imports,
    import_units,
    import_rehearsal,
    import_publication,
    plan_imports,
    import_checks,
    policies,
    assignments,
    comments,
    extensions,
    reports,
    report_drafts,
    held_forms,
    histories,
    scoring,
    comparing,
    score_events,
    score_acts,
    appeals,
    evaluation_pages,
    self_evaluation_pages,
    indicator_exchange,
    indicator_figures,
    indicator_files,
    indicator_filling,
    indicator_forms,
    indicator_questions,
    appraisal_years,
    appraisal_schemes,
    appraisal_sheets,
    appraisal_lines,
    appraisal_changes,
    appraisal_special,
    appraisal_own,
    appraisal_appeals,
    appraisal_ballots,
    appraisal_decisions,
    appraisal_results,
    appraisal_papers,
    indicator_rounds,
    indicator_tables,
    statements,
    finalizing,
    reminding,
    urging,
    orders,
    outbox,
    channels,
    inbox,
    settings,
    calendars,
    feeds,
    scheduler,
    backups,
    work,
    security,
    users,
    account_acts,
    user_imports,
    unit_pages,
    unit_acts,
    unit_imports,
    permissions,
    patterns,
    audit,
    health,
)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
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
    language.init_app(app)
    rows.init_app(app)
    origin.init_app(app)
    gate.init_app(app)
    shield.init_app(app)
    app.before_request(_limit_text)
    app.before_request(access.guard)
    app.before_request(gate.check_text)
    app.after_request(_add_headers)
    compression.init_app(app)
    csrf.init_app(app)
    session.init_app(app)
    frame.init_app(app)
    conflicts.init_app(app)
    failures.init_app(app)
    refusals.init_app(app)
    for area in AREAS:
        app.register_blueprint(area)


def _number_request() -> None:
    g.request_id = secrets.token_hex(6)


def _limit_text() -> None:
    """Let only a form with files be large: any other body is read into memory whole."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = FORM_OVERHEAD


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["TRACKER_BASE_URL"].startswith("https://"):
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    response.vary.add("Cookie")
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
