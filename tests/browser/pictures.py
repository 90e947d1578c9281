"""Pictures of what the browser tests see, kept for those who ask: TRACKER_TEST_PICTURES=steps."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.house.source import ROOT

FOLDER = ROOT / "build" / "pictures"
"""Where they lie; no part of what is kept."""

ASKED_FOR = os.environ.get("TRACKER_TEST_PICTURES") == "steps"
"""Nothing is compared with them, and to draw them takes a good part of a journey's time."""


def draw(page: Page, place: Path, whole: bool = False) -> None:
    """Keep what is on the screen, or the whole page, under a name within the folder."""
    if ASKED_FOR:
        page.screenshot(path=FOLDER / place.with_suffix(".png"), full_page=whole)
