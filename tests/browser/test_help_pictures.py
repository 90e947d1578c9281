"""The pictures of the help: taken from the pages with TRACKER_TEST_PICTURES=write, otherwise looked after."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from tests.browser.palette import SIGNATURE, packed_rows, size, small
from tests.browser.servers import serving
from tests.browser.visitor import Visitor
from tests.conftest import TODAY, Databases, settings
from tests.house.source import ROOT
from tracker.resources import PACKAGE

CHAPTERS = ROOT / "templates" / "macros" / "chapters.html"
NAMED = re.compile(r"'href': '([^']+)', 'picture': '([^']+)', 'as': '([^']+)'")
WRITE = os.environ.get("TRACKER_TEST_PICTURES") == "write"
DAY = TODAY.isoformat()
WIDTH, HEIGHT = 1366, 768
SCALE = 0.75
"""A page of 1366 by 768 becomes a picture of 1025 by 576, which is still wider than the help shows it."""

LARGEST = 80_000


class Picture(NamedTuple):
    """A picture: the page it is of, its file, and who looks."""

    address: str
    file: str
    account: str

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return PACKAGE / "static" / self.file


PICTURES = [Picture(*found) for found in NAMED.findall(CHAPTERS.read_text("utf-8"))]


def test_the_help_names_pictures_of_every_part() -> None:
    assert len(PICTURES) >= 10
    assert len({picture.file for picture in PICTURES}) == len(PICTURES)


@pytest.mark.skipif(WRITE, reason="the pictures are being taken")
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.file)
def test_a_picture_is_there_small_and_not_empty(picture: Picture) -> None:
    png = picture.path.read_bytes()
    assert png.startswith(SIGNATURE)
    assert size(png) == (math.ceil(WIDTH * SCALE), math.ceil(HEIGHT * SCALE))
    assert len(png) <= LARGEST
    assert len(set(packed_rows(png))) > 10


@pytest.mark.skipif(not WRITE, reason="TRACKER_TEST_PICTURES=write takes the pictures anew")
def test_pictures_are_taken(browser: Browser, databases: Databases, empty_template: str, tmp_path: Path) -> None:
    address = databases.copy(empty_template)
    environment = {**os.environ, **settings(address, tmp_path / "data"), "TRACKER_TODAY": DAY}
    subprocess.run([sys.executable, "-m", "tracker", "seed", "--demo", "--history"], env=environment, check=True)
    with serving(databases, address, tmp_path, DAY) as (base, _):
        for picture in PICTURES:
            visitor = Visitor(browser, base, scale=SCALE)
            page = visitor.sign_in(picture.account)
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            page.goto(picture.address)
            leave_tour = page.get_by_role("button", name="知道了")
            if leave_tour.count():
                leave_tour.click()
            page.evaluate("document.querySelectorAll('.demo-banner').forEach(element => element.remove())")
            picture.path.parent.mkdir(exist_ok=True)
            picture.path.write_bytes(small(page.screenshot(), LARGEST))
            visitor.context.close()
