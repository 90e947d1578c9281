"""Starts what runs all day: the application, asked whether it may run here, and its log."""

import os

from flask import Flask

from tracker import logs
from tracker.app import create_app
from tracker.audit import origin
from tracker.db import db
from tracker.production import Door, require_ready


def started(door: Door) -> Flask:
    """Return the application; raise ConfigError, saying what to do, where it may not be started like this."""
    app = create_app()
    with app.app_context():
        try:
            require_ready(app.config, os.environ, door)
        finally:
            let_go_of_database()
    return app


def write_log(app: Flask) -> None:
    """Let this process write its log from here on."""
    logs.configure(app.config, lambda: origin.present().request_id)


def let_go_of_database() -> None:
    """Close every connection: a server's workers are copies of this process, and would all hold the same one."""
    db.session.remove()
    db.engine.dispose()
