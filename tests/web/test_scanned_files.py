"""A report's files are scanned before anything is stored, and the form comes back with what was typed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.test_scanning import EICAR, at_port, scanner
from tests.web.conftest import PDF, file
from tracker.db import db
from tracker.installation import checks
from tracker.reports.models import Report


def stored(app: Flask) -> list[Path]:
    """Return the files that were kept."""
    return [path for path in (app.config["TRACKER_DATA_DIR"] / "evidence").rglob("*") if path.is_file()]


def reports() -> int:
    """Return how many reports there are."""
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def test_an_infected_file_stops_the_report_and_is_named(send: Callable[..., TestResponse], seeded: Flask) -> None:
    listener, seeded.config["TRACKER_CLAMD"] = at_port()
    with scanner(listener):
        both: list[Any] = [file("好.pdf"), file("坏.pdf", PDF + EICAR)]
        answer = send("progress", files=both, done="写了很久的文字")
    assert answer.status_code == 422
    assert "“坏.pdf”带有病毒（Win.Test.EICAR_HDB-1）" in answer.text
    assert "写了很久的文字" in answer.text
    assert (reports(), stored(seeded)) == (0, [])


def test_a_scanner_out_of_reach_stops_the_report(send: Callable[..., TestResponse], seeded: Flask) -> None:
    listener, seeded.config["TRACKER_CLAMD"] = at_port()
    listener.close()
    answer = send("progress", files=file("好.pdf"), done="写了很久的文字")
    assert answer.status_code == 503
    assert "病毒扫描服务暂时连不上" in answer.text
    assert "写了很久的文字" in answer.text
    assert (reports(), stored(seeded)) == (0, [])


def test_a_report_without_files_needs_no_scanner(send: Callable[..., TestResponse], seeded: Flask) -> None:
    listener, seeded.config["TRACKER_CLAMD"] = at_port()
    listener.close()
    assert send("progress").status_code == 303


def test_a_clean_file_is_stored(send: Callable[..., TestResponse], seeded: Flask) -> None:
    listener, seeded.config["TRACKER_CLAMD"] = at_port()
    with scanner(listener):
        assert send("progress", files=file("好.pdf")).status_code == 303
    assert (reports(), len(stored(seeded))) == (1, 1)


@pytest.mark.parametrize("up", [True, False])
def test_the_check_of_the_installation_asks_the_scanner(seeded: Flask, up: bool) -> None:
    listener, seeded.config["TRACKER_CLAMD"] = at_port()
    with scanner(listener):
        if not up:
            seeded.config["TRACKER_CLAMD"] = "/nowhere/clamd.ctl"
        [found] = [result for result in checks(seeded.config) if result.what == "病毒扫描"]
    assert found.ok is up
