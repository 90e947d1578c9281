"""The bare application behind gunicorn, set up as Tracker is; its settings are one JSON argument."""

import importlib
import json
import sys
from datetime import date
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from bench.floor import create_floor

LIBRARIES = (
    "alembic", "apscheduler.schedulers.blocking", "argon2", "chinese_calendar", "click", "filetype", "flask_login",
    "flask_migrate", "flask_sqlalchemy", "flask_wtf", "markdown", "nh3", "sqlalchemy.orm", "wtforms", "xlsxwriter",
)  # fmt: skip
"""What Tracker imports besides Flask, SQLAlchemy's core and gunicorn."""

DAY = date(2021, 6, 24)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with the bare application."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        """Keep both; gunicorn calls back for the rest."""
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings, the same as those of `tracker serve`."""
        threaded = {"threads": 4, "worker_class": "gthread", "loglevel": "warning"}
        for name, value in {"bind": f"127.0.0.1:{self._options['port']}", **threaded}.items():
            self.cfg.set(name, value)
        self.cfg.set("workers", self._options["workers"])

    def load(self) -> Flask:
        """Give gunicorn the application."""
        return self._app


def main() -> None:
    """Serve until told to stop."""
    options = json.loads(sys.argv[1])
    if options["libraries"]:
        for name in LIBRARIES:
            importlib.import_module(name)
    Server(create_floor(options["address"], DAY, options["unit"]), options).run()


if __name__ == "__main__":
    main()
