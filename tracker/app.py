"""The roof: create_app() is the only place where everything is put together."""

import os
from collections.abc import Mapping

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker import clock, config, sealing, web
from tracker.appraisal import schemes
from tracker.audit import chain, heads
from tracker.db import db, engine_options
from tracker.outbox.channels import addresses
from tracker.resources import resource

migrate = Migrate(directory=str(resource("migrations")), render_as_batch=True, compare_type=True)


def create_app(overrides: Mapping[str, str] | None = None) -> Flask:
    """Build the application from the environment, `overrides` winning; raise ConfigError for a bad setting."""
    settings = config.load({**os.environ, **(overrides or {})})
    app = Flask("tracker", template_folder=str(resource("templates")))
    app.config.update(settings)
    url = settings["TRACKER_DATABASE_URL"]
    app.config.update(
        SECRET_KEY=settings["TRACKER_SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(url),
    )
    settings["TRACKER_DATA_DIR"].mkdir(parents=True, exist_ok=True)
    clock.configure(settings["TRACKER_TIMEZONE"], settings["TRACKER_TODAY"])
    chain.configure(settings["TRACKER_SECRET_KEY"], settings["TRACKER_AUDIT_KEY"])
    sealing.configure(settings["TRACKER_SECRET_KEY"])
    heads.configure(settings["TRACKER_DATA_DIR"])
    schemes.configure(settings["TRACKER_DATA_DIR"])
    addresses.configure(settings["TRACKER_WEBHOOK_NETWORKS"])
    if settings["TRACKER_PROXIES"]:
        trusted = settings["TRACKER_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
    db.init_app(app)
    migrate.init_app(app, db)
    web.init_app(app)
    return app
